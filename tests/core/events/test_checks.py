"""What contradicts itself is no event, whatever the state of the plant."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asbuilt.core.events.catalogue import EVENT_TYPES, SUBJECT_FIELDS, room_of, subjects_in
from asbuilt.core.events.corrections import CorrectionReason, EventCorrected
from asbuilt.core.events.defects import Defect
from asbuilt.core.events.definitions import LotDefined, PartDefined, SpecificationDefined
from asbuilt.core.events.event import Characteristic, EventProblem, Measurement, check_quantity
from asbuilt.core.events.genealogy import (
    ComponentDeclared,
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.events.identity import AliasAssigned, DuplicateReported, UnitReidentified, UnitsMerged
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitReturned, UnitShipped, UnitUnpacked
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted
from asbuilt.core.events.production import OperationCompleted, OperationStarted, WorkOrderReleased
from asbuilt.core.events.quality import HoldPlaced, HoldReleased, UnitScrapped
from asbuilt.core.identifiers.subjects import Lot, Part, Specification, Station, Unit, WorkOrder
from tests.strategies import events, quantities

PART = Part("ACME", "P")
UNIT, OTHER, LOT, OUTPUT = Unit(PART, "1"), Unit(PART, "2"), Lot(PART, "L1"), Lot(PART, "L2")
PART_DONE = {"lot": LOT, "operation": "OP", "passed": Decimal(1)}
STATION, ORDER, SPECIFICATION = Station("SMT-1"), WorkOrder("WO-1"), Specification("ICT/1")
WHEN = {"event_id": UUID(int=1), "event_time": datetime(2026, 3, 2, tzinfo=UTC)}
VOLTAGE = Characteristic(characteristic="voltage")


@pytest.mark.parametrize(
    ("event_type", "fields", "told"),
    [
        (ComponentInstalled, {"unit": UNIT}, "exactly one of component, lot"),
        (ComponentInstalled, {"unit": UNIT, "component": OTHER, "lot": LOT}, "exactly one of component, lot"),
        (ComponentInstalled, {"unit": UNIT, "lot": LOT, "quantity": Decimal(0)}, "quantity 0 must be above zero"),
        (ComponentRemoved, {"unit": UNIT, "reason": "defective"}, "exactly one of component, lot"),
        (ComponentRemoved, {"unit": UNIT, "component": OTHER, "reason": " "}, "reason is empty"),
        (MaterialConsumed, {"output_lot": OUTPUT}, "exactly one of component, lot"),
        (MaterialConsumed, {"output_lot": OUTPUT, "lot": LOT, "quantity": Decimal(-1)}, "above zero"),
        (ComponentDeclared, {"scheme": "x", "value": "y"}, "exactly one of unit, output_lot"),
        (ComponentDeclared, {"unit": UNIT, "scheme": "", "value": "y"}, "scheme is empty"),
        (ComponentDeclared, {"unit": UNIT, "scheme": "x", "value": ""}, "value is empty"),
        (MaterialLoaded, {"lot": LOT, "station": STATION, "slot": ""}, "slot is empty"),
        (MaterialUnloaded, {"lot": LOT, "station": STATION, "slot": ""}, "slot is empty"),
        (AliasAssigned, {"unit": UNIT, "lot": LOT, "scheme": "x", "value": "y"}, "exactly one of unit, lot"),
        (AliasAssigned, {"unit": UNIT, "scheme": "x", "value": ""}, "value is empty"),
        (UnitReidentified, {"unit": UNIT, "marked_as": OTHER, "reason": " "}, "reason is empty"),
        (UnitsMerged, {"unit": UNIT, "duplicate": OTHER, "reason": ""}, "reason is empty"),
        (DuplicateReported, {"unit": UNIT, "scheme": "mac"}, "both scheme and value"),
        (HoldPlaced, {"hold": "H", "reason": "audit"}, "exactly one of unit, lot"),
        (HoldPlaced, {"unit": UNIT, "hold": "", "reason": "audit"}, "hold is empty"),
        (HoldPlaced, {"unit": UNIT, "hold": "H", "reason": ""}, "reason is empty"),
        (HoldReleased, {"unit": UNIT, "lot": LOT, "hold": "H", "reason": "audit"}, "exactly one of unit, lot"),
        (HoldReleased, {"unit": UNIT, "hold": "H", "reason": ""}, "reason is empty"),
        (UnitScrapped, {"unit": UNIT, "reason": ""}, "reason is empty"),
        (UnitReturned, {"unit": UNIT, "reason": ""}, "reason is empty"),
        (UnitMoved, {"unit": UNIT, "location": ""}, "location is empty"),
        (UnitPacked, {"unit": UNIT, "container": ""}, "container is empty"),
        (UnitUnpacked, {"unit": UNIT, "container": ""}, "container is empty"),
        (UnitShipped, {"unit": UNIT, "customer": ""}, "customer is empty"),
        (LotOperationStarted, {"lot": LOT, "operation": "OP", "quantity": Decimal(0)}, "above zero"),
        (LotOperationStarted, {"lot": LOT, "operation": "", "quantity": Decimal(1)}, "operation is empty"),
        (LotOperationCompleted, {"lot": LOT, "operation": "OP", "passed": Decimal(0)}, "nothing passed, failed or was"),
        (LotOperationCompleted, {"lot": LOT, "operation": "OP", "passed": Decimal(-1)}, "passed -1 must be above zero"),
        (LotOperationCompleted, {**PART_DONE, "scrapped": Decimal("0.0000001")}, "scrapped 1E-7 has more than 6"),
        (LotOperationCompleted, {**PART_DONE, "values": (None,)}, "values need the specification"),
        (LotOperationCompleted, {**PART_DONE, "defects": (Defect(code="x"),)}, "some of it failed or was scrapped"),
        (LotOperationCompleted, {**PART_DONE, "failed": Decimal(1), "defects": (Defect(code=""),)}, "code is empty"),
        (OperationStarted, {"unit": UNIT, "operation": ""}, "operation is empty"),
        (OperationCompleted, {"unit": UNIT, "operation": ""}, "operation is empty"),
        (OperationCompleted, {"unit": UNIT, "operation": "OP", "values": (None,)}, "need the specification"),
        (
            OperationCompleted,
            {"unit": UNIT, "operation": "OP", "specification": SPECIFICATION, "values": (None,) * 10_001},
            "more than 10000 measurements",
        ),
        (WorkOrderReleased, {"work_order": ORDER, "part": PART, "quantity": 0}, "quantity 0 must be between"),
        (WorkOrderReleased, {"work_order": ORDER, "part": PART, "quantity": 10**9 + 1}, "must be between 1 and"),
        (LotDefined, {"lot": LOT, "quantity": Decimal(10) ** 12}, "below 10\\^12"),
        (PartDefined, {"part": PART, "serial_format": "IPC26"}, "serial_format: 'IPC26' has no running number"),
        (PartDefined, {"part": PART, "serial_format": "##-##"}, "2 tokens for the running number; write exactly one"),
        (SpecificationDefined, {"specification": SPECIFICATION, "characteristics": ()}, "names at least one"),
        (SpecificationDefined, {"specification": SPECIFICATION, "characteristics": (VOLTAGE,) * 2}, "twice"),
        (
            EventCorrected,
            {"corrected_event_id": UUID(int=2), "reason": CorrectionReason.DID_NOT_OCCUR, "explanation": ""},
            "explanation is empty",
        ),
    ],
)
def test_contradictions_are_named(event_type, fields, told):
    with pytest.raises(EventProblem, match=told):
        event_type(**WHEN, **fields).check()


@given(events)
def test_consistent_events_pass_and_know_their_subjects(event):
    event.check()
    named = subjects_in(event)
    if isinstance(event, EventCorrected):
        assert (event.subject, named) == (None, [])
    else:
        assert event.subject in named
    assert all(getattr(event, field) in [*named, None] for field in SUBJECT_FIELDS[type(event)])


@pytest.mark.parametrize("serial_format", ["", "#", "IPC26-######", "A#B"])
def test_a_serial_format_has_one_run_of_hashes(serial_format):
    PartDefined(**WHEN, part=PART, serial_format=serial_format).check()


@pytest.mark.parametrize("given_result", [{}, {"value": Decimal(1), "passed": True}, {"text": "ok", "passed": True}])
def test_a_measurement_has_one_result(given_result):
    with pytest.raises(EventProblem, match="voltage: give exactly one of value, text, passed"):
        Measurement(characteristic="voltage", **given_result).check()


DIGEST = "9F" * 32


@pytest.mark.parametrize("beside", [{}, {"value": Decimal(1)}, {"passed": False}])
def test_a_series_is_its_file_beside_a_result_or_alone(beside):
    curve = Measurement(characteristic="curve", file_digest=DIGEST, file_name="//bench/7.csv", **beside)
    curve.check()
    assert curve.is_within_limits is (beside.get("passed") is not False)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ({"file_digest": DIGEST[:-1]}, "curve: file_digest is no SHA-256; it has 64 hexadecimal digits"),
        ({"file_digest": DIGEST[:-1] + "x"}, "curve: file_digest is no SHA-256"),
        ({"file_name": "7.csv", "passed": True}, "curve: file_name needs the file_digest"),
        ({"file_digest": DIGEST, "text": "x", "passed": True}, "curve: give exactly one of value, text, passed"),
    ],
)
def test_a_file_is_known_by_its_digest(file, reason):
    with pytest.raises(EventProblem, match=reason):
        Measurement(characteristic="curve", **file).check()


def test_limits_are_the_right_way_round():
    limits = {"characteristic": "voltage", "lower_limit": Decimal("3.4"), "upper_limit": Decimal("3.2")}
    with pytest.raises(EventProblem, match=r"lower_limit 3\.4 is above upper_limit 3.2"):
        Characteristic(**limits).check()
    with pytest.raises(EventProblem, match="voltage"):
        Measurement(value=Decimal("3.3"), **limits).check()


@pytest.mark.parametrize(
    ("value", "good"), [("3.199999", False), ("3.2", True), ("3.20", True), ("3.4", True), ("3.400001", False)]
)
def test_limits_are_inclusive_and_exact(value, good):
    limits = {"lower_limit": Decimal("3.2"), "upper_limit": Decimal("3.4")}
    assert Measurement(characteristic="voltage", value=Decimal(value), **limits).is_within_limits is good


def test_results_without_a_value_are_judged_by_what_is_said():
    assert Measurement(characteristic="label", text="legible").is_within_limits
    assert Measurement(characteristic="label", passed=True).is_within_limits
    assert not Measurement(characteristic="label", passed=False).is_within_limits


@given(quantities)
def test_quantities_of_millionths_are_kept(quantity):
    check_quantity(quantity)


@given(st.decimals("0.0000001", "99999", places=9, allow_nan=False), st.integers(0, 25))
@example(Decimal(1), 24)
@example(Decimal(999999999999), 26)
def test_finer_quantities_are_refused_however_fine(quantity, zeros):
    text = f"{quantity:f}"
    finer = Decimal(text + ("" if "." in text else ".") + "0" * max(zeros, 7) + "1")
    with pytest.raises(EventProblem, match="has more than 6 decimal places; use a smaller uom"):
        check_quantity(finer)


def test_trailing_zeros_are_no_decimal_places():
    check_quantity(Decimal("1.50000000000000000000000000000000"))
    check_quantity(Decimal("1E+3"))
    check_quantity(None)


def test_every_event_type_is_listed_once_and_has_a_room():
    assert len(set(EVENT_TYPES)) == len(EVENT_TYPES)
    rooms = {"identity", "definitions", "production", "lots", "genealogy", "setups", "inventory", "quality", "defects"}
    assert {room_of(event_type) for event_type in EVENT_TYPES} == rooms | {"messages", "corrections", "recalls"}


@pytest.mark.parametrize("resolution", ["0", "-0.1", "-0"])
def test_a_gauge_reads_in_steps_above_zero(resolution):
    with pytest.raises(EventProblem, match="smallest step of the gauge"):
        Characteristic(characteristic="voltage", resolution=Decimal(resolution)).check()


@pytest.mark.parametrize(
    ("resolution", "lower", "upper", "coarse"),
    [
        ("0.02", "3.2", "3.4", False),
        ("0.021", "3.2", "3.4", True),
        ("5", "3.2", "3.4", True),
        (None, "3.2", "3.4", False),
        ("1", None, "3.4", False),
        ("1", "3.2", None, False),
        ("1", "3", "3", False),  # a count that has to be just that
    ],
)
def test_a_gauge_is_too_coarse_when_less_than_ten_of_its_steps_are_within_the_limits(resolution, lower, upper, coarse):
    given = {"resolution": resolution, "lower_limit": lower, "upper_limit": upper}
    numbers = {name: value if value is None else Decimal(value) for name, value in given.items()}
    one = Characteristic(characteristic="voltage", **numbers)
    one.check()
    assert one.is_read_too_coarsely is coarse
