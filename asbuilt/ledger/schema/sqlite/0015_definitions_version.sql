-- How often the definitions of a plant have changed, by which a process knows whether what it has read of them still
-- holds. It only grows.
CREATE TABLE definitions_version (
    site_id  INTEGER PRIMARY KEY REFERENCES site (site_id), -- the plant the row belongs to
    version  INTEGER NOT NULL CHECK (version >= 1) -- how many transactions have written definitions
) STRICT;

CREATE TRIGGER definitions_version_only_grows
BEFORE UPDATE ON definitions_version WHEN NEW.version <= OLD.version OR NEW.site_id <> OLD.site_id
BEGIN SELECT raise(ABORT, 'asbuilt: the version of the definitions only grows'); END;

CREATE TRIGGER definitions_version_is_not_deleted BEFORE DELETE ON definitions_version
BEGIN SELECT raise(ABORT, 'asbuilt: the version of the definitions only grows'); END;
