-- Labels that were printed. Folded from the ledger like all projections (see 0002_projections).

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
