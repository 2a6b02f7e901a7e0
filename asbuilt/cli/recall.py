"""`asbuilt recall`: what is called back is found, settled, held, told, decided and reported."""

from collections.abc import Iterator

import click

from asbuilt.cli import recall_steps
from asbuilt.cli.counting import Groupings, index_or_none, write_groups
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import (
    PARQUET,
    Column,
    Listing,
    facts,
    format_option,
    format_option_with,
    short,
    table_lines,
    write_record,
    write_rows,
)
from asbuilt.cli.recall_options import ever_option, evidence_option, seeds_option
from asbuilt.cli.times import shown
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.recalls import RecallSeed
from asbuilt.ledger.codec import Malformed
from asbuilt.queries.recall.asking import seed_of, seeds_from
from asbuilt.queries.recall.report import MemberView, RecallReport, RecallRow, members, recalls, report
from asbuilt.queries.recall.scope import Scope, scope_of
from asbuilt.queries.recall.suspects import Grouping, Question, Suspect, counted_in, questions, suspects


@click.group()
def recall() -> None:
    """Recalls: simulate, open, freeze, hold, notice, answer, disposition, close, report."""


for _step in recall_steps.STEPS:
    recall.add_command(_step)


@recall.command()
@seeds_option
@click.option("--by", type=Groupings(Grouping), help=f"Count instead, by any of {', '.join(Grouping)}.")
@click.option("--questions", "asking", is_flag=True, help="List instead what would settle what is only possible.")
@evidence_option
@ever_option
@site_option
@format_option_with(PARQUET)
def simulate(
    *,
    seeds: tuple[str, ...],
    by: tuple[Grouping, ...] | None,
    asking: bool,
    certain_down_to: str,
    ever: bool,
    site: str | None,
    form: str,
) -> None:
    """Show everything that a recall with these seeds would cover, and where it is now. Nothing is recorded.

    The answer is complete. What is reached by weak evidence only is possible, all else certain.
    """
    if by is not None and asking:
        raise click.UsageError("--by and --questions exclude each other")
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        meant = _seeds(seeds, plant.site.issuer)
        index = index_or_none(reader)
        scope = scope_of(reader, meant, certain_down_to=Evidence(certain_down_to), ever=ever, index=index)
        click.echo(_bounds(scope), err=True)
        head: dict[str, object] = {
            "affected": len(scope),
            "certain": scope.certain,
            "at_least": scope.at_least,
            "ever": ever,
            "index": None if scope.by_index is None else scope.by_index.freshness,
        }
        own = plant.site.issuer
        if asking:
            write_rows(questions(reader, scope), Listing(Question, _question_columns(own), "questions", head), form)
        elif by is not None:
            write_groups(counted_in(reader, scope, by), by, head, form)
        else:
            write_rows(suspects(reader, scope), Listing(Suspect, _columns(own), "suspects", head), form)


def _seeds(written: tuple[str, ...], own_issuer: str) -> tuple[RecallSeed, ...]:
    try:
        return seeds_from([seed_of(one) for one in written], own_issuer=own_issuer)
    except Malformed as problem:
        raise Problem(str(problem), Exit.USAGE) from None


def _bounds(scope: Scope) -> str:
    if scope.certain == len(scope):
        return f"{len(scope):,} units and lots, all of them certainly"
    least = f", {scope.at_least:,} at least" if scope.at_least > scope.certain else ""
    doubts = f"; {len(scope.doubts):,} components may be in one of several: see --questions" if scope.doubts else ""
    return f"certainly {scope.certain:,}{least}, at most {len(scope):,} units and lots{doubts}"


def _columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("level", lambda row: str(row.level)),
        Column("affected", lambda row: short(row.name, own_issuer)),
        Column("certainty", lambda row: row.certainty.value),
        Column("description", lambda row: row.description),
        Column("status", lambda row: row.status),
        Column("where", _where),
        Column("in unit", lambda row: short(row.in_unit, own_issuer)),
        Column("through", lambda row: short(row.component, own_issuer) or f"seed {row.seed}"),
        Column("position", lambda row: row.reference_designator),
        Column("evidence", lambda row: row.evidence),
    )


def _where(row: Suspect) -> str:
    places = (row.customer, row.shipment) if row.custody == "shipped" else (row.location, row.container)
    return ", ".join(place for place in places if place)


def _question_columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("component", lambda row: short(row.component, own_issuer)),
        Column("evidence", lambda row: row.evidence),
        Column("candidates", lambda row: str(row.count)),
        Column("read it in", lambda row: ", ".join(short(one, own_issuer) for one in row.candidates)),
    )


@recall.command("list")
@site_option
@format_option
def list_(*, site: str | None, form: str) -> None:
    """List recalls, the newest first."""
    columns = (
        Column("recall", lambda row: row.recall),
        Column("status", lambda row: f"{row.status.value}{', drill' if row.is_drill else ''}"),
        Column("opened", lambda row: shown(row.opened_at)),
        Column("units", lambda row: f"{row.units:,}"),
        Column("lots", lambda row: f"{row.lots:,}"),
        Column("certain", lambda row: f"{row.certain:,}"),
        Column("undecided", lambda row: f"{row.undecided:,}"),
        Column("reason", lambda row: row.reason),
    )
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        write_rows(recalls(reader), Listing(RecallRow, columns, "recalls", {}), form)


@recall.command("members")
@click.argument("number", metavar="RECALL")
@site_option
@format_option_with(PARQUET)
def members_(*, number: str, site: str | None, form: str) -> None:
    """List everything that a recall covers, as it stands."""
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        own = plant.site.issuer
        columns = (
            Column("unit or lot", lambda row: short(row.name, own)),
            Column("certainty", lambda row: row.certainty.value),
            Column("disposition", lambda row: row.disposition),
            Column("held", lambda row: "yes" if row.is_held else ""),
            Column("status", lambda row: row.status),
            Column("customer", lambda row: row.customer),
            Column("location", lambda row: row.location or row.container),
        )
        write_rows(members(reader, number), Listing(MemberView, columns, "members", {}), form)


@recall.command("report")
@click.argument("number", metavar="RECALL")
@site_option
@format_option
def report_(*, number: str, site: str | None, form: str) -> None:
    """Report on a recall: scope, holds, notices, dispositions, effectiveness, and how long each step took."""
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        found = report(reader, number)
    if form == "csv":
        raise click.UsageError("a report is no table; `asbuilt recall members --format csv` is")
    write_record(found, form, lambda: _report_lines(found))


def _report_lines(found: RecallReport) -> Iterator[str]:
    effectiveness = "" if found.effectiveness is None else f"{found.effectiveness:.2%} of what customers had"
    digest = {True: "holds", False: "DOES NOT HOLD: something was listed since", None: ""}[found.digest_holds]
    yield from facts(
        (
            ("recall", f"{found.recall}{' (drill)' if found.is_drill else ''}"),
            ("status", found.status.value),
            ("reason", found.reason),
            *(("seed", one) for one in found.seeds),
            ("covers", f"{found.units:,} units and {found.lots:,} lots, {found.certain:,} of them certainly"),
            ("digest", found.digest),
            ("", digest),
            ("meaning", found.meaning),
            ("signed by", found.signed_by or ("nobody" if found.meaning else "")),
            ("held", f"{found.held:,}"),
            ("returned", f"{found.returned:,}"),
            ("status now", ", ".join(f"{count:,} {name or 'unknown'}" for name, count in found.statuses.items())),
            (
                "dispositions",
                ", ".join(f"{count:,} {name or 'undecided'}" for name, count in found.dispositions.items()),
            ),
            ("effectiveness", effectiveness),
            ("closed because", found.close_reason),
        )
    )
    if found.customers:
        yield ""
        yield from table_lines(found.customers, _CUSTOMER_COLUMNS)
    yield ""
    yield from table_lines(found.milestones, _MILESTONE_COLUMNS)


_CUSTOMER_COLUMNS = (
    Column("customer", lambda row: row.customer or "(in house)"),
    Column("covered", lambda row: f"{row.covered:,}"),
    Column("in field", lambda row: f"{row.in_field:,}"),
    Column("accounted", lambda row: f"{row.accounted:,}"),
    Column("lost", lambda row: f"{row.lost:,}"),
    Column("told", lambda row: shown(row.noticed_at)),
    Column("answered", lambda row: shown(row.answered_at)),
)
_MILESTONE_COLUMNS = (
    Column("step", lambda row: row.step),
    Column("at", lambda row: shown(row.at)),
    Column("after", lambda row: _duration(row.after_s)),
    Column("by", lambda row: row.by),
)


def _duration(seconds: int) -> str:
    hours, rest = divmod(max(seconds, 0), 3600)
    return f"{hours:,} h {rest // 60:02} min {rest % 60:02} s"
