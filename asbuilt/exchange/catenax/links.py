"""The second pass: what is in what. Each line of a BOM becomes a link, or a declaration while its child is unknown.

A BOM states everything that is in an item. So a line that the record does not hold is new only when the record holds
nothing else for the same parent and component; otherwise the document says it differently, and that is reported, not
added: a corrected quantity must not be counted twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from asbuilt.capture.answers import Acknowledgement, Refusal
from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.genealogy import ComponentDeclared, ComponentInstalled, MaterialConsumed
from asbuilt.core.identifiers.names import Uom
from asbuilt.core.identifiers.subjects import Lot, Subject, Unit
from asbuilt.exchange.catenax.boms import Bom
from asbuilt.exchange.catenax.findings import Findings, NotDelivered, UnknownParent
from asbuilt.exchange.catenax.known import ALTERNATIVE_SOURCE, SCHEME, SOURCE, Contained, Lookup
from asbuilt.exchange.catenax.values import CatenaXId
from asbuilt.exchange.intake.findings import Concern, Place
from asbuilt.exchange.intake.recording import NO_ID, Pending, Recorder

COMPONENT_IS_FREE = "GEN-001"
PIECES = frozenset({"", "piece"})
_FROM_DOCUMENTS = (Evidence.DECLARED, Evidence.ALTERNATIVE)

Containments = dict[tuple[Unit | Lot, Subject | str], list[Contained]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """That a component is in a parent. component: a unit or lot, or the Catena-X id of one that is not known here."""

    place: Place
    parent: Unit | Lot
    component: Unit | Lot | CatenaXId
    business_partner: str
    quantity: Decimal | None
    uom: Uom
    is_alternative: bool
    installed_at: datetime


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The event of a containment, and the one to fall back on when the component is in another assembly already."""

    containment: Containment
    event: Pending
    fallback: Pending | None


@dataclass(slots=True)
class _Sorted:
    """Lines to be recorded, lines recorded before, and how many the record holds from another source."""

    new: list[_Prepared] = field(default_factory=list)
    repeated: list[_Prepared] = field(default_factory=list)
    agreeing: int = 0


class Links:
    """Records what is in what."""

    def __init__(self, recorder: Recorder, findings: Findings) -> None:
        self._recorder = recorder
        self._findings = findings

    def record_boms(self, boms: Sequence[Bom], counts: Mapping[CatenaXId, int]) -> None:
        """Record what some BOMs say of items that are known; note what of them is not.

        counts: how many BOMs of each item the import has. The only BOM of an item is taken to be complete.
        """
        ids = {bom.parent for bom in boms} | {child.catenax_id for bom in boms for child in bom.children}
        with self._recorder.database.reading(self._recorder.site) as reader:
            holders = Lookup(reader, self._recorder.database).holders(ids)
        meant = {one: subjects[0] for one, subjects in holders.items()}
        documents: list[Sequence[Containment]] = []
        complete: list[Bom] = []
        for bom in boms:
            if bom.parent in meant:
                documents.append(self._containments(bom, meant))
                if counts.get(bom.parent, 1) == 1:
                    complete.append(bom)
            else:
                self._findings.unknown_parents.append(
                    UnknownParent(
                        file=bom.place.file,
                        pointer=bom.place.pointer,
                        parent=bom.parent,
                        component_count=len(bom.children),
                    )
                )
        self._note_missing(complete, meant)
        self._findings.links += self._record(documents)

    def record_delivered(self, places: Mapping[CatenaXId, Place]) -> None:
        """Link the components that earlier documents declared and that are known now. places: where they were said."""
        with self._recorder.database.reading(self._recorder.site) as reader:
            lookup = Lookup(reader, self._recorder.database)
            declared = lookup.declared(places)
            holders = lookup.holders({one.component for one in declared})
        containments = [
            Containment(
                place=places[one.component],
                parent=one.parent,
                component=holders[one.component][0],
                business_partner="",
                quantity=one.quantity,
                uom=one.uom,
                is_alternative=one.source == ALTERNATIVE_SOURCE,
                installed_at=one.declared_at,
            )
            for one in declared
            if one.component in holders
        ]
        self._findings.delivered += self._record([containments], only_new=True)

    def _containments(self, bom: Bom, meant: Mapping[CatenaXId, Unit | Lot]) -> list[Containment]:
        for child in bom.children:
            if child.catenax_id not in meant:
                self._findings.not_delivered.append(
                    NotDelivered(
                        file=child.place.file,
                        pointer=child.place.pointer,
                        parent=bom.parent,
                        component=child.catenax_id,
                        business_partner=child.business_partner,
                    )
                )
        return [
            Containment(
                place=child.place,
                parent=meant[bom.parent],
                component=meant.get(child.catenax_id, child.catenax_id),
                business_partner=child.business_partner,
                quantity=child.quantity,
                uom=child.uom,
                is_alternative=child.is_alternative,
                installed_at=child.installed_at,
            )
            for child in bom.children
        ]

    def _note_missing(self, boms: Sequence[Bom], meant: Mapping[CatenaXId, Unit | Lot]) -> None:
        """Report what earlier documents named as components and these, which should be complete, do not."""
        with self._recorder.database.reading(self._recorder.site) as reader:
            held = Lookup(reader, self._recorder.database).contained({meant[bom.parent] for bom in boms})
        earlier: dict[Unit | Lot, list[Subject | str]] = {}
        for (parent, component), contained in held.items():
            if any(one.is_open and one.source in (SOURCE, ALTERNATIVE_SOURCE) for one in contained):
                earlier.setdefault(parent, []).append(component)
        for bom in boms:
            parent = meant[bom.parent]
            named: set[Subject | str] = {child.catenax_id for child in bom.children}
            named |= {meant[child.catenax_id] for child in bom.children if child.catenax_id in meant}
            for component in earlier.get(parent, ()):
                if component not in named:
                    reason = f"{parent} contains {component} by an earlier document, not by this one; not changed"
                    self._findings.warn(bom.place, Concern.DIFFERENCE, reason)

    def _record(self, documents: Iterable[Sequence[Containment]], *, only_new: bool = False) -> int:
        """Record what the documents say, and say how many links the record holds of it (only_new: holds now)."""
        prepared = [[one for line in document if (one := self._prepared(line))] for document in documents]
        with self._recorder.database.reading(self._recorder.site) as reader:
            parents = {one.containment.parent for document in prepared for one in document}
            held = Lookup(reader, self._recorder.database).contained(parents)
        chosen: list[_Prepared] = []
        links = 0
        for document in prepared:
            for group in _by_component(document):
                lines = self._sorted_out(group, held)
                chosen.extend(lines.new if only_new else [*lines.repeated, *lines.new])
                links += 0 if only_new else lines.agreeing
        return links + self._capture(chosen)

    def _prepared(self, line: Containment) -> _Prepared | None:
        event = self._recorder.prepared(_event(line, is_alternative=line.is_alternative), line.place)
        if event is None:
            return None
        fallback = None
        if isinstance(line.component, Unit) and not line.is_alternative:
            fallback = self._recorder.prepared(_event(line, is_alternative=True), line.place)
        return _Prepared(line, event, fallback)

    def _sorted_out(self, group: Sequence[_Prepared], held: Containments) -> _Sorted:
        """What is to be done about the lines of one document about one parent and component."""
        line = group[0].containment
        is_unit = isinstance(line.component, Unit)
        contained = held.setdefault((line.parent, line.component), [])
        ids = {one.event_id for prepared in group for one in (prepared.event, prepared.fallback) if one is not None}
        otherwise = [one for one in contained if one.event_id not in ids]
        recorded = {one.event_id for one in contained}
        result = _Sorted()
        for prepared in sorted(group, key=lambda one: one.containment.installed_at):
            if prepared.event.event_id in recorded:
                result.repeated.append(prepared)
            elif prepared.fallback is not None and prepared.fallback.event_id in recorded:
                self._warn_of_conflict(prepared.containment)
                result.repeated.append(_Prepared(prepared.containment, prepared.fallback, None))
            elif not otherwise:
                contained.append(_as_recorded(prepared))
                recorded.add(prepared.event.event_id)
                result.new.append(prepared)
            else:
                result.agreeing += self._agrees_or_differs(prepared.containment, otherwise)
                continue
            if is_unit:  # it cannot be there twice
                otherwise = [_as_recorded(prepared)]
        return result

    def _agrees_or_differs(self, line: Containment, otherwise: list[Contained]) -> bool:
        """Whether the record holds a line with the same quantity, from another source; a difference is reported."""
        same = next((one for one in otherwise if _agrees(line, one)), None)
        if same is not None:
            otherwise.remove(same)
            self._findings.already_known += 1
            return isinstance(line.component, Subject)
        amounts = "; ".join(_amount(one.quantity, one.uom, one.evidence) for one in otherwise) or "no more"
        reason = (
            f"{line.parent} contains {line.component} by the record ({amounts}), otherwise by this document "
            f"({_amount(line.quantity, line.uom, _evidence(line))} at {line.installed_at.isoformat()}); not changed"
        )
        self._findings.warn(line.place, Concern.DIFFERENCE, reason)
        return False

    def _capture(self, chosen: Sequence[_Prepared]) -> int:
        """Hand the events to the capture door, and say how many links are recorded of them."""
        answers = self._recorder.answers([prepared.event for prepared in chosen])
        conflicts: list[_Prepared] = []
        links = 0
        for prepared, answer in zip(chosen, answers, strict=True):
            if isinstance(answer, Acknowledgement):
                links += isinstance(prepared.containment.component, Subject)
            elif prepared.fallback is not None and _is_in_another(answer):
                conflicts.append(_Prepared(prepared.containment, prepared.fallback, None))
            else:
                self._recorder.note_refusal(prepared.event, answer)
        for prepared in conflicts:
            self._warn_of_conflict(prepared.containment)
        return links + (self._capture(conflicts) if conflicts else 0)

    def _warn_of_conflict(self, line: Containment) -> None:
        reason = (
            f"{line.component} is in another assembly already, and by this document in {line.parent}; recorded as a "
            "possible place (alternative), so that both are found: one of the two documents is wrong"
        )
        self._findings.warn(line.place, Concern.CONFLICT, reason)


def _event(line: Containment, *, is_alternative: bool) -> Event:
    parent, component = line.parent, line.component
    unit, lot = (parent, None) if isinstance(parent, Unit) else (None, parent)
    if isinstance(component, str):
        return ComponentDeclared(
            event_id=NO_ID,
            event_time=line.installed_at,
            source=ALTERNATIVE_SOURCE if is_alternative else SOURCE,
            unit=unit,
            output_lot=lot,
            scheme=SCHEME,
            value=component,
            supplier=line.business_partner,
            quantity=line.quantity,
            uom=line.uom,
        )
    evidence = Evidence.ALTERNATIVE if is_alternative else Evidence.DECLARED
    used_unit, used_lot = (component, None) if isinstance(component, Unit) else (None, component)
    if unit is None:
        assert lot is not None, "a parent is a unit or a lot"
        return MaterialConsumed(
            event_id=NO_ID,
            event_time=line.installed_at,
            source=SOURCE,
            output_lot=lot,
            component=used_unit,
            lot=used_lot,
            quantity=line.quantity,
            uom=line.uom,
            evidence=evidence,
        )
    return ComponentInstalled(
        event_id=NO_ID,
        event_time=line.installed_at,
        source=SOURCE,
        unit=unit,
        component=used_unit,
        lot=used_lot,
        quantity=line.quantity,
        uom=line.uom,
        evidence=evidence,
    )


def _by_component(document: Sequence[_Prepared]) -> Iterable[Sequence[_Prepared]]:
    """The lines of a document grouped by parent and component, in the order of their first lines."""
    groups: dict[tuple[Unit | Lot, Unit | Lot | CatenaXId], list[_Prepared]] = {}
    for prepared in document:
        line = prepared.containment
        groups.setdefault((line.parent, line.component), []).append(prepared)
    return groups.values()


def _agrees(line: Containment, contained: Contained) -> bool:
    same_uom = line.uom == contained.uom or {line.uom, contained.uom} <= PIECES
    # What was scanned or kitted here is surer than any document.
    is_as_sure = contained.evidence not in _FROM_DOCUMENTS or contained.evidence is _evidence(line)
    return same_uom and line.quantity == contained.quantity and is_as_sure


def _evidence(line: Containment) -> Evidence:
    return Evidence.ALTERNATIVE if line.is_alternative else Evidence.DECLARED


def _as_recorded(prepared: _Prepared) -> Contained:
    line = prepared.containment
    return Contained(
        event_id=prepared.event.event_id,
        source=SOURCE,
        quantity=line.quantity,
        uom=line.uom,
        evidence=_evidence(line),
    )


def _amount(quantity: Decimal | None, uom: str, evidence: Evidence) -> str:
    amount = "no quantity" if quantity is None else f"{quantity:f} {uom}".strip()
    return f"{amount}, {evidence.value}"


def _is_in_another(answer: Refusal) -> bool:
    return [broken.rule for broken in answer.broken] == [COMPONENT_IS_FREE]
