"""The slots of a station as lines of a page: how each stands, and what is to be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from asbuilt.core.states.setups import SlotStatus
from asbuilt.queries.setups import LoadView, SetupView, SlotView
from asbuilt.web.addresses import page_of, setup_page
from asbuilt.web.templatetags.asbuilt import short_name
from asbuilt.web.words import Said, Tone, shown_quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLine:
    """A lot in a slot. path: its page. unload: the page with the form filled in to take it out."""

    name: str
    path: str
    unload: str
    view: LoadView
    left: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLine:
    """A slot as a line. todo: what is to be done about it, or nothing. load: the page with the form filled in."""

    view: SlotView
    said: Said
    todo: str
    wanted: tuple[str, ...]
    loads: tuple[LoadLine, ...]
    load: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many slots of a station stand how. slots: those of the list. not_usable: right, but on hold or expired."""

    slots: int
    verified: int
    empty: int
    wrong: int
    not_usable: int
    low: int

    @property
    def is_remarkable(self) -> bool:
        """Whether somebody should look at one of them."""
        return bool(self.empty or self.wrong or self.not_usable or self.low)


def tally(setup: SetupView) -> Tally:
    """The slots of the list that is in force, counted by how they stand; optional ones may be empty."""
    listed = [one for one in setup.slots if one.status is not SlotStatus.NOT_LISTED]
    return Tally(
        slots=len(listed),
        verified=sum(one.status is SlotStatus.VERIFIED for one in listed),
        empty=sum(one.status is SlotStatus.EMPTY and not one.is_optional for one in listed),
        wrong=sum(one.status is SlotStatus.WRONG for one in listed),
        not_usable=sum(bool(_unusable(one)) for one in listed),
        low=sum(one.is_low for one in listed),
    )


def state_said(setup: SetupView) -> Said:
    """Whether a station may run, in a word."""
    if not setup.setup_list:
        return Said(_("No setup in force"))
    return Said(_("May run"), Tone.PASS) if setup.may_run else Said(_("May not run"), Tone.FAIL)


def slot_lines(setup: SetupView, own_issuer: str) -> list[SlotLine]:
    """The slots in the order of the list, and then what is loaded besides."""
    return [_line(setup.station, one, own_issuer) for one in setup.slots]


def _line(station: str, slot: SlotView, own_issuer: str) -> SlotLine:
    wanted = tuple(short_name(part, own_issuer) for part in (slot.part, *slot.alternates) if part)
    loads = tuple(_load(station, slot, one, own_issuer) for one in slot.loads)
    said, todo = _stands(slot, _either(wanted), loads)
    fill = setup_page(station, form="load", slot=slot.slot, is_splice="1" if loads else "")
    return SlotLine(view=slot, said=said, todo=todo, wanted=wanted, loads=loads, load=fill)


def _load(station: str, slot: SlotView, load: LoadView, own_issuer: str) -> LoadLine:
    return LoadLine(
        name=short_name(load.lot, own_issuer),
        path=page_of("lot", load.lot),
        unload=setup_page(station, form="unload", slot=slot.slot, lot=load.lot),
        view=load,
        left=shown_quantity(load.left, slot.uom),
    )


def _stands(slot: SlotView, wanted: str, loads: tuple[LoadLine, ...]) -> tuple[Said, str]:
    """The word for a slot, and what is to be done, what stops the line first."""
    if slot.status is SlotStatus.NOT_LISTED:
        return Said(_("Not on the list")), ""
    if slot.status is SlotStatus.EMPTY:
        if slot.is_optional:
            return Said(_("Empty, optional")), ""
        return Said(_("Empty"), Tone.FAIL), _("Load {part}.").format(part=wanted)
    there = ", ".join(one.name for one in loads)
    if slot.status is SlotStatus.WRONG:
        text = _("Unload {lots} and load {part}.").format(lots=there, part=wanted)
        return Said(_("Wrong"), Tone.FAIL), text
    return _verified(slot, loads)


def _verified(slot: SlotView, loads: tuple[LoadLine, ...]) -> tuple[Said, str]:
    """The same for a slot that holds what it should: that may be on hold, expired, used up or nearly so."""
    unusable = _unusable(slot)
    if unusable:
        lots = ", ".join(one.name for one in loads if one.view in unusable)
        holds = [number for one in unusable for number in one.open_holds]
        if holds:
            text = _("{lots} is on hold ({holds}): unload it and load another.")
            return Said(_("On hold"), Tone.HOLD), text.format(lots=lots, holds=", ".join(holds))
        return Said(_("Expired"), Tone.FAIL), _("{lots} has expired: unload it and load another.").format(lots=lots)
    if slot.is_counted and slot.units_left == 0:
        return Said(_("Used up"), Tone.FAIL), _("Not enough for a unit: splice or load another.")
    if slot.is_low:
        return Said(_("Low"), Tone.HOLD), _("Have the next lot ready.")
    return Said(_("Verified")), ""


def _unusable(slot: SlotView) -> list[LoadView]:
    """What feeds a slot as it should, and may not be used all the same."""
    if slot.status is not SlotStatus.VERIFIED:
        return []
    return [one for one in slot.loads if not one.is_usable]


def _either(parts: Iterable[str]) -> str:
    return _(" or ").join(parts)
