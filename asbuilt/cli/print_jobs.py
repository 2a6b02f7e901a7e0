"""`asbuilt label print`, `jobs`, `retry` and `settle`: labels on their way to a printer."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click

from asbuilt.accounts.configuration import read_environment
from asbuilt.accounts.event_ids import new_event_id
from asbuilt.accounts.printers import Printer, printer_at, printer_named
from asbuilt.capture.answers import Answer
from asbuilt.capture.capture import Submission, capture
from asbuilt.capture.print_jobs import job_numbered, retry, settle
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.label_options import content_options, labels_explained, marking_of
from asbuilt.cli.opening import command_line_actor, open_plant, site_option
from asbuilt.cli.output import Column, Listing, format_option, write, write_rows
from asbuilt.core.events.identity import COPIES_MAX
from asbuilt.core.states.records.labels import JobState
from asbuilt.exchange.labels.making import thing_to_label
from asbuilt.exchange.labels.printing import Plant, Wish, queue_labels, work
from asbuilt.ledger.database import Database, Site
from asbuilt.queries.print_jobs import PAGE_MAX, PrintJobView, print_job, print_jobs

printer_option = click.option(
    "--printer",
    envvar="ASBUILT_PRINTER",
    required=True,
    metavar="NAME|tcp://HOST:PORT",
    help="A printer of ASBUILT_PRINTERS, or the address of one. [env: ASBUILT_PRINTER]",
)


@click.command("print")
@click.argument("names", metavar="UNIT|LOT…", nargs=-1, required=True)
@printer_option
@click.option("--copies", default=1, show_default=True, type=click.IntRange(1, COPIES_MAX))
@click.option("--reason", default="", metavar="TEXT", help="Why it is printed again, when it was printed before.")
@content_options
@site_option
def print_labels(
    *,
    names: tuple[str, ...],
    printer: str,
    copies: int,
    reason: str,
    site: str | None,
    template: str,
    native: bool,
    **marking: Any,  # noqa: ANN401 - options of click
) -> None:
    """Print labels and record that; what a printer does not take now is tried again by the server.

    A label that is refused (a reprint without a reason, an unknown unit) refuses all of them before any is printed.
    """
    with labels_explained(), _plant(site) as plant:
        wanted = _printer(printer)
        with plant.database.reading(plant.site) as reader:
            things = [thing_to_label(reader, name, template) for name in names]
        wish: dict[str, Any] = {
            "template": template,
            "printer": wanted,
            "marking": marking_of(**marking),
            "native": native,
        }
        wish |= {"actor": command_line_actor(), "source": "cli", "copies": copies, "reason": reason}
        numbers = queue_labels(plant, [(thing, Wish(key=new_event_id(), **wish)) for thing in things])
        for number in numbers:
            work(plant, number)
        _tell(plant, numbers)


@click.command()
@click.option("--all", "is_all", is_flag=True, help="Also those that are printed or given up.")
@format_option
@site_option
def jobs(*, is_all: bool, form: str, site: str | None) -> None:
    """List the labels that wait for a printer or for a person, the newest first."""
    columns = (
        Column("job", lambda row: str(row.job)),
        Column("state", _state),
        Column("label", lambda row: f"{row.template} × {row.copies}" if row.copies > 1 else row.template),
        Column("unit or lot", lambda row: row.name),
        Column("printer", lambda row: row.printer),
        Column("tries", lambda row: str(row.attempts)),
        Column("by", lambda row: row.requested_by),
        Column("problem", lambda row: row.problem),
    )
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        page = print_jobs(reader, now=datetime.now(UTC), is_open=not is_all, limit=PAGE_MAX)
        write_rows(page.print_jobs, Listing(PrintJobView, columns, "print_jobs", {}), form)


@click.command("retry")
@click.argument("number", metavar="JOB", type=click.IntRange(1))
@click.option("--reason", default="", metavar="TEXT", help="Why, when it was printed by another job meanwhile.")
@click.option("--printer", metavar="NAME|tcp://HOST:PORT", help="Another address for it, such as after a move.")
@site_option
def retry_job(*, number: int, reason: str, printer: str | None, site: str | None) -> None:
    """Send a job again that failed or was given up."""
    with labels_explained(), _plant(site) as plant:
        address = _printer(printer).address if printer else _address_now(job_numbered(*_where(plant), number).printer)
        retry(*_where(plant), number, address=address, reason=reason, now=datetime.now(UTC))
        work(plant, number)
        _tell(plant, [number])


@click.command("settle")
@click.argument("number", metavar="JOB", type=click.IntRange(1))
@click.argument("fate", type=click.Choice(["printed", "not-printed"]))
@click.option("--reason", default="", metavar="TEXT", help="Why it was printed again, when the record asks for that.")
@site_option
def settle_job(*, number: int, fate: str, reason: str, site: str | None) -> None:
    """Say what became of a job that broke off on the way; what was printed is recorded, the rest is given up."""
    with labels_explained(), _plant(site) as plant:
        is_printed = fate == "printed"
        actor, now = command_line_actor(), datetime.now(UTC)
        settle(*_where(plant), number, is_printed=is_printed, actor=actor, reason=reason, now=now)
        work(plant, number)
        view = _view(plant, number)
        write(f"{_line(view)}\n")
        if is_printed and not view.is_recorded:
            raise Problem(view.problem, Exit.REFUSED)


@contextmanager
def _plant(site_name: str | None) -> Iterator[Plant]:
    with open_plant(site_name) as opened:
        database, site = opened.database, opened.site

        def record(submission: Submission) -> list[Answer]:
            (answers,) = capture(database, site, [submission], now=datetime.now(UTC))
            return answers

        yield Plant(database, site, record, lambda: datetime.now(UTC))


def _where(plant: Plant) -> tuple[Database, Site]:
    return plant.database, plant.site


def _printer(text: str) -> Printer:
    """The printer that is meant. Raises PrinterProblem."""
    return printer_at(text) if "://" in text else printer_named(read_environment(os.environ).printers, text)


def _address_now(printer: str) -> str:
    """Where a named printer is by now; nothing when it has no name, or none of here."""
    known = (one.address for one in read_environment(os.environ).printers if one.name == printer)
    return next(known, "")


def _tell(plant: Plant, numbers: list[int]) -> None:
    """Say what became of jobs. Raises Problem when one is not printed."""
    views = [_view(plant, number) for number in numbers]
    write(f"{_line(view)}\n" for view in views)
    waiting = sum(not view.is_recorded for view in views)
    if waiting:
        what = "1 label is not printed" if waiting == 1 else f"{waiting} labels are not printed"
        raise Problem(f"{what}; see `asbuilt label jobs`", Exit.UNREACHABLE)


def _view(plant: Plant, number: int) -> PrintJobView:
    with plant.database.reading(plant.site) as reader:
        view = print_job(reader, number, now=datetime.now(UTC))
    assert view is not None, "jobs are never deleted"
    return view


def _line(view: PrintJobView) -> str:
    said = f"job {view.job}: label {view.template} of {view.name} at {view.printer}: {_state(view)}"
    return f"{said}: {view.problem}" if view.problem else said


def _state(view: PrintJobView) -> str:
    words = {JobState.SENT: "printed", JobState.GIVEN_UP: "given up"}
    if view.state is JobState.SENT and not view.is_recorded:
        return "printed, not recorded"
    return words.get(view.state, view.state.value)
