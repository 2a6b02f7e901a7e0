"""Edges: the links below some units or lots at an instant, one by one, as another system or site can take them over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from asbuilt.core.events.event import Evidence
from asbuilt.ledger.codec import microseconds, moment_of
from asbuilt.ledger.database import Reader
from asbuilt.projections.projection import quantity_of
from asbuilt.queries.as_built import gather
from asbuilt.queries.closures import kinds_of
from asbuilt.queries.walks import Moment
from asbuilt.queries.whereabouts import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeRow:
    """That a component is in a parent since a time, in the columns in which a set of edges is taken over."""

    parent: str
    component: str
    reference_designator: str
    quantity: Decimal | None
    uom: str
    installed_at: datetime
    evidence: str
    parent_kind: str
    component_kind: str


def edges_below(reader: Reader, roots: Sequence[int], at: datetime) -> Iterator[EdgeRow]:
    """Every link below some units or lots (ids) at a time, each once; line-fed lots as from when a unit passed."""
    given: set[tuple[int, int, str, int]] = set()
    places = Places(reader)
    for root in roots:
        gathered = gather(reader, root, microseconds(at), Moment.AT)
        names, kinds = places.names(gathered.nodes), kinds_of(reader, gathered.nodes)
        links = [(one[1], one[2], one[3], one[4], one[5], one[7], one[8]) for one in gathered.links.values()]
        fed = [
            (unit_id, lot_id, f"{station} {slot}", None, "", Evidence.SETUP_WINDOW.value, passed_at)
            for rows in gathered.fed.values()
            for unit_id, station, slot, lot_id, _, passed_at in rows
        ]
        for parent, component, place, quantity, uom, evidence, since in (*links, *fed):
            if (parent, component, place, since) in given:
                continue
            given.add((parent, component, place, since))
            yield EdgeRow(
                parent=names[parent],
                component=names[component],
                reference_designator=place,
                quantity=quantity_of(quantity),
                uom=uom,
                installed_at=moment_of(since),
                evidence=evidence,
                parent_kind=kinds[parent],
                component_kind=kinds[component],
            )
