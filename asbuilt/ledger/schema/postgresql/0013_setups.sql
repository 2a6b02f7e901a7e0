-- What stations are set up with. Folded from the ledger like all projections (see 0002_projections).

-- Setup lists: what is loaded in which slot of a station. They never change.
CREATE TABLE setup_list_state (
    setup_list_id  bigint PRIMARY KEY,         -- the list (subject)
    site_id        integer NOT NULL,            -- the plant the row belongs to
    station_id     bigint NOT NULL,            -- the station it is for
    part_id        bigint,                     -- what is made with it, NULL: any
    routing_id     bigint,                     -- how, NULL: any
    operation      text NOT NULL,               -- by which operation; '' any
    program        text NOT NULL,               -- by which program; '' any
    slots          text NOT NULL CHECK (slots::jsonb IS NOT NULL) -- JSON array, as in SetupListDefined
);

-- Serves the list of setup lists.
CREATE INDEX setup_list_state_site ON setup_list_state (site_id, setup_list_id);
-- Serves the lists of a station, the newest first.
CREATE INDEX setup_list_state_station ON setup_list_state (station_id, setup_list_id);

-- Which setup list was in force at a station, and when.
CREATE TABLE setup_activation (
    sequence        bigint PRIMARY KEY,        -- of the event it comes from
    site_id         integer NOT NULL,           -- the plant the row belongs to
    station_id      bigint NOT NULL,           -- where
    setup_list_id   bigint NOT NULL,           -- the list
    work_order_id   bigint,                    -- under which order, NULL: not said
    activated_at    bigint NOT NULL,           -- time
    ended_sequence  bigint,                    -- NULL while in force
    ended_at        bigint,                    -- time
    CHECK ((ended_sequence IS NULL) = (ended_at IS NULL))
);

-- One setup is in force at a station.
CREATE UNIQUE INDEX setup_activation_in_force ON setup_activation (station_id) WHERE ended_sequence IS NULL;
-- Serves finding the setup in force at a time.
CREATE INDEX setup_activation_station ON setup_activation (station_id, activated_at);

ALTER TABLE setup_window ADD COLUMN place smallint NOT NULL DEFAULT 1 CHECK (place IN (1, 2)); -- of two loads of a slot, while one is spliced to the other
ALTER TABLE setup_window ADD COLUMN quantity bigint; -- what was said to be on it, in millionths of uom; NULL: what is left of the lot
ALTER TABLE setup_window ADD COLUMN uom text NOT NULL DEFAULT ''; -- of quantity; '' that of the lot
ALTER TABLE setup_window ADD COLUMN remaining bigint; -- what was counted when it was unloaded, in millionths; NULL: not counted

-- A slot is fed by one lot, and by one that is spliced to it.
DROP INDEX setup_window_one_lot;
CREATE UNIQUE INDEX setup_window_one_lot ON setup_window (station_id, slot, place) WHERE unloaded_sequence IS NULL;

-- Serves where-used through what was fed, and counting the passes of a load from the index alone.
DROP INDEX operation_run_station;
CREATE INDEX operation_run_station ON operation_run (station_id, completed_at, operation) WHERE station_id IS NOT NULL;

-- Each site sees and writes its own rows.
ALTER TABLE setup_list_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE setup_list_state FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON setup_list_state USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE setup_activation ENABLE ROW LEVEL SECURITY;
ALTER TABLE setup_activation FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON setup_activation USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON setup_list_state, setup_activation TO asbuilt_app;
