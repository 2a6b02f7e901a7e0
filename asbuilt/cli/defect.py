"""`asbuilt defect`: what is wrong with units, what is decided about it and what is done about it."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import click

from asbuilt.accounts.event_ids import new_event_id
from asbuilt.capture.answers import Refusal
from asbuilt.capture.capture import Submission, capture
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import Opened, command_line_actor, open_plant, os_user, site_option
from asbuilt.cli.output import Column, Listing, format_option, short, write_rows
from asbuilt.cli.times import shown
from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired, Disposition
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.names import DefectNumber, Operation, ReferenceDesignator
from asbuilt.core.identifiers.subjects import Station, Unit, unit_named
from asbuilt.ledger.codec import Malformed, captured
from asbuilt.queries.defects import DECISIONS, DefectFilter, DefectView, defects_of, every_defect
from asbuilt.queries.naming import unit_meant

SHOWN = 1000
"""Defects in a list when nobody says how many."""

UNIT_HELP = "UNIT is written part/serial or issuer:part/serial."


@click.group()
def defect() -> None:
    """Defects of units: list them, enter one, decide what becomes of one, say what was repaired."""


@defect.command("list")
@click.argument("unit", metavar="[UNIT]", required=False)
@click.option("--part", "part_number", default="", metavar="PART", help="Of units of this part.")
@click.option("--operation", default="", metavar="NAME", help="Found by this operation.")
@click.option("--station", default="", metavar="NAME", help="Found at this station.")
@click.option("--code", default="", metavar="CODE", help="With this code.")
@click.option("--disposition", type=click.Choice(DECISIONS), help="Of which this was decided, or nothing yet.")
@click.option("--settled", is_flag=True, help="Those that are settled, too.")
@click.option("--limit", type=click.IntRange(1, 10**12), default=SHOWN, show_default=True, help="At most so many.")
@site_option
@format_option
def list_(*, unit: str | None, limit: int, settled: bool, site: str | None, form: str, **chosen: str | None) -> None:
    """List open defects, the oldest first; with UNIT all defects of that unit, the open ones first."""
    if unit and (settled or any(chosen.values())):
        raise click.UsageError("UNIT gives all the defects of that unit; leave the other options out")
    wanted = DefectFilter(**{name: text or "" for name, text in chosen.items()}, settled=settled)
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        found = iter(defects_of(reader, unit_meant(reader, unit))) if unit else every_defect(reader, wanted)
        listing = Listing(DefectView, _columns(plant.site.issuer), "defects", {})
        write_rows(islice(found, limit), listing, form)


def _columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("unit", lambda row: short(row.unit, own_issuer)),
        Column("defect", lambda row: row.number),
        Column(
            "code", lambda row: row.code or (f"outside: {row.characteristic}" if row.characteristic else "not said")
        ),
        Column("position", lambda row: row.position),
        Column("found by", lambda row: row.operation),
        Column("station", lambda row: row.station),
        Column("found", lambda row: shown(row.found_at)),
        Column("decided", lambda row: f"{row.disposition} {row.rework}".strip()),
        Column("settled", lambda row: row.settled_by),
    )


@defect.command(epilog=UNIT_HELP)
@click.argument("unit", metavar="UNIT")
@click.argument("code", metavar="CODE")
@click.option("--position", default="", metavar="NAME", help="Where: a reference designator.")
@click.option("--component", default="", metavar="TEXT", help="Part, lot or serial number of what is wrong there.")
@click.option("--quantity", default=1, type=click.IntRange(1, 10**6), help="How often.")
@click.option("--station", default="", metavar="NAME", help="Where it was found.")
@click.option("--number", default="", metavar="NUMBER", help="Its number, new for the unit.  [default: D1234]")
@click.option("--note", default="", metavar="TEXT", help="Anything else.")
@site_option
def record(*, unit: str, code: str, quantity: int, station: str, site: str | None, **said: str) -> None:
    """Enter a defect that was found outside an operation."""
    _record(
        site,
        unit,
        lambda about: DefectRecorded(
            **about,
            station=Station(station) if station else None,
            code=code,
            position=ReferenceDesignator(said["position"]),
            component=said["component"],
            quantity=quantity,
            note=said["note"],
            number=DefectNumber(said["number"]),
        ),
    )


@defect.command(epilog=UNIT_HELP)
@click.argument("unit", metavar="UNIT")
@click.argument("number", metavar="DEFECT")
@click.argument("decision", type=click.Choice([one.value for one in Disposition]))
@click.option("--rework", default="", metavar="OPERATION", help="The rework operation, the first of several.")
@click.option("--retest", default="", metavar="OPERATION", help="Whose passing settles it.  [default: what found it]")
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@site_option
def disposition(*, unit: str, number: str, decision: str, site: str | None, **said: str) -> None:
    """Decide what becomes of a defect."""
    _record(
        site,
        unit,
        lambda about: DefectDispositioned(
            **about,
            defect=DefectNumber(number),
            disposition=Disposition(decision),
            rework=Operation(said["rework"]),
            retest=Operation(said["retest"]),
            reason=said["reason"],
        ),
    )


@defect.command(epilog=UNIT_HELP)
@click.argument("unit", metavar="UNIT")
@click.argument("number", metavar="DEFECT")
@click.argument("action", metavar="ACTION")
@click.option("--replaced", default="", metavar="NAME", help="Reference designator at which something was changed.")
@click.option("--note", default="", metavar="TEXT", help="Anything else.")
@site_option
def repair(*, unit: str, number: str, action: str, site: str | None, **said: str) -> None:
    """Say how a defect was repaired."""
    _record(
        site,
        unit,
        lambda about: DefectRepaired(
            **about,
            defect=DefectNumber(number),
            action=action,
            replaced=ReferenceDesignator(said["replaced"]),
            note=said["note"],
        ),
    )


def _record(site: str | None, name: str, event_of: Callable[[dict[str, Any]], Event]) -> None:
    """Record an event about a unit, and list what is open on it then."""
    with open_plant(site) as plant:
        unit = unit_named(name, own_issuer=plant.site.issuer)
        _take(plant, event_of(_about(unit)))
        with plant.database.reading(plant.site) as reader:
            still_open = [one for one in defects_of(reader, unit_meant(reader, str(unit))) if one.is_open]
        click.echo("\n".join(f"{one.number} open" for one in still_open) or "no defect is open")


def _about(unit: Unit) -> dict[str, Any]:
    return {
        "event_id": new_event_id(),
        "event_time": datetime.now(UTC),
        "source": "cli",
        "operator": os_user(),
        "unit": unit,
    }


def _take(plant: Opened, event: Event) -> None:
    try:
        submission = Submission(events=(captured(event),), actor=command_line_actor())
    except Malformed as problem:
        raise Problem(str(problem), Exit.USAGE) from None
    ((answer,),) = capture(plant.database, plant.site, [submission], now=datetime.now(UTC))
    if isinstance(answer, Refusal):
        raise Problem("; ".join(f"{one.rule}: {one.reason}" for one in answer.broken), Exit.REFUSED)
