"""Which unit or lot an argument means."""

from collections.abc import Callable

import click

from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.database import Reader
from asbuilt.queries.naming import Named, meant

KINDS: dict[str | None, tuple[SubjectKind, ...]] = {
    None: (SubjectKind.UNIT, SubjectKind.LOT),
    "unit": (SubjectKind.UNIT,),
    "lot": (SubjectKind.LOT,),
}

kind_option: Callable[..., click.Command] = click.option(
    "--kind",
    type=click.Choice(["unit", "lot"]),
    help="Say which is meant, where a unit and a lot have the same name.",
)


def thing_meant(reader: Reader, text: str, kind: str | None) -> Named:
    """The one unit or lot that a text means. Raises NotFound, or Ambiguous with the choices."""
    return meant(reader, text, kinds=KINDS[kind])
