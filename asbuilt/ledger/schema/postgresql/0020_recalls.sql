-- Recalls. Folded from the ledger like all projections (see 0002_projections).

-- What is called back, and how far that has come.
CREATE TABLE recall_state (
    recall_id        bigint PRIMARY KEY,       -- the recall (subject)
    site_id          integer NOT NULL,          -- the plant the row belongs to
    reason           text NOT NULL,             -- why
    seeds            text NOT NULL,             -- what units and lots have in common, JSON
    is_drill         smallint NOT NULL CHECK (is_drill IN (0, 1)), -- whether it is practised only
    opened_at        bigint NOT NULL,          -- time
    opened_sequence  bigint NOT NULL,          -- of the event that opened it
    frozen_at        bigint,                   -- time at which its scope was settled last, NULL: not yet
    frozen_sequence  bigint,                   -- of the event that settled it
    frozen_units     bigint NOT NULL,          -- how many units it covers, as settled
    frozen_lots      bigint NOT NULL,          -- how many lots
    frozen_certain   bigint NOT NULL,          -- how many of both certainly
    digest           text NOT NULL,             -- SHA-256 of what it covers, '' before it is settled
    meaning          text NOT NULL,             -- what who settled it answers for
    closed_at        bigint,                   -- time, NULL: open
    closed_sequence  bigint,                   -- of the event that closed it
    close_reason     text NOT NULL              -- why, '' when everything was decided
);

-- Serves what is used while recalls are open, and their list.
CREATE INDEX recall_state_site ON recall_state (site_id, opened_sequence);

-- The units and lots that recalls cover, and what became of them.
CREATE TABLE recall_member (
    recall_id               bigint NOT NULL,   -- the recall (subject)
    subject_id              bigint NOT NULL,   -- the unit or lot
    site_id                 integer NOT NULL,   -- the plant the row belongs to
    is_certain              smallint NOT NULL CHECK (is_certain IN (0, 1)), -- whether it is certainly affected
    listed_sequence         bigint NOT NULL,   -- of the event that listed it first
    customer                text NOT NULL,      -- who had it when it was listed, '' when nobody had
    disposition             text NOT NULL,      -- what became of it, '' while nobody has said
    dispositioned_sequence  bigint,            -- of the event that said so
    dispositioned_at        bigint,            -- time
    PRIMARY KEY (recall_id, subject_id)
);

-- Serves the recalls of a unit or lot.
CREATE INDEX recall_member_subject ON recall_member (subject_id);

-- Serves recalls of the lots of a part, of a supplier's lot, and by what was done to parts of lots.
CREATE INDEX subject_lot ON subject (scope_id, subject_id) WHERE kind = 4;
CREATE INDEX lot_state_supplier ON lot_state (site_id, supplier_lot) WHERE supplier_lot <> '';
CREATE INDEX lot_run_time ON lot_run (site_id, happened_at);

-- Who was told of a recall, and who has answered.
CREATE TABLE recall_notice (
    sequence           bigint PRIMARY KEY,     -- of the event it comes from
    site_id            integer NOT NULL,        -- the plant the row belongs to
    recall_id          bigint NOT NULL,        -- the recall (subject)
    customer           text NOT NULL,           -- who was told
    reference          text NOT NULL,           -- of the letter or message
    medium             text NOT NULL,           -- how it was sent
    issued_at          bigint NOT NULL,        -- time
    answered_sequence  bigint,                 -- of the event with the answer, NULL: none yet
    answered_at        bigint,                 -- time
    note               text NOT NULL            -- what the customer said
);

-- Serves the recall a notice is of.
CREATE INDEX recall_notice_recall ON recall_notice (recall_id, sequence);

-- Each site sees and writes its own rows.
ALTER TABLE recall_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE recall_state FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON recall_state USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE recall_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE recall_member FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON recall_member USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE recall_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE recall_notice FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON recall_notice USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON recall_state, recall_member, recall_notice TO asbuilt_app;
