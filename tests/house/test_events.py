"""An event type is told of in every place where it has to be."""

import ast

import pytest

from asbuilt.core.events.catalogue import EVENT_TYPES, room_of
from asbuilt.core.events.corrections import EventCorrected
from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded, DefectRepaired
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    CodeDefined,
    EquipmentDefined,
    PartDefined,
    RoutingDefined,
    SerialProfileDefined,
    SetupListDefined,
    SpecificationDefined,
    WorkCenterDefined,
)
from asbuilt.core.events.event import Event
from asbuilt.core.events.production import InterlockOverridden, OperationCompleted, OperationRefused, WorkOrderReleased
from asbuilt.core.events.quality import UnitScrapped
from asbuilt.core.events.recalls import RecallOpened, RecallScopeFrozen, RecallScopeListed
from asbuilt.core.rules.corrections import _DEFINED_ANEW
from asbuilt.core.rules.groups import NAMES_A_LOT, NAMES_A_UNIT
from asbuilt.core.states.corrections import UNDO
from asbuilt.core.states.fold import FOLDS
from asbuilt.core.states.known import lots_in, units_in
from asbuilt.core.states.unit import UNIT_AFTER
from tests.house.sources import ROOT, parsed, python_files

FOLDS_NOTHING: dict[type[Event], str] = {}
"""Event types that change nothing that rules or records ask for, and why."""

NEVER_UNDONE = {
    PartDefined: "COR-003: a definition is replaced by a new one",
    SerialProfileDefined: "COR-003: a definition is replaced by a new one",
    RoutingDefined: "COR-003: a definition is replaced by a new one",
    SetupListDefined: "COR-003: a definition is replaced by a new one",
    BillOfMaterialsDefined: "COR-003: a definition is replaced by a new one",
    WorkCenterDefined: "COR-003: a definition is replaced by a new one",
    EquipmentDefined: "COR-003: a definition is replaced by a new one",
    CodeDefined: "COR-003: a definition is replaced by a new one, or retired",
    SpecificationDefined: "COR-003: a definition is replaced by a new one",
    WorkOrderReleased: "COR-003: an order is closed",
    OperationRefused: "PRO-023: that it was refused stays",
    InterlockOverridden: "PRO-023: that it was overridden stays",
    RecallOpened: "REC-008: it is closed",
    RecallScopeListed: "REC-008: what it need not cover is cleared",
    RecallScopeFrozen: "REC-008: it is settled anew",
    EventCorrected: "COR-002: a correction is not corrected",
}
"""Event types whose rows a correction never takes out, and why."""

MAKES_A_UNIT = {"UnitCommissioned", "UnitReceived"}
NAMES_NO_UNIT = {"SerialNumberVoided"}
"""Names a serial number that no unit bears: IDN-015."""
MAKES_A_LOT = {"LotDefined"}


def captured_in_tests() -> set[str]:
    """The event types that tests of the floors record, by name."""
    found = set()
    for path in python_files("tests/core", "tests/capture", "tests/projections", "tests/queries", "tests/ledger"):
        for node in ast.walk(parsed(path)):
            called = getattr(node.func, "attr", "") if isinstance(node, ast.Call) and node.args else ""
            if called in ("captures", "made"):
                found.add(getattr(node.args[0], "id", ""))
            elif called == "corrects":
                found.add("EventCorrected")
    return found


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda one: one.__name__)
def test_an_event_type_is_folded(event_type):
    is_folded = event_type in FOLDS or event_type in UNIT_AFTER or event_type is OperationCompleted
    assert is_folded != (event_type in FOLDS_NOTHING)


FOLDED_AGAIN = {UnitScrapped, DefectRecorded, DefectDispositioned, DefectRepaired}
"""What changes defects only, which a correction works out again from the history of the unit (0033)."""


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda one: one.__name__)
def test_what_is_folded_beyond_the_unit_can_be_undone(event_type):
    if event_type in FOLDS:
        assert (event_type in UNDO) + (event_type in NEVER_UNDONE) + (event_type in FOLDED_AGAIN) == 1
    assert {one for one, why in NEVER_UNDONE.items() if why.startswith("COR-003")} == set(_DEFINED_ANEW)


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda one: one.__name__)
def test_an_event_type_is_recorded_in_a_test(event_type):
    assert event_type.__name__ in captured_in_tests()


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda one: one.__name__)
def test_an_event_type_is_in_the_reference(event_type):
    text = (ROOT / "docs/reference/events.md").read_text(encoding="utf-8")
    assert f"\n## {event_type.__name__}\n" in text
    assert (event_type.__doc__ or "").splitlines()[0] in text


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda one: one.__name__)
def test_an_event_type_is_in_the_past_tense_and_lives_in_its_room(event_type):
    assert event_type.__name__.endswith(("ed", "en", "Held", "Split")), "a fact has happened"
    assert (ROOT / "asbuilt/core/events" / f"{room_of(event_type)}.py").exists()


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda one: one.__name__)
def test_what_names_a_unit_or_lot_is_judged_for_its_existence(event_type):
    """IDN-001 and IDN-002 hold for every type that names a unit or lot, but for those that bring it into being."""
    fields = set(event_type.__dataclass_fields__)
    if fields & {"unit", "component"} and event_type.__name__ not in MAKES_A_UNIT | NAMES_NO_UNIT:
        assert event_type in NAMES_A_UNIT
    if fields & {"lot", "output_lot"} and event_type.__name__ not in MAKES_A_LOT:
        assert event_type in NAMES_A_LOT
    assert callable(units_in)
    assert callable(lots_in)


def test_every_event_class_is_in_the_list():
    defined = {
        node.name
        for path in python_files("asbuilt/core/events")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") == "Event" for base in node.bases)
    }
    assert defined == {event_type.__name__ for event_type in EVENT_TYPES}
