-- When production orders waited. Folded from the ledger like all projections (see 0002_projections).

-- Waits of orders, as intervals.
CREATE TABLE work_order_hold (
    sequence          bigint PRIMARY KEY, -- of the event it comes from
    site_id           integer NOT NULL,    -- the plant the row belongs to
    work_order_id     bigint NOT NULL,    -- the order (subject)
    reason            text NOT NULL CHECK (reason <> ''), -- why it waits
    held_at           bigint NOT NULL,    -- time
    resumed_sequence  bigint,             -- of the event by which it went on, NULL while it waits
    resumed_at        bigint,             -- time
    resumption        text NOT NULL,       -- why it went on, '' while it waits
    CHECK ((resumed_sequence IS NULL) = (resumed_at IS NULL)),
    CHECK ((resumed_sequence IS NULL) = (resumption = ''))
);

-- An order waits once at a time.
CREATE UNIQUE INDEX work_order_hold_open ON work_order_hold (work_order_id) WHERE resumed_sequence IS NULL;
-- Serves the page of an order.
CREATE INDEX work_order_hold_order ON work_order_hold (work_order_id, sequence);

-- Each site sees and writes its own rows.
ALTER TABLE work_order_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE work_order_hold FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON work_order_hold USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON work_order_hold TO asbuilt_app;
