"""A work order is released on a page."""

from collections.abc import Iterator

import pytest
from django.test import Client

from asbuilt.accounts.roles import Role
from asbuilt.web.addresses import order_page
from tests.databases import Made, made_database
from tests.web import plant
from tests.web.acting import browser_of, form_of, send
from tests.web.looking import see
from tests.web.plant import SCRIPT

PAGE = "/new-work-order"


@pytest.fixture
def made(accounts) -> Iterator[Made]:
    with made_database("sqlite") as made:
        plant.add_sites(made)
        with made.opened() as database:
            plant.Plant(database, database.site(plant.SITE)).part("PUMP", serial_format="P-{number:05}")
        with plant.serving(made.url):
            yield made


@pytest.fixture
def supervisor(made) -> Client:
    return browser_of(Role.SUPERVISOR)


def act(client: Client, **typed: str):
    return send(client, "/release-order", form_of(client, PAGE, "release"), **typed)


def test_an_order_is_released_once_and_shown(supervisor):
    assert PAGE in see(supervisor, "/work-orders").links
    form = form_of(supervisor, f"{PAGE}?part=PUMP", "release")
    for _ in range(2):
        typed = {"work_order": "WO-1", "part": "PUMP", "quantity": "40", "overrun_max": "2", "sales_order": "SO-7"}
        answer = send(supervisor, "/release-order", form, **typed)
        assert (answer.status_code, answer["Location"]) == (302, order_page("WO-1"))
    page = see(supervisor, order_page("WO-1"))
    assert "Ordered 40 2 more allowed" in page.text
    assert "SO-7" in page.text


def test_serial_numbers_are_held_for_it(supervisor):
    answer = act(supervisor, work_order="WO-2", part="PUMP", quantity="40", range_number="R-2")
    assert answer.status_code == 302
    page = see(supervisor, order_page("WO-2"))
    assert "Serial numbers held for it" in page.text
    assert "1 – 40" in page.text


def test_a_refused_range_says_that_the_order_is_released(supervisor):
    assert act(supervisor, work_order="WO-3", part="PUMP", quantity="5", range_number="R-3").status_code == 302
    form = form_of(supervisor, PAGE, "release")
    typed = {"work_order": "WO-4", "part": "PUMP", "quantity": "5"}
    answer = send(supervisor, "/release-order", form, **typed, range_number="R-3")
    assert answer.status_code == 422
    assert "Work order WO-4 is released." in answer.content.decode()
    assert "The rest was not:" in answer.content.decode()
    assert send(supervisor, "/release-order", form, **typed, range_number="R-4").status_code == 302
    assert "Serial numbers held for it" in see(supervisor, order_page("WO-4")).text


def test_a_refusal_is_said_in_words_and_what_was_typed_stays(supervisor):
    answer = act(supervisor, work_order=SCRIPT, part="NOTHING", quantity="12")
    markup = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was recorded." in markup
    assert 'value="12"' in markup
    assert "<script>alert" not in markup
    wrong = act(supervisor, work_order="", part="PUMP", quantity="many", range_count="3").content.decode()
    assert wrong.count("Fill this in.") == 2  # the order, and the name of the range
    assert "Write a whole number from 1" in wrong


def test_an_order_that_exists_is_not_released_again(supervisor):
    assert act(supervisor, work_order="WO-5", part="PUMP", quantity="5").status_code == 302
    assert act(supervisor, work_order="WO-5", part="PUMP", quantity="6").status_code == 422
    assert "Ordered 5" in see(supervisor, order_page("WO-5")).text


def test_who_may_not_release_is_turned_away(made):
    viewer = browser_of(Role.VIEWER)
    assert PAGE not in see(viewer, "/work-orders").links
    assert viewer.get(PAGE).status_code == 403
    assert send(viewer, "/release-order", {"key": "x"}).status_code == 403
