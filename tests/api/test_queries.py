"""GET /api/v1/…: what is asked, in every format, at any time, and page by page."""

import csv
import io
import json
from datetime import timedelta

import pytest

from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved, MaterialLoaded
from asbuilt.core.events.identity import AliasAssigned, DuplicateReported
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitShipped
from asbuilt.core.events.production import OperationCompleted
from asbuilt.core.events.quality import HoldPlaced
from tests.api.talk import body_of, case, escaped, problem


@pytest.fixture
def pump(world) -> str:
    """PUMP-200/1 with a board in it, on which there are capacitors of a lot; measured and shipped."""
    world.order("WO-1", part="PUMP-200")
    world.unit("PUMP-200/1", work_order="WO-1")
    world.units("PCB-10/7", "PCB-10/8")
    world.lot("CAP-100N/L1", quantity="100", uom="pcs", expires_on="2030-01-31")
    world.captures(ComponentInstalled, "PCB-10/7", lot="CAP-100N/L1", quantity="12", reference_designator="C1")
    world.captures(
        ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1", operation="OP-020"
    )
    world.captures(
        OperationCompleted, "PUMP-200/1", operation="OP-030", station="ICT-1", result="failed", defect="leak"
    )
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-030", station="ICT-1")
    world.captures(UnitShipped, "PUMP-200/1", customer="St. Anna", shipment="S-9")
    return "PUMP-200/1"


def rows_of_csv(answer):
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    return list(csv.DictReader(io.StringIO(body_of(answer).decode())))


def test_a_unit_is_shown_as_it_stands(api, world, pump):
    world.captures(AliasAssigned, "PCB-10/7", scheme="mac", value="00:11:22:33:44:55", issuer="IEEE")
    board = api.json("units/PCB-10/7")
    assert board["unit"] == "ACME:PCB-10/7"
    assert (board["part_number"], board["serial_number"], board["issuer"]) == ("PCB-10", "7", "ACME")
    assert (board["status"], board["installed_in"], board["reference_designator"]) == (
        "installed",
        "ACME:PUMP-200/1",
        "A1",
    )
    assert board["in_unit"] == "ACME:PUMP-200/1"
    assert board["aliases"] == [{"scheme": "mac", "value": "00:11:22:33:44:55", "issuer": "IEEE"}]
    unit = api.json(f"units/{pump}")
    assert (unit["status"], unit["custody"], unit["customer"], unit["shipment"]) == (
        "shipped",
        "shipped",
        "St. Anna",
        "S-9",
    )
    assert (unit["work_order"], unit["last_operation"], unit["last_result"]) == ("WO-1", "OP-030", "passed")


def test_a_lot_is_shown_as_it_stands(api, pump):
    lot = api.json("lots/CAP-100N/L1")
    assert lot["lot"] == "ACME:CAP-100N/L1"
    assert (lot["quantity"], lot["used"], lot["remaining"], lot["uom"]) == ("100", "12", "88", "pcs")
    assert lot["expires_on"] == "2030-01-31"


def test_a_history_is_told_in_order_in_every_format(api, pump):
    told = api.json(f"units/{pump}/history")
    assert (told["name"], told["count"]) == ("ACME:PUMP-200/1", 5)
    assert [one["type"] for one in told["history"]] == [
        "UnitCommissioned",
        "ComponentInstalled",
        "OperationCompleted",
        "OperationCompleted",
        "UnitShipped",
    ]
    assert told["history"][2]["event"]["defect"] == "leak"
    assert api.rows(f"units/{pump}/history") == told["history"]
    table = rows_of_csv(api.get(f"units/{pump}/history", format="csv"))
    assert [row["event_id"] for row in table] == [one["event_id"] for one in told["history"]]
    assert json.loads(table[2]["event"])["defect"] == "leak"


def test_a_history_can_be_read_on(api, pump):
    whole = api.json(f"units/{pump}/history")["history"]
    first = api.json(f"units/{pump}/history", limit=2)["history"]
    rest = api.json(f"units/{pump}/history", after=first[-1]["sequence"])["history"]
    assert first + rest == whole
    assert api.json(f"units/{pump}/history", after=whole[-1]["sequence"]) == {
        "name": "ACME:PUMP-200/1",
        "history": [],
        "count": 0,
    }


def test_a_component_has_what_happened_to_it_in_its_history(api, pump):
    told = api.json("lots/CAP-100N/L1/history")["history"]
    assert [(one["type"], one["role"], one["subject"]) for one in told] == [
        ("LotDefined", "subject", "ACME:CAP-100N/L1"),
        ("ComponentInstalled", "concerned", "ACME:PCB-10/7"),
    ]


def test_the_as_built_record_is_a_tree_and_lines_are_flat(api, pump):
    record = api.json(f"units/{pump}/as-built")
    assert record["component_count"] == 2
    (board,) = record["components"]
    (capacitors,) = board["components"]
    assert (board["level"], board["name"], board["reference_designator"]) == (1, "ACME:PCB-10/7", "A1")
    assert (capacitors["level"], capacitors["lot_number"], capacitors["quantity"]) == (2, "L1", "12")
    assert [(one["attempt"], one["result"]) for one in record["operations"]] == [(1, "failed"), (2, "passed")]
    assert [row["name"] for row in api.rows(f"units/{pump}/as-built")] == ["ACME:PCB-10/7", "ACME:CAP-100N/L1"]
    table = rows_of_csv(api.get(f"units/{pump}/as-built", format="csv"))
    assert [(row["level"], row["name"]) for row in table] == [("1", "ACME:PCB-10/7"), ("2", "ACME:CAP-100N/L1")]
    assert "components" not in table[0]


def test_where_used_names_everything_above_and_where_it_is(api, pump):
    told = api.json("lots/CAP-100N/L1/where-used")
    assert (told["name"], told["count"], told["at"], told["ever"]) == ("ACME:CAP-100N/L1", 2, None, False)
    board, unit = told["affected"]
    assert (board["level"], board["unit"], board["in_unit"], board["customer"]) == (
        1,
        "ACME:PCB-10/7",
        "ACME:PUMP-200/1",
        "St. Anna",
    )
    assert (unit["level"], unit["unit"], unit["custody"], unit["shipment"]) == (2, "ACME:PUMP-200/1", "shipped", "S-9")
    assert api.rows("lots/CAP-100N/L1/where-used") == told["affected"]
    table = rows_of_csv(api.get("lots/CAP-100N/L1/where-used", format="csv"))
    assert [row["unit"] for row in table] == ["ACME:PCB-10/7", "ACME:PUMP-200/1"]
    assert api.json("units/PCB-10/8/where-used")["affected"] == []


def test_the_record_of_a_unit_is_one_answer(api, pump):
    record = api.json("units/PCB-10/7/record")
    assert record["unit"] == api.json("units/PCB-10/7")
    assert record["as_built"] == api.json("units/PCB-10/7/as-built")
    assert record["history"] == api.json("units/PCB-10/7/history")["history"]
    assert [one["unit"] for one in record["where_used"]] == ["ACME:PUMP-200/1"]
    assert record["is_cut"] is False


def test_line_fed_material_shows_in_both_directions(api, world):
    world.unit("PUMP-200/1")
    world.lot("GLUE-5/L7")
    world.captures(MaterialLoaded, "GLUE-5/L7", station="DISP-1", slot="S1")
    world.captures(OperationCompleted, "PUMP-200/1", operation="OP-010", station="DISP-1")
    (glue,) = api.json("units/PUMP-200/1/as-built")["components"]
    assert (glue["lot_number"], glue["reference_designator"], glue["evidence"]) == ("L7", "DISP-1 S1", "setup_window")
    assert [one["unit"] for one in api.json("lots/GLUE-5/L7/where-used")["affected"]] == ["ACME:PUMP-200/1"]


# Times


@pytest.fixture
def rebuilt(world) -> dict[str, str]:
    """A board put in, taken out and replaced; the times between."""
    world.units("PUMP-200/1", "PCB-10/7", "PCB-10/8")
    times = {"before": world.now}
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    times["first"] = world.now
    world.captures(ComponentRemoved, "PUMP-200/1", component="PCB-10/7", reason="leak")
    times["empty"] = world.now
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/8", reference_designator="A1")
    times["second"] = world.now
    return {name: (time + timedelta(seconds=30)).isoformat() for name, time in times.items()}


@pytest.mark.parametrize(
    ("moment", "inside"), [("before", []), ("first", ["ACME:PCB-10/7"]), ("empty", []), ("second", ["ACME:PCB-10/8"])]
)
def test_the_record_is_given_as_it_was_at_a_time(api, rebuilt, moment, inside):
    at = rebuilt[moment]
    assert [one["name"] for one in api.json("units/PUMP-200/1/as-built", at=at)["components"]] == inside
    used = [board for board in ("7", "8") if api.json(f"units/PCB-10/{board}/where-used", at=at)["affected"]]
    assert [f"ACME:PCB-10/{board}" for board in used] == inside


def test_what_ever_contained_it_is_given_with_when_it_no_longer_did(api, rebuilt):
    (once,) = api.json("units/PCB-10/7/where-used", ever="true")["affected"]
    assert once["unit"] == "ACME:PUMP-200/1"
    assert once["removed_at"] is not None
    assert api.json("units/PCB-10/7/where-used")["affected"] == []


TIMES = [
    "2026-03-02T06:30:00Z",
    "2026-03-02T06:30:00",
    "2026-03-02T07:30:00+01:00",
    "2026-03-02T07:30:00 01:00",
    "2026-03-02 06:30",
    "20260302T063000Z",
    "2026-03-02",
    "20260302",
    "2026-W10-1",
    "9999-12-31T23:59:59-14:00",
]
TOO_EARLY = ["2026-03-01", "2026-03-02T06:00:00Z", "0001-01-01T00:00:00+14:00"]
NO_TIMES = ["yesterday", "2026-13-01", "2026-02-30", "1e9", "26-3-2", "2026-03-02T25:00Z", "Z", "٢٠٢٦-٠٣-٠٢"]


def test_times_are_taken_as_people_write_them(api, rebuilt):
    for at in TIMES:
        with case(at):
            assert len(api.json("units/PUMP-200/1/as-built", at=at)["components"]) == 1
    for at in TOO_EARLY:
        with case(at):
            assert api.json("units/PUMP-200/1/as-built", at=at)["components"] == []
    for at in NO_TIMES:
        for path in ("units/PUMP-200/1/as-built", "units/PCB-10/7/where-used"):
            with case(at):
                assert "at is" in problem(api.get(path, at=at), 400)["detail"]


# Parameters


NOT_UNDERSTOOD = [
    ("units", {"serial": "1"}),
    ("units", {"limit": "0"}),
    ("units", {"limit": "1001"}),
    ("units", {"limit": "-1"}),
    ("units", {"limit": "ten"}),
    ("units", {"limit": "²"}),
    ("units", {"limit": "9" * 5000}),
    ("units", {"after": "x"}),
    ("units", {"after": "²"}),
    ("units", {"after": "9" * 30}),
    ("units", {"after": "-1"}),
    ("units", {"after": ":0"}),
    ("units", {"q": "1", "after": "0"}),
    ("units", {"q": "1", "after": "1:" + "9" * 30}),
    ("units", {"status": "lost"}),
    ("units", {"format": "xml"}),
    ("units", {"format": ""}),
    ("units", {"format": "csv", "limit": "10"}),
    ("units", {"format": "ndjson", "after": "10"}),
    ("units", {"q": "\0"}),
    ("units", {"location": "CELL\0"}),
    ("units/PUMP-200/1", {"at": "2026-03-02"}),
    ("units/PUMP-200/1/record", {"at": "2026-03-02"}),
    ("units/PUMP-200/1/as-built", {"att": "2026-03-02"}),
    ("units/PUMP-200/1/as-built", {"at": "2026-03-02", "ever": "true"}),
    ("units/PUMP-200/1/where-used", {"ever": "maybe"}),
    ("units/PUMP-200/1/where-used", {"at": "2026-03-02", "ever": "true"}),
    ("units/PUMP-200/1/history", {"limit": "0"}),
    ("units/PUMP-200/1/history", {"after": "-1"}),
    ("units/PUMP-200/1/history", {"after": "9" * 30}),
    ("lots/CAP-100N/L1", {"format": "csv"}),
]


def test_a_parameter_that_is_not_understood_is_a_problem(api, pump):
    for path, parameters in NOT_UNDERSTOOD:
        with case(path, parameters):
            problem(api.get(path, **parameters), 400)


def test_a_parameter_given_twice_is_a_problem(api, pump):
    found = problem(api.get("units?q=1&q=2"), 400)
    assert "q is given 2 times" in found["detail"]


ACCEPTED = {
    "": "application/json",
    "*/*": "application/json",
    "application/json": "application/json",
    "text/csv": "text/csv; charset=utf-8",
    "application/x-ndjson": "application/x-ndjson",
    "text/html,application/xhtml+xml,*/*;q=0.8": "application/json",
    "image/png": "application/json",
    "text/csv, application/json": "application/json",
}


def test_the_format_follows_accept_and_a_parameter_goes_before(api, pump):
    for accept, given in ACCEPTED.items():
        with case(accept):
            answer = api.request("GET", f"units/{pump}/history", headers={"Accept": accept})
            assert answer["Content-Type"] == given
            by_name = api.request("GET", f"units/{pump}/history?format=json", headers={"Accept": accept})
            assert by_name["Content-Type"] == "application/json"


# Lists


@pytest.fixture
def stock(world) -> None:
    world.order("WO-1", part="PUMP-200")
    world.order("WO/2:b", part="PUMP-200")
    for number in range(1, 6):
        world.unit(f"PUMP-200/A-{number}", work_order="WO-1")
    world.units("PCB-10/A-1", "PCB-10/B-1", "SUP:PUMP-200/A-1")
    world.unit("PUMP-200/C:1", work_order="WO/2:b")
    world.captures(UnitMoved, "PUMP-200/A-1", location="CELL 4")
    world.captures(UnitShipped, "PUMP-200/A-2", customer="St. Anna & Söhne")
    world.captures(HoldPlaced, "PUMP-200/A-3", hold="H-1", reason="leak")
    world.captures(UnitPacked, "PUMP-200/A-4", container="SSCC 1%")


LISTS = [
    ({}, "C:1 A-1 B-1 A-1 A-5 A-4 A-3 A-2 A-1"),
    ({"part_number": "PCB-10"}, "B-1 A-1"),
    ({"part_number": "pcb -10"}, "B-1 A-1"),
    ({"part_number": "PUMP-200"}, "C:1 A-1 A-5 A-4 A-3 A-2 A-1"),
    ({"part_number": "ACME:PUMP-200"}, "C:1 A-5 A-4 A-3 A-2 A-1"),
    ({"part_number": "SUP:PUMP-200"}, "A-1"),
    ({"part_number": "NONE"}, ""),
    ({"work_order": "WO-1"}, "A-5 A-4 A-3 A-2 A-1"),
    ({"work_order": "wo/2:B"}, "C:1"),
    ({"work_order": "WO-1", "status": "issued"}, "A-5 A-1"),
    ({"status": "on_hold"}, "A-3"),
    ({"status": "shipped"}, "A-2"),
    ({"location": "CELL 4"}, "A-1"),
    ({"customer": "St. Anna & Söhne"}, "A-2"),
    ({"container": "SSCC 1%"}, "A-4"),
    ({"q": "a-"}, "A-1 A-1 A-1 A-2 A-3 A-4 A-5"),
    ({"q": "A-1"}, "A-1 A-1 A-1"),
    ({"q": "A-1", "part_number": "PCB-10"}, "A-1"),
    ({"q": "C:"}, "C:1"),
    ({"q": "X"}, ""),
    ({"q": "A", "status": "packed"}, "A-4"),
]


def test_units_are_listed_by_what_is_asked_in_every_format_and_page_by_page(api, stock):
    for wanted, found in LISTS:
        with case(wanted):
            assert listed(api, wanted) == [found.split()] * 4


def listed(api, wanted) -> list[list[str]]:
    """The serial numbers of a list: as JSON, as lines, as CSV and page by page."""
    paged, after = [], {}
    while after is not None:
        page = api.json("units", limit=2, **wanted, **after)
        assert len(page["units"]) <= 2
        paged += page["units"]
        after = {"after": page["next"]} if page["next"] is not None else None
    table = rows_of_csv(api.get("units", format="csv", **wanted))
    forms = (api.json("units", **wanted)["units"], api.rows("units", **wanted), table, paged)
    return [[unit["serial_number"] for unit in units] for units in forms]


def test_a_list_of_units_says_of_each_what_the_unit_itself_says(api, stock):
    for row in api.rows("units"):
        unit = api.json(f"units/{escaped(row['unit'])}")
        assert {key: unit[key] for key in row} == row


# HTTP


READ = ["units", "units/{pump}", "units/{pump}/record", "units/{pump}/history", "units/{pump}/as-built",
        "units/{pump}/where-used", "lots/CAP-100N/L1", "lots/CAP-100N/L1/where-used", "openapi.json"]  # fmt: skip


def test_head_is_get_without_the_body(api, pump):
    for path in READ:
        with case(path):
            got, head = api.get(path.format(pump=pump)), api.request("HEAD", path.format(pump=pump))
            assert head.status_code == got.status_code == 200
            assert head["Content-Type"] == got["Content-Type"]
            assert body_of(head) == b""


def test_nothing_can_be_changed_or_deleted(api, pump):
    for path in [*READ, "events", "serials"]:
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"):
            with case(path, method):
                answer = api.request(method, path.format(pump=pump))
                found = problem(answer, 405)
                assert answer["Allow"] == ("POST" if path in ("events", "serials") else "GET, HEAD")
                assert "what was recorded is never changed" in found["detail"]


def test_questions_are_not_posted_and_events_not_got(api, pump):
    for path in READ:
        with case(path):
            problem(api.post(path.format(pump=pump), {}), 405)
    for way_in in ("events", "serials"):
        problem(api.get(way_in), 405)


def test_what_is_not_there_is_a_problem(api, pump):
    for path in ("nothing", "units/", "lots", "lots/", "unit/PUMP-200/1", "../units", "v1/units"):
        with case(path):
            problem(api.get(path), 404)


def test_answers_are_kept_by_nobody_and_not_guessed_at(api, pump):
    answer = api.get(f"units/{pump}")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_fault_on_the_way_is_a_problem_and_no_short_answer(api, pump, monkeypatch):
    """Half a recall list in CSV looks like a whole one."""
    from asbuilt.api import queries

    really = queries.where_used

    def breaking_off(*arguments, **named):
        yield next(iter(really(*arguments, **named)))
        raise ZeroDivisionError("halfway")

    monkeypatch.setattr(queries, "where_used", breaking_off)
    for form in ("json", "csv", "ndjson"):
        problem(api.get("lots/CAP-100N/L1/where-used", format=form), 500)


def test_a_database_that_goes_away_on_the_way_is_answered_with_503(api, pump, monkeypatch):
    from asbuilt.api import queries
    from asbuilt.ledger.database import Unavailable

    def breaking_off(*arguments, **named):
        raise Unavailable("the database is gone")
        yield

    monkeypatch.setattr(queries, "history", breaking_off)
    answer = api.get(f"units/{pump}/history", format="csv")
    assert "the database is gone" in problem(answer, 503)["detail"]
    assert answer["Retry-After"] == "1"


def test_no_room_for_a_long_answer_is_said(api, pump, monkeypatch):
    from asbuilt.api import wire

    class Full:
        def __init__(self, *arguments, **named):
            self.closed = False

        def write(self, part):
            raise OSError(28, "No space left on device")

        def close(self):
            self.closed = True

    monkeypatch.setattr(wire, "SpooledTemporaryFile", Full)
    found = problem(api.get(f"units/{pump}/history"), 503)
    assert "No space left" in found["detail"]


def test_duplicates_that_wait_for_a_decision_are_listed_page_by_page(world, api):
    world.units("MOTOR-7/1", "MOTOR-7/2", "MOTOR-7/3")
    for number in (1, 2, 3):
        world.captures(DuplicateReported, f"MOTOR-7/{number}", supplier="Bosch", document=f"D-{number}")
    first = api.json("duplicates", limit=2)
    assert [one["document"] for one in first["duplicates"]] == ["D-1", "D-2"]
    rest = api.json("duplicates", after=first["next"])
    assert ([one["unit"] for one in rest["duplicates"]], rest["next"]) == (["ACME:MOTOR-7/3"], None)
    assert len(api.rows("duplicates")) == 3
    assert [row["supplier"] for row in rows_of_csv(api.get("duplicates", format="csv"))] == ["Bosch"] * 3
    assert api.get("duplicates", limit=2, format="csv").status_code == 400
    assert api.json("units/MOTOR-7/1")["duplicates"] == first["duplicates"][:1]


def test_parts_are_listed_by_number_with_their_serial_profile(world, api):
    world.part("PUMP-200", serial_format="P{number:4}")
    world.part("CAP-100N", tracking="lot")
    world.part("PUMP-100")
    first = api.json("parts", limit=2)
    assert [one["part"] for one in first["parts"]] == ["ACME:CAP-100N", "ACME:PUMP-100"]
    rest = api.json("parts", after=first["next"])
    assert [(one["part_number"], one["serial_format"], one["next_number"]) for one in rest["parts"]] == [
        ("PUMP-200", "P{number:4}", 1)
    ]
    assert [row["part_number"] for row in rows_of_csv(api.get("parts", q="pump", format="csv"))] == [
        "PUMP-100",
        "PUMP-200",
    ]
    assert [row["tracking"] for row in api.rows("parts", tracking="lot")] == ["lot"]
    for wrong in ({"tracking": "loose"}, {"after": "x"}, {"limit": 2, "format": "csv"}, {"colour": "red"}):
        assert api.get("parts", **wrong).status_code == 400
