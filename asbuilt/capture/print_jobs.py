"""Print jobs: labels on their way to a printer, kept so that none is lost, and none printed twice for want of knowing.

A job is queued, claimed by the one process that sends it, and finished. What the printer took is recorded as a
LabelPrinted whose event id is the job's own: recording it again after a crash changes nothing. A job that was being
sent when its process died has an unknown fate, and waits for a person.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from asbuilt.capture.answers import Refusal
from asbuilt.capture.capture import ATTEMPTS_MAX, Submission
from asbuilt.capture.repeats import KeyUsed
from asbuilt.capture.serials import Record
from asbuilt.core.events.identity import LabelPrinted
from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.core.rules.catalogue import broken_rules
from asbuilt.core.rules.rule import Broken
from asbuilt.core.states.records.labels import JobState
from asbuilt.ledger import print_jobs as table
from asbuilt.ledger.codec import captured, microseconds, moment_of
from asbuilt.ledger.database import Collision, Database, Reader, Site, Unavailable, Writer
from asbuilt.ledger.print_jobs import PrintJob, PrintOrder
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.around import around

T = TypeVar("T")

SENDING_MAX = timedelta(minutes=2)
"""A job that is said to be sent for longer was left behind by a process that died; sending takes seconds."""

TRIES_MAX = 10
"""How often a job is tried by itself before it is given up: after some twenty minutes."""

BACKOFF_FIRST = timedelta(seconds=5)
BACKOFF_MAX = timedelta(minutes=5)

HEAD_START = timedelta(seconds=5)
"""So long a new job is left to whoever queued it, who waits for the answer."""

REPRINT = "IDN-040"


class PrintRefused(ValueError):
    """A label that is not printed; the text says why."""

    def __init__(self, broken: list[Broken]) -> None:
        super().__init__("; ".join(f"{one.rule}: {one.reason}" for one in broken))
        self.broken = tuple(broken)


class NoSuchJob(LookupError):
    """There is no print job of that number."""


class JobProblem(ValueError):
    """A job with which that cannot be done as it stands; the text says what can."""


class Fate(StrEnum):
    """What became of an attempt to send a job."""

    TAKEN = "taken"
    NOT_SENT = "not_sent"
    """Nothing of it reached the printer."""
    UNKNOWN = "unknown"


def queue(database: Database, site: Site, order: PrintOrder, *, now: datetime) -> int:
    """Keep an order; gives the number of its job. The same order again gives the same job.

    Raises PrintRefused when its print could not be recorded, or may be under way; KeyUsed, Unavailable.
    """
    (number,) = queue_all(database, site, [order], now=now)
    return number


def queue_all(database: Database, site: Site, orders: Sequence[PrintOrder], *, now: datetime) -> list[int]:
    """The same with several orders, all of them or none."""
    return _writing(database, site, lambda writer: [_queued(writer, database, order, now) for order in orders])


def _queued(writer: Writer, database: Database, order: PrintOrder, now: datetime) -> int:
    site_id = writer.site.site_id
    before = table.first(writer, database.known_names(), table.BY_EVENT_ID, order.event_id, site_id)
    if before is not None:
        return _the_same(before, order)
    subject_id = _allowed(writer, database, order, now, number=0)
    ((last,),) = writer.rows(table.LAST_NUMBER, site_id)
    what = (order.template, order.printer, order.address, order.copies, order.content, order.zpl, order.reason)
    when = (microseconds(now), microseconds(now + HEAD_START))
    writer.run(table.QUEUE, site_id, last + 1, order.event_id, subject_id, *what, order.actor, order.source, *when)
    return int(last) + 1


def claim(database: Database, site: Site, number: int, *, now: datetime) -> PrintJob | None:
    """Take a waiting job up, to send it; None when there is nothing to send.

    What could not be recorded any more (the unit was merged, its label printed elsewhere) is given up here.
    """

    def work(writer: Writer) -> PrintJob | None:
        until = microseconds(now + SENDING_MAX)
        job = table.first(writer, database.known_names(), table.CLAIM, site.site_id, number, microseconds(now), until)
        if job is None:
            return None
        broken = _broken(writer, database, job, now)
        if broken:
            writer.run(table.REFUSED, site.site_id, number, str(PrintRefused(broken)))
            return None
        return job

    return _writing(database, site, work)


def finish(database: Database, site: Site, job: PrintJob, fate: Fate, problem: str, *, now: datetime) -> None:
    """Keep what became of a job that was claimed."""
    state, next_try = JobState.SENT, None
    if fate is Fate.UNKNOWN:
        state = JobState.UNKNOWN
    elif fate is Fate.NOT_SENT:
        state = JobState.GIVEN_UP if job.attempts >= TRIES_MAX else JobState.FAILED
        next_try = None if state is JobState.GIVEN_UP else microseconds(now + backoff(job.attempts))
    sent_at = microseconds(now) if state is JobState.SENT else None
    what = (state.value, problem, next_try, sent_at)
    _writing(database, site, lambda writer: writer.rows(table.FINISH, site.site_id, job.number, job.claim, *what))


def backoff(attempts: int) -> timedelta:
    """How long a job waits after so many attempts."""
    return min(BACKOFF_FIRST * (1 << (attempts - 1)), BACKOFF_MAX)


def record_print(database: Database, site: Site, number: int, record: Record) -> None:
    """Record that a printer took a job, if that was not done. It may be done again at any time: it is recorded once."""
    with database.reading(site) as reader:
        job = _read(reader, database, number)
        if job.state is not JobState.SENT or job.is_recorded:
            return
        is_recorded = bool(reader.recorded([job.event_id]))
        subject = _kept(reader, database, job.subject)
    if not is_recorded:
        assert job.sent_at is not None, "what was sent has a time"
        event = _event(job, moment_of(job.sent_at), subject=subject, number=number)
        (answer,) = record(Submission(events=(captured(event),), actor=job.actor))
        if isinstance(answer, Refusal):
            problem = f"printed, but not recorded: {PrintRefused(list(answer.broken))}"
            _writing(database, site, lambda writer: writer.run(table.NOT_RECORDED, site.site_id, number, problem))
            return
    _writing(database, site, lambda writer: writer.run(table.RECORDED, site.site_id, number))


def settle(
    database: Database, site: Site, number: int, *, is_printed: bool, actor: ActorName, reason: str, now: datetime
) -> None:
    """Keep what a person says of a job: it was printed, or not. Raises NoSuchJob, JobProblem."""

    def work(writer: Writer) -> None:
        job = _read(writer, database, number)
        of_job, time = (site.site_id, number), microseconds(now)
        if is_printed:
            done = writer.rows(table.SETTLE_PRINTED, *of_job, reason or job.reason, actor, time)
        else:
            done = writer.rows(table.SETTLE_NOT_PRINTED, *of_job, actor, time)
        if not done:
            raise JobProblem(_not_settled(job, is_printed=is_printed))

    _writing(database, site, work)


def retry(database: Database, site: Site, number: int, *, address: str, reason: str, now: datetime) -> None:
    """Let a job that was not printed be tried again, now. Raises NoSuchJob, JobProblem, PrintRefused."""

    def work(writer: Writer) -> None:
        job = _read(writer, database, number)
        given = (microseconds(now), reason or job.reason, address or job.address)
        again = table.first(writer, database.known_names(), table.RETRY, site.site_id, number, *given)
        if again is None:
            raise JobProblem(_not_tried(job))
        _allowed(writer, database, again, now, number=number)

    _writing(database, site, work)


def due(reader: Reader, *, now: datetime) -> list[tuple[int, str]]:
    """The jobs whose turn it is, with their printers."""
    return [(number, printer) for number, printer in reader.rows(table.DUE, reader.site.site_id, microseconds(now))]


def outstanding(reader: Reader) -> list[int]:
    """The jobs that printers took and that are not in the record yet."""
    return [number for (number,) in reader.rows(table.OUTSTANDING, reader.site.site_id)]


def job_numbered(database: Database, site: Site, number: int) -> PrintJob:
    """A job as it stands. Raises NoSuchJob."""
    with database.reading(site) as reader:
        return _read(reader, database, number)


def _writing(database: Database, site: Site, work: Callable[[Writer], T]) -> T:
    for _ in range(ATTEMPTS_MAX):
        try:
            with database.writing(site) as writer:
                return work(writer)
        except Collision:
            continue
    raise Unavailable(f"{database.name} is busy with the same print jobs; try again")


def _read(reader: Reader, database: Database, number: int) -> PrintJob:
    job = table.first(reader, database.known_names(), table.READ, reader.site.site_id, number)
    if job is None:
        raise NoSuchJob(f"there is no print job {number} here; see the list of jobs")
    return job


def _the_same(before: PrintJob, order: PrintOrder) -> int:
    asked = (order.subject, order.template, order.printer, order.copies, order.reason, order.actor)
    if asked != (before.subject, before.template, before.printer, before.copies, before.reason, before.actor):
        raise KeyUsed(f"it was used for print job {before.number}; make a new key for another label")
    return before.number


def _allowed(writer: Writer, database: Database, order: PrintOrder, now: datetime, *, number: int) -> int:
    """The id of what is labelled. Raises PrintRefused when the print could not be recorded, or may be under way."""
    event = _event(order, now, subject=order.subject, number=number)
    surroundings = around(writer, [event], Directory(writer, database.known_names()))
    broken = broken_rules(event, surroundings.known)
    if broken:
        raise PrintRefused(broken)
    subject_id = surroundings.directory.ids[order.subject]
    if isinstance(order.subject, Unit) and not order.reason.strip():
        for (other,) in writer.rows(table.OPEN, subject_id, order.template, number):
            waits = f"label {order.template} of {order.subject} is in print job {other}, which is not finished"
            raise PrintRefused([Broken(REPRINT, f"{waits}; see what becomes of that, or give a reason for one more")])
    return subject_id


def _broken(writer: Writer, database: Database, job: PrintJob, now: datetime) -> list[Broken]:
    event = _event(job, now, subject=job.subject, number=job.number)
    return broken_rules(event, around(writer, [event], Directory(writer, database.known_names())).known)


def _event(order: PrintOrder, at: datetime, *, subject: Unit | Lot, number: int) -> LabelPrinted:
    return LabelPrinted(
        event_id=order.event_id,
        event_time=at,
        source=order.source,
        unit=subject if isinstance(subject, Unit) else None,
        lot=subject if isinstance(subject, Lot) else None,
        template=order.template,
        printer=order.printer,
        copies=order.copies,
        content=order.content,
        job=str(number),
        reason=order.reason,
    )


def _kept(reader: Reader, database: Database, subject: Unit | Lot) -> Unit | Lot:
    """What the record of a unit is kept under, when it was merged while its label was under way."""
    directory = Directory(reader, database.known_names())
    directory.find([subject])
    rows = reader.rows(table.KEPT, directory.ids[subject])
    kept = directory.subjects([rows[0][0]])[rows[0][0]] if rows else subject
    assert isinstance(kept, Unit | Lot), "units are merged into units"
    return kept


def _not_settled(job: PrintJob, *, is_printed: bool) -> str:
    if job.is_recorded:
        what = "was printed and is recorded"
        return f"job {job.number} {what}" + ("" if is_printed else "; if no label came out, correct that event")
    if job.state is JobState.SENT:
        return f"job {job.number} was taken by the printer; say that it was printed, with a reason if one is asked for"
    if job.state is JobState.SENDING:
        return f"job {job.number} is being sent; wait until its state is known"
    if job.state is JobState.GIVEN_UP:
        return f"job {job.number} was given up; try it again, or print anew"
    return f"job {job.number} is {job.state}: nothing of it reached the printer; try it again, or say: not printed"


def _not_tried(job: PrintJob) -> str:
    if job.state is JobState.UNKNOWN:
        return f"job {job.number} may be printed already; look, and say first whether it was"
    if job.state is JobState.SENT:
        return f"job {job.number} was printed; print the label anew, with a reason"
    return f"job {job.number} is {job.state.value} already; wait for it"
