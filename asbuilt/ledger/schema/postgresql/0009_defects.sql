-- What is wrong with units, and what was decided about it. Folded from the ledger like all projections (see 0002_projections).

-- Defects, open and settled.
CREATE TABLE defect (
    sequence           bigint NOT NULL, -- of the event that found it
    place              integer NOT NULL CHECK (place > 0), -- which of the defects of that event, from 1
    site_id            integer NOT NULL, -- the plant the row belongs to
    unit_id            bigint NOT NULL, -- the unit (subject)
    number             text NOT NULL CHECK (number <> ''), -- by which people speak of it
    operation          text NOT NULL, -- that found it, '' when found outside an operation
    station_id         bigint, -- where it was found (subject of kind station), NULL when not said
    code               text NOT NULL, -- what is wrong, '' when not said
    position           text NOT NULL, -- reference designator, '' when not said
    component          text NOT NULL, -- part, lot or serial number of what is wrong there, as written
    quantity           integer NOT NULL CHECK (quantity > 0), -- how often
    note               text NOT NULL, -- as written
    characteristic     text NOT NULL, -- the first outside its limits, when no defect was named
    found_at           bigint NOT NULL, -- time
    disposition        text NOT NULL CHECK (disposition IN ('', 'retest', 'rework', 'repair', 'use_as_is', 'no_fault_found', 'scrap')), -- the latest decision, '' when none was made
    rework             text NOT NULL, -- rework operation that was decided
    retest             text NOT NULL, -- operation whose passing settles it, '' when none has to
    reason             text NOT NULL, -- of the decision
    decided_sequence   bigint, -- of the event with the latest decision
    decided_at         bigint, -- time
    reworked_sequence  bigint, -- of the event by which the rework that was decided passed
    repaired_sequence  bigint, -- of the event by which it was repaired, since the decision
    repaired_at        bigint, -- time
    repair             text NOT NULL, -- what was done
    replaced           text NOT NULL, -- reference designator at which something was changed
    settled_sequence   bigint, -- of the event that settled it, NULL while open
    settled_at         bigint, -- time
    settled_by         text NOT NULL CHECK (settled_by IN ('', 'retest', 'rework', 'repair', 'use_as_is', 'no_fault_found', 'scrap')), -- in which way
    PRIMARY KEY (sequence, place),
    CHECK ((disposition = '') = (decided_sequence IS NULL)),
    CHECK ((rework <> '') = (disposition = 'rework')),
    CHECK ((decided_sequence IS NULL) = (decided_at IS NULL)),
    CHECK ((repaired_sequence IS NULL) = (repaired_at IS NULL)),
    CHECK ((settled_sequence IS NULL) = (settled_at IS NULL)),
    CHECK ((settled_by = '') = (settled_sequence IS NULL))
);

-- A number stands for one defect of a unit; serves what is wrong with a unit.
CREATE UNIQUE INDEX defect_number ON defect (unit_id, number);
-- Serves the lists of open and of all defects.
CREATE INDEX defect_open ON defect (site_id, sequence, place) WHERE settled_sequence IS NULL;
CREATE INDEX defect_site ON defect (site_id, sequence, place);
-- Serves finding a defect by its number, which may be there on several units.
CREATE INDEX defect_named ON defect (site_id, number);
-- Serves finding the units with a defect of a code in a time.
CREATE INDEX defect_code ON defect (site_id, code, found_at);

-- Each site sees and writes its own rows.
ALTER TABLE defect ENABLE ROW LEVEL SECURITY;
ALTER TABLE defect FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON defect USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON defect TO asbuilt_app;
