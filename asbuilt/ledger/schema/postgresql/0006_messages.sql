-- What machines and other systems said. Folded from the ledger like all projections (see 0002_projections); the messages themselves are in their events.

-- Messages received, and which belong together.
CREATE TABLE message (
    sequence          bigint PRIMARY KEY,   -- of the event it comes from
    site_id           integer NOT NULL,  -- the plant the row belongs to
    station_id        bigint NOT NULL,      -- who sent it (subject of kind station)
    message_type      text NOT NULL,         -- what it calls itself, such as CFX.Production.WorkStarted; '' when it does not say
    transaction_name  text NOT NULL,         -- the piece of work it is about, as written; '' for none
    transaction_key   text NOT NULL          -- the same in its normal form
);

-- Serves joining what was said about one piece of work.
CREATE INDEX message_transaction ON message (site_id, transaction_key) WHERE transaction_key <> '';
-- Serves going through all messages of a site.
CREATE INDEX message_site ON message (site_id, sequence);

-- Each site sees and writes its own rows.
ALTER TABLE message ENABLE ROW LEVEL SECURITY;
ALTER TABLE message FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON message USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON message TO asbuilt_app;
