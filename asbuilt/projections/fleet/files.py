"""The index as one file: a header that says what it is of, then the arrays, each with its checksum.

A file is written beside the one in use, brought to the disk, and put in its place by a rename. So whoever opens the
index finds the old one or the new one, whole; who has the old one mapped keeps it. What was being written when its
builder was killed has another name, and is removed by the next builder.
"""

import fcntl
import mmap
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np

MAGIC = b"asbuilt genealogy index 3\n"
HEADER_MAX = 1 << 16
ALIGNMENT = 64
"""Arrays begin at multiples of so many bytes, a line of the processor's cache."""
CHECKED_AT_ONCE = 1 << 24

CURRENT = "genealogy.index"
BUILDING = "genealogy.building"
LOCK = "genealogy.lock"

LATER = "details."
"""Arrays whose names begin so are checked when they are asked for first: walks and counts never look at them."""

Sections = Mapping[str, np.ndarray[Any, Any]]
"""Arrays of one dimension, by name."""


class IndexUnfit(Exception):
    """There is no index, or not one that may be believed; the text says why. Build it."""


class IndexBusy(Exception):
    """Another process is building the index."""


class Of(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an index is of: the site, and the last of its events that is in it. Sequence 0: there was none.

    schema: the last migration of the database. event_digest: of its payload. record_time: microseconds.
    """

    site: str
    issuer: str
    schema: str
    sequence: int
    event_id: str
    event_digest: str
    previous_digest: str
    record_time: int


class _Section(msgspec.Struct, frozen=True, kw_only=True):
    """Where an array lies in the file, and the CRC-32 of its bytes."""

    name: str
    kind: str
    count: int
    offset: int
    checksum: int


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    of: Of
    size: int
    sections: list[_Section]


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was opened, and its arrays, mapped and read only."""

    of: Of
    size: int
    sections: Sections


@contextmanager
def building(folder: Path) -> Iterator[None]:
    """Be the only builder in a folder, which is made. Raises IndexBusy.

    The lock is one of the kernel's: it ends with the process that holds it, however that ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IndexBusy(f"another process is building the index in {folder}") from None
        (folder / BUILDING).unlink(missing_ok=True)
        yield


def write(folder: Path, of: Of, sections: Sections) -> int:
    """Put an index in the place of the one there is, and give its size in bytes. Only while `building`."""
    placed, offset = [], HEADER_MAX
    for name, array in sections.items():
        checksum = _checksum(memoryview(array.tobytes())) if array.size else 0
        placed.append(_Section(name=name, kind=array.dtype.str, count=array.size, offset=offset, checksum=checksum))
        offset += -(-array.nbytes // ALIGNMENT) * ALIGNMENT
    with (folder / BUILDING).open("w+b") as file:
        file.truncate(offset)
        with mmap.mmap(file.fileno(), offset) as target:
            for one in placed:
                array = sections[one.name]
                target[one.offset : one.offset + array.nbytes] = np.ascontiguousarray(array).tobytes()
            header = _header_bytes(_Header(of=of, size=offset, sections=placed))
            target[: len(header)] = header
            target.flush()
    (folder / BUILDING).replace(folder / CURRENT)
    return offset


def _header_bytes(header: _Header) -> bytes:
    """The magic line, the CRC-32 and length of what follows in hexadecimal, and the header as JSON."""
    content = msgspec.json.encode(header)
    assert len(content) < HEADER_MAX - 128, "the header has its place"
    return MAGIC + f"{zlib.crc32(content):08x} {len(content):08x}\n".encode() + content


def read_of(folder: Path) -> tuple[Of, int]:
    """What the index in a folder is of, and its size in bytes. Its arrays are not looked at. Raises IndexUnfit."""
    with _opened(folder) as file:
        header = _read_header(file, folder)
        return header.of, header.size


class _Mapped(Mapping[str, np.ndarray[Any, Any]]):
    """The arrays of a mapped file, checked as `LATER` says."""

    def __init__(self, folder: Path, mapped: mmap.mmap, sections: list[_Section]) -> None:
        self._folder = folder
        self._view = memoryview(mapped)
        self._sections = {one.name: one for one in sections}
        self._checked: dict[str, np.ndarray[Any, Any]] = {}

    def __len__(self) -> int:
        return len(self._sections)

    def __iter__(self) -> Iterator[str]:
        return iter(self._sections)

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        """An array, every byte checked. Raises IndexUnfit."""
        if name not in self._checked:
            one = self._sections[name]
            kind = np.dtype(one.kind)
            content = self._view[one.offset : one.offset + one.count * kind.itemsize]
            if _checksum(content) != one.checksum:
                raise IndexUnfit(f"{self._folder / CURRENT} is damaged: {name} is not what was written")
            self._checked[name] = np.frombuffer(content, kind)
        return self._checked[name]


def read(folder: Path) -> Found:
    """The index in a folder, every byte checked but those of `LATER`. Raises IndexUnfit."""
    with _opened(folder) as file:
        header = _read_header(file, folder)
        mapped = mmap.mmap(file.fileno(), header.size, access=mmap.ACCESS_READ)
    sections = _Mapped(folder, mapped, header.sections)
    for name in sections:
        if not name.startswith(LATER):
            sections[name]
    return Found(header.of, header.size, sections)


@contextmanager
def _opened(folder: Path) -> Iterator[BinaryIO]:
    try:
        with (folder / CURRENT).open("rb") as file:
            yield file
    except FileNotFoundError:
        raise IndexUnfit(f"there is no index in {folder}") from None


def _read_header(file: BinaryIO, folder: Path) -> _Header:
    start = file.read(HEADER_MAX)
    where = len(MAGIC)
    if not start.startswith(MAGIC):
        raise IndexUnfit(f"{folder / CURRENT} is no index of this version")
    try:
        checksum, length = (int(one, 16) for one in start[where : where + 17].split())
        content = start[where + 18 : where + 18 + length]
        if zlib.crc32(content) != checksum:
            raise IndexUnfit(f"{folder / CURRENT} is damaged at its beginning")
        header = msgspec.json.decode(content, type=_Header)
    except (ValueError, msgspec.MsgspecError):
        raise IndexUnfit(f"{folder / CURRENT} is damaged at its beginning") from None
    if file.seek(0, 2) != header.size:
        raise IndexUnfit(f"{folder / CURRENT} is cut off")
    return header


def _checksum(content: memoryview) -> int:
    found = 0
    for start in range(0, len(content), CHECKED_AT_ONCE):
        found = zlib.crc32(content[start : start + CHECKED_AT_ONCE], found)
    return found


def forget(folder: Path) -> bool:
    """Remove the index in a folder, because the tables it was made of were replaced. Returns whether there was one."""
    there = (folder / CURRENT).exists()
    (folder / CURRENT).unlink(missing_ok=True)
    return there
