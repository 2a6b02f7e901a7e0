"""P10: one site neither reads nor writes what is another's, by any route, in any role.

The matrix is made from the URLconf: a route that is not entered below fails, until somebody says what it must not show.
To a stranger everything looks as it does in a plant where nothing was ever recorded: so answers are compared with those
given to an empty site, word for word.
"""

import json
import re
from decimal import Decimal

import pytest

from asbuilt.accounts.plant import Plant
from asbuilt.accounts.roles import Role
from asbuilt.api import urls
from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.events.defects import DefectDispositioned, DefectRecorded
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    CodeDefined,
    EquipmentDefined,
    RoutingDefined,
    SetupListDefined,
    WorkCenterDefined,
)
from asbuilt.core.events.event import Measurement
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import AliasAssigned, DuplicateReported, SerialRangeReserved
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitShipped
from asbuilt.core.events.messages import MessageReceived
from asbuilt.core.events.production import OperationCompleted, OperationStarted, UnitPanelled
from asbuilt.core.events.recalls import RecallOpened, RecallScopeListed, RecallSeed
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.events.setups import SetupActivated, SetupSlot
from asbuilt.core.identifiers.subjects import Part, unit_named
from tests.api.examples import example, full_example, queue_label
from tests.api.talk import Api, body_of, case, escaped, event, index_of, new_api

SECRET_UNITS = ["ACME:PUMP-200/1", "PUMP-200/1", "1", "356938035643809", "imei:356938035643809"]
SECRET_LOTS = ["ACME:CAP-100N/L1", "CAP-100N/L1", "L1"]
FILTERS = {
    "q": "1",
    "part_number": "PUMP-200",
    "work_order": "WO-1",
    "location": "CELL-4",
    "customer": "St. Anna",
    "container": "SSCC-1",
    "status": "shipped",
}


MESSAGE = {
    "MessageName": "CFX.Production.WorkStarted",
    "UniqueID": "00000000-0000-0000-0000-00000000c0de",
    "MessageBody": {
        "TransactionID": "T-1",
        "WorkOrderIdentifier": {"WorkOrderId": "WO-1"},
        "Units": [{"UnitIdentifier": name} for name in SECRET_UNITS],
    },
}


_ACCEPTED = {"disposition": "use_as_is", "reason": "cosmetic"}


def set_up(world, station: str) -> None:
    """A station with a setup in force."""
    board = SetupSlot(slot="F1", part=Part("ACME", "PCB-10"))
    world.captures(SetupListDefined, "SU-ACME/1", station=station, slots=(board,))
    world.captures(SetupActivated, station, setup_list="SU-ACME/1")


def call_back(world, unit: str) -> None:
    """A recall, as a drill so that nothing is stopped."""
    found = unit_named(unit, own_issuer="ACME")
    world.captures(RecallOpened, "RC-1", reason="of ACME", seeds=(RecallSeed(unit=found),), is_drill=True)
    world.captures(RecallScopeListed, "RC-1", is_certain=True, units=(found,))


@pytest.fixture
def secret(served, world):
    """What only the site of `world` may know. Gives the id of one of its events."""
    world.part("PUMP-200", component_record="place")
    world.part("PCB-10", process_record="passed")
    bill = (BillLine(item="10", part=Part("ACME", "PCB-10")),)
    world.captures(BillOfMaterialsDefined, "BOM-1", part="PUMP-200", lines=bill)
    world.captures(WorkCenterDefined, "TEST", description="of ACME")
    world.captures(EquipmentDefined, "ICT-1", work_center="TEST", description="of ACME")
    world.captures(CodeDefined, "defect", code="DENT", description="of ACME")
    set_up(world, "SMT-7")
    world.order("WO-1", part="PUMP-200")
    world.unit("PUMP-200/1", work_order="WO-1")
    world.unit("PCB-10/7")
    world.captures(UnitPanelled, "PCB-10/7", panel="P-1", position="1")
    held = {"range_number": "R1", "kind": "printer", "holder": "P-3", "first_number": 1, "count": 5}
    world.captures(SerialRangeReserved, "PUMP-200", **held)
    world.lot("CAP-100N/L1", quantity="10")
    world.captures(DefectRecorded, "PUMP-200/1", code="DENT")
    world.captures(DefectDispositioned, "PUMP-200/1", defect=world.open_defects("PUMP-200/1")[0], **_ACCEPTED)
    world.captures(AliasAssigned, "PUMP-200/1", scheme="imei", value="356938035643809")
    world.captures(AliasAssigned, "PUMP-200/1", scheme="epc", value="urn:epc:id:sgtin:0614141.812345.6789")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    world.captures(ComponentInstalled, "PCB-10/7", lot="CAP-100N/L1", quantity="1")
    world.captures(DuplicateReported, "PUMP-200/1", supplier="ROBEL")
    queue_label(world, "PUMP-200/1")
    moved = world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    for value in (Decimal(9), Decimal(10)):
        flow = Measurement(characteristic="FLOW", value=value)
        world.captures(
            OperationCompleted,
            "PUMP-200/1",
            operation="OP-030",
            station="ICT-1",
            work_order="WO-1",
            measurements=(flow,),
        )
    world.captures(
        RoutingDefined, "R-VALVE/1", part=world.part("VALVE"), operations=(RouteOperation(operation="OP-1"),)
    )
    world.unit("VALVE/V77")
    world.overrides(OperationStarted, "VALVE/V77", operation="OP-9")
    world.refused(OperationStarted, "PUMP-200/1", operation="OP-1", station="ICT-1", work_order="WO-404")
    world.captures(UnitPacked, "PUMP-200/1", container="SSCC-1")
    index_of(world)
    world.captures(UnitShipped, "PUMP-200/1", customer="St. Anna")
    world.captures(MessageReceived, "SMT-1", standard="IPC-CFX", transaction="T-1", content=json.dumps(MESSAGE))
    world.captures(DefectRecorded, "PCB-10/7", code="DENT")
    call_back(world, "PCB-10/7")
    return str(moved.event_id)


# What is asked of each route, as (method, path, body). {name} is each of the secret names in turn.
ROUTES: dict[str, list[tuple[str, str, object]]] = {
    "openapi": [("GET", "openapi.json", None)],
    "units": [
        *(("GET", f"units?format={form}", None) for form in ("json", "csv", "ndjson")),
        *(("GET", f"units?{name}={escaped(value)}", None) for name, value in FILTERS.items()),
    ],
    "duplicates": [("GET", f"duplicates?format={form}", None) for form in ("json", "csv", "ndjson")],
    "defects": [
        *(("GET", f"defects?format={form}", None) for form in ("json", "csv", "ndjson")),
        ("GET", "defects?unit={name}", None),
        ("GET", "defects?part_number=PUMP-200&settled=true", None),
    ],
    "parts": [
        *(("GET", f"parts?format={form}", None) for form in ("json", "csv", "ndjson")),
        ("GET", "parts?q=PUMP-200", None),
    ],
    "bills-of-material": [
        *(("GET", f"bills-of-material?format={form}", None) for form in ("json", "csv", "ndjson")),
        ("GET", "bills-of-material?part_number=PUMP-200", None),
    ],
    "work-centers": [("GET", f"work-centers?format={form}", None) for form in ("json", "csv")],
    "equipment": [("GET", f"equipment?format={form}", None) for form in ("json", "csv")],
    "codes": [("GET", "codes?code_list=defect", None), ("GET", "codes?format=ndjson", None)],
    "unit-as-designed": [
        *(("GET", f"units/{{name}}/as-designed?format={form}", None) for form in ("json", "csv")),
        ("GET", "units/{name}/as-designed?levels=all", None),
    ],
    "unit-diff": [("GET", f"units/{{name}}/diff?against={one}&at=2026-03-02", None) for one in ("designed", "now")],
    "unit-completeness": [("GET", "units/{name}/completeness", None)],
    "unit": [("GET", "units/{name}", None)],
    "unit-record": [("GET", "units/{name}/record", None)],
    "unit-history": [("GET", f"units/{{name}}/history?format={form}", None) for form in ("json", "csv")],
    "unit-as-built": [("GET", "units/{name}/as-built", None), ("GET", "units/{name}/as-built?at=2026-03-02", None)],
    "unit-where-used": [
        ("GET", f"units/{{name}}/where-used{asked}", None) for asked in ("", "?ever=true", "?by=status")
    ],
    "reads": [
        (
            "POST",
            "reads?record=false",
            {"reads": [{"epc": "3074257BF7194E4000001A85", "read_point": "DOCK-1", "time": "2026-03-02T06:00:00Z"}]},
        )
    ],
    "interlock": [
        ("GET", f"interlock?unit=PUMP-200/1&operation=OP-10&phase={one}", None) for one in ("start", "complete")
    ],
    "commonality": [("POST", "commonality", {"cases": ["PUMP-200/1"], "controls": ["PCB-10/7"]})],
    "yield": [
        *(("GET", f"yield?show={show}", None) for show in ("operations", "parts")),
        *(
            ("GET", f"yield?show=operations&{name}", None)
            for name in ("station=ICT-1", "work_order=WO-1", "part_number=PUMP-200", "format=csv")
        ),
    ],
    "refusals": [
        *(("GET", f"refusals?show={show}", None) for show in ("refusals", "overrides")),
        ("GET", "refusals?part_number=PUMP-200&station=ICT-1&format=csv", None),
    ],
    "recalls": [("GET", f"recalls?format={form}", None) for form in ("json", "csv", "ndjson")],
    "recall": [("GET", "recalls/RC-1", None)],
    "recall-members": [("GET", f"recalls/RC-1/members?format={form}", None) for form in ("json", "csv")],
    "recall-simulate": [
        ("POST", "recalls/simulate", {"seeds": [seed]})
        for seed in ({"unit": "PCB-10/7"}, {"lot": "CAP-100N/L1"}, {"station": "ICT-1"}, {"part": "PUMP-200"})
    ],
    "recall-freeze": [("POST", "recalls/RC-1/freeze", {})],
    "recall-hold": [("POST", "recalls/RC-1/hold", {})],
    "spc": [("GET", "spc?part_number=PUMP-200&operation=OP-030&characteristic=FLOW&attempts=all", None)],
    "scan": [("GET", "scan?text={name}", None)],
    "unit-label": [("GET", f"units/{{name}}/label?format={form}", None) for form in ("svg", "zpl")],
    "lot-label": [("GET", "lots/{name}/label", None)],
    "work-orders": [
        *(("GET", f"work-orders?format={form}", None) for form in ("json", "csv", "ndjson")),
        ("GET", "work-orders?part_number=PUMP-200&status=open", None),
    ],
    "work-order": [("GET", "work-orders/WO-1", None)],
    "work-order-completeness": [
        ("GET", f"work-orders/WO-1/completeness?format={one}", None) for one in ("json", "csv")
    ],
    "setups": [("GET", "setups", None)],
    "setup": [("GET", "setups/SMT-7", None), ("GET", "setups/SMT-7?format=csv", None)],
    "panel": [("GET", "panels/P-1", None)],
    "panel-events": [
        (
            "POST",
            "panels/P-1/events",
            {
                "event": {
                    "type": "OperationStarted",
                    "event_id": "01936f00-0000-7000-8000-00000000f001",
                    "event_time": "2026-03-02T06:00:00Z",
                    "operation": "OP-10",
                }
            },
        )
    ],
    "print-jobs": [
        *(("GET", f"print-jobs?format={form}", None) for form in ("json", "csv", "ndjson")),
        ("POST", "print-jobs", {"unit": "PUMP-200/1", "printer": "LINE-3"}),
    ],
    "print-job": [("GET", "print-jobs/1", None)],
    "print-job-retry": [("POST", "print-jobs/1/retry", {})],
    "print-job-settle": [("POST", "print-jobs/1/settle", {"printed": True})],
    "lot": [("GET", "lots/{name}", None)],
    "lot-history": [("GET", "lots/{name}/history", None)],
    "lot-as-built": [("GET", "lots/{name}/as-built", None)],
    "lot-where-used": [("GET", f"lots/{{name}}/where-used{asked}", None) for asked in ("", "?ever=true", "?by=status")],
    "index": [("GET", "index", None)],
    "serial-ranges": [("GET", "serial-ranges", None), ("GET", "serial-ranges?part_number=PUMP-200&format=csv", None)],
    # Last, because from here on the two sites that are compared are no longer empty.
    "messages-cfx": [
        ("POST", "messages/cfx?part=PUMP-200", MESSAGE),
        ("POST", "messages/cfx", MESSAGE),
        (
            "POST",
            "messages/cfx",
            {"MessageName": "CFX.Production.WorkCompleted", "MessageBody": {"TransactionID": "T-1"}},
        ),
    ],
    "serials": [("POST", "serials", {"part_number": part, "count": 1}) for part in ("PUMP-200", "ACME:PUMP-200")],
    "definitions": [
        ("POST", f"definitions?dry_run={dry_run}", {"parts": {part: {} for part in ("PUMP-200", "PCB-10")}})
        for dry_run in ("true", "false")
    ],
    "events": [],  # every event type, below
}


def requests(route: str, event_id: str):
    """Everything that is asked of a route."""
    names = SECRET_LOTS if route.startswith("lot") else SECRET_UNITS
    for method, path, body in ROUTES[route]:
        for name in names if "{name}" in path else [""]:
            yield method, path.format(name=escaped(name)), body
    if route == "events":
        for kind in EVENT_TYPES:
            for made in (example(kind), full_example(kind)):
                yield "POST", "events", made
                yield "POST", "events?atomic=true", [made]
        yield (
            "POST",
            "events",
            event("EventCorrected", corrected_event_id=event_id, reason="did_not_occur", explanation="x"),
        )
        yield "POST", "events", event("UnitMoved", unit="PUMP-200/1", location="X", event_id=event_id)


def heard(api: Api, method: str, path: str, body: object) -> tuple[int, str]:
    """What an answer says, without what differs from one asking to the next: times, sequences and the asker's site."""
    answer = api.request(method, path, "" if body is None else json.dumps(body))
    text = body_of(answer).decode().replace(api.site, "OWN-SITE")
    text = re.sub(r'"sequence":\d+|"record_time":"[^"]*"', "-", text)
    return answer.status_code, text


def differences(stranger: Api, nobody: Api, event_id: str) -> list[str]:
    """The requests by which a site learns something that an empty one does not."""
    return [
        f"{method} {path} {body}"
        for route in ROUTES
        for method, path, body in requests(route, event_id)
        if heard(stranger, method, path, body) != heard(nobody, method, path, body)
    ]


def test_every_route_is_in_the_matrix():
    assert {pattern.name for pattern in urls.urlpatterns} == ROUTES.keys(), (
        "A route is new or gone: enter in ROUTES how it is asked, so that it is tried with the names of another site."
    )


@pytest.mark.parametrize("role", Role)
def test_another_site_learns_and_changes_nothing(served, world, opened, secret, role):
    before = everything(world)
    stranger, nobody = (new_api(opened.new_site().name, role) for _ in range(2))
    assert differences(stranger, nobody, secret) == []
    assert everything(world) == before


def test_the_owner_sees_all_of_it(api, secret):
    """Else the comparison above would compare nothing with nothing."""
    for route in ROUTES:
        for method, path, body in requests(route, secret):
            if method == "GET" and "location" not in path:
                with case(route, path):
                    status, text = heard(api, method, path, body)
                    assert status == 200
                    assert route in ("openapi", "index") or "ACME" in text or "(1P)PUMP-200 (S)1" in text


def test_the_matrix_sees_a_leak(served, world, opened, secret, monkeypatch):
    """Negative control: with a door that takes everybody to the same site, the comparison fails on every route."""
    stranger, nobody = (new_api(opened.new_site().name) for _ in range(2))
    really = Plant.site

    def site(self, name):
        return world.site if name == stranger.site else really(self, name)

    monkeypatch.setattr(Plant, "site", site)
    leaks = differences(stranger, nobody, secret)
    for route in ROUTES.keys() - {"openapi"}:
        tried = [f"{method} {path}" for method, path, _ in requests(route, secret)]
        assert any(leak.startswith(tuple(tried)) for leak in leaks), f"no leak was seen at {route}"


def test_two_sites_give_the_same_numbers_without_knowing_of_each_other(api, elsewhere):
    for site in (api, elsewhere):
        site.captures(event("PartDefined", part="PUMP-200"))
        issued = site.post("serials", {"part_number": "PUMP-200", "count": 2}, headers={"Idempotency-Key": "k"})
        assert issued.json()["serial_numbers"] == ["00000001", "00000002"]
    move = event("UnitMoved", unit="PUMP-200/00000001", location="CELL-4")
    assert api.captures(move)[0]["outcome"] == elsewhere.captures(move)[0]["outcome"] == "recorded"
    assert api.json("units/00000001/history")["count"] == 2


def everything(world):
    site = world.site.site_id
    return (
        world.rows("SELECT sequence, payload_digest FROM event WHERE site_id = $1 ORDER BY sequence", site),
        world.rows("SELECT subject_id, version FROM subject WHERE site_id = $1 ORDER BY subject_id", site),
        world.rows("SELECT part_id, next_number FROM serial_counter WHERE site_id = $1 ORDER BY part_id", site),
        world.rows("SELECT number, state, attempts FROM print_job WHERE site_id = $1 ORDER BY number", site),
    )
