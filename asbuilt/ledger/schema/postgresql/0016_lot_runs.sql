-- Work on part of lots. Folded from the ledger like all projections (see 0002_projections).

-- What single events say of an operation on some of a lot; quantities in millionths of the uom of the lot.
CREATE TABLE lot_run (
    sequence       bigint PRIMARY KEY,       -- of the event it comes from
    site_id        integer NOT NULL,          -- the plant the row belongs to
    lot_id         bigint NOT NULL,          -- the lot (subject)
    operation      text NOT NULL,             -- what was done
    station_id     bigint,                   -- where, NULL: not said
    work_order_id  bigint,                   -- under which order, NULL: not said
    is_retry       smallint NOT NULL CHECK (is_retry IN (0, 1)), -- whether it had failed there before
    started        bigint NOT NULL,          -- how much was begun, 0 in a completion
    passed         bigint NOT NULL,          -- how much passed, as judged
    failed         bigint NOT NULL,          -- how much failed, as judged
    scrapped       bigint NOT NULL,          -- how much is gone
    happened_at    bigint NOT NULL,          -- time
    CHECK (started >= 0 AND passed >= 0 AND failed >= 0 AND scrapped >= 0),
    CHECK (started + passed + failed + scrapped > 0)
);

-- Serves judging work on a lot, and its page.
CREATE INDEX lot_run_lot ON lot_run (lot_id, sequence);
-- Serves the progress of an order.
CREATE INDEX lot_run_order ON lot_run (work_order_id, sequence) WHERE work_order_id IS NOT NULL;

-- Each site sees and writes its own rows.
ALTER TABLE lot_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE lot_run FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON lot_run USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON lot_run TO asbuilt_app;
