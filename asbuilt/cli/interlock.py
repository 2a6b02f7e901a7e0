"""`asbuilt interlock`: whether an operation may be done on a unit, or on some of a lot."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from asbuilt.capture.interlock import Judgement, asked, judge
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import facts, format_option, short, write_record
from asbuilt.cli.times import Time
from asbuilt.cli.unit import UNIT_HELP
from asbuilt.core.events.production import Phase
from asbuilt.ledger.codec import Malformed
from asbuilt.ledger.database import Reader
from asbuilt.queries.naming import NotFound, lot_meant, unit_meant


@click.command(epilog=UNIT_HELP)
@click.argument("name", metavar="UNIT|LOT")
@click.argument("operation", metavar="OPERATION")
@click.option("--complete", is_flag=True, help="Ask for its completion, not for its start.")
@click.option("--quantity", default="", metavar="NUMBER", help="NAME is a lot, and it would be done to so much of it.")
@click.option("--retry", is_flag=True, help="With --quantity: all of it had failed there before.")
@click.option("--station", default="", metavar="NAME", help="Where.")
@click.option("--tool", default="", metavar="NAME", help="With which tool.")
@click.option("--program", default="", metavar="NAME", help="With which program.")
@click.option("--operator", default="", metavar="NAME", help="Who would do it.")
@click.option("--at", type=Time(), help="When, ISO 8601.  [default: now]")
@site_option
@format_option
def interlock(
    *, name: str, complete: bool, retry: bool, at: datetime | None, site: str | None, form: str, **given: str
) -> None:
    """Ask whether an operation may be done on a unit, or on some of a lot. Nothing is recorded.

    Exits with 0 for yes and 3 for no; every reason is told, and what to do.
    """
    phase = Phase.COMPLETE if complete else Phase.START
    with open_plant(site) as plant:
        with plant.database.reading(plant.site) as reader:
            about = _about(reader, name, is_lot=bool(given["quantity"]))
        try:
            event = asked(plant.site, phase, {**about, "is_retry": retry, **given}, at=at or datetime.now(UTC))
        except Malformed as problem:
            raise Problem(str(problem), Exit.USAGE) from None
        found = judge(plant.database, plant.site, event)
    write_record(found, form, lambda: _lines(found, plant.site.issuer))
    if not found.may:
        raise click.exceptions.Exit(Exit.REFUSED)


def _about(reader: Reader, text: str, *, is_lot: bool) -> dict[str, str]:
    """The full name of what a text means; a part and number that nobody has is judged as it stands."""
    kind, named = ("lot", lot_meant) if is_lot else ("unit", unit_meant)
    try:
        return {kind: named(reader, text).name}
    except NotFound:
        if "/" not in text:
            raise
        return {kind: text}


def _lines(found: Judgement, own_issuer: str) -> Iterator[str]:
    yield "yes" if found.may else "no"
    yield from (f"{one.rule}  {one.reason}" for one in found.reasons)
    told = (
        ("unit", short(found.unit, own_issuer)),
        ("lot", short(found.lot, own_issuer)),
        ("override", "possible" if found.overridable else ""),
        ("routing", found.routing),
        ("next", ", ".join(found.next)),
    )
    yield from facts(told)
