-- When production orders waited. Folded from the ledger like all projections (see 0002_projections).

-- Waits of orders, as intervals.
CREATE TABLE work_order_hold (
    sequence          INTEGER PRIMARY KEY, -- of the event it comes from
    site_id           INTEGER NOT NULL,    -- the plant the row belongs to
    work_order_id     INTEGER NOT NULL,    -- the order (subject)
    reason            TEXT NOT NULL CHECK (reason <> ''), -- why it waits
    held_at           INTEGER NOT NULL,    -- time
    resumed_sequence  INTEGER,             -- of the event by which it went on, NULL while it waits
    resumed_at        INTEGER,             -- time
    resumption        TEXT NOT NULL,       -- why it went on, '' while it waits
    CHECK ((resumed_sequence IS NULL) = (resumed_at IS NULL)),
    CHECK ((resumed_sequence IS NULL) = (resumption = ''))
) STRICT;

-- An order waits once at a time.
CREATE UNIQUE INDEX work_order_hold_open ON work_order_hold (work_order_id) WHERE resumed_sequence IS NULL;
-- Serves the page of an order.
CREATE INDEX work_order_hold_order ON work_order_hold (work_order_id, sequence);
