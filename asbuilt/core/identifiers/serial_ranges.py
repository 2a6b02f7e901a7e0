"""Ranges of serial numbers: from one to another by the running number in them.

The running number is the last run of decimal digits; what stands before and after it is text. Two serials can be
compared when those texts are the same: `IPC26-000100` and `IPC26-000250` can, `IPC26-000100` and `IPC27-000100` cannot,
for nobody can tell which of the two came first. Case and blanks do not count, as in every name.
"""

import re
from dataclasses import dataclass

from asbuilt.core.identifiers.text import normal_form

_PIECES = re.compile(r"(.*?)([0-9]+)([^0-9]*)", re.DOTALL)


class RangeProblem(ValueError):
    """A range of serials that nothing can be compared with; the text says why."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """A serial taken apart."""

    before: str
    number: int
    after: str

    @property
    def series(self) -> tuple[str, str]:
        return (self.before, self.after)


def _counted(serial: str) -> _Counted | None:
    found = _PIECES.fullmatch(normal_form(serial))
    return None if found is None else _Counted(found[1], int(found[2]), found[3])


@dataclass(frozen=True, slots=True)
class SerialRange:
    """Serials from one to another, both inclusive; an empty text leaves that end open."""

    first: str
    last: str

    def check(self) -> None:
        """Raise RangeProblem unless its ends have a running number and the first is not above the last."""
        first, last = (self._end(text) for text in (self.first, self.last))
        if first is None or last is None:
            return
        if first.series != last.series:
            raise RangeProblem(
                f"serials {self.first} and {self.last} differ in more than their running number, the last digits in "
                "them; give a range within one series, or dates"
            )
        if first.number > last.number:
            raise RangeProblem(f"no serial is from {self.first} to {self.last}; exchange them")

    def _end(self, text: str) -> _Counted | None:
        found = _counted(text) if text else None
        if text and found is None:
            raise RangeProblem(f"serial {text} has no running number; give one with digits, or dates")
        return found

    @property
    def series(self) -> tuple[str, str] | None:
        """The texts around the running number of its ends; None when it has none."""
        ends = self._ends()
        return ends[0].series if ends else None

    def _ends(self) -> list[_Counted]:
        return [one for one in (_counted(self.first), _counted(self.last)) if one is not None]

    def holds(self, serial: str) -> bool | None:
        """Whether a serial lies in it; None when it cannot be compared with its ends."""
        ends = self._ends()
        found = _counted(serial)
        if not ends:
            return True
        if found is None or found.series != ends[0].series:
            return None
        is_after = not self.first or found.number >= ends[0].number
        return is_after and (not self.last or found.number <= ends[-1].number)

    def meets(self, other: "SerialRange") -> bool:
        """Whether a serial may lie in both, when they are of one series."""
        return not (_is_below(self, other) or _is_below(other, self))


def _is_below(low: SerialRange, high: SerialRange) -> bool:
    """Whether one range ends before another begins."""
    end, begin = _counted(low.last) if low.last else None, _counted(high.first) if high.first else None
    return end is not None and begin is not None and end.number < begin.number
