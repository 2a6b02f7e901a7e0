"""The label page: what is seen, printed, asked for and told."""

import dataclasses
import re
import sys

import pytest
from django.conf import settings
from django.test import Client

from asbuilt.accounts.people import create_user
from asbuilt.accounts.plant import plant as served_plant
from asbuilt.accounts.printers import printers_in
from asbuilt.accounts.roles import Role
from asbuilt.queries.history import history
from asbuilt.queries.naming import unit_meant
from tests.accounts.django_plant import HOST, PASSWORD, log_in
from tests.exchange.labels.printers import closes_half_way, free_port, printer
from tests.web.browsing import forget_user
from tests.web.looking import label_page, see, unit_page
from tests.web.plant import PUMP, SITE, STORY


@pytest.fixture(scope="module")
def operator(lyon):
    create_user("otto", PASSWORD, SITE, Role.OPERATOR, full_name="Otto Weiss")
    visitor = Client(SERVER_NAME=HOST)
    log_in(visitor, "otto")
    yield visitor
    forget_user("otto")


@pytest.fixture
def set_up(monkeypatch):
    def say(url: str) -> None:
        changed = dataclasses.replace(settings.ENVIRONMENT, printers=printers_in(f"LINE-3={url}"))
        monkeypatch.setattr(settings, "ENVIRONMENT", changed)

    return say


def prints_of(name: str) -> list[dict]:
    opened = served_plant()
    with opened.database.reading(opened.site(SITE)) as reader:
        return [one.event for one in history(reader, unit_meant(reader, name)) if one.type == "LabelPrinted"]


def send(visitor: Client, name: str, **fields: str):
    given = {"template": "unit", "content": "auto", "printer": "LINE-3", "copies": "1"}
    return visitor.post(label_page(name), {**given, **fields}, follow=True)


def job_in(answer) -> str:
    return re.search(r"/print-jobs/(\d+)", answer.content.decode())[1]


def test_the_unit_page_leads_to_its_label(reader):
    assert label_page(STORY) in see(reader, unit_page(STORY)).links


def test_a_label_is_seen_with_what_a_reader_made_of_it(reader):
    page = see(reader, label_page(STORY))
    assert "Data Matrix" in page.text
    assert "read again after it was made, as ]d2" in page.text
    assert "Mark of a unit, Data Matrix, 50 × 25 mm" in page.text
    assert "Your role may look at labels; an operator prints them." in page.text
    shown = re.search(r'<img src="([^"]+)"', reader.get(label_page(STORY)).content.decode())[1].replace("&amp;", "&")
    assert reader.get(shown)["Content-Type"] == "image/svg+xml"


def test_a_label_that_cannot_be_made_says_what_to_do(reader):
    page = see(reader, label_page(f"{PUMP}/IPC26-000444", template="carton"))
    assert "There is no such label." in page.text
    assert "pack" in page.text


def test_without_the_packages_it_says_what_to_install(reader, monkeypatch):
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    page = see(reader, label_page(STORY))
    assert "Labels are not installed here." in page.text
    assert "pip install 'asbuilt[labels]'" in page.text


def test_without_a_printer_it_says_how_to_set_one_up(operator):
    assert "Name one in ASBUILT_PRINTERS, such as LINE-3=tcp://" in see(operator, label_page(STORY)).text


def test_a_label_is_printed_and_then_asks_why_again(operator, set_up):
    name = f"{PUMP}/IPC26-000402"
    with printer() as one:
        set_up(one.url)
        assert "Printed" in send(operator, name).content.decode()
        page = see(operator, label_page(name))
        assert "Last printed" in page.text
        assert "Why it is printed again" in page.text
        refused = send(operator, name, copies="2")
        assert refused.status_code == 409
        assert "destroy that one, and print again with a reason" in refused.content.decode()
        assert 'value="2"' in refused.content.decode()
        send(operator, name, reason="label torn")
    assert len(one.taken) == 2
    assert [one.get("reason", "") for one in prints_of(name)] == ["", "label torn"]
    assert "Label unit printed" in see(operator, unit_page(name)).text


def test_a_form_sent_twice_prints_once(operator, set_up):
    name, key = f"{PUMP}/IPC26-000403", "0199b0c8-7f4e-7000-8000-00000000abcd"
    with printer() as one:
        set_up(one.url)
        for _ in range(2):
            assert send(operator, name, key=key).status_code == 200
    assert len(one.taken) == len(prints_of(name)) == 1


def test_a_job_that_failed_is_tried_again(operator, set_up):
    name = f"{PUMP}/IPC26-000404"
    set_up(f"tcp://127.0.0.1:{free_port()}")
    failed = send(operator, name)
    assert "Not printed yet" in failed.content.decode()
    assert "refused the connection" in failed.content.decode()
    with printer() as one:
        set_up(one.url)
        done = operator.post(f"/print-jobs/{job_in(failed)}", {"do": "retry"}, follow=True)
    assert "Printed" in done.content.decode()
    assert len(prints_of(name)) == 1


def test_a_person_says_what_became_of_it(operator, set_up):
    name = f"{PUMP}/IPC26-000405"
    with printer(closes_half_way) as one:
        set_up(one.url)
        asked = send(operator, name)
    assert "Did the label come out?" in asked.content.decode()
    number = job_in(asked)
    again = operator.post(f"/print-jobs/{number}", {"do": "retry"}, follow=True)
    assert "may be printed already" in again.content.decode()
    said = operator.post(f"/print-jobs/{number}", {"do": "printed"}, follow=True)
    assert "Did the label come out?" not in said.content.decode()
    assert len(prints_of(name)) == 1


@pytest.mark.parametrize("copies", ["0", "1001", "x", "٣", ""])
def test_copies_are_a_number(operator, set_up, copies):
    set_up(f"tcp://127.0.0.1:{free_port()}")
    answer = send(operator, f"{PUMP}/IPC26-000406", copies=copies)
    assert answer.status_code == 409
    assert "give a whole number from 1 to 1000" in answer.content.decode()


def test_a_viewer_prints_nothing(reader, set_up):
    set_up(f"tcp://127.0.0.1:{free_port()}")
    visitor = Client(SERVER_NAME=HOST)
    visitor.cookies = reader.cookies
    assert visitor.post(label_page(STORY), {"printer": "LINE-3"}).status_code == 403
    assert visitor.post("/print-jobs/1", {"do": "retry"}).status_code == 403
