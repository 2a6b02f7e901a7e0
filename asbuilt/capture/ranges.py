"""Ranges of serial numbers, set apart for a line, printer or supplier: the next block of the part's counter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asbuilt.capture.answers import Refusal
from asbuilt.capture.capture import ATTEMPTS_MAX, SAME_EVENT_ID, Submission
from asbuilt.capture.repeats import KeyUsed
from asbuilt.capture.serials import Record, SerialsRefused
from asbuilt.core.events.identity import RangeKind, SerialRangeReserved
from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.identifiers.serial_format import SerialContext, SerialFormat, issuing, written
from asbuilt.core.identifiers.subjects import Part, WorkOrder
from asbuilt.core.rules.rule import Broken
from asbuilt.core.states.known import Known
from asbuilt.ledger.codec import captured, stored_event
from asbuilt.ledger.database import Database, Reader, Site, StoredEvent, Unavailable
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.loading import Loading

_OVERTAKEN = {"IDN-012", SAME_EVENT_ID}

# The format in which the serials of a range are written.
FORMAT = "SELECT serial_format FROM serial_range WHERE sequence = $1"
# The running number of a part that is handed out next.
NEXT_NUMBER = "SELECT next_number FROM serial_counter WHERE part_id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeRequest:
    """Which range of how many numbers, for whom. holder: of kind work_order the number of the order."""

    part: Part
    range_number: str
    kind: RangeKind
    holder: str
    count: int
    low_watermark: int = 0
    source: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Reserved:
    """A range that is reserved, durably, and the format of its serials."""

    event: SerialRangeReserved
    serial_format: SerialFormat

    def serials(self, site: Site) -> Iterator[str]:
        """The serial numbers of the range, written on the day of the reservation; {line} is the holder.

        Numbers whose check character would be a blank have none. Raises FormatProblem.
        """
        context = SerialContext(day=self.event.event_time.date(), site=site.name, line=self.event.holder)
        for number in range(self.event.first_number, self.event.last_number + 1):
            serial = written(self.serial_format, context, number)
            if serial is not None:
                yield serial


def reserve_range(
    database: Database,
    site: Site,
    request: RangeRequest,
    *,
    actor: ActorName,
    record: Record,
    now: datetime,
    event_id: UUID,
) -> Reserved:
    """Set the next numbers of a part apart. With the id of an earlier call, gives what that reserved.

    Raises SerialsRefused when a rule forbids it, Malformed when the request says nothing meaningful, Unavailable.
    """
    tried = 0
    broken: tuple[Broken, ...] = ()
    for _ in range(ATTEMPTS_MAX):
        with database.reading(site) as reader:
            stored = reader.recorded([event_id]).get(event_id)
            if stored is not None:
                return _as_recorded(
                    Loading(reader, Directory(reader, database.known_names()), Known()), stored, request
                )
            first = _next_number(reader, database, request.part)
        if first == tried:
            raise SerialsRefused(broken)
        (answer,) = record(_reservation(request, first, actor, now, event_id))
        broken = answer.broken if isinstance(answer, Refusal) else ()
        if not {one.rule for one in broken} <= _OVERTAKEN:
            raise SerialsRefused(broken)
        # Recorded, by us or by the same request answered elsewhere; or another took the numbers: look again.
        tried = first if broken else 0
    raise Unavailable(f"the numbers of {request.part} are handed out faster than they can be reserved; try again")


def _next_number(reader: Reader, database: Database, part: Part) -> int:
    directory = Directory(reader, database.known_names())
    directory.find([part])
    rows = reader.rows(NEXT_NUMBER, directory.ids[part]) if part in directory.ids else []
    return int(rows[0][0]) if rows else 1


def _as_recorded(loading: Loading, stored: StoredEvent, request: RangeRequest) -> Reserved:
    event = stored_event(stored.payload)
    if not isinstance(event, SerialRangeReserved) or not is_as_asked(event, request):
        raise KeyUsed(f"it was used for something else ({event.subject}); make a new key for a new range")
    rows = loading.reader.rows(FORMAT, stored.sequence)
    if not rows:
        raise KeyUsed(f"range {event.range_number} was declared wrong since; make a new key for a new range")
    return Reserved(event, issuing(rows[0][0]))


def is_as_asked(event: SerialRangeReserved, request: RangeRequest) -> bool:
    """Whether a recorded reservation is the one asked for."""
    return (
        (event.part, event.range_number, event.kind) == (request.part, request.range_number, request.kind)
        and (event.holder, event.count, event.low_watermark) == (request.holder, request.count, request.low_watermark)
        and (event.source, event.operator) == (request.source, request.operator)
    )


def _reservation(request: RangeRequest, first: int, actor: ActorName, now: datetime, event_id: UUID) -> Submission:
    event = SerialRangeReserved(
        event_id=event_id,
        event_time=now,
        source=request.source,
        operator=request.operator,
        part=request.part,
        range_number=request.range_number,
        kind=request.kind,
        holder=request.holder,
        first_number=first,
        count=request.count,
        low_watermark=request.low_watermark,
        work_order=WorkOrder(request.holder) if request.kind is RangeKind.WORK_ORDER else None,
    )
    return Submission(events=(captured(event),), actor=actor)
