"""`asbuilt refusals`: what the interlock refused, why, and what was done in spite of it."""

from collections.abc import Iterator
from enum import StrEnum

import click

from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Format, Listing, format_option, short, styled, table_lines, write, write_record
from asbuilt.cli.output import write_rows as write_listing
from asbuilt.cli.times import shown
from asbuilt.cli.work_options import window_options
from asbuilt.cli.yields import percent
from asbuilt.core.rules.wording import shown as quantity
from asbuilt.queries.overrides import OverrideView
from asbuilt.queries.refusals import ReasonCount, RefusalReport, RefusalView, refusal_report
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.windows import window_of


class Section(StrEnum):
    """The parts of the answer; csv and ndjson are one of them."""

    REFUSALS = "refusals"
    REASONS = "reasons"
    OVERRIDES = "overrides"


KINDS: dict[Section, type] = {
    Section.REFUSALS: RefusalView,
    Section.REASONS: ReasonCount,
    Section.OVERRIDES: OverrideView,
}


@click.command()
@click.option("--part-number", default="", metavar="PART", help="Units of this part, or issuer:part.")
@click.option("--operation", default="", metavar="OPERATION", help="This operation.")
@click.option("--station", default="", metavar="STATION", help="At this station.")
@click.option("--rule", default="", metavar="RULE", help="Where this rule was in the way, such as PRO-011.")
@window_options
@click.option(
    "--show",
    type=click.Choice([one.value for one in Section]),
    help="Only this. [csv, ndjson: refusals; table, json: everything]",
)
@site_option
@format_option
def refusals(
    *, rule: str, since: str, until: str, zone: str, show: str | None, site: str | None, form: str, **work: str
) -> None:
    """Show operations that were refused, which rules were in the way how often, and what was overridden."""
    window = window_of(since, until, zone)
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        report = refusal_report(reader, WorkFilter(**work), window, rule=rule)
    own_issuer = plant.site.issuer
    if form == Format.TABLE:
        write(f"{line}\n" for line in _tables(report, own_issuer, [Section(show)] if show else [*Section]))
    elif form == Format.JSON and not show:
        write_record(report, form, lambda: ())
    else:
        section = Section(show or Section.REFUSALS)
        head = {name: getattr(report, name) for name in ("since", "until", "zone")}
        write_listing(getattr(report, section.value), Listing(KINDS[section], (), section.value, head), form)


def _tables(report: RefusalReport, own_issuer: str, sections: list[Section]) -> Iterator[str]:
    yield f"{shown(report.since) or 'the beginning'} to {shown(report.until) or 'now'}"
    titles = {Section.REFUSALS: "Refused", Section.REASONS: "Reasons", Section.OVERRIDES: "Overridden"}
    for section in sections:
        rows = getattr(report, section.value)
        yield ""
        yield styled(titles[section], bold=True)
        yield from table_lines(rows, _columns(section, own_issuer)) if rows else ("none",)


def _columns(section: Section, own_issuer: str) -> tuple[Column, ...]:
    if section is Section.REASONS:
        return _REASON_COLUMNS
    work = (
        Column("unit or lot", lambda row: _worked_on(row, own_issuer)),
        Column("operation", lambda row: row.operation),
        Column("phase", lambda row: row.phase.value),
        Column("station", lambda row: row.station),
        Column("by", lambda row: row.by),
    )
    if section is Section.REFUSALS:
        return (Column("refused", lambda row: shown(row.refused_at)), *work, Column("why", _why))
    return (
        Column("overridden", lambda row: shown(row.overridden_at)),
        *work,
        Column("rules", lambda row: ", ".join(row.rules)),
        Column("counts", lambda row: "wrong" if row.is_corrected else ""),
        Column("because", lambda row: row.reason),
    )


def _worked_on(row: RefusalView | OverrideView, own_issuer: str) -> str:
    if row.unit:
        return short(row.unit, own_issuer)
    return f"{short(row.lot, own_issuer)}, {'' if row.quantity is None else quantity(row.quantity)} of it"


def _why(row: RefusalView) -> str:
    return " | ".join(f"{one.rule} {one.reason}" for one in row.reasons)


_REASON_COLUMNS = (
    Column("rule", lambda row: row.rule),
    Column("refusals", lambda row: str(row.refusals)),
    Column("units", lambda row: str(row.units)),
    Column("share", lambda row: percent(row.share)),
    Column("cumulative", lambda row: percent(row.cumulative_share)),
    Column("what holds", lambda row: row.title),
)
