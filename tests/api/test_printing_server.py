"""The server tries waiting print jobs by itself."""

import time

import pytest

from asbuilt.ledger.opening import open_database
from tests.api.examples import queue_label
from tests.api.talk import event
from tests.exchange.labels.printers import printer
from tests.reliability.server import made_plant, serving
from tests.world import World

pytestmark = pytest.mark.slow

PATIENCE_S = 30


def test_a_job_that_waits_is_sent_and_recorded_by_the_server(kind):
    with made_plant(kind, sites=1) as plant, serving(plant, threads=2) as server, printer() as one:
        line = plant.new_line()
        with server.client(line.token) as client:
            given = [event("PartDefined", part="PUMP-200"), event("UnitCommissioned", unit="PUMP-200/1")]
            assert client.post("/api/v1/events", json=given).json()["recorded"] == 2
            database = open_database(plant.url)
            try:
                number = queue_label(
                    World(database, database.site(line.site)), "PUMP-200/1", address=f"127.0.0.1:{one.port}"
                )
            finally:
                database.close()
            end = time.monotonic() + PATIENCE_S
            while not (job := client.get(f"/api/v1/print-jobs/{number}").json())["is_recorded"]:
                assert time.monotonic() < end, job
                time.sleep(0.2)
            told = client.get("/api/v1/units/PUMP-200/1/history").json()["history"]
    assert one.taken == [b"^XA^XZ"]
    assert [entry["type"] for entry in told] == ["UnitCommissioned", "LabelPrinted"]
