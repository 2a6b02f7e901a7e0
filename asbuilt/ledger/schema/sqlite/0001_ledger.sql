-- The ledger on SQLite: what happened, for ever. Times are microseconds since 1970-01-01T00:00:00Z.
-- Digests are SHA-256. Only asbuilt.ledger writes here; UPDATE and DELETE of history are refused by trigger, and
-- the connections of the application may not even prepare them (see asbuilt/ledger/sqlite.py).

-- The plants of this database.
CREATE TABLE site (
    site_id  INTEGER PRIMARY KEY,               -- small number used in every row
    name     TEXT NOT NULL UNIQUE CHECK (name <> ''),  -- as in tokens and URLs, such as LYON
    issuer   TEXT NOT NULL CHECK (issuer <> '') -- who gives the numbers that are written without an issuer
) STRICT;

-- Everything an event can be about. The identity never changes; version and head_digest follow the events.
CREATE TABLE subject (
    subject_id   INTEGER PRIMARY KEY,           -- given by us, never changed
    site_id      INTEGER NOT NULL REFERENCES site (site_id), -- the plant the row belongs to
    kind         INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 15), -- SubjectKind: 1 issuer 2 part 3 unit 4 lot 5 work order 6 specification 7 station 8 routing 9 tool 10 operator 11 bill of materials 12 work center 13 code list 14 setup list 15 recall
    scope_id     INTEGER NOT NULL,              -- the subject within which the name is unique: a unit's part, a part's issuer; 0 the site
    name         TEXT NOT NULL CHECK (name <> ''),     -- as first written
    name_key     TEXT NOT NULL CHECK (name_key <> ''), -- normal form: NFC, upper case, no white space
    version      INTEGER NOT NULL DEFAULT 0 CHECK (version >= 0), -- events about it so far
    head_digest  BLOB NOT NULL DEFAULT (zeroblob(32)) CHECK (length(head_digest) = 32) -- entry digest of its latest event
) STRICT;

-- One spelling, one subject (serves identification); begins with the name, so that it serves the find box too.
CREATE UNIQUE INDEX subject_identity ON subject (site_id, name_key, kind, scope_id);
-- Serves listing the units of a part. Of units only, so that it is never taken to look a name up by.
CREATE INDEX subject_unit ON subject (scope_id, subject_id) WHERE kind = 3;

CREATE TRIGGER subject_identity_is_for_ever
BEFORE UPDATE OF subject_id, site_id, kind, scope_id, name, name_key ON subject
BEGIN SELECT raise(ABORT, 'asbuilt: the identity of a subject never changes; assign an alias instead'); END;

CREATE TRIGGER subject_version_only_grows
BEFORE UPDATE OF version ON subject WHEN NEW.version <= OLD.version
BEGIN SELECT raise(ABORT, 'asbuilt: the version of a subject only grows'); END;

CREATE TRIGGER subject_is_not_deleted
BEFORE DELETE ON subject
BEGIN SELECT raise(ABORT, 'asbuilt: subjects are never deleted'); END;

-- What happened: one row an event, never changed.
CREATE TABLE event (
    sequence         INTEGER PRIMARY KEY,       -- order of recording; gaps are legal
    site_id          INTEGER NOT NULL REFERENCES site (site_id), -- the plant the row belongs to
    event_id         BLOB NOT NULL CHECK (length(event_id) = 16), -- made by the client; the idempotency key
    event_type       TEXT NOT NULL CHECK (event_type <> ''),      -- name of the event class
    event_time       INTEGER NOT NULL,          -- when it happened, UTC (the zone is in the payload)
    record_time      INTEGER NOT NULL,          -- when we took it
    actor            TEXT NOT NULL CHECK (actor <> ''),           -- who answers for it
    source           TEXT NOT NULL,             -- device, station or system that reported it
    subject_id       INTEGER NOT NULL REFERENCES subject (subject_id), -- what it is about
    subject_version  INTEGER NOT NULL CHECK (subject_version >= 1), -- the how manieth event about the subject
    previous_digest  BLOB NOT NULL CHECK (length(previous_digest) = 32), -- entry digest of the one before; zeros for the first
    payload          BLOB NOT NULL CHECK (length(payload) > 1),   -- canonical JSON of the event, as hashed
    payload_digest   BLOB NOT NULL CHECK (length(payload_digest) = 32) -- SHA-256 of payload
) STRICT;

CREATE UNIQUE INDEX event_event_id ON event (site_id, event_id);
-- Serves the history of a unit, and verify.
CREATE UNIQUE INDEX event_subject_version ON event (subject_id, subject_version);

CREATE TRIGGER event_is_not_updated BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'asbuilt: events are never changed; record a correction'); END;

CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'asbuilt: events are never deleted; record a correction'); END;

-- Running numbers handed out for serial numbers. Gaps are legal, doubles are not: it only grows.
CREATE TABLE serial_counter (
    part_id      INTEGER PRIMARY KEY REFERENCES subject (subject_id), -- the part (subject)
    site_id      INTEGER NOT NULL REFERENCES site (site_id), -- the plant the row belongs to
    next_number  INTEGER NOT NULL CHECK (next_number >= 1) -- the number handed out next
) STRICT;

CREATE TRIGGER serial_counter_only_grows
BEFORE UPDATE ON serial_counter WHEN NEW.next_number <= OLD.next_number OR NEW.part_id <> OLD.part_id
BEGIN SELECT raise(ABORT, 'asbuilt: a serial counter only grows'); END;

CREATE TRIGGER serial_counter_is_not_deleted BEFORE DELETE ON serial_counter
BEGIN SELECT raise(ABORT, 'asbuilt: serial counters are never deleted'); END;
