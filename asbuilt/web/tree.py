"""What is in a unit as a tree: identical siblings folded into one row, exceptions always drawn.

A large assembly is not drawn whole. Branches without exceptions are fetched when they are opened, and a fold of very
many components leads to a list.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from django.utils.translation import gettext as _

from asbuilt.core.identifiers.text import normal_form
from asbuilt.queries.as_built import ComponentView
from asbuilt.web.addresses import branch_of, components_of, page_of
from asbuilt.web.words import EVIDENCE_WORDS, NOT_DELIVERED, Said, Tone, shown_quantity, status_said

UNITS_FOLDED_FROM = 5
"""So many serialized siblings of one part, none of them an exception, become one row."""

LOTS_FOLDED_FROM = 2
"""So many places filled from one lot become one row."""

MEMBERS_SHOWN = 60
"""Rows inside a fold; the list has all of them."""

PLACES_SHOWN = 4
ROWS_AT_A_LEVEL = 150
LEVELS_DRAWN = 12
ROWS_DRAWN = 250
"""Levels, and rows, drawn before branches are left to be fetched."""

_NUMBERS = re.compile(r"(\d+)")
_RANGE = re.compile(r"^(.*?)(\d+)$")
_RANGE_FROM = 3


@dataclass(slots=True, kw_only=True)
class Branch:
    """A row of the tree. times: how many it stands for. places: reference designators, ranges drawn together.

    below: components in it. branches: those drawn. load: where the rest is fetched when the row is opened.
    note: said when it is opened. more: where all members of a fold are listed, and how many are not drawn.
    """

    label: str
    number: str
    path: str
    times: int = 1
    places: str = ""
    amount: str = ""
    said: Sequence[Said] = ()
    evidence: str = ""
    below: int = 0
    branches: list["Branch"] = field(default_factory=list)
    is_open: bool = False
    load: str = ""
    note: str = ""
    more: str = ""
    left_out: int = 0

    @property
    def opens(self) -> bool:
        """Whether there is anything to open."""
        return bool(self.branches or self.load or self.note or self.more)


@dataclass(frozen=True, slots=True)
class Sum:
    """What is in a component: how many components, and how many exceptions among them."""

    components: int
    exceptions: int


class Tree:
    """Draws what is in a unit or lot. parent: its kind and name. query: the time that was asked for."""

    def __init__(self, components: list[ComponentView], *, own_issuer: str, query: dict[str, str]) -> None:
        self._own = normal_form(own_issuer)
        self._query = query
        self._sums: dict[int, Sum] = {}
        self._drawn = 0
        self.total = self._sum_up(components)
        self._components = components

    def branches(self, kind: str, name: str) -> list[Branch]:
        """The rows directly below the unit or lot of that name."""
        return self._level(self._components, kind, name)

    # What is below

    def _sum_up(self, components: Sequence[ComponentView]) -> Sum:
        """Count what is below each component, from the bottom up: records may be deeper than Python's stack."""
        parents_first: list[ComponentView] = []
        waiting = list(components)
        while waiting:
            component = waiting.pop()
            parents_first.append(component)
            waiting.extend(component.components)
        for component in reversed(parents_first):
            self._sums[id(component)] = self._sum_of(component.components)
        return self._sum_of(components)

    def _sum_of(self, components: Iterable[ComponentView]) -> Sum:
        count = exceptions = 0
        for component in components:
            below = self._sums[id(component)]
            count += 1 + below.components
            exceptions += is_exception(component) + below.exceptions
        return Sum(count, exceptions)

    def _level(self, components: Sequence[ComponentView], kind: str, name: str) -> list[Branch]:
        ordered = sorted(components, key=_order)
        groups: dict[tuple[object, ...], list[ComponentView]] = {}
        for component in ordered:
            groups.setdefault(self._likeness(component), []).append(component)
        found = list(groups.values())
        if len(found) > ROWS_AT_A_LEVEL:  # what is an exception is drawn in any case
            found.sort(key=lambda group: not self._is_exceptional(group[0]))
        branches: list[Branch] = []
        for place, group in enumerate(found):
            if len(branches) >= ROWS_AT_A_LEVEL:
                branches.append(self._rest(found[place:], kind, name))
                break
            branches.extend(self._group(group, kind, name))
        return branches

    def _likeness(self, component: ComponentView) -> tuple[object, ...]:
        """What siblings have in common that are drawn as one row."""
        return (
            component.kind,
            component.issuer,
            component.part_number,
            component.lot_number,
            component.evidence,
            component.status,
            self._sums[id(component)].exceptions > 0,
            component.name if component.kind == "declared" else "",
        )

    def _is_exceptional(self, component: ComponentView) -> bool:
        return is_exception(component) or self._sums[id(component)].exceptions > 0

    def _group(self, group: list[ComponentView], kind: str, name: str) -> list[Branch]:
        first = group[0]
        if first.kind == "lot":
            return [self._of_lot(group, kind, name)] if len(group) >= LOTS_FOLDED_FROM else [self._single(first)]
        if len(group) < UNITS_FOLDED_FROM or first.kind == "declared":
            return [self._single(component) for component in group]
        return [self._fold(group, kind, name)]

    # Rows

    def _single(self, component: ComponentView, *, is_member: bool = False) -> Branch:
        self._drawn += 1
        branch = self._row(component, [component])
        branch.number = self._number(component)
        branch.path = page_of(component.kind, component.name)
        below = self._sums[id(component)]
        branch.below = below.components
        if not below.components:
            return branch
        fits = self._drawn + len(component.components) <= ROWS_DRAWN and not is_member
        if (below.exceptions or fits) and component.level < LEVELS_DRAWN:
            branch.branches = self._level(component.components, component.kind, component.name)
            branch.is_open = below.exceptions > 0
        else:
            branch.load = branch_of(component.name, kind=component.kind, **self._query)
            if below.exceptions:
                branch.said = [*branch.said, Said(_("Exceptions inside"), Tone.HOLD)]
        return branch

    def _of_lot(self, group: list[ComponentView], kind: str, name: str) -> Branch:
        first = group[0]
        branch = self._single(first)
        branch.times = len(group)
        branch.places = places(group)
        branch.amount = _amount(group)
        branch.note = _each_place(group[:MEMBERS_SHOWN])
        self._lead_to_list(branch, first, len(group) - MEMBERS_SHOWN, parent=(kind, name))
        return branch

    def _fold(self, group: list[ComponentView], kind: str, name: str) -> Branch:
        self._drawn += 1
        first = group[0]
        branch = self._row(first, group)
        branch.times = len(group)
        branch.below = sum(self._sums[id(component)].components for component in group)
        shown = group[:MEMBERS_SHOWN]
        is_open = any(self._sums[id(component)].exceptions for component in group)
        branch.branches = [self._single(component, is_member=not is_open) for component in shown]
        branch.is_open = is_open
        self._lead_to_list(branch, first, len(group) - len(shown), parent=(kind, name))
        return branch

    def _lead_to_list(self, branch: Branch, first: ComponentView, left_out: int, *, parent: tuple[str, str]) -> None:
        """Say where the members of a fold are that are not drawn."""
        if left_out > 0:
            kind, name = parent
            branch.left_out = left_out
            part_number = f"{first.issuer}:{first.part_number}"
            branch.more = components_of(name, kind=kind, part_number=part_number, **self._query)

    def _rest(self, groups: list[list[ComponentView]], kind: str, name: str) -> Branch:
        """Everything at a level that is not drawn."""
        count = sum(len(group) for group in groups)
        return Branch(
            label=_("further components"),
            number="",
            path="",
            times=count,
            left_out=count,
            more=components_of(name, kind=kind, **self._query),
        )

    def _row(self, component: ComponentView, group: list[ComponentView]) -> Branch:
        evidence = EVIDENCE_WORDS[component.evidence]
        said = [] if component.status in _ORDINARY else [status_said(component.status)]
        if evidence.is_exception:
            said.append(evidence)
        return Branch(
            label=_label(component),
            number="",
            path="",
            places=places(group),
            amount=_amount(group),
            said=said,
            evidence="" if component.evidence == "scanned" or evidence.is_exception else str(evidence.word),
        )

    def _number(self, component: ComponentView) -> str:
        number = component.serial_number or component.lot_number
        if not number:
            return component.name
        return number if normal_form(component.issuer) == self._own else f"{component.issuer} {number}"


def _label(component: ComponentView) -> str:
    """What a component is; for one known by an outside name only, whose it is said to be."""
    if component.kind == "declared":
        return _("From %(supplier)s") % {"supplier": component.issuer} if component.issuer else _("Component")
    return component.description or component.part_number


_ORDINARY = frozenset({"installed", "available", "in_process", "issued", "packed", ""})
"""What a component of an assembly usually is, and which therefore says nothing."""


def is_exception(component: ComponentView) -> bool:
    """Whether a component has to be drawn: on hold, scrapped, failed, not delivered, or not surely there."""
    if component.status not in _ORDINARY and status_said(component.status).is_exception:
        return True
    return EVIDENCE_WORDS[component.evidence].is_exception


def exceptions_in(components: Iterable[ComponentView]) -> dict[str, int]:
    """How many components at all levels are what: by status, those that are exceptions only."""
    found: dict[str, int] = {}
    waiting = list(components)
    while waiting:
        component = waiting.pop()
        waiting.extend(component.components)
        if component.status == NOT_DELIVERED or (
            component.status not in _ORDINARY and status_said(component.status).tone is not Tone.NEUTRAL
        ):
            found[component.status] = found.get(component.status, 0) + 1
    return found


def _order(component: ComponentView) -> tuple[object, ...]:
    """By place, in the order in which people count (C2 before C10); what has no place comes last, by part."""
    return (not component.reference_designator, natural(component.reference_designator), natural(component.part_number))


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which C2 comes before C10."""
    return tuple((1, int(piece), "") if piece.isdecimal() else (0, 0, piece) for piece in _NUMBERS.split(text) if piece)


def places(group: Sequence[ComponentView]) -> str:
    """The reference designators of components in short: consecutive ones as a range, C1–C12, and not too many."""
    found = _ranges(_designators(group))
    if len(found) <= PLACES_SHOWN:
        return ", ".join(found)
    return f"{', '.join(found[: PLACES_SHOWN - 1])} … {found[-1]}"


def _each_place(group: Sequence[ComponentView]) -> str:
    """Every reference designator by itself, where the short form leaves some out."""
    designators = _designators(group)
    return ", ".join(designators) if len(designators) >= _RANGE_FROM else ""


def _designators(group: Sequence[ComponentView]) -> list[str]:
    return sorted({one.reference_designator for one in group if one.reference_designator}, key=natural)


def _ranges(designators: Iterable[str]) -> list[str]:
    numbered = [
        (match[1], int(match[2]), text) if (match := _RANGE.match(text)) else (text, -1, text) for text in designators
    ]
    found: list[str] = []
    for _key, run in groupby(enumerate(numbered), key=lambda one: (one[1][0], one[1][1] - one[0], one[1][1] < 0)):
        texts = [text for _, (_, _, text) in run]
        found.extend([f"{texts[0]}–{texts[-1]}"] if len(texts) >= _RANGE_FROM else texts)
    return found


def _amount(group: Sequence[ComponentView]) -> str:
    """How much of a lot is in the places; nothing where that is one piece each."""
    quantities = [component.quantity for component in group if component.quantity is not None]
    uoms = {component.uom for component in group}
    if len(uoms) != 1 or not quantities or len(quantities) != len(group):
        return ""
    total, uom = sum(quantities, Decimal(0)), uoms.pop()
    if not uom and total == len(group):
        return ""
    return shown_quantity(total, uom)
