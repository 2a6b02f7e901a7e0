-- Work on part of lots. Folded from the ledger like all projections (see 0002_projections).

-- What single events say of an operation on some of a lot; quantities in millionths of the uom of the lot.
CREATE TABLE lot_run (
    sequence       INTEGER PRIMARY KEY,       -- of the event it comes from
    site_id        INTEGER NOT NULL,          -- the plant the row belongs to
    lot_id         INTEGER NOT NULL,          -- the lot (subject)
    operation      TEXT NOT NULL,             -- what was done
    station_id     INTEGER,                   -- where, NULL: not said
    work_order_id  INTEGER,                   -- under which order, NULL: not said
    is_retry       INTEGER NOT NULL CHECK (is_retry IN (0, 1)), -- whether it had failed there before
    started        INTEGER NOT NULL,          -- how much was begun, 0 in a completion
    passed         INTEGER NOT NULL,          -- how much passed, as judged
    failed         INTEGER NOT NULL,          -- how much failed, as judged
    scrapped       INTEGER NOT NULL,          -- how much is gone
    happened_at    INTEGER NOT NULL,          -- time
    CHECK (started >= 0 AND passed >= 0 AND failed >= 0 AND scrapped >= 0),
    CHECK (started + passed + failed + scrapped > 0)
) STRICT;

-- Serves judging work on a lot, and its page.
CREATE INDEX lot_run_lot ON lot_run (lot_id, sequence);
-- Serves the progress of an order.
CREATE INDEX lot_run_order ON lot_run (work_order_id, sequence) WHERE work_order_id IS NOT NULL;
