"""Print jobs as people see them."""

from dataclasses import dataclass
from datetime import datetime

from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.states.records.labels import JobState
from asbuilt.ledger.codec import microseconds, moment_of
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.projection import moment_or_none
from asbuilt.queries.naming import spelled

PAGE_MAX = 1000
_NEWEST = 2**62

LEFT_BEHIND = "the program that sent it ended on the way; look at the printer, and say whether the label came out"

_COLUMNS = """
SELECT print_job.number, subject.kind, issuer.name, part.name, subject.name, print_job.template, print_job.printer,
       print_job.copies, print_job.content, print_job.reason, print_job.state, print_job.recorded, print_job.attempts,
       print_job.problem, print_job.actor, print_job.settled_by, print_job.requested_at, print_job.next_try_at,
       print_job.sent_at, print_job.claimed_until
FROM print_job CROSS JOIN subject CROSS JOIN subject AS part CROSS JOIN subject AS issuer
"""
_NAMED = """
  AND subject.subject_id = print_job.subject_id AND part.subject_id = subject.scope_id
  AND issuer.subject_id = part.scope_id
ORDER BY print_job.number DESC LIMIT $3
"""
# The print jobs of a site, the newest first.
PRINT_JOBS = f"{_COLUMNS} WHERE print_job.site_id = $1 AND print_job.number < $2 {_NAMED}"
# Those that wait for a printer, or for a person.
OPEN_JOBS = f"""{_COLUMNS}
WHERE print_job.site_id = $1 AND print_job.number < $2
  AND print_job.recorded = 0 AND print_job.state <> 'given_up'
  {_NAMED}
"""
# Those of one unit or lot (serves its label page).
JOBS_OF_SUBJECT = f"{_COLUMNS} WHERE print_job.subject_id = $1 AND print_job.number < $2 {_NAMED}"


# The last label of a unit or lot from a template since it bears its present marking (serves its label page).
LAST_PRINTED = """
SELECT printed_at, printer FROM label_print
WHERE subject_id = $1 AND template = $2
  AND sequence > coalesce((SELECT max(sequence) FROM marking WHERE unit_id = $1), 0)
ORDER BY sequence DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A label that was printed before."""

    printed_at: datetime
    printer: str


def last_printed(reader: Reader, subject_id: int, template: str) -> Printed | None:
    """The last label of a unit or lot from a template; None when the next one is the first of its marking."""
    rows = reader.rows(LAST_PRINTED, subject_id, template)
    return Printed(printed_at=moment_of(rows[0][0]), printer=rows[0][1]) if rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJobView:
    """A print job. problem: why it is not printed, or not recorded. next_try_at: when it is tried again by itself."""

    job: int
    kind: str
    name: str
    template: str
    printer: str
    copies: int
    content: str
    reason: str
    state: JobState
    is_recorded: bool
    attempts: int
    problem: str
    requested_by: str
    settled_by: str
    requested_at: datetime
    next_try_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJobPage:
    """Some print jobs, and where the next page begins (None: this is the last)."""

    print_jobs: tuple[PrintJobView, ...]
    next: int | None


def print_jobs(
    reader: Reader, *, now: datetime, is_open: bool = False, before: int = _NEWEST, limit: int = 100
) -> PrintJobPage:
    """A page of jobs, the newest first. is_open: only those that wait for a printer or a person."""
    rows = reader.rows(OPEN_JOBS if is_open else PRINT_JOBS, reader.site.site_id, before, limit + 1)
    found = tuple(_job(row, now) for row in rows[:limit])
    return PrintJobPage(print_jobs=found, next=found[-1].job if len(rows) > limit else None)


def jobs_of(reader: Reader, subject_id: int, *, now: datetime, limit: int = 100) -> tuple[PrintJobView, ...]:
    """The jobs of a unit or lot, the newest first."""
    return tuple(_job(row, now) for row in reader.rows(JOBS_OF_SUBJECT, subject_id, _NEWEST, limit))


def print_job(reader: Reader, number: int, *, now: datetime) -> PrintJobView | None:
    """One job."""
    rows = reader.rows(PRINT_JOBS, reader.site.site_id, number + 1, 1)
    return _job(rows[0], now) if rows and rows[0][0] == number else None


def _job(row: Row, now: datetime) -> PrintJobView:
    state, problem, claimed_until = JobState(row[10]), row[13], row[19]
    if state is JobState.SENDING and claimed_until is not None and claimed_until < microseconds(now):
        state, problem = JobState.UNKNOWN, LEFT_BEHIND
    return PrintJobView(
        job=row[0],
        kind=SubjectKind(row[1]).name.lower(),
        name=spelled(row[2], row[3], row[4]),
        template=row[5],
        printer=row[6],
        copies=row[7],
        content=row[8],
        reason=row[9],
        state=state,
        is_recorded=bool(row[11]),
        attempts=row[12],
        problem=problem,
        requested_by=row[14],
        settled_by=row[15],
        requested_at=moment_of(row[16]),
        next_try_at=moment_or_none(row[17]),
        sent_at=moment_or_none(row[18]),
    )
