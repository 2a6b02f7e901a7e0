-- Labels that were printed, folded from the ledger like all projections (see 0002_projections), and those on their way
-- to a printer, which are not (docs/decisions/0015-print-jobs.md).

-- Labels that a printer took.
CREATE TABLE label_print (
    sequence    bigint PRIMARY KEY,            -- of the event it comes from
    site_id     integer NOT NULL,               -- the plant the row belongs to
    subject_id  bigint NOT NULL,               -- the unit or lot the label is for
    template    text NOT NULL CHECK (template <> ''), -- what it was made from
    printer     text NOT NULL,                  -- who took it
    copies      integer NOT NULL CHECK (copies >= 1), -- how many were printed
    job         text NOT NULL,                  -- the print job, '' when it was printed by another program
    reason      text NOT NULL,                  -- why it was printed again
    printed_at  bigint NOT NULL                -- time
);

-- Serves telling a reprint from a first print, and the label page.
CREATE INDEX label_print_subject ON label_print (subject_id, sequence);

-- Labels on their way to a printer. The record of what was printed is the event; a row here says what is still to be done.
CREATE TABLE print_job (
    site_id        integer NOT NULL REFERENCES site (site_id), -- the plant the row belongs to
    number         bigint NOT NULL CHECK (number >= 1), -- by which people name the job, within the site
    event_id       uuid NOT NULL,               -- of the LabelPrinted that will say it was printed
    subject_id     bigint NOT NULL REFERENCES subject (subject_id), -- the unit or lot the label is for
    template       text NOT NULL CHECK (template <> ''), -- what it is made from
    printer        text NOT NULL CHECK (printer <> ''), -- where it goes, as it was asked for
    address        text NOT NULL CHECK (address <> ''), -- where that is, host:port
    copies         integer NOT NULL CHECK (copies >= 1), -- how many
    content        text NOT NULL,               -- what the symbols hold
    zpl            text NOT NULL,               -- what is sent; '' once it is recorded as printed
    reason         text NOT NULL,               -- why it is printed again
    actor          text NOT NULL CHECK (actor <> ''), -- who asked for it
    source         text NOT NULL,               -- the station or system that asked
    state          text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'given_up')), -- how far it is
    attempts       integer NOT NULL CHECK (attempts >= 0), -- how often it was tried since it was asked for
    claim          integer NOT NULL CHECK (claim >= 0), -- how often it was taken up at all; tells who sends it
    requested_at   bigint NOT NULL,               -- time
    next_try_at    bigint,                        -- time from which it is tried by itself, NULL never
    tried_at       bigint,                        -- time at which it was last taken up
    claimed_until  bigint,                        -- time after which whoever sends it has died
    sent_at        bigint,                        -- time at which the printer had taken it
    recorded       smallint NOT NULL CHECK (recorded IN (0, 1)), -- 1: the event is in the ledger
    problem        text NOT NULL,               -- what went wrong last
    settled_by     text NOT NULL,               -- who said what became of it, where nobody could know
    PRIMARY KEY (site_id, number),
    CHECK ((state = 'sending') = (claimed_until IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK (next_try_at IS NULL OR state IN ('queued', 'failed')),
    CHECK (recorded = 0 OR state = 'sent')
);

-- A print is asked for once.
CREATE UNIQUE INDEX print_job_event ON print_job (event_id);
-- Serves the label page, and telling a reprint from a first print that is under way.
CREATE INDEX print_job_subject ON print_job (subject_id, number);
-- Serves what is to be tried now.
CREATE INDEX print_job_due ON print_job (site_id, next_try_at) WHERE next_try_at IS NOT NULL;
-- Serves the list of what waits for a printer or a person.
CREATE INDEX print_job_open ON print_job (site_id, number) WHERE recorded = 0 AND state <> 'given_up';

-- Each site sees and writes its own rows.
ALTER TABLE label_print ENABLE ROW LEVEL SECURITY;
ALTER TABLE label_print FORCE ROW LEVEL SECURITY;
ALTER TABLE print_job ENABLE ROW LEVEL SECURITY;
ALTER TABLE print_job FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON print_job USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
CREATE POLICY own_site ON label_print USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON label_print TO asbuilt_app;
-- Jobs are kept: what was asked for, and what became of it.
GRANT SELECT, INSERT, UPDATE ON print_job TO asbuilt_app;
