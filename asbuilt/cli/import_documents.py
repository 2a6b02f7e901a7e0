"""`asbuilt import`: takes over documents of other systems."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from asbuilt.cli.exits import Exit
from asbuilt.cli.opening import command_line_actor, open_plant, site_option
from asbuilt.cli.output import FINDING, Column, Format, facts, section, write_record
from asbuilt.cli.progress import staged_progress
from asbuilt.cli.times import Time

_NOT_DELIVERED = (
    Column("component", lambda row: row.component),
    Column("from", lambda row: row.business_partner),
    Column("in", lambda row: row.parent),
)
_UNKNOWN_PARENT = (
    Column("parent", lambda row: row.parent),
    Column("components", lambda row: str(row.component_count)),
    Column("where", lambda row: f"{row.file} {row.pointer}".strip()),
)


_UNKNOWN = (
    Column("what", lambda row: row.what),
    Column("identifier", lambda row: row.identifier),
    Column("reason", lambda row: row.reason),
    Column("where", lambda row: f"{row.file} {row.pointer}".strip()),
)
_WAITING = (
    Column("message", lambda row: row.message_type),
    Column("transaction", lambda row: row.transaction),
    Column("where", lambda row: f"{row.file} {row.pointer}".strip()),
)
_UNMAPPED = (
    Column("message", lambda row: row.message_type),
    Column("field", lambda row: row.field),
    Column("times", lambda row: f"{row.count:,}"),
)


@click.group("import")
def import_documents() -> None:
    """Take over documents of other systems, through the capture door."""


@import_documents.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--strict", is_flag=True, help="Refuse documents that depart from their schema, instead of warning.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--json", "form", flag_value="json", help="Short for --format json: the whole report.")
@site_option
def catenax(*, paths: Sequence[str], strict: bool, form: str, site: str | None) -> None:
    """Catena-X SerialPart, Batch and SingleLevelBomAsBuilt documents, versions 3 and 4.

    PATH is a file, a folder (all *.json in it, at any depth) or - for standard input; a file may hold one document, an
    array, or a container of test data. Safe to run again. Components that are named but not delivered are recorded as
    declared, and listed.
    """
    from asbuilt.exchange.catenax.importing import import_documents as take_over

    with open_plant(site) as plant, staged_progress() as told:
        report = take_over(
            plant.database,
            plant.site,
            paths,
            actor=command_line_actor(),
            clock=lambda: datetime.now(UTC),
            strict=strict,
            progress=told,
        )
    write_record(report, Format(form), lambda: _lines(report))
    if report.refused:
        raise click.exceptions.Exit(Exit.REFUSED)


def _lines(report: Any) -> Iterator[str]:  # noqa: ANN401 - an ImportReport, whose module is loaded late
    yield from facts(
        (
            ("documents", ", ".join(f"{count:,} {aspect}" for aspect, count in report.documents.items()) or "none"),
            ("not read", ", ".join(f"{count:,} {name}" for name, count in report.not_read.items())),
            ("units, lots", f"{report.units:,}, {report.lots:,}"),
            ("links", f"{report.links:,}"),
            ("delivered now", f"{report.delivered:,} declared earlier" if report.delivered else ""),
            ("events", f"{report.recorded:,} recorded, {report.repeated:,} repeated"),
            ("known already", f"{report.already_known:,}" if report.already_known else ""),
            ("refused", f"{report.refused:,}"),
        )
    )
    yield from section("Refused", report.refusals, FINDING)
    yield from section("Warnings", report.warnings, FINDING)
    yield from section("Named, but not delivered (recorded as declared)", report.not_delivered, _NOT_DELIVERED)
    yield from section("Parents that are not known here (not recorded)", report.unknown_parents, _UNKNOWN_PARENT)


@import_documents.command()
@click.argument("paths", nargs=-1, metavar="PATH…")
@click.option("--part", "part_number", metavar="PART", help="Commission units that nobody knows yet, of this part.")
@click.option("--operation", metavar="NAME", default="", help="The step that was done, instead of the station's name.")
@click.option("--kept", is_flag=True, help="Go over the messages kept here again, instead of files.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--json", "form", flag_value="json", help="Short for --format json: the whole report.")
@site_option
def cfx(
    *, paths: Sequence[str], part_number: str | None, operation: str, kept: bool, form: str, site: str | None
) -> None:
    """IPC-CFX messages: work, tests, inspections, materials.

    PATH is a file, a folder (*.json, *.jsonl, *.ndjson, *.cfx in it, at any depth) or - for standard input: a message
    a line, one over many lines, or arrays. Every message is kept word for word; what is understood of it becomes
    events, and the rest is listed. Safe to run again.
    """
    from asbuilt.core.identifiers.subjects import part_named
    from asbuilt.exchange.cfx.importing import Intake, import_kept, import_messages

    if bool(paths) == kept:
        raise click.UsageError("name files, folders or -; or give --kept alone")
    with open_plant(site) as plant, staged_progress() as told:
        intake = Intake(
            database=plant.database,
            site=plant.site,
            actor=command_line_actor(),
            clock=lambda: datetime.now(UTC),
            part=part_named(part_number, own_issuer=plant.site.issuer) if part_number else None,
            operation=operation,
        )
        report = import_kept(intake) if kept else import_messages(intake, paths, progress=told)
    write_record(report, Format(form), lambda: _message_lines(report))
    if report.refused:
        raise click.exceptions.Exit(Exit.REFUSED)


def _message_lines(report: Any) -> Iterator[str]:  # noqa: ANN401 - a CfxReport, whose module is loaded late
    yield from facts(
        (
            ("messages", f"{report.messages:,}"),
            ("repeated", f"{report.repeated_messages:,}" if report.repeated_messages else ""),
            ("mapped", f"{sum(report.mapped.values()):,}"),
            ("preserved", f"{sum(report.preserved.values()):,} kept as they are"),
            ("not taken", f"{report.refused_messages:,}" if report.refused_messages else ""),
            ("events", f"{report.recorded:,} recorded, {report.repeated:,} repeated"),
            ("units", f"{report.commissioned:,} commissioned" if report.commissioned else ""),
            ("skipped", f"{report.skipped:,} boards or steps told as skipped" if report.skipped else ""),
            ("refused", f"{report.refused:,}"),
        )
    )
    yield from section("Refused", report.refusals, FINDING)
    yield from section("Unknown here (import again when they are known)", report.unknown, _UNKNOWN)
    yield from section("Waiting for the start of their work", report.waiting, _WAITING)
    yield from section("Warnings", report.warnings, FINDING)
    yield from _counts("Messages that become no events (kept as they are)", report.preserved)
    yield from section(
        "Fields without a place in any event (kept with their message)", report.unmapped_fields, _UNMAPPED
    )


def _counts(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    columns = (Column("message", lambda row: row[0]), Column("times", lambda row: f"{row[1]:,}"))
    yield from section(title, list(counts.items()), columns)


@import_documents.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--declare", is_flag=True, help="Make known the parts, units and lots that nobody knows yet.")
@click.option("--since", type=Time(), metavar="TIME", help="When edges begin that do not say so.")
@click.option("--source", default="genealogy set", show_default=True, metavar="TEXT", help="Whose set it is.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--json", "form", flag_value="json", help="Short for --format json: the whole report.")
@site_option
def genealogy(
    *, paths: Sequence[str], declare: bool, since: datetime | None, source: str, form: str, site: str | None
) -> None:
    """A set of edges: what is or was in what, where, from when to when.

    PATH is a file, a folder (*.csv, *.ndjson, *.jsonl in it, at any depth) or - for standard input: CSV with a heading,
    or a JSON object a line, with parent, component, reference_designator, quantity, uom, from, until, reason, evidence,
    parent_kind, component_kind. Safe to run again. `asbuilt genealogy compare` compares such a set with the record.
    """
    from asbuilt.exchange.genealogy.importing import Asked, import_edges

    with open_plant(site) as plant, staged_progress() as told:
        report = import_edges(
            plant.database,
            plant.site,
            paths,
            actor=command_line_actor(),
            clock=lambda: datetime.now(UTC),
            asked=Asked(declare=declare, since=since, source=source),
            progress=told,
        )
    write_record(report, Format(form), lambda: _edge_lines(report))
    if report.refused:
        raise click.exceptions.Exit(Exit.REFUSED)


def _edge_lines(report: Any) -> Iterator[str]:  # noqa: ANN401 - an EdgeReport, whose module is loaded late
    declared = ((report.parts, "parts"), (report.units, "units"), (report.lots, "lots"))
    yield from facts(
        (
            ("edges", f"{report.edges:,} read"),
            ("declared", ", ".join(f"{count:,} {what}" for count, what in declared if count)),
            ("links", f"{report.links:,} on record, {report.removals:,} of them ended by the set"),
            ("known already", f"{report.already_known:,} from elsewhere" if report.already_known else ""),
            ("events", f"{report.recorded:,} recorded, {report.repeated:,} repeated"),
            ("refused", f"{report.refused:,}"),
        )
    )
    yield from section("Refused", report.refusals, FINDING)
    yield from section("Warnings", report.warnings, FINDING)
