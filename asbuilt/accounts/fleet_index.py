"""The genealogy index of each site in this process: opened and checked once, and again when another took its place."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from asbuilt.ledger.database import Reader, Site
from asbuilt.projections.fleet.files import CURRENT, IndexUnfit
from asbuilt.projections.fleet.index import Index, check_fit, folder_of, opened


@dataclass(frozen=True, slots=True)
class _Kept:
    """An index, and the file it was read of: its number, its time and its size."""

    file: tuple[int, int, int]
    index: Index


class IndexShelf:
    """Indexes by their folders. Threads may ask at once; each index is mapped once."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._kept: Mapping[Path, _Kept] = {}

    def folder(self, site: Site) -> Path:
        """Where the index of a site lies, or would lie."""
        return folder_of(self._home, site)

    def of(self, reader: Reader) -> Index | None:
        """The index of the reader's site, fit for what it reads; None where there is none that may be believed."""
        folder = self.folder(reader.site)
        try:
            index = self._current(folder, reader)
            check_fit(index.of, reader)
        except IndexUnfit:
            return None
        return index

    def _current(self, folder: Path, reader: Reader) -> Index:
        file = _file(folder)
        kept = self._kept.get(folder)
        if kept is not None and kept.file == file:
            return kept.index
        with self._lock:
            kept = self._kept.get(folder)
            if kept is None or kept.file != file:
                kept = _Kept(file, opened(folder, reader))
                self._kept = {**self._kept, folder: kept}
        return kept.index


def _file(folder: Path) -> tuple[int, int, int]:
    try:
        found = (folder / CURRENT).stat()
    except OSError:
        raise IndexUnfit(f"there is no index in {folder}") from None
    return found.st_ino, found.st_mtime_ns, found.st_size
