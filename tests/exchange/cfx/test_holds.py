"""Materials that are blocked, past their floor life, or split."""

import pytest

from asbuilt.core.events.genealogy import MaterialConsumed
from asbuilt.core.events.quality import HoldPlaced, HoldReleased
from tests.exchange.cfx.made import blocking, installed, materials_installed, message, unblocking

MSD = "Materials.Management.MSDManagement"
SPLIT = "Materials.Management.MaterialsSplit"


@pytest.fixture
def reel(boards):
    boards.world.lot("CAP/REEL1", quantity=100)
    return boards


def holds(floor) -> list[str]:
    return list(floor.world.lot_view("CAP/REEL1").open_holds)


def materials(*packages) -> dict:
    return {"Materials": [{"UniqueIdentifier": one, "InternalPartNumber": "CAP"} for one in packages]}


def test_a_blocked_package_is_on_hold_from_the_request_on(reel):
    reel.hears(blocking("REEL1", "NOBODY"))
    (hold,) = reel.events(HoldPlaced)
    assert (hold.lot.name, hold.reason, hold.operator) == ("REEL1", "SuspectedProblem: bent leads", "b.otto")
    report = reel.hears(materials_installed(installed("PANEL7-1", "REEL1", "CAP", "R1")))
    assert [one.rule for one in report.refusals] == ["QUA-001"]


@pytest.mark.parametrize("backwards", [True, False])
@pytest.mark.parametrize("together", [True, False])
def test_a_package_is_free_when_the_response_says_so(reel, together, backwards):
    reel.hears(blocking("REEL1"))
    both = unblocking("REEL1")[::-1] if backwards else unblocking("REEL1")
    if not together:
        reel.hears(both[0])
        assert holds(reel) == ["CFX-BLOCKED"]
    report = reel.hears(*both)
    assert holds(reel) == []
    assert sum(report.mapped.values()) == 2
    assert reel.hears(*both).recorded == 0


@pytest.mark.parametrize(
    "answer",
    [
        {"result": "Failed"},
        {"result": None},
        {"result": "PartialSuccess", "MaterialsPackagesNotUnblocked": ["REEL1"]},
    ],
)
def test_a_package_stays_blocked_when_the_response_says_no(reel, answer):
    reel.hears(blocking("REEL1"))
    reel.hears(*unblocking("REEL1", **answer))
    assert (holds(reel), reel.events(HoldReleased)) == (["CFX-BLOCKED"], [])


def test_a_response_to_another_request_releases_nothing(reel):
    reel.hears(blocking("REEL1"))
    reel.hears(unblocking("REEL1", request="RQ-1")[0], unblocking("REEL1", request="RQ-2")[1])
    assert holds(reel) == ["CFX-BLOCKED"]


def test_past_its_floor_life_a_package_is_held_until_it_is_restored(reel):
    reel.hears(message(f"{MSD}.MaterialsExpired", materials("REEL1")))
    assert holds(reel) == ["CFX-MSD"]
    restored = message(f"{MSD}.MaterialsRestored", materials("REEL1"), minute=50)
    reel.hears(restored)
    assert holds(reel) == []
    assert reel.hears(restored).mapped == {f"CFX.{MSD}.MaterialsRestored": 1}


def test_restoring_what_was_not_held_is_no_news(reel):
    report = reel.hears(message(f"{MSD}.MaterialsRestored", materials("REEL1")))
    assert (report.refusals, reel.events(HoldReleased)) == ((), [])


def test_a_package_that_is_split_is_found_in_both(reel):
    body = {
        "SourceMaterialPackageIdentifier": "REEL1",
        "SourceMaterialPackageRemainingQuantity": 70.0,
        "NewMaterialPackageIdentifier": "REEL2",
        "NewMaterialPackageQuantity": 30.0,
    }
    report = reel.hears(message(SPLIT, body))
    (event,) = reel.events(MaterialConsumed)
    assert (str(event.output_lot), str(event.lot), event.quantity) == ("ACME:CAP/REEL2", "ACME:CAP/REEL1", 30)
    assert report.refusals == ()
    assert reel.world.lot_view("CAP/REEL1").remaining == 70
    reel.hears(materials_installed(installed("PANEL7-1", "REEL2", "CAP", "R1")))
    assert reel.world.where_used("CAP/REEL1") == ["CAP/REEL2", "BOARD/PANEL7-1"]


@pytest.mark.parametrize(
    "body",
    [
        {"SourceMaterialPackageIdentifier": "NOBODY", "NewMaterialPackageIdentifier": "REEL2"},
        {"SourceMaterialPackageIdentifier": "REEL1"},
        {"SourceMaterialPackageIdentifier": "REEL1", "NewMaterialPackageIdentifier": "REEL1"},
        {"SourceMaterialPackageIdentifier": ["REEL1"], "NewMaterialPackageIdentifier": {}},
    ],
)
def test_a_split_of_what_is_not_known_is_kept_only(reel, body):
    report = reel.hears(message(SPLIT, {**body, "NewMaterialPackageQuantity": 1}))
    assert reel.events(MaterialConsumed) == []
    assert report.preserved == {f"CFX.{SPLIT}": 1}


@pytest.mark.parametrize("odd", [None, -1, 0, 1e300, "x", [], 10**30])
def test_a_split_with_an_odd_quantity_is_recorded_without(reel, odd):
    body = {
        "OriginalMaterialPackage": {"UniqueIdentifier": "REEL1"},
        "NewMaterialPackage": {"UniqueIdentifier": "REEL2", "Quantity": odd},
    }
    report = reel.hears(message(SPLIT, body))
    assert [one.quantity for one in reel.events(MaterialConsumed)] == [None]
    assert report.refusals == ()
