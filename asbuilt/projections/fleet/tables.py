"""What the index is made of, as columns of subject ids and times, before it is put in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from asbuilt.core.events.event import Evidence

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]

NEVER = 2**63 - 1
"""The end of what has not ended, in microseconds."""
NOWHERE = 0
"""No subject has this id."""

UNIT, LOT, HAS_ENDED, IS_FED = 1, 2, 4, 8
"""Marks of a subject: it is a unit, a lot; it was taken out of something; it was loaded at a station."""


STRENGTHS: dict[Evidence, int] = {evidence: place for place, evidence in enumerate(Evidence)}
"""How weak evidence is: its place in Evidence, 0 the best."""


class Grouping(StrEnum):
    """What affected units and lots are counted by. The value is the member's name in where-used."""

    STATUS = "status"
    LOCATION = "location"
    CUSTOMER = "customer"
    SHIPMENT = "shipment"
    WORK_ORDER = "work_order"
    CONTAINER = "container"
    CUSTODY = "custody"
    PART_NUMBER = "part_number"


@dataclass(frozen=True, slots=True)
class Coded:
    """Texts of rows: for each row a place in `texts`, of which the first is empty."""

    codes: I32
    texts: Sequence[str]

    def at(self, rows: I64) -> "Coded":
        """Those of some rows, in that order."""
        return Coded(self.codes[rows], self.texts)


def blank(count: int) -> Coded:
    """Of so many rows no text."""
    return Coded(np.zeros(count, np.int32), [""])


def joined(old: Coded, is_kept: NDArray[np.bool_], new: Coded) -> Coded:
    """Some rows of one and after them all of another, each different text once."""
    known = {text: code for code, text in enumerate(old.texts)}
    moved = np.array([known.setdefault(text, len(known)) for text in new.texts], np.int32)
    return Coded(np.concatenate([old.codes[is_kept], moved[new.codes]]), list(known))


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Rows of installation. removed_at: NEVER while it is installed. evidence: as STRENGTHS has it.

    place: reference designators.
    """

    component: I64
    parent: I64
    installed_at: I64
    removed_at: I64
    evidence: U8
    place: Coded


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """Rows of operation_run. station: NOWHERE when none is named. work_order: the run's own."""

    station: I64
    unit: I64
    completed_at: I64
    operation: Coded
    tool: Coded
    program: Coded
    operator: Coded
    work_order: Coded


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Rows of setup_window. unloaded_at: NEVER while it is loaded."""

    lot: I64
    station: I64
    loaded_at: I64
    unloaded_at: I64
    slot: Coded


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """Rows of unit_state and lot_state.

    marks: UNIT or LOT; 0 for a subject without a row. installed_in: the subject it is part of, or NOWHERE.
    codes: by grouping, a place in its texts. thing: what each is, as `described` writes it.
    """

    subject: I64
    marks: U8
    installed_in: I64
    codes: Mapping[Grouping, I32]
    texts: Mapping[Grouping, Sequence[str]]
    thing: Coded


@dataclass(frozen=True, slots=True)
class Thing:
    """What a unit or lot is. supplier: of a lot, else who issued the number of its part."""

    issuer: str
    part_number: str
    supplier: str
    revision: str


_BETWEEN = "\x00"
"""Stands between the members of a thing; no name has it."""


def described(thing: Thing) -> str:
    """A thing as one text."""
    return _BETWEEN.join((thing.issuer, thing.part_number, thing.supplier, thing.revision))


def thing_of(text: str) -> Thing:
    """The thing that `described` wrote."""
    return Thing(*text.split(_BETWEEN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """All of it."""

    links: Links
    passes: Passes
    windows: Windows
    states: States
