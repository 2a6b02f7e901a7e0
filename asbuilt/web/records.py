"""One serial, three records: what shop floor, business and quality know of a unit, and where it is in its life.

Only facts that the record holds; what nobody has recorded is not shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from asbuilt.core.states.records.identity import Custody, LifeCycle, Status
from asbuilt.queries.as_built import AsBuilt, OperationView, flattened
from asbuilt.queries.history import HistoryEntry
from asbuilt.queries.units import UnitView
from asbuilt.web.addresses import duplicate_page, order_page, page_of, units_with
from asbuilt.web.telling import facts, happened_at, number, say
from asbuilt.web.templatetags.asbuilt import moment, name_link, short_name
from asbuilt.web.words import CUSTODY_WORDS, NOT_DELIVERED, Tone, status_said

STATIONS_SHOWN = 3
OVERRIDES_SHOWN = 5
STEPS_SHOWN = 8
"""Steps of the life line: the first and the latest ones."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and a value. tone: what the value asks of the reader."""

    name: str
    value: SafeString
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Record:
    """What one side of the house knows."""

    title: str
    facts: list[Fact]


@dataclass(frozen=True, slots=True)
class Step:
    """A step in the life of a unit. kind: the type of the event that took it."""

    kind: str
    word: str
    when: datetime
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something about the unit that needs a person."""

    tone: Tone
    title: str
    text: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that the records are drawn from.

    inside: how many components are what, where that is an exception. parent: kind and name of what the unit is in.
    """

    unit: UnitView
    as_built: AsBuilt
    history: Sequence[HistoryEntry]
    inside: dict[str, int]
    parent: tuple[str, str] | None
    own_issuer: str

    @property
    def counting(self) -> Iterator[HistoryEntry]:
        """The events that count, the latest first."""
        return (entry for entry in reversed(self.history) if entry.corrected_by is None)

    def last(self, kind: str) -> HistoryEntry | None:
        """The latest event of a type that counts."""
        return next((entry for entry in self.counting if entry.type == kind), None)


def three_records(known: Known) -> list[Record]:
    """Shop floor, business and quality."""
    return [
        Record(_("Shop floor"), _shop_floor(known)),
        Record(_("Business"), _business(known)),
        Record(_("Quality"), _quality(known)),
    ]


def _given(*found: Fact | None) -> list[Fact]:
    return [fact for fact in found if fact is not None and fact.value]


def _fact(name: str, value: str | Promise, tone: Tone = Tone.NEUTRAL) -> Fact | None:
    return Fact(name, say("{value}", value=value), tone) if value else None


def _shop_floor(known: Known) -> list[Fact]:
    return _given(
        *_operations(known.as_built.operations),
        _built(known.as_built.operations),
        _components(known),
        _fact(_("Received"), _received(known)),
    )


def _operations(operations: Sequence[OperationView]) -> Iterable[Fact | None]:
    if not operations:
        return
    latest = {operation.operation: operation for operation in operations}
    passed = sum(operation.result == "passed" for operation in latest.values())
    done = say(_("{passed} of {count} passed"), passed=passed, count=len(latest))
    yield Fact(_("Operations"), done, Tone.NEUTRAL if passed == len(latest) else Tone.FAIL)
    failed = [operation for operation in operations if operation.result == "failed"]
    if failed:
        where = ", ".join(dict.fromkeys(operation.operation for operation in failed))
        text = ngettext("No, {count} failed attempt at {where}", "No, {count} failed attempts at {where}", len(failed))
        yield Fact(_("First pass"), say(text, count=len(failed), where=where))
    else:
        yield Fact(_("First pass"), say(_("Yes")))
    last = operations[-1]
    word = _("passed") if last.result == "passed" else _("failed")
    tone = Tone.NEUTRAL if last.result == "passed" else Tone.FAIL
    yield Fact(_("Last operation"), say("{operation} {word}", operation=last.operation, word=word), tone)


def _built(operations: Sequence[OperationView]) -> Fact | None:
    stations = list(dict.fromkeys(operation.station for operation in operations if operation.station))
    if not stations:
        return None
    shown = ", ".join(stations[:STATIONS_SHOWN])
    if len(stations) > STATIONS_SHOWN:
        more = len(stations) - STATIONS_SHOWN
        shown = ngettext("{shown} and {count} more", "{shown} and {count} more", more).format(shown=shown, count=more)
    return Fact(_("Built at"), say("{shown}", shown=shown))


def _components(known: Known) -> Fact | None:
    count = known.as_built.component_count
    if not count:
        return None
    text = say(ngettext("{count} component", "{count} components", count), count=count)
    missing = known.inside.get(NOT_DELIVERED, 0)
    absent = say(_("{count} not delivered"), count=missing) if missing else ""
    return Fact(_("As-built"), facts(text, absent), Tone.HOLD if missing else Tone.NEUTRAL)


def _received(known: Known) -> str:
    entry = known.last("UnitReceived")
    if entry is None:
        return ""
    return str(facts(entry.event.get("supplier", ""), number(entry.event.get("purchase_order", ""))))


def _business(known: Known) -> list[Fact]:
    unit, shipped = known.unit, known.last("UnitShipped")
    before = unit.custody is Custody.RETURNED and shipped is not None
    customer, shipment = unit.customer, unit.shipment
    if before and shipped is not None:
        customer = _("{customer}, until it came back").format(customer=shipped.event["customer"])
        shipment = str(shipped.event.get("shipment", ""))
    order = "" if shipped is None or unit.custody is Custody.IN_HOUSE else str(shipped.event.get("sales_order", ""))
    return _given(
        Fact(_("Custody"), say("{word}", word=CUSTODY_WORDS[unit.custody])),
        Fact(_("Work order"), name_link(order_page(unit.work_order), unit.work_order)) if unit.work_order else None,
        Fact(_("Installed in"), _parent(known)) if known.parent else None,
        _fact(_("Customer"), customer),
        Fact(_("Delivery"), number(shipment)),
        Fact(_("Sales order"), number(order)),
        Fact(_("Container"), name_link(units_with(container=unit.container), unit.container))
        if unit.container
        else None,
        _panel(known),
        _fact(_("Location"), unit.location),
    )


def _panel(known: Known) -> Fact | None:
    panel, position = known.unit.panel, known.unit.panel_position
    if not panel:
        return None
    return Fact(_("Panel"), say(_("{panel}, position {position}"), panel=number(panel), position=number(position)))


def _parent(known: Known) -> SafeString:
    assert known.parent is not None, "asked for units that are installed"
    kind, name = known.parent
    link = name_link(page_of(kind, name), short_name(name, known.own_issuer))
    place = known.unit.reference_designator
    return say(_("{parent} at {place}"), parent=link, place=number(place)) if place else link


def _quality(known: Known) -> list[Fact]:
    unit = known.unit
    wrong = sum(entry.corrected_by is not None for entry in known.history)
    returned = known.last("UnitReturned")
    return _given(
        _holds(known),
        *_failures(known.as_built.operations),
        Fact(_("In components"), _inside(known), Tone.HOLD),
        Fact(_("Returned for"), facts(returned.event["reason"], number(returned.event.get("rma", ""))))
        if returned
        else None,
        _fact(_("Corrections"), str(wrong) if wrong else _("None")),
        _fact(_("Expires"), unit.expires_on.isoformat() if unit.expires_on else ""),
    )


def _holds(known: Known) -> Fact:
    if known.unit.open_holds:
        open_holds = format_html_join(", ", "{}", ((number(hold),) for hold in known.unit.open_holds))
        return Fact(_("Holds"), open_holds, Tone.HOLD)
    released = sum(entry.type == "HoldReleased" and entry.role == "subject" for entry in known.counting)
    if released:
        text = ngettext("None open, {count} released", "None open, {count} released", released)
        return Fact(_("Holds"), say(text, count=released))
    return Fact(_("Holds"), say(_("None")))


def _failures(operations: Sequence[OperationView]) -> Iterable[Fact]:
    failed = [operation for operation in operations if operation.result == "failed"]
    defects = list(dict.fromkeys(operation.defect for operation in failed if operation.defect))
    if not operations:
        return
    if not failed:
        yield Fact(_("Failed attempts"), say(_("None")))
        return
    latest = {operation.operation: operation for operation in operations}
    still = any(operation.result == "failed" for operation in latest.values())
    text = say("{count}", count=len(failed))
    yield Fact(_("Failed attempts"), facts(text, *defects[:1]), Tone.FAIL if still else Tone.NEUTRAL)


def _inside(known: Known) -> SafeString:
    return facts(
        *(
            say("{status}: {count}", count=count, status=status_said(status).word)
            for status, count in sorted(known.inside.items())
            if status != NOT_DELIVERED
        )
    )


def life_line(known: Known) -> list[Step]:
    """What the unit has gone through, from its history; the last step is where it is now."""
    steps: list[Step] = []
    for entry in reversed([*known.counting]):
        if entry.type == "UnitUnpacked" and steps and steps[-1].kind == "UnitPacked":
            steps.pop()  # as if it had never been packed
        step = _step(entry)
        if step is not None and (not steps or step.word != steps[-1].word):
            steps.append(step)
    if len(steps) > STEPS_SHOWN:
        del steps[1 : 1 + len(steps) - STEPS_SHOWN]
    return steps


_STEPS: dict[tuple[str, str], tuple[Promise, Tone]] = {
    ("subject", "UnitCommissioned"): (gettext_lazy("Issued"), Tone.NEUTRAL),
    ("subject", "UnitReceived"): (gettext_lazy("Received"), Tone.NEUTRAL),
    ("subject", "OperationStarted"): (gettext_lazy("In process"), Tone.NEUTRAL),
    ("subject", "OperationCompleted"): (gettext_lazy("In process"), Tone.NEUTRAL),
    ("concerned", "ComponentInstalled"): (gettext_lazy("Installed"), Tone.NEUTRAL),
    ("concerned", "ComponentRemoved"): (gettext_lazy("Removed"), Tone.NEUTRAL),
    ("subject", "UnitPacked"): (gettext_lazy("Packed"), Tone.NEUTRAL),
    ("subject", "UnitShipped"): (gettext_lazy("Shipped"), Tone.NEUTRAL),
    ("subject", "UnitReturned"): (gettext_lazy("Returned"), Tone.HOLD),
    ("subject", "UnitScrapped"): (gettext_lazy("Scrapped"), Tone.FAIL),
}
"""The steps of a life, by role and type of the event that takes them."""


def _step(entry: HistoryEntry) -> Step | None:
    found = _STEPS.get((entry.role, entry.type))
    return None if found is None else Step(entry.type, str(found[0]), happened_at(entry), found[1])


def alarms(known: Known) -> list[Alarm]:
    """What stands in the way of using the unit, and why."""
    found: list[Alarm] = []
    scrapped = known.last("UnitScrapped")
    if known.unit.life_cycle is LifeCycle.SCRAPPED and scrapped is not None:
        found.append(Alarm(Tone.FAIL, _("Scrapped."), say("{reason}", reason=scrapped.event["reason"])))
    placed = {entry.event["hold"]: entry for entry in reversed([*known.counting]) if entry.type == "HoldPlaced"}
    for hold in known.unit.open_holds:
        entry = placed.get(hold)
        text = number(hold) if entry is None else facts(entry.event["reason"], number(hold), moment(happened_at(entry)))
        found.append(Alarm(Tone.HOLD, _("On hold."), text))
    for one in known.unit.duplicates:
        if not one.decision:
            look = format_html('<a href="{}">{}</a>', duplicate_page(one.question), _("Look at both and decide"))
            text = facts(one.supplier, number(one.document), one.location, one.description, look)
            found.append(Alarm(Tone.HOLD, _("A duplicate was reported and waits for a decision."), text))
    if not found and (inside := _held_inside(known)) is not None:
        found.append(inside)
    return [*found, *_overridden(known)]


def _overridden(known: Known) -> Iterator[Alarm]:
    """What was done in spite of the interlock: it stays at the top for ever."""
    overrides = known.unit.overrides
    for one in overrides[:OVERRIDES_SHOWN]:
        text = facts(
            say("{operation}", operation=one.operation),
            one.station,
            moment(one.overridden_at),
            say(_("by {name}"), name=one.by),
            one.reason,
            ", ".join(one.rules),
            _("the operation was declared wrong since") if one.is_corrected else "",
        )
        yield Alarm(Tone.REWORK, _("Overridden."), text)
    more = len(overrides) - OVERRIDES_SHOWN
    if more > 0:
        told = ngettext("{count} more, in the history", "{count} more, in the history", more)
        yield Alarm(Tone.REWORK, _("Overridden."), say(told, count=more))


def _held_inside(known: Known) -> Alarm | None:
    """A component on hold holds what it is in as well."""
    if not known.inside.get(Status.ON_HOLD):
        return None
    held = [component for component in flattened(known.as_built) if component.status == Status.ON_HOLD]
    shown = [
        format_html(
            "{} {}",
            component.description,
            name_link(page_of(component.kind, component.name), component.serial_number or component.lot_number),
        )
        for component in held[:STATIONS_SHOWN]
    ]
    title = ngettext("{count} component is on hold.", "{count} components are on hold.", len(held))
    return Alarm(Tone.HOLD, title.format(count=len(held)), facts(*shown))
