"""What failing units have in common: planted causes, no cause at all, and what is refused."""

import random
from datetime import timedelta
from decimal import Decimal
from itertools import combinations
from math import comb
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from asbuilt.core.events.event import Evidence, Measurement
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialLoaded
from asbuilt.core.events.production import OperationCompleted
from asbuilt.projections.fleet.files import CURRENT, IndexUnfit
from asbuilt.projections.fleet.index import build, folder_of, opened
from asbuilt.queries.characteristic import Attempts
from asbuilt.queries.commonality.adjusting import Correction
from asbuilt.queries.commonality.choosing import CaseRule, Line
from asbuilt.queries.commonality.factors import Factor
from asbuilt.queries.commonality.ranking import Commonality, CommonalityQuestion, commonality, exposed_units
from asbuilt.queries.naming import NotFound
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.windows import Misasked, window_of
from tests.world import START

TEST_FAILED = CaseRule(failed="TEST", work=WorkFilter(part_number="PUMP"))


def asked(world, rule: CaseRule, *by: Factor, **fields) -> Commonality:
    """The answer by rows, which is the same by an index built a moment ago."""
    window = window_of(fields.pop("since", ""), fields.pop("until", ""), "")
    with TemporaryDirectory() as home, world.database.reading(world.site) as reader:
        build(world.database, world.site, Path(home))
        index = opened(folder_of(Path(home), world.site), reader)
        question = CommonalityQuestion(rule=rule, by=by, **fields)
        found = commonality(reader, question, window)
        assert commonality(reader, question, window, index=index) == found
    return found


def drilled(world, rule: CaseRule, factor: Factor, value: str) -> list[tuple[str, bool]]:
    with world.database.reading(world.site) as reader:
        rows = exposed_units(reader, CommonalityQuestion(rule=rule), window_of("", "", ""), factor=factor, value=value)
    return [(row.unit.rpartition("/")[2], row.is_case) for row in rows]


def lines(*names: str) -> tuple[Line, ...]:
    return tuple(Line(number, name) for number, name in enumerate(names, start=1))


def pumps(world, count: int, fails, *, lot=lambda _: "", tool=lambda _: "", station=lambda _: "ST-1") -> None:
    """Pumps 1 to count: assembled with a seal of a lot, a tool and at a station, then tested."""
    for name in sorted({lot(number) for number in range(1, count + 1)} - {""}):
        world.lot(f"SEAL/{name}", supplier=f"MAKER OF {name}")
    for number in range(1, count + 1):
        unit = f"PUMP/{number}"
        world.unit(unit)
        events = []
        if lot(number):
            events.append(world.event(ComponentInstalled, unit, lot=f"SEAL/{lot(number)}", reference_designator="S1"))
        made = {"operation": "ASM", "station": station(number), "tool": tool(number), "operator": "eva"}
        events.append(world.event(OperationCompleted, unit, **made))
        failed = {"result": "failed", "defect": "LEAK"} if fails(number) else {}
        events.append(world.event(OperationCompleted, unit, operation="TEST", station="FT-1", **failed))
        assert all(answer.outcome for answer in world.submit(*events))


def test_a_bad_lot_is_found_first_with_its_counts(world):
    pumps(world, 24, lambda n: n % 3 == 0 and n != 24, lot=lambda n: "BAD" if n % 3 == 0 else "GOOD")
    found = asked(world, TEST_FAILED)
    assert (found.cases, found.controls, found.is_cut) == (7, 17, True)
    best = found.findings[0]
    assert (best.factor, best.value, best.evidence) == (Factor.LOT, "ACME:SEAL/BAD", "scanned")
    assert [(one.factor, one.value) for one in best.same_units] == [(Factor.SUPPLIER, "MAKER OF BAD")]
    assert (best.cases_with, best.cases_without, best.controls_with, best.controls_without) == (7, 0, 1, 16)
    assert best.chance == Decimal(f"{comb(8, 7) * comb(16, 0) / comb(24, 7):.5e}")
    assert best.odds_ratio == Decimal(f"{7.5 * 16.5 / (0.5 * 1.5):.5e}")
    assert best.adjusted == Decimal(f"{found.tested * 8 / comb(24, 7):.5e}")
    assert best.sentence.startswith(
        "7 of 7 failing units and 1 of 17 others have lot ACME:SEAL/BAD, supplier MAKER OF BAD:"
    )
    # What all units have tells nothing, and is not tested.
    assert {(one.factor, one.value) for one in found.findings}.isdisjoint(
        {(Factor.STATION, "FT-1"), (Factor.OPERATOR, "eva"), (Factor.POSITION, "S1 ACME:SEAL")}
    )
    assert drilled(world, TEST_FAILED, Factor.LOT, "acme:seal/bad") == [
        *((str(n), True) for n in sorted(range(3, 24, 3), key=str)),
        ("24", False),
    ]


def test_a_lot_deep_inside_is_found_with_the_weakest_evidence_on_the_way(world):
    world.lot("PASTE/P1")
    world.lot("PASTE/P2")
    for number in range(1, 13):
        if number in {1, 7}:
            world.captures(MaterialLoaded, f"PASTE/P{1 + number // 7}", station=f"SMT-{1 + number // 7}", slot="F1")
        world.unit(f"BOARD/{number}")
        world.captures(OperationCompleted, f"BOARD/{number}", operation="SMT", station=f"SMT-{1 + number // 7}")
        world.unit(f"PUMP/{number}")
        world.captures(ComponentInstalled, f"PUMP/{number}", component=f"BOARD/{number}", reference_designator="A1")
        failed = {"result": "failed"} if number < 6 else {}
        world.captures(OperationCompleted, f"PUMP/{number}", operation="TEST", **failed)
    found = asked(world, TEST_FAILED, Factor.LOT, Factor.SLOT, Factor.PATH, Factor.PART)
    best = found.findings[0]
    assert (best.value, best.evidence) == ("ACME:PASTE/P1", Evidence.SETUP_WINDOW.value)
    assert (best.cases_with, best.controls_with) == (5, 1)
    assert [(one.factor, one.value) for one in best.same_units] == [(Factor.SLOT, "SMT-1 F1 ACME:PASTE")]
    assert drilled(world, TEST_FAILED, Factor.PATH, "ACME:BOARD > ACME:PASTE")[0] == ("1", True)


def test_what_happened_after_a_unit_was_judged_does_not_count(world):
    """Only failed units see the repair bench; it is no cause of their failing."""
    pumps(world, 9, lambda n: n <= 4, lot=lambda _: "ONE")
    for number in range(1, 5):
        world.captures(OperationCompleted, f"PUMP/{number}", operation="REPAIR", station="BENCH")
    assert "BENCH" not in {one.value for one in asked(world, TEST_FAILED, Factor.STATION).findings}
    listed = CaseRule(units=lines(*(f"PUMP/{number}" for number in range(1, 5))))
    found = asked(world, listed, Factor.STATION)
    assert (found.is_cut, found.findings[0].value, found.controls) == (False, "BENCH", 5)


def test_a_defect_code_chooses_cases_and_who_came_as_far(world):
    pumps(world, 10, lambda n: n <= 3, tool=lambda n: "T-BAD" if n <= 4 else "T-GOOD")
    world.unit("PUMP/NEW")
    found = asked(world, CaseRule(defect="LEAK"), Factor.TOOL)
    assert (found.cases, found.controls) == (3, 7)
    assert (found.findings[0].value, found.findings[0].controls_with) == ("T-BAD", 1)
    for number in (1, 2):
        world.captures(OperationCompleted, f"PUMP/{number}", operation="TEST", station="FT-1")
    assert asked(world, CaseRule(defect="LEAK", open_only=True), Factor.TOOL).cases == 1
    assert asked(world, CaseRule(defect="LEAK"), Factor.TOOL).cases == 3
    with pytest.raises(NotFound, match="no unit failed so"):
        asked(world, CaseRule(defect="NOISE"))


def test_a_characteristic_and_which_attempts_count(world):
    world.part("PUMP")
    for number, values in enumerate((["9"], ["11", "9"], ["9", "11"], ["9"], []), start=1):
        world.unit(f"PUMP/{number}")
        world.captures(OperationCompleted, f"PUMP/{number}", operation="ASM", station="A" if number == 2 else "B")
        for value in values or [None]:
            taken = (
                ()
                if value is None
                else (Measurement(characteristic="FLOW", value=Decimal(value), upper_limit=Decimal(10)),)
            )
            world.captures(OperationCompleted, f"PUMP/{number}", operation="TEST", measurements=taken)
    rule = CaseRule(failed="TEST", characteristic="FLOW", work=WorkFilter(part_number="PUMP"))
    first = asked(world, rule, Factor.STATION)
    assert (first.cases, first.controls, first.findings[0].value) == (1, 3, "A")
    every = CaseRule(failed="TEST", characteristic="FLOW", attempts=Attempts.ALL, work=rule.work)
    assert (asked(world, every).cases, asked(world, every).controls) == (2, 2)


def test_a_window_and_days(world):
    pumps(world, 6, lambda n: n <= 2)
    world.now = START + timedelta(days=1)
    world.unit("PUMP/7")
    world.captures(OperationCompleted, "PUMP/7", operation="TEST", station="FT-1")
    assert asked(world, TEST_FAILED, until="2026-03-02").controls == 4
    found = asked(world, TEST_FAILED, Factor.DAY, Factor.WEEK)
    later, sooner = sorted(found.findings, key=lambda one: one.cases_with)
    assert (later.value, later.cases_with, later.controls_with) == ("TEST 2026-03-03", 0, 1)
    assert (sooner.value, sooner.cases_with, sooner.controls_with) == ("ASM 2026-03-02", 2, 4)


def test_what_cannot_be_answered_says_what_to_do(world):
    pumps(world, 3, lambda n: n == 1)
    with pytest.raises(Misasked, match=r"2 of 3 cases name no unit.*line 2 'PUMP/77', line 3 'PUMP/78'"):
        asked(world, CaseRule(units=lines("PUMP/1", "PUMP/77", "PUMP/78")))
    with pytest.raises(Misasked, match="list of cases is empty"):
        asked(world, CaseRule(units=()))
    with pytest.raises(Misasked, match=r"1 controls are cases, too.*line 2 'PUMP/1'"):
        asked(world, CaseRule(units=lines("PUMP/1"), controls=lines("PUMP/2", "PUMP/1")))
    with pytest.raises(Misasked, match="list of controls is empty"):
        asked(world, CaseRule(units=lines("PUMP/1"), controls=()))
    with pytest.raises(NotFound, match="no other unit"):
        asked(world, CaseRule(units=lines("PUMP/1", "PUMP/2", "PUMP/3")))
    for wrong in (CaseRule(), CaseRule(defect="LEAK", failed="TEST"), CaseRule(defect="LEAK", characteristic="FLOW")):
        with pytest.raises(Misasked):
            asked(world, wrong)
    with pytest.raises(Misasked, match="part_number is missing"):
        asked(world, CaseRule(failed="TEST"))
    with pytest.raises(Misasked, match="none of these units has lot 'X'"):
        drilled(world, TEST_FAILED, Factor.LOT, "X")


def naive(had: dict[int, tuple[str, str]], failing: set[int], place: int) -> dict[str, tuple[int, int]]:
    """Counts of cases and controls by value, from what was planted."""
    counts: dict[str, tuple[int, int]] = {}
    for number, values in had.items():
        cases, controls = counts.get(values[place], (0, 0))
        counts[values[place]] = (cases + (number in failing), controls + (number not in failing))
    return counts


@pytest.mark.parametrize("seed", range(6))
def test_a_planted_cause_comes_first_and_every_count_is_right(world, seed):
    chance = random.Random(seed)
    had = {n: (f"T-{chance.randrange(5)}", f"ST-{chance.randrange(4)}") for n in range(1, 61)}
    failing = {n for n, (tool, _) in had.items() if chance.random() < (0.8 if tool == "T-3" else 0.06)}
    pumps(world, 60, failing.__contains__, tool=lambda n: had[n][0], station=lambda n: had[n][1])
    found = asked(world, TEST_FAILED, Factor.TOOL, Factor.STATION)
    assert found.findings[0].value == "T-3", seed
    counted = {(one.factor, one.value): (one.cases_with, one.controls_with) for one in found.findings}
    expected = {(Factor.TOOL, value): pair for value, pair in naive(had, failing, 0).items()}
    expected |= {(Factor.STATION, value): pair for value, pair in naive(had, failing, 1).items()}
    assert counted == expected | {}, seed
    assert [one.adjusted for one in found.findings] == sorted(one.adjusted for one in found.findings)


def test_without_a_cause_next_to_nothing_is_found(world):
    """One plant, failures drawn blindly 40 times: at a false discovery rate of 5 % about 2 draws name anything.

    The test is exact and discrete and so on the careful side; more than 6 of 40 has a chance below 1 in 100.
    """
    chance = random.Random(2026)
    had = {n: (f"T-{chance.randrange(4)}", f"ST-{chance.randrange(4)}") for n in range(1, 41)}
    pumps(world, 40, lambda _: False, tool=lambda n: had[n][0], station=lambda n: had[n][1])
    naming = 0
    for _ in range(40):
        cases = lines(*(f"PUMP/{n}" for n in chance.sample(range(1, 41), 12)))
        found = asked(world, CaseRule(units=cases), Factor.TOOL, Factor.STATION)
        naming += any(one.adjusted <= Decimal("0.05") for one in found.findings)
    assert naming <= 6


def test_corrections_are_offered_and_rank_alike(world):
    pumps(world, 20, lambda n: n % 2 == 0, tool=lambda n: f"T-{n % 4}")
    ranks = [asked(world, TEST_FAILED, Factor.TOOL, correction=one) for one in Correction]
    for one, other in combinations(ranks, 2):
        assert one.findings[0].chance == other.findings[0].chance
    assert ranks[0].findings[0].adjusted <= ranks[1].findings[0].adjusted <= ranks[2].findings[0].adjusted
    assert len(asked(world, TEST_FAILED, limit=1).findings) == 1


def test_what_came_since_the_index_was_built_is_in_the_answer(world, tmp_path):
    """A unit that got a bad seal, went over another station or lost its order since is what it is now."""
    pumps(world, 8, lambda n: n <= 3, lot=lambda n: "BAD" if n <= 2 else "GOOD")
    build(world.database, world.site, tmp_path)
    with world.database.reading(world.site) as reader:
        index = opened(folder_of(tmp_path, world.site), reader)
    pumps_since = CaseRule(units=lines("PUMP/1", "PUMP/2", "PUMP/3", "PUMP/9"))
    world.captures(ComponentInstalled, "PUMP/3", lot="SEAL/BAD", reference_designator="S2")
    world.unit("PUMP/9")
    world.captures(ComponentInstalled, "PUMP/9", lot="SEAL/BAD", reference_designator="S1")
    with world.database.reading(world.site) as reader:
        window, question = window_of("", "", ""), CommonalityQuestion(rule=pumps_since)
        found = commonality(reader, question, window, index=index)
        assert found == commonality(reader, question, window)
        rows = exposed_units(reader, question, window, factor=Factor.LOT, value="acme:seal/bad", index=index)
    assert [row.unit.rpartition("/")[2] for row in rows] == ["1", "2", "3", "9"]
    assert (found.findings[0].value, found.findings[0].cases_with, found.findings[0].controls_with) == (
        "ACME:SEAL/BAD",
        4,
        0,
    )


def test_a_damaged_index_is_not_believed_of_what_units_have_in_common(world, tmp_path):
    pumps(world, 8, lambda n: n <= 3, lot=lambda n: "BAD" if n <= 2 else "GOOD")
    build(world.database, world.site, tmp_path)
    path = folder_of(tmp_path, world.site) / CURRENT
    content = bytearray(path.read_bytes())
    place = content.rfind(b"EVA") if b"EVA" in content else content.rfind(b"eva")
    content[place] ^= 0x20
    path.write_bytes(content)
    question, window = CommonalityQuestion(rule=TEST_FAILED), window_of("", "", "")
    with world.database.reading(world.site) as reader:
        index = opened(folder_of(tmp_path, world.site), reader)
        assert commonality(reader, question, window, index=index) == commonality(reader, question, window)
        with pytest.raises(IndexUnfit, match="damaged"):
            index.arrays.details()
