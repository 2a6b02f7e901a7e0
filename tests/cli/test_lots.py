"""`asbuilt lot` of a lot that is worked on in parts."""

import pytest

from tests.cli.events import Events


@pytest.fixture
def moulded(cli):
    """A hundred housings, half of them moulded, a few deburred."""
    events = Events(first=2000)
    events.add("PartDefined", part="HSG", tracking="lot")
    events.add(
        "RoutingDefined", routing="R-1", part="HSG", operations=[{"operation": "MOULD"}, {"operation": "DEBURR"}]
    )
    events.add("LotDefined", lot="HSG/L1", quantity="100")
    events.add("LotOperationStarted", lot="HSG/L1", operation="MOULD", quantity="60")
    events.add("LotOperationCompleted", lot="HSG/L1", operation="MOULD", passed="48", scrapped="2")
    events.add("LotOperationCompleted", lot="HSG/L1", operation="DEBURR", passed="9", failed="1")
    cli.captures(events)
    return cli


def test_a_lot_says_how_far_it_has_come(moulded):
    lines = moulded.run("lot", "HSG/L1").stdout.splitlines()
    assert lines[-2:] == [
        "MOULD: 40 waiting, 10 in process, 48 passed, 2 scrapped",
        "DEBURR: 38 waiting, 9 passed, 1 failed, 1 of it open",
    ]
    told = moulded.json("lot", "HSG/L1")
    assert (told["routing"], told["scrapped"], told["remaining"]) == ("R-1", "2", "98")
    assert [(one["operation"], one["waiting"]) for one in told["operations"]] == [("MOULD", "40"), ("DEBURR", "38")]


def test_more_than_has_come_is_refused(moulded):
    events = Events(first=2100)
    events.add("LotOperationStarted", lot="HSG/L1", operation="DEBURR", quantity="39")
    assert (
        "PRO-061"
        in moulded.run("capture", "-", "--refusals", moulded.folder / "no", stdin=events.ndjson(), exits=3).output
    )


def test_the_interlock_is_asked_before_some_of_a_lot_is_worked_on(moulded):
    assert moulded.run("interlock", "HSG/L1", "DEBURR", "--quantity", "38").stdout.startswith("yes")
    told = moulded.run("interlock", "HSG/L1", "DEBURR", "--quantity", "39", exits=3).stdout
    assert "PRO-061" in told
    assert "override  possible" in told
    assert "next      MOULD, DEBURR" in told
    assert moulded.run("interlock", "L1", "DEBURR", "--quantity", "1", "--retry").stdout.startswith("yes")
    assert "name the lot" in moulded.run("interlock", "HSG/X", "DEBURR", "--retry", exits=2).stderr
