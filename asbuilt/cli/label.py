"""`asbuilt label`: marks and labels."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from asbuilt.cli.label_options import label_request, labels_explained, marking_options
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Listing, format_option, write, write_rows
from asbuilt.cli.print_jobs import jobs, print_labels, retry_job, settle_job


@click.group()
def label() -> None:
    """Marks and labels: see them as they would be printed, print them, and see what became of that."""


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


for _one in (print_labels, jobs, retry_job, settle_job):
    label.add_command(_one)
