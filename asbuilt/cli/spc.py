"""`asbuilt spc`: control charts and capability of what was measured."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Any

import click

from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import (
    Column,
    Format,
    Listing,
    facts,
    format_option,
    short,
    styled,
    table_lines,
    write,
    write_record,
    write_rows,
)
from asbuilt.cli.times import shown
from asbuilt.cli.work_options import work_options
from asbuilt.queries.characteristic import Attempts
from asbuilt.queries.charts.constants import SIZE_MAX
from asbuilt.queries.charts.run_rules import RULE_SETS
from asbuilt.queries.spc import (
    SUBGROUP_SIZE,
    Capability,
    Chart,
    ChartPoint,
    ControlChart,
    RuleBroken,
    SpcQuestion,
    control_chart,
)
from asbuilt.queries.windows import Window, window_of


class Section(StrEnum):
    """The lists in the answer; csv and ndjson are one of them."""

    POINTS = "points"
    BROKEN = "broken"
    CAPABILITY = "capability"


KINDS: dict[Section, type] = {
    Section.POINTS: ChartPoint,
    Section.BROKEN: RuleBroken,
    Section.CAPABILITY: Capability,
}


@click.command()
@click.option("--part-number", required=True, metavar="PART", help="Units of this part, or issuer:part.")
@click.option("--operation", required=True, metavar="OPERATION", help="Where it was measured.")
@click.option("--characteristic", required=True, metavar="NAME", help="What was measured, as it was recorded.")
@click.option("--uom", default="", help="Only what was measured in this unit of measure.")
@work_options
@click.option("--chart", type=click.Choice([one.value for one in Chart]), default=Chart.I_MR.value, show_default=True)
@click.option(
    "--size",
    "subgroup_size",
    type=click.IntRange(2, SIZE_MAX),
    default=SUBGROUP_SIZE,
    show_default=True,
    help="Of subgroups.",
)
@click.option(
    "--attempts",
    type=click.Choice([one.value for one in Attempts]),
    default=Attempts.FIRST.value,
    show_default=True,
    help="Which of the times the operation was done on a unit.",
)
@click.option("--baseline-since", default="", metavar="TIME", help="Limits are frozen from this time on …")
@click.option("--baseline-until", default="", metavar="TIME", help="… and before this one. [all that is shown]")
@click.option("--moving", type=click.IntRange(0, 10**6), default=0, help="Limits from so many points before each.")
@click.option("--rules", type=click.Choice([*RULE_SETS]), default="both", show_default=True, help="Run rules.")
@click.option(
    "--show",
    type=click.Choice([one.value for one in Section]),
    help="Only this. [csv, ndjson: points; json: everything; table: all but unremarkable points]",
)
@site_option
@format_option
def spc(
    *, since: str, until: str, zone: str, attempts: str, chart: str, baseline_since: str, baseline_until: str,
    show: str | None, site: str | None, form: str, **wanted: Any,  # noqa: ANN401 - the fields of the question
) -> None:  # fmt: skip
    """Draw the control chart of a characteristic: limits, points, broken rules, capability.

    Values are judged against the limits under which they were taken. docs/concepts/spc.md defines every figure.
    """
    baseline: Window | None = None
    if baseline_since or baseline_until:
        baseline = window_of(baseline_since, baseline_until, zone)
    shows_points = show == Section.POINTS or (show is None and form != Format.TABLE)
    question = SpcQuestion(
        attempts=Attempts(attempts), chart=Chart(chart), baseline=baseline, with_points=shows_points, **wanted
    )
    window = window_of(since, until, zone)
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        found = control_chart(reader, question, window)
    if form == Format.TABLE:
        write(f"{line}\n" for line in _told(found, plant.site.issuer, Section(show) if show else None))
    elif form == Format.JSON and not show:
        write_record(found, form, lambda: ())
    else:
        section = Section(show or Section.POINTS)
        head: dict[str, object] = {"part": found.part, "operation": found.operation}
        listing = Listing(KINDS[section], (), section.value, {**head, "characteristic": found.characteristic})
        write_rows(getattr(found, section.value), listing, form)


def _told(found: ControlChart, own_issuer: str, only: Section | None) -> Iterator[str]:
    if only is None:
        yield from facts(_facts(found, own_issuer))
    tables: dict[Section, tuple[str, list[Any], tuple[Column, ...]]] = {
        Section.CAPABILITY: ("Capability", found.capability, _CAPABILITY_COLUMNS),
        Section.BROKEN: ("Rules broken", found.broken, _broken_columns(own_issuer)),
        Section.POINTS: ("Points", found.points, _point_columns(own_issuer)),
    }
    for section in [only] if only else [Section.CAPABILITY, Section.BROKEN]:
        title, rows, columns = tables[section]
        yield ""
        yield styled(title, bold=True)
        yield from table_lines(rows, columns) if rows else ("none",)


def _facts(found: ControlChart, own_issuer: str) -> Iterator[tuple[str, str]]:
    kind = "I-MR" if found.chart is Chart.I_MR else f"X-bar-R of {found.subgroup_size}"
    yield "chart", f"{found.characteristic} at {found.operation} of {short(found.part, own_issuer)}, {kind}"
    yield "from", f"{shown(found.since) or 'the beginning'} to {shown(found.until) or 'now'}"
    yield "attempts", found.attempts.value
    yield "results", ", ".join(_results(found))
    yield "baseline", _baseline(found)
    if found.center_line is not None:
        yield "limits", _three(found.lower_control_limit, found.center_line, found.upper_control_limit, found.uom)
        three = (found.lower_range_limit, found.range_center_line, found.upper_range_limit)
        yield "limits of ranges", _three(*three, found.uom)
        yield "sigma", f"{plain(found.sigma)} {found.uom}".strip()
    if not found.varies:
        yield "note", "the baseline does not vary at all: every value but this one is outside"
    if any(one.is_coarse for one in found.capability):
        yield "note", "the gauge reads in steps of more than a tenth of the tolerance: part of the variation is its own"
    if found.limits_changed:
        yield "note", "values were taken under different limits; capability is told for each"


def _results(found: ControlChart) -> Iterator[str]:
    yield f"{found.results} completed"
    yield f"{found.values} values"
    for count, what in (
        (found.absent, "without one"),
        (found.censored, "censored"),
        (found.not_numeric, "no number"),
        (found.left_over, "left over"),
    ):
        if count:
            yield f"{count} {what}"


def _baseline(found: ControlChart) -> str:
    if found.baseline == "moving":
        return f"the {found.baseline_points} points before each"
    if found.baseline == "all":
        return f"all {found.baseline_points} points"
    ends = (shown(found.baseline_since) or "the beginning", shown(found.baseline_until) or "now")
    return f"{found.baseline_points} points from {ends[0]} to {ends[1]}"


def _three(lower: Decimal | None, center: Decimal | None, upper: Decimal | None, uom: str) -> str:
    return f"{plain(lower)} … {plain(center)} … {plain(upper)} {uom}".strip()


_CAPABILITY_COLUMNS = (
    Column("lower limit", lambda row: plain(row.lower_limit)),
    Column("upper limit", lambda row: plain(row.upper_limit)),
    Column("resolution", lambda row: plain(row.resolution)),
    Column("values", lambda row: str(row.values)),
    Column("from", lambda row: shown(row.first_at)),
    Column("to", lambda row: shown(row.last_at)),
    Column("below", lambda row: str(row.below)),
    Column("above", lambda row: str(row.above)),
    Column("mean", lambda row: plain(row.mean)),
    Column("Cp", lambda row: plain(row.cp)),
    Column("Cpk", lambda row: plain(row.cpk)),
    Column("Pp", lambda row: plain(row.pp)),
    Column("Ppk", lambda row: plain(row.ppk)),
)


def _broken_columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("rule", lambda row: row.rule),
        Column(
            "points", lambda row: f"{row.first_point}-{row.point}" if row.first_point < row.point else str(row.point)
        ),
        Column("at", lambda row: shown(row.completed_at)),
        Column("unit", lambda row: short(row.unit, own_issuer)),
        Column("what", lambda row: row.text),
    )


def _point_columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("point", lambda row: str(row.point)),
        Column("at", lambda row: shown(row.completed_at)),
        Column("value", lambda row: plain(row.value)),
        Column("range", lambda row: plain(row.range)),
        Column("station", lambda row: row.station),
        Column("units", lambda row: ", ".join(short(unit, own_issuer) for unit in row.units)),
        Column("broken", lambda row: " ".join(row.broken)),
    )


def plain(number: Decimal | None) -> str:
    """A number without an exponent."""
    return "" if number is None else f"{number:f}"
