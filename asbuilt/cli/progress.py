"""Progress on stderr, and only where a person is watching."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum


class Shown(StrEnum):
    """What stands beside the bar."""

    COUNT = "count"
    BYTES = "bytes"
    SHARE = "share"


@contextmanager
def progress(title: str, *, total: int | None = None, beside: Shown = Shown.COUNT) -> Iterator[Callable[[int], None]]:
    """Show a bar and give the function that moves it to an absolute count; without a terminal it does nothing."""
    with staged_progress(beside=beside) as move_to:
        yield lambda count: move_to(title, count, total)


@contextmanager
def staged_progress(*, beside: Shown = Shown.COUNT) -> Iterator[Callable[[str, int, int | None], None]]:
    """The same for work in several stages: the function takes what is being done, how far, and of how much."""
    if not sys.stderr.isatty():
        yield _unseen
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    numbers: dict[Shown, ProgressColumn] = {
        Shown.COUNT: MofNCompleteColumn(),
        Shown.BYTES: DownloadColumn(),
        Shown.SHARE: TaskProgressColumn(),
    }
    columns = (TextColumn("{task.description}"), BarColumn(), numbers[beside], TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def move_to(title: str, count: int, total: int | None) -> None:
            bar.update(task, description=title, completed=count, total=total)

        yield move_to


def _unseen(title: str, count: int, total: int | None) -> None:
    """Show nothing."""
