-- Boards on panels, until they are separated. Folded from the ledger like all projections (see 0002_projections).

-- The unit at each position of a panel now.
CREATE TABLE panel_place (
    sequence      bigint PRIMARY KEY,         -- of the event it comes from
    site_id       integer NOT NULL,            -- the plant the row belongs to
    panel         text NOT NULL,               -- the number on the panel, as written
    panel_key     text NOT NULL CHECK (panel_key <> ''), -- normal form of panel
    position      text NOT NULL,               -- the place on it, as written
    position_key  text NOT NULL CHECK (position_key <> ''), -- normal form of position
    unit_id       bigint NOT NULL             -- the board (subject of kind unit)
);

-- One unit at a position (serves the boards of a panel, too).
CREATE UNIQUE INDEX panel_place_position ON panel_place (site_id, panel_key, position_key);
-- Serves the question whether a unit is on a panel.
CREATE INDEX panel_place_unit ON panel_place (unit_id);

-- Each site sees and writes its own rows.
ALTER TABLE panel_place ENABLE ROW LEVEL SECURITY;
ALTER TABLE panel_place FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON panel_place USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON panel_place TO asbuilt_app;
