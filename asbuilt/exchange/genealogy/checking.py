"""What a set says must be possible by itself: nothing twice, nothing in two places at once, nothing inside itself."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.exchange.genealogy.edges import Edge, Link
from asbuilt.exchange.genealogy.known import Names, kind_word
from asbuilt.exchange.intake.findings import Concern, Remarks

Subject = Unit | Lot


def linked(edges: Iterable[Edge], names: Names, findings: Remarks) -> list[Link]:
    """The edges with what their names mean; what means nothing that is known is refused."""
    found = []
    for edge in edges:
        parent, component = names.meant(edge.parent), names.meant(edge.component)
        for field, name, subject in (("parent", edge.parent, parent), ("component", edge.component, component)):
            if subject is None:
                reason = f"whether {name} is a unit or a lot is not known here; say it in {field}_kind"
                findings.refuse(edge.place(field), Concern.IDENTITY, reason)
        if parent is None or component is None:
            continue
        if isinstance(parent, Lot) and edge.until is not None:
            reason = f"{parent} is a lot; what went into it does not come out again: leave until empty"
            findings.refuse(edge.place("until"), Concern.TIME, reason)
        elif isinstance(parent, Lot) and edge.reference_designator:
            reason = f"{parent} is a lot and has no positions; leave reference_designator empty"
            findings.refuse(edge.place("reference_designator"), Concern.COMPONENT, reason)
        else:
            found.append(Link(edge, parent, component))
    return found


def sound(links: Iterable[Link], findings: Remarks) -> list[Link]:
    """The links that can all be true, in the order in which they began; the others are refused, naming both lines.

    A line that says the same as one before is left out with a warning.
    """
    kept = _one_at_a_time(_once(links, findings), findings)
    return _without_cycles(kept, findings)


def _once(links: Iterable[Link], findings: Remarks) -> list[Link]:
    """Each statement once."""
    first: dict[tuple[object, ...], Link] = {}
    kept = []
    for link in links:
        edge = link.edge
        before = first.setdefault((*link.key, edge.since, edge.until, edge.quantity, edge.uom, edge.evidence), link)
        if before is link:
            kept.append(link)
        else:
            findings.warn(edge.place(), Concern.COMPONENT, f"says the same as {_line(before)}; taken once")
    return kept


def _one_at_a_time(links: Iterable[Link], findings: Remarks) -> list[Link]:
    """Without what would be at one place twice at once, or in two parents."""
    by_place: dict[object, list[Link]] = defaultdict(list)
    kept = []
    for link in sorted(links, key=_begins):
        # A unit is in one parent at a time; more of a lot may come to the same place later, but not at the same moment.
        places: list[object] = [link.key if isinstance(link.component, Unit) else (*link.key, link.edge.since)]
        if link.binds:
            places.append(link.component)
        if link.binds and isinstance(link.parent, Unit) and link.edge.reference_designator:
            places.append((link.parent, link.edge.reference_designator))
        other = next((one for place in places for one in by_place[place] if _overlap(one.edge, link.edge)), None)
        if other is not None:
            findings.refuse(link.edge.place("from"), Concern.CONFLICT, _why_not_both(link, other))
            continue
        for place in places:
            # What has ended when this begins cannot meet anything that begins later still.
            by_place[place] = [one for one in by_place[place] if _overlap(one.edge, link.edge)] + [link]
        kept.append(link)
    return kept


def _begins(link: Link) -> tuple[datetime, str, int]:
    return link.edge.since, link.edge.file, link.edge.line


def _overlap(one: Edge, other: Edge) -> bool:
    is_before = one.until is not None and one.until <= other.since
    is_after = other.until is not None and other.until <= one.since
    return not (is_before or is_after)


def _why_not_both(link: Link, other: Link) -> str:
    if link.key == other.key:
        return f"{link.component} is there by {_line(other)} at the same time; say it in one line, or end that first"
    if link.component == other.component:
        return f"{link.component} is in {other.parent} at the same time by {_line(other)}; one of the two is wrong"
    place = link.edge.reference_designator
    return f"{place} of {link.parent} holds {other.component} at the same time by {_line(other)}; one of them is wrong"


def _line(link: Link) -> str:
    return f"line {link.edge.line} of {link.edge.file}"


@dataclass(frozen=True, slots=True)
class _Standing:
    """The links that hold at a moment, by either end."""

    of_parent: dict[Subject, dict[int, Link]]
    of_component: dict[Subject, dict[int, Link]]

    def add(self, link: Link) -> None:
        self.of_parent.setdefault(link.parent, {})[id(link)] = link
        self.of_component.setdefault(link.component, {})[id(link)] = link

    def end(self, link: Link) -> None:
        self.of_parent.get(link.parent, {}).pop(id(link), None)
        self.of_component.get(link.component, {}).pop(id(link), None)

    def way(self, link: Link) -> list[Link] | None:
        """The links by which the component of a link contains its parent, or None.

        Looks from both ends by turns, and is done when either has nothing left: a lot that is in ten thousand units
        costs nothing as long as what goes into it is small.
        """
        down = _Search(link.component, link.parent, self.of_parent, is_down=True)
        up = _Search(link.parent, link.component, self.of_component, is_down=False)
        while True:
            for search in (down, up):
                if search.step():
                    return search.way()
                if not search.waiting:
                    return None


class _Search:
    """A search from one thing towards another, step by step."""

    def __init__(self, start: Subject, goal: Subject, links: dict[Subject, dict[int, Link]], *, is_down: bool) -> None:
        self.waiting = [start]
        self._goal = goal
        self._start = start
        self._links = links
        self._is_down = is_down
        self._through: dict[Subject, Link] = {}

    def step(self) -> bool:
        """Look at one more thing; whether the goal is reached."""
        at = self.waiting.pop()
        for link in self._links.get(at, {}).values():
            following = link.component if self._is_down else link.parent
            if following != self._start and following not in self._through:
                self._through[following] = link
                self.waiting.append(following)
        return self._goal in self._through or self._goal == self._start

    def way(self) -> list[Link]:
        found = []
        at = self._goal
        while at != self._start:
            link = self._through[at]
            found.append(link)
            at = link.parent if self._is_down else link.component
        return found


def _without_cycles(links: Sequence[Link], findings: Remarks) -> list[Link]:
    """Without the lines by which something would come to be inside itself, at the time at which it would."""
    standing = _Standing({}, {})
    refused: set[int] = set()
    for begins, link in _in_time(links):
        if not begins:
            standing.end(link)
            continue
        way = standing.way(link)
        if way is None:
            standing.add(link)
            continue
        refused.add(id(link))
        others = ", ".join(dict.fromkeys(_line(one) for one in way))
        by = f" by {others}" if others else ""
        reason = f"{link.component} contains {link.parent}{by}, so it cannot be in it at the same time"
        findings.refuse(link.edge.place("component"), Concern.CONFLICT, reason)
    return [link for link in links if id(link) not in refused]


def _in_time(links: Sequence[Link]) -> Iterator[tuple[bool, Link]]:
    """Beginnings (True) and ends of links in the order in which they happened, ends first."""
    moments: list[tuple[datetime, bool, int, Link]] = []
    for number, link in enumerate(links):
        moments.append((link.edge.since, True, number, link))
        if link.edge.until is not None:
            moments.append((link.edge.until, False, number, link))
    moments.sort(key=lambda one: one[:3])
    return ((begins, link) for _, begins, _, link in moments)


def named_by(links: Iterable[Link]) -> dict[Subject, Edge]:
    """Each unit and lot of some links, with the edge that speaks of it first."""
    first: dict[Subject, Edge] = {}
    for link in sorted(links, key=_begins):
        first.setdefault(link.parent, link.edge)
        first.setdefault(link.component, link.edge)
    return first


def refuse_unknown(links: Sequence[Link], names: Names, findings: Remarks) -> list[Link]:
    """Without the links of units and lots that are not on record, which are refused."""
    kept = []
    for link in links:
        unknown = [
            (field, one)
            for field, one in (("parent", link.parent), ("component", link.component))
            if one not in names.existing
        ]
        for field, one in unknown:
            reason = f"{kind_word(one)} {one} is not on record; check the name, or declare what is new with --declare"
            findings.refuse(link.edge.place(field), Concern.IDENTITY, reason)
        if not unknown:
            kept.append(link)
    return kept
