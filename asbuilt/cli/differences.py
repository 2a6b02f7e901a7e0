"""How `asbuilt as-built --diff` is asked, and how differences are shown."""

from collections.abc import Iterator
from decimal import Decimal

import click

from asbuilt.cli.exits import Exit
from asbuilt.cli.output import Column, Format, Listing, facts, short, table_lines, write_record, write_rows
from asbuilt.cli.times import Time, shown
from asbuilt.queries.comparing.comparison import Against, Baseline, Comparison
from asbuilt.queries.comparing.differences import DifferenceView

DIFF_HELP = "Only what differs from its bill of materials, or from what is or was in it (a time as for --at)."


class AgainstType(click.ParamType[Against]):
    """designed, now, or a time."""

    name = "against"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Against:
        """What to compare with."""
        text = str(value).strip().lower()
        if text in set(Baseline):
            return Baseline(text)
        try:
            return Time().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is none of designed, now, or a time such as 2026-11-22T14:30:00Z", param, ctx)


def show_differences(found: Comparison, form: str, own_issuer: str) -> None:
    """Write a comparison; ends with the exit code of a difference when there is a fault."""
    if form in (Format.CSV, Format.NDJSON):
        write_rows(found.differences, Listing(DifferenceView, (), "differences", {}), form)
    else:
        write_record(found, form, lambda: _lines(found, own_issuer))
    if found.fault_count:
        raise click.exceptions.Exit(int(Exit.NOT_FOUND))


def _lines(found: Comparison, own_issuer: str) -> Iterator[str]:
    against = f"bill {found.bill_of_materials}" if found.bill_of_materials else shown(found.against_at) or "now"
    yield from facts(
        (
            ("unit", short(found.name, own_issuer)),
            ("as of", shown(found.at) or "now"),
            ("compared with", against),
            ("assemblies", str(found.assembly_count)),
            ("differences", str(found.fault_count)),
            ("allowed alternates", str(found.note_count) if found.note_count else ""),
        )
    )
    if found.differences:
        yield ""
        yield from table_lines(found.differences, _columns(own_issuer))
    for one in found.differences:
        if one.contents:
            yield ""
            yield f"missing with {_shortened(one.expected, own_issuer)} in {short(one.assembly, own_issuer)}"
            yield from table_lines(one.contents, _content_columns(own_issuer))


def _columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("difference", lambda row: row.difference.replace("_", " ")),
        Column("in", lambda row: short(row.assembly, own_issuer)),
        Column("item", lambda row: row.item),
        Column("expected", lambda row: _shortened(row.expected, own_issuer)),
        Column("place", lambda row: ", ".join(row.expected_places)),
        Column("quantity", lambda row: _quantity(row.expected_quantity, row.expected_uom)),
        Column("found", lambda row: _shortened(row.found, own_issuer)),
        Column("at", lambda row: ", ".join(row.found_places)),
        Column("quantity", lambda row: _quantity(row.found_quantity, row.found_uom)),
        Column("note", _note),
    )


def _content_columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("level", lambda row: str(row.level)),
        Column("in", lambda row: short(row.assembly, own_issuer)),
        Column("item", lambda row: row.item),
        Column("part", lambda row: _shortened(" or ".join((row.part, *row.alternates)), own_issuer)),
        Column("place", lambda row: ", ".join(row.reference_designators)),
        Column("quantity", lambda row: _quantity(row.quantity, row.uom)),
    )


def _shortened(names: str, own_issuer: str) -> str:
    return " or ".join(short(name, own_issuer) for name in names.split(" or "))


def _quantity(quantity: Decimal | None, uom: str) -> str:
    return "" if quantity is None else f"{quantity.normalize():f} {uom}".strip()


def _note(row: DifferenceView) -> str:
    revisions = f"rev {row.found_revision or 'none'} instead of {row.expected_revision}"
    said = [revisions] if row.difference == "wrong_revision" else []
    return ", ".join([*said, row.found_evidence])
