-- How parts are made. Folded from the ledger like all projections (see 0002_projections).

-- Routings: the operations of a part, for units that come into being from a time on. They never change.
CREATE TABLE routing_state (
    routing_id      INTEGER PRIMARY KEY,        -- the routing (subject)
    site_id         INTEGER NOT NULL,           -- the plant the row belongs to
    part_id         INTEGER NOT NULL,           -- what is made
    effective_from  INTEGER NOT NULL,           -- time from which units that come into being are made so
    operations      TEXT NOT NULL CHECK (json_valid(operations)) -- JSON array, as in RoutingDefined
) STRICT;

-- One routing applies to a unit; serves finding it.
CREATE UNIQUE INDEX routing_state_part ON routing_state (part_id, effective_from);
