"""The capture door: events in, answers out, in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from asbuilt.capture.answers import Acknowledgement, Answer, Outcome, Refusal
from asbuilt.capture.noted import Work, is_overriding, override_of, refusal_of
from asbuilt.core.events.catalogue import subjects_in
from asbuilt.core.events.event import Event
from asbuilt.core.events.production import OperationRefused
from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.rules.catalogue import broken_rules, overridden_rules
from asbuilt.core.rules.rule import Broken
from asbuilt.core.states.fold import fold
from asbuilt.core.states.known import Known
from asbuilt.ledger.append import Accepted, append
from asbuilt.ledger.codec import Captured, captured, microseconds, moment_of
from asbuilt.ledger.database import Collision, Database, Site, StoredEvent, Unavailable, Writer
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.around import Surroundings, around
from asbuilt.projections.write import subject_of, write

EVENTS_MAX = 10_000
"""Most events in one call; longer files are cut by the sender."""

ATTEMPTS_MAX = 20
"""How often a transaction that collided with another process is tried again before the caller is told to."""

SAME_EVENT_ID = "CAP-001"
WHOLE_OR_NOT = "CAP-002"
WRITTEN_IN_FULL = "CAP-003"
OVERRIDES_NOTHING = "CAP-004"

CAPTURE_RULES: tuple[tuple[str, str], ...] = (
    (SAME_EVENT_ID, "An event id stands for one content, for ever."),
    (WHOLE_OR_NOT, "A call that asks for all or nothing is recorded whole, or not at all."),
    (WRITTEN_IN_FULL, "A serial number is issued only when its format can be written in full."),
    (OVERRIDES_NOTHING, "Who may only override the interlock records no work that nothing is in the way of."),
)
"""The rules of the door itself, by number and title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The events of one call. atomic: record all or none.

    may_override: whether the actor has the permission to override the interlock. may_work: whether the actor may record
    work that nothing is in the way of. signed_by: the person who gave his password for just this call.
    """

    events: tuple[Captured, ...]
    actor: ActorName
    atomic: bool = False
    may_override: bool = False
    may_work: bool = True
    signed_by: str = ""


Verdict = Accepted | StoredEvent | Refusal
"""What was found of an event: to be written now (once, however often it was sent), written before, or not at all."""


@dataclass(slots=True)
class _Decided:
    """What was found of the events of one submission, in order, and which of them are to be written.

    beside: what is written with them of the interlock that was overridden. refusals: of operations, to be noted.
    """

    actor: ActorName
    may_work: bool = True
    verdicts: list[Verdict] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    beside: list[Accepted] = field(default_factory=list)
    refusals: list[OperationRefused] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(isinstance(verdict, Refusal) for verdict in self.verdicts)


def capture(database: Database, site: Site, submissions: Sequence[Submission], *, now: datetime) -> list[list[Answer]]:
    """Record what the rules allow, and answer for every event of every submission, in order.

    One transaction for all submissions; when this returns, what is acknowledged is durable. Raises Unavailable when
    the database cannot serve, and then nothing was recorded.
    """
    for _ in range(ATTEMPTS_MAX):
        try:
            with database.writing(site) as writer:
                return _record(writer, database, submissions, microseconds(now))
        except Collision:
            continue
    raise Unavailable(f"{database.name} is busy with the same units; try again")


def _record(
    writer: Writer, database: Database, submissions: Sequence[Submission], record_time: int
) -> list[list[Answer]]:
    """Read, decide, append, project."""
    events = [one.event for submission in submissions for one in submission.events]
    event_ids = [event.event_id for event in events]
    directory = Directory(writer, database.known_names())
    writer.recorded_ahead(event_ids)
    directory.find({subject for event in events for subject in subjects_in(event)})
    stored = writer.recorded(event_ids)
    refused_whole: dict[int, _Decided] = {}
    while True:
        taken = {place: one for place, one in enumerate(submissions) if place not in refused_whole}
        noted = [refusal for one in refused_whole.values() for refusal in one.refusals]
        batch = _batch(writer, directory, taken, stored, noted)
        decided = _decide(batch, taken, stored)
        refused = next((place for place, one in taken.items() if one.atomic and decided[place].is_refused), None)
        if refused is None:
            break
        # What an all-or-nothing call would have added has left traces in what is known, so that the others are
        # decided again without it.
        refused_whole[refused] = _none_of(decided[refused], submissions[refused])
    written = [one for place in taken for one in (*decided[place].accepted, *decided[place].beside)]
    decided.update(refused_whole)
    written += _noted(writer, batch, decided.values())
    written.sort(key=lambda one: one.sequence)
    versions = _write(writer, batch.surroundings, written, record_time)
    return [
        _answered(decided[place], submission, versions, record_time) for place, submission in enumerate(submissions)
    ]


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is known around the events of a transaction, and the sequences for what is written of them."""

    surroundings: Surroundings
    sequences: Iterator[int]

    @property
    def known(self) -> Known:
        return self.surroundings.known


def _batch(
    writer: Writer,
    directory: Directory,
    submissions: dict[int, Submission],
    stored: dict[UUID, StoredEvent],
    noted: Sequence[Event],
) -> _Batch:
    """Read around the events that are new, and around refusals of calls that are refused whole."""
    fresh = [
        one.event
        for submission in submissions.values()
        for one in submission.events
        if not stored or one.event.event_id not in stored
    ]
    # An event or its refusal takes one sequence, and one more when the interlock is overridden.
    needed = len(fresh) + len(noted) + sum(map(is_overriding, fresh))
    if needed:
        writer.sequences_ahead(needed)
    surroundings = around(writer, [*fresh, *noted], directory)
    return _Batch(surroundings, iter(writer.next_sequences(needed) if needed else ()))


def _decide(batch: _Batch, submissions: dict[int, Submission], stored: dict[UUID, StoredEvent]) -> dict[int, _Decided]:
    """Judge every event that is new, each with those accepted before it already folded in."""
    found: dict[UUID, Accepted | StoredEvent] = {**stored}
    decided = {}
    for place, submission in submissions.items():
        decided[place] = one_decided = _Decided(submission.actor, submission.may_work)
        batch.known.may_override, batch.known.signed_by = submission.may_override, submission.signed_by
        for one in submission.events:
            before = found.get(one.event.event_id)
            verdict: Verdict
            if before is None:
                verdict = _judge(batch, one, one_decided)
                if isinstance(verdict, Accepted):
                    found[one.event.event_id] = verdict
            else:
                verdict = before if before.payload == one.payload else _conflict(one.event.event_id)
            one_decided.verdicts.append(verdict)
    return decided


def _judge(batch: _Batch, one: Captured, decided: _Decided) -> Accepted | Refusal:
    """Accept an event, or refuse it and note that of an operation."""
    broken = broken_rules(one.event, batch.known)
    broken, overridden = overridden_rules(one.event, broken) if broken else (broken, [])
    if broken:
        refusal = refusal_of(one, broken)
        if refusal is not None:
            decided.refusals.append(refusal)
        return Refusal(event_id=one.event.event_id, broken=tuple(broken))
    if is_overriding(one.event) and not overridden and not decided.may_work:
        reason = "nothing is in the way of this work, so there is nothing to override; let who does the work record it"
        return Refusal(event_id=one.event.event_id, broken=(Broken(OVERRIDES_NOTHING, reason),))
    accepted = _accept(one, batch, decided.actor)
    decided.accepted.append(accepted)
    if overridden:
        assert isinstance(one.event, Work), "only that is judged by the routing"
        decided.beside.append(_accept(captured(override_of(one.event, overridden)), batch, decided.actor))
    return accepted


def _accept(one: Captured, batch: _Batch, actor: ActorName) -> Accepted:
    known, sequence = batch.known, next(batch.sequences)
    subject = subject_of(one.event, known)
    fold(known, one.event, sequence=sequence)
    known.remember(one.event, sequence=sequence, subject=subject)
    return Accepted(sequence=sequence, event=one.event, payload=one.payload, subject=subject, actor=actor)


def _noted(writer: Writer, batch: _Batch, decided: Iterable[_Decided]) -> list[Accepted]:
    """The refusals of operations on units and lots that exist; one that was noted before is not noted again."""
    new = {
        refusal.event_id: (refusal, one.actor)
        for one in decided
        for refusal in one.refusals
        if _is_about_what_exists(refusal, batch.known)
    }
    before = writer.recorded(list(new)) if new else {}
    return [
        _accept(captured(refusal), batch, actor) for event_id, (refusal, actor) in new.items() if event_id not in before
    ]


def _is_about_what_exists(refusal: OperationRefused, known: Known) -> bool:
    named = refusal.unit or refusal.lot
    return named is not None and known.exists(named)


def _write(writer: Writer, surroundings: Surroundings, accepted: list[Accepted], record_time: int) -> dict[int, int]:
    """Append and project; gives the subject version by sequence."""
    if not accepted:
        return {}
    directory = surroundings.directory
    directory.register_named_in(writer, (one.event for one in accepted))
    entries = append(writer, accepted, ids=directory.ids, heads=surroundings.heads, record_time=record_time)
    write(writer, entries, surroundings.known, directory.ids)
    return {entry.sequence: entry.subject_version for entry in entries}


def _conflict(event_id: UUID) -> Refusal:
    reason = "this event id was recorded with other content; make a new id for a new event, or correct the recorded one"
    return Refusal(event_id=event_id, broken=(Broken(SAME_EVENT_ID, reason),))


def _none_of(decided: _Decided, submission: Submission) -> _Decided:
    """What is said to an all-or-nothing call of which something was refused."""
    count = sum(isinstance(verdict, Refusal) for verdict in decided.verdicts)
    reason = f"not recorded, because {count} of the {len(decided.verdicts)} events sent with it were refused"
    verdicts: list[Verdict] = [
        verdict
        if isinstance(verdict, Refusal | StoredEvent)  # what was recorded by an earlier call stays recorded
        else Refusal(event_id=one.event.event_id, broken=(Broken(WHOLE_OR_NOT, reason),))
        for one, verdict in zip(submission.events, decided.verdicts, strict=True)
    ]
    return _Decided(decided.actor, decided.may_work, verdicts, refusals=decided.refusals)


def _answered(decided: _Decided, submission: Submission, versions: dict[int, int], record_time: int) -> list[Answer]:
    """The answer to each event. The first sending of a new event is recorded, any further one repeated."""
    answers: list[Answer] = []
    own = iter(decided.accepted)
    following = next(own, None)
    moment = moment_of(record_time)
    for one, verdict in zip(submission.events, decided.verdicts, strict=True):
        if isinstance(verdict, Refusal):
            answers.append(verdict)
            continue
        outcome = Outcome.RECORDED if verdict is following else Outcome.REPEATED
        if verdict is following:
            following = next(own, None)
        answers.append(
            Acknowledgement(
                event_id=one.event.event_id,
                outcome=outcome,
                sequence=verdict.sequence,
                record_time=moment_of(verdict.record_time) if isinstance(verdict, StoredEvent) else moment,
                subject_version=(
                    verdict.subject_version if isinstance(verdict, StoredEvent) else versions[verdict.sequence]
                ),
            )
        )
    return answers
