-- What is true after what has happened, on SQLite. Every row is folded from the ledger and can be folded again
-- (`asbuilt rebuild`). Times are microseconds since 1970-01-01T00:00:00Z, dates ISO texts, quantities millionths of
-- the uom. `sequence` is that of the event a row comes from. Optional texts are '' when absent.

-- Which events concern a unit or lot without being about it (a component, a lot used).
CREATE TABLE event_subject (
    subject_id  INTEGER NOT NULL,               -- unit or lot
    sequence    INTEGER NOT NULL,               -- of the event
    site_id     INTEGER NOT NULL,               -- the plant the row belongs to
    PRIMARY KEY (subject_id, sequence)
) STRICT, WITHOUT ROWID;

-- Parts as last defined.
CREATE TABLE part_state (
    part_id        INTEGER PRIMARY KEY,         -- the part (subject)
    site_id        INTEGER NOT NULL,            -- the plant the row belongs to
    description    TEXT NOT NULL,               -- what it is called
    revision       TEXT NOT NULL,               -- state of the design
    tracking       TEXT NOT NULL CHECK (tracking IN ('serialized', 'lot', 'serialized_and_lot', 'counted')), -- how individuals are told apart
    uom            TEXT NOT NULL,               -- unit of measure of its quantities, '' pieces
    serial_format  TEXT NOT NULL,               -- with one run of # for the running number
    gtin           TEXT NOT NULL,               -- GS1 trade item number of 14 digits, '' when it has none
    component_record TEXT NOT NULL CHECK (component_record IN ('not_asked', 'order', 'unit', 'place', 'read')), -- what has to be known of the components of each unit
    process_record TEXT NOT NULL CHECK (process_record IN ('not_asked', 'passed', 'station')), -- what has to be known of the operations on each unit
    is_complete_to_ship INTEGER NOT NULL CHECK (is_complete_to_ship IN (0, 1)) -- 1: a unit is not shipped before all of it is recorded
) STRICT;

-- Serves scans: the parts with a GTIN.
CREATE INDEX part_state_gtin ON part_state (site_id, gtin) WHERE gtin <> '';

-- Lots: how much there was, how much is used, what forbids using them.
CREATE TABLE lot_state (
    lot_id           INTEGER PRIMARY KEY,       -- the lot (subject)
    site_id          INTEGER NOT NULL,          -- the plant the row belongs to
    quantity         INTEGER CHECK (quantity > 0),             -- millionths of uom; NULL: not counted
    used             INTEGER NOT NULL CHECK (used >= 0),       -- millionths of uom
    scrapped         INTEGER NOT NULL CHECK (scrapped >= 0),   -- by operations on part of it, millionths of uom
    uom              TEXT NOT NULL,             -- unit of measure, '' pieces
    supplier         TEXT NOT NULL,             -- who delivered it
    supplier_lot     TEXT NOT NULL,             -- its number there
    purchase_order   TEXT NOT NULL,             -- bought under
    manufactured_on  TEXT CHECK (manufactured_on GLOB '????-??-??'), -- day of manufacture
    expires_on       TEXT CHECK (expires_on GLOB '????-??-??'), -- last day of use
    open_holds       TEXT NOT NULL CHECK (json_valid(open_holds)), -- JSON array of hold numbers
    defined_at       INTEGER NOT NULL,          -- time; the routing of that time is the one it is made by
    CHECK (quantity IS NULL OR used + scrapped <= quantity)
) STRICT;

-- What is measured, for values sent packed.
CREATE TABLE specification_state (
    specification_id  INTEGER PRIMARY KEY,      -- the specification (subject)
    site_id           INTEGER NOT NULL,         -- the plant the row belongs to
    characteristics   TEXT NOT NULL CHECK (json_valid(characteristics)) -- JSON array, in the order of packed values
) STRICT;

-- Production orders, whether they are open, and what was counted when they were closed.
CREATE TABLE work_order_state (
    work_order_id    INTEGER PRIMARY KEY,       -- the order (subject)
    site_id          INTEGER NOT NULL,          -- the plant the row belongs to
    part_id          INTEGER NOT NULL,          -- what is made
    quantity         INTEGER NOT NULL CHECK (quantity > 0), -- pieces ordered, without those that were split off
    sales_order      TEXT NOT NULL,             -- the customer's order
    overrun_max      INTEGER NOT NULL CHECK (overrun_max >= 0), -- pieces that may be made beyond the quantity
    last_operation   TEXT NOT NULL,             -- by which a unit counts as good, '' the last of its routing
    is_open          INTEGER NOT NULL CHECK (is_open IN (0, 1)), -- 1 while it may be worked on
    released_at      INTEGER NOT NULL,          -- time
    started          INTEGER NOT NULL CHECK (started >= 0), -- units that belong to it
    hold_reason      TEXT NOT NULL,             -- why it waits, '' while it does not
    split_from       INTEGER,                   -- the order (subject) it was split off, NULL when it was released
    closed_at        INTEGER,                   -- time, NULL while it is open
    closed_started   INTEGER,                   -- units that belonged to it when it was closed, and pieces of lots
    closed_good      INTEGER,                   -- good units, as counted then
    closed_scrapped  INTEGER,                   -- scrapped units, as counted then
    CHECK ((is_open = 1) = (closed_at IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_started IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_good IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_scrapped IS NULL))
) STRICT;

-- Serves the lists of open and of all orders, the newest first: ids are given in the order of their first mention.
CREATE INDEX work_order_state_open ON work_order_state (site_id, work_order_id) WHERE is_open = 1;
CREATE INDEX work_order_state_site ON work_order_state (site_id, work_order_id);
-- Serves the orders of a part.
CREATE INDEX work_order_state_part ON work_order_state (part_id, work_order_id);
-- Serves the page of an order: what was split off it.
CREATE INDEX work_order_state_split ON work_order_state (split_from) WHERE split_from IS NOT NULL;

-- One row per unit: separate facts for life cycle, custody, place and quality. No index on what changes.
CREATE TABLE unit_state (
    unit_id          INTEGER PRIMARY KEY,       -- the unit (subject)
    site_id          INTEGER NOT NULL,          -- the plant the row belongs to
    revision         TEXT NOT NULL,             -- state of the design it was made to
    work_order_id    INTEGER,                   -- the order it belongs to
    life_cycle       TEXT NOT NULL CHECK (life_cycle IN ('issued', 'in_process', 'scrapped')), -- how far its making has come
    custody          TEXT NOT NULL CHECK (custody IN ('in_house', 'shipped', 'returned')), -- who has it
    location         TEXT NOT NULL,             -- where it is in house
    container        TEXT NOT NULL,             -- what it is packed in
    customer         TEXT NOT NULL,             -- who has it while shipped
    shipment         TEXT NOT NULL,             -- the delivery it left with
    expires_on       TEXT CHECK (expires_on GLOB '????-??-??'), -- last day of use
    installed_in     INTEGER,                   -- the unit or lot it is part of now
    open_holds       TEXT NOT NULL CHECK (json_valid(open_holds)), -- JSON array of hold numbers
    commissioned_at  INTEGER NOT NULL,          -- time
    last_operation   TEXT NOT NULL,             -- the last one completed
    last_result      TEXT NOT NULL CHECK (last_result IN ('', 'passed', 'failed')), -- how that ended
    last_event_time  INTEGER NOT NULL,          -- time of the event recorded last
    CHECK (custody <> 'shipped' OR installed_in IS NULL)
) STRICT;

-- Serves the units of a work order.
CREATE INDEX unit_state_work_order ON unit_state (work_order_id, unit_id);

-- Further names of units and lots.
CREATE TABLE alias (
    sequence    INTEGER PRIMARY KEY,            -- of the event it comes from
    site_id     INTEGER NOT NULL,               -- the plant the row belongs to
    subject_id  INTEGER NOT NULL,               -- unit or lot
    scheme      TEXT NOT NULL CHECK (scheme <> ''), -- kind of name: supplier_serial, imei, catenax …
    issuer      TEXT NOT NULL,                  -- who gave it
    value       TEXT NOT NULL CHECK (value <> ''), -- the name, as written
    value_key   TEXT NOT NULL                   -- normal form of value
) STRICT;

CREATE INDEX alias_value ON alias (site_id, value_key);
CREATE UNIQUE INDEX alias_once ON alias (subject_id, scheme, issuer, value);

-- Operations begun.
CREATE TABLE operation_start (
    sequence            INTEGER PRIMARY KEY,    -- of the event it comes from
    site_id             INTEGER NOT NULL,       -- the plant the row belongs to
    unit_id             INTEGER NOT NULL,       -- worked on
    operation           TEXT NOT NULL CHECK (operation <> ''), -- step of the routing
    station_id          INTEGER,                -- where, NULL when not said
    started_at          INTEGER NOT NULL,       -- time
    completed_sequence  INTEGER                 -- NULL while under way
) STRICT;

CREATE INDEX operation_start_unit ON operation_start (unit_id);
-- Serves the list of units that are stuck: the few starts that are under way, among the many that were.
CREATE INDEX operation_start_open ON operation_start (site_id, started_at) WHERE completed_sequence IS NULL;

-- Operations completed; every attempt has a row.
CREATE TABLE operation_run (
    sequence          INTEGER PRIMARY KEY,      -- of the completing event, which holds the measurements
    site_id           INTEGER NOT NULL,         -- the plant the row belongs to
    unit_id           INTEGER NOT NULL,         -- worked on
    operation         TEXT NOT NULL CHECK (operation <> ''), -- step of the routing
    station_id        INTEGER,                  -- where, NULL when not said
    work_order_id     INTEGER,                  -- under which order, NULL when not said
    started_sequence  INTEGER,                  -- the start it ended, NULL when none was reported
    started_at        INTEGER,                  -- time of that start
    completed_at      INTEGER NOT NULL,         -- time
    result            TEXT NOT NULL CHECK (result IN ('passed', 'failed')) -- as judged by us
) STRICT;

CREATE INDEX operation_run_unit ON operation_run (unit_id);
-- Serves where-used through line setup windows: who passed this station between two times.
CREATE INDEX operation_run_station ON operation_run (station_id, completed_at) WHERE station_id IS NOT NULL;
-- Serves yield and control charts: what was completed in a window of time, at every operation or at one.
CREATE INDEX operation_run_time ON operation_run (site_id, completed_at, operation);

-- Links between parents and components, as intervals.
CREATE TABLE installation (
    sequence              INTEGER PRIMARY KEY,  -- of the event it comes from
    site_id               INTEGER NOT NULL,     -- the plant the row belongs to
    parent_id             INTEGER NOT NULL,     -- unit or lot
    component_id          INTEGER NOT NULL,     -- unit or lot
    binds                 INTEGER NOT NULL CHECK (binds IN (0, 1)), -- 1: the component is a unit and can be nowhere else
    unit_in_lot           INTEGER NOT NULL CHECK (unit_in_lot IN (0, 1)), -- 1: the component is a unit and the parent a lot
    reference_designator  TEXT NOT NULL,        -- place in the assembly
    quantity              INTEGER CHECK (quantity > 0), -- millionths of uom
    uom                   TEXT NOT NULL,        -- unit of measure, '' pieces
    operation             TEXT NOT NULL,        -- step of the routing
    evidence              TEXT NOT NULL CHECK (evidence IN ('scanned', 'kitted', 'setup_window', 'declared', 'backflushed', 'order_level', 'alternative')), -- how surely it is known
    installed_at          INTEGER NOT NULL,     -- time
    removed_sequence      INTEGER,              -- NULL while installed
    removed_at            INTEGER,              -- time
    removal_reason        TEXT NOT NULL,        -- why it came out
    destination           TEXT NOT NULL,        -- where it was put
    CHECK (parent_id <> component_id),
    CHECK ((removed_sequence IS NULL) = (removed_at IS NULL))
) STRICT;

-- A component is in one assembly at a time; a place holds one serialized component.
CREATE UNIQUE INDEX installation_one_parent ON installation (component_id) WHERE removed_sequence IS NULL AND binds = 1;
CREATE UNIQUE INDEX installation_one_component ON installation (parent_id, reference_designator)
    WHERE removed_sequence IS NULL AND binds = 1 AND reference_designator <> '';
-- Serve as-built (downwards) and where-used (upwards).
CREATE INDEX installation_parent ON installation (parent_id, component_id);
CREATE INDEX installation_component ON installation (component_id, parent_id);
-- Serves the check of what line-fed material holds: the few lots that units went into.
CREATE INDEX installation_unit_in_lot ON installation (site_id, parent_id)
    WHERE unit_in_lot = 1 AND removed_sequence IS NULL;

-- Line setup intervals: a lot fed from a slot of a station.
CREATE TABLE setup_window (
    sequence           INTEGER PRIMARY KEY,     -- of the event it comes from
    site_id            INTEGER NOT NULL,        -- the plant the row belongs to
    station_id         INTEGER NOT NULL,        -- where it is fed
    slot               TEXT NOT NULL CHECK (slot <> ''), -- feeder, magazine or tank
    lot_id             INTEGER NOT NULL,        -- what is fed
    loaded_at          INTEGER NOT NULL,        -- time
    unloaded_sequence  INTEGER,                 -- NULL while loaded
    unloaded_at        INTEGER,                 -- time
    CHECK ((unloaded_sequence IS NULL) = (unloaded_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX setup_window_one_lot ON setup_window (station_id, slot) WHERE unloaded_sequence IS NULL;
CREATE INDEX setup_window_station ON setup_window (station_id, loaded_at);
CREATE INDEX setup_window_lot ON setup_window (lot_id);

-- Components that a document names by an outside name only.
CREATE TABLE declared_component (
    sequence     INTEGER PRIMARY KEY,           -- of the event it comes from
    site_id      INTEGER NOT NULL,              -- the plant the row belongs to
    parent_id    INTEGER NOT NULL,              -- unit or lot
    scheme       TEXT NOT NULL CHECK (scheme <> ''), -- kind of name
    value        TEXT NOT NULL CHECK (value <> ''), -- the name, as written
    value_key    TEXT NOT NULL,                 -- normal form of value
    supplier     TEXT NOT NULL,                 -- who makes it
    quantity     INTEGER CHECK (quantity > 0),  -- millionths of uom
    uom          TEXT NOT NULL,                 -- unit of measure, '' pieces
    declared_at  INTEGER NOT NULL               -- time
) STRICT;

CREATE INDEX declared_component_parent ON declared_component (parent_id);
CREATE INDEX declared_component_value ON declared_component (site_id, value_key);

-- Holds, as intervals.
CREATE TABLE hold (
    sequence           INTEGER PRIMARY KEY,     -- of the event it comes from
    site_id            INTEGER NOT NULL,        -- the plant the row belongs to
    hold               TEXT NOT NULL CHECK (hold <> ''), -- hold number
    subject_id         INTEGER NOT NULL,        -- unit or lot
    reason             TEXT NOT NULL CHECK (reason <> ''), -- why it was placed
    placed_at          INTEGER NOT NULL,        -- time
    released_sequence  INTEGER,                 -- NULL while on hold
    released_at        INTEGER,                 -- time
    release_reason     TEXT NOT NULL,           -- why it was released
    CHECK ((released_sequence IS NULL) = (released_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX hold_once ON hold (subject_id, hold) WHERE released_sequence IS NULL;
-- Serves corrections, and the use of a lot.
CREATE INDEX hold_subject ON hold (subject_id, sequence);
-- Serves the few holds that are open, among the many that were.
CREATE INDEX hold_open ON hold (site_id, subject_id) WHERE released_sequence IS NULL;
-- Serves finding what is or was held under a number.
CREATE INDEX hold_number ON hold (site_id, hold);

-- Events declared wrong.
CREATE TABLE correction (
    sequence              INTEGER PRIMARY KEY,  -- of the correcting event
    site_id               INTEGER NOT NULL,     -- the plant the row belongs to
    corrected_sequence    INTEGER NOT NULL UNIQUE, -- the event that no longer counts
    reason                TEXT NOT NULL CHECK (reason IN ('did_not_occur', 'incorrect_data')), -- never happened, or wrong in what it says
    explanation           TEXT NOT NULL CHECK (explanation <> ''), -- what was wrong
    corrective_event_ids  TEXT NOT NULL CHECK (json_valid(corrective_event_ids)), -- JSON array of event ids
    corrected_at          INTEGER NOT NULL      -- time
) STRICT;
