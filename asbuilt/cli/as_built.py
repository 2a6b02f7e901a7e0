"""`asbuilt as-built`: what a unit is made of."""

import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from asbuilt.cli.differences import DIFF_HELP, AgainstType, show_differences
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.naming import thing_meant
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import (
    Column,
    Format,
    Listing,
    facts,
    format_option_with,
    short,
    styled,
    table_lines,
    write,
    write_record,
    write_rows,
)
from asbuilt.cli.times import AT_HELP, Time, shown
from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import AsBuilt, ComponentView, OperationView, flattened, lines
from asbuilt.queries.as_built import as_built as record_of
from asbuilt.queries.comparing.comparison import Against, compare
from asbuilt.queries.naming import Named, NotFound

INDENT = "  "
PDF = "pdf"

_format_option = format_option_with(PDF)


@click.command()
@click.argument("name", metavar="UNIT")
@click.option("--at", type=Time(), help=AT_HELP)
@click.option("--diff", "against", type=AgainstType(), metavar="designed|now|TIME", help=DIFF_HELP)
@click.option("-o", "path", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, for pdf.")
@site_option
@_format_option
def as_built(
    *, name: str, at: datetime | None, against: Against | None, path: Path | None, site: str | None, form: str
) -> None:
    """Show what a unit is made of: serials, lots, positions, operations, evidence, down to the last level.

    A lot can be asked for too, where no unit has that name. As csv and ndjson the components are written one a line,
    each before what it contains; json and ndjson also hold the operations with what was measured.

    As pdf it is a document of A4 pages, PDF/A-3, in which the JSON lies as a file: as-built.json, what HTTP answers.
    Times in it are UTC. The same record gives the same bytes.

    With --diff only what differs is shown: from what its bill of materials lists, or from what was in it at another
    time. The exit code is 1 when anything does but alternates that the bill allows. As csv and ndjson a difference is
    a line.
    """
    _check_output(form, path, against)
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        if against is not None:
            found = compare(reader, _unit_or_else_lot(reader, name), against=against, at=at)
            show_differences(found, form, plant.site.issuer)
            return
        record = record_of(reader, _unit_or_else_lot(reader, name), at=at)
        own_issuer = plant.site.issuer
    if form == PDF:
        _write_pdf(record, path)
    elif form in (Format.CSV, Format.NDJSON):
        write_rows(lines(record), Listing(ComponentView, (), "components", {}), form)
    else:
        write_record(record, form, lambda: _lines(record, own_issuer))


def _check_output(form: str, path: Path | None, against: Against | None) -> None:
    if form != PDF:
        if path is not None:
            raise click.UsageError("-o is for --format pdf; the other formats go to stdout")
        return
    if against is not None:
        raise click.UsageError("differences are not written as PDF; ask for table, json, csv or ndjson")
    if path is None and sys.stdout.isatty():
        raise click.UsageError("a PDF is not for a terminal; name a file with -o FILE")


def _write_pdf(record: AsBuilt, path: Path | None) -> None:
    from asbuilt.exchange.as_built.pdf import pdf_of
    from asbuilt.exchange.typesetting import TypstMissing, Unprintable

    try:
        made = pdf_of(record)
    except Unprintable as problem:
        raise Problem(str(problem), Exit.REFUSED) from problem
    except TypstMissing as problem:
        raise Problem(str(problem), Exit.USAGE) from problem
    if path is None or os.fspath(path) == "-":
        write([made])
    else:
        path.write_bytes(made)


def _unit_or_else_lot(reader: Reader, name: str) -> Named:
    try:
        return thing_meant(reader, name, "unit")
    except NotFound as problem:
        try:
            return thing_meant(reader, name, "lot")
        except NotFound:
            raise problem from None


def _lines(record: AsBuilt, own_issuer: str) -> Iterator[str]:
    yield from facts(
        (
            (record.kind, short(record.name, own_issuer)),
            ("now marked as", short(record.marked_as, own_issuer)),
            ("description", record.description),
            ("revision", record.revision),
            ("status now", record.status),
            ("as of", shown(record.at)),
            ("components", str(record.component_count)),
        )
    )
    if record.components:
        yield ""
        yield from table_lines(flattened(record), _component_columns(own_issuer))
    if record.operations:
        yield ""
        yield styled(f"Operations on {short(record.name, own_issuer)}", bold=True)
        yield from table_lines(record.operations, OPERATION_COLUMNS)
    if record.defects:
        yield ""
        yield styled(f"Defects of {short(record.name, own_issuer)}", bold=True)
        yield from table_lines(record.defects, DEFECT_COLUMNS)


def _component_columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("component", lambda row: INDENT * (row.level - 1) + _component(row, own_issuer)),
        Column("position", lambda row: row.reference_designator),
        Column("description", lambda row: row.description),
        Column("quantity", lambda row: "" if row.quantity is None else f"{row.quantity:f} {row.uom}".strip()),
        Column("operation", lambda row: row.operation),
        Column("evidence", lambda row: row.evidence),
        Column("since", lambda row: shown(row.installed_at)),
        Column("status", lambda row: row.status),
    )


def _component(row: ComponentView, own_issuer: str) -> str:
    marked = f" (now {short(row.marked_as, own_issuer)})" if row.marked_as else ""
    return short(row.name, own_issuer) + (" (lot)" if row.kind == "lot" else marked)


def _measured(row: OperationView) -> str:
    outside = [one for one in row.measurements if not one.passed]
    said = f"{len(row.measurements)} within limits" if row.measurements and not outside else ""
    if outside:
        said = ", ".join(
            f"{one.characteristic} {_value(one.value)}{one.text} {one.uom}".strip()
            + f" outside {_value(one.lower_limit)}…{_value(one.upper_limit)}"
            for one in outside
        )
    return ": ".join(part for part in (row.defect, said) if part)


def _value(value: object) -> str:
    return "" if value is None else str(value)


DEFECT_COLUMNS = (
    Column("defect", lambda row: row.number),
    Column("code", lambda row: row.code or (f"outside: {row.characteristic}" if row.characteristic else "not said")),
    Column("position", lambda row: row.position),
    Column("found by", lambda row: row.operation),
    Column("found", lambda row: shown(row.found_at)),
    Column("decided", lambda row: " ".join(one for one in (row.disposition, row.rework, row.decided_by) if one)),
    Column("repaired", lambda row: " ".join(one for one in (row.repair, row.replaced) if one)),
    Column("settled", lambda row: " ".join(one for one in (row.settled_by, shown(row.settled_at)) if one)),
)
OPERATION_COLUMNS = (
    Column("operation", lambda row: row.operation),
    Column("attempt", lambda row: str(row.attempt)),
    Column("result", lambda row: row.result),
    Column("completed", lambda row: shown(row.completed_at)),
    Column("station", lambda row: row.station),
    Column("operator", lambda row: row.operator),
    Column("tool", lambda row: row.tool),
    Column("program", lambda row: row.program),
    Column("measured", _measured),
)
