"""POST /api/v1/messages/cfx: what machines say, kept and understood, a request at a time."""

import json

import pytest

from asbuilt.accounts.roles import Role
from tests.api.talk import new_api
from tests.exchange.cfx.made import lines, panel, unit_tested, units_tested, work_completed, work_started

PATH = "messages/cfx"


@pytest.fixture
def boards(world):
    world.units("BOARD/PANEL7-1", "BOARD/PANEL7-2")
    return world


def told(api, body, path=PATH, kind="application/json"):
    answer = api.post(path, body, kind=kind)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_messages_of_a_piece_of_work_come_one_by_one(boards, api):
    some = [work_completed(), work_started(panel(1, 2)), units_tested(unit_tested("PANEL7", position=1), work="T-2")]
    reports = [told(api, one) for one in some]
    assert [len(one["waiting"]) for one in reports] == [1, 0, 0]
    assert [sum(one["mapped"].values()) for one in reports] == [0, 1, 1]
    assert reports[1]["events"] == {"MessageReceived": 1, "OperationCompleted": 2, "OperationStarted": 2}
    assert reports[2]["events"] == {"MessageReceived": 1, "OperationCompleted": 1}
    assert told(api, some[1])["repeated_messages"] == 1
    assert boards.unit_view("BOARD/PANEL7-1").last_result == "passed"


def test_an_array_and_a_line_each_have_the_same_answer(boards, api):
    some = [work_started(panel(1, 2)), work_completed()]
    first = told(api, some)
    again = told(api, lines(*some).encode(), kind="application/x-ndjson")
    assert (first["messages"], first["recorded"]) == (2, 6)
    assert (again["messages"], again["repeated_messages"], again["recorded"]) == (2, 2, 0)
    assert first["unmapped_fields"] == [
        {"message_type": "CFX.Production.WorkStarted", "field": "/MessageBody/UnitCount", "count": 1}
    ]


def test_part_and_operation_are_said_beside_the_messages(world, api):
    world.part("BOARD")
    report = told(api, work_started(panel(1, 2)), path=f"{PATH}?part=BOARD&operation=OP-10")
    assert report["commissioned"] == 2
    assert api.post(f"{PATH}?part=NONE", work_started(panel(1))).status_code == 400


def test_bad_lines_are_refused_in_the_answer(boards, api):
    report = told(api, b"{\n" + lines(work_started(panel(1, 2))).encode(), kind="application/x-ndjson")
    assert (report["refused_messages"], report["messages"]) == (1, 2)
    assert report["refusals"][0]["file"] == "request"


@pytest.mark.parametrize("body", [b"", b"  \n", b"\xff\xfe\xff"])
def test_what_holds_no_message_is_a_problem(api, body):
    assert api.post(PATH, body).status_code == 400


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.QUALITY, Role.AUDITOR])
def test_only_a_system_may_send_them(served, world, role):
    assert new_api(world.site.name, role).post(PATH, work_completed()).status_code == 403


def test_messages_are_sent_and_not_asked_for(api):
    assert api.get(PATH).status_code == 405


def test_another_site_has_messages_of_its_own(boards, api, elsewhere):
    one = work_started(panel(1, 2))
    assert told(api, one)["events"]["OperationStarted"] == 2
    assert json.dumps(told(elsewhere, one)["unknown"]).count("PANEL7") == 2
