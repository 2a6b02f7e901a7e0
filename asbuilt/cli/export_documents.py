"""`asbuilt export`: writes documents for other systems."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import click

from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.naming import kind_option, thing_meant
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import write
from asbuilt.queries.wire import encode


class Pair(click.ParamType[tuple[str, str]]):
    """NAME=VALUE."""

    name = "name=value"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """The two, without blanks around them."""
        name, equals, said = str(value).partition("=")
        if not equals or not name.strip() or not said.strip():
            self.fail(f"{value!r} is to be written NAME=VALUE", param, ctx)
        return name.strip(), said.strip()


@click.group("export")
def export_documents() -> None:
    """Write documents for other systems to standard output."""


@export_documents.command()
@click.argument("name", metavar="UNIT|LOT")
@click.option("--version", type=click.Choice(["3", "4"]), default="4", show_default=True, help="Of the aspect models.")
@click.option("--levels", type=click.Choice(["all", "single"]), default="all", show_default=True)
@click.option("--own-bpnl", default="", metavar="BPNL", help="The BPNL of this site's issuer.")
@click.option("--bpnl", "bpnls", type=Pair(), multiple=True, metavar="ISSUER=BPNL", help="That of another issuer.")
@click.option("--uom", "uoms", type=Pair(), multiple=True, metavar="UOM=NAME", help="The standard's name of a uom.")
@click.option("--format", "form", type=click.Choice(["json", "ndjson"]), default="json", show_default=True)
@kind_option
@site_option
def catenax(
    *,
    name: str,
    version: Literal["3", "4"],
    levels: Literal["all", "single"],
    own_bpnl: str,
    bpnls: Sequence[tuple[str, str]],
    uoms: Sequence[tuple[str, str]],
    form: str,
    kind: str | None,
    site: str | None,
) -> None:
    """A unit or lot and all that is in it, as SerialPart, Batch and SingleLevelBomAsBuilt documents of Catena-X.

    As json they are one array, as ndjson one document a line. The standard demands a BPNL of every issuer; where the
    issuer is none, say which it is.
    """
    from asbuilt.exchange.catenax.exporting import CannotExport
    from asbuilt.exchange.catenax.exporting import export_documents as documents_of

    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        named = thing_meant(reader, name, kind)
        try:
            documents = documents_of(
                reader,
                named,
                version=3 if version == "3" else 4,
                own_bpnl=own_bpnl,
                bpnls=dict(bpnls),
                uoms=dict(uoms),
                levels=levels,
            )
        except CannotExport as problem:
            how = "by --bpnl ISSUER=BPNL, --own-bpnl BPNL and --uom UOM=NAME"
            raise Problem(f"{problem} (here {how})", Exit.REFUSED) from problem
        write(_array(documents) if form == "json" else (encode(document) + b"\n" for document in documents))


def _array(documents: Iterable[object]) -> Iterator[bytes]:
    """One JSON array, a document a line."""
    start = b"[\n"
    for document in documents:
        yield start + encode(document)
        start = b",\n"
    yield b"\n]\n"
