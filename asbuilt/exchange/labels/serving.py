"""What HTTP and pages share: labels made and printed in the server, with its settings."""

from collections.abc import Sequence
from functools import partial

from asbuilt.accounts.plant import environment, plant
from asbuilt.accounts.printers import Printer, printer_named
from asbuilt.capture import print_jobs
from asbuilt.core.identifiers.names import ActorName
from asbuilt.exchange.labels.content import Marking, marking_as
from asbuilt.exchange.labels.printing import Clock, Plant, work
from asbuilt.ledger.database import Site
from asbuilt.queries.print_jobs import PrintJobView, print_job


def printing_at(site: Site, *, clock: Clock) -> Plant:
    """The plant that this process serves, as printing needs it."""
    opened = plant()
    return Plant(opened.database, site, partial(opened.collector.capture, site), clock)


def printers() -> Sequence[Printer]:
    """The printers that are set up."""
    return environment().printers


def printer(name: str) -> Printer:
    """The printer of that name. Addresses are for the command line: who is let in from outside names none.

    Raises PrinterProblem.
    """
    return printer_named(environment().printers, name)


def marking(content: str) -> Marking:
    """What symbols hold, as the settings of the plant say. Raises LabelProblem."""
    known = environment()
    return marking_as(content or "auto", stem=known.digital_link_stem, enterprise=known.enterprise)


def sent(at: Plant, number: int) -> PrintJobView:
    """A job after an attempt to send it now."""
    work(at, number)
    return job(at, number)


def retried(at: Plant, number: int, *, reason: str) -> PrintJobView:
    """A job after it was tried again. Raises NoSuchJob, JobProblem, PrintRefused."""
    asked = print_jobs.job_numbered(at.database, at.site, number)
    address = next((one.address for one in printers() if one.name == asked.printer), "")
    print_jobs.retry(at.database, at.site, number, address=address, reason=reason, now=at.clock())
    return sent(at, number)


def settled(at: Plant, number: int, *, is_printed: bool, actor: ActorName, reason: str) -> PrintJobView:
    """A job after somebody has said what became of it. Raises NoSuchJob, JobProblem."""
    now = at.clock()
    print_jobs.settle(at.database, at.site, number, is_printed=is_printed, actor=actor, reason=reason, now=now)
    return sent(at, number)


def job(at: Plant, number: int) -> PrintJobView:
    """A job as it stands. Raises NoSuchJob."""
    with at.database.reading(at.site) as reader:
        found = print_job(reader, number, now=at.clock())
    if found is None:
        raise print_jobs.NoSuchJob(f"there is no print job {number} here; see the list of jobs")
    return found
