-- What the interlock refused, and what was done in spite of it. Folded from the ledger like all projections (see 0002_projections); what was said to the operator stays in the events.

-- Operations that were refused. Nothing about a unit or lot depends on them.
CREATE TABLE operation_refusal (
    sequence    INTEGER PRIMARY KEY,  -- of the event it comes from
    site_id     INTEGER NOT NULL,     -- the plant the row belongs to
    subject_id  INTEGER NOT NULL,     -- the unit or lot
    operation   TEXT NOT NULL CHECK (operation <> ''), -- what was to be done
    phase       TEXT NOT NULL CHECK (phase IN ('start', 'complete')), -- whether its start or its completion
    station_id  INTEGER,              -- where (subject), NULL: not said
    operator    TEXT NOT NULL,        -- who was to do it, as the station said; '' for nobody named
    rules       TEXT NOT NULL CHECK (json_valid(rules)), -- JSON array: the numbers of the broken rules
    refused_at  INTEGER NOT NULL      -- time of the event that was refused
) STRICT;

-- Serves the refusals of a time window.
CREATE INDEX operation_refusal_time ON operation_refusal (site_id, refused_at);

-- Operations that were recorded in spite of the interlock, for ever.
CREATE TABLE interlock_override (
    sequence             INTEGER PRIMARY KEY, -- of the event it comes from
    site_id              INTEGER NOT NULL,    -- the plant the row belongs to
    subject_id           INTEGER NOT NULL,    -- the unit or lot
    operation            TEXT NOT NULL CHECK (operation <> ''), -- what was done
    phase                TEXT NOT NULL CHECK (phase IN ('start', 'complete')), -- whether its start or its completion
    station_id           INTEGER,             -- where (subject), NULL: not said
    overridden_event_id  BLOB NOT NULL,       -- event id of the start or completion
    rules                TEXT NOT NULL CHECK (json_valid(rules)), -- JSON array: the numbers of the rules that were overridden
    overridden_at        INTEGER NOT NULL     -- time of the start or completion
) STRICT;

-- Serves the page of a unit or lot.
CREATE INDEX interlock_override_subject ON interlock_override (subject_id);
-- Serves the overrides of a time window.
CREATE INDEX interlock_override_time ON interlock_override (site_id, overridden_at);
