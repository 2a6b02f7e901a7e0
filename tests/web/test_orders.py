"""Work orders: the list, the page of one, and what is done with it."""

from collections.abc import Iterator

import pytest
from django.test import Client

from asbuilt.accounts.roles import Role
from asbuilt.web.addresses import order_action, order_page
from tests.databases import Made, made_database
from tests.web import plant
from tests.web.acting import browser_of, form_of, send
from tests.web.looking import see, unit_page
from tests.web.plant import SCRIPT, STORY

ORDER = "WO-10490"
PAGE = order_page(ORDER)


@pytest.fixture
def changing(accounts) -> Iterator[Made]:
    """A plant of its own, to record in."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        plant.build(made)
        with plant.serving(made.url):
            yield made


@pytest.fixture
def supervisor(changing) -> Client:
    return browser_of(Role.SUPERVISOR)


@pytest.fixture
def viewer(changing) -> Client:
    return browser_of(Role.VIEWER)


def act(client: Client, part: str, **typed: str):
    return send(client, order_action(f"{part}-order", ORDER), form_of(client, PAGE, part), **typed)


def test_the_list_is_chosen_by_its_address_and_leads_to_the_page(viewer):
    listed = see(viewer, "/work-orders")
    assert PAGE in listed.links
    assert "SO-5518" in listed.text
    assert PAGE in see(viewer, "/work-orders?status=open&part_number=3310-042&sales_order=SO-5518").links
    assert "No work order is like that" in see(viewer, "/work-orders?status=closed").text
    assert "No part of this number is known here" in see(viewer, "/work-orders?part_number=NOTHING").text


def test_the_page_counts_and_leads_to_part_and_units(viewer):
    page = see(viewer, PAGE)
    assert "Ordered 60" in page.text
    assert f"/units?work_order={ORDER}" in page.links
    assert "hold-order" not in viewer.get(PAGE).content.decode()
    assert see(viewer, "/work-orders/WO-404", status=404)


def test_the_page_of_a_unit_leads_to_its_order(viewer):
    links = see(viewer, unit_page(STORY)).links
    assert any(link.startswith("/work-orders/") for link in links)


def test_an_order_is_held_and_resumed_and_a_form_sent_twice_is_done_once(supervisor):
    form = form_of(supervisor, PAGE, "hold")
    for _ in range(2):
        answer = send(supervisor, order_action("hold-order", ORDER), form, reason="no material")
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
    page = see(supervisor, PAGE)
    assert "Held: nothing is begun under it." in page.text
    assert page.text.count("no material") == 2  # the banner, and the times in which it waited
    assert act(supervisor, "resume", reason="delivered").status_code == 302
    assert "delivered" in see(supervisor, PAGE).text


def test_an_order_is_split_and_closed(supervisor):
    refused = act(supervisor, "split", into="WO-10490-B", quantity="60")
    assert refused.status_code == 422
    assert "split off at most 59" in refused.content.decode()
    assert 'value="WO-10490-B"' in refused.content.decode()
    answer = act(supervisor, "split", into="WO-10490-B", quantity="5", reason="urgent")
    assert answer.status_code == 302
    assert order_page("WO-10490-B") in see(supervisor, PAGE).links
    assert "PRO-036" in act(supervisor, "close").content.decode()
    assert "PRO-037" in act(supervisor, "close", reason="done", good="7").content.decode()
    assert act(supervisor, "close", reason="no longer wanted").status_code == 302
    closed = supervisor.get(PAGE).content.decode()
    assert "Counted then" in closed
    assert "close-order" not in closed


def test_what_is_missing_in_a_form_is_said(supervisor):
    assert "Fill this in." in act(supervisor, "hold").content.decode()
    wrong = act(supervisor, "split", into="WO-2", quantity="many").content.decode()
    assert "Write a whole number from 1" in wrong


def test_who_may_not_run_orders_is_turned_away(changing):
    viewer = browser_of(Role.VIEWER)
    viewer.get("/work-orders")
    assert send(viewer, order_action("hold-order", ORDER), {"key": "x"}, reason="x").status_code == 403


@pytest.mark.parametrize("name", ["4711/2", "..", ".", "a//b", SCRIPT, "WO 1%2F"])
def test_an_order_of_any_number_has_a_page_that_leads_to_it(changing, name):
    with changing.opened() as database:
        plant.Plant(database, database.site(plant.SITE)).order(name, part="ORDERED-1")
    viewer = browser_of(Role.VIEWER)
    assert order_page(name) in see(viewer, "/work-orders").links
    assert "Ordered 100" in see(viewer, order_page(name)).text
