-- Labels that were printed, folded from the ledger like all projections (see 0002_projections), and those on their way
-- to a printer, which are not (docs/decisions/0015-print-jobs.md).

-- Labels that a printer took.
CREATE TABLE label_print (
    sequence    INTEGER PRIMARY KEY,            -- of the event it comes from
    site_id     INTEGER NOT NULL,               -- the plant the row belongs to
    subject_id  INTEGER NOT NULL,               -- the unit or lot the label is for
    template    TEXT NOT NULL CHECK (template <> ''), -- what it was made from
    printer     TEXT NOT NULL,                  -- who took it
    copies      INTEGER NOT NULL CHECK (copies >= 1), -- how many were printed
    job         TEXT NOT NULL,                  -- the print job, '' when it was printed by another program
    reason      TEXT NOT NULL,                  -- why it was printed again
    printed_at  INTEGER NOT NULL                -- time
) STRICT;

-- Serves telling a reprint from a first print, and the label page.
CREATE INDEX label_print_subject ON label_print (subject_id, sequence);

-- Labels on their way to a printer. The record of what was printed is the event; a row here says what is still to be done.
CREATE TABLE print_job (
    site_id        INTEGER NOT NULL REFERENCES site (site_id), -- the plant the row belongs to
    number         INTEGER NOT NULL CHECK (number >= 1), -- by which people name the job, within the site
    event_id       BLOB NOT NULL,               -- of the LabelPrinted that will say it was printed
    subject_id     INTEGER NOT NULL REFERENCES subject (subject_id), -- the unit or lot the label is for
    template       TEXT NOT NULL CHECK (template <> ''), -- what it is made from
    printer        TEXT NOT NULL CHECK (printer <> ''), -- where it goes, as it was asked for
    address        TEXT NOT NULL CHECK (address <> ''), -- where that is, host:port
    copies         INTEGER NOT NULL CHECK (copies >= 1), -- how many
    content        TEXT NOT NULL,               -- what the symbols hold
    zpl            TEXT NOT NULL,               -- what is sent; '' once it is recorded as printed
    reason         TEXT NOT NULL,               -- why it is printed again
    actor          TEXT NOT NULL CHECK (actor <> ''), -- who asked for it
    source         TEXT NOT NULL,               -- the station or system that asked
    state          TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'given_up')), -- how far it is
    attempts       INTEGER NOT NULL CHECK (attempts >= 0), -- how often it was tried since it was asked for
    claim          INTEGER NOT NULL CHECK (claim >= 0), -- how often it was taken up at all; tells who sends it
    requested_at   INTEGER NOT NULL,               -- time
    next_try_at    INTEGER,                        -- time from which it is tried by itself, NULL never
    tried_at       INTEGER,                        -- time at which it was last taken up
    claimed_until  INTEGER,                        -- time after which whoever sends it has died
    sent_at        INTEGER,                        -- time at which the printer had taken it
    recorded       INTEGER NOT NULL CHECK (recorded IN (0, 1)), -- 1: the event is in the ledger
    problem        TEXT NOT NULL,               -- what went wrong last
    settled_by     TEXT NOT NULL,               -- who said what became of it, where nobody could know
    PRIMARY KEY (site_id, number),
    CHECK ((state = 'sending') = (claimed_until IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK (next_try_at IS NULL OR state IN ('queued', 'failed')),
    CHECK (recorded = 0 OR state = 'sent')
) STRICT;

-- A print is asked for once.
CREATE UNIQUE INDEX print_job_event ON print_job (event_id);
-- Serves the label page, and telling a reprint from a first print that is under way.
CREATE INDEX print_job_subject ON print_job (subject_id, number);
-- Serves what is to be tried now.
CREATE INDEX print_job_due ON print_job (site_id, next_try_at) WHERE next_try_at IS NOT NULL;
-- Serves the list of what waits for a printer or a person.
CREATE INDEX print_job_open ON print_job (site_id, number) WHERE recorded = 0 AND state <> 'given_up';
