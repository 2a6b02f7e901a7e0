"""The whole list of projections, in the order in which they are written."""

from asbuilt.ledger.database import Table
from asbuilt.projections import (
    bills,
    corrections,
    defects,
    definitions,
    genealogy,
    identity,
    lots,
    messages,
    orders,
    panels,
    production,
    quality,
    recalls,
    resources,
    serials,
    setups,
)
from asbuilt.projections.projection import Projection

PROJECTIONS: tuple[Projection, ...] = (
    *definitions.PROJECTIONS,
    *bills.PROJECTIONS,
    *resources.PROJECTIONS,
    *identity.PROJECTIONS,
    *serials.PROJECTIONS,
    *orders.PROJECTIONS,
    *production.PROJECTIONS,
    *lots.PROJECTIONS,
    *panels.PROJECTIONS,
    *genealogy.PROJECTIONS,
    *setups.PROJECTIONS,
    *quality.PROJECTIONS,
    *recalls.PROJECTIONS,
    *defects.PROJECTIONS,
    *messages.PROJECTIONS,
    *corrections.PROJECTIONS,
)

EVENT_SUBJECT = Table(
    "event_subject",
    (("subject_id", "bigint"), ("sequence", "bigint"), ("site_id", "integer")),
    key=("subject_id", "sequence"),
)
"""Which events concern a unit or lot without being about it."""

TABLES: tuple[Table, ...] = (EVENT_SUBJECT, *(projection.table for projection in PROJECTIONS))
