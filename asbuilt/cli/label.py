"""`asbuilt label`: marks and labels."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Listing, format_option, write, write_rows

F = TypeVar("F", bound=Callable[..., Any])


@contextmanager
def labels_explained() -> Iterator[None]:
    """Turn what cannot be labelled into a Problem."""
    from asbuilt.exchange.labels.problems import LabelProblem, LabelsMissing

    try:
        yield
    except LabelProblem as problem:
        raise Problem(str(problem), Exit.REFUSED) from problem
    except LabelsMissing as problem:
        raise Problem(str(problem), Exit.USAGE) from problem


def marking_options(function: F) -> F:
    """The options that say what is marked and how."""
    options = (
        click.option("--template", default="unit", show_default=True, metavar="NAME", help="See `label templates`."),
        click.option(
            "--content",
            type=click.Choice(["auto", "gs1", "digital-link", "iso15434"]),
            default="auto",
            show_default=True,
            help="What the symbol of the unit holds; auto: GS1 where a GTIN is known, else ISO/IEC 15434.",
        ),
        click.option(
            "--stem",
            envvar="ASBUILT_DIGITAL_LINK_STEM",
            default="https://id.gs1.org",
            show_default=True,
            metavar="URL",
            help="Beginning of a GS1 Digital Link. [env: ASBUILT_DIGITAL_LINK_STEM]",
        ),
        click.option(
            "--enterprise",
            envvar="ASBUILT_ENTERPRISE",
            metavar="18V…|17V…",
            help="Who gives the numbers, as a data identifier with its value, for ISO/IEC 15434. "
            "[env: ASBUILT_ENTERPRISE]",
        ),
        click.option("--dpi", type=click.Choice(["203", "300", "600"]), default="203", show_default=True),
        click.option("--native", is_flag=True, help="Let a ZPL printer make the symbols itself."),
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.group()
def label() -> None:
    """Marks and labels: see them as they would be printed."""


@label.command()
@format_option
def templates(form: str) -> None:
    """List the templates, with their sizes."""
    from asbuilt.exchange.labels.template import TEMPLATES, Template

    columns = (
        Column("template", lambda row: row.name),
        Column("mm", lambda row: f"{row.width:g} × {row.height:g}"),
        Column("what", lambda row: row.title),
    )
    write_rows(TEMPLATES, Listing(Template, columns, "templates", {}), form)


@label.command()
@click.argument("name", metavar="UNIT|LOT")
@click.option("--as", "output", type=click.Choice(["svg", "pdf", "zpl"]), default="svg", show_default=True)
@click.option("-o", "path", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, not to stdout.")
@marking_options
@site_option
def preview(*, name: str, output: str, path: Path | None, site: str | None, **marking: Any) -> None:  # noqa: ANN401
    """Show the label of a unit or lot without printing it; nothing is recorded."""
    from asbuilt.exchange.labels.making import Output, label_of, thing_to_label

    if path is None and output == "pdf" and sys.stdout.isatty():
        raise click.UsageError("a PDF is not for a terminal; name a file with -o FILE")
    with labels_explained(), open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        request = label_request(**marking)
        named = thing_to_label(reader, name, request.template)
        made = label_of(reader, named, request, Output(output))
    if path is None or os.fspath(path) == "-":
        write([made])
    else:
        path.write_bytes(made)


def label_request(
    *, template: str, content: str, stem: str, enterprise: str | None, dpi: str, native: bool, copies: int = 1
) -> Any:  # noqa: ANN401 - LabelRequest, which is imported when a label is made
    """What the options ask for. Raises click.UsageError."""
    from asbuilt.core.identifiers.mh10.data_identifiers import read_element
    from asbuilt.core.identifiers.reading import Element
    from asbuilt.exchange.labels.content import Form, Marking
    from asbuilt.exchange.labels.making import LabelRequest
    from asbuilt.exchange.labels.zpl import Dpi

    issuer = read_element(enterprise) if enterprise else None
    if issuer is not None and not (isinstance(issuer, Element) and issuer.id in ("17V", "18V")):
        raise click.UsageError(
            f"--enterprise {enterprise!r} must be 17V with a CAGE code, or 18V with agency and company"
        )
    marking = Marking(form=Form(content), stem=stem, enterprise=issuer if isinstance(issuer, Element) else None)
    return LabelRequest(template=template, marking=marking, dpi=Dpi(int(dpi)), copies=copies, native=native)
