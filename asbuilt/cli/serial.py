"""`asbuilt serial`: serial numbers handed out here."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import click

from asbuilt.accounts.event_ids import new_event_id
from asbuilt.capture.answers import Answer, Refusal
from asbuilt.capture.capture import WHOLE_OR_NOT, Submission, capture
from asbuilt.capture.ranges import RangeRequest, reserve_range
from asbuilt.capture.serials import PER_TRANSACTION, SerialRequest, SerialsRefused, issue_serials
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import Opened, command_line_actor, open_plant, os_user, site_option
from asbuilt.cli.output import Column, Format, Listing, format_option, write, write_rows
from asbuilt.core.events.identity import RangeKind, SerialNumberVoided
from asbuilt.core.identifiers.names import Location
from asbuilt.core.identifiers.subjects import Unit, WorkOrder, part_named
from asbuilt.ledger.codec import captured
from asbuilt.queries.serials import SerialRangeView, serial_ranges

COUNT_MAX = 10_000_000


@click.group()
def serial() -> None:
    """Serial numbers handed out here."""


@serial.command()
@click.option("--part", required=True, metavar="PART", help="Part number, or issuer:part number.")
@click.option("--count", required=True, type=click.IntRange(1, COUNT_MAX), help="How many.")
@click.option("--work-order", metavar="ORDER", help="The order they are made under; it must be open.")
@click.option("--revision", default="", help="Revision they are made to.")
@click.option("--location", default="", metavar="PLACE", help="Where they are.")
@click.option("--line", default="", metavar="LINE", help="The line or printer, where the format has {line}.")
@site_option
def issue(*, part: str, count: int, work_order: str | None, site: str | None, **fields: str) -> None:
    """Issue the next serial numbers of a part and commission their units; print them, one a line.

    What is printed is recorded. Two callers never get the same number, and a number is never given again.
    """
    with open_plant(site) as plant:
        request = SerialRequest(
            part=part_named(part, own_issuer=plant.site.issuer),
            count=count,
            work_order=WorkOrder(work_order) if work_order else None,
            revision=fields["revision"],
            location=Location(fields["location"]),
            line=fields["line"],
            source="cli",
            operator=os_user(),
        )
        try:
            write(f"{number}\n" for number in _issued(plant, request))
        except SerialsRefused as problem:
            raise Problem(str(problem), Exit.REFUSED) from problem


@serial.command()
@click.option("--part", required=True, metavar="PART", help="Part number, or issuer:part number.")
@click.option("--range", "range_number", required=True, metavar="NUMBER", help="Name of the range, new for the part.")
@click.option("--for", "kind", required=True, type=click.Choice([kind.value for kind in RangeKind]), help="For what.")
@click.option("--holder", required=True, metavar="NAME", help="The line, printer or supplier.")
@click.option("--count", required=True, type=click.IntRange(1, COUNT_MAX), help="How many numbers.")
@click.option("--low-watermark", default=0, type=click.IntRange(0), help="Warn when fewer are left.")
@site_option
def reserve(*, part: str, count: int, low_watermark: int, site: str | None, **fields: str) -> None:
    """Set the next numbers of a part apart for a line, printer or supplier; print their serials, one a line."""
    with open_plant(site) as plant:
        now = datetime.now(UTC)
        request = RangeRequest(
            part=part_named(part, own_issuer=plant.site.issuer),
            range_number=fields["range_number"],
            kind=RangeKind(fields["kind"]),
            holder=fields["holder"],
            count=count,
            low_watermark=low_watermark,
            source="cli",
            operator=os_user(),
        )
        try:
            reserved = reserve_range(
                plant.database,
                plant.site,
                request,
                actor=command_line_actor(),
                record=partial(_recorded, plant, now),
                now=now,
                event_id=new_event_id(),
            )
        except SerialsRefused as problem:
            raise Problem(str(problem), Exit.REFUSED) from problem
        write(f"{number}\n" for number in reserved.serials(plant.site))


@serial.command()
@click.option("--part", default="", metavar="PART", help="Ranges of this part.")
@click.option("--holder", default="", metavar="NAME", help="Ranges of this line, printer or supplier.")
@click.option("--low", is_flag=True, help="Only those below their low watermark.")
@site_option
@format_option
def ranges(*, part: str, holder: str, low: bool, site: str | None, form: str) -> None:
    """List ranges of serial numbers: reserved, used, voided, left."""
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        found = list(serial_ranges(reader, part_number=part, holder=holder, only_low=low))
        write_rows(found, Listing(SerialRangeView, _COLUMNS, "serial_ranges", {}), form)
    low_ones = [one for one in found if one.below_watermark]
    if low_ones and form == Format.TABLE:
        click.echo(f"{len(low_ones)} below their low watermark: reserve further numbers", err=True)


_COLUMNS = (
    Column("part", lambda row: row.part),
    Column("range", lambda row: row.range_number),
    Column("for", lambda row: f"{row.kind.value} {row.holder}"),
    Column("numbers", lambda row: f"{row.first_number}-{row.last_number}"),
    Column("reserved", lambda row: str(row.reserved)),
    Column("used", lambda row: str(row.used)),
    Column("voided", lambda row: str(row.voided)),
    Column("left", lambda row: f"{row.left}{' LOW' if row.below_watermark else ''}"),
)


@serial.command()
@click.argument("serial_numbers", nargs=-1, required=True, metavar="SERIAL...")
@click.option("--part", required=True, metavar="PART", help="Part number, or issuer:part number.")
@click.option("--reason", required=True, metavar="TEXT", help="What became of the label.")
@site_option
def void(*, serial_numbers: tuple[str, ...], part: str, reason: str, site: str | None) -> None:
    """Void serial numbers that were spoiled before any unit bore them; they are never given again. All or none."""
    with open_plant(site) as plant:
        now = datetime.now(UTC)
        of_part = part_named(part, own_issuer=plant.site.issuer)
        events = [
            SerialNumberVoided(
                event_id=new_event_id(),
                event_time=now,
                source="cli",
                operator=os_user(),
                unit=Unit(of_part, number),
                reason=reason,
            )
            for number in serial_numbers
        ]
        actor = command_line_actor()
        submission = Submission(events=tuple(captured(event) for event in events), actor=actor, atomic=True)
        answers = _recorded(plant, now, submission)
        refused = [one for answer in answers if isinstance(answer, Refusal) for one in answer.broken]
        if refused:
            reasons = dict.fromkeys(f"{one.rule}: {one.reason}" for one in refused if one.rule != WHOLE_OR_NOT)
            raise Problem("; ".join(reasons), Exit.REFUSED)
        write(f"{event.unit.serial_number}\n" for event in events)


def _issued(plant: Opened, request: SerialRequest) -> Iterator[str]:
    """Serial numbers, a block at a time, each recorded before it is given."""
    actor = command_line_actor()
    left = request.count
    while left:
        block = replace(request, count=min(left, PER_TRANSACTION))
        now = datetime.now(UTC)
        units = issue_serials(
            plant.database,
            plant.site,
            block,
            actor=actor,
            record=partial(_recorded, plant, now),
            now=now,
            new_event_id=new_event_id,
            random_below=secrets.randbelow,
        )
        yield from (unit.serial_number for unit in units)
        left -= block.count


def _recorded(plant: Opened, now: datetime, submission: Submission) -> list[Answer]:
    (answers,) = capture(plant.database, plant.site, [submission], now=now)
    return answers
