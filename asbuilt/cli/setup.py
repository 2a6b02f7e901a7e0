"""`asbuilt setup`: what stations are set up with, and what is loaded there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
import msgspec

from asbuilt.accounts.event_ids import new_event_id
from asbuilt.capture.answers import Refusal
from asbuilt.capture.capture import Submission, capture
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import Opened, command_line_actor, open_plant, site_option
from asbuilt.cli.output import Column, Listing, facts, format_option, short, table_lines, write_record, write_rows
from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import MaterialLoaded, MaterialUnloaded
from asbuilt.core.events.setups import SetupActivated, SetupDeactivated
from asbuilt.core.identifiers.subjects import Lot
from asbuilt.core.identifiers.text import NameProblem
from asbuilt.core.rules.wording import shown
from asbuilt.core.states.setups import SlotStatus
from asbuilt.ledger.codec import Captured, Decoder, Malformed
from asbuilt.ledger.spelling import subject_named
from asbuilt.queries import setups as queries
from asbuilt.queries.naming import NotFound
from asbuilt.queries.setups import LOW_UNITS, SetupListView, SetupView, SlotView

_STATUS = {
    SlotStatus.VERIFIED: "verified",
    SlotStatus.EMPTY: "EMPTY",
    SlotStatus.WRONG: "WRONG",
    SlotStatus.NOT_LISTED: "not on the list",
}


@click.group()
def setup() -> None:
    """What stations are set up with, and what is loaded there."""


@setup.command("list")
@site_option
@format_option
def list_(*, site: str | None, form: str) -> None:
    """List the setup lists, and where and since when each is in force."""
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        columns = (
            Column("setup list", lambda row: row.setup_list),
            Column("station", lambda row: row.station),
            Column("part", lambda row: short(row.part, plant.site.issuer)),
            Column("operation", lambda row: row.operation),
            Column("program", lambda row: row.program),
            Column("slots", lambda row: str(row.slots)),
            Column("in force since", lambda row: "" if row.in_force_since is None else _time(row.in_force_since)),
            Column("order", lambda row: row.work_order),
        )
        write_rows(queries.setup_lists(reader), Listing(SetupListView, columns, "setups", {}), form)


@setup.command()
@click.argument("station", metavar="STATION")
@click.option("--low", "low_units", type=click.IntRange(0), default=LOW_UNITS, show_default=True, metavar="UNITS")
@site_option
@format_option
def show(*, station: str, low_units: int, site: str | None, form: str) -> None:
    """Show how a station is set up: each slot, what is loaded and verified, and what is left.

    What suffices for fewer than --low units is marked as low.
    """
    with open_plant(site) as plant:
        found = _seen(plant, station, low_units)
    if form == "csv":
        write_rows(found.slots, Listing(SlotView, (), "slots", {}), form)
    else:
        write_record(found, form, lambda: _lines(found, plant.site.issuer))


@setup.command()
@click.argument("station", metavar="STATION")
@click.argument("setup_list", metavar="SETUP_LIST", required=False)
@click.option("--work-order", metavar="NUMBER", help="Under which order.")
@click.option("--end", is_flag=True, help="End the setup that is in force, and bring none into force.")
@click.option("--reason", metavar="TEXT", help="Why it ends.")
@click.option("--operator", metavar="NAME", help="Who does it.")
@site_option
def activate(*, station: str, setup_list: str | None, end: bool, site: str | None, **said: str | None) -> None:
    """Bring a setup list into force at a station. What is loaded there is compared with it at once."""
    if end == bool(setup_list):
        raise click.UsageError("name the setup list that comes into force, or say --end")
    with open_plant(site) as plant:
        if setup_list is not None:
            _record(plant, SetupActivated, {"station": station, "setup_list": setup_list, **said})
        else:
            in_force = _seen(plant, station).setup_list
            if not in_force:
                raise Problem(f"no setup is in force at {station}; nothing is to be done", Exit.NOT_FOUND)
            _record(plant, SetupDeactivated, {"station": station, "setup_list": in_force, **said})
        _tell(plant, _seen(plant, station))


@setup.command()
@click.argument("station", metavar="STATION")
@click.argument("slot", metavar="SLOT")
@click.argument("lot", metavar="LOT")
@click.option("--quantity", metavar="NUMBER", help="How much is on it.  [default: what is left of the lot]")
@click.option("--uom", metavar="UNIT", help="Of the quantity.  [default: that of the lot]")
@click.option("--splice", is_flag=True, help="It is spliced to what is in the slot.")
@click.option("--operator", metavar="NAME", help="Who does it.")
@site_option
def load(*, splice: bool, site: str | None, **said: str | None) -> None:
    """Record that a lot was loaded in a slot; it is verified against the setup in force."""
    with open_plant(site) as plant:
        _record(plant, MaterialLoaded, {**said, "is_splice": splice or None})
        _tell(plant, _seen(plant, said["station"] or ""))


@setup.command()
@click.argument("station", metavar="STATION")
@click.argument("slot", metavar="SLOT")
@click.argument("lot", metavar="LOT")
@click.option("--remaining", metavar="NUMBER", help="How much was counted to be left.")
@click.option("--uom", metavar="UNIT", help="Of what is left.  [default: that of the lot]")
@click.option("--reason", metavar="TEXT", help="Why: empty, end of the order.")
@click.option("--operator", metavar="NAME", help="Who does it.")
@site_option
def unload(*, site: str | None, **said: str | None) -> None:
    """Record that a lot was taken out of a slot."""
    with open_plant(site) as plant:
        _record(plant, MaterialUnloaded, dict(said))
        _tell(plant, _seen(plant, said["station"] or ""))


@setup.command()
@click.argument("station", metavar="STATION")
@click.argument("scans", metavar="SLOT=LOT…", nargs=-1)
@site_option
def verify(*, station: str, scans: tuple[str, ...], site: str | None) -> None:
    """Ask whether a station may run, and whether what was scanned is what is recorded. Nothing is recorded.

    Exits with 0 for yes and 3 for no; every slot that is in the way is told.
    """
    with open_plant(site) as plant:
        found = _seen(plant, station)
        with _explained():
            wrong = [fault for text in scans for fault in _compared(plant, found, text)]
    for fault in wrong:
        click.echo(fault, err=True)
    _tell(plant, found)
    if wrong or not found.may_run:
        raise click.exceptions.Exit(Exit.REFUSED)


def _compared(plant: Opened, found: SetupView, text: str) -> Iterator[str]:
    """What is wrong with a scan of a slot and of the lot in it."""
    slot, equals, name = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} is not SLOT=LOT")
    scanned = subject_named(Lot, name, own_issuer=plant.site.issuer)
    there = [load.lot for one in found.slots if one.slot == slot for load in one.loads]
    if scanned not in [subject_named(Lot, one, own_issuer=plant.site.issuer) for one in there]:
        holds = ", ".join(short(one, plant.site.issuer) for one in there) or "nothing"
        yield f"slot {slot}: {name} was scanned, {holds} is recorded; unload and load what is really there"


def _seen(plant: Opened, station: str, low_units: int = LOW_UNITS) -> SetupView:
    with _explained(), plant.database.reading(plant.site) as reader:
        return queries.setup(reader, station, at=datetime.now(UTC), low_units=low_units)


def _record(plant: Opened, kind: type[Event], said: dict[str, object]) -> None:
    own = {"type": kind.__name__, "event_id": str(new_event_id()), "event_time": datetime.now(UTC).isoformat()}
    with _explained():
        sent = Decoder(plant.site.issuer).one(msgspec.json.encode(own | {k: v for k, v in said.items() if v}))
    submission = Submission(events=(Captured(sent.event, sent.payload),), actor=command_line_actor())
    ((answer,),) = capture(plant.database, plant.site, [submission], now=datetime.now(UTC))
    if isinstance(answer, Refusal):
        raise Problem("\n".join(f"{one.rule}  {one.reason}" for one in answer.broken), Exit.REFUSED)


def _tell(plant: Opened, found: SetupView) -> None:
    """Whether the station may run, and which slots are in the way."""
    if not found.setup_list:
        click.echo(f"no setup is in force at {found.station}")
        return
    click.echo(f"{found.station} {'may run' if found.may_run else 'may not run'}: {found.setup_list}")
    for one in found.slots:
        is_missing = one.status is SlotStatus.EMPTY and not one.is_optional
        if is_missing or one.status is SlotStatus.WRONG or any(load.open_holds for load in one.loads):
            click.echo(f"  slot {one.slot}: {_note(one)}, wanted is {_wanted(one, plant.site.issuer)}")


def _lines(found: SetupView, own_issuer: str) -> Iterator[str]:
    yield from facts(
        (
            ("station", found.station),
            ("setup list", found.setup_list or "none in force"),
            ("since", "" if found.since is None else _time(found.since)),
            ("order", found.work_order),
            ("part", short(found.part, own_issuer)),
            ("operation", found.operation),
            ("program", found.program),
            ("may run", "yes" if found.may_run else "no"),
        )
    )
    yield ""
    columns = (
        Column("slot", lambda row: row.slot),
        Column("wanted", lambda row: _wanted(row, own_issuer)),
        Column("loaded", lambda row: ", ".join(short(load.lot, own_issuer) for load in row.loads)),
        Column("status", _note),
        Column("left", lambda row: "" if row.left is None else f"{shown(row.left)} {row.uom}".strip()),
        Column("units", lambda row: "" if row.units_left is None else str(row.units_left)),
        Column("", lambda row: "low" if row.is_low else ""),
    )
    yield from table_lines(found.slots, columns)
    for one in found.counted:
        scatter = "" if one.scatter is None else f", {shown(one.scatter)} less than was worked out"
        lot = short(one.lot, own_issuer)
        yield f"{_time(one.unloaded_at)}  slot {one.slot}: {lot} unloaded with {shown(one.remaining)} left{scatter}"


def _wanted(row: SlotView, own_issuer: str) -> str:
    return " or ".join(short(part, own_issuer) for part in (row.part, *row.alternates) if part)


def _note(row: SlotView) -> str:
    held = [number for load in row.loads for number in load.open_holds]
    status = _STATUS[row.status] if row.status is not SlotStatus.EMPTY or not row.is_optional else "empty, optional"
    return f"{status}, on hold ({', '.join(held)})" if held else status


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except NotFound as problem:
        raise Problem(str(problem), Exit.NOT_FOUND) from None
    except (Malformed, NameProblem) as problem:
        raise Problem(str(problem), Exit.USAGE) from None
