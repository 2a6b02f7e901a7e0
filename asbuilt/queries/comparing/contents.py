"""What is missing with an assembly that is missing: the lines of its own bill of materials, and so on down.

Nobody can say when the assembly that is not there would have been made. It is opened by the bill that applied to its
part when the unit came into being in which it is missing, and by the lines of it that hold for every serial number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.definitions import Tracking
from asbuilt.core.identifiers.subjects import Part
from asbuilt.ledger.codec import microseconds
from asbuilt.ledger.database import Names, Reader
from asbuilt.ledger.subjects import Directory
from asbuilt.queries.bills import names_and_uoms
from asbuilt.queries.comparing.bills_at import Bill, bills_at
from asbuilt.queries.comparing.differences import DesignedLine, Difference, DifferenceView
from asbuilt.queries.comparing.structures import Designed

Born = tuple[Part, datetime]
"""A part, and the time for which its bill is asked."""


def with_contents(reader: Reader, found: Sequence[DifferenceView], designed: Designed) -> list[DifferenceView]:
    """The differences, those that are missing with what is missing with them."""
    wanted = [_of_missing(one, designed) for one in found]
    bills = _all_bills(reader, [one for one in wanted if one is not None])
    if not bills:
        return list(found)
    words = names_and_uoms(reader, {line for bill in bills.values() for line in bill.lines})
    opened = _Opened(bills, {part: (uom, tracking) for part, (_, uom, tracking) in words.items()})
    return [
        one
        if born is None or born not in bills
        else replace(one, contents=opened.lines(born, one.level + 1, frozenset()))
        for one, born in zip(found, wanted, strict=True)
    ]


def _of_missing(one: DifferenceView, designed: Designed) -> Born | None:
    """The part that is missing, and when the assembly came into being that it is missing in."""
    key = f"unit {one.assembly}"
    assembly = designed.assemblies.get(key)
    if one.difference is not Difference.MISSING or assembly is None or key not in designed.born_at:
        return None
    return next(
        ((line.part, designed.born_at[key]) for line in assembly.lines or () if line.item == one.item),
        None,
    )


def _all_bills(reader: Reader, wanted: Sequence[Born]) -> dict[Born, Bill]:
    """The bills of some parts at some times, and of all that is listed in them."""
    directory = Directory(reader, Names())
    found: dict[Born, Bill] = {}
    asked: set[Born] = set()
    frontier = set(wanted)
    while frontier:
        asked |= frontier
        directory.find({part for part, _ in frontier})
        births = {
            (part, born): (directory.ids[part], microseconds(born)) for part, born in frontier if part in directory.ids
        }
        new = bills_at(reader, births)
        found.update(new)
        frontier = {(line.part, born) for (_, born), bill in new.items() for line in _holding(bill, born)} - asked
    return found


def _holding(bill: Bill, born: datetime) -> list[BillLine]:
    """The lines that hold whatever the serial number."""
    return [line for line in bill.lines if not (line.serial_from or line.serial_to) and line.holds_for("", born)]


@dataclass(frozen=True, slots=True)
class _Opened:
    """Bills by part and time, with the uom and tracking of every part in them."""

    bills: dict[Born, Bill]
    words: dict[Part, tuple[str, str]]

    def lines(self, born: Born, level: int, path: frozenset[Part]) -> list[DesignedLine]:
        """What belongs in a part, each line before what belongs in it. path: what it is itself in."""
        part, moment = born
        found: list[DesignedLine] = []
        bill = self.bills.get(born)
        if bill is None or part in path:
            return found
        for line in _holding(bill, moment):
            uom, tracking = self.words.get(line.part, ("", ""))
            if line.is_optional or tracking == Tracking.COUNTED:
                continue
            found.append(
                DesignedLine(
                    level=level,
                    assembly=str(part),
                    bill_of_materials=bill.name,
                    item=line.item,
                    part=str(line.part),
                    alternates=tuple(map(str, line.alternates)),
                    reference_designators=tuple(line.reference_designators),
                    quantity=line.quantity,
                    uom=uom,
                    revision=line.revision,
                    is_optional=False,
                )
            )
            found += self.lines((line.part, moment), level + 1, path | {part})
        return found
