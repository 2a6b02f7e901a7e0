"""`asbuilt commonality`: what failing units have in common that others have not."""

from collections.abc import Iterator
from typing import BinaryIO

import click

from asbuilt.cli.counting import index_or_none
from asbuilt.cli.lines import read_lines
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
from asbuilt.cli.work_options import work_options
from asbuilt.queries.characteristic import Attempts
from asbuilt.queries.commonality.adjusting import Correction
from asbuilt.queries.commonality.choosing import CaseRule, Line
from asbuilt.queries.commonality.factors import Factor
from asbuilt.queries.commonality.ranking import (
    Commonality,
    CommonalityQuestion,
    CommonFinding,
    Exposed,
    exposed_units,
)
from asbuilt.queries.commonality.ranking import (
    commonality as ranked,
)
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.windows import Misasked, window_of

SHOWN = 20
"""Findings shown when nobody says how many."""


@click.command()
@click.option("--cases", type=click.File("rb"), help="Units that failed, one a line; - reads them from a pipe.")
@click.option("--defect", default="", metavar="CODE", help="Units with a defect of this code.")
@click.option("--open", "open_only", is_flag=True, help="With --defect: only where it is not settled.")
@click.option("--failed", default="", metavar="OPERATION", help="Units of --part-number that failed this operation.")
@click.option("--characteristic", default="", metavar="NAME", help="With --failed: that were outside its limits there.")
@click.option("--part-number", default="", metavar="PART", help="Units of this part, or issuer:part.")
@click.option(
    "--attempts",
    type=click.Choice([Attempts.FIRST.value, Attempts.ALL.value]),
    default=Attempts.FIRST.value,
    show_default=True,
    help="With --failed: the first attempt failed, or any.",
)
@click.option(
    "--controls", type=click.File("rb"), help="Others to compare with, one a line.  [all others that came as far]"
)
@work_options
@click.option("--by", default="", metavar="FACTORS", help=f"Only these of {','.join(Factor)}.")
@click.option(
    "--correction",
    type=click.Choice([one.value for one in Correction]),
    default=Correction.BH.value,
    show_default=True,
    help="For the number of tests.",
)
@click.option(
    "--limit", type=click.IntRange(1, 10**9), default=SHOWN, show_default=True, help="At most so many findings."
)
@click.option("--drill", default="", metavar="FACTOR=VALUE", help="List the units that have this instead.")
@site_option
@format_option
def commonality(
    *, cases: BinaryIO | None, controls: BinaryIO | None, attempts: str, open_only: bool, by: str, correction: str,
    limit: int, site: str | None, form: str, **said: str,
) -> None:  # fmt: skip
    """Rank what failing units have in common more often than others.

    Each value of each factor is tested by Fisher's exact test, corrected for the number of tests. What is found goes
    together with failing; whether it is the cause is for you to find out. docs/concepts/commonality.md defines every
    figure.
    """
    rule = CaseRule(
        units=_lines(cases),
        controls=_lines(controls),
        defect=said["defect"],
        open_only=open_only,
        failed=said["failed"],
        characteristic=said["characteristic"],
        attempts=Attempts(attempts),
        work=WorkFilter(part_number=said["part_number"], work_order=said["work_order"], station=said["station"]),
    )
    factors = tuple(dict.fromkeys(_factor(one) for one in by.split(","))) if by else ()
    asked = CommonalityQuestion(rule=rule, by=factors, correction=Correction(correction), limit=limit)
    window = window_of(said["since"], said["until"], said["zone"])
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        own = plant.site.issuer
        index = index_or_none(reader, is_told=False)
        if said["drill"]:
            name, _, value = said["drill"].partition("=")
            rows = exposed_units(reader, asked, window, factor=_factor(name), value=value, index=index)
            write_rows(rows, Listing(Exposed, _unit_columns(own), "units", {"factor": name, "value": value}), form)
            return
        found = ranked(reader, asked, window, index=index)
    if form == Format.TABLE:
        write(f"{line}\n" for line in _told(found, own))
    elif form == Format.JSON:
        write_record(found, form, lambda: ())
    else:
        write_rows(found.findings, Listing(CommonFinding, (), "findings", {}), form)


def _lines(stream: BinaryIO | None) -> tuple[Line, ...] | None:
    if stream is None:
        return None
    return tuple(Line(line.number, line.raw.decode(errors="replace")) for line in read_lines(stream))


def _factor(text: str) -> Factor:
    try:
        return Factor(text.strip())
    except ValueError:
        raise Misasked(f"{text.strip()!r} is no factor; it is one of {', '.join(Factor)}") from None


def _told(found: Commonality, own_issuer: str) -> Iterator[str]:
    yield from facts(
        (
            ("compared", f"{found.cases} failing units with {found.controls} others"),
            ("tested", f"{found.tested} sets of units, which {found.values} values single out"),
            ("correction", found.correction.value),
            ("counted", "what happened before a unit was judged" if found.is_cut else "all that ever happened"),
        )
    )
    yield ""
    if not found.findings:
        yield "nothing tells them apart"
        return
    yield from table_lines(found.findings, _columns(own_issuer))
    yield ""
    yield styled("In words", bold=True)
    for one in found.findings[:3]:
        yield one.sentence.replace(f"{own_issuer}:", "")


def _columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("factor", lambda row: row.factor.value),
        Column("value", lambda row: short(row.value, own_issuer)),
        Column("failing with", lambda row: f"{row.cases_with} of {row.cases_with + row.cases_without}"),
        Column("others with", lambda row: f"{row.controls_with} of {row.controls_with + row.controls_without}"),
        Column("odds ratio", lambda row: f"{row.odds_ratio:.3g}"),
        Column("95 %", lambda row: f"{row.lower:.3g} to {row.upper:.3g}"),
        Column("chance", lambda row: f"{row.chance:.2g}"),
        Column("corrected", lambda row: f"{row.adjusted:.2g}"),
        Column("evidence", lambda row: row.evidence),
        Column(
            "same units",
            lambda row: ", ".join(f"{one.factor.value} {short(one.value, own_issuer)}" for one in row.same_units),
        ),
    )


def _unit_columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("unit", lambda row: short(row.unit, own_issuer)),
        Column("failing", lambda row: "yes" if row.is_case else "no"),
        Column("evidence", lambda row: row.evidence),
    )
