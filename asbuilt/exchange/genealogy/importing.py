"""Records a set of edges: who is who, what was where from when to when."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from asbuilt.capture.answers import Acknowledgement
from asbuilt.core.events.definitions import LotDefined, PartDefined, Tracking
from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved, MaterialConsumed
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitReceived
from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.identifiers.subjects import Lot, Part, Unit
from asbuilt.core.identifiers.text import normal_form
from asbuilt.exchange.genealogy.checking import linked, named_by, refuse_unknown, sound
from asbuilt.exchange.genealogy.edges import Edge, Link
from asbuilt.exchange.genealogy.known import Names, Recorded, links_known, names_known
from asbuilt.exchange.genealogy.reading import Lines
from asbuilt.exchange.intake.findings import Concern, Finding, Place, Remarks
from asbuilt.exchange.intake.recording import EVENTS_PER_TRANSACTION, NO_ID, Pending, Recorder
from asbuilt.exchange.intake.sources import sources
from asbuilt.ledger.database import Database, Site

EDGE_FILES = (".csv", ".ndjson", ".jsonl")
SOURCE = "genealogy set"
"""Source of the events of a set, when nobody says whose it is."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeReport:
    """What an import did. links: how many of the edges the record holds now; already_known: from another source."""

    edges: int
    links: int
    removals: int
    already_known: int
    parts: int
    units: int
    lots: int
    recorded: int
    repeated: int
    refused: int
    refusals: list[Finding]
    warnings: list[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a set is taken. declare: make known what it names and nobody knows yet. since: for edges that do not say.

    source: whose set it is; it stands with every event.
    """

    declare: bool = False
    since: datetime | None = None
    source: str = SOURCE


@dataclass(slots=True)
class _Tally:
    """What was counted on the way."""

    links: int = 0
    removals: int = 0
    already_known: int = 0
    parts: int = 0
    units: int = 0
    lots: int = 0


@dataclass(frozen=True, slots=True)
class _Taken:
    """Where the events of a set go, under whose name, and what is noted on the way."""

    recorder: Recorder
    source: str
    tally: _Tally
    told: Progress

    @property
    def findings(self) -> Remarks:
        return self.recorder.findings

    def in_turn(self, stage: str, pending: Sequence[Pending]) -> list[bool]:
        """Record in this order, and say of each whether the ledger has it now."""
        found: list[bool] = []
        for start in range(0, len(pending), EVENTS_PER_TRANSACTION):
            answers = self.recorder.record(pending[start : start + EVENTS_PER_TRANSACTION])
            found.extend(isinstance(answer, Acknowledgement) for answer in answers)
            self.told(stage, len(found), len(pending))
        return found


def import_edges(
    database: Database,
    site: Site,
    paths: Iterable[str | Path],
    *,
    actor: ActorName,
    clock: Callable[[], datetime],
    asked: Asked,
    progress: Progress | None = None,
    stdin: BinaryIO | None = None,
) -> EdgeReport:
    """Record the edges in files and folders (`-`: standard input), CSV with a heading or a JSON object a line.

    All files are one set, which is read whole: what contradicts itself is refused before anything is recorded, and the
    rest goes through the capture door in the order of time. Safe to run again. clock: gives the record time. Raises
    Unavailable; what was recorded by then stays.
    """
    findings = Remarks()
    tally = _Tally()
    recorder = Recorder(database, site, actor, clock, findings)
    with sources(paths, stdin=stdin or sys.stdin.buffer, findings=findings, endings=EDGE_FILES) as files:
        edges = Lines(site.issuer, asked.since, findings).edges(files)
    names = names_known(database, site, (name for edge in edges for name in (edge.parent, edge.component)))
    links = linked(edges, names, findings)
    if not asked.declare:
        links = refuse_unknown(links, names, findings)
    links = sound(links, findings)
    told = progress or (lambda _stage, _done, _total: None)
    taken = _Taken(recorder, asked.source, tally, told)
    if asked.declare:
        _declare(taken, links, names)
    _record(taken, links)
    return EdgeReport(
        edges=len(edges),
        links=tally.links,
        removals=tally.removals,
        already_known=tally.already_known,
        parts=tally.parts,
        units=tally.units,
        lots=tally.lots,
        recorded=findings.recorded,
        repeated=findings.repeated,
        refused=len(findings.refusals),
        refusals=findings.refusals,
        warnings=findings.warnings,
    )


def _declare(taken: _Taken, links: Sequence[Link], names: Names) -> None:
    """Make known the parts, units and lots that nobody knows yet, from the first moment a set speaks of them."""
    new = {subject: edge for subject, edge in named_by(links).items() if subject not in names.existing}
    kinds: dict[Part, set[type]] = {}
    first: dict[Part, Edge] = {}
    for subject, edge in new.items():
        if subject.part not in names.parts:
            kinds.setdefault(subject.part, set()).add(type(subject))
            first.setdefault(subject.part, edge)
    parts = [_pending(taken, _part(taken, part, kinds[part], edge), edge, part) for part, edge in first.items()]
    taken.tally.parts = sum(taken.in_turn("parts", [one for one in parts if one is not None]))
    things = [_pending(taken, _thing(taken, subject, edge), edge, subject) for subject, edge in new.items()]
    prepared = [one for one in things if one is not None]
    made = [
        isinstance(one.captured.event, LotDefined)
        for one, is_made in zip(prepared, taken.in_turn("units, lots", prepared), strict=True)
        if is_made
    ]
    taken.tally.lots = sum(made)
    taken.tally.units = len(made) - sum(made)


def _pending(taken: _Taken, event: Event, edge: Edge, subject: Part | Unit | Lot) -> Pending | None:
    # A set that is extended may speak of a thing from an earlier moment on; it is made known once all the same.
    return taken.recorder.prepared(event, _place_of(edge, subject), identity=f"genealogy set: {subject.key}")


def _place_of(edge: Edge, subject: Part | Unit | Lot) -> Place:
    is_parent = subject in (edge.parent.part, edge.parent.as_unit, edge.parent.as_lot)
    return edge.place("parent" if is_parent else "component")


def _part(taken: _Taken, part: Part, kinds: set[type], edge: Edge) -> PartDefined:
    tracking = Tracking.SERIALIZED_AND_LOT if len(kinds) > 1 else Tracking.LOT if Lot in kinds else Tracking.SERIALIZED
    return PartDefined(event_id=NO_ID, event_time=edge.since, source=taken.source, part=part, tracking=tracking)


def _thing(taken: _Taken, subject: Unit | Lot, edge: Edge) -> Event:
    """What bears a number of our own was made here; other units were received."""
    at, source, issuer = edge.since, taken.source, subject.issuer
    if isinstance(subject, Lot):
        return LotDefined(event_id=NO_ID, event_time=at, source=source, lot=subject)
    if normal_form(issuer) == normal_form(taken.recorder.site.issuer):
        return UnitCommissioned(event_id=NO_ID, event_time=at, source=source, unit=subject)
    return UnitReceived(event_id=NO_ID, event_time=at, source=source, unit=subject, supplier=issuer)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One event of a link, in the order of time: what ends goes before what begins at the same moment."""

    at: datetime
    is_begin: bool
    number: int
    pending: Pending


def _record(taken: _Taken, links: Sequence[Link]) -> None:
    """Record what the record does not hold yet from elsewhere."""
    recorder, tally = taken.recorder, taken.tally
    recorded = links_known(recorder.database, recorder.site, (link.parent for link in links))
    steps: list[_Step] = []
    for number, link in enumerate(links):
        edge = link.edge
        begin = recorder.prepared(_installed(link, taken.source), edge.place())
        if begin is None:
            continue
        held = recorded.get((link.parent, link.component, edge.reference_designator, edge.since))
        is_ended = False
        if held is not None and held.event_id != begin.event_id:
            tally.already_known += 1
            tally.links += 1
            is_ended = held.removed_at is not None
            _compare(link, held, taken.findings)
        else:
            steps.append(_Step(at=edge.since, is_begin=True, number=number, pending=begin))
        end = None if edge.until is None or is_ended else _end(taken, link)
        if end is not None:
            steps.append(_Step(at=end.captured.event.event_time, is_begin=False, number=number, pending=end))
    steps.sort(key=lambda one: (one.at, one.is_begin, one.number))
    for step, is_recorded in zip(steps, taken.in_turn("links", [one.pending for one in steps]), strict=True):
        tally.links += is_recorded and step.is_begin
        tally.removals += is_recorded and not step.is_begin


def _end(taken: _Taken, link: Link) -> Pending | None:
    return taken.recorder.prepared(_removed(link, taken.source), link.edge.place("until"))


def _compare(link: Link, held: Recorded, findings: Remarks) -> None:
    """Report where a link that the record has from elsewhere differs from the set; it is not changed."""
    edge = link.edge
    if held.quantity != edge.quantity:
        reason = f"{link.component} is in {link.parent} {_amount(held.quantity)} by the record; not changed"
        findings.warn(edge.place("quantity"), Concern.DIFFERENCE, reason)
    if held.removed_at is not None and held.removed_at != edge.until:
        reason = f"{link.component} was removed from {link.parent} at {held.removed_at.isoformat()}; not changed"
        findings.warn(edge.place("until"), Concern.DIFFERENCE, reason)


def _amount(quantity: Decimal | None) -> str:
    return "without a quantity" if quantity is None else f"with quantity {quantity:f}"


def _installed(link: Link, source: str) -> Event:
    edge, component = link.edge, link.component
    unit, lot = (component, None) if isinstance(component, Unit) else (None, component)
    if isinstance(link.parent, Lot):
        return MaterialConsumed(
            event_id=NO_ID,
            event_time=edge.since,
            source=source,
            output_lot=link.parent,
            component=unit,
            lot=lot,
            quantity=edge.quantity,
            uom=edge.uom,
            evidence=edge.evidence,
        )
    return ComponentInstalled(
        event_id=NO_ID,
        event_time=edge.since,
        source=source,
        unit=link.parent,
        component=unit,
        lot=lot,
        reference_designator=edge.reference_designator,
        quantity=edge.quantity,
        uom=edge.uom,
        evidence=edge.evidence,
    )


def _removed(link: Link, source: str) -> ComponentRemoved:
    edge, component, parent = link.edge, link.component, link.parent
    assert isinstance(parent, Unit), "what went into a lot has no end"
    assert edge.until is not None, "asked only for what ended"
    unit, lot = (component, None) if isinstance(component, Unit) else (None, component)
    return ComponentRemoved(
        event_id=NO_ID,
        event_time=edge.until,
        source=source,
        unit=parent,
        component=unit,
        lot=lot,
        reference_designator=edge.reference_designator,
        reason=edge.reason,
    )
