"""Lines of a file or pipe of any length, read in constant memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

LINE_MAX = 4 * 1024 * 1024
"""Longest line that is taken for an event, in bytes; ten thousand measurements in full take about a third of it."""

BATCH_LINES = 1_000
BATCH_BYTES = 8 * 1024 * 1024
"""A batch is full when it has so many lines, or so many bytes: memory is bounded by these two."""

KEPT = 200
"""Bytes kept of a line that is too long, to recognise it by."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end. size: its length in bytes; longer than `raw` when it was too long to be kept."""

    number: int
    raw: bytes
    size: int
    end: int
    """Bytes of the input read up to its end."""

    @property
    def is_too_long(self) -> bool:
        return self.size > LINE_MAX


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """Every line that is not blank, numbered from 1 on."""
    number = end = 0
    while raw := stream.readline(LINE_MAX + 1):
        number += 1
        size = len(raw)
        end += size
        if size > LINE_MAX and not raw.endswith(b"\n"):
            rest = _skip_to_line_end(stream)
            size, end = size + rest, end + rest
            yield Line(number, raw[:KEPT], size, end)
            continue
        text = raw.removeprefix(BYTE_ORDER_MARK).strip() if number == 1 else raw.strip()
        if text:
            yield Line(number, text, len(text), end)


def _skip_to_line_end(stream: BinaryIO) -> int:
    """Read on to the end of the line; gives how much that was."""
    skipped = 0
    while part := stream.readline(LINE_MAX):
        skipped += len(part)
        if part.endswith(b"\n"):
            break
    return skipped


def batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines in batches of bounded size."""
    batch: list[Line] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line.raw)
        if len(batch) >= BATCH_LINES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
