-- What machines and other systems said. Folded from the ledger like all projections (see 0002_projections); the messages themselves are in their events.

-- Messages received, and which belong together.
CREATE TABLE message (
    sequence          INTEGER PRIMARY KEY, -- of the event it comes from
    site_id           INTEGER NOT NULL,  -- the plant the row belongs to
    station_id        INTEGER NOT NULL,     -- who sent it (subject of kind station)
    message_type      TEXT NOT NULL,         -- what it calls itself, such as CFX.Production.WorkStarted; '' when it does not say
    transaction_name  TEXT NOT NULL,         -- the piece of work it is about, as written; '' for none
    transaction_key   TEXT NOT NULL          -- the same in its normal form
) STRICT;

-- Serves joining what was said about one piece of work.
CREATE INDEX message_transaction ON message (site_id, transaction_key) WHERE transaction_key <> '';
-- Serves going through all messages of a site.
CREATE INDEX message_site ON message (site_id, sequence);
