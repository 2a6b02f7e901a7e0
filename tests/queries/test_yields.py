"""Throughput, yields, defects, stuck units and times, as the floor means them."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asbuilt.core.events.defects import Defect
from asbuilt.core.events.definitions import SpecificationDefined
from asbuilt.core.events.event import Characteristic, Measurement
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import UnitsMerged
from asbuilt.core.events.inventory import UnitPacked, UnitShipped
from asbuilt.core.events.lots import LotOperationCompleted
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.quality import HoldPlaced, UnitScrapped
from asbuilt.queries.durations import durations
from asbuilt.queries.naming import NotFound
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.windows import Misasked, window_of
from asbuilt.queries.yields import GroupBy, YieldQuestion, YieldReport, yield_report
from tests.world import START

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def told(world, *, since="", until="", zone="", now=None, **wanted) -> YieldReport:
    names = ("part_number", "work_order", "operation", "station")
    work = WorkFilter(**{name: wanted.pop(name) for name in names if name in wanted})
    with world.database.reading(world.site) as reader:
        asked = YieldQuestion(work=work, **wanted)
        return yield_report(reader, asked, window_of(since, until, zone), now=now or world.now)


def completes(world, unit: str, operation: str, result="passed", **fields):
    return world.captures(OperationCompleted, unit, operation=operation, result=result, **fields)


def counts(report: YieldReport) -> dict[str, tuple]:
    """Of each operation: attempts, units, units passed, first attempts, of these passed at first and finally."""
    return {
        one.operation: (
            one.attempts,
            one.units,
            one.units_passed,
            one.first_attempts,
            one.first_passed,
            one.finally_passed,
        )
        for one in report.operations
    }


@pytest.fixture
def boards(world):
    """Four boards: 1 passes all, 2 passes ICT at the third try, 3 never, 4 is not tested at the end."""
    world.units(*(f"PCB/{number}" for number in range(1, 5)))
    for number in range(1, 5):
        completes(world, f"PCB/{number}", "AOI", station="AOI-1", **({"result": "failed"} if number == 4 else {}))
    completes(world, "PCB/4", "AOI", station="AOI-1")
    completes(world, "PCB/1", "ICT", station="ICT-1")
    completes(world, "PCB/2", "ICT", "failed", defect="SHORT", station="ICT-1")
    completes(world, "PCB/2", "ICT", "failed", defect="OPEN", station="ICT-2")
    completes(world, "PCB/3", "ICT", "failed", defect="SHORT", station="ICT-2")
    completes(world, "PCB/2", "ICT", station="ICT-2")
    return world


def test_first_pass_final_and_rolled_throughput_yield(boards):
    report = told(boards, last_operation="ICT")
    assert counts(report) == {"AOI": (5, 4, 4, 4, 3, 4), "ICT": (5, 3, 2, 3, 1, 2)}
    aoi, ict = report.operations
    assert (aoi.part, aoi.first_pass_yield, aoi.final_yield) == ("ACME:PCB", Decimal("0.75"), Decimal(1))
    assert (ict.first_pass_yield, ict.final_yield) == (Decimal("0.333333"), Decimal("0.666667"))
    (part,) = report.parts
    assert (part.operations, part.rolled_throughput_yield) == (2, Decimal("0.25"))
    assert (part.units, part.finished_units) == (4, 2)
    assert told(boards).parts[0].finished_units is None


def test_defects_by_how_often_they_occur(boards):
    report = told(boards)
    assert [(one.operation, one.defect, one.failures, one.cumulative_share) for one in report.defects] == [
        ("ICT", "SHORT", 2, Decimal("0.5")),
        ("AOI", "", 1, Decimal("0.75")),
        ("ICT", "OPEN", 1, Decimal(1)),
    ]
    assert [one.units for one in report.defects] == [2, 1, 1]
    assert told(boards, operation="ICT", station="ICT-2").defects[0].share == Decimal("0.5")


def test_defects_are_counted_by_code_and_position(world):
    found = (Defect(code="SHORT", position="C12"), Defect(code="SHORT", position="C12"), Defect(code="OPEN"))
    for unit in ("PCB/1", "PCB/2"):
        world.unit(unit)
        completes(world, unit, "ICT", "failed", defects=found[: 3 if unit == "PCB/1" else 1])
    report = told(world)
    assert [(one.defect, one.position, one.failures, one.units, one.share) for one in report.defects] == [
        ("SHORT", "C12", 2, 2, Decimal("0.666667")),
        ("OPEN", "", 1, 1, Decimal("0.333333")),
    ]


def test_what_lay_outside_its_limits_is_the_defect_when_none_is_told(world):
    world.units("PCB/1", "PCB/2", "PCB/3")
    limits = [Characteristic(characteristic=name, upper_limit=Decimal(5)) for name in ("U1", "U2")]
    world.captures(SpecificationDefined, "S/1", characteristics=tuple(limits))
    completes(world, "PCB/1", "ICT", specification="S/1", values=(Decimal(5), Decimal(6)))
    completes(world, "PCB/2", "ICT", measurements=(Measurement(characteristic="LEAK", passed=False),))
    completes(
        world,
        "PCB/3",
        "ICT",
        measurements=(Measurement(characteristic="U1", value=Decimal(9), upper_limit=Decimal(5)),),
        defect="BURNT",
    )
    assert {(one.defect, one.characteristic) for one in told(world).defects} == {
        ("", "U2"),
        ("", "LEAK"),
        ("BURNT", ""),
    }


def test_filters_choose_attempts_and_leave_first_ones_first(boards):
    """At ICT-2 board 2 was tested, but not for the first time."""
    assert counts(told(boards, station="ICT-2")) == {"ICT": (3, 2, 1, 1, 0, 0)}
    assert counts(told(boards, operation="AOI"))["AOI"] == (5, 4, 4, 4, 3, 4)
    assert told(boards, part_number="ACME:PCB").operations == told(boards).operations
    for name, value in (("part_number", "PCX"), ("station", "ICT-9"), ("work_order", "WO-9")):
        with pytest.raises(NotFound, match=f"'{value}' is known here"):
            told(boards, **{name: value})


def test_a_window_is_half_open(boards):
    second_try = boards.history("PCB/2")[3].event_time
    before, since = told(boards, until=second_try.isoformat()), told(boards, since=second_try.isoformat())
    assert counts(before)["ICT"] == (2, 2, 1, 2, 1, 1)
    assert counts(since) == {"ICT": (3, 2, 1, 1, 0, 0)}
    with pytest.raises(Misasked, match="the window is empty"):
        told(boards, since="2026-03-02", until="2026-03-01")


def test_groups_are_kept_apart(boards):
    report = told(boards, operation="ICT", group_by=GroupBy.STATION)
    assert [(one.group, one.attempts, one.first_attempts, one.finally_passed) for one in report.operations] == [
        ("ICT-1", 2, 2, 2),
        ("ICT-2", 3, 1, 0),
    ]
    assert [(one.group, one.units) for one in report.parts] == [("ICT-1", 2), ("ICT-2", 2)]


def test_days_and_shifts_are_those_of_the_zone(world):
    world.units("PCB/1", "PCB/2", "PCB/3")
    for number, at in enumerate(("02T20:59", "02T21:00", "03T04:59"), start=1):  # 21:59, 22:00 and 05:59 in Paris
        completes(world, f"PCB/{number}", "AOI", at=datetime.fromisoformat(f"2026-03-{at}:00+00:00"))

    def groups(**wanted):
        return [(one.group, one.units) for one in told(world, zone="Europe/Paris", **wanted).operations]

    assert groups(group_by=GroupBy.SHIFT) == [("2026-03-02 14:00", 1), ("2026-03-02 22:00", 2)]
    assert groups(group_by=GroupBy.DAY) == [("2026-03-02", 2), ("2026-03-03", 1)]
    assert groups(group_by=GroupBy.DAY, since="2026-03-03", until="2026-03-03") == [("2026-03-03", 1)]
    assert groups(group_by=GroupBy.SHIFT, shifts=("00:00",)) == [("2026-03-02 00:00", 2), ("2026-03-03 00:00", 1)]
    for wanted in ({"shifts": ("25:00",)}, {"shifts": ()}):
        with pytest.raises(Misasked, match="write when they begin"):
            groups(**wanted)
    with pytest.raises(Misasked, match="zone 'Nowhere/Land' is not known"):
        told(world, zone="Nowhere/Land")


def test_an_order_is_that_of_the_result_or_of_the_unit(world):
    world.order("WO-1", part="PCB")
    world.order("WO-2", part="PCB")
    world.unit("PCB/1", work_order="WO-1")
    world.unit("PCB/2", work_order="WO-2")
    completes(world, "PCB/1", "AOI")
    completes(world, "PCB/2", "AOI", work_order="WO-2")
    assert counts(told(world, work_order="WO-1"))["AOI"][:2] == (1, 1)
    assert [one.group for one in told(world, group_by=GroupBy.WORK_ORDER).operations] == ["WO-1", "WO-2"]


# What was corrected, came late, was scrapped, or is one physical unit


def test_a_corrected_result_no_longer_counts(boards):
    event_id = boards.history("PCB/3")[2].event_id
    boards.corrects(event_id)
    assert counts(told(boards))["ICT"] == (4, 2, 2, 2, 1, 2)
    boards.corrects(boards.history("PCB/2")[2].event_id)
    assert counts(told(boards))["ICT"] == (3, 2, 2, 2, 1, 2), "the second try is now the first"


def test_a_result_that_comes_late_counts_when_it_happened(world):
    """The test that failed was done first, at a station without a network, and recorded after the one that passed."""
    world.unit("PCB/1")
    failed_at = world.now + timedelta(seconds=30)
    completes(world, "PCB/1", "ICT")
    assert counts(told(world))["ICT"] == (1, 1, 1, 1, 1, 1)
    completes(world, "PCB/1", "ICT", "failed", at=failed_at)
    assert counts(told(world))["ICT"] == (2, 1, 1, 1, 0, 1)


def test_of_two_at_the_same_time_the_one_recorded_first_is_first(world):
    world.unit("PCB/1")
    at = world.now + MINUTE
    completes(world, "PCB/1", "ICT", "failed", at=at)
    completes(world, "PCB/1", "ICT", at=at)
    assert counts(told(world))["ICT"] == (2, 1, 1, 1, 0, 1)


def test_a_scrapped_unit_keeps_what_it_passed_and_failed(boards):
    before = told(boards).operations
    boards.captures(UnitScrapped, "PCB/3", reason="burnt")
    boards.captures(UnitScrapped, "PCB/1", reason="dropped")
    assert told(boards).operations == before


def test_two_records_of_one_unit_have_one_first_attempt(world):
    world.units("PCB/1", "PCB/2")
    completes(world, "PCB/2", "ICT", "failed")
    completes(world, "PCB/1", "ICT")
    assert counts(told(world))["ICT"] == (2, 2, 1, 2, 1, 1)
    world.captures(UnitsMerged, "PCB/1", duplicate="PCB/2", reason="one board")
    assert counts(told(world))["ICT"] == (2, 1, 1, 1, 0, 1)


# Times


def test_cycle_and_waiting_times(world):
    world.unit("PCB/1")
    at = {name: START + timedelta(minutes=minutes) for name, minutes in (("a", 10), ("b", 30), ("c", 50), ("d", 51))}
    world.captures(OperationStarted, "PCB/1", operation="AOI", at=at["a"])
    completes(world, "PCB/1", "AOI", at=at["b"])
    world.captures(OperationStarted, "PCB/1", operation="ICT", at=at["c"])
    completes(world, "PCB/1", "ICT", at=at["d"])
    completes(world, "PCB/1", "FCT", at=at["d"])  # no start was reported
    fct, aoi, ict = sorted(told(world).operations, key=lambda one: one.operation != "FCT")
    assert (aoi.cycle_count, aoi.cycle_median_s, aoi.waiting_count) == (1, Decimal(1200), 0)
    assert (ict.cycle_mean_s, ict.waiting_median_s, ict.waiting_p95_s) == (Decimal(60), Decimal(1200), Decimal(1200))
    assert (fct.cycle_count, fct.cycle_mean_s, fct.waiting_count) == (0, None, 0)


def test_a_start_after_the_completion_tells_no_time(world):
    """Two stations, two clocks."""
    world.unit("PCB/1")
    world.captures(OperationStarted, "PCB/1", operation="AOI", at=START + HOUR)
    completes(world, "PCB/1", "AOI", at=START + MINUTE)
    assert told(world).operations[0].cycle_count == 0


@pytest.mark.parametrize(
    ("seconds", "mean", "median", "p95"),
    [
        ([7], "7", "7", "7"),
        ([1, 2], "1.5", "1.5", "1.95"),
        ([3, 1, 2], "2", "2", "2.9"),
        (list(range(1, 22)), "11", "11", "20"),
        ([0, 0, 1], "0.333333", "0", "0.9"),
    ],
)
def test_quantiles_lie_between_values_in_proportion(seconds, mean, median, p95):
    found = durations([one * 10**6 for one in seconds])
    assert (found.count, found.mean_s, found.median_s, found.p95_s) == (
        len(seconds),
        Decimal(mean),
        Decimal(median),
        Decimal(p95),
    )


# What does not go on


@pytest.fixture
def stopped(world):
    """1 begun and not completed, 2 idle, 3 idle and held; 4 to 8 have somewhere to be; 9 was worked on just now."""
    world.units(*(f"PCB/{number}" for number in range(1, 10)), "PUMP/1")
    world.captures(OperationStarted, "PCB/1", operation="AOI", station="AOI-1")
    for number in range(2, 9):
        completes(world, f"PCB/{number}", "ICT" if number == 8 else "AOI", station="AOI-2")
    world.captures(HoldPlaced, "PCB/3", hold="QH-1", reason="audit")
    world.captures(UnitShipped, "PCB/4", customer="St. Anna")
    world.captures(UnitScrapped, "PCB/5", reason="burnt")
    world.captures(ComponentInstalled, "PUMP/1", component="PCB/6")
    world.captures(UnitPacked, "PCB/7", container="BOX-1")
    world.now += 30 * HOUR
    completes(world, "PCB/9", "AOI")
    return world


def test_units_that_do_not_go_on(stopped):
    stuck = told(stopped, last_operation="ICT").stuck
    assert [(one.unit, one.why, one.on_hold, one.operation, one.station) for one in stuck] == [
        ("ACME:PCB/1", "started", False, "AOI", "AOI-1"),
        ("ACME:PCB/2", "idle", False, "AOI", "AOI-2"),
        ("ACME:PCB/3", "idle", True, "AOI", "AOI-2"),
    ]
    assert stuck[2].open_holds == ("QH-1",)
    assert stuck[0].for_s == Decimal((stopped.now - stuck[0].since).total_seconds()).normalize()
    assert [one.unit for one in told(stopped).stuck][-1] == "ACME:PCB/3"
    assert "ACME:PCB/8" in [one.unit for one in told(stopped).stuck], "nobody says that ICT is the last operation"


def test_stuck_is_after_a_time_and_at_a_place(stopped):
    assert told(stopped, stuck_after_h=31).stuck == []
    assert [one.unit for one in told(stopped, station="AOI-1").stuck] == ["ACME:PCB/1"]
    assert [one.unit for one in told(stopped, operation="ICT").stuck] == ["ACME:PCB/8"]
    assert len(told(stopped, stuck_after_h=0, now=stopped.now + MINUTE).stuck) == 5
    with pytest.raises(Misasked, match="it is a number of hours"):
        told(stopped, stuck_after_h=-1)


def test_a_start_that_was_given_up_and_begun_again_is_not_stuck(world):
    world.unit("PCB/1")
    world.captures(OperationStarted, "PCB/1", operation="AOI")
    world.captures(OperationStarted, "PCB/1", operation="AOI")
    completes(world, "PCB/1", "AOI")
    assert [one.why for one in told(world, now=world.now + 30 * HOUR).stuck] == ["idle"]


# Against dictionaries

WORK = st.tuples(st.integers(1, 4), st.sampled_from(["A", "B"]), st.booleans(), st.integers(0, 20), st.booleans())
"""A unit, an operation, whether it passed, when in minutes, and whether that was declared wrong later."""


@settings(max_examples=25)
@given(st.lists(WORK, max_size=25), st.integers(0, 20), st.integers(1, 20))
def test_counts_are_those_of_the_definitions(opened, work, since, length):
    from tests.world import World

    world = World(opened.database, opened.new_site())
    world.units(*(f"PCB/{number}" for number in range(1, 5)))
    begin = world.now = datetime(2026, 5, 1, tzinfo=UTC)
    wrong, kept = [], []
    for place, (unit, operation, passed, minute, is_wrong) in enumerate(work):
        fields = {"at": begin + minute * MINUTE, "result": "passed" if passed else "failed"}
        event = world.captures(OperationCompleted, f"PCB/{unit}", operation=operation, **fields)
        (wrong if is_wrong else kept).append((event, (minute, place, unit, operation, passed)))
    for event, _ in wrong:
        world.corrects(event)
    until = since + length
    report = told(
        world, since=(begin + since * MINUTE).isoformat(), until=(begin + until * MINUTE).isoformat(), operation=""
    )
    assert counts(report) == by_definition([row for _, row in kept], since, until)
    firsts = {one: Fraction(row[4], row[3]) for one, row in counts(report).items() if row[3]}
    rolled = [one.rolled_throughput_yield for one in report.parts]
    if firsts:
        expected = firsts.get("A", Fraction(1)) * firsts.get("B", Fraction(1))
        assert abs(Fraction(rolled[0]) - expected) <= Fraction(1, 10**6)
    else:
        assert set(rolled) <= {None}


def by_definition(rows: list[tuple], since: int, until: int) -> dict[str, tuple]:
    """The same counts, from sorted lists and dictionaries. rows: (minute, place, unit, operation, passed)."""
    known = sorted(row for row in rows if row[0] < until)
    first = {row[2:4]: row for row in reversed(known)}
    last = {row[2:4]: row for row in known}
    here = [row for row in known if row[0] >= since]
    attempts = Counter(row[3] for row in here)
    found = {}
    for operation in sorted(attempts):
        mine = [row for row in here if row[3] == operation]
        cohort = [row for row in mine if first[row[2:4]] == row]
        found[operation] = (
            attempts[operation],
            len({row[2] for row in mine}),
            len({row[2] for row in mine if row[4]}),
            len(cohort),
            sum(row[4] for row in cohort),
            sum(last[row[2:4]][4] for row in cohort),
        )
    return found


def test_what_is_done_to_some_of_a_lot_is_counted_by_quantity(world):
    """A hundred housings: ten fail the first time, six of these pass at the second try, four are scrapped then."""
    world.lot("HSG/L1", quantity=Decimal(100))
    world.lot("HSG/L2", quantity=Decimal(50))

    def works(lot, **fields):
        world.captures(LotOperationCompleted, lot, operation="MOULD", **fields)

    works("HSG/L1", passed=Decimal(70), failed=Decimal(10), station="M-1")
    after = world.now + timedelta(microseconds=1)
    works("HSG/L1", passed=Decimal(6), scrapped=Decimal(4), is_retry=True, station="M-2")
    works("HSG/L2", passed=Decimal("12.5"), station="M-2")
    (told_of,) = told(world).lots
    assert (told_of.part, told_of.operation, told_of.lots) == ("ACME:HSG", "MOULD", 2)
    assert (told_of.first, told_of.first_passed, told_of.retried) == (Decimal("92.5"), Decimal("82.5"), Decimal(10))
    assert told_of.first_pass_yield == Decimal("0.891892")
    assert (told_of.passed, told_of.failed, told_of.scrapped) == (Decimal("88.5"), Decimal(10), Decimal(4))
    by_station = {one.group: one.passed for one in told(world, group_by=GroupBy.STATION).lots}
    assert by_station == {"M-1": Decimal(70), "M-2": Decimal("18.5")}
    assert [one.first for one in told(world, until=after.isoformat()).lots] == [Decimal(80)]
    assert told(world, operation="DEBURR").lots == []


def test_defects_of_lots_are_counted_by_quantity_apart_for_each_unit_of_measure(world):
    """Seven sinks and two flashes of twelve lost housings, three of which nobody named; and glue, which is grams."""
    world.lot("HSG/L1", quantity=Decimal(100))
    world.lot("HSG/L2", quantity=Decimal(50))
    world.lot("GLUE/G1", quantity=Decimal(900), uom="g")

    def works(lot, **fields):
        world.captures(LotOperationCompleted, lot, **fields)

    sink = Defect(code="sink mark", position="rib", quantity=5)
    works(
        "HSG/L1",
        operation="MOULD",
        passed=Decimal(80),
        failed=Decimal(7),
        defects=(sink, Defect(code="flash", quantity=2)),
    )
    works("HSG/L2", operation="MOULD", passed=Decimal(40), scrapped=Decimal(2), defects=(replace(sink, quantity=2),))
    after = world.now + timedelta(microseconds=1)
    thick = Measurement(characteristic="wall", value=Decimal(3), uom="mm", upper_limit=Decimal(2))
    works("HSG/L2", operation="TRIM", passed=Decimal(0), failed=Decimal(3), measurements=(thick,))
    works("GLUE/G1", operation="DEGAS", passed=Decimal(0), scrapped=Decimal("12.5"))
    found = [
        (one.uom, one.operation, one.defect, one.position, one.characteristic, one.quantity, one.lots)
        for one in told(world).lot_defects
    ]
    assert found == [
        ("", "MOULD", "sink mark", "rib", "", Decimal(7), 2),
        ("", "TRIM", "", "", "wall", Decimal(3), 1),
        ("", "MOULD", "flash", "", "", Decimal(2), 1),
        ("g", "DEGAS", "", "", "", Decimal("12.5"), 1),
    ]
    shares = [(one.share, one.cumulative_share) for one in told(world).lot_defects]
    assert shares[0] == (Decimal("0.583333"), Decimal("0.583333"))
    assert [cumulative for _, cumulative in shares] == [*shares[0][:1], Decimal("0.833333"), Decimal(1), Decimal(1)]
    assert [one.quantity for one in told(world, until=after.isoformat()).lot_defects] == [Decimal(7), Decimal(2)]
    assert told(world, operation="CUT").lot_defects == []
