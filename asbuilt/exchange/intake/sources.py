"""Files, folders and standard input."""

import codecs
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from asbuilt.exchange.intake.findings import Concern, Place, Remarks

STDIN = "-"
FILE_BYTES_MAX = 1 << 30
JSON_FILES = (".json",)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, and what it is called in findings."""

    path: Path
    name: str


@contextmanager
def sources(
    paths: Iterable[str | Path], *, stdin: BinaryIO, findings: Remarks, endings: tuple[str, ...] = JSON_FILES
) -> Iterator[list[Source]]:
    """The files that some paths mean; `-` is standard input, a folder stands for the files in it with these endings.

    Each file is given once, in an order that does not change from run to run. What can be read only once (standard
    input, a pipe) is copied, because an import may read everything twice. What cannot be read becomes a refusal.
    """
    with tempfile.TemporaryDirectory(prefix="asbuilt-import-") as folder:
        found: dict[Path, Source] = {}
        for number, path in enumerate(paths):
            copy = Path(folder) / str(number)
            for source in _sources_of(path, stdin=stdin, copy=copy, findings=findings, endings=endings):
                found.setdefault(source.path.resolve(), source)
        yield list(found.values())


def _sources_of(
    path: str | Path, *, stdin: BinaryIO, copy: Path, findings: Remarks, endings: tuple[str, ...]
) -> Sequence[Source]:
    name = str(path)
    try:
        if name == STDIN:
            with copy.open("wb") as kept:
                shutil.copyfileobj(stdin, kept)
            return [Source(copy, "standard input")]
        path = Path(path)
        if path.is_dir():
            inside = [Source(one, str(one)) for one in _files_in(path, endings)]
            if not inside:
                wanted = " or ".join(f"*{ending}" for ending in endings)
                findings.refuse(Place(name), Concern.FILE, f"the folder holds no {wanted}; name the files themselves")
            return inside
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe, as in <(…)
            with path.open("rb") as once, copy.open("wb") as kept:
                shutil.copyfileobj(once, kept)
            return [Source(copy, name)]
    except (OSError, ValueError) as problem:
        findings.refuse(Place(name), Concern.FILE, why(problem))
        return []
    return [Source(path, name)]


def _files_in(folder: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(endings):
                yield Path(place, name)


def text_of(path: Path) -> str:
    """The text of a file, by its byte order mark, else UTF-8. Raises OSError, UnicodeError."""
    size = path.stat().st_size
    if size > FILE_BYTES_MAX:
        raise OSError(f"holds {size} bytes; at most {FILE_BYTES_MAX} are read from one file: split it")
    return decoded_text(path.read_bytes())


def decoded_text(raw: bytes) -> str:
    """The text in some bytes, by their byte order mark, else UTF-8. Raises UnicodeError."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding)
    return raw.decode("utf-8")


def why(problem: Exception) -> str:
    """Why a file could not be read, for people."""
    if isinstance(problem, json.JSONDecodeError):
        return f"is not JSON from line {problem.lineno} column {problem.colno} on: {problem.msg}"
    if isinstance(problem, UnicodeError):
        return f"is not UTF-8: {problem}"
    if isinstance(problem, OSError):
        return problem.strerror or str(problem)
    return str(problem)
