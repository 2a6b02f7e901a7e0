-- Serial profiles, ranges of numbers and voided numbers, on PostgreSQL. Every row is folded from the ledger and can be
-- folded again (`asbuilt rebuild`). Times are microseconds since 1970-01-01T00:00:00Z.

-- Serial profiles: how the serials of a part are written, where they are wanted, within what they are unique.
CREATE TABLE serial_profile (
    part_id          bigint PRIMARY KEY,       -- the part (subject)
    site_id          integer NOT NULL,          -- the plant the row belongs to
    serial_format    text NOT NULL,          -- of serials issued here, '' that of the part
    received_format  text NOT NULL,          -- of serials from outside, '' any
    at_receipt       text NOT NULL CHECK (at_receipt IN ('mandatory', 'optional', 'refused')), -- whether a unit is received by serial
    at_build         text NOT NULL CHECK (at_build IN ('mandatory', 'optional', 'refused')), -- whether it is built in by serial
    at_shipment      text NOT NULL CHECK (at_shipment IN ('mandatory', 'optional', 'refused')), -- whether it is shipped by serial
    unique_within    text NOT NULL CHECK (unique_within IN ('part', 'family', 'site', 'enterprise')), -- among which units a serial is given once
    part_family      text NOT NULL,          -- parts that share serials, '' none
    CHECK (unique_within <> 'family' OR part_family <> '')
);

-- Serves every birth of a unit: whether serials have to be unique beyond their part at all.
CREATE INDEX serial_profile_wide ON serial_profile (site_id) WHERE unique_within <> 'part';

-- Blocks of running numbers set apart for a line, printer, supplier or work order.
CREATE TABLE serial_range (
    sequence       bigint PRIMARY KEY,         -- of the event it comes from
    site_id        integer NOT NULL,            -- the plant the row belongs to
    part_id        bigint NOT NULL,            -- whose numbers they are
    range_number   text NOT NULL CHECK (range_number <> ''), -- name of the range within the part
    kind           text NOT NULL CHECK (kind IN ('line', 'printer', 'supplier', 'work_order')), -- what kind of holder has it
    holder         text NOT NULL CHECK (holder <> ''), -- who uses the numbers
    first_number   bigint NOT NULL CHECK (first_number >= 1), -- running number it begins with
    count          bigint NOT NULL CHECK (count >= 1), -- how many numbers
    low_watermark  bigint NOT NULL CHECK (low_watermark >= 0), -- warn when fewer are left
    serial_format  text NOT NULL CHECK (serial_format <> ''), -- how its serials are written
    work_order_id  bigint,                      -- the order (subject) whose units alone get the numbers, NULL for other holders
    reserved_at    bigint NOT NULL,            -- time
    CHECK ((kind = 'work_order') = (work_order_id IS NOT NULL))
);

CREATE UNIQUE INDEX serial_range_once ON serial_range (part_id, range_number);
-- No two ranges begin at one number; that none overlap follows from the counter, which is locked and moved past each.
CREATE UNIQUE INDEX serial_range_first ON serial_range (part_id, first_number);
-- Serves every birth of a unit: the forms in which the numbers of the ranges of its part are written.
CREATE INDEX serial_range_form ON serial_range (part_id, serial_format);
-- Serves an order: the ranges that are held for it.
CREATE INDEX serial_range_order ON serial_range (work_order_id, first_number) WHERE work_order_id IS NOT NULL;
-- Serves the list of ranges.
CREATE INDEX serial_range_site ON serial_range (site_id, sequence);

-- Numbers of ranges that units bear, and serials that were voided.
CREATE TABLE serial_number (
    sequence  bigint PRIMARY KEY,              -- of the event it comes from
    site_id   integer NOT NULL,                 -- the plant the row belongs to
    part_id   bigint NOT NULL,                 -- whose number it is
    unit_id   bigint NOT NULL,                 -- the serial (subject); with a void one, no unit exists
    number    bigint CHECK (number >= 1),      -- running number within a range, NULL outside of them
    is_void   smallint NOT NULL CHECK (is_void IN (0, 1)), -- 1: spoiled before use, never to be given
    reason    text NOT NULL,                 -- why it was voided
    CHECK ((is_void = 1) = (reason <> ''))
);

-- A number is used or voided once, and so is a serial.
CREATE UNIQUE INDEX serial_number_once ON serial_number (part_id, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX serial_number_unit ON serial_number (unit_id);
-- Serves the page of a part: the serials voided last.
CREATE INDEX serial_number_void ON serial_number (part_id, sequence) WHERE is_void = 1;

-- Serials that are unique among all sites.
CREATE TABLE enterprise_serial (
    sequence    bigint PRIMARY KEY,            -- of the event it comes from
    site_id     integer NOT NULL,               -- the plant the row belongs to
    unit_id     bigint NOT NULL,               -- who bears it
    part_key    text NOT NULL CHECK (part_key <> ''), -- normal form of its part with the issuer
    serial_key  text NOT NULL CHECK (serial_key <> '') -- normal form of the serial number
);

CREATE INDEX enterprise_serial_key ON enterprise_serial (serial_key);

-- Each site sees and writes its own rows.
ALTER TABLE serial_profile ENABLE ROW LEVEL SECURITY;
ALTER TABLE serial_profile FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON serial_profile USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE serial_range ENABLE ROW LEVEL SECURITY;
ALTER TABLE serial_range FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON serial_range USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE serial_number ENABLE ROW LEVEL SECURITY;
ALTER TABLE serial_number FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON serial_number USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE enterprise_serial ENABLE ROW LEVEL SECURITY;
ALTER TABLE enterprise_serial FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON enterprise_serial USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
-- What is unique among all sites is seen by all of them; written it is by its own.
CREATE POLICY every_site ON enterprise_serial FOR SELECT USING (nullif(current_setting('asbuilt.site_id', true), '') IS NOT NULL);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON
    serial_profile,
    serial_range,
    serial_number,
    enterprise_serial
TO asbuilt_app;

-- Serves the list of parts, in order of part number.
CREATE INDEX subject_part ON subject (site_id, name_key, subject_id) WHERE kind = 2;
