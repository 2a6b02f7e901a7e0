"""The start page, the find box, and what is shown when a name means several things or nothing."""

import pytest
from django.test import Client

from asbuilt.accounts.people import create_user
from asbuilt.accounts.roles import Role
from asbuilt.core.events.defects import DefectRecorded
from asbuilt.core.events.quality import HoldPlaced, HoldReleased
from asbuilt.web.addresses import defect_page
from tests.accounts.django_plant import HOST, PASSWORD, log_in
from tests.databases import made_database
from tests.web import plant
from tests.web.acting import browser_of
from tests.web.looking import lot_page, see, unit_page
from tests.web.plant import CONTAINER, HOSTILE, LONG, PUMP, PUNCTUATED, STORY, serving


def found(reader, text: str) -> str:
    """Where the find box leads, when that is one place."""
    answer = reader.get("/find", {"text": text})
    assert answer.status_code == 302, (text, answer.status_code)
    return answer["Location"]


@pytest.mark.parametrize(
    "text",
    [
        "IPC26-000317",
        " ipc26-000317 ",
        STORY,
        f"LYON:{STORY}",
        "(01)09506000134352(21)IPC26-000317",
        "]d1IPC26-000317",
        "udi:(01)09506000134352(21)IPC26-000317",
    ],
)
def test_one_unit_is_opened_at_once(reader, text):
    assert found(reader, text) == unit_page(STORY)


def test_a_lot_an_order_a_part_a_container_and_a_recall_lead_to_their_own_pages(reader):
    assert found(reader, "2619044") == lot_page("9000-012/2619044")
    assert found(reader, "wo-10482") == "/units?work_order=WO-10482"
    assert found(reader, PUMP) == f"/units?part_number={PUMP}"
    assert found(reader, CONTAINER) == f"/units?container={CONTAINER}"
    assert found(reader, "rc-2026-001") == "/recalls/RC-2026-001"


def test_an_alias_is_as_good_as_a_serial_number(reader):
    assert found(reader, "EL-2026-0881") == unit_page("1200-348/BP-34890")


@pytest.mark.parametrize("serial", HOSTILE)
def test_whatever_was_marked_on_a_unit_is_found_by_scanning_it(reader, serial):
    answer = reader.get("/find", {"text": serial})
    page = (
        see(reader, answer["Location"])
        if answer.status_code == 302
        else see(reader, f"/find?{answer.request['QUERY_STRING']}", status=300)
    )
    assert " ".join(serial.split()) in page.text


def test_several_things_of_one_name_are_shown_and_never_guessed(reader):
    page = see(reader, "/find?text=IPC26-000401", status=300)
    assert "This names 2 things" in page.text
    assert "Unit IPC26-000401 4500-117 · Infusion pump controller · issued by LYON On hold" in page.text
    assert "Unit IPC26-000401 1200-690 · Display module · issued by LYON Issued" in page.text
    for name in (f"{PUMP}/IPC26-000401", "1200-690/IPC26-000401"):
        assert unit_page(name) in page.links
        assert reader.get(unit_page(name)).status_code == 200


def test_what_is_not_known_is_said_with_what_begins_so(reader):
    page = see(reader, "/find?text=IPC26-00041", status=404)
    assert "IPC26-00041 looks valid, but no unit, lot, work order, part or container of that name" in page.text
    assert page.text.count("Infusion pump controller") == 10
    assert "/units?q=IPC26-00041" in page.links
    one = see(reader, "/find?text=IPC26-00031", status=404)
    assert unit_page(STORY) in one.links  # the only one that begins so, and still not taken for it
    behind_part = see(reader, f"/find?text={PUMP}/IPC26-00031", status=404)
    assert unit_page(STORY) in behind_part.links


def test_what_nothing_begins_with_is_said_too(reader):
    page = see(reader, "/find?text=XYZ-1", status=404)
    assert "Check the scan and the site you work at. No serial number begins so either." in page.text


@pytest.mark.parametrize(
    ("text", "why"),
    [("a" * 201, "201 characters"), ("a\x00b", "U+0000"), ("01\x1d217", "U+001D"), ("7\u202e1", "U+202E")],
)
def test_what_can_be_no_name_is_told_apart(reader, text, why):
    answer = reader.get("/find", {"text": text})
    assert answer.status_code == 404
    assert why in answer.content.decode()


def test_nothing_asked_leads_back(reader):
    assert reader.get("/find").status_code == 302
    assert reader.get("/find?text=%20")["Location"] == "/"


def test_the_start_page_shows_what_is_useful_at_a_glance(reader):
    page = see(reader, "/")
    for name in (f"{PUMP}/IPC26-000401", "1200-690/DM-69222", f"{PUMP}/IPC26-000444"):
        assert unit_page(name) in page.links
    assert lot_page("9000-012/2619044") in page.links
    assert "Failed of the newest 148 units IPC26-000444 Infusion pump controller · OP-030 Failed" in page.text


def test_an_empty_plant_says_what_to_do(lyon, accounts):
    create_user("greta", PASSWORD, "Graz plant", Role.VIEWER)
    client = Client(SERVER_NAME=HOST)
    log_in(client, "greta")
    page = see(client, "/")
    assert "Nothing is recorded at Graz plant yet" in page.text
    assert "asbuilt demo" in page.text
    assert "There are no units yet" in see(client, "/units").text
    assert unit_page(STORY) not in see(client, "/find?text=IPC26-000317", status=404).links


def test_without_a_database_the_start_page_says_how_to_make_one(client, tmp_path):
    create_user("anna", PASSWORD, "Lyon plant", Role.VIEWER)
    log_in(client, "anna")
    with serving(f"sqlite:///{tmp_path}/nothing.sqlite3"):
        assert "asbuilt init" in see(client, "/").text
        assert "asbuilt init" in see(client, "/units", status=503).text


def test_somebody_of_a_site_that_is_not_here_sees_nothing(lyon, accounts):
    create_user("otto", PASSWORD, "Osaka", Role.VIEWER)
    client = Client(SERVER_NAME=HOST)
    log_in(client, "otto")
    assert "Osaka" in see(client, "/").text
    for address in ("/units", unit_page(STORY), lot_page("9000-012/2619044"), "/find?text=IPC26-000317"):
        page = see(client, address, status=403)
        assert "No such site here" in page.text
        assert "Infusion" not in page.text


@pytest.mark.parametrize(
    "address",
    ["/", "/units", "/find?text=7", unit_page(STORY), lot_page("RES-10K/R88"), "/components/x", "/branches/x"],
)
def test_a_stranger_sees_no_page(lyon, django_started, address):
    answer = Client(SERVER_NAME=HOST).get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login")


def test_an_unknown_or_ambiguous_address_offers_choices(reader):
    assert "Not known here" in see(reader, "/units/LYON:4500-117/NO-SUCH", status=404).text
    assert 'class="find is-large"' in reader.get("/lots/LYON:4500-117/NO-SUCH").content.decode()
    assert "This names 2 things" in see(reader, "/units/IPC26-000401", status=300).text
    lot_as_unit = see(reader, "/units/LYON:9000-012/2619044", status=300)
    assert lot_page("9000-012/2619044") in lot_as_unit.links
    assert "Display flickers" in see(reader, "/units/IPC26-000317").text


@pytest.mark.parametrize("serial", HOSTILE)
def test_hostile_names_are_shown_letter_by_letter_and_their_links_work(reader, serial):
    listed = see(reader, "/units?part_number=4500-117")
    name = f"{PUMP}/{serial.replace('%', '%25').replace('/', '%2F')}"
    assert unit_page(name) in listed.links
    page = see(reader, unit_page(name))
    assert f"Lyon plant · http://{HOST}" in page.text
    assert " ".join(serial.split()) in page.text
    assert "script" not in page.tags


def test_hostile_lots_parts_and_descriptions_too(reader):
    first = see(reader, "/find", data={"text": PUNCTUATED}, status=300)
    lot = next(link for link in first.links if link.startswith("/lots/"))
    page = see(reader, lot)
    assert PUNCTUATED in page.text
    assert page.text.count('<script>alert("x")</script>') >= 3
    assert "script" not in page.tags
    assert LONG.endswith("/LONG-END")


def test_a_hold_a_defect_and_a_customer_lead_to_what_they_are_about(reader):
    """A number of a nonconformance report stands on paper beside the unit; who calls has only that."""
    assert found(reader, "H-2310") == unit_page(f"{PUMP}/IPC26-000401")
    assert found(reader, " H-2311 ") == lot_page("9000-012/2619044")
    assert found(reader, "H-2291") == unit_page(STORY), "also when it was released"
    assert found(reader, "C-2210") == "/units?customer=C-2210"
    assert see(reader, "/find?text=H-0000", status=404).text


def test_a_hold_of_many_shows_the_open_ones_first_and_says_how_many_there_are(accounts):
    with made_database("sqlite") as made:
        plant.add_sites(made)
        with made.opened() as database:
            floor = plant.Plant(database, database.site(plant.SITE))
            units = [f"CASE/{number}" for number in range(12)]
            floor.units(*units)
            for unit in units:
                floor.captures(HoldPlaced, unit, hold="NCR-7", reason="Seal leak")
            for unit in units[6:]:
                floor.captures(HoldReleased, unit, hold="NCR-7", reason="Looked at")
            for unit in units[:2]:
                floor.captures(DefectRecorded, unit, code="dent", number="GR-41")
        with serving(made.url):
            client = browser_of(Role.VIEWER)
            page = see(client, "/find?text=NCR-7", status=300)
            assert "This names 12 things" in page.text
            assert "the first 8 of 12" in page.text
            assert [link for link in page.links if "/units/" in link][:6] == [
                unit_page(unit) for unit in reversed(units[:6])
            ]
            page = see(client, "/find?text=GR-41", status=300)
            assert {defect_page(f"LYON:{unit}", "GR-41") for unit in units[:2]} <= set(page.links)
