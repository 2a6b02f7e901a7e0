-- Labels that were printed. Folded from the ledger like all projections (see 0002_projections).

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

-- Each site sees and writes its own rows.
ALTER TABLE label_print ENABLE ROW LEVEL SECURITY;
ALTER TABLE label_print FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON label_print USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON label_print TO asbuilt_app;
