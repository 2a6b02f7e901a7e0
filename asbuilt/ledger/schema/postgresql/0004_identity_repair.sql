-- What mends identity: units marked anew, duplicates from outside, records of one unit. Folded from the ledger like all projections (see 0002_projections).

-- Part and serial numbers that units bear besides their keys.
CREATE TABLE marking (
    sequence      bigint PRIMARY KEY,          -- of the event it comes from
    site_id       integer NOT NULL,         -- the plant the row belongs to
    unit_id       bigint NOT NULL,             -- the unit, by its original key
    marked_as_id  bigint NOT NULL,             -- the part and serial number it bears since (subject of kind unit)
    claims        smallint NOT NULL CHECK (claims IN (0, 1)), -- 1: got by this event; 0: its own before, and taken up again
    reason        text NOT NULL CHECK (reason <> ''), -- why it was marked anew
    marked_at     bigint NOT NULL,             -- time
    CHECK (claims = 0 OR marked_as_id <> unit_id)
);

-- What one unit bears or bore no other gets.
CREATE UNIQUE INDEX marking_once ON marking (marked_as_id) WHERE claims = 1;
-- Serve naming by a marking, and showing the latest one.
CREATE INDEX marking_name ON marking (marked_as_id);
CREATE INDEX marking_unit ON marking (unit_id, sequence);

-- Things that arrived under the number of a unit that exists, and what they turned out to be.
CREATE TABLE duplicate (
    sequence           bigint PRIMARY KEY,     -- of the event it comes from
    site_id            integer NOT NULL,    -- the plant the row belongs to
    question           text NOT NULL,           -- event id of the report, by which the question is named
    unit_id            bigint NOT NULL,        -- the unit that exists
    supplier           text NOT NULL,           -- who sent what arrived
    document           text NOT NULL,           -- delivery note, message or file that names it
    location           text NOT NULL,           -- where it is kept aside
    scheme             text NOT NULL,           -- kind of a further name it bears
    value              text NOT NULL,           -- that name
    description        text NOT NULL,           -- what was seen
    reported_at        bigint NOT NULL,        -- time
    resolved_sequence  bigint,                 -- NULL while open
    decision           text NOT NULL CHECK (decision IN ('', 'same_unit', 'other_unit', 'rejected')), -- what it is; '' while open
    other_unit_id      bigint,                 -- the unit it is recorded as, when it is another
    resolution         text NOT NULL,           -- why it was decided so
    resolved_at        bigint,                 -- time
    CHECK ((resolved_sequence IS NULL) = (resolved_at IS NULL)),
    CHECK ((resolved_sequence IS NULL) = (decision = '')),
    CHECK ((other_unit_id IS NOT NULL) = (decision = 'other_unit'))
);

CREATE UNIQUE INDEX duplicate_question ON duplicate (site_id, question);
-- Serves the unit page, and decisions.
CREATE INDEX duplicate_unit ON duplicate (unit_id, sequence);
-- Serves the list of open questions.
CREATE INDEX duplicate_open ON duplicate (site_id, sequence) WHERE resolved_sequence IS NULL;

-- Records that turned out to be of one physical unit with another record, which stays.
CREATE TABLE merged_unit (
    duplicate_id  bigint PRIMARY KEY,          -- the record that is not used any more
    site_id       integer NOT NULL,         -- the plant the row belongs to
    unit_id       bigint NOT NULL,             -- the record that stays
    sequence      bigint NOT NULL,             -- of the event it comes from
    reason        text NOT NULL CHECK (reason <> ''), -- how it is known
    merged_at     bigint NOT NULL,             -- time
    CHECK (duplicate_id <> unit_id)
);

-- Serves showing what was merged into a unit.
CREATE INDEX merged_unit_unit ON merged_unit (unit_id, duplicate_id);

-- Each site sees and writes its own rows.
ALTER TABLE marking ENABLE ROW LEVEL SECURITY;
ALTER TABLE marking FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON marking USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE duplicate ENABLE ROW LEVEL SECURITY;
ALTER TABLE duplicate FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON duplicate USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE merged_unit ENABLE ROW LEVEL SECURITY;
ALTER TABLE merged_unit FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON merged_unit USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON
    marking,
    duplicate,
    merged_unit
TO asbuilt_app;
