"""POST /api/v1/reads: batches of RFID reads, answered by what passed, and recorded as movements of known units."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import msgspec
from django.http import HttpResponse

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import Plant, plant
from asbuilt.accounts.roles import Action
from asbuilt.api.bodies import body_of
from asbuilt.api.problems import answering_problems, malformed, takes
from asbuilt.api.wire import decoded, flag, json_response, only
from asbuilt.capture.answers import Refusal
from asbuilt.capture.capture import EVENTS_MAX, Submission
from asbuilt.capture.reads import Passing, TagRead, move_of, passings
from asbuilt.core.events.inventory import UnitMoved
from asbuilt.core.identifiers.names import Location
from asbuilt.core.identifiers.subjects import Part, SubjectKind, Unit
from asbuilt.core.identifiers.text import checked_name
from asbuilt.ledger.codec import captured
from asbuilt.ledger.database import Reader, Site
from asbuilt.queries.find import STATELESS, exact_name
from asbuilt.queries.naming import meant
from asbuilt.queries.scans import Outcome, resolve
from asbuilt.queries.units import unit

READS_MAX = 100_000


class ReadSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One report of a reader: the tag (EPC URN, or its memory in hexadecimal), where, when, by which antenna."""

    epc: str
    read_point: str
    time: datetime
    antenna: str | int = ""


class ReadsSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A batch of reads, in any order."""

    reads: list[ReadSent]
    source: str = ""


class PassingView(msgspec.Struct, frozen=True):
    """A tag at a read point. outcome: recorded, unchanged (it was there), refused, or as of a scan without a unit."""

    epc: str
    read_point: str
    antennas: tuple[str, ...]
    first: datetime
    last: datetime
    count: int
    unit: str
    outcome: str
    reason: str


class ReadsAnswer(msgspec.Struct, frozen=True):
    """How many reads there were, how many passings of tags they are, and what became of each."""

    reads: int
    outcomes: dict[str, int]
    passings: list[PassingView]


@takes("POST")
@requires(Action.MOVE_UNITS)
@answering_problems
def reads(request: ActorRequest) -> HttpResponse:
    """Take a batch of reads. With ?record=false it is only told what passed."""
    only(request, "record")
    is_recorded = "record" not in request.GET or flag(request, "record")
    opened = plant()
    site = opened.site(request.actor.site)
    with body_of(request) as raw:
        sent = decoded(raw, ReadsSent)
    found = passings(_checked(sent))
    told = list(zip(found, _units(opened, site, found), strict=True))
    if is_recorded:
        views = _recorded(opened, site, request, sent.source.strip(), told)
    else:
        views = [_view(passing, one) for passing, one in told]
    outcomes = dict(Counter(view.outcome for view in views))
    return json_response(ReadsAnswer(reads=len(sent.reads), outcomes=outcomes, passings=views))


def _checked(sent: ReadsSent) -> list[TagRead]:
    if len(sent.reads) > READS_MAX:
        raise malformed(f"{len(sent.reads)} reads at once; at most {READS_MAX} are taken: send several batches")
    taken = []
    for index, one in enumerate(sent.reads):
        if one.time.tzinfo is None:
            raise malformed(f"the time has no zone; write it as 2026-11-22T08:00:00Z - at `$.reads[{index}].time`")
        point = Location(checked_name(one.read_point, what=f"read_point of read {index}"))
        taken.append(TagRead(epc=one.epc, read_point=point, time=one.time, antenna=str(one.antenna)))
    return taken


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a tag means here. unit: None when it is no single unit; then outcome and reason say why."""

    unit: Unit | None
    location: str
    outcome: str
    reason: str


def _units(opened: Plant, site: Site, found: list[Passing]) -> list[_Meant]:
    """What the tag of each passing means."""
    known: dict[str, _Meant] = {}
    with opened.database.reading(site) as reader:
        for passing in found:
            if passing.epc not in known:
                known[passing.epc] = _meant(reader, passing)
    return [known[passing.epc] for passing in found]


def _meant(reader: Reader, passing: Passing) -> _Meant:
    if passing.problem:
        return _Meant(None, "", Outcome.INVALID, passing.problem)
    resolution = resolve(reader, passing.epc)
    units = [match for match in resolution.matches if match.kind == "unit"]
    if resolution.outcome is not Outcome.KNOWN or len(units) != 1 or units[0].status in STATELESS:
        outcome = Outcome.UNKNOWN if resolution.outcome is Outcome.KNOWN else resolution.outcome
        return _Meant(None, "", outcome, resolution.message or "the tag is known here, but not as that of a unit")
    (match,) = units
    named = meant(reader, exact_name(match.issuer, match.part_number, match.number), kinds=(SubjectKind.UNIT,))
    location = unit(reader, named).location
    return _Meant(Unit(Part(match.issuer, match.part_number), match.number), location, Outcome.KNOWN, "")


def _view(passing: Passing, found: _Meant) -> PassingView:
    return PassingView(
        epc=passing.epc,
        read_point=passing.read_point,
        antennas=passing.antennas,
        first=passing.first,
        last=passing.last,
        count=passing.count,
        unit=str(found.unit) if found.unit is not None else "",
        outcome=found.outcome,
        reason=found.reason,
    )


def _recorded(
    opened: Plant, site: Site, request: ActorRequest, source: str, found: list[tuple[Passing, _Meant]]
) -> list[PassingView]:
    """Record the movements, in order of time, and say what became of each passing."""
    views = [_view(passing, one) for passing, one in found]
    waiting = iter(_moves(found, views, source))
    while batch := list(islice(waiting, EVENTS_MAX)):
        events = tuple(captured(event) for _, event in batch)
        answers = opened.collector.capture(site, Submission(events=events, actor=request.actor.name))
        for (place, _), answer in zip(batch, answers, strict=True):
            reason = answer.broken[0].reason if isinstance(answer, Refusal) else ""
            outcome = "refused" if isinstance(answer, Refusal) else answer.outcome.value
            views[place] = msgspec.structs.replace(views[place], outcome=outcome, reason=reason)
    return views


def _moves(
    found: list[tuple[Passing, _Meant]], views: list[PassingView], source: str
) -> Iterator[tuple[int, UnitMoved]]:
    """A movement for each passing at which a unit is somewhere else than before; it is `unchanged` otherwise."""
    places: dict[Unit, str] = {}
    for place, (passing, one) in enumerate(found):
        if one.unit is None:
            continue
        if places.get(one.unit, one.location) == passing.read_point:
            views[place] = msgspec.structs.replace(views[place], outcome="unchanged")
            continue
        places[one.unit] = passing.read_point
        yield place, move_of(passing, one.unit, source=source)
