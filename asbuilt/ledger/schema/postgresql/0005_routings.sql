-- How parts are made. Folded from the ledger like all projections (see 0002_projections).

-- Routings: the operations of a part, for units that come into being from a time on. They never change.
CREATE TABLE routing_state (
    routing_id      bigint PRIMARY KEY,         -- the routing (subject)
    site_id         integer NOT NULL,           -- the plant the row belongs to
    part_id         bigint NOT NULL,            -- what is made
    effective_from  bigint NOT NULL,            -- time from which units that come into being are made so
    operations      text NOT NULL               -- JSON array, as in RoutingDefined
);

-- One routing applies to a unit; serves finding it.
CREATE UNIQUE INDEX routing_state_part ON routing_state (part_id, effective_from);

-- Each site sees and writes its own rows.
ALTER TABLE routing_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE routing_state FORCE ROW LEVEL SECURITY;
CREATE POLICY own_site ON routing_state USING (site_id IS NOT DISTINCT FROM nullif(current_setting('asbuilt.site_id', true), '')::integer);

-- Projections are folded again at any time, so the application may change them.
GRANT SELECT, INSERT, UPDATE, DELETE ON routing_state TO asbuilt_app;
