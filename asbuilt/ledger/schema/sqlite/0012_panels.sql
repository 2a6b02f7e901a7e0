-- Boards on panels, until they are separated. Folded from the ledger like all projections (see 0002_projections).

-- The unit at each position of a panel now.
CREATE TABLE panel_place (
    sequence      INTEGER PRIMARY KEY,         -- of the event it comes from
    site_id       INTEGER NOT NULL,            -- the plant the row belongs to
    panel         TEXT NOT NULL,               -- the number on the panel, as written
    panel_key     TEXT NOT NULL CHECK (panel_key <> ''), -- normal form of panel
    position      TEXT NOT NULL,               -- the place on it, as written
    position_key  TEXT NOT NULL CHECK (position_key <> ''), -- normal form of position
    unit_id       INTEGER NOT NULL             -- the board (subject of kind unit)
) STRICT;

-- One unit at a position (serves the boards of a panel, too).
CREATE UNIQUE INDEX panel_place_position ON panel_place (site_id, panel_key, position_key);
-- Serves the question whether a unit is on a panel.
CREATE INDEX panel_place_unit ON panel_place (unit_id);
