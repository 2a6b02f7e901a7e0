"""What pages say of identities that are out of the ordinary: void, withdrawn, merged, marked anew, not in order."""

from collections.abc import Iterator

import pytest
from django.test import Client

from asbuilt.accounts.roles import Role
from asbuilt.web.addresses import part_page
from tests.databases import Made, made_database
from tests.web import identity_plant, plant
from tests.web.acting import browser_of
from tests.web.identity_plant import EXISTING, MERGED, MOTOR, PUMP, REMARKED, VOIDED, WITHDRAWN
from tests.web.looking import part_of, see, unit_page

GTIN = "09506000134369"


@pytest.fixture(scope="module")
def made(django_started) -> Iterator[Made]:
    with made_database("sqlite") as made:
        plant.add_sites(made)
        identity_plant.build(made)
        yield made


@pytest.fixture
def viewer(made, accounts) -> Iterator[Client]:
    with plant.serving(made.url):
        yield browser_of(Role.VIEWER)


def test_a_voided_serial_says_that_it_is_void_and_why(viewer):
    page = see(viewer, unit_page(VOIDED), status=410)
    assert "This serial number is void." in page.text
    assert "Reason: Label torn at the printer" in page.text
    assert "commissioning" not in page.text
    assert part_page("LYON", PUMP) in page.links


def test_a_withdrawn_unit_says_that_it_was_declared_wrong(viewer):
    text = see(viewer, unit_page(WITHDRAWN), status=410).text
    assert "This unit does not exist. Its commissioning was declared wrong." in text
    assert "void" not in text


def test_a_list_to_choose_from_tells_void_from_declared_wrong(viewer):
    for name, word in ((VOIDED, "Void"), (WITHDRAWN, "Declared wrong")):
        text = see(viewer, f"/scanner?text={name.rpartition('/')[2]}").text
        assert f"{PUMP} {word}" in text


@pytest.mark.parametrize("name", [VOIDED, WITHDRAWN])
def test_a_mark_that_no_unit_bears_is_gone_for_a_machine(viewer, name):
    path = f"/01/{GTIN}/21/{name.rpartition('/')[2]}"
    answer = viewer.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    assert "see its history" in answer.json()["detail"]


def test_a_merged_unit_says_so_and_each_entry_for_which_record_it_was_made(viewer):
    page = see(viewer, unit_page(f"{MOTOR}/M-7"))
    assert f"Also recorded as {MERGED}" in page.text
    assert "Also known as asset A-77" in page.text
    history = part_of(viewer, unit_page(f"{MOTOR}/M-7"), "history").text
    assert history.count(f"recorded for {MERGED}") == 2
    assert "Serial issued at Cell 1" in history


@pytest.mark.parametrize(
    ("name", "told"),
    [(REMARKED, "Marked as"), (EXISTING, "Duplicate reported"), (f"{MOTOR}/M-7", "Records merged")],
)
def test_what_befalls_an_identity_is_an_exception(viewer, name, told):
    assert told in part_of(viewer, f"{unit_page(name)}?history=exceptions", "history").text


def test_a_unit_leads_to_its_part(viewer):
    assert part_page("LYON", MOTOR) in see(viewer, unit_page(EXISTING)).links


def test_a_mark_that_is_not_in_order_leads_to_its_characters(viewer):
    page = see(viewer, "/01/09506000134350/21/NONE", status=404, headers={"Accept": "text/html"})
    assert "Not in order" in page.text
    assert "cannot be read: AI 01 has a wrong check digit" in page.text
    link = next(link for link in page.links if link.startswith("/scanner"))
    assert "wrong check digit" in see(viewer, link).text


def test_the_scanner_page_says_what_a_scanner_should_be_set_to(viewer):
    assert "Send the group separator." in see(viewer, "/scanner").text
    assert "Send the group separator." not in see(viewer, "/scanner?text=7").text
