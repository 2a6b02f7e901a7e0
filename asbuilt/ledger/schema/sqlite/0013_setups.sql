-- What stations are set up with. Folded from the ledger like all projections (see 0002_projections).

-- Setup lists: what is loaded in which slot of a station. They never change.
CREATE TABLE setup_list_state (
    setup_list_id  INTEGER PRIMARY KEY,         -- the list (subject)
    site_id        INTEGER NOT NULL,            -- the plant the row belongs to
    station_id     INTEGER NOT NULL,            -- the station it is for
    part_id        INTEGER,                     -- what is made with it, NULL: any
    routing_id     INTEGER,                     -- how, NULL: any
    operation      TEXT NOT NULL,               -- by which operation; '' any
    program        TEXT NOT NULL,               -- by which program; '' any
    slots          TEXT NOT NULL CHECK (json_valid(slots)) -- JSON array, as in SetupListDefined
) STRICT;

-- Serves the list of setup lists.
CREATE INDEX setup_list_state_site ON setup_list_state (site_id, setup_list_id);
-- Serves the lists of a station, the newest first.
CREATE INDEX setup_list_state_station ON setup_list_state (station_id, setup_list_id);

-- Which setup list was in force at a station, and when.
CREATE TABLE setup_activation (
    sequence        INTEGER PRIMARY KEY,        -- of the event it comes from
    site_id         INTEGER NOT NULL,           -- the plant the row belongs to
    station_id      INTEGER NOT NULL,           -- where
    setup_list_id   INTEGER NOT NULL,           -- the list
    work_order_id   INTEGER,                    -- under which order, NULL: not said
    activated_at    INTEGER NOT NULL,           -- time
    ended_sequence  INTEGER,                    -- NULL while in force
    ended_at        INTEGER,                    -- time
    CHECK ((ended_sequence IS NULL) = (ended_at IS NULL))
) STRICT;

-- One setup is in force at a station.
CREATE UNIQUE INDEX setup_activation_in_force ON setup_activation (station_id) WHERE ended_sequence IS NULL;
-- Serves finding the setup in force at a time.
CREATE INDEX setup_activation_station ON setup_activation (station_id, activated_at);

ALTER TABLE setup_window ADD COLUMN place INTEGER NOT NULL DEFAULT 1 CHECK (place IN (1, 2)); -- of two loads of a slot, while one is spliced to the other
ALTER TABLE setup_window ADD COLUMN quantity INTEGER; -- what was said to be on it, in millionths of uom; NULL: what is left of the lot
ALTER TABLE setup_window ADD COLUMN uom TEXT NOT NULL DEFAULT ''; -- of quantity; '' that of the lot
ALTER TABLE setup_window ADD COLUMN remaining INTEGER; -- what was counted when it was unloaded, in millionths; NULL: not counted

-- A slot is fed by one lot, and by one that is spliced to it.
DROP INDEX setup_window_one_lot;
CREATE UNIQUE INDEX setup_window_one_lot ON setup_window (station_id, slot, place) WHERE unloaded_sequence IS NULL;

-- Serves where-used through what was fed, and counting the passes of a load from the index alone.
DROP INDEX operation_run_station;
CREATE INDEX operation_run_station ON operation_run (station_id, completed_at, operation) WHERE station_id IS NOT NULL;
