"""`--by`: what contains a unit or lot, or would be recalled, counted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import make_dataclass
from enum import StrEnum
from typing import TypeVar

import click

from asbuilt.cli.exits import Exit
from asbuilt.cli.index import index_home
from asbuilt.cli.output import Column, Listing, write_rows
from asbuilt.cli.times import shown
from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.files import IndexUnfit
from asbuilt.projections.fleet.index import Freshness, Index, folder_of, opened
from asbuilt.queries.fleet.breakdown import Counts
from asbuilt.queries.fleet.counts import Question, counts_by_index, counts_by_sql, differing, in_order

G = TypeVar("G", bound=StrEnum)


class Groupings(click.ParamType[tuple[G, ...]]):
    """A list of groupings of a kind, separated by commas."""

    name = "LIST"

    def __init__(self, kind: type[G]) -> None:
        self._kind = kind

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[G, ...]:
        """The groupings in their order, or a usage error that names those there are."""
        words = [word.strip().replace("-", "_") for word in str(value).split(",")]
        unknown = [word for word in words if word not in list(self._kind)]
        if unknown or len(set(words)) < len(words):
            self.fail(f"{value!r}: give some of {', '.join(self._kind)}, once each, with commas", param, ctx)
        return tuple(self._kind(word) for word in words)


def index_or_none(reader: Reader, *, is_told: bool = True) -> Index | None:
    """The genealogy index of the reader's site; where there is none that may be believed, that is said if is_told."""
    try:
        return opened(folder_of(index_home(), reader.site), reader)
    except IndexUnfit as unfit:
        if is_told:
            click.echo(f"counted by SQL: {unfit}", err=True)
        return None


def write_counts(reader: Reader, asked: Question, form: str, *, check: bool) -> None:
    """Count and write. With `check`, count by SQL too; a difference ends the command with exit code 1."""
    index = index_or_none(reader)
    if index is None:
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
    head: dict[str, object] = {
        "name": asked.named.name,
        "at": asked.at,
        "ever": asked.ever,
        "affected": counts.total(),
        "index": fresh,
    }
    write_groups(in_order(counts), asked.by, head, form)


def write_groups(
    counts: Iterable[tuple[tuple[str, ...], int]], by: Sequence[str], head: dict[str, object], form: str
) -> None:
    """Write how many there are in each group. by: what the groups are of, in their order."""
    titles = [*(str(one) for one in by), "affected"]
    kind = make_dataclass("Group", [(title, int if title == "affected" else str) for title in titles], frozen=True)
    columns = tuple(Column(title.replace("_", " "), _shown(title)) for title in titles)
    rows = (kind(*group, count) for group, count in counts)
    write_rows(rows, Listing(kind, columns, "groups", head), form)


def _shown(title: str) -> Callable[[object], str]:
    def text(row: object) -> str:
        value = getattr(row, title)
        return f"{value:,}" if isinstance(value, int) else value or "(none)"

    return text
