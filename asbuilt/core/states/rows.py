"""The rows of a table around a batch."""

from collections.abc import Iterator
from typing import Generic, TypeVar

K = TypeVar("K")
R = TypeVar("R")


_UNCHANGED = object()


class Rows(Generic[K, R]):
    """The rows of one table around a batch: as loaded, and as changed since (None: taken out)."""

    __slots__ = ("changed", "loaded")

    def __init__(self) -> None:
        self.loaded: dict[K, R] = {}
        self.changed: dict[K, R | None] = {}

    def get(self, key: K) -> R | None:
        row = self.changed.get(key, _UNCHANGED)
        return self.loaded.get(key) if row is _UNCHANGED else row  # type: ignore[return-value]

    def put(self, key: K, row: R) -> None:
        self.changed[key] = row

    def take_out(self, key: K) -> None:
        self.changed[key] = None

    def __bool__(self) -> bool:
        """Whether any row was loaded or changed."""
        return bool(self.loaded or self.changed)

    def __iter__(self) -> Iterator[R]:
        """The rows as they stand."""
        for key, row in self.loaded.items():
            if key not in self.changed:
                yield row
        for changed in self.changed.values():
            if changed is not None:
                yield changed
