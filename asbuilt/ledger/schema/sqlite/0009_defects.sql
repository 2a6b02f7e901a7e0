-- What is wrong with units, and what was decided about it. Folded from the ledger like all projections (see 0002_projections).

-- Defects, open and settled.
CREATE TABLE defect (
    sequence           INTEGER NOT NULL, -- of the event that found it
    place              INTEGER NOT NULL CHECK (place > 0), -- which of the defects of that event, from 1
    site_id            INTEGER NOT NULL, -- the plant the row belongs to
    unit_id            INTEGER NOT NULL, -- the unit (subject)
    number             TEXT NOT NULL CHECK (number <> ''), -- by which people speak of it
    operation          TEXT NOT NULL, -- that found it, '' when found outside an operation
    station_id         INTEGER, -- where it was found (subject of kind station), NULL when not said
    code               TEXT NOT NULL, -- what is wrong, '' when not said
    position           TEXT NOT NULL, -- reference designator, '' when not said
    component          TEXT NOT NULL, -- part, lot or serial number of what is wrong there, as written
    quantity           INTEGER NOT NULL CHECK (quantity > 0), -- how often
    note               TEXT NOT NULL, -- as written
    characteristic     TEXT NOT NULL, -- the first outside its limits, when no defect was named
    found_at           INTEGER NOT NULL, -- time
    disposition        TEXT NOT NULL CHECK (disposition IN ('', 'retest', 'rework', 'repair', 'use_as_is', 'no_fault_found', 'scrap')), -- the latest decision, '' when none was made
    rework             TEXT NOT NULL, -- rework operation that was decided
    retest             TEXT NOT NULL, -- operation whose passing settles it, '' when none has to
    reason             TEXT NOT NULL, -- of the decision
    decided_sequence   INTEGER, -- of the event with the latest decision
    decided_at         INTEGER, -- time
    reworked_sequence  INTEGER, -- of the event by which the rework that was decided passed
    repaired_sequence  INTEGER, -- of the event by which it was repaired, since the decision
    repaired_at        INTEGER, -- time
    repair             TEXT NOT NULL, -- what was done
    replaced           TEXT NOT NULL, -- reference designator at which something was changed
    settled_sequence   INTEGER, -- of the event that settled it, NULL while open
    settled_at         INTEGER, -- time
    settled_by         TEXT NOT NULL CHECK (settled_by IN ('', 'retest', 'rework', 'repair', 'use_as_is', 'no_fault_found', 'scrap')), -- in which way
    PRIMARY KEY (sequence, place),
    CHECK ((disposition = '') = (decided_sequence IS NULL)),
    CHECK ((rework <> '') = (disposition = 'rework')),
    CHECK ((decided_sequence IS NULL) = (decided_at IS NULL)),
    CHECK ((repaired_sequence IS NULL) = (repaired_at IS NULL)),
    CHECK ((settled_sequence IS NULL) = (settled_at IS NULL)),
    CHECK ((settled_by = '') = (settled_sequence IS NULL))
) STRICT;

-- A number stands for one defect of a unit; serves what is wrong with a unit.
CREATE UNIQUE INDEX defect_number ON defect (unit_id, number);
-- Serves the lists of open and of all defects.
CREATE INDEX defect_open ON defect (site_id, sequence, place) WHERE settled_sequence IS NULL;
CREATE INDEX defect_site ON defect (site_id, sequence, place);
-- Serves finding a defect by its number, which may be there on several units.
CREATE INDEX defect_named ON defect (site_id, number);
-- Serves finding the units with a defect of a code in a time.
CREATE INDEX defect_code ON defect (site_id, code, found_at);
