"""C3: every POST sent twice is done once; and what was recorded is neither edited nor deleted, by any route (P07)."""

import json

import httpx
import pytest

from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.rules.groups import RECORDED_BY_THE_INTERLOCK
from asbuilt.ledger.opening import open_database
from tests.accounts.django_plant import start_django
from tests.api.examples import example
from tests.api.talk import event
from tests.reliability.races import issue, post, race, unanswered

pytestmark = pytest.mark.slow

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "MERGE", "PURGE"]
OVERRIDES = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]

# A story in which every type of event has its place, as far as it goes; each is sent twice.
STORY = [
    event("PartDefined", part="PUMP-200"),
    event("PartDefined", part="PCB-10"),
    event("PartDefined", part="CAP-100N", tracking="lot"),
    event(
        "SpecificationDefined", specification="ICT-1", characteristics=[{"characteristic": "gap", "upper_limit": "2"}]
    ),
    event("LotDefined", lot="CAP-100N/L1", quantity="10"),
    event("LotDefined", lot="CAP-100N/L2"),
    event("WorkOrderReleased", work_order="WO-1", part="PUMP-200", quantity=5),
    event("UnitCommissioned", unit="PUMP-200/1", work_order="WO-1"),
    event("UnitCommissioned", unit="PUMP-200/2"),
    event("UnitCommissioned", unit="PUMP-200/3"),
    event("UnitReceived", unit="PCB-10/7", supplier="SUP"),
    event("AliasAssigned", unit="PUMP-200/1", scheme="mac", value="00:11"),
    event("UnitReidentified", unit="PUMP-200/1", marked_as="PUMP-200/1-A", reason="label torn"),
    event("DuplicateReported", unit="PCB-10/7", supplier="SUP"),
    event("LabelPrinted", unit="PUMP-200/1", template="unit", printer="LINE-3"),
    event("MaterialLoaded", lot="CAP-100N/L2", station="SMT-1", slot="S1"),
    event("OperationStarted", unit="PUMP-200/1", operation="OP-1", station="SMT-1"),
    event(
        "OperationCompleted",
        unit="PUMP-200/1",
        operation="OP-1",
        station="SMT-1",
        specification="ICT-1",
        values=["1.5"],
    ),
    event("MaterialUnloaded", lot="CAP-100N/L2", station="SMT-1", slot="S1"),
    event("ComponentInstalled", unit="PUMP-200/1", component="PCB-10/7"),
    event("ComponentInstalled", unit="PUMP-200/1", lot="CAP-100N/L1", quantity="3"),
    event("ComponentRemoved", unit="PUMP-200/1", component="PCB-10/7", reason="leak"),
    event("MaterialConsumed", output_lot="CAP-100N/L2", lot="CAP-100N/L1", quantity="2"),
    event("ComponentDeclared", unit="PUMP-200/1", scheme="catenax", value="urn:uuid:1"),
    event("HoldPlaced", unit="PUMP-200/1", hold="H-1", reason="leak"),
    event("HoldReleased", unit="PUMP-200/1", hold="H-1", reason="tight again"),
    event("UnitMoved", unit="PUMP-200/1", location="CELL-4"),
    event("UnitPacked", unit="PUMP-200/1", container="SSCC-1"),
    event("UnitUnpacked", unit="PUMP-200/1", container="SSCC-1"),
    event("LotOperationStarted", lot="CAP-100N/L1", operation="OP-1", quantity="3"),
    event("LotOperationCompleted", lot="CAP-100N/L1", operation="OP-1", passed="2", scrapped="1"),
    event("UnitPanelled", unit="PUMP-200/1", panel="P-1", position="1"),
    event("UnitDepanelled", unit="PUMP-200/1", panel="P-1", position="1"),
    event("UnitShipped", unit="PUMP-200/1", customer="St. Anna"),
    event("UnitReturned", unit="PUMP-200/1", reason="noise"),
    event("DefectRecorded", unit="PUMP-200/2", code="DENT", number="F-1"),
    event("DefectDispositioned", unit="PUMP-200/2", defect="F-1", disposition="repair"),
    event("DefectRepaired", unit="PUMP-200/2", defect="F-1", action="beaten out"),
    event("UnitScrapped", unit="PUMP-200/2", reason="dropped"),
    event("WorkOrderHeld", work_order="WO-1", reason="no material"),
    event("WorkOrderResumed", work_order="WO-1", reason="delivered"),
    event("WorkOrderSplit", work_order="WO-1", into="WO-2", quantity=2),
    event("WorkOrderClosed", work_order="WO-1", reason="complete"),
    event("MessageReceived", station="SMT-1", standard="IPC-CFX", content="{}"),
]
STORY.append(
    event(
        "EventCorrected",
        corrected_event_id=next(one for one in STORY if one["type"] == "UnitMoved")["event_id"],
        reason="did_not_occur",
        explanation="another unit",
    )
)
STORY += [
    event("RecallOpened", recall="RC-1", reason="cracks", seeds=[{"unit": "PUMP-200/3"}]),
    event("RecallScopeListed", recall="RC-1", is_certain=True, units=["PUMP-200/3"], lots=["CAP-100N/L1"]),
    event("RecallScopeFrozen", recall="RC-1", units=1, lots=1, certain=2, digest="0" * 64),
    event("RecallNoticeIssued", recall="RC-1", customer="St. Anna"),
    event("RecallNoticeAnswered", recall="RC-1", customer="St. Anna"),
    event("RecallDispositioned", recall="RC-1", unit="PUMP-200/3", disposition="cleared"),
    event("RecallClosed", recall="RC-1", reason="false alarm"),
]
STORY += [
    event("SerialProfileDefined", part="PCB-10", received_format="{number:1}"),
    event(
        "SerialRangeReserved",
        part="PCB-10",
        range_number="R-1",
        kind="printer",
        holder="P-1",
        first_number=100,
        count=9,
    ),
    event("SerialNumberVoided", unit="PUMP-200/9", reason="label torn"),
    event("ToolCalibrated", tool="T-1", tool_class="torque", due_on="2027-01-31"),
    event("OperatorQualified", person="anna", qualification="solder"),
    event("QualificationRevoked", person="anna", qualification="solder", reason="audit"),
    event(
        "RoutingDefined",
        routing="R-PCB/1",
        part="PCB-10",
        operations=[{"operation": "OP-1"}],
        effective_from="2027-01-01T00:00:00Z",
    ),
]
STORY += [
    event(
        "BillOfMaterialsDefined",
        bill_of_materials="BOM-PCB/1",
        part="PCB-10",
        lines=[{"item": "10", "part": "CAP-100N", "quantity": "4"}],
        effective_from="2027-01-01T00:00:00Z",
    ),
    event(
        "SetupListDefined",
        setup_list="SU-9/1",
        station="SMT-9",
        slots=[{"slot": "F1", "part": "CAP-100N", "quantity": "4"}],
    ),
    event("SetupActivated", station="SMT-9", setup_list="SU-9/1"),
    event("SetupDeactivated", station="SMT-9", setup_list="SU-9/1"),
    event("WorkCenterDefined", work_center="SMT", area="Hall 2"),
    event("EquipmentDefined", station="SMT-1", work_center="SMT"),
    event("CodeDefined", code_list="defect", code="BRIDGE"),
]
STORY.append(event("UnitsMerged", unit="PUMP-200/1", duplicate="PUMP-200/3", reason="plate found"))
REPORTED = next(one for one in STORY if one["type"] == "DuplicateReported")
STORY.append(
    event("DuplicateResolved", unit="PCB-10/7", question=REPORTED["event_id"], decision="rejected", reason="sent back")
)
MEASURED = next(one for one in STORY if one["type"] == "OperationCompleted")


def ledger(pair, line) -> list[tuple]:
    """All that is recorded at a site, byte for byte."""
    database = open_database(pair.plant.url)
    try:
        site = database.site(line.site)
        with database.reading(site) as reader:
            sql = """
            SELECT sequence, event_id, event_time, record_time, actor, subject_version, previous_digest, payload
            FROM event WHERE site_id = $1 ORDER BY sequence
            """
            return [tuple(map(str, row)) for row in reader.rows(sql, site.site_id)]
    finally:
        database.close()


def told(pair, line) -> str:
    """What is shown of the units and lots of the story."""
    with pair.servers[0].client(line.token) as client:
        paths = ["units/PUMP-200/1/record", "units/PUMP-200/2/record", "units/PCB-10/7/record"]
        paths += ["lots/CAP-100N/L1", "lots/CAP-100N/L2/as-built"]
        return json.dumps([client.get(f"/api/v1/{path}").json() for path in paths])


def test_the_story_has_every_type_of_event():
    sent = {kind.__name__ for kind in EVENT_TYPES if kind not in RECORDED_BY_THE_INTERLOCK}
    assert {one["type"] for one in STORY} == sent


def test_C3_every_event_sent_twice_is_recorded_once(pair, line):
    with pair.servers[0].client(line.token) as first, pair.servers[1].client(line.token) as second:
        for number, sent in enumerate(STORY, start=1):
            recorded, repeated = (client.post("/api/v1/events", json=sent) for client in (first, second))
            assert recorded.json()["recorded"] == 1, recorded.text
            assert repeated.status_code == 200
            assert repeated.json()["repeated"] == 1, repeated.text
            assert recorded.json()["answers"][0]["sequence"] == repeated.json()["answers"][0]["sequence"]
            assert len(ledger(pair, line)) == number
        before = told(pair, line)
        assert first.post("/api/v1/events", json=STORY).json()["repeated"] == len(STORY)
        assert told(pair, line) == before


def test_C3_sent_at_once_to_two_servers_each_is_recorded_once(pair, line):
    """The second sending arrives while the first is not decided yet."""
    with pair.servers[0].client(line.token) as client:
        client.post("/api/v1/events", json=STORY[:10])
    moves = [event("UnitMoved", unit="PUMP-200/1", location=f"CELL-{n}") for n in range(40)]
    said = race(pair.ports, line.token, [[post(move) for move in moves] for _ in range(6)])
    assert unanswered(said) == []
    outcomes = [one.answer["answers"][0]["outcome"] for one in said]
    assert (outcomes.count("recorded"), outcomes.count("repeated")) == (40, 200)
    assert len(ledger(pair, line)) == 10 + 40


def test_C3_control_without_the_event_id_each_is_recorded_twice(pair, line):
    """A client that makes a new id for each sending doubles everything: the id is what saves it."""
    with pair.servers[0].client(line.token) as client:
        client.post("/api/v1/events", json=STORY[:10])
        for _ in range(2):
            client.post("/api/v1/events", json=event("UnitMoved", unit="PUMP-200/1", location="CELL-4"))
    assert len(ledger(pair, line)) == 12


def test_C3_serials_asked_for_twice_at_once_with_a_key_are_issued_once(pair, line):
    with pair.servers[0].client(line.token) as client:
        client.post("/api/v1/events", json=STORY[:1])
    jobs = [
        [("POST", "/api/v1/serials", issue("PUMP-200", 50)[2], {"Idempotency-Key": f"k{n}"}) for n in range(4)]
        for _ in range(6)
    ]
    said = race(pair.ports, line.token, jobs)
    assert unanswered(said) == []
    assert {one.status for one in said} == {201}
    distinct = {tuple(one.answer["serial_numbers"]) for one in said}
    assert len(distinct) == 4
    assert len(ledger(pair, line)) == 1 + 4 * 50


def test_P07_what_was_recorded_is_not_changed_or_deleted_by_any_route(pair, line):
    with pair.servers[0].client(line.token) as client:
        client.post("/api/v1/events", json=STORY)
        before = ledger(pair, line)
        for route in routes():
            for name in ("PUMP-200/1", "CAP-100N/L1", STORY[-1]["event_id"]):
                path = route.replace("<path:name>", name)
                for method in METHODS:
                    for body in (None, MEASURED | {"result": "failed"}, {"values": ["1.0"]}):
                        # What is refused unread ends its connection; the next request shall not come upon that.
                        status = status_of(client, method, path, body)
                        assert status < 500, (method, path)
                for header in OVERRIDES:
                    client.post(path, json={}, headers={header: "DELETE", "Connection": "close"})
        after = ledger(pair, line)
    assert after[: len(before)] == before, "history changes only by a new event"
    # Whatever machines send is kept, as a message and nothing else.
    assert all("MessageReceived" in row[-1] for row in after[len(before) :])


def status_of(client: httpx.Client, method: str, path: str, body: object) -> int:
    """The status alone: a long answer to a GET whose body nobody read may be cut off by the end of its connection."""
    with client.stream(method, path, json=body, headers={"Connection": "close"}) as answer:
        return answer.status_code


def routes() -> list[str]:
    """Every path of the API."""
    start_django()
    from asbuilt.api import urls

    return [f"/api/{pattern.pattern}" for pattern in urls.urlpatterns]


def test_P07_a_result_sent_again_with_another_value_is_refused(pair, line):
    with pair.servers[0].client(line.token) as client:
        client.post("/api/v1/events", json=STORY)
        before = ledger(pair, line)
        for changed in (
            {"values": ["1.6"]},
            {"event_time": "2026-03-02T06:00:01Z"},
            {"operator": "ben"},
            {"unit": "PUMP-200/2"},
        ):
            answer = client.post("/api/v1/events", json=MEASURED | changed)
            assert answer.status_code == 409
            assert answer.json()["answers"][0]["rule"] == "CAP-001"
        for kind in EVENT_TYPES:
            # Another type under the id of one that was recorded.
            answer = client.post("/api/v1/events", json=example(kind, event_id=MEASURED["event_id"]))
            assert answer.json()["answers"][0]["rule"] == "CAP-001"
    assert ledger(pair, line) == before
