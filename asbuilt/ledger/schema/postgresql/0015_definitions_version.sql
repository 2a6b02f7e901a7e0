-- How often the definitions of a plant have changed, by which a process knows whether what it has read of them still
-- holds. It only grows.
CREATE TABLE definitions_version (
    site_id  integer PRIMARY KEY REFERENCES site (site_id), -- the plant the row belongs to
    version  bigint NOT NULL CHECK (version >= 1) -- how many transactions have written definitions
);

CREATE TRIGGER definitions_version_only_grows
BEFORE UPDATE ON definitions_version FOR EACH ROW WHEN (NEW.version <= OLD.version OR NEW.site_id <> OLD.site_id)
EXECUTE FUNCTION refuse('the version of the definitions only grows');

CREATE TRIGGER definitions_version_is_not_deleted
BEFORE DELETE OR TRUNCATE ON definitions_version
FOR EACH STATEMENT EXECUTE FUNCTION refuse('the version of the definitions only grows');

-- Each site sees and writes its own rows.
ALTER TABLE definitions_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE definitions_version FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON definitions_version USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

GRANT SELECT, INSERT ON definitions_version TO asbuilt_app;
GRANT UPDATE (version) ON definitions_version TO asbuilt_app;
