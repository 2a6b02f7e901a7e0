-- Recalls. Folded from the ledger like all projections (see 0002_projections).

-- What is called back, and how far that has come.
CREATE TABLE recall_state (
    recall_id        INTEGER PRIMARY KEY,       -- the recall (subject)
    site_id          INTEGER NOT NULL,          -- the plant the row belongs to
    reason           TEXT NOT NULL,             -- why
    seeds            TEXT NOT NULL,             -- what units and lots have in common, JSON
    is_drill         INTEGER NOT NULL CHECK (is_drill IN (0, 1)), -- whether it is practised only
    opened_at        INTEGER NOT NULL,          -- time
    opened_sequence  INTEGER NOT NULL,          -- of the event that opened it
    frozen_at        INTEGER,                   -- time at which its scope was settled last, NULL: not yet
    frozen_sequence  INTEGER,                   -- of the event that settled it
    frozen_units     INTEGER NOT NULL,          -- how many units it covers, as settled
    frozen_lots      INTEGER NOT NULL,          -- how many lots
    frozen_certain   INTEGER NOT NULL,          -- how many of both certainly
    digest           TEXT NOT NULL,             -- SHA-256 of what it covers, '' before it is settled
    meaning          TEXT NOT NULL,             -- what who settled it answers for
    closed_at        INTEGER,                   -- time, NULL: open
    closed_sequence  INTEGER,                   -- of the event that closed it
    close_reason     TEXT NOT NULL              -- why, '' when everything was decided
) STRICT;

-- Serves what is used while recalls are open, and their list.
CREATE INDEX recall_state_site ON recall_state (site_id, opened_sequence);

-- The units and lots that recalls cover, and what became of them.
CREATE TABLE recall_member (
    recall_id               INTEGER NOT NULL,   -- the recall (subject)
    subject_id              INTEGER NOT NULL,   -- the unit or lot
    site_id                 INTEGER NOT NULL,   -- the plant the row belongs to
    is_certain              INTEGER NOT NULL CHECK (is_certain IN (0, 1)), -- whether it is certainly affected
    listed_sequence         INTEGER NOT NULL,   -- of the event that listed it first
    customer                TEXT NOT NULL,      -- who had it when it was listed, '' when nobody had
    disposition             TEXT NOT NULL,      -- what became of it, '' while nobody has said
    dispositioned_sequence  INTEGER,            -- of the event that said so
    dispositioned_at        INTEGER,            -- time
    PRIMARY KEY (recall_id, subject_id)
) STRICT, WITHOUT ROWID;

-- Serves the recalls of a unit or lot.
CREATE INDEX recall_member_subject ON recall_member (subject_id);

-- Serves recalls of the lots of a part, of a supplier's lot, and by what was done to parts of lots.
CREATE INDEX subject_lot ON subject (scope_id, subject_id) WHERE kind = 4;
CREATE INDEX lot_state_supplier ON lot_state (site_id, supplier_lot) WHERE supplier_lot <> '';
CREATE INDEX lot_run_time ON lot_run (site_id, happened_at);

-- Who was told of a recall, and who has answered.
CREATE TABLE recall_notice (
    sequence           INTEGER PRIMARY KEY,     -- of the event it comes from
    site_id            INTEGER NOT NULL,        -- the plant the row belongs to
    recall_id          INTEGER NOT NULL,        -- the recall (subject)
    customer           TEXT NOT NULL,           -- who was told
    reference          TEXT NOT NULL,           -- of the letter or message
    medium             TEXT NOT NULL,           -- how it was sent
    issued_at          INTEGER NOT NULL,        -- time
    answered_sequence  INTEGER,                 -- of the event with the answer, NULL: none yet
    answered_at        INTEGER,                 -- time
    note               TEXT NOT NULL            -- what the customer said
) STRICT;

-- Serves the recall a notice is of.
CREATE INDEX recall_notice_recall ON recall_notice (recall_id, sequence);
