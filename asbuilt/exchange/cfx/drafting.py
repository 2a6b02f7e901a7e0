"""Events while they are made from messages: each with its id, the place it comes from, and what must be there first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from asbuilt.core.events.defects import Defect, DefectRecorded
from asbuilt.core.events.definitions import LotDefined, PartDefined, Tracking
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.identifiers.names import DefectNumber, Operation
from asbuilt.core.identifiers.subjects import Lot, Part, Unit, WorkOrder
from asbuilt.core.identifiers.text import NameProblem, normal_form
from asbuilt.exchange.cfx.envelopes import STANDARD, Message
from asbuilt.exchange.cfx.findings import Findings, Unknown, Waiting
from asbuilt.exchange.cfx.known import Ambiguity, Lookup
from asbuilt.exchange.cfx.nodes import Node
from asbuilt.exchange.intake.findings import Concern, Place
from asbuilt.exchange.intake.recording import NO_ID, Pending, Recorder

POSITION_MAX = 10**6


@dataclass(frozen=True, slots=True)
class Settings:
    """What the messages do not say. part: of units that nobody knows yet. operation: the step that is done."""

    part: Part | None = None
    operation: Operation | None = None


@dataclass(frozen=True, slots=True)
class UnitSaid:
    """A unit as a message names it: its own identifier, or that of its panel or carrier with its position on it."""

    node: Node
    identifier: str
    position: int | None
    is_shared: bool
    """Whether other units are named by the same identifier, which therefore is that of the panel."""
    is_panel: bool = False
    """Whether the panel itself is meant, which is no unit of the part of its boards."""
    place: str = ""
    """What the position is called, when it has a name."""

    @property
    def names(self) -> list[str]:
        """What it may be called here, the likeliest first. The board at position 3 of panel P7 is P7-3."""
        position = self.position or self.place
        on_panel = [f"{self.identifier}-{position}"] if position and (self.position or self.is_shared) else []
        return on_panel if self.is_shared and on_panel else [self.identifier, *on_panel]

    def __str__(self) -> str:
        position = self.position or (self.place if self.is_shared else "")
        return f"{self.identifier} position {position}" if position else self.identifier


@dataclass(slots=True)
class Drafts:
    """The events that some messages become, in order, and how far each message was understood."""

    recorder: Recorder
    lookup: Lookup
    settings: Settings
    findings: Findings
    pending: list[Pending] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    """Of which message each of these events is, by its identity."""
    units: dict[str, Unit | None] = field(default_factory=dict)
    joined: set[str] = field(default_factory=set)
    """Messages that were understood and said nothing new, by their identity."""
    warned: set[str] = field(default_factory=set)
    born: set[Unit | Lot | Part] = field(default_factory=set)
    named: dict[str, Unit] = field(default_factory=dict)
    """The units that come into being here, by their serial number."""
    ids: set[UUID] = field(default_factory=set)
    carried: dict[str, set[str]] = field(default_factory=dict)
    """Of messages that became events, the other messages that had a part in them, by their identities."""
    numbers: dict[Unit, dict[DefectNumber, UUID]] = field(default_factory=dict)
    """Of units, the numbers of their defects and the events that found them, here or before."""

    def add(self, message: Message, event: Event, place: Place, *, about: str) -> None:
        """Take an event of a message. about: what tells it from the other events of the message."""
        identity = _identity(message, type(event), about)
        self._take(message, replace(event, source=self.source_of(message)), place, identity)

    def is_recorded(self, messages: Iterable[Message], kind: type[Event], about: str) -> bool:
        """Whether an event of this type about something was recorded of one of some messages."""
        ids = [self.recorder.id_of(_identity(message, kind, about)) for message in messages]
        return self.lookup.recorded(ids)

    def recorded_event(self, message: Message, kind: type[Event], about: str) -> Event | None:
        """The event of this type about something that was recorded of a message before."""
        return self.lookup.event(self.recorder.id_of(_identity(message, kind, about)))

    def source_of(self, message: Message) -> str:
        """The event by which the message is kept: the way back from what was understood to what was said."""
        return f"{STANDARD} {self.recorder.id_of(message.identity)}"

    def _take(self, message: Message, event: Event, place: Place, identity: str) -> None:
        pending = self.recorder.prepared(event, place, identity=identity)
        if pending is not None and pending.event_id not in self.ids:
            self.ids.add(pending.event_id)
            self.pending.append(pending)
            self.owners.append(message.identity)

    def unit(self, message: Message, said: UnitSaid, *, part: Part | None = None) -> Unit | None:
        """The unit that is meant; a new one of `part` when nobody knows it, else None, which is then listed."""
        key = f"{said}\n{said.is_shared}"
        if self.units.get(key) is not None:
            return self.units[key]
        board = None if said.is_panel else self.lookup.board(said.identifier, said.position, said.place)
        if board is not None:
            self.findings.skipped += board.unit is None
            return board.unit
        part = None if said.is_panel else part or self.settings.part
        found = self._known(message, said, part)
        if found is None and part is not None and key not in self.units:
            found = self._commissioned(message, said, part)
        if found is not None:
            self.units[key] = found
        return found

    def each(self, said: Iterable[UnitSaid]) -> Iterator[UnitSaid]:
        """Some units; in the place of a panel that is known here, its boards, without those that were scrapped."""
        for one in said:
            boards = [] if one.position or self._is_unit(one) else self.lookup.boards(one.identifier)
            self.findings.skipped += sum(board.is_scrapped for board in boards)
            for board in boards:
                if not board.is_scrapped:
                    yield replace(one, place=board.position, is_shared=True)
            if not boards:
                yield one

    def _is_unit(self, said: UnitSaid) -> bool:
        try:
            return self.lookup.unit(said.names, None) is not None
        except Ambiguity:
            return True

    def _known(self, message: Message, said: UnitSaid, part: Part | None) -> Unit | None:
        born = next((self.named[key] for name in said.names if (key := normal_form(name)) in self.named), None)
        if born is not None:
            return born
        try:
            found = self.lookup.unit(said.names, part)
        except Ambiguity as several:
            self.units[f"{said}\n{said.is_shared}"] = None
            self._list(message, said.node.place, "unit", str(said), str(several))
            return None
        if found is None and part is None:
            reason = "nothing known here bears it; commission it or import with a part, then import again"
            self._list(message, said.node.place, "unit", str(said), reason)
        return found

    def _list(self, message: Message, place: Place, what: str, identifier: str, reason: str) -> None:
        self.findings.unknown.append(
            Unknown(
                file=place.file,
                pointer=place.pointer,
                message_type=message.message_type,
                what=what,
                identifier=identifier,
                reason=reason,
            )
        )

    def _commissioned(self, message: Message, said: UnitSaid, part: Part) -> Unit | None:
        try:
            unit = Unit(part, said.names[0])
        except NameProblem as problem:
            self.findings.refuse(said.node.place, Concern.IDENTITY, str(problem))
            return None
        if unit not in self.born:
            self.born.add(unit)
            self.named[normal_form(unit.name)] = unit
            self.findings.commissioned += 1
            event = UnitCommissioned(
                event_id=NO_ID,
                event_time=message.at,
                source=self.source_of(message),
                unit=unit,
                work_order=self.work_order(message),
            )
            self._take(message, event, said.node.place, f"cfx unit {unit}")
        return unit

    def work_order(self, message: Message) -> WorkOrder | None:
        """The order a message names, when it is open here: an order that is not must not keep work from being told."""
        node = message.body.member("WorkOrderIdentifier").member("WorkOrderId")
        number = node.name()
        if not number:
            return None
        order = self.lookup.open_order(WorkOrder(number))
        if order is None and message.identity not in self.warned:
            self.warned.add(message.identity)
            node.taken.discard(node.place.pointer)
            self.findings.warn(node.place, Concern.DIFFERENCE, f"work order {number} is not open here; left out")
        return order

    def part_of_order(self, message: Message) -> Part | None:
        """What the order that a message names makes."""
        number = message.body.member("WorkOrderIdentifier").member("WorkOrderId").name()
        return self.lookup.part_of_order(WorkOrder(number)) if number else None

    def material(self, message: Message, node: Node) -> Unit | Lot | None:
        """The lot, or unit, of a material package; it is defined when its part has lots, and listed otherwise.

        A BatchId goes before the package's own identifier, which is a passing one then.
        """
        package = node.member("BatchId").name() or node.member("UniqueIdentifier").name()
        part_number = node.member("InternalPartNumber").name()
        if not package:
            reason = "the message names no material package; nothing says which lot it is"
            self._list(message, node.place, "material", part_number or "(none)", reason)
            return None
        try:
            found = self.lookup.material(part_number, package)
        except Ambiguity as several:
            self._list(message, node.place, "material", package, str(several))
            return None
        if found is not None:
            return found
        born = [one for one in self.born if isinstance(one, Lot) and normal_form(one.name) == normal_form(package)]
        if not part_number and len(born) == 1:
            return born[0]
        if not part_number:
            reason = "nothing known here bears it, and the message does not say of which part it is"
            self._list(message, node.place, "material", package, reason)
            return None
        part = Part(self.recorder.site.issuer, part_number)
        unit = self.named.get(normal_form(package))
        return unit if unit is not None and unit.part == part else self._lot(message, node, part, package)

    def _lot(self, message: Message, node: Node, part: Part, package: str) -> Lot | None:
        lot = Lot(part, package)
        if lot in self.born:
            return lot
        tracking = self.lookup.tracking(part)
        if tracking not in (None, Tracking.LOT, Tracking.SERIALIZED_AND_LOT):
            reason = f"{part} is tracked as {tracking.value if tracking else ''}, and nothing of it bears this number"
            self._list(message, node.place, "material", package, reason)
            return None
        if tracking is None and part not in self.born:
            self.born.add(part)
            self.findings.warn(node.place, Concern.PART, f"{part} was not defined here; defined as tracked by lot")
            defined = PartDefined(event_id=NO_ID, event_time=message.at, part=part, tracking=Tracking.LOT)
            self._define(message, defined, node.place, f"cfx part {part}")
        self.born.add(lot)
        self._define(message, self._lot_defined(message, node, lot), node.place, f"cfx lot {lot}")
        return lot

    def _define(self, message: Message, event: Event, place: Place, identity: str) -> None:
        self._take(message, replace(event, source=self.source_of(message)), place, identity)

    def _lot_defined(self, message: Message, node: Node, lot: Lot) -> LotDefined:
        made = node.member("ManufactureDate")
        day = made.text()[:10]
        return LotDefined(
            event_id=NO_ID,
            event_time=message.at,
            lot=lot,
            supplier=node.member("Vendor", "Manufacturer").name(),
            supplier_lot=node.member("ManufacturerLotCode").name(),
            manufactured_on=_day(day),
        )

    def numbered(self, message: Message, unit: Unit, about: str, defects: Sequence[Defect]) -> list[Defect]:
        """Some defects, each with its number where no other defect of the unit has it; the record numbers the rest.

        A machine tells a defect again, by the same number, when somebody has looked at it: that is a further finding.
        """
        identities = [_identity(message, OperationCompleted, about)]
        identities += [_identity(message, DefectRecorded, f"{about}\n{place + 1}") for place in range(len(defects))]
        own = {self.recorder.id_of(identity) for identity in identities}
        taken = self.numbers.get(unit)
        if taken is None:
            taken = self.numbers[unit] = self.lookup.defect_numbers(unit)
        found: list[Defect] = []
        told: set[DefectNumber] = set()
        for one in defects:
            is_free = one.number not in told and taken.get(one.number, next(iter(own))) in own
            if one.number and is_free:
                told.add(one.number)
                taken[one.number] = self.recorder.id_of(identities[0])
            found.append(one if is_free else replace(one, number=DefectNumber("")))
        return found

    def wait(self, message: Message) -> None:
        """List a message about work of which nobody has said on which units it is done."""
        place = message.received.place
        self.findings.waiting.append(
            Waiting(
                file=place.file,
                pointer=place.pointer,
                message_type=message.message_type,
                transaction=message.transaction,
            )
        )


def _identity(message: Message, kind: type[Event], about: str) -> str:
    return f"{message.identity}\n{kind.__name__}\n{about}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def units_said(nodes: Sequence[Node], *, shared: frozenset[str] = frozenset()) -> list[UnitSaid]:
    """The units that elements of a message name. shared: identifiers that other messages name several units by."""
    found: list[tuple[Node, str, int | None, str]] = []
    for node in nodes:
        identifier = node.member("UnitIdentifier").name()
        number = node.member("UnitPositionNumber", "PositionNumber").number()
        if identifier:
            place = int(number) if number is not None and 0 < number <= POSITION_MAX else None
            found.append((node, identifier, place, node.member("UnitPositionName", "PositionName").name()))
    positions: dict[str, set[int | None]] = {}
    for _, identifier, place, _ in found:
        positions.setdefault(identifier, set()).add(place)
    return [
        UnitSaid(node, identifier, place, len(positions[identifier]) > 1 or identifier in shared, place=name)
        for node, identifier, place, name in found
    ]
