-- How parts are made, with which tools and by whom. Folded from the ledger like all projections (see 0002_projections).

-- Routings: the operations of a part, for units that come into being from a time on. They never change.
CREATE TABLE routing_state (
    routing_id      INTEGER PRIMARY KEY,        -- the routing (subject)
    site_id         INTEGER NOT NULL,           -- the plant the row belongs to
    part_id         INTEGER NOT NULL,           -- what is made
    effective_from  INTEGER NOT NULL,           -- time from which units that come into being are made so
    operations      TEXT NOT NULL CHECK (json_valid(operations)) -- JSON array, as in RoutingDefined
) STRICT;

-- One routing applies to a unit; serves finding it.
CREATE UNIQUE INDEX routing_state_part ON routing_state (part_id, effective_from);

-- Calibrations of tools; the latest at a time says whether and until when a tool may be used.
CREATE TABLE tool_calibration (
    sequence       INTEGER PRIMARY KEY,         -- of the event it comes from
    site_id        INTEGER NOT NULL,            -- the plant the row belongs to
    tool_id        INTEGER NOT NULL,            -- the tool (subject)
    tool_class     TEXT NOT NULL CHECK (tool_class <> ''), -- the kind of tool it is
    calibrated_at  INTEGER NOT NULL,            -- time
    due_on         TEXT NOT NULL CHECK (due_on GLOB '????-??-??'), -- last day of use
    passed         INTEGER NOT NULL CHECK (passed IN (0, 1)), -- 1: it may be used
    certificate    TEXT NOT NULL                -- number of the certificate
) STRICT;

CREATE INDEX tool_calibration_tool ON tool_calibration (tool_id);

-- What people may do; the latest word on a qualification at a time holds.
CREATE TABLE operator_qualification (
    sequence       INTEGER PRIMARY KEY,         -- of the event it comes from
    site_id        INTEGER NOT NULL,            -- the plant the row belongs to
    operator_id    INTEGER NOT NULL,            -- who (subject)
    qualification  TEXT NOT NULL CHECK (qualification <> ''), -- for what kind of work
    since          INTEGER NOT NULL,            -- time
    valid_until    TEXT CHECK (valid_until GLOB '????-??-??'), -- last day, NULL: for good
    is_revoked     INTEGER NOT NULL CHECK (is_revoked IN (0, 1)) -- 1: not any more
) STRICT;

CREATE INDEX operator_qualification_operator ON operator_qualification (operator_id);
