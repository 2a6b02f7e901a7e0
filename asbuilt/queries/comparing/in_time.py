"""What is in a unit, compared with what was in it at another time."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from asbuilt.queries.comparing.differences import Difference, DifferenceView, Side, Where
from asbuilt.queries.comparing.structures import Built, Fitted, named


@dataclass(frozen=True, slots=True)
class _Group:
    """A component at a place, however many links say so. quantity: None where none of them says how much."""

    first: Fitted
    quantity: Decimal | None
    is_proven: bool

    @property
    def side(self) -> Side:
        one = self.first
        places = (one.place,) if one.place else ()
        return Side(
            what=one.name,
            places=places,
            quantity=self.quantity,
            uom=one.uom,
            revision=one.revision,
            evidence=one.evidence.value,
        )

    @property
    def pieces(self) -> Decimal:
        """How much it is, one where nothing is said."""
        return Decimal(1) if self.quantity is None else self.quantity

    @property
    def order(self) -> tuple[str, str, str]:
        return (self.first.place, self.first.key, self.first.uom)


_Pairing = Callable[[_Group], Hashable | None]
"""What a component at the one time and one at the other have in common when they belong together; None: never."""


def between(expected: Built, found: Built) -> Iterator[DifferenceView]:
    """What differs from what is expected, in every assembly that is in both; what is in one only is one difference."""
    waiting, seen = [(expected.root, 1)], {expected.root}
    for assembly, level in waiting:
        before, now = expected.inside.get(assembly, ()), found.inside.get(assembly, ())
        yield from _directly(Where(named(assembly), level), before, now)
        common = sorted({one.key for one in before} & {one.key for one in now} - seen)
        seen.update(common)
        waiting += ((name, level + 1) for name in common)


def _directly(where: Where, expected: Sequence[Fitted], found: Sequence[Fitted]) -> Iterator[DifferenceView]:
    before, now = _groups(expected), _groups(found)
    for one, other in _paired(before, now, lambda group: (group.first.key, group.first.place, group.first.uom)):
        yield from _changed(where, one, other)
    for one, other in _paired(before, now, _delivered_among(before, now)):
        yield from _came_in(where, one, other)
    for one, other in _paired(before, now, lambda group: (group.first.key, group.first.uom)):
        yield where.differs(Difference.MOVED, expected=one.side, found=other.side)
        yield from _changed(where, one, other)
    for pairing in (_part_and_place, _place):
        for one, other in _paired(before, now, pairing):
            yield where.differs(Difference.REPLACED, expected=one.side, found=other.side)
    for one in before:
        yield where.differs(Difference.MISSING, expected=one.side)
    for one in now:
        yield where.differs(Difference.EXTRA, found=one.side)


def _delivered_among(before: Sequence[_Group], now: Sequence[_Group]) -> _Pairing:
    """A name that a document declares at the one time, and what came in under it at the other, are the same."""
    names = {group.first.delivered_as for group in (*before, *now) if group.first.delivered_as}

    def pairing(group: _Group) -> Hashable | None:
        key = group.first.delivered_as or group.first.key
        return key if key in names else None

    return pairing


def _came_in(where: Where, one: _Group, other: _Group) -> Iterator[DifferenceView]:
    """What differs of a declared name and what came in under it; a name has no place, and one piece is not said."""
    if one.first.uom == other.first.uom and one.pieces != other.pieces:
        yield where.differs(Difference.QUANTITY_CHANGED, expected=one.side, found=other.side)
    if one.is_proven != other.is_proven:
        yield where.differs(Difference.UNPROVEN, expected=one.side, found=other.side)


def _part_and_place(group: _Group) -> Hashable | None:
    return None if group.first.part is None else (group.first.part, group.first.place)


def _place(group: _Group) -> Hashable | None:
    return group.first.place or None


def _changed(where: Where, one: _Group, other: _Group) -> Iterator[DifferenceView]:
    if one.quantity != other.quantity:
        yield where.differs(Difference.QUANTITY_CHANGED, expected=one.side, found=other.side)
    if one.is_proven != other.is_proven:
        yield where.differs(Difference.UNPROVEN, expected=one.side, found=other.side)


def _groups(links: Iterable[Fitted]) -> list[_Group]:
    """By component, place and uom, in an order that is the same for the same links."""
    found: dict[tuple[str, str, str], list[Fitted]] = defaultdict(list)
    for link in links:
        found[link.key, link.place, link.uom].append(link)
    groups = []
    for same in found.values():
        # Of line-fed material nobody knows how much, however often the unit passed.
        said = not same[0].is_line_fed and (len(same) > 1 or same[0].quantity is not None)
        first = min(same, key=lambda one: (not one.is_proven, one.evidence.value))
        quantity = sum((one.amount for one in same), Decimal(0)) if said else None
        groups.append(_Group(first, quantity, first.is_proven))
    return sorted(groups, key=lambda group: group.order)


def _paired(before: list[_Group], now: list[_Group], pairing: _Pairing) -> list[tuple[_Group, _Group]]:
    """Those of the two lists that belong together, in order; they are taken out of the lists."""
    partners: dict[Hashable, list[_Group]] = defaultdict(list)
    for other in now:
        key = pairing(other)
        if key is not None:
            partners[key].append(other)
    pairs: list[tuple[_Group, _Group]] = []
    left = []
    for one in before:
        waiting = partners.get(pairing(one), [])
        if waiting:
            pairs.append((one, waiting.pop(0)))
        else:
            left.append(one)
    taken = {id(other) for _, other in pairs}
    before[:] = left
    now[:] = [other for other in now if id(other) not in taken]
    return pairs
