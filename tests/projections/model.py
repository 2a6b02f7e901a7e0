"""What is true of a plant, worked out from the list of its events in the simplest way: the answers to compare with.

Nothing is undone here: an event that was declared wrong is left out, and everything is worked out again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired
from asbuilt.core.events.definitions import LotDefined
from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.genealogy import (
    ComponentDeclared,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import (
    AliasAssigned,
    DuplicateReported,
    DuplicateResolved,
    UnitCommissioned,
    UnitReidentified,
    UnitsMerged,
)
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReceived, UnitReturned, UnitShipped, UnitUnpacked
from asbuilt.core.events.lots import LotOperationCompleted
from asbuilt.core.events.production import (
    OperationCompleted,
    OperationStarted,
    UnitDepanelled,
    UnitPanelled,
    WorkOrderClosed,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderSplit,
)
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped

EVER = "ever"
When = datetime | str | None
"""A time, EVER, or None for now."""


@dataclass
class Interval:
    """Something that holds from a time until another: a component in its place, a lot in a slot."""

    what: tuple[str, ...]
    begins: datetime
    binds: bool = False
    ends: datetime | None = None
    is_open: bool = True

    def holds(self, when: When) -> bool:
        if when is None:
            return self.is_open
        if when == EVER:
            return True
        return self.begins <= when and (self.ends is None or when < self.ends)


@dataclass
class Wrong:
    """Something wrong with a unit that is not settled. number: '' when the record gave it one."""

    number: str
    retest: str
    decided: str = ""
    is_mended: bool = False

    def outlives_pass_of(self, operation: str) -> bool:
        is_ready = self.is_mended or self.decided in ("", "retest")
        return not (is_ready and operation == self.retest and self.decided != "scrap")


@dataclass
class OrderFacts:
    """A work order as it stands. closed: (started, good, scrapped) when it was closed."""

    part: str
    quantity: int
    last_operation: str
    held: str = ""
    closed: tuple[int, int, int] | None = None


@dataclass
class UnitFacts:
    """A unit as it stands."""

    location: str = ""
    container: str = ""
    customer: str = ""
    panel: tuple[str, ...] = ()
    custody: str = "in_house"
    installed_in: str = ""
    marks: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    """Keys and marks of records merged into this one."""
    order: str = ""
    last_operation: str = ""
    last_result: str = ""
    is_issued: bool = True
    is_scrapped: bool = False
    holds: set[str] = field(default_factory=set)
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def status(self) -> str:
        facts = {
            "scrapped": self.is_scrapped,
            "on_hold": self.holds,
            "shipped": self.custody == "shipped",
            "installed": self.installed_in,
            "failed": self.last_result == "failed",
            "returned": self.custody == "returned",
            "packed": self.container,
            "in_process": self.last_operation,
            "issued": self.is_issued,
        }
        return next((status for status, holds in facts.items() if holds), "available")


class Plant:
    """A plant after some events.

    found: what those that closed an order counted, and whether an order was held when it was split, as known then.
    """

    def __init__(self, facts: Iterable[Event], *, found: Mapping[UUID, Any]) -> None:
        self._found = found
        self.units: dict[str, UnitFacts] = {}
        self.lots: dict[str, Decimal | None] = {}
        self.used: dict[str, Decimal] = {}
        self.scrapped: dict[str, Decimal] = {}
        self.worked: dict[tuple[str, str], tuple[Decimal, ...]] = {}
        """How much of a lot was worked on at an operation the first time, how much failed, how much was tried again."""
        self.lot_holds: dict[str, set[str]] = {}
        self.links: list[Interval] = []
        self.windows: list[Interval] = []
        self.passes: list[tuple[str, str, datetime]] = []
        self.starts: list[tuple[str, str, str]] = []
        self.declared: list[tuple[str, str, str, datetime]] = []
        self.questions: dict[UUID, str] = {}
        self.aliases: set[tuple[str, str, str]] = set()
        self.orders: dict[str, OrderFacts] = {}
        for event in facts:
            self._tell(event)

    # What happened

    def _tell(self, event: Event) -> None:
        for kinds, tell in (
            ((UnitCommissioned, UnitReceived, LotDefined, AliasAssigned, UnitReidentified), self._comes),
            ((UnitCommissioned, OperationStarted, OperationCompleted), self._is_ordered),
            ((WorkOrderReleased, WorkOrderSplit, WorkOrderHeld, WorkOrderResumed, WorkOrderClosed), self._orders),
            ((DuplicateReported, DuplicateResolved), self._is_asked),
            ((UnitsMerged,), self._is_one_with),
            ((ComponentInstalled, MaterialConsumed, ComponentRemoved, ComponentDeclared), self._is_built),
            ((MaterialLoaded, MaterialUnloaded), self._is_fed),
            ((OperationStarted, OperationCompleted), self._is_worked_on),
            ((LotOperationCompleted,), self._is_worked_on_in_part),
            ((UnitMoved, UnitPacked, UnitUnpacked, UnitShipped, UnitReturned), self._goes),
            ((UnitPanelled, UnitDepanelled), self._is_on_panel),
            ((HoldPlaced, HoldReleased, UnitScrapped), self._is_judged),
            ((OperationCompleted, UnitScrapped, DefectRecorded, DefectDispositioned, DefectRepaired), self._is_wrong),
        ):
            if isinstance(event, kinds):
                tell(event)

    def _comes(self, event) -> None:
        if isinstance(event, LotDefined):
            self.lots[str(event.lot)] = event.quantity
        elif isinstance(event, AliasAssigned):
            self.aliases.add((str(event.unit or event.lot), event.scheme, event.value))
        elif isinstance(event, UnitReidentified):
            self.units[str(event.unit)].marks.append(str(event.marked_as))
        else:
            self.units[str(event.unit)] = UnitFacts(
                location=event.location, is_issued=isinstance(event, UnitCommissioned)
            )

    def _is_ordered(self, event) -> None:
        unit = self.units[str(event.unit)]
        unit.order = unit.order or str(event.work_order or "")

    def _orders(self, event) -> None:
        name = str(event.work_order)
        if isinstance(event, WorkOrderReleased):
            self.orders[name] = OrderFacts(str(event.part), event.quantity, event.last_operation)
        elif isinstance(event, WorkOrderSplit):
            order = self.orders[name]
            order.quantity -= event.quantity
            held = self._found.get(event.event_id, order.held)
            self.orders[str(event.into)] = OrderFacts(order.part, event.quantity, order.last_operation, held)
            for unit in map(str, event.units):
                if self.units[unit].order == name:
                    self.units[unit].order = str(event.into)
        elif isinstance(event, WorkOrderClosed):
            self.orders[name].closed = self._found.get(event.event_id, self.made_under(name))
        else:
            self.orders[name].held = event.reason if isinstance(event, WorkOrderHeld) else ""

    def made_under(self, name: str) -> tuple[int, int, int]:
        """How many units belong to an order, and how many of them are good, and scrapped."""
        units = [unit for unit in self.units.values() if unit.order == name]
        last = (self.orders[name].last_operation, "passed")
        good = [one for one in units if not one.is_scrapped and (one.last_operation, one.last_result) == last]
        return len(units), len(good), sum(one.is_scrapped for one in units)

    def _is_asked(self, event) -> None:
        if isinstance(event, DuplicateReported):
            self.questions[event.event_id] = str(event.unit)
        else:
            del self.questions[event.question]

    def _is_one_with(self, event: UnitsMerged) -> None:
        """All that was told of the duplicate was told of the unit."""
        stays, goes = str(event.unit), str(event.duplicate)
        unit, other = self.units[stays], self.units.pop(goes)
        for name in ("location", "container", "customer", "installed_in", "order"):
            setattr(unit, name, getattr(unit, name) or getattr(other, name))
        if not unit.last_operation:
            unit.last_operation, unit.last_result = other.last_operation, other.last_result
        unit.custody = max(unit.custody, other.custody, key=["in_house", "returned", "shipped"].index)
        unit.is_issued &= other.is_issued
        unit.is_scrapped |= other.is_scrapped
        unit.holds |= other.holds
        unit.wrong += other.wrong
        unit.merged += [goes, *other.marks]
        for facts in self.units.values():
            facts.installed_in = stays if facts.installed_in == goes else facts.installed_in
        for link in self.links:
            link.what = tuple(stays if name == goes else name for name in link.what)
        self.passes = [(stays if one[0] == goes else one[0], *one[1:]) for one in self.passes]
        self.starts = [(stays if one[0] == goes else one[0], *one[1:]) for one in self.starts]
        self.declared = [(stays if one[0] == goes else one[0], *one[1:]) for one in self.declared]
        self.aliases = {(stays if one[0] == goes else one[0], *one[1:]) for one in self.aliases}

    def _is_built(self, event) -> None:
        parent = str(event.output_lot if isinstance(event, MaterialConsumed) else event.unit or event.output_lot)
        if isinstance(event, ComponentDeclared):
            self.declared.append((parent, event.scheme, event.value, event.event_time))
            return
        component = str(event.component or event.lot)
        if isinstance(event, ComponentRemoved):
            self._take_out(parent, component, event)
            return
        place = getattr(event, "reference_designator", "")
        binds = event.component is not None and event.evidence is not Evidence.ALTERNATIVE
        self.links.append(Interval((parent, component, place), event.event_time, binds))
        if parent in self.units:
            self.units[parent].is_issued = False
        if event.lot is not None:
            self.used[component] = self.used.get(component, Decimal(0)) + (event.quantity or 1)
        if binds:
            self.units[component].installed_in = parent
            self.units[component].container = ""

    def _take_out(self, parent: str, component: str, event: ComponentRemoved) -> None:
        (link,) = [
            link
            for link in self.links
            if link.is_open
            and link.what[:2] == (parent, component)
            and event.reference_designator in ("", link.what[2])
        ]
        link.is_open, link.ends = False, event.event_time
        if link.binds:
            unit = self.units[component]
            unit.installed_in, unit.location = "", event.destination or unit.location

    def _is_fed(self, event) -> None:
        what = (str(event.station), event.slot, str(event.lot))
        if isinstance(event, MaterialLoaded):
            self.windows.append(Interval(what, event.event_time))
            return
        window, *_ = [window for window in self.windows if window.is_open and window.what == what]
        window.is_open, window.ends = False, event.event_time

    def _is_worked_on(self, event) -> None:
        unit, station = str(event.unit), str(event.station or "")
        self.units[unit].is_issued = False
        if isinstance(event, OperationStarted):
            self.starts.append((unit, event.operation, station))
            return
        begun = [start for start in self.starts if start[:2] == (unit, event.operation)]
        if begun:
            self.starts.reverse()
            self.starts.remove(begun[-1])
            self.starts.reverse()
            station = station or begun[-1][2]
        self.units[unit].last_operation = event.operation
        self.units[unit].last_result = event.result.value
        if station:
            self.passes.append((unit, station, event.event_time))

    def _is_worked_on_in_part(self, event: LotOperationCompleted) -> None:
        lot = str(event.lot)
        taken, failed, again = self.worked.get((lot, event.operation), (Decimal(0),) * 3)
        done = event.passed + event.failed + event.scrapped
        taken, again = (taken, again + done) if event.is_retry else (taken + done, again)
        self.worked[lot, event.operation] = (taken, failed + event.failed, again)
        self.scrapped[lot] = self.scrapped.get(lot, Decimal(0)) + event.scrapped

    def _goes(self, event) -> None:
        unit = self.units[str(event.unit)]
        if isinstance(event, UnitMoved):
            unit.location = event.location
        elif isinstance(event, UnitPacked):
            unit.container = event.container
        elif isinstance(event, UnitUnpacked):
            unit.container = ""
        elif isinstance(event, UnitShipped):
            unit.custody, unit.customer, unit.location = "shipped", event.customer, ""
        else:
            unit.custody, unit.customer, unit.container, unit.location = "returned", "", "", event.location

    def _is_on_panel(self, event) -> None:
        placed = isinstance(event, UnitPanelled)
        self.units[str(event.unit)].panel = (event.panel, event.position) if placed else ()

    def _is_judged(self, event) -> None:
        if isinstance(event, UnitScrapped):
            unit = self.units[str(event.unit)]
            unit.is_scrapped, unit.container, unit.location = True, "", event.location or unit.location
            return
        holds = self.units[str(event.unit)].holds if event.unit else self.lot_holds.setdefault(str(event.lot), set())
        if isinstance(event, HoldPlaced):
            holds.add(event.hold)
        else:
            holds.discard(event.hold)

    def _is_wrong(self, event) -> None:
        unit = self.units[str(event.unit)]
        if isinstance(event, DefectRecorded):
            unit.wrong.append(Wrong(event.number, ""))
        elif isinstance(event, UnitScrapped):
            unit.wrong.clear()
        elif isinstance(event, OperationCompleted) and event.result == "passed":
            unit.wrong = [one for one in unit.wrong if one.outlives_pass_of(event.operation)]
        elif isinstance(event, OperationCompleted):
            unit.wrong += [Wrong(one.number, event.operation) for one in event.defects] or [Wrong("", event.operation)]
        else:
            self._is_settled(unit, event)

    def _is_settled(self, unit: UnitFacts, event: DefectDispositioned | DefectRepaired) -> None:
        (one,) = [one for one in unit.wrong if one.number == event.defect]
        if isinstance(event, DefectDispositioned):
            one.decided, one.is_mended = event.disposition.value, False
            is_settled = one.decided in ("use_as_is", "no_fault_found")
        else:
            one.is_mended = True
            is_settled = not one.retest
        if is_settled:
            unit.wrong.remove(one)

    # What is asked

    def edges(self, when: When) -> Iterator[tuple[str, str]]:
        """(parent, component), for all that is installed, and all that was fed, at a time."""
        for link in self.links:
            if link.holds(when):
                yield link.what[0], link.what[1]
        for unit, station, passed in self.passes:
            if when in (None, EVER) or passed <= when:
                for window in self.windows:
                    lasts = window.ends is None or passed < window.ends
                    if window.what[0] == station and window.begins <= passed and lasts:
                        yield unit, window.what[2]

    def below(self, root: str, when: When = None) -> set[tuple[str, str]]:
        """Every edge below a unit or lot, with what documents declare."""
        edges = set(self.edges(when))
        nodes = _reachable(root, edges)
        found = {edge for edge in edges if edge[0] in nodes}
        linked = {link.what[:2] for link in self.links if link.holds(when)}
        for parent, scheme, value, declared_at in self.declared:
            delivered = any((parent, name) in linked and (s, v) == (scheme, value) for name, s, v in self.aliases)
            if parent in nodes and (when is None or declared_at <= when) and not delivered:
                found.add((parent, value))
        return found

    def above(self, seed: str, when: When = None) -> set[str]:
        """Everything that contains a unit or lot."""
        return _reachable(seed, {(component, parent) for parent, component in self.edges(when)}) - {seed}

    def contents(self, root: str) -> set[str]:
        return _reachable(root, set(self.edges(None))) - {root}

    def is_forbidden(self, name: str) -> bool:
        """Whether something is on hold or scrapped."""
        unit = self.units.get(name)
        return bool(self.lot_holds.get(name)) if unit is None else bool(unit.holds) or unit.is_scrapped

    # What must always hold

    def contradictions(self) -> list[str]:
        found = []
        bound = [link.what[1] for link in self.links if link.is_open and link.binds]
        found += [f"{name} is in {bound.count(name)} places" for name in set(bound) if bound.count(name) > 1]
        marks = [(mark, name) for name, unit in self.units.items() for mark in {name, *unit.marks, *unit.merged}]
        found += [f"{mark} is on two units" for mark in dict(marks) if len({b for a, b in marks if a == mark}) > 1]
        places = [link.what[::2] for link in self.links if link.is_open and link.binds and link.what[2]]
        found += [f"{place} holds {places.count(place)} units" for place in set(places) if places.count(place) > 1]
        slots = [window.what[:2] for window in self.windows if window.is_open]
        # A lot may be spliced to the one that comes to its end.
        found += [f"{slot} is fed three times" for slot in set(slots) if slots.count(slot) > 2]
        open_links = {link.what[:2] for link in self.links if link.is_open}
        for name in {parent for parent, _ in open_links}:
            inside = set().union(*(_reachable(child, open_links) for parent, child in open_links if parent == name))
            if name in inside:
                found.append(f"{name} contains itself")
        for lot, quantity in self.lots.items():
            gone = self.used.get(lot, 0) + self.scrapped.get(lot, 0)
            if quantity is not None and gone > quantity:
                found.append(f"{gone} of the {quantity} of {lot} are used or scrapped")
        for (lot, operation), (taken, failed, again) in self.worked.items():
            quantity = self.lots.get(lot)
            if again > failed or (quantity is not None and taken > quantity):
                found.append(
                    f"{operation} was done to {taken} of the {quantity} of {lot}, and to {again} of {failed} again"
                )
        return found


def _reachable(root: str, edges: set[tuple[str, str]]) -> set[str]:
    reached, waiting = {root}, [root]
    while waiting:
        node = waiting.pop()
        for above, below in edges:
            if above == node and below not in reached:
                reached.add(below)
                waiting.append(below)
    return reached


def is_statement(event: Event) -> bool:
    return getattr(event, "evidence", Evidence.SCANNED) in (Evidence.DECLARED, Evidence.ALTERNATIVE)


class Record:
    """The events that were accepted, in order, and those of them that count."""

    def __init__(self) -> None:
        self.accepted: list[Event] = []
        self._wrong: set[UUID] = set()
        self._found: dict[UUID, Any] = {}

    @property
    def plant(self) -> Plant:
        return Plant((event for event in self.accepted if event.event_id not in self._wrong), found=self._found)

    def add(self, event: Event) -> None:
        """Enter an accepted event; it is an error when it should have been refused."""
        if isinstance(event, UnitShipped | ComponentInstalled | MaterialConsumed) and not is_statement(event):
            plant = self.plant
            whole = str(event.unit if isinstance(event, UnitShipped) else event.component or event.lot)
            bad = [name for name in {whole, *plant.contents(whole)} if plant.is_forbidden(name)]
            assert not bad, f"{event} uses {bad}"
        if isinstance(event, EventCorrected):
            self._wrong.add(event.corrected_event_id)
        self.accepted.append(event)
        if isinstance(event, WorkOrderClosed):  # what was counted then stays, whatever is declared wrong later
            self._found[event.event_id] = self.plant.made_under(str(event.work_order))
        if isinstance(event, WorkOrderSplit):  # as is whether the new order waits, too
            self._found[event.event_id] = self.plant.orders[str(event.into)].held
        assert self.plant.contradictions() == []
