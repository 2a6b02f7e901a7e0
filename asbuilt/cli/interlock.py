"""`asbuilt interlock`: whether an operation may be done on a unit."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from asbuilt.capture.interlock import Judgement, Phase, asked, judge
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import facts, format_option, write_record
from asbuilt.cli.times import Time
from asbuilt.ledger.codec import Malformed


@click.command()
@click.argument("unit", metavar="UNIT")
@click.argument("operation", metavar="OPERATION")
@click.option("--complete", is_flag=True, help="Ask for its completion, not for its start.")
@click.option("--station", default="", metavar="NAME", help="Where.")
@click.option("--tool", default="", metavar="NAME", help="With which tool.")
@click.option("--program", default="", metavar="NAME", help="With which program.")
@click.option("--operator", default="", metavar="NAME", help="Who would do it.")
@click.option("--at", type=Time(), help="When, ISO 8601.  [default: now]")
@site_option
@format_option
def interlock(*, complete: bool, at: datetime | None, site: str | None, form: str, **given: str) -> None:
    """Ask whether an operation may be done on a unit. Nothing is recorded.

    UNIT is written part/serial or issuer:part/serial. Exits with 0 for yes and 3 for no; every reason is told, and what
    to do.
    """
    phase = Phase.COMPLETE if complete else Phase.START
    with open_plant(site) as plant:
        try:
            event = asked(plant.site, phase, given, at=at or datetime.now(UTC))
        except Malformed as problem:
            raise Problem(str(problem), Exit.USAGE) from None
        found = judge(plant.database, plant.site, event)
    write_record(found, form, lambda: _lines(found))
    if not found.may:
        raise click.exceptions.Exit(Exit.REFUSED)


def _lines(found: Judgement) -> Iterator[str]:
    yield "yes" if found.may else "no"
    yield from (f"{one.rule}  {one.reason}" for one in found.reasons)
    yield from facts((("routing", found.routing), ("next", ", ".join(found.next))))
