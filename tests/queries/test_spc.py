"""Control charts from recorded measurements: which values count, against which limits, and what is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest

from asbuilt.core.events.definitions import SpecificationDefined
from asbuilt.core.events.event import Characteristic, Measurement
from asbuilt.core.events.identity import UnitsMerged
from asbuilt.core.events.production import OperationCompleted
from asbuilt.queries.characteristic import Attempts
from asbuilt.queries.naming import NotFound
from asbuilt.queries.spc import Chart, ControlChart, SpcQuestion, control_chart
from asbuilt.queries.windows import Misasked, window_of
from tests.queries.charts.published import FLOWRATE, PISTON_RINGS, PISTON_RINGS_LATER
from tests.world import START


def chart(world, *, since="", until="", baseline=None, **wanted) -> ControlChart:
    asked = {"part_number": "RING", "operation": "OP-10", "characteristic": "DIAMETER", **wanted}
    phase_1 = None if baseline is None else window_of(*baseline, "")
    with world.database.reading(world.site) as reader:
        return control_chart(reader, SpcQuestion(baseline=phase_1, **asked), window_of(since, until, ""))


def measured(value=None, *, characteristic="DIAMETER", lower=None, upper=None, **fields) -> Measurement:
    given = {"value": None if value is None else Decimal(value), **fields}
    limits = {"lower_limit": lower, "upper_limit": upper}
    return Measurement(
        characteristic=characteristic,
        **{name: None if limit is None else Decimal(limit) for name, limit in limits.items()},
        **{"uom": "mm", **given},
    )


def measure(world, unit: str, *measurements: Measurement, operation="OP-10", **fields):
    return world.captures(OperationCompleted, unit, operation=operation, measurements=measurements, **fields)


def rings(world, text: str, *, first=1, **limits) -> None:
    """A ring for each value, measured in this order."""
    numbers = text.split()
    events = []
    for number, value in enumerate(numbers, start=first):
        world.unit(f"RING/{number}")
        events.append(
            world.event(
                OperationCompleted, f"RING/{number}", operation="OP-10", measurements=(measured(value, **limits),)
            )
        )
    world.submit(*events)


def test_nist_flowrate_from_the_record(world):
    rings(world, FLOWRATE)
    found = chart(world)
    assert (found.part, found.uom, found.values, found.results) == ("ACME:RING", "mm", 10, 10)
    assert found.center_line == Decimal("50.81")
    assert float(found.lower_control_limit) == pytest.approx(45.8159, abs=0.002)
    assert float(found.upper_control_limit) == pytest.approx(55.8041, abs=0.002)
    assert float(found.range_center_line) == pytest.approx(1.8778, abs=0.00005)
    assert [str(point.value) for point in found.points] == FLOWRATE.split()
    assert [point.range for point in found.points[:3]] == [None, Decimal(2), Decimal("2.3")]
    assert found.points[4].units == ("ACME:RING/5",)
    (able,) = found.capability
    assert (able.values, able.lower_limit, able.cp, able.cpk) == (10, None, None, None)


def test_piston_rings_in_two_phases(world):
    began = world.now
    rings(world, PISTON_RINGS, lower="73.95", upper="74.05")
    changed = world.now + timedelta(seconds=30)
    rings(world, PISTON_RINGS_LATER, first=126, lower="73.95", upper="74.05")
    xbar = {"chart": Chart.XBAR_R, "subgroup_size": 5}
    phase_1 = chart(world, until=changed.isoformat(), **xbar)
    assert len(phase_1.points) == 25
    assert float(phase_1.center_line) == pytest.approx(74.001, abs=0.0005)
    assert float(phase_1.upper_control_limit) == pytest.approx(74.014, abs=0.0006)
    assert phase_1.range_center_line == Decimal("0.02324")
    assert phase_1.lower_range_limit == 0
    assert phase_1.broken == []
    (able,) = phase_1.capability
    assert float(able.cp) == pytest.approx(1.68, abs=0.015)
    phase_2 = chart(
        world,
        since=changed.isoformat(),
        baseline=(began.isoformat(), changed.isoformat()),
        rules="western-electric",
        **xbar,
    )
    assert (phase_2.baseline, phase_2.baseline_points, len(phase_2.points)) == ("range", 25, 15)
    assert phase_2.upper_control_limit == phase_1.upper_control_limit
    assert [25 + mark.point for mark in phase_2.broken if mark.rule == "WE1"] == [37, 38, 39]
    assert "WE1" in phase_2.points[11].broken
    assert phase_2.points[0].units == tuple(f"ACME:RING/{number}" for number in range(126, 131))


def test_an_unfinished_subgroup_is_left_over(world):
    rings(world, "1 2 3 4 5 6 7")
    found = chart(world, chart=Chart.XBAR_R, subgroup_size=3)
    assert (len(found.points), found.left_over, found.values) == (2, 1, 7)
    assert [str(point.value) for point in found.points] == ["2", "5"]
    with pytest.raises(NotFound, match="less than one subgroup of 8"):
        chart(world, chart=Chart.XBAR_R, subgroup_size=8)


def test_limits_that_move(world):
    rings(world, "1 2 1 2 1 2 9")
    found = chart(world, moving=4)
    assert (found.baseline, found.baseline_points, found.center_line) == ("moving", 4, None)
    assert [point.center_line for point in found.points] == [None] * 4 + [Decimal("1.5")] * 3
    assert [mark.point for mark in found.broken if mark.rule == "WE1"] == [7]


# Which attempt


@pytest.fixture
def retested(world):
    """Ring 1 measured three times, of which the last at another station; rings 2 and 3 once."""
    world.units("RING/1", "RING/2", "RING/3")
    for unit, value, station in (("1", 5, "M1"), ("2", 1, "M1"), ("1", 6, "M1"), ("3", 2, "M2"), ("1", 7, "M2")):
        measure(world, f"RING/{unit}", measured(value), station=station)
    return world


@pytest.mark.parametrize(("attempts", "values"), [("first", "512"), ("last", "127"), ("all", "51627")])
def test_the_attempt_that_counts(retested, attempts, values):
    found = chart(retested, attempts=Attempts(attempts))
    assert "".join(str(point.value) for point in found.points) == values


def test_a_first_attempt_outside_the_window_is_still_the_first(retested):
    after_two = (START + timedelta(minutes=6, seconds=30)).isoformat()
    assert [str(point.value) for point in chart(retested, since=after_two, attempts="all").points] == ["6", "2", "7"]
    with pytest.raises(NotFound, match="too few"):
        chart(retested, since=after_two)


def test_the_last_attempt_is_the_last_before_the_end_of_the_window(retested):
    before_last = (START + timedelta(minutes=8, seconds=30)).isoformat()
    values = [str(point.value) for point in chart(retested, until=before_last, attempts=Attempts.LAST).points]
    assert values == ["1", "6", "2"]


def test_only_what_was_measured_at_a_station(retested):
    found = chart(retested, station="M2", attempts=Attempts.ALL)
    assert [(str(point.value), point.station) for point in found.points] == [("2", "M2"), ("7", "M2")]


def test_an_order_is_that_of_the_result_or_of_the_unit(world):
    world.order("WO-1", part="RING")
    world.order("WO-2", part="RING")
    for number, order in enumerate(("WO-1", "WO-1", "WO-2", "WO-2"), start=1):
        world.unit(f"RING/{number}", work_order=order)
        measure(world, f"RING/{number}", measured(number), **({"work_order": order} if number % 2 else {}))
    assert [str(point.value) for point in chart(world, work_order="WO-2").points] == ["3", "4"]
    with pytest.raises(NotFound, match="no work order 'WO-3' is known here"):
        chart(world, work_order="WO-3")


# What was corrected, came late, or belongs to one physical unit


def test_a_corrected_result_no_longer_counts_and_the_next_is_the_first(world):
    world.units("RING/1", "RING/2", "RING/3")
    measure(world, "RING/2", measured(1))
    wrong = measure(world, "RING/1", measured(99))
    measure(world, "RING/1", measured(3))
    measure(world, "RING/3", measured(2))
    assert [str(point.value) for point in chart(world).points] == ["1", "99", "2"]
    world.corrects(wrong)
    assert [str(point.value) for point in chart(world).points] == ["1", "3", "2"]


def test_a_result_that_came_late_stands_where_it_happened(world):
    world.units("RING/1", "RING/2", "RING/3")
    measure(world, "RING/1", measured(1))
    happened = world.now + timedelta(seconds=10)
    measure(world, "RING/2", measured(2))
    measure(world, "RING/3", measured(3), at=happened)
    assert [str(point.value) for point in chart(world).points] == ["1", "3", "2"]


def test_the_results_of_a_merged_record_are_those_of_the_unit(world):
    world.units("RING/1", "RING/2", "RING/3")
    for unit in (1, 2, 3):
        measure(world, f"RING/{unit}", measured(unit))
    world.captures(UnitsMerged, "RING/1", duplicate="RING/2", reason="one ring")
    assert [point.units for point in chart(world).points] == [("ACME:RING/1",), ("ACME:RING/3",)]


# Frozen limits


def test_limits_are_those_of_the_time(world):
    """Two revisions of the specification, and results with their limits in full, in one window."""
    for revision, upper in (("R/1", "14"), ("R/2", "20")):
        limits = Characteristic(characteristic="DIAMETER", uom="mm", lower_limit=Decimal(8), upper_limit=Decimal(upper))
        other = Characteristic(characteristic="WIDTH", uom="mm")
        world.captures(SpecificationDefined, revision, characteristics=(other, limits))
    world.units(*(f"RING/{number}" for number in range(1, 8)))
    for number, (revision, value) in enumerate((("R/1", 10), ("R/1", 12), ("R/2", 11), ("R/2", 15)), start=1):
        packed = (Decimal(1), Decimal(value))
        world.captures(OperationCompleted, f"RING/{number}", operation="OP-10", specification=revision, values=packed)
    measure(world, "RING/5", measured(16, lower="8", upper="20"))
    measure(world, "RING/6", measured(21, lower="8", upper="14"))
    world.captures(OperationCompleted, "RING/7", operation="OP-10", specification="R/2", values=(Decimal(1), None))
    found = chart(world)
    assert (found.values, found.absent, found.limits_changed) == (6, 1, True)
    assert [(one.upper_limit, one.values, one.above) for one in found.capability] == [
        (Decimal(14), 3, 1),
        (Decimal(20), 3, 0),
    ]
    second = found.capability[1]
    # 11, 15 and 16: mean 14, mean moving range 2.5, standard deviation sqrt(7).
    assert second.mean == 14
    assert float(second.sigma_within) == pytest.approx(2.5 / 1.128379, rel=1e-6)
    assert float(second.cp) == pytest.approx(12 / (6 * 2.5 / 1.128379), abs=1e-4)
    assert float(second.ppk) == pytest.approx(6 / (3 * 7**0.5), abs=1e-4)


def test_the_resolution_of_the_gauge_stands_with_the_limits(world):
    """A gauge that reads in steps of more than a tenth of the tolerance shows steps of its own as variation."""
    gauges = (("R/1", "8", "0.5"), ("R/2", "8", "0.2"), ("R/3", "11", "0.4"), ("R/4", "9", ""))
    for revision, lower, resolution in gauges:
        limits = Characteristic(
            characteristic="DIAMETER",
            uom="mm",
            lower_limit=Decimal(lower),
            upper_limit=Decimal(14),
            resolution=Decimal(resolution) if resolution else None,
        )
        world.captures(SpecificationDefined, revision, characteristics=(limits,))
    world.units(*(f"RING/{number}" for number in range(1, 6)))
    for number, revision in enumerate(("R/1", "R/2", "R/3", "R/4"), start=1):
        values = (Decimal(11 + number),)
        world.captures(OperationCompleted, f"RING/{number}", operation="OP-10", specification=revision, values=values)
    measure(world, "RING/5", measured(12, lower="9", upper="14"))
    told = [(one.lower_limit, one.resolution, one.is_coarse) for one in chart(world).capability]
    assert told == [
        (Decimal(8), Decimal("0.5"), False),
        (Decimal(11), Decimal("0.4"), True),
        (Decimal(9), None, False),
    ]


def test_decimals_are_shown_digit_for_digit(world):
    rings(world, "0.1 0.2 0.30000000000000000000000000000000001")
    assert str(chart(world).points[2].value) == "0.30000000000000000000000000000000001"


def test_what_does_not_vary(world):
    rings(world, "5.1 5.1 5.1", lower="5", upper="6")
    found = chart(world)
    assert (found.varies, found.upper_control_limit, found.broken) == (False, Decimal("5.1"), [])
    assert (found.capability[0].cp, found.capability[0].cpk, found.capability[0].sigma_overall) == (None, None, 0)


# What is no number


def test_what_gave_no_number_is_counted(world):
    world.units(*(f"RING/{number}" for number in range(1, 8)))
    measure(world, "RING/1", measured(1))
    measure(world, "RING/2", measured(2))
    measure(world, "RING/3", measured(text="<0.01"))
    measure(world, "RING/4", measured(text="sensor fault"))
    measure(world, "RING/5", measured(passed=True))
    measure(world, "RING/6", measured(7, characteristic="WIDTH"))
    measure(world, "RING/7", measured(3, characteristic="DIAMETER"), operation="OP-20")
    found = chart(world)
    assert (found.results, found.values, found.absent, found.censored, found.not_numeric) == (6, 2, 1, 1, 2)


@pytest.mark.parametrize(
    ("asked", "refusal", "told"),
    [
        ({"characteristic": "LEAK"}, Misasked, "LEAK is recorded as text, or as passed and failed"),
        (
            {"characteristic": "diameter"},
            NotFound,
            "not measured at OP-10 in this time; measured there: DIAMETER; LEAK",
        ),
        ({"operation": "OP-99"}, NotFound, "OP-99 was completed on no such unit"),
        ({"part_number": "BRUSH"}, NotFound, "no part 'BRUSH' is known here"),
        ({"part_number": "BALL"}, Misasked, "say which: OTHER:BALL, THIRD:BALL"),
        ({"characteristic": ""}, Misasked, "characteristic is missing"),
        ({"chart": Chart.XBAR_R, "subgroup_size": 11}, Misasked, "it is from 2 to 10"),
        ({"moving": 1}, Misasked, "moving is 1"),
        ({"moving": 3, "baseline": ("2026-03-01", "2026-03-02")}, Misasked, "exclude each other"),
        ({"baseline": ("2026-01-01", "2026-01-02")}, NotFound, "OP-10 was completed on no such unit in this time"),
        ({"rules": "some"}, Misasked, "it is one of both, western-electric, nelson, none"),
        ({"uom": "in"}, NotFound, "was not measured at OP-10"),
        ({"station": "M9"}, NotFound, "no station 'M9' is known here"),
    ],
)
def test_what_cannot_be_charted_is_said(world, asked, refusal, told):
    world.units("RING/1", "RING/2", "THIRD:BALL/1", "OTHER:BALL/1")
    measure(world, "RING/1", measured(1), measured(passed=True, characteristic="LEAK"))
    measure(world, "RING/2", measured(2))
    with pytest.raises(refusal, match=told):
        chart(world, **asked)


def test_our_own_part_is_meant_before_that_of_another(world):
    rings(world, "1 2")
    world.unit("OTHER:RING/1")
    measure(world, "OTHER:RING/1", measured(3))
    assert (chart(world).part, chart(world).values) == ("ACME:RING", 2)
    with pytest.raises(NotFound, match="too few"):
        chart(world, part_number="OTHER:RING")


def test_two_uoms_have_no_scale_in_common(world):
    world.units("RING/1", "RING/2", "RING/3")
    measure(world, "RING/1", measured(1))
    measure(world, "RING/2", measured(2))
    measure(world, "RING/3", measured(3, uom="in"))
    with pytest.raises(Misasked, match="measured in in and in mm"):
        chart(world)
    assert len(chart(world, uom="mm").points) == 2


def test_one_value_is_no_chart(world):
    rings(world, "1")
    with pytest.raises(NotFound, match="1 values in the baseline are too few: limits need 2 values"):
        chart(world)
