"""Lines of stdin, answered as they arrive: for verbs that a program may ask line by line, waiting for each answer."""

import sys
from collections.abc import Iterator
from io import BufferedReader
from typing import cast

CHUNK_BYTES = 64 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def arriving_lines(*, line_max: int) -> Iterator[list[str]]:
    """Lines of stdin, as many at a time as have arrived. Of one longer than `line_max` bytes the beginning is given."""
    stdin = cast("BufferedReader", sys.stdin.buffer)
    kept = b""
    is_first = True
    while chunk := stdin.read1(CHUNK_BYTES):
        *lines, rest = (kept + chunk).split(b"\n")
        kept = rest[:line_max]
        if is_first and lines:
            is_first = False
            lines[0] = lines[0].removeprefix(BYTE_ORDER_MARK)
        yield [_text(line, line_max) for line in lines]
    if kept:
        yield [_text(kept.removeprefix(BYTE_ORDER_MARK) if is_first else kept, line_max)]


def _text(line: bytes, line_max: int) -> str:
    return line[:line_max].removesuffix(b"\r").decode("utf-8", "replace")
