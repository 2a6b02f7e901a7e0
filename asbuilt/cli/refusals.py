"""What was not recorded: counted, shown briefly, and kept in a file from which it can be mended and sent again."""

import re
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import click
import msgspec

from asbuilt.capture.answers import Refusal
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.lines import Line
from asbuilt.core.rules.rule import Broken
from asbuilt.queries.wire import encode

SHOWN_MAX = 10
"""Refusals told on stderr; the file holds them all."""

_AT = re.compile(r" - at `(\$[^`]*)`")
_NAMED = re.compile(r"(?:required|unknown) field `([^`]+)`")


class RefusedLine(msgspec.Struct, frozen=True):
    """A line whose event breaks rules."""

    line: int
    outcome: str
    event_id: str
    broken: tuple[Broken, ...]
    sent: str


class MalformedLine(msgspec.Struct, frozen=True):
    """A line that is no event. field: a JSONPath, `$` when it is the line as a whole."""

    line: int
    outcome: str
    field: str
    message: str
    sent: str


class Refusals:
    """The file of refusals of one run; it is made at the first one, and replaces that of an earlier run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.refused = 0
        self.malformed = 0
        self._out: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._out is not None and self._out is not sys.stdout.buffer:
            self._out.close()

    @property
    def count(self) -> int:
        return self.refused + self.malformed

    def refuse(self, line: Line, refusal: Refusal) -> None:
        """Note an event that breaks rules."""
        self.refused += 1
        first = refusal.broken[0]
        record = RefusedLine(
            line=line.number,
            outcome=refusal.outcome.value,
            event_id=str(refusal.event_id),
            broken=refusal.broken,
            sent=_text(line),
        )
        self._note(encode(record), f"line {line.number}: {first.rule}: {first.reason}")

    def note_malformed(self, line: Line, message: str, *, field: str = "") -> None:
        """Note a line that is no event."""
        self.malformed += 1
        field = field or field_in(message)
        record = MalformedLine(
            line=line.number, outcome="malformed", field=field, message=_AT.sub("", message), sent=_text(line)
        )
        self._note(encode(record), f"line {line.number}: {field}: {record.message}")

    def _note(self, record: bytes, brief: str) -> None:
        if self._out is None:
            self._out = self._opened()
        self._out.write(record + b"\n")
        if self.count <= SHOWN_MAX:
            click.echo(brief, err=True)
        elif self.count == SHOWN_MAX + 1:
            click.echo("… and more, all of them in the file of refusals", err=True)

    def _opened(self) -> BinaryIO:
        if str(self.path) == "-":
            return sys.stdout.buffer
        try:
            return self.path.open("wb")
        except OSError as problem:
            message = f"{self.path} cannot be written ({problem.strerror}); name another file with --refusals"
            raise Problem(message, Exit.USAGE) from problem


def field_in(message: str) -> str:
    """The field that a decoder's message is about, as a JSONPath."""
    at = _AT.search(message)
    path = at[1] if at else "$"
    named = _NAMED.search(message)
    return f"{path}.{named[1]}" if named else path


def _text(line: Line) -> str:
    return line.raw.decode("utf-8", "backslashreplace")
