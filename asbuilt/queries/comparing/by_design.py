"""What is in a unit, compared with what its bill of materials asks for.

The rules of the floor refuse what does not belong (GEN-010 to GEN-013) and count as it is counted here. What is left to
find is what is not there yet, what partners declare, what came in before its bill could be asked, and what nobody read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.subjects import Part
from asbuilt.queries.comparing.differences import Difference, DifferenceView, Side, Where
from asbuilt.queries.comparing.structures import Built, Designed, Fitted, Line, named


def against_design(designed: Designed, built: Built) -> Iterator[DifferenceView]:
    """What differs from the design, in the unit and in every unit within it that has a bill. The design is expected."""
    waiting, seen = [(designed.root, 1)], {designed.root}
    for key, level in waiting:
        links = built.inside.get(key, ())
        assembly, where = designed.assemblies.get(key), Where(named(key), level)
        if assembly is not None and assembly.lines is None:
            yield where.differs(Difference.NOT_COMPARABLE, expected=Side(what=assembly.bill_of_materials))
        elif assembly is not None and assembly.lines is not None:
            yield from _Judged(where, assembly.lines).differences(links)
        below = sorted({link.key for link in links} - seen)
        seen.update(below)
        waiting += ((one, level + 1) for one in below)


@dataclass(slots=True)
class _Tally:
    """A line of the bill, and what was found for it.

    filled: places at which something is, right or wrong. wrong: how many of them hold something wrong. amount: of what
    is right, in the uom of the line. is_there: whether anything that counts was found.
    """

    line: Line
    filled: set[str] = field(default_factory=set)
    wrong: int = 0
    amount: Decimal = Decimal(0)
    is_there: bool = False
    is_loose: bool = False
    is_fed: bool = False
    is_doubtful: bool = False

    @property
    def empty(self) -> tuple[str, ...]:
        return tuple(place for place in self.line.places if place not in self.filled)

    @property
    def need(self) -> Decimal | None:
        """What is still to come; None: whatever comes."""
        return None if self.line.quantity is None else max(self.line.quantity - self.amount, Decimal(0))

    @property
    def side(self) -> Side:
        line = self.line
        return Side(
            what=" or ".join(map(str, line.allowed)),
            places=line.places,
            quantity=line.quantity,
            uom=line.uom,
            revision=line.revision,
        )


def _side(link: Fitted) -> Side:
    return Side(
        what=link.name,
        places=(link.place,) if link.place else (),
        quantity=link.quantity,
        uom=link.uom,
        revision=link.revision,
        evidence=link.evidence.value,
    )


class _Judged:
    """One assembly against the lines that hold for it."""

    def __init__(self, where: Where, lines: Sequence[Line]) -> None:
        self._where = where
        self._tallies = [_Tally(line) for line in lines]
        self._at_place = {place: tally for tally in self._tallies for place in tally.line.places}
        self._of_part: dict[Part, list[_Tally]] = {}
        for tally in self._tallies:
            for part in tally.line.allowed:
                self._of_part.setdefault(part, []).append(tally)

    def differences(self, links: Sequence[Fitted]) -> Iterator[DifferenceView]:
        """First what has a place of the bill: what is elsewhere, or nowhere in particular, fills what is left."""
        placed = [link for link in links if not link.is_line_fed and link.place in self._at_place]
        rest = [link for link in links if link.is_line_fed or link.place not in self._at_place]
        for link in placed:
            yield from self._at_its_place(link, self._at_place[link.place])
        for link in sorted(rest, key=lambda one: (bool(one.place), one.is_line_fed)):
            yield from self._elsewhere(link)
        for tally in self._tallies:
            yield from self._lacking(tally)

    def _at_its_place(self, link: Fitted, tally: _Tally) -> Iterator[DifferenceView]:
        tally.filled.add(link.place)
        if link.part is not None and link.part in tally.line.allowed:
            yield from self._good(link, tally)
            return
        tally.wrong += 1
        is_for_others = link.part in tally.line.for_others
        yield self._differs(Difference.WRONG_ALTERNATE if is_for_others else Difference.WRONG_PART, tally, link)

    def _elsewhere(self, link: Fitted) -> Iterator[DifferenceView]:
        tallies = [] if link.part is None else self._of_part.get(link.part, [])
        if not tallies:
            yield self._not_listed(link)
        elif link.is_line_fed:
            for tally in tallies:
                tally.is_fed = tally.is_there = True
            yield from self._good(link, tallies[0], counted=True)
        elif link.place and link.evidence is not Evidence.SETUP_WINDOW:
            yield from self._misplaced(link, tallies)
        else:
            yield from self._good(link, self._spread(link, tallies), counted=True)

    def _not_listed(self, link: Fitted) -> DifferenceView:
        for tally in self._tallies:
            if link.part in tally.line.for_others:
                return self._differs(Difference.WRONG_ALTERNATE, tally, link)
        return self._where.differs(Difference.EXTRA, found=_side(link))

    def _misplaced(self, link: Fitted, tallies: Iterable[_Tally]) -> Iterator[DifferenceView]:
        """A listed part at a place that the bill does not know: in place of one that is not filled, or one too many."""
        for tally in tallies:
            if tally.empty or (not tally.line.places and tally.need != 0):
                own_place = tally.empty[:1]
                tally.filled.update(own_place)
                yield self._differs(Difference.WRONG_POSITION, tally, link, places=own_place)
                yield from self._good(link, tally)
                return
        yield self._where.differs(Difference.EXTRA, found=_side(link))

    def _good(self, link: Fitted, tally: _Tally, *, counted: bool = False) -> Iterator[DifferenceView]:
        """What is allowed where it is. counted: its amount was entered already."""
        line = tally.line
        if link.evidence is Evidence.ALTERNATIVE:
            tally.is_doubtful = True
        elif not counted:
            self._enter(link, tally, link.amount)
        if link.part != line.part:
            yield self._differs(Difference.ALTERNATE_USED, tally, link)
        elif link.kind == "unit" and line.revision and link.revision != line.revision:
            yield self._differs(Difference.WRONG_REVISION, tally, link)
        if not link.is_proven:
            yield self._differs(Difference.UNPROVEN, tally, link)

    def _spread(self, link: Fitted, tallies: Sequence[_Tally]) -> _Tally:
        """Enter what nobody said the place of, for the lines that still need it; what is too much, for the last.

        The line that it is for, the first of them when it is for several.
        """
        if link.evidence is Evidence.ALTERNATIVE:
            return tallies[0]
        left, entered = link.amount, []
        for tally in tallies:
            share = left if tally.need is None else min(tally.need, left)
            if share:
                tally.is_loose = True
                self._enter(link, tally, share)
                entered.append(tally)
                left -= share
        if left:
            self._enter(link, tallies[-1], left)
        return (entered or tallies)[0]

    def _enter(self, link: Fitted, tally: _Tally, amount: Decimal) -> None:
        tally.is_there = True
        if link.quantity is None or link.uom == tally.line.uom or not link.uom:
            tally.amount += amount

    def _lacking(self, tally: _Tally) -> Iterator[DifferenceView]:
        """What is not there, or not as much as is listed. Of line-fed material only whether it is there is known."""
        line, found = tally.line, Side(what="", quantity=tally.amount, uom=tally.line.uom)
        if tally.is_fed or tally.is_doubtful:
            return
        is_too_much = line.quantity is not None and tally.amount > line.quantity
        if is_too_much:
            yield self._where.differs(Difference.WRONG_QUANTITY, expected=tally.side, found=found, item=line.item)
        elif line.is_optional:
            return
        elif tally.empty and not tally.is_loose:
            yield self._missing(tally, tally.empty)
        elif not tally.is_there and not tally.wrong:
            yield self._missing(tally, line.places)
        elif line.quantity is not None and tally.amount < line.quantity and not tally.wrong:
            yield self._where.differs(Difference.WRONG_QUANTITY, expected=tally.side, found=found, item=line.item)

    def _missing(self, tally: _Tally, places: tuple[str, ...]) -> DifferenceView:
        """quantity: what is listed over all places, less what is there and what stands where something wrong is."""
        line, side = tally.line, tally.side
        if line.quantity is not None:
            share = line.quantity * tally.wrong / len(line.places) if tally.wrong else Decimal(0)
            side = replace(side, quantity=line.quantity - tally.amount - share)
        return self._where.differs(Difference.MISSING, expected=replace(side, places=places), item=line.item)

    def _differs(
        self, difference: Difference, tally: _Tally, link: Fitted, *, places: tuple[str, ...] | None = None
    ) -> DifferenceView:
        """places: where it should be, when that is not where it is."""
        side = tally.side
        if places is None and link.place in side.places:
            places = (link.place,)
        expected = side if places is None else replace(side, places=places)
        return self._where.differs(difference, expected=expected, found=_side(link), item=tally.line.item)
