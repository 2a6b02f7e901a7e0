-- What parts are made of, where stations are, and which codes there are. Folded from the ledger like all projections
-- (see 0002_projections).

-- Bills of materials: the lines of a part, for units that come into being from a time on. They never change.
CREATE TABLE bill_state (
    bill_id         INTEGER PRIMARY KEY,        -- the bill (subject)
    site_id         INTEGER NOT NULL,           -- the plant the row belongs to
    part_id         INTEGER NOT NULL,           -- what is made
    effective_from  INTEGER NOT NULL,           -- time from which units that come into being are made so
    lines           TEXT NOT NULL CHECK (json_valid(lines)) -- JSON array, as in BillOfMaterialsDefined
) STRICT;

-- One bill applies to a unit; serves finding it.
CREATE UNIQUE INDEX bill_state_part ON bill_state (part_id, effective_from);
-- Serves the list of bills.
CREATE INDEX bill_state_site ON bill_state (site_id, bill_id);

-- Work centers as last defined.
CREATE TABLE work_center_state (
    work_center_id  INTEGER PRIMARY KEY,        -- the work center (subject)
    site_id         INTEGER NOT NULL,           -- the plant the row belongs to
    area            TEXT NOT NULL,              -- part of the plant it is in
    description     TEXT NOT NULL               -- what it is called
) STRICT;

CREATE INDEX work_center_state_site ON work_center_state (site_id, work_center_id);

-- Stations as last defined.
CREATE TABLE equipment_state (
    station_id       INTEGER PRIMARY KEY,       -- the station (subject)
    site_id          INTEGER NOT NULL,          -- the plant the row belongs to
    work_center_id   INTEGER,                   -- where it is, NULL when not said
    equipment_class  TEXT NOT NULL,             -- what kind of equipment it is
    description      TEXT NOT NULL              -- what it is called
) STRICT;

CREATE INDEX equipment_state_site ON equipment_state (site_id, station_id);

-- Codes of defects, reasons and other lists, as last defined.
CREATE TABLE code_state (
    code_list_id  INTEGER NOT NULL,             -- the list (subject)
    code_key      TEXT NOT NULL,                -- normal form of code
    site_id       INTEGER NOT NULL,             -- the plant the row belongs to
    code          TEXT NOT NULL CHECK (code <> ''), -- the code, as written
    description   TEXT NOT NULL,                -- what it means
    is_retired    INTEGER NOT NULL CHECK (is_retired IN (0, 1)), -- 1: not to be used any more
    PRIMARY KEY (code_list_id, code_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX code_state_site ON code_state (site_id, code_list_id, code_key);

-- Serves the check whether material was fed to a unit: what was taken away lately.
CREATE INDEX setup_window_unloaded ON setup_window (station_id, unloaded_at) WHERE unloaded_at IS NOT NULL;
