-- What mends identity: units marked anew, duplicates from outside, records of one unit. Folded from the ledger like all projections (see 0002_projections).

-- Part and serial numbers that units bear besides their keys.
CREATE TABLE marking (
    sequence      INTEGER PRIMARY KEY,          -- of the event it comes from
    site_id       INTEGER NOT NULL,         -- the plant the row belongs to
    unit_id       INTEGER NOT NULL,             -- the unit, by its original key
    marked_as_id  INTEGER NOT NULL,             -- the part and serial number it bears since (subject of kind unit)
    claims        INTEGER NOT NULL CHECK (claims IN (0, 1)), -- 1: got by this event; 0: its own before, and taken up again
    reason        TEXT NOT NULL CHECK (reason <> ''), -- why it was marked anew
    marked_at     INTEGER NOT NULL,             -- time
    CHECK (claims = 0 OR marked_as_id <> unit_id)
) STRICT;

-- What one unit bears or bore no other gets.
CREATE UNIQUE INDEX marking_once ON marking (marked_as_id) WHERE claims = 1;
-- Serve naming by a marking, and showing the latest one.
CREATE INDEX marking_name ON marking (marked_as_id);
CREATE INDEX marking_unit ON marking (unit_id, sequence);

-- Things that arrived under the number of a unit that exists, and what they turned out to be.
CREATE TABLE duplicate (
    sequence           INTEGER PRIMARY KEY,     -- of the event it comes from
    site_id            INTEGER NOT NULL,    -- the plant the row belongs to
    question           TEXT NOT NULL,           -- event id of the report, by which the question is named
    unit_id            INTEGER NOT NULL,        -- the unit that exists
    supplier           TEXT NOT NULL,           -- who sent what arrived
    document           TEXT NOT NULL,           -- delivery note, message or file that names it
    location           TEXT NOT NULL,           -- where it is kept aside
    scheme             TEXT NOT NULL,           -- kind of a further name it bears
    value              TEXT NOT NULL,           -- that name
    description        TEXT NOT NULL,           -- what was seen
    reported_at        INTEGER NOT NULL,        -- time
    resolved_sequence  INTEGER,                 -- NULL while open
    decision           TEXT NOT NULL CHECK (decision IN ('', 'same_unit', 'other_unit', 'rejected')), -- what it is; '' while open
    other_unit_id      INTEGER,                 -- the unit it is recorded as, when it is another
    resolution         TEXT NOT NULL,           -- why it was decided so
    resolved_at        INTEGER,                 -- time
    CHECK ((resolved_sequence IS NULL) = (resolved_at IS NULL)),
    CHECK ((resolved_sequence IS NULL) = (decision = '')),
    CHECK ((other_unit_id IS NOT NULL) = (decision = 'other_unit'))
) STRICT;

CREATE UNIQUE INDEX duplicate_question ON duplicate (site_id, question);
-- Serves the unit page, and decisions.
CREATE INDEX duplicate_unit ON duplicate (unit_id, sequence);
-- Serves the list of open questions.
CREATE INDEX duplicate_open ON duplicate (site_id, sequence) WHERE resolved_sequence IS NULL;

-- Records that turned out to be of one physical unit with another record, which stays.
CREATE TABLE merged_unit (
    duplicate_id  INTEGER PRIMARY KEY,          -- the record that is not used any more
    site_id       INTEGER NOT NULL,         -- the plant the row belongs to
    unit_id       INTEGER NOT NULL,             -- the record that stays
    sequence      INTEGER NOT NULL,             -- of the event it comes from
    reason        TEXT NOT NULL CHECK (reason <> ''), -- how it is known
    merged_at     INTEGER NOT NULL,             -- time
    CHECK (duplicate_id <> unit_id)
) STRICT;

-- Serves showing what was merged into a unit.
CREATE INDEX merged_unit_unit ON merged_unit (unit_id, duplicate_id);
