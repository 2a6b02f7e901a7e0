"""Labels on their way to a printer, as the database keeps them; what happens to them is capture.print_jobs."""

from dataclasses import dataclass
from uuid import UUID

from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.core.states.records.labels import JobState
from asbuilt.ledger.codec import as_uuid
from asbuilt.ledger.database import Names, Reader, Row
from asbuilt.ledger.subjects import Directory

_COLUMNS = """
site_id, number, event_id, subject_id, template, printer, address, copies, content, zpl, reason, actor, source, state,
attempts, claim, tried_at, sent_at, recorded
"""
_JOB = "WHERE site_id = $1 AND number = $2"
# A job as it stands.
READ = f"SELECT {_COLUMNS} FROM print_job {_JOB}"
# Whether a print was asked for before.
BY_EVENT_ID = f"SELECT {_COLUMNS} FROM print_job WHERE event_id = $1 AND site_id = $2"
# Numbers are given one by one; who was overtaken tries again.
LAST_NUMBER = "SELECT coalesce(max(number), 0) FROM print_job WHERE site_id = $1"
QUEUE = """
INSERT INTO print_job (site_id, number, event_id, subject_id, template, printer, address, copies, content, zpl, reason,
                       actor, source, state, attempts, claim, requested_at, next_try_at, recorded, problem, settled_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'queued', 0, 0, $14, $15, 0, '', '')
"""
# Takes a job up, unless another process has.
CLAIM = f"""
UPDATE print_job SET state = 'sending', attempts = attempts + 1, claim = claim + 1, tried_at = $3, claimed_until = $4,
                     next_try_at = NULL, problem = ''
{_JOB} AND state IN ('queued', 'failed') RETURNING {_COLUMNS}
"""
# Says what became of it; nothing, when somebody else has said so meanwhile.
FINISH = f"""
UPDATE print_job SET state = $4, problem = $5, next_try_at = $6, sent_at = $7, claimed_until = NULL
{_JOB} AND claim = $3 AND state IN ('sending', 'unknown') RETURNING number
"""
# What could not be recorded is not printed.
REFUSED = f"UPDATE print_job SET state = 'given_up', problem = $3, claimed_until = NULL {_JOB}"
# The event is in the ledger; what was sent is not needed any more.
RECORDED = f"UPDATE print_job SET recorded = 1, problem = '', zpl = '' {_JOB} AND state = 'sent'"
# It is printed, and a rule refuses the record.
NOT_RECORDED = f"UPDATE print_job SET problem = $3 {_JOB} AND state = 'sent' AND recorded = 0"
# Takes up again what was not printed.
RETRY = f"""
UPDATE print_job SET state = 'queued', attempts = 0, next_try_at = $3, problem = '', reason = $4, address = $5
{_JOB} AND state IN ('failed', 'given_up') RETURNING {_COLUMNS}
"""
# A person says that it was printed.
SETTLE_PRINTED = f"""
UPDATE print_job SET state = 'sent', sent_at = coalesce(sent_at, tried_at), reason = $3, settled_by = $4,
                     claimed_until = NULL
{_JOB} AND recorded = 0 AND (state IN ('unknown', 'sent') OR (state = 'sending' AND claimed_until < $5))
RETURNING number
"""
# A person says that it was not.
SETTLE_NOT_PRINTED = f"""
UPDATE print_job SET state = 'given_up', settled_by = $3, next_try_at = NULL, claimed_until = NULL
{_JOB} AND (state IN ('unknown', 'queued', 'failed') OR (state = 'sending' AND claimed_until < $4)) RETURNING number
"""
# Jobs of a unit that were or may yet be printed, and are not in the record.
OPEN = """
SELECT number FROM print_job
WHERE subject_id = $1 AND template = $2 AND number <> $3 AND recorded = 0 AND state <> 'given_up'
ORDER BY number LIMIT 1
"""
# What is to be done by itself.
DUE = """
SELECT number, printer FROM print_job
WHERE site_id = $1 AND next_try_at <= $2 ORDER BY number
"""
# What was printed and is not recorded, unless a person has to do something about it.
OUTSTANDING = """
SELECT number FROM print_job
WHERE site_id = $1 AND recorded = 0 AND state <> 'given_up' AND state = 'sent' AND problem = '' ORDER BY number
"""
# The record into which that of a unit was merged.
KEPT = "SELECT unit_id FROM merged_unit WHERE duplicate_id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOrder:
    """What is to be printed where, and who asked for it. event_id: under which it will be recorded."""

    event_id: UUID
    subject: Unit | Lot
    template: str
    printer: str
    address: str
    copies: int
    content: str
    zpl: str
    reason: str
    actor: ActorName
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob(PrintOrder):
    """An order that is kept. claim: how often it was taken up; it tells who sends it."""

    number: int
    state: JobState
    attempts: int
    claim: int
    tried_at: int | None
    sent_at: int | None
    is_recorded: bool


def first(reader: Reader, names: Names, sql: str, *parameters: object) -> PrintJob | None:
    rows = reader.rows(sql, *parameters)
    return _job(rows[0], Directory(reader, names)) if rows else None


def _job(row: Row, directory: Directory) -> PrintJob:
    subject = directory.subjects([row[3]])[row[3]]
    assert isinstance(subject, Unit | Lot), "labels are of units and lots"
    return PrintJob(
        number=row[1],
        event_id=as_uuid(row[2]),
        subject=subject,
        template=row[4],
        printer=row[5],
        address=row[6],
        copies=row[7],
        content=row[8],
        zpl=row[9],
        reason=row[10],
        actor=ActorName(row[11]),
        source=row[12],
        state=JobState(row[13]),
        attempts=row[14],
        claim=row[15],
        tried_at=row[16],
        sent_at=row[17],
        is_recorded=bool(row[18]),
    )
