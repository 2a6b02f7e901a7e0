-- What the interlock refused, and what was done in spite of it. Folded from the ledger like all projections (see 0002_projections); what was said to the operator stays in the events.

-- Operations that were refused. Nothing about a unit or lot depends on them.
CREATE TABLE operation_refusal (
    sequence    bigint PRIMARY KEY,  -- of the event it comes from
    site_id     integer NOT NULL,     -- the plant the row belongs to
    subject_id  bigint NOT NULL,     -- the unit or lot
    operation   text NOT NULL CHECK (operation <> ''), -- what was to be done
    phase       text NOT NULL CHECK (phase IN ('start', 'complete')), -- whether its start or its completion
    station_id  bigint,              -- where (subject), NULL: not said
    operator    text NOT NULL,        -- who was to do it, as the station said; '' for nobody named
    rules       text NOT NULL CHECK (rules::jsonb IS NOT NULL), -- JSON array: the numbers of the broken rules
    refused_at  bigint NOT NULL      -- time of the event that was refused
);

-- Serves the refusals of a time window.
CREATE INDEX operation_refusal_time ON operation_refusal (site_id, refused_at);

-- Operations that were recorded in spite of the interlock, for ever.
CREATE TABLE interlock_override (
    sequence             bigint PRIMARY KEY, -- of the event it comes from
    site_id              integer NOT NULL,    -- the plant the row belongs to
    subject_id           bigint NOT NULL,    -- the unit or lot
    operation            text NOT NULL CHECK (operation <> ''), -- what was done
    phase                text NOT NULL CHECK (phase IN ('start', 'complete')), -- whether its start or its completion
    station_id           bigint,             -- where (subject), NULL: not said
    overridden_event_id  uuid NOT NULL,       -- event id of the start or completion
    rules                text NOT NULL CHECK (rules::jsonb IS NOT NULL), -- JSON array: the numbers of the rules that were overridden
    overridden_at        bigint NOT NULL     -- time of the start or completion
);

-- Serves the page of a unit or lot.
CREATE INDEX interlock_override_subject ON interlock_override (subject_id);
-- Serves the overrides of a time window.
CREATE INDEX interlock_override_time ON interlock_override (site_id, overridden_at);

-- Each site sees and writes its own rows.
ALTER TABLE operation_refusal ENABLE ROW LEVEL SECURITY;
ALTER TABLE operation_refusal FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON operation_refusal USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE interlock_override ENABLE ROW LEVEL SECURITY;
ALTER TABLE interlock_override FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON interlock_override USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON operation_refusal, interlock_override TO asbuilt_app;
