"""Labels printed: the label is made and kept as a job, sent, and recorded once a printer has taken it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asbuilt.accounts.printers import Printer
from asbuilt.capture import print_jobs
from asbuilt.capture.print_jobs import Fate
from asbuilt.capture.serials import Record
from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.identifiers.subjects import Lot, Part, SubjectKind, Unit
from asbuilt.exchange.labels.content import Marking
from asbuilt.exchange.labels.layout import Layout
from asbuilt.exchange.labels.making import LabelRequest, label_layout
from asbuilt.exchange.labels.sending import PATIENCE, FateUnknown, NotSent, Patience, send
from asbuilt.exchange.labels.zpl import Dpi, zpl_of
from asbuilt.ledger.database import Database, Site
from asbuilt.ledger.print_jobs import PrintJob, PrintOrder
from asbuilt.queries.naming import Named

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Plant:
    """Where jobs are kept and how events are captured (the collector, or capture itself)."""

    database: Database
    site: Site
    record: Record
    clock: Clock
    patience: Patience = PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A label that somebody wants printed. key: under which it is recorded; the same key asks for the same print."""

    key: UUID
    template: str
    printer: Printer
    actor: ActorName
    marking: Marking
    copies: int = 1
    native: bool = False
    reason: str = ""
    source: str = ""


def queue_label(plant: Plant, named: Named, wish: Wish) -> int:
    """Make the label, check it, and keep it as a job; gives its number. Raises what making and queueing raise."""
    (number,) = queue_labels(plant, [(named, wish)])
    return number


def queue_labels(plant: Plant, wishes: Sequence[tuple[Named, Wish]]) -> list[int]:
    """The same with several labels, all of them or none."""
    orders = [_order(plant, named, wish) for named, wish in wishes]
    return print_jobs.queue_all(plant.database, plant.site, orders, now=plant.clock())


def _order(plant: Plant, named: Named, wish: Wish) -> PrintOrder:
    request = LabelRequest(
        template=wish.template,
        marking=wish.marking,
        dpi=Dpi(wish.printer.dpi),
        copies=wish.copies,
        native=wish.native,
    )
    with plant.database.reading(plant.site) as reader:
        layout = label_layout(reader, named, request, is_printed=True)
    return PrintOrder(
        event_id=wish.key,
        subject=subject_of(named),
        template=wish.template,
        printer=wish.printer.name,
        address=wish.printer.address,
        copies=wish.copies,
        content=held_by(layout),
        zpl=zpl_of(layout, request.dpi, copies=wish.copies, native=wish.native),
        reason=wish.reason.strip(),
        actor=wish.actor,
        source=wish.source.strip(),
    )


def held_by(layout: Layout) -> str:
    """What the symbols of a label hold."""
    return "  ".join(placed.symbol.content.said for placed in layout.symbols)


def subject_of(named: Named) -> Unit | Lot:
    """What a label is for, as events name it."""
    part = Part(named.issuer, named.part_number)
    return Lot(part, named.number) if named.kind is SubjectKind.LOT else Unit(part, named.number)


def work(plant: Plant, number: int) -> None:
    """Send a waiting job and record it, unless another process does; what became of it is kept with the job."""
    job = print_jobs.claim(plant.database, plant.site, number, now=plant.clock())
    if job is not None:
        fate, problem = _sent(job, plant.patience)
        print_jobs.finish(plant.database, plant.site, job, fate, problem, now=plant.clock())
    print_jobs.record_print(plant.database, plant.site, number, plant.record)


def work_off(plant: Plant) -> int:
    """Send what is due, and record what was sent and not recorded; gives how many jobs there were.

    A printer that fails is asked once in a round, so that one that is off does not hold up the others.
    """
    with plant.database.reading(plant.site) as reader:
        due = print_jobs.due(reader, now=plant.clock())
        outstanding = print_jobs.outstanding(reader)
    for number in outstanding:
        print_jobs.record_print(plant.database, plant.site, number, plant.record)
    silent: set[str] = set()
    for number, printer in due:
        if printer not in silent:
            work(plant, number)
            if not print_jobs.job_numbered(plant.database, plant.site, number).is_recorded:
                silent.add(printer)
    return len(due) + len(outstanding)


def _sent(job: PrintJob, patience: Patience) -> tuple[Fate, str]:
    host, _, port = job.address.rpartition(":")
    try:
        send(host.strip("[]"), int(port), job.zpl.encode(), patience=patience)
    except NotSent as problem:
        return Fate.NOT_SENT, str(problem)
    except FateUnknown as problem:
        return Fate.UNKNOWN, f"{problem}; look whether the label came out, and say so"
    return Fate.TAKEN, ""
