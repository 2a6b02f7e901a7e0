-- The ledger on PostgreSQL: what happened, for ever. Times are microseconds since 1970-01-01T00:00:00Z.
-- Digests are SHA-256. Only asbuilt.ledger writes here; UPDATE and DELETE of history are refused by trigger, and
-- the role of the application has no right to them. Each site sees its own rows only (row-level security, forced).
-- Applied with the role asbuilt_owner, which owns everything; the application works as asbuilt_app.

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'asbuilt: %', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Handed out in blocks; gaps are legal.
CREATE SEQUENCE event_sequence;
CREATE SEQUENCE subject_sequence;
CREATE SEQUENCE site_sequence AS integer;

-- The plants of this database.
CREATE TABLE site (
    site_id  integer PRIMARY KEY,               -- small number used in every row
    name     text NOT NULL UNIQUE CHECK (name <> ''),  -- as in tokens and URLs, such as LYON
    issuer   text NOT NULL CHECK (issuer <> '') -- who gives the numbers that are written without an issuer
);

-- Everything an event can be about. The identity never changes; version and head_digest follow the events.
CREATE TABLE subject (
    subject_id   bigint PRIMARY KEY,           -- given by us, never changed
    site_id      integer NOT NULL REFERENCES site (site_id), -- the plant the row belongs to
    kind         smallint NOT NULL CHECK (kind BETWEEN 1 AND 15), -- SubjectKind: 1 issuer 2 part 3 unit 4 lot 5 work order 6 specification 7 station 8 routing 9 tool 10 operator 11 bill of materials 12 work center 13 code list 14 setup list 15 recall
    scope_id     bigint NOT NULL,              -- the subject within which the name is unique: a unit's part, a part's issuer; 0 the site
    name         text NOT NULL CHECK (name <> ''),     -- as first written
    name_key     text COLLATE "C" NOT NULL CHECK (name_key <> ''), -- normal form: NFC, upper case, no white space
    version      integer NOT NULL DEFAULT 0 CHECK (version >= 0), -- events about it so far
    head_digest  bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (length(head_digest) = 32) -- entry digest of its latest event
) WITH (fillfactor = 80);

-- One spelling, one subject (serves identification); begins with the name, so that it serves the find box too.
CREATE UNIQUE INDEX subject_identity ON subject (site_id, name_key, kind, scope_id);
-- Serves listing the units of a part. Of units only, so that it is never taken to look a name up by.
CREATE INDEX subject_unit ON subject (scope_id, subject_id) WHERE kind = 3;

-- What happened: one row an event, never changed.
CREATE TABLE event (
    sequence         bigint PRIMARY KEY,       -- order of recording; gaps are legal
    site_id          integer NOT NULL REFERENCES site (site_id), -- the plant the row belongs to
    event_id         uuid NOT NULL, -- made by the client; the idempotency key
    event_type       text NOT NULL CHECK (event_type <> ''),      -- name of the event class
    event_time       bigint NOT NULL,          -- when it happened, UTC (the zone is in the payload)
    record_time      bigint NOT NULL,          -- when we took it
    actor            text NOT NULL CHECK (actor <> ''),           -- who answers for it
    source           text NOT NULL,             -- device, station or system that reported it
    subject_id       bigint NOT NULL REFERENCES subject (subject_id), -- what it is about
    subject_version  integer NOT NULL CHECK (subject_version >= 1), -- the how manieth event about the subject
    previous_digest  bytea NOT NULL CHECK (length(previous_digest) = 32), -- entry digest of the one before; zeros for the first
    payload          bytea NOT NULL CHECK (length(payload) > 1),   -- canonical JSON of the event, as hashed
    payload_digest   bytea NOT NULL CHECK (length(payload_digest) = 32) -- SHA-256 of payload
);

CREATE UNIQUE INDEX event_event_id ON event (site_id, event_id);
-- Serves the history of a unit, and verify.
CREATE UNIQUE INDEX event_subject_version ON event (subject_id, subject_version);

-- Running numbers handed out for serial numbers. Gaps are legal, doubles are not: it only grows.
CREATE TABLE serial_counter (
    part_id      bigint PRIMARY KEY REFERENCES subject (subject_id), -- the part (subject)
    site_id      integer NOT NULL REFERENCES site (site_id), -- the plant the row belongs to
    next_number  bigint NOT NULL CHECK (next_number >= 1) -- the number handed out next
);

CREATE TRIGGER subject_identity_is_for_ever
BEFORE UPDATE OF subject_id, site_id, kind, scope_id, name, name_key ON subject
FOR EACH ROW EXECUTE FUNCTION refuse('the identity of a subject never changes; assign an alias instead');

CREATE TRIGGER subject_version_only_grows
BEFORE UPDATE OF version ON subject FOR EACH ROW WHEN (NEW.version <= OLD.version)
EXECUTE FUNCTION refuse('the version of a subject only grows');

CREATE TRIGGER subject_is_not_deleted
BEFORE DELETE OR TRUNCATE ON subject
FOR EACH STATEMENT EXECUTE FUNCTION refuse('subjects are never deleted');

CREATE TRIGGER event_is_not_changed
BEFORE UPDATE OR DELETE OR TRUNCATE ON event
FOR EACH STATEMENT EXECUTE FUNCTION refuse('events are never changed or deleted; record a correction');

CREATE TRIGGER serial_counter_only_grows
BEFORE UPDATE ON serial_counter FOR EACH ROW WHEN (NEW.next_number <= OLD.next_number OR NEW.part_id <> OLD.part_id)
EXECUTE FUNCTION refuse('a serial counter only grows');

CREATE TRIGGER serial_counter_is_not_deleted
BEFORE DELETE OR TRUNCATE ON serial_counter
FOR EACH STATEMENT EXECUTE FUNCTION refuse('serial counters are never deleted');

-- Each site sees and writes its own rows. The transaction says which site it is for; without that it sees nothing.
-- IS NOT DISTINCT FROM, because that is no way into an index: while a table has no statistics yet, the planner took any
-- index that begins with site_id for the best one, and read the whole site once for every row of a join.
ALTER TABLE subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE subject FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON subject USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE event ENABLE ROW LEVEL SECURITY;
ALTER TABLE event FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON event USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);
ALTER TABLE serial_counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE serial_counter FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON serial_counter USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- The application appends and reads; it moves a subject's version and a counter forward, and nothing else.
GRANT SELECT ON site TO asbuilt_app;
GRANT SELECT, INSERT ON subject, event, serial_counter TO asbuilt_app;
GRANT UPDATE (version, head_digest) ON subject TO asbuilt_app;
GRANT UPDATE (next_number) ON serial_counter TO asbuilt_app;
GRANT USAGE ON SEQUENCE event_sequence, subject_sequence TO asbuilt_app;
