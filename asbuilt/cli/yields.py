"""`asbuilt yield`: what the floor makes, how much of it right the first time, how long it takes, what is stuck."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

import click

from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Format, Listing, format_option, short, styled, table_lines, write, write_record
from asbuilt.cli.output import write_rows as write_listing
from asbuilt.cli.times import shown
from asbuilt.cli.work_options import work_options
from asbuilt.core.rules.wording import shown as quantity
from asbuilt.queries.lot_pareto import LotDefectCount
from asbuilt.queries.lot_yields import LotYield
from asbuilt.queries.pareto import DefectCount
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.stuck import StuckUnit
from asbuilt.queries.windows import SHIFTS, window_of
from asbuilt.queries.yields import (
    STUCK_AFTER_H,
    GroupBy,
    OperationYield,
    PartYield,
    YieldQuestion,
    YieldReport,
    yield_report,
)

HOUR_S, MINUTE_S = 3600, 60


class Section(StrEnum):
    """The parts of the answer; csv and ndjson are one of them."""

    PARTS = "parts"
    OPERATIONS = "operations"
    LOTS = "lots"
    LOT_DEFECTS = "lot_defects"
    DEFECTS = "defects"
    STUCK = "stuck"


KINDS: dict[Section, type] = {
    Section.PARTS: PartYield,
    Section.OPERATIONS: OperationYield,
    Section.LOTS: LotYield,
    Section.LOT_DEFECTS: LotDefectCount,
    Section.DEFECTS: DefectCount,
    Section.STUCK: StuckUnit,
}


@click.command("yield")
@click.option("--part-number", default="", metavar="PART", help="Units of this part, or issuer:part.")
@click.option("--operation", default="", metavar="OPERATION", help="This operation.")
@work_options
@click.option(
    "--by",
    "group_by",
    type=click.Choice([one.value for one in GroupBy]),
    default=GroupBy.NOTHING.value,
    help="Keep days, shifts, stations or orders apart.",
)
@click.option("--shifts", default=",".join(SHIFTS), show_default=True, help="When shifts begin, in the zone.")
@click.option("--last-operation", default="", metavar="OPERATION", help="A unit that passed it is finished.")
@click.option(
    "--stuck-after",
    type=click.IntRange(0, 10**6),
    default=STUCK_AFTER_H,
    show_default=True,
    metavar="HOURS",
    help="A unit is stuck that long after its last event.",
)
@click.option(
    "--show",
    type=click.Choice([one.value for one in Section]),
    help="Only this. [csv, ndjson: operations; table, json: everything]",
)
@site_option
@format_option
def yield_(
    *, since: str, until: str, zone: str, group_by: str, shifts: str, last_operation: str, stuck_after: int,
    show: str | None, site: str | None, form: str, **work: str,
) -> None:  # fmt: skip
    """Show what was made, first-pass and rolled throughput yield, defects, units stuck, cycle and waiting times.

    Units count at an operation when they complete it in the window. docs/concepts/yield.md defines every figure.
    """
    wanted = YieldQuestion(
        work=WorkFilter(**work),
        group_by=GroupBy(group_by),
        shifts=tuple(shifts.split(",")),
        last_operation=last_operation,
        stuck_after_h=stuck_after,
    )
    window = window_of(since, until, zone)
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        report = yield_report(reader, wanted, window, now=datetime.now(UTC))
    own_issuer = plant.site.issuer
    if form == Format.TABLE:
        write(f"{line}\n" for line in _tables(report, own_issuer, [Section(show)] if show else [*Section]))
    elif form == Format.JSON and not show:
        write_record(report, form, lambda: ())
    else:
        section = Section(show or Section.OPERATIONS)
        listing = Listing(KINDS[section], (), section.value, _head(report))
        write_listing(getattr(report, section.value), listing, form)


def _head(report: YieldReport) -> dict[str, object]:
    return {name: getattr(report, name) for name in ("since", "until", "zone", "as_of", "group_by", "stuck_after_h")}


def _tables(report: YieldReport, own_issuer: str, sections: list[Section]) -> Iterator[str]:
    ends = (shown(report.since) or "the beginning", shown(report.until) or "now")
    yield f"{ends[0]} to {ends[1]}, as known at {shown(report.as_of)}"
    titles = {
        Section.PARTS: "Parts",
        Section.OPERATIONS: "Operations",
        Section.LOTS: "Lots",
        Section.LOT_DEFECTS: "Defects of lots",
        Section.DEFECTS: "Defects",
        Section.STUCK: f"Stuck for {report.stuck_after_h} h and longer",
    }
    for section in sections:
        rows = getattr(report, section.value)
        yield ""
        yield styled(titles[section], bold=True)
        yield from table_lines(rows, _columns(section, own_issuer, rows)) if rows else ("none",)


def _columns(section: Section, own_issuer: str, rows: Iterable[object]) -> tuple[Column, ...]:
    is_grouped = any(getattr(row, "group", "") for row in rows)
    part = Column("part", lambda row: short(row.part, own_issuer))
    groups = (Column("group", lambda row: row.group),) if is_grouped else ()
    return {
        Section.PARTS: (*groups, part, *_PART_COLUMNS),
        Section.OPERATIONS: (*groups, part, *_OPERATION_COLUMNS),
        Section.LOTS: (*groups, part, *_LOT_COLUMNS),
        Section.LOT_DEFECTS: _LOT_DEFECT_COLUMNS,
        Section.DEFECTS: _DEFECT_COLUMNS,
        Section.STUCK: (Column("unit", lambda row: short(row.unit, own_issuer)), *_STUCK_COLUMNS),
    }[section]


_PART_COLUMNS = (
    Column("units", lambda row: str(row.units)),
    Column("finished", lambda row: "" if row.finished_units is None else str(row.finished_units)),
    Column("operations", lambda row: str(row.operations)),
    Column("rolled throughput yield", lambda row: percent(row.rolled_throughput_yield)),
)
_OPERATION_COLUMNS = (
    Column("operation", lambda row: row.operation),
    Column("attempts", lambda row: str(row.attempts)),
    Column("failed", lambda row: str(row.failed_attempts)),
    Column("units", lambda row: str(row.units)),
    Column("passed", lambda row: str(row.units_passed)),
    Column("first-pass", lambda row: percent(row.first_pass_yield)),
    Column("final", lambda row: percent(row.final_yield)),
    Column("cycle median", lambda row: lasting(row.cycle_median_s)),
    Column("p95", lambda row: lasting(row.cycle_p95_s)),
    Column("waiting median", lambda row: lasting(row.waiting_median_s)),
    Column("p95", lambda row: lasting(row.waiting_p95_s)),
)
_LOT_COLUMNS = (
    Column("operation", lambda row: row.operation),
    Column("lots", lambda row: str(row.lots)),
    Column("uom", lambda row: row.uom),
    Column("first", lambda row: quantity(row.first)),
    Column("passed", lambda row: quantity(row.first_passed)),
    Column("first-pass", lambda row: percent(row.first_pass_yield)),
    Column("again", lambda row: quantity(row.retried)),
    Column("passed in all", lambda row: quantity(row.passed)),
    Column("failed", lambda row: quantity(row.failed)),
    Column("scrapped", lambda row: quantity(row.scrapped)),
)
_WHAT_COLUMNS = (
    Column("operation", lambda row: row.operation),
    Column("defect", lambda row: f"{row.defect} {row.position}".strip() or _outside(row.characteristic)),
)
_SHARE_COLUMNS = (
    Column("share", lambda row: percent(row.share)),
    Column("cumulative", lambda row: percent(row.cumulative_share)),
)
_LOT_DEFECT_COLUMNS = (
    *_WHAT_COLUMNS,
    Column("quantity", lambda row: quantity(row.quantity)),
    Column("uom", lambda row: row.uom),
    Column("lots", lambda row: str(row.lots)),
    *_SHARE_COLUMNS,
)
_DEFECT_COLUMNS = (
    *_WHAT_COLUMNS,
    Column("failures", lambda row: str(row.failures)),
    Column("units", lambda row: str(row.units)),
    *_SHARE_COLUMNS,
)
_STUCK_COLUMNS = (
    Column("why", lambda row: "on_hold" if row.on_hold else row.why),
    Column("operation", lambda row: f"{row.operation} {row.last_result}".strip()),
    Column("station", lambda row: row.station),
    Column("since", lambda row: shown(row.since)),
    Column("for", lambda row: lasting(row.for_s)),
    Column("where", lambda row: row.location),
    Column("holds", lambda row: ", ".join(row.open_holds)),
)


def _outside(characteristic: str) -> str:
    return f"outside: {characteristic}" if characteristic else "not said"


def percent(share: Decimal | None) -> str:
    """A share for people."""
    return "" if share is None else f"{share * 100:.1f} %"


def lasting(seconds: Decimal | None) -> str:
    """A duration for people: hours, minutes, seconds."""
    if seconds is None:
        return ""
    whole = round(seconds)
    return f"{whole // HOUR_S}:{whole % HOUR_S // MINUTE_S:02}:{whole % MINUTE_S:02}"
