"""/api/v1/index, and what is counted by it: the same as by SQL, with what came since, until the index is of something else."""

import io
import sys

import pytest
from pyarrow.parquet import read_table

from asbuilt.accounts.plant import plant
from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.inventory import UnitShipped
from asbuilt.exchange.recalls import settling
from asbuilt.projections.fleet.files import CURRENT
from tests.api.talk import event, index_of

SIMULATED = {"seeds": [{"lot": "CAP/L1"}], "by": ["certainty", "kind", "custody", "part_number", "customer"]}
COUNTED = "lots/CAP/L1/where-used?by=status,customer"


@pytest.fixture
def fleet(api, world):
    """Lot L1 is in pumps 1 to 4, surely in the first two; pump 1 is shipped."""
    world.lot("CAP/L1", quantity=10)
    world.units(*(f"PUMP/{n}" for n in range(1, 6)))
    for n, evidence in (
        (1, Evidence.SCANNED),
        (2, Evidence.KITTED),
        (3, Evidence.ORDER_LEVEL),
        (4, Evidence.BACKFLUSHED),
    ):
        world.captures(ComponentInstalled, f"PUMP/{n}", lot="CAP/L1", quantity=1, evidence=evidence)
    world.captures(UnitShipped, "PUMP/1", customer="St. Anna")
    return api


def without_index(told: dict) -> dict:
    return {name: value for name, value in told.items() if name != "index"}


def test_what_is_counted_is_the_same_with_an_index_and_says_how_fresh_it_is(fleet, world):
    assert fleet.get("index").status_code == 404
    by_rows = fleet.post("recalls/simulate", SIMULATED).json()
    counted = fleet.json(COUNTED)
    assert (by_rows["index"], counted["index"]) == (None, None)
    assert (by_rows["affected"], by_rows["certain"]) == (5, 3)
    index_of(world)
    by_index = fleet.post("recalls/simulate", SIMULATED).json()
    assert without_index(by_index) == without_index(by_rows)
    assert without_index(fleet.json(COUNTED)) == without_index(counted)
    assert (by_index["index"]["events_since"], fleet.json("index")["links"]) == (0, 4)
    world.captures(ComponentInstalled, "PUMP/5", lot="CAP/L1", quantity=1, evidence=Evidence.SCANNED)
    later = fleet.post("recalls/simulate", SIMULATED).json()
    assert (later["affected"], later["certain"], later["index"]["events_since"]) == (6, 4, 1)
    assert fleet.json(COUNTED)["affected"] == 5
    assert fleet.json("index")["events_since"] == 1
    listed = fleet.post("recalls/simulate", {"seeds": SIMULATED["seeds"]}).json()
    assert [one["name"] for one in listed["suspects"]] == ["ACME:CAP/L1", *(f"ACME:PUMP/{n}" for n in range(1, 6))]


def test_an_index_that_takes_the_place_of_another_is_opened(fleet, world):
    index_of(world)
    assert fleet.json("index")["events_since"] == 0
    world.captures(UnitShipped, "PUMP/2", customer="St. Anna")
    index_of(world)
    assert fleet.json("index")["events_since"] == 0
    folder = plant().indexes.folder(world.site)
    content = (folder / CURRENT).read_bytes()
    (folder / "torn").write_bytes(content[: len(content) // 2])
    (folder / "torn").replace(folder / CURRENT)
    assert fleet.get("index").status_code == 404
    assert fleet.post("recalls/simulate", SIMULATED).json()["affected"] == 5


@pytest.mark.parametrize("by", ["colour", "status,status", "", "status,"])
def test_what_it_cannot_be_counted_by_is_said(fleet, by):
    answer = fleet.get(f"lots/CAP/L1/where-used?by={by}")
    assert answer.status_code == 400
    assert "status, location, customer" in answer.json()["detail"]


def test_a_scope_that_the_index_does_not_reach_is_not_settled(fleet, world, monkeypatch):
    index_of(world)
    fleet.captures(event("RecallOpened", recall="RC-1", reason="cracks", seeds=[{"lot": "CAP/L1"}]))
    with monkeypatch.context() as patched:
        patched.setattr(settling, "differing_from_index", lambda *_: ["ACME:PUMP/4"])
        answer = fleet.post("recalls/RC-1/freeze", {})
    assert answer.status_code == 409
    assert "the first ACME:PUMP/4; build the index anew" in answer.json()["detail"]
    assert fleet.json("recalls/RC-1/members")["members"] == []
    assert fleet.post("recalls/RC-1/freeze", {}).json()["certain"] == 3


def test_tables_are_given_as_parquet(fleet):
    asked = {"lots/CAP/L1/where-used": "affected", "recalls/simulate": "suspects"}
    for path, name in asked.items():
        if name == "suspects":
            answer = fleet.post(f"{path}?format=parquet", {"seeds": SIMULATED["seeds"]})
            told = fleet.post(path, {"seeds": SIMULATED["seeds"]}).json()[name]
        else:
            answer, told = fleet.get(path, format="parquet"), fleet.json(path)[name]
        assert answer["Content-Type"] == "application/vnd.apache.parquet"
        table = read_table(io.BytesIO(answer.content)).to_pylist()
        assert [row["status"] for row in table] == [row["status"] for row in told] != []
    assert "it is one of json, csv, ndjson" in fleet.get("parts", format="parquet").json()["detail"]


def test_without_its_package_parquet_is_refused_with_how_to_install_it(fleet, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = fleet.get("lots/CAP/L1/where-used", format="parquet")
    assert answer.status_code == 501
    assert "pip install 'asbuilt[parquet]'" in answer.json()["detail"]
