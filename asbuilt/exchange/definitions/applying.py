"""Applies files of definitions: read, compare, ask the rules, record; all of it or nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from asbuilt.capture.answers import Acknowledgement, Answer, Outcome, Refusal
from asbuilt.capture.capture import EVENTS_MAX, WHOLE_OR_NOT, Submission, capture
from asbuilt.capture.trying import tried
from asbuilt.core.events.definitions import SpecificationDefined
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.names import ActorName
from asbuilt.exchange.definitions.changes import Change, Compared, LeftOut, State, compared
from asbuilt.exchange.definitions.nodes import Fault
from asbuilt.exchange.definitions.reading import Contents, Entry
from asbuilt.ledger.codec import captured
from asbuilt.ledger.database import Database, Site

ROUNDS_MAX = 5
"""How often files are compared anew, when somebody else applies the same at the same moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionsReport:
    """What files would change, or have changed. recorded, repeated: events.

    faults: what is wrong; when there is any, nothing was recorded. warnings: what is recorded all the same, and had
    better be looked at before. left_out: recorded, and not in the files.
    """

    new: int
    changed: int
    same: int
    recorded: int = 0
    repeated: int = 0
    changes: tuple[Change, ...]
    left_out: tuple[LeftOut, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be recorded, and how that is told."""

    entries: tuple[Entry, ...]
    pending: tuple[tuple[Entry, Event], ...]
    report: DefinitionsReport

    @property
    def is_ready(self) -> bool:
        """Whether there is something to record, and nothing in its way."""
        return bool(self.pending) and not self.report.faults


def plan(database: Database, site: Site, contents: Contents) -> Plan:
    """What files would change here. Nothing is recorded; the rules are asked when the files themselves are sound."""
    with database.reading(site) as reader:
        found = compared(reader, contents.entries)
    faults = [*contents.faults, *found.faults]
    if not faults:
        refused = tried(database, site, [event for _, event in found.pending])
        for (entry, _), broken in zip(found.pending, refused, strict=True):
            faults.extend(entry.fault(one.reason, rule=one.rule) for one in broken)
    return Plan(contents.entries, found.pending, _report(found, faults))


def _report(found: Compared, faults: Sequence[Fault]) -> DefinitionsReport:
    states = [change.state for change in found.changes]
    return DefinitionsReport(
        new=states.count(State.NEW),
        changed=states.count(State.CHANGED),
        same=states.count(State.SAME),
        changes=found.changes,
        left_out=found.left_out,
        faults=tuple(faults),
        warnings=tuple(warning for entry, _ in found.pending for warning in _warnings(entry)),
    )


def _warnings(entry: Entry) -> Iterator[Fault]:
    """What no rule is against: a gauge too coarse for its limits, which somebody may know and accept."""
    if isinstance(entry.event, SpecificationDefined):
        for one in entry.event.characteristics:
            if one.is_read_too_coarsely:
                yield entry.fault(
                    f"{one.characteristic}: resolution {one.resolution} is more than a tenth of what lies between "
                    f"{one.lower_limit} and {one.upper_limit}; good and bad values may read the same, so take a finer "
                    "gauge"
                )


def carry_out(
    database: Database, site: Site, planned: Plan, *, actor: ActorName, clock: Callable[[], datetime]
) -> DefinitionsReport:
    """Record what was planned, in one transaction up to EVENTS_MAX events, and say what became of it.

    Where somebody else records the same at the same moment, what is refused is compared anew: then it is there already.
    """
    assert not planned.report.faults, "what has faults is not recorded"
    report, pending = planned.report, planned.pending
    faults: tuple[Fault, ...] = ()
    for _ in range(ROUNDS_MAX):
        report, left, faults = _recorded(report, pending, lambda some: _submitted(database, site, some, actor, clock()))
        if not left:
            return report
        with database.reading(site) as reader:
            found = compared(reader, (entry for entry, _ in left))
        if found.faults or found.pending == left:
            return replace(report, faults=found.faults or faults)
        if not found.pending:
            return report
        pending = found.pending
    return replace(report, faults=faults)


_Some = tuple[tuple[Entry, Event], ...]


def _submitted(database: Database, site: Site, some: _Some, actor: ActorName, now: datetime) -> list[Answer]:
    submission = Submission(events=tuple(captured(event) for _, event in some), actor=actor, atomic=True)
    (answers,) = capture(database, site, [submission], now=now)
    return answers


def _recorded(
    report: DefinitionsReport, pending: _Some, submit: Callable[[_Some], list[Answer]]
) -> tuple[DefinitionsReport, _Some, tuple[Fault, ...]]:
    """Record part after part until one is refused: the report, what is left, and why."""
    for start in range(0, len(pending), EVENTS_MAX):
        some = pending[start : start + EVENTS_MAX]
        answers = submit(some)
        taken = [one for one in answers if isinstance(one, Acknowledgement)]
        recorded = sum(one.outcome is Outcome.RECORDED for one in taken)
        repeated = len(taken) - recorded
        report = replace(report, recorded=report.recorded + recorded, repeated=report.repeated + repeated)
        if len(taken) < len(answers):
            return report, pending[start:], tuple(_faults(some, answers))
    return report, (), ()


def _faults(some: _Some, answers: Sequence[Answer]) -> Iterator[Fault]:
    for (entry, _), answer in zip(some, answers, strict=True):
        if isinstance(answer, Refusal):
            for broken in answer.broken:
                if broken.rule != WHOLE_OR_NOT:
                    yield entry.fault(broken.reason, rule=broken.rule)
