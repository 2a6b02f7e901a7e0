"""The demo plant: the same from the same seed, by the rules, with everything in it that is to be shown."""

import json
from collections import Counter
from decimal import Decimal
from itertools import islice

import pytest

from asbuilt.cli.demo import build as building
from asbuilt.cli.demo import definitions as plant
from asbuilt.cli.demo import followed
from asbuilt.cli.demo.build import build, highlights, is_complete, is_foreign
from asbuilt.cli.demo.calendar import LAST_EVENING
from asbuilt.cli.demo.command import UNITS as SHOWN_UNITS
from asbuilt.cli.demo.distribution import RUNS_DOWN, check_digit
from asbuilt.cli.demo.floor import Floor
from asbuilt.cli.demo.followed import DRILL, RECALL
from asbuilt.cli.demo.plan import reports
from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.ledger.codec import captured
from asbuilt.ledger.verify import verify
from asbuilt.projections.rebuild import rebuild
from asbuilt.queries.commonality.choosing import CaseRule
from asbuilt.queries.commonality.ranking import CommonalityQuestion, commonality
from asbuilt.queries.defects import DefectFilter, defects
from asbuilt.queries.recall.report import RecallStatus, members, recall_state
from asbuilt.queries.recall.report import report as recall_report
from asbuilt.queries.recall.scope import scope_of
from asbuilt.queries.recall.suspects import suspects
from asbuilt.queries.refusals import refusal_report
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.units import UnitFilter, every_unit
from asbuilt.queries.windows import window_of
from tests.cli.conftest import Cli
from tests.databases import empty_database, made_database, migrate

UNITS = 30
STOPPED = 9
"""A seed by which the interlock stops something in so small a plant."""

LEDGER = """
SELECT event.sequence, event.event_id, event.event_time, event.record_time, event.actor, event.source, event.payload,
       event.previous_digest, event.subject_version
FROM event WHERE event.site_id = $1 ORDER BY event.sequence
"""


def ledger_of(database, site) -> list[tuple]:
    with database.reading(site) as reader:
        return [
            tuple(bytes(one) if isinstance(one, memoryview) else one for one in row)
            for row in reader.rows(LEDGER, site.site_id)
        ]


def built(database, site, *, units=UNITS, seed=1):
    return build(database, site, Floor(seed=seed, units=units), progress=lambda _: None)


@pytest.fixture
def site(own, own_database):
    """A plant's database with the demo's site besides the one every test has."""
    own.add_site(plant.SITE + "-DEMO", plant.ISSUER)
    return own_database.site(plant.SITE + "-DEMO")


def told(**how) -> list[bytes]:
    return [captured(report.event).payload for report in reports(Floor(**how))]


def test_the_same_seed_tells_the_same_story():
    first = told(seed=1, units=UNITS)
    assert told(seed=1, units=UNITS) == first
    assert told(seed=2, units=UNITS) != first
    assert told(seed=1, units=UNITS + 1) != first
    assert len({json.loads(payload)["event_id"] for payload in first}) == len(first)


def test_it_is_told_in_order_of_time_and_ends_on_the_last_evening():
    times = [report.event.event_time for report in reports(Floor(seed=1, units=UNITS))]
    assert times == sorted(times)
    assert times[-1] < LAST_EVENING
    assert all(6 <= time.hour < 22 and time.weekday() < 5 for time in times)


def test_what_is_followed_up_changes_nothing_else(monkeypatch):
    """The bad packs, the complaints and the drill draw from a chance of their own."""
    with_them = {report.event.event_id: report.event for report in reports(Floor(seed=1, units=400))}
    assert {"RecallOpened", "RecallClosed"} <= {type(event).__name__ for event in with_them.values()}
    monkeypatch.setattr(followed, "UNITS_MIN", 401)  # the same plant, but taken for one too small to have a bad lot
    without = {report.event.event_id for report in reports(Floor(seed=1, units=400))}
    assert without < set(with_them)
    sagged = [one for one in with_them.values() if getattr(one, "defect", "") == RUNS_DOWN]
    assert 10 < len(sagged) < 40


@pytest.mark.slow
def test_everything_that_may_happen_happens_in_the_plant_of_a_stranger():
    kinds = Counter(type(report.event) for report in reports(Floor(seed=1, units=2_000)))
    missing = {kind.__name__ for kind in EVENT_TYPES} - {kind.__name__ for kind in kinds}
    # A controller's parts are all delivered, so that nothing is only declared by a name; nobody mixes up serials,
    # nobody but this plant gives them, no printer stands there, and its machines send events, not messages; nobody
    # loses a qualification, what fails is tested again or reworked by its routing, and the line makes one board only,
    # so that its setup stays.
    repaired = {"UnitReidentified", "DuplicateReported", "DuplicateResolved", "UnitsMerged"}
    profiled = {"SerialProfileDefined", "SerialRangeReserved", "SerialNumberVoided"}
    kept = {"ComponentDeclared", "LabelPrinted", "MessageReceived", "QualificationRevoked"}
    decided = {"DefectRepaired", "SetupDeactivated"}
    stopped = {"OperationRefused", "InterlockOverridden"}  # asbuilt records them by itself
    assert missing == set().union(kept, repaired, profiled, decided, stopped)
    assert 40 <= kinds.total() / 2_000 <= 60


@pytest.mark.slow
def test_the_plant_that_make_demo_builds_breaks_no_rule(own_database, site):
    """So large that units come back, are repaired or scrapped, and go out again; in a smaller one none does."""
    done = built(own_database, site, units=SHOWN_UNITS)
    assert done.recorded > 40 * SHOWN_UNITS
    with own_database.reading(site) as reader:
        report = refusal_report(reader, WorkFilter(), window_of("", "", ""))
        waiting = defects(reader, DefectFilter()).defects
    assert len(report.refusals) == done.refused > 0
    assert {one.rule for one in report.reasons} == {"PRO-016", "PRO-017"}
    assert report.overrides
    assert waiting
    assert_the_packs_are_called_back(own_database, site)


def assert_the_packs_are_called_back(database, site) -> None:
    """What fails at the final test is found to share one lot of packs; that is called back, and most of it is there."""
    with database.reading(site) as reader:
        rule = CaseRule(failed="OP70", work=WorkFilter(part_number="4500-117"))
        worst, *others = commonality(reader, CommonalityQuestion(rule=rule), window_of("", "", "")).findings
        packs, controllers = recall_report(reader, RECALL), recall_report(reader, DRILL)
        listed = {one.name: one for one in members(reader, RECALL)}
        reached = {one.name for one in suspects(reader, scope_of(reader, recall_state(reader, RECALL).seeds))}
    assert [f"lot={worst.value}"] == packs.seeds
    assert worst.adjusted < Decimal("1e-12")
    assert 1_000 * worst.adjusted < others[0].adjusted
    assert (packs.status, packs.digest_holds, packs.is_drill) == (RecallStatus.SETTLED, True, False)
    assert Decimal("0.2") < packs.effectiveness < Decimal("0.9")
    assert packs.held
    assert packs.returned
    assert packs.undecided
    assert {"corrected", "destroyed", "lost", "returned"} <= set(packs.dispositions)
    assert any(one.answered_at for one in packs.notices)
    assert not all(one.answered_at for one in packs.notices)
    corrected = {name for name, one in listed.items() if one.disposition == "corrected"}
    assert set(listed) - reached == corrected, "listed was what the seed reaches, and has another pack since"
    assert reached <= set(listed)
    assert (controllers.status, controllers.is_drill, controllers.held) == (RecallStatus.CLOSED, True, 0)
    assert controllers.undecided == 0
    assert controllers.digest_holds
    assert controllers.milestones[-1].step == "closed"
    assert controllers.milestones[-1].after_s < 4 * 3600


def test_two_builds_give_the_same_ledger_event_for_event(own_database, site, kind):
    assert built(own_database, site).recorded > 1_000
    with made_database(kind) as other:
        other.add_site(plant.SITE, plant.ISSUER)
        other.add_site(plant.SITE + "-DEMO", plant.ISSUER)
        with other.opened() as database:
            there = database.site(plant.SITE + "-DEMO")
            built(database, there)
            assert ledger_of(database, there) == ledger_of(own_database, site)


def test_the_ledger_is_consistent_and_the_tables_are_its_fold(own_database, site):
    built(own_database, site)
    with own_database.reading(site) as reader:
        assert list(verify(reader)) == []
    report = rebuild(own_database, site, keep=False)
    assert report.differences == ()


def test_a_build_that_was_stopped_goes_on(own_database, site, monkeypatch):
    floor = Floor(seed=STOPPED, units=UNITS)
    assert not is_foreign(own_database, site, floor)
    whole = reports
    monkeypatch.setattr(building, "reports", lambda floor: islice(whole(floor), 900))
    monkeypatch.setattr(building, "BATCH", 300)
    first = built(own_database, site, seed=STOPPED)
    assert (first.recorded + first.refused, first.repeated) == (900, 0)
    assert not is_complete(own_database, site, floor)
    assert not is_foreign(own_database, site, floor)
    monkeypatch.undo()
    second = built(own_database, site, seed=STOPPED)
    assert second.repeated == first.recorded
    assert second.recorded > 0
    assert is_complete(own_database, site, floor)
    third = built(own_database, site, seed=STOPPED)
    assert (third.recorded, third.repeated, third.refused) == (0, second.events, second.refused)
    assert second.refused > 0


def test_another_plant_is_foreign(own_database, site):
    built(own_database, site, units=2)
    assert is_foreign(own_database, site, Floor(seed=1, units=3))
    assert is_foreign(own_database, site, Floor(seed=2, units=2))
    assert not is_foreign(own_database, site, Floor(seed=1, units=2))


@pytest.mark.parametrize("units", [1, 2, 3, 99, 101])
def test_any_number_of_units_is_a_plant(own_database, site, units):
    built(own_database, site, units=units)
    sights = highlights(own_database, site, Floor(seed=1, units=units))
    assert sights.held_lot.startswith("1020-104/")
    assert sights.repaired_unit == ("IPC26-000003" if units >= 3 else "")
    with own_database.reading(site) as reader:
        assert len(list(every_unit(reader, UnitFilter(part_number="4500-117")))) == units


def test_check_digits():
    """Source: GS1 General Specifications, section 7.9; examples of GTIN-13 and SSCC."""
    assert check_digit("629104150021") == "3"
    assert check_digit("37610425002123456") == "9"


@pytest.mark.slow
def test_the_command_builds_it_says_what_to_try_and_serves_nothing_twice(kind, tmp_path):
    with empty_database(kind) as url:
        if kind == "postgresql":
            migrate(url)
        cli = Cli({}, tmp_path)
        options = ("demo", "--no-serve", "--units", UNITS, *(("--database", url) if kind == "postgresql" else ()))
        first = cli.real(*options)
        assert "events in" in first.stderr
        home = tmp_path / "var" / "demo"
        assert f"export ASBUILT_HOME={home}" in first.stdout
        cli.environment["ASBUILT_HOME"] = str(home)
        if kind == "postgresql":
            cli.environment["ASBUILT_DATABASE_URL"] = url
        for line in first.stdout.splitlines():
            words = line.split()
            if words[1:2] and words[1] in ("as-built", "history", "where-used"):
                assert cli.run(*words[1:]).stdout.count("\n") > 10
        again = cli.real(*options)
        assert "events in" not in again.stderr
        assert again.stdout == first.stdout, "the login stays the same"
        other = cli.real(*options, "--seed", "2", exits=2)
        assert "holds other records" in other.stderr
        assert json.loads(cli.real("user", "list", "--json").stdout)["count"] == 1
        cli.run("verify")
        cli.run("rebuild", "--check")


def test_the_demo_does_not_touch_a_real_plant(alone, own, tmp_path):
    """Neither the one the environment names, nor one that is named."""
    shown = alone.real("demo", "--no-serve", "--units", 2, "--database", own.url, exits=2)
    assert "has sites of its own" in shown.stderr
    alone.real("demo", "--no-serve", "--units", 2, "--home", tmp_path / "other")
    assert alone.json("units")["units"] == []


def test_a_busy_port_is_passed_by(tmp_path):
    import socket

    from asbuilt.cli.demo.command import _server

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert _server(taken).port > taken
