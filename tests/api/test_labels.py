"""Labels by HTTP: seen, printed to real sockets, listed, tried again and settled."""

import dataclasses
import json
import sys

import pytest
from django.conf import settings

from asbuilt.accounts.printers import printers_in
from asbuilt.accounts.roles import Role
from asbuilt.core.events.identity import AliasAssigned
from tests.api.talk import body_of, new_api, problem
from tests.exchange.labels.printers import closes_half_way, free_port, printer

UNIT = "PUMP-200/1"


@pytest.fixture(autouse=True)
def things(world) -> None:
    world.units(UNIT, "PUMP-200/2")
    world.captures(AliasAssigned, UNIT, scheme="udi", value="(01)09521234543213(21)1")
    world.lot("CAP/L1", quantity=5)


@pytest.fixture
def set_up(monkeypatch):
    """Say which printers there are."""

    def say(**urls: str) -> None:
        text = ", ".join(f"{name}={url}" for name, url in urls.items())
        changed = dataclasses.replace(settings.ENVIRONMENT, printers=printers_in(text), enterprise="17V1ABC2")
        monkeypatch.setattr(settings, "ENVIRONMENT", changed)

    return say


def prints(api, *, key=None, **wanted):
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.post("print-jobs", {"unit": UNIT, "printer": "LINE-3", **wanted}, headers=headers)


def job_of(answer, status: int = 201) -> dict:
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_label_is_given_as_asked(viewer, set_up):
    set_up()
    svg = viewer.get(f"units/{UNIT}/label")
    assert (svg.status_code, svg["Content-Type"]) == (200, "image/svg+xml")
    assert b"(01)09521234543213 (21)1" in svg.content
    pdf = viewer.request("GET", f"units/{UNIT}/label", headers={"Accept": "application/pdf"})
    assert body_of(pdf).startswith(b"%PDF-")
    zpl = viewer.get(f"units/{UNIT}/label", format="zpl", dpi="300", native="true", content="iso15434")
    assert zpl["Content-Type"] == "text/plain; charset=utf-8"
    assert zpl["Content-Disposition"] == 'attachment; filename="label.zpl"'
    assert b"17V1ABC2" in zpl.content
    assert b"Lot L1" in viewer.get("lots/CAP/L1/label").content


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"format": "png"}, 400, "it is one of svg, pdf, zpl"),
        ({"dpi": "72"}, 400, "it is one of 203, 300, 600"),
        ({"colour": "red"}, 400, "unknown parameter"),
        ({"content": "morse"}, 422, "it is one of auto, gs1"),
        ({"template": "postcard"}, 422, "there is no label template"),
        ({"template": "carton"}, 422, "is not packed"),
    ],
)
def test_a_label_that_cannot_be_made_says_why(viewer, asked, status, said):
    assert said in problem(viewer.get(f"units/{UNIT}/label", **asked), status)["detail"]


def test_without_the_packages_it_says_what_to_install(api, monkeypatch, set_up):
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    assert "pip install 'asbuilt[labels]'" in problem(api.get(f"units/{UNIT}/label"), 501)["detail"]
    set_up(**{"LINE-3": "tcp://127.0.0.1:9"})
    assert "pip install 'asbuilt[labels]'" in problem(prints(api), 501)["detail"]


def test_a_label_is_printed_once_and_again_for_a_reason(api, set_up):
    with printer() as one:
        set_up(**{"LINE-3": one.url})
        job = job_of(prints(api, source="STATION-4", copies=2))
        assert (job["state"], job["is_recorded"], job["job"]) == ("sent", True, 1)
        refused = problem(prints(api), 409)
        assert [broken["rule"] for broken in refused["broken"]] == ["IDN-040"]
        job_of(prints(api, reason="label torn"))
        job_of(prints(api, unit="", lot="CAP/L1", template="lot"))
    assert len(one.taken) == 3
    told = [entry["event"] for entry in api.rows(f"units/{UNIT}/history") if entry["type"] == "LabelPrinted"]
    assert [entry.get("reason", "") for entry in told] == ["", "label torn"]
    assert (told[0]["copies"], told[0]["source"], told[0]["printer"]) == (2, "STATION-4", "LINE-3")


def test_a_repeated_request_prints_nothing_more(api, set_up):
    """C3: what is sent twice is done once."""
    with printer() as one:
        set_up(**{"LINE-3": one.url})
        first = job_of(prints(api, key="order 17"))
        assert job_of(prints(api, key="order 17"))["job"] == first["job"]
        assert "make a new key" in problem(prints(api, key="order 17", unit="PUMP-200/2"), 422)["detail"]
    assert len(one.taken) == 1


def test_a_job_that_failed_is_listed_and_tried_again(api, set_up):
    set_up(**{"LINE-3": f"tcp://127.0.0.1:{free_port()}"})
    job = job_of(prints(api))
    assert job["state"] == "failed"
    assert "refused the connection" in job["problem"]
    assert [one["job"] for one in api.json("print-jobs", open="true")["print_jobs"]] == [1]
    assert b"refused" in body_of(api.get("print-jobs", format="csv"))
    with printer() as one:
        set_up(**{"LINE-3": one.url})
        assert job_of(api.post("print-jobs/1/retry", {}), 200)["state"] == "sent"
    assert "print the label anew, with a reason" in problem(api.post("print-jobs/1/retry", {}), 409)["detail"]
    assert api.json("print-jobs", open="true")["print_jobs"] == []
    assert api.json("print-jobs/1")["is_recorded"] is True


def test_an_unknown_fate_is_settled(api, set_up):
    with printer(closes_half_way) as one:
        set_up(**{"LINE-3": one.url})
        assert job_of(prints(api))["state"] == "unknown"
        assert "may be printed already" in problem(api.post("print-jobs/1/retry", {}), 409)["detail"]
    said = job_of(api.post("print-jobs/1/settle", {"printed": True}), 200)
    assert (said["state"], said["is_recorded"]) == ("sent", True)
    assert said["settled_by"].startswith("token:")
    problem(api.post("print-jobs/1/settle", {"printed": False}), 409)
    problem(api.post("print-jobs/1/settle", {}), 400)
    problem(api.post("print-jobs/2/settle", {"printed": True}), 404)


@pytest.mark.parametrize(
    ("wanted", "status", "said"),
    [
        ({"printer": "LINE-9"}, 400, "there is no printer 'LINE-9'; there is LINE-3"),
        ({"printer": "tcp://127.0.0.1:22"}, 400, "there is no printer"),
        ({"copies": 0}, 400, "from 1 to 1000"),
        ({"lot": "CAP/L1"}, 400, "exactly one of unit, lot"),
        ({"unit": "PUMP-200/9"}, 404, "PUMP-200/9"),
        ({"template": "carton"}, 422, "is not packed"),
        ({"reason": "\u0007"}, 400, "control"),
    ],
)
def test_what_cannot_be_printed_says_why(api, set_up, wanted, status, said):
    """An address is no printer here: whoever is let in must not reach machines through this one."""
    set_up(**{"LINE-3": f"tcp://127.0.0.1:{free_port()}"})
    assert said in problem(prints(api, **wanted), status)["detail"]
    assert api.json("print-jobs")["print_jobs"] == []


@pytest.mark.parametrize("role", Role)
def test_who_may_print(served, world, set_up, role):
    set_up(**{"LINE-3": f"tcp://127.0.0.1:{free_port()}"})
    api = new_api(world.site.name, role)
    may_print = role in {Role.OPERATOR, Role.SUPERVISOR, Role.QUALITY, Role.WAREHOUSE, Role.INTEGRATOR}
    assert (prints(api).status_code == 201) == may_print
    if not may_print:
        for path, body in (("print-jobs", {}), ("print-jobs/1/retry", {}), ("print-jobs/1/settle", {"printed": True})):
            assert api.post(path, body).status_code == 403
    assert api.get("print-jobs").status_code == 200


def test_answers_are_as_described(api, set_up):
    from asbuilt.api.openapi import openapi

    set_up(**{"LINE-3": f"tcp://127.0.0.1:{free_port()}"})
    job = job_of(prints(api))
    described = json.loads(json.dumps(openapi()))["components"]["schemas"]["PrintJobView"]
    assert job.keys() == described["properties"].keys() == set(described["required"])
