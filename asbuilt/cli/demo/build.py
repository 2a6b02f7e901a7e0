"""Takes the demo plant in through the capture door, as any client's events."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from uuid import UUID

from asbuilt.capture.answers import Outcome, Refusal
from asbuilt.capture.capture import Submission, capture
from asbuilt.capture.noted import refusal_of
from asbuilt.cli.demo import desks
from asbuilt.cli.demo.floor import Floor, Report
from asbuilt.cli.demo.followed import RECALL
from asbuilt.cli.demo.plan import BEGIN, COMPLETE, HELD_LOT, REPAIR, reports
from asbuilt.cli.demo.recalls import has_recall
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.rules.rule import Broken
from asbuilt.ledger.codec import captured, stored_event
from asbuilt.ledger.database import Database, Site

BATCH = 2_000
"""Events in a transaction."""

# Whether anything was recorded at all: every ledger begins with a sequence above zero.
ANY_EVENT = "SELECT sequence FROM event WHERE site_id = $1 ORDER BY sequence LIMIT 1"


@dataclass(slots=True)
class Built:
    """How many events were recorded now, how many had been before, and how many the interlock stopped."""

    recorded: int = 0
    repeated: int = 0
    refused: int = 0

    @property
    def events(self) -> int:
        return self.recorded + self.repeated


@dataclass(frozen=True, slots=True)
class Highlights:
    """Names worth looking at: a lot on hold, a controller that was repaired, a recall ('' when there is none)."""

    held_lot: str
    repaired_unit: str = ""
    recall: str = ""


def build(database: Database, site: Site, floor: Floor, *, progress: Callable[[int], None]) -> Built:
    """Record the whole plant. What is there already is repeated, so that it may be stopped and started again.

    progress: told how many seconds of the plant's time are recorded.
    """
    built = Built()
    record_time = floor.calendar.first_morning
    for batch in _batches(reports(floor)):
        record_time = max(record_time, *(report.event.event_time for report in batch)) + timedelta(seconds=1)
        _record(database, site, batch, built, record_time)
        progress(floor.now)
    return built


def _record(database: Database, site: Site, batch: list[Report], built: Built, now: datetime) -> None:
    noted = _noted(database, site, batch)
    built.refused += len(noted)
    batch = [report for report in batch if report.event.event_id not in noted]
    submissions = [
        Submission(events=tuple(captured(report.event) for report in group), actor=actor, may_override=may_override)
        for (actor, may_override), group in groupby(batch, key=_who_answers)
    ]
    answers = (answer for found in capture(database, site, submissions, now=now) for answer in found)
    for report, answer in zip(batch, answers, strict=True):
        broken = tuple(one.rule for one in answer.broken) if isinstance(answer, Refusal) else ()
        assert broken == report.refused, f"the demo plant breaks a rule, or one that should be is not: {answer}"
        if isinstance(answer, Refusal):
            built.refused += 1
        elif answer.outcome is Outcome.RECORDED:
            built.recorded += 1
        else:
            built.repeated += 1


def _noted(database: Database, site: Site, batch: list[Report]) -> set[UUID]:
    """What was stopped before: sent again, it would be judged by what has happened to the unit since."""
    stopped = {}
    for report in batch:
        broken = [Broken(rule, "") for rule in report.refused]
        refusal = refusal_of(captured(report.event), broken) if broken else None
        if refusal is not None:
            stopped[refusal.event_id] = refusal.refused_event_id
    with database.reading(site) as reader:
        return {stopped[event_id] for event_id in reader.recorded(list(stopped))} if stopped else set()


def _who_answers(report: Report) -> tuple[ActorName, bool]:
    """Who sends an event, and whether it is somebody who may override the interlock."""
    return report.actor, report.actor == desks.QUALITY.actor


def _batches(told: Iterable[Report]) -> Iterator[list[Report]]:
    waiting = iter(told)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def is_foreign(database: Database, site: Site, floor: Floor) -> bool:
    """Whether the site holds anything other than this very plant."""
    with database.reading(site) as reader:
        if not reader.rows(ANY_EVENT, site.site_id):
            return False
        begin = floor.named_id(BEGIN)
        return begin not in reader.recorded([begin])


def is_complete(database: Database, site: Site, floor: Floor) -> bool:
    """Whether this very plant is recorded to its last event."""
    complete = floor.named_id(COMPLETE)
    with database.reading(site) as reader:
        return complete in reader.recorded([complete])


def highlights(database: Database, site: Site, floor: Floor) -> Highlights:
    """What to look at in a complete plant."""
    held, repair = floor.named_id(HELD_LOT), floor.named_id(REPAIR)
    with database.reading(site) as reader:
        found = {
            event_id: stored_event(bytes(stored.payload))
            for event_id, stored in reader.recorded([held, repair]).items()
        }
    hold, failure = found[held], found.get(repair)
    assert isinstance(hold, HoldPlaced), "recorded under this id"
    lot = str(hold.lot).removeprefix(f"{site.issuer}:")
    unit = failure.unit.serial_number if isinstance(failure, OperationCompleted) else ""
    return Highlights(lot, unit, RECALL if has_recall(floor) else "")
