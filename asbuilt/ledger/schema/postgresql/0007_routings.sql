-- How parts are made, with which tools and by whom. Folded from the ledger like all projections (see 0002_projections).

-- Routings: the operations of a part, for units that come into being from a time on. They never change.
CREATE TABLE routing_state (
    routing_id      bigint PRIMARY KEY,         -- the routing (subject)
    site_id         integer NOT NULL,           -- the plant the row belongs to
    part_id         bigint NOT NULL,            -- what is made
    effective_from  bigint NOT NULL,            -- time from which units that come into being are made so
    operations      text NOT NULL CHECK (operations::jsonb IS NOT NULL) -- JSON array, as in RoutingDefined
);

-- One routing applies to a unit; serves finding it.
CREATE UNIQUE INDEX routing_state_part ON routing_state (part_id, effective_from);

-- Calibrations of tools; the latest at a time says whether and until when a tool may be used.
CREATE TABLE tool_calibration (
    sequence       bigint PRIMARY KEY,         -- of the event it comes from
    site_id        integer NOT NULL,            -- the plant the row belongs to
    tool_id        bigint NOT NULL,            -- the tool (subject)
    tool_class     text NOT NULL CHECK (tool_class <> ''), -- the kind of tool it is
    calibrated_at  bigint NOT NULL,            -- time
    due_on         text NOT NULL CHECK (due_on ~ '^\d{4}-\d\d-\d\d$'), -- last day of use
    passed         smallint NOT NULL CHECK (passed IN (0, 1)), -- 1: it may be used
    certificate    text NOT NULL                -- number of the certificate
);

CREATE INDEX tool_calibration_tool ON tool_calibration (tool_id);

-- What people may do; the latest word on a qualification at a time holds.
CREATE TABLE operator_qualification (
    sequence       bigint PRIMARY KEY,         -- of the event it comes from
    site_id        integer NOT NULL,            -- the plant the row belongs to
    operator_id    bigint NOT NULL,            -- who (subject)
    qualification  text NOT NULL CHECK (qualification <> ''), -- for what kind of work
    since          bigint NOT NULL,            -- time
    valid_until    text CHECK (valid_until ~ '^\d{4}-\d\d-\d\d$'), -- last day, NULL: for good
    is_revoked     smallint NOT NULL CHECK (is_revoked IN (0, 1)) -- 1: not any more
);

CREATE INDEX operator_qualification_operator ON operator_qualification (operator_id);

-- Each site sees and writes its own rows.
ALTER TABLE routing_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE routing_state FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON routing_state USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE tool_calibration ENABLE ROW LEVEL SECURITY;
ALTER TABLE tool_calibration FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON tool_calibration USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE operator_qualification ENABLE ROW LEVEL SECURITY;
ALTER TABLE operator_qualification FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON operator_qualification USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON routing_state, tool_calibration, operator_qualification TO asbuilt_app;
