-- What parts are made of, where stations are, and which codes there are. Folded from the ledger like all projections
-- (see 0002_projections).

-- Bills of materials: the lines of a part, for units that come into being from a time on. They never change.
CREATE TABLE bill_state (
    bill_id         bigint PRIMARY KEY,        -- the bill (subject)
    site_id         integer NOT NULL,           -- the plant the row belongs to
    part_id         bigint NOT NULL,           -- what is made
    effective_from  bigint NOT NULL,           -- time from which units that come into being are made so
    lines           text NOT NULL CHECK (lines::jsonb IS NOT NULL) -- JSON array, as in BillOfMaterialsDefined
);

-- One bill applies to a unit; serves finding it.
CREATE UNIQUE INDEX bill_state_part ON bill_state (part_id, effective_from);
-- Serves the list of bills.
CREATE INDEX bill_state_site ON bill_state (site_id, bill_id);

-- Work centers as last defined.
CREATE TABLE work_center_state (
    work_center_id  bigint PRIMARY KEY,        -- the work center (subject)
    site_id         integer NOT NULL,           -- the plant the row belongs to
    area            text NOT NULL,              -- part of the plant it is in
    description     text NOT NULL               -- what it is called
);

CREATE INDEX work_center_state_site ON work_center_state (site_id, work_center_id);

-- Stations as last defined.
CREATE TABLE equipment_state (
    station_id       bigint PRIMARY KEY,       -- the station (subject)
    site_id          integer NOT NULL,          -- the plant the row belongs to
    work_center_id   bigint,                   -- where it is, NULL when not said
    equipment_class  text NOT NULL,             -- what kind of equipment it is
    description      text NOT NULL              -- what it is called
);

CREATE INDEX equipment_state_site ON equipment_state (site_id, station_id);

-- Codes of defects, reasons and other lists, as last defined.
CREATE TABLE code_state (
    code_list_id  bigint NOT NULL,             -- the list (subject)
    code_key      text NOT NULL,                -- normal form of code
    site_id       integer NOT NULL,             -- the plant the row belongs to
    code          text NOT NULL CHECK (code <> ''), -- the code, as written
    description   text NOT NULL,                -- what it means
    is_retired    smallint NOT NULL CHECK (is_retired IN (0, 1)), -- 1: not to be used any more
    PRIMARY KEY (code_list_id, code_key)
);

CREATE INDEX code_state_site ON code_state (site_id, code_list_id, code_key);

-- Serves the check whether material was fed to a unit: what was taken away lately.
CREATE INDEX setup_window_unloaded ON setup_window (station_id, unloaded_at) WHERE unloaded_at IS NOT NULL;

-- Each site sees and writes its own rows.
ALTER TABLE bill_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE bill_state FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON bill_state USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE work_center_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE work_center_state FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON work_center_state USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE equipment_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE equipment_state FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON equipment_state USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE code_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE code_state FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON code_state USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON bill_state, work_center_state, equipment_state, code_state TO asbuilt_app;
