"""Serial numbers handed out here: a block of running numbers from the part's counter, then one event a unit.

They are written in the part's format. A number that does not fit there any more is refused before it is taken, and a
serial of random characters that exists already is drawn again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asbuilt.capture.answers import Acknowledgement, Answer, Refusal
from asbuilt.capture.capture import WRITTEN_IN_FULL, Submission
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.identifiers.names import ActorName, Location
from asbuilt.core.identifiers.serial_format import FormatProblem, SerialContext, SerialFormat, issuing, written
from asbuilt.core.identifiers.subjects import Part, Unit, WorkOrder
from asbuilt.core.rules.orders import work_order_has_room
from asbuilt.core.rules.rule import Broken
from asbuilt.core.states.known import Known
from asbuilt.core.states.orders import scrapped_under
from asbuilt.core.states.records.definitions import PartState
from asbuilt.core.states.serials import format_of
from asbuilt.ledger.codec import captured
from asbuilt.ledger.database import Database, Site
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.definitions import load_parts
from asbuilt.projections.loading import Loading
from asbuilt.projections.orders import load_scrapped, load_work_orders
from asbuilt.projections.serials import serials_kept_for

SERIALS_MAX = 100_000
"""Most serial numbers issued in one call."""

PER_TRANSACTION = 5_000

NO_LOCATION = Location("")

FRUITLESS_MAX = 20
"""How often random serials are drawn without finding a free one, before the caller is told that they run out."""

TAKEN = frozenset({"IDN-003", "IDN-007", "IDN-013", "IDN-014"})
"""Rules that a serial breaks because it is taken: the next one may be free."""

Record = Callable[[Submission], list[Answer]]


class SerialsRefused(ValueError):
    """No serial number was issued; the text says why."""

    def __init__(self, broken: Sequence[Broken]) -> None:
        super().__init__("; ".join(f"{one.rule}: {one.reason}" for one in broken))
        self.broken = tuple(broken)


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialRequest:
    """How many serial numbers of which part, for what."""

    part: Part
    count: int
    work_order: WorkOrder | None = None
    revision: str = ""
    location: Location = NO_LOCATION
    line: str = ""
    source: str = ""
    operator: str = ""


def issue_serials(
    database: Database,
    site: Site,
    request: SerialRequest,
    *,
    actor: ActorName,
    record: Record,
    now: datetime,
    new_event_id: Callable[[], UUID],
    random_below: Callable[[int], int] | None = None,
) -> list[Unit]:
    """Issue the next serial numbers of a part and commission their units; gives them in order.

    The block is taken from the counter in a transaction of its own, so two callers never get the same number, and a
    crash leaves a gap, never a double. Numbers that exist already (given by hand) are skipped.
    record: how events are captured (the collector, or capture itself). random_below: gives a number from 0 up to below
    its argument that nobody can guess (secrets.randbelow). Days in a format are those of `now` in its zone.
    Raises SerialsRefused, ValueError, Unavailable.
    """
    if not 1 <= request.count <= SERIALS_MAX:
        raise ValueError(f"count {request.count} must be between 1 and {SERIALS_MAX}")
    context = SerialContext(day=now.date(), site=site.name, line=request.line, random_below=random_below)
    if request.work_order is not None:
        _check_room(database, site, request.work_order, request.count)
    issued: list[Unit] = []
    fruitless = 0
    tried: set[str] = set()
    while len(issued) < request.count:
        block = _kept_block(database, site, request, request.count - len(issued), context, tried)
        if block is None:
            block = _take_block(database, site, request.part, request.count - len(issued), context)
        answers = record(_commissioning(block.units, request, actor, now, new_event_id)) if block.units else []
        _stop_unless_only_taken(answers)
        new = [unit for unit, answer in zip(block.units, answers, strict=True) if isinstance(answer, Acknowledgement)]
        issued.extend(new)
        fruitless = 0 if new or block.is_counted else fruitless + 1
        if fruitless == FRUITLESS_MAX:
            reason = f"no free serial was found in {FRUITLESS_MAX} draws; define a format with more random characters"
            raise SerialsRefused([Broken(WRITTEN_IN_FULL, reason)])
    return issued


def _check_room(database: Database, site: Site, work_order: WorkOrder, count: int) -> None:
    """Raise SerialsRefused when an order has room for fewer units, before any of them is issued."""
    with database.reading(site) as reader:
        loading = Loading(reader, Directory(reader, database.known_names()), Known())
        loading.directory.find([work_order])
        order_ids = loading.ids([work_order])
        if order_ids:
            load_work_orders(loading, order_ids)
        order = loading.known.work_orders.get(work_order)
        if order is None or order.started + count <= order.most:
            return
        load_scrapped(loading, order_ids)
    room = order.most - order.started + scrapped_under(loading.known, order)
    if count > room:
        reason = f"work order {order.work_order} has room for {max(0, room)} more; ask for as many, or name another"
        raise SerialsRefused([Broken(work_order_has_room.number, reason)])


@dataclass(frozen=True, slots=True)
class _Block:
    """Units to be commissioned. is_counted: each has a running number of its own, so that the next block differs."""

    units: list[Unit]
    is_counted: bool


def _kept_block(
    database: Database, site: Site, request: SerialRequest, wanted: int, context: SerialContext, tried: set[str]
) -> _Block | None:
    """The next serials of the ranges that are held for the order; None when there is no order, or no number left.

    Nobody else is given them, so that they need no counter: of two that issue at once one is refused each number, and
    goes on with those that follow. tried: serials that were refused before; those of this block are entered.
    """
    if request.work_order is None:
        return None
    with database.reading(site) as reader:
        loading = Loading(reader, Directory(reader, database.known_names()), Known())
        count = min(wanted, PER_TRANSACTION)
        try:
            found = serials_kept_for(loading, request.work_order, request.part, count, context, tried)
        except FormatProblem as problem:
            raise SerialsRefused([Broken(WRITTEN_IN_FULL, str(problem))]) from None
    tried.update(found)
    return _Block([Unit(request.part, serial) for serial in found], is_counted=True) if found else None


def _take_block(database: Database, site: Site, part: Part, wanted: int, context: SerialContext) -> _Block:
    """Write the next serials of a part, as many as one transaction takes of those that are wanted.

    Raises SerialsRefused before a number is taken, when not all that are wanted can be written.
    """
    count = min(wanted, PER_TRANSACTION)
    with database.writing(site) as writer:
        directory = Directory(writer, database.known_names())
        directory.find([part])
        loading = Loading(writer, directory, Known())
        state, serial_format = _defined(loading, part)
        is_counted = serial_format.names("number")
        first = writer.take_numbers(directory.ids[part], count) if is_counted else 0
        try:
            _check_left(serial_format, first, wanted)
            serials = [written(serial_format, context, number) for number in range(first, first + count)]
        except FormatProblem as problem:
            # Leaving the transaction so gives the numbers back.
            raise SerialsRefused([Broken(WRITTEN_IN_FULL, str(problem))]) from None
    units = dict.fromkeys(Unit(state.part, serial) for serial in serials if serial is not None)
    return _Block(list(units), is_counted)


def _check_left(serial_format: SerialFormat, first: int, count: int) -> None:
    """Raise FormatProblem, saying how many there are, when a format can write some but not all of the numbers."""
    left = serial_format.number_max - first + 1
    if 0 < left < count:
        raise FormatProblem(f"only {left} numbers are left in {serial_format.text!r}; ask for fewer, or widen it")


def _defined(loading: Loading, part: Part) -> tuple[PartState, SerialFormat]:
    """A part and the format of its serials. Raises SerialsRefused when it is not defined."""
    load_parts(loading, loading.ids([part]))
    state = loading.known.parts.get(part)
    if state is None:
        reason = f"part {part} is not defined here; check the part number, or define the part first"
        raise SerialsRefused([Broken("DEF-001", reason)])
    return state, issuing(format_of(loading.known, part))


def _commissioning(
    units: Sequence[Unit], request: SerialRequest, actor: ActorName, now: datetime, new_event_id: Callable[[], UUID]
) -> Submission:
    events = (
        UnitCommissioned(
            event_id=new_event_id(),
            event_time=now,
            source=request.source,
            operator=request.operator,
            unit=unit,
            revision=request.revision,
            work_order=request.work_order,
            location=request.location,
        )
        for unit in units
    )
    return Submission(events=tuple(captured(event) for event in events), actor=actor)


def _stop_unless_only_taken(answers: Sequence[Answer]) -> None:
    """Serials that are taken or void are skipped; any other refusal holds for every one, so the issue ends."""
    for answer in answers:
        if isinstance(answer, Refusal) and any(one.rule not in TAKEN for one in answer.broken):
            raise SerialsRefused(answer.broken)
