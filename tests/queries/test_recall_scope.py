"""What a recall covers: by each kind of seed, at every level, with bounds where nobody can be sure."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from asbuilt.core.events.definitions import SpecificationDefined, ToolCalibrated
from asbuilt.core.events.event import Characteristic, Evidence, Measurement
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved, MaterialLoaded, MaterialUnloaded
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitShipped
from asbuilt.core.events.lots import LotOperationCompleted
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.ledger.codec import Malformed
from asbuilt.queries.naming import NotFound
from asbuilt.queries.recall.asking import seed_of, seeds_from, spelled_seed
from asbuilt.queries.recall.scope import scope_of
from asbuilt.queries.recall.suspects import Grouping, counted, questions, suspects
from tests.world import START, World, short

HOUR = timedelta(hours=1)


def covered(world: World, *seeds: str, **asked) -> list[str]:
    with world.database.reading(world.site) as reader:
        meant = seeds_from([seed_of(one) for one in seeds], own_issuer=world.site.issuer)
        return [short(one.name) for one in suspects(reader, scope_of(reader, meant, **asked))]


def scoped(world: World, *seeds: str, **asked):
    with world.database.reading(world.site) as reader:
        meant = seeds_from([seed_of(one) for one in seeds], own_issuer=world.site.issuer)
        scope = scope_of(reader, meant, **asked)
        return scope, list(suspects(reader, scope)), questions(reader, scope)


def done(world: World, unit: str, operation: str = "OP-1", **fields) -> None:
    world.captures(OperationCompleted, unit, operation=operation, **fields)


@pytest.fixture
def line(world) -> World:
    """Boards 1 to 4 soldered one an hour at O-1; board n goes into pump n; pump 1 is shipped."""
    world.units(*(f"{part}/{n}" for part in ("PCB", "PUMP") for n in (1, 2, 3, 4)))
    for n in (1, 2, 3, 4):
        done(world, f"PCB/{n}", station="O-1", at=START + (10 + n) * HOUR)
        world.captures(ComponentInstalled, f"PUMP/{n}", component=f"PCB/{n}", reference_designator="A1")
    world.captures(UnitShipped, "PUMP/1", customer="St. Anna", shipment="8001")
    return world


def test_a_lot_reaches_everything_above_it(world):
    world.lot("CAP/L1", quantity=10)
    world.units("PCB/1", "PCB/2", "PUMP/1")
    for n in (1, 2):
        world.captures(ComponentInstalled, f"PCB/{n}", lot="CAP/L1", quantity=1, reference_designator="C1")
    world.captures(ComponentInstalled, "PUMP/1", component="PCB/1")
    scope, found, _ = scoped(world, "lot=CAP/L1")
    assert [(one.level, short(one.name), short(one.component)) for one in found] == [
        (0, "CAP/L1", ""),
        (1, "PCB/1", "CAP/L1"),
        (1, "PCB/2", "CAP/L1"),
        (2, "PUMP/1", "PCB/1"),
    ]
    assert scope.at_least == scope.certain == len(scope) == 4


def test_what_was_taken_out_is_covered_only_when_asked_for(world):
    world.units("PCB/1", "PUMP/1")
    world.captures(ComponentInstalled, "PUMP/1", component="PCB/1")
    world.captures(ComponentRemoved, "PUMP/1", component="PCB/1", reason="service")
    assert covered(world, "unit=PCB/1") == ["PCB/1"]
    assert covered(world, "unit=PCB/1", ever=True) == ["PCB/1", "PUMP/1"]


def test_a_window_of_time_at_a_station_begins_at_its_start_and_ends_before_its_end(line):
    day = f"{START:%Y-%m-%d}"
    assert covered(line, f"station=O-1 since={day}T18:00:00Z until={day}T20:00:00Z") == [
        "PCB/2",
        "PCB/3",
        "PUMP/2",
        "PUMP/3",
    ]
    assert covered(line, f"station=O-1 since={day} until={day}") == [
        *(f"PCB/{n}" for n in (1, 2, 3, 4)),
        *(f"PUMP/{n}" for n in (1, 2, 3, 4)),
    ]


@pytest.mark.parametrize("what", ["tool", "program", "operator"])
def test_what_was_used_is_told_by_the_start_or_by_the_completion(world, what):
    world.units("PCB/1", "PCB/2", "PCB/3")
    world.captures(OperationStarted, "PCB/1", operation="OP-1", **{what: "tw 7"})
    done(world, "PCB/1")
    done(world, "PCB/2", **{what: "TW7"})
    done(world, "PCB/3", **{what: "TW8"})
    assert covered(world, f"{what}=TW7") == ["PCB/1", "PCB/2"]
    assert covered(world, f"{what}=TW7 operation=OP-2") == []


def test_a_measured_value_beyond_a_limit_is_found_in_full_and_packed(world):
    world.units("PCB/1", "PCB/2", "PCB/3", "PCB/4")
    world.captures(SpecificationDefined, "S/1", characteristics=(Characteristic(characteristic="torque", uom="Nm"),))
    done(world, "PCB/1", measurements=(Measurement(characteristic="torque", value=Decimal("5.3")),))
    done(world, "PCB/2", specification="S/1", values=(Decimal("5.3"),))
    done(world, "PCB/3", specification="S/1", values=(Decimal("5.2"),))
    done(world, "PCB/4", specification="S/1", values=(Decimal("4.7"),))
    assert covered(world, "characteristic=torque above=5.2") == ["PCB/1", "PCB/2"]
    assert covered(world, "characteristic=torque above=5.2 below=4.8") == ["PCB/1", "PCB/2", "PCB/4"]


def test_a_tool_is_suspect_since_its_last_good_calibration(world):
    world.units("PCB/1", "PCB/2", "PCB/3")
    calibrated = {"tool_class": "torque", "due_on": date(2027, 1, 1)}
    world.captures(ToolCalibrated, "TW-7", **calibrated)
    done(world, "PCB/1", tool="TW-7")
    world.captures(ToolCalibrated, "TW-7", **calibrated)
    done(world, "PCB/2", tool="TW-7")
    world.captures(ToolCalibrated, "TW-7", passed=False, **calibrated)
    done(world, "PCB/3", tool="TW-8")
    assert covered(world, "tool=tw-7 since_calibration") == ["PCB/2"]
    with pytest.raises(NotFound, match="no good calibration of tool 'TW-8'"):
        covered(world, "tool=TW-8 since_calibration=yes")


def test_what_was_fed_from_a_slot_while_units_passed(world):
    world.units("PCB/1", "PCB/2", "PCB/3")
    world.lot("CAP/L1")
    done(world, "PCB/1", station="SMT")
    world.captures(MaterialLoaded, "CAP/L1", station="SMT", slot="F1")
    done(world, "PCB/2", station="SMT")
    world.captures(MaterialUnloaded, "CAP/L1", station="SMT", slot="F1")
    done(world, "PCB/3", station="SMT")
    assert covered(world, "station=SMT slot=F1") == ["PCB/2"]
    assert covered(world, "lot=CAP/L1") == ["CAP/L1", "PCB/2"]


def test_lots_that_were_worked_on_are_found_too(world):
    world.lot("HSG/L1", quantity=10)
    world.lot("HSG/L2", quantity=10)
    for lot, tool in (("HSG/L1", "T-1"), ("HSG/L2", "T-2")):
        world.captures(LotOperationCompleted, lot, operation="DEBURR", station="D-1", tool=tool, passed=Decimal(10))
    assert covered(world, "station=D-1 tool=T-1") == ["HSG/L1"]
    assert covered(world, "operation=DEBURR") == ["HSG/L1", "HSG/L2"]


def test_a_part_is_recalled_by_when_its_units_and_lots_were_made(world):
    world.lot("CAP/L1", manufactured_on=date(2026, 1, 5))
    world.lot("CAP/L2", manufactured_on=date(2026, 1, 6))
    world.lot("CAP/L3")
    assert covered(world, "part=CAP since=2026-01-05 until=2026-01-05") == ["CAP/L1"]
    assert covered(world, "part=CAP since=2026-01-06") == ["CAP/L2", "CAP/L3"]
    world.unit("PCB/0")
    world.captures(UnitCommissioned, "PCB/1", at=START + HOUR * 30)
    assert covered(world, f"part=PCB since={START + HOUR * 24:%Y-%m-%d}") == ["PCB/1"]


def test_a_condition_of_work_is_limited_to_a_part(line):
    done(line, "PUMP/4", operation="OP-9", station="O-1")
    assert covered(line, "station=O-1 operation=OP-9 part=PCB") == []
    assert covered(line, "station=O-1 operation=OP-9 part=PUMP") == ["PUMP/4"]


def test_seeds_add_up_and_each_thing_is_covered_once(line):
    assert covered(line, "unit=PCB/1", "unit=PUMP/1") == ["PCB/1", "PUMP/1"]
    _, found, _ = scoped(line, "unit=PUMP/1", "unit=PCB/1")
    assert [(short(one.name), one.seed) for one in found] == [("PCB/1", 2), ("PUMP/1", 1)]


def test_where_a_component_is_one_of_several_at_least_one_of_them_is_affected(world):
    world.units("PCB/7", *(f"PUMP/{n}" for n in (1, 2, 3)))
    for n in (1, 2, 3):
        world.captures(ComponentInstalled, f"PUMP/{n}", component="PCB/7", evidence=Evidence.ALTERNATIVE)
    scope, found, (question,) = scoped(world, "unit=PCB/7")
    assert (scope.certain, scope.at_least, len(scope)) == (1, 2, 4)
    assert [one.certainty for one in found] == ["certain", "possible", "possible", "possible"]
    assert (short(question.component), question.evidence, question.count) == ("PCB/7", "alternative", 3)
    assert [short(one) for one in question.candidates] == ["PUMP/1", "PUMP/2", "PUMP/3"]


def test_a_sure_way_makes_certain_what_a_weak_one_leaves_open(world):
    world.lot("CAP/L1", quantity=10)
    world.units("PCB/1", "PUMP/1", "PUMP/2")
    for n, evidence in ((1, Evidence.ORDER_LEVEL), (2, Evidence.BACKFLUSHED)):
        world.captures(ComponentInstalled, f"PUMP/{n}", lot="CAP/L1", quantity=1, evidence=evidence)
    world.captures(ComponentInstalled, "PCB/1", lot="CAP/L1", quantity=1)
    world.captures(ComponentInstalled, "PUMP/1", component="PCB/1")
    scope, found, _ = scoped(world, "lot=CAP/L1")
    assert {short(one.name): one.certainty.value for one in found} == {
        "CAP/L1": "certain",
        "PCB/1": "certain",
        "PUMP/1": "certain",
        "PUMP/2": "possible",
    }
    stricter, _, _ = scoped(world, "lot=CAP/L1", certain_down_to=Evidence.ORDER_LEVEL)
    assert (scope.certain, stricter.certain) == (3, 4)


def test_what_can_be_pulled_is_counted_by_where_it_is(line):
    with line.database.reading(line.site) as reader:
        scope = scope_of(reader, seeds_from([seed_of("station=O-1")], own_issuer="ACME"))
        counts = counted(suspects(reader, scope), [Grouping.CUSTODY, Grouping.CUSTOMER])
    assert counts == [(("in_house", ""), 6), (("shipped", "St. Anna"), 2)], "a board is where its pump is"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a seed names nothing"),
        ("lot=A/1 unit=B/1", "a seed names unit and lot; make one seed of each"),
        ("colour=red", "'colour' is none of unit, lot"),
        ("lot", "lot has no value; write lot=…"),
        ("tool=T tool=U", "says tool twice; make two seeds"),
        ("tool='T", "has an open quote"),
        ("slot=F1 tool=T", "slot F1 is at a station; give station"),
        ("characteristic=torque", "characteristic goes with above, below, or both"),
        ("operation=OP above=3", "characteristic goes with above, below, or both"),
        ("station=S since_calibration", "since_calibration asks for the calibrations of a tool"),
        ("tool=T since=2026-02-01 until=2026-01-01", "since is not before until"),
        ("tool=T since=yesterday", "since"),
        ("supplier=S part=P", "supplier goes with supplier_lot"),
        ("unit=B/1 since=2026-01-01", "leave out part, since and until"),
    ],
)
def test_a_seed_that_says_nothing_clear_is_refused_with_what_to_do(text, reason):
    with pytest.raises(Malformed) as problem:
        seeds_from([seed_of(text)], own_issuer="ACME")
    assert reason in str(problem.value)


@pytest.mark.parametrize(
    "text",
    [
        "lot=ACME:CAP/L1",
        "supplier='Nichi Con' supplier_lot=N7",
        "part=ACME:CAP since=2026-01-05T00:00:00Z",
        "station='Line 1' tool=T-7 characteristic=torque above=5.2 below=4.8 until=2026-02-01T00:00:00Z",
        "tool=T-7 since_calibration",
    ],
)
def test_a_seed_is_spelled_as_it_is_read(text):
    (seed,) = seeds_from([seed_of(text)], own_issuer="ACME")
    (again,) = seeds_from([seed_of(spelled_seed(seed))], own_issuer="ACME")
    assert again == seed


@pytest.mark.parametrize("seed", ["lot=CAP/L9", "unit=PCB/9", "part=XYZ", "station=NOWHERE"])
def test_a_name_that_is_not_known_is_said_and_finds_nothing(world, seed):
    with pytest.raises(NotFound, match="is known here"):
        covered(world, seed)
