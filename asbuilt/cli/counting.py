"""`asbuilt where-used --by`: what contains a unit or lot, counted."""

from collections.abc import Callable, Iterator
from dataclasses import make_dataclass

import click

from asbuilt.cli.exits import Exit
from asbuilt.cli.index import index_home
from asbuilt.cli.output import Column, Listing, write_rows
from asbuilt.cli.times import shown
from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.files import IndexUnfit
from asbuilt.projections.fleet.index import Freshness, folder_of, opened
from asbuilt.projections.fleet.tables import Grouping
from asbuilt.queries.fleet.breakdown import Counts
from asbuilt.queries.fleet.counts import Question, counts_by_index, counts_by_sql, differing, in_order


class Groupings(click.ParamType[tuple[Grouping, ...]]):
    """A list of groupings, separated by commas."""

    name = "LIST"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Grouping, ...]:
        """The groupings in their order, or a usage error that names those there are."""
        words = [word.strip().replace("-", "_") for word in str(value).split(",")]
        unknown = [word for word in words if word not in list(Grouping)]
        if unknown or len(set(words)) < len(words):
            self.fail(f"{value!r}: give some of {', '.join(Grouping)}, once each, with commas", param, ctx)
        return tuple(Grouping(word) for word in words)


def write_counts(reader: Reader, asked: Question, form: str, *, check: bool) -> None:
    """Count and write. With `check`, count by SQL too; a difference ends the command with exit code 1."""
    try:
        index = opened(folder_of(index_home(), reader.site), reader)
    except IndexUnfit as unfit:
        click.echo(f"counted by SQL: {unfit}", err=True)
        _write(counts_by_sql(reader, asked), asked, None, form)
        return
    counts, fresh = counts_by_index(reader, index, asked)
    click.echo(
        f"counted by the index as of event {fresh.sequence:,}, recorded {shown(fresh.recorded_at)}, "
        f"and {fresh.events_since:,} events since",
        err=True,
    )
    _write(counts, asked, fresh, form)
    if check:
        _compare(counts, counts_by_sql(reader, asked))


def _compare(counts: Counts, by_sql: Counts) -> None:
    wrong = list(differing(counts, by_sql))
    for one in wrong:
        group = ", ".join(text or "(none)" for text in one.group)
        click.echo(f"{group}: {one.by_index:,} by the index, {one.by_sql:,} by SQL", err=True)
    if wrong:
        click.echo("build the index anew with `asbuilt index build --anew`, and report this", err=True)
        raise click.exceptions.Exit(Exit.NOT_FOUND)
    click.echo("SQL counts the same", err=True)


def _write(counts: Counts, asked: Question, fresh: Freshness | None, form: str) -> None:
    kind = make_dataclass("Group", [*((str(one), str) for one in asked.by), ("affected", int)], frozen=True)
    titles = [*(str(one) for one in asked.by), "affected"]
    columns = tuple(Column(title.replace("_", " "), _shown(title)) for title in titles)
    head: dict[str, object] = {
        "name": asked.named.name,
        "at": asked.at,
        "ever": asked.ever,
        "affected": counts.total(),
        "index": fresh,
    }
    write_rows(_groups(counts, kind), Listing(kind, columns, "groups", head), form)


def _groups(counts: Counts, kind: Callable[..., object]) -> Iterator[object]:
    for group, count in in_order(counts):
        yield kind(*group, count)


def _shown(title: str) -> Callable[[object], str]:
    def text(row: object) -> str:
        value = getattr(row, title)
        return f"{value:,}" if isinstance(value, int) else value or "(none)"

    return text
