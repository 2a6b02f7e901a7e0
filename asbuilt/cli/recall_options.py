"""Options that several commands on recalls have."""

from collections.abc import Callable

import click

from asbuilt.core.events.event import Evidence
from asbuilt.queries.recall.scope import CERTAIN_DOWN_TO

Decorated = Callable[..., click.Command]

seeds_option: Decorated = click.option(
    "--seed",
    "seeds",
    multiple=True,
    required=True,
    metavar="SEED",
    help=(
        "What units and lots have in common: lot=…, unit=…, supplier_lot=… [supplier=…], part=… [since=… until=…], or "
        "any of station, slot, operation, tool, program, operator, characteristic with above or below, since, until, "
        "since_calibration. As often as needed."
    ),
)
evidence_option: Decorated = click.option(
    "--certain-down-to",
    type=click.Choice([one.value for one in Evidence]),
    default=CERTAIN_DOWN_TO.value,
    show_default=True,
    help="The weakest evidence that makes certain.",
)
ever_option: Decorated = click.option("--ever", is_flag=True, help="Also what contained it once and no longer does.")
