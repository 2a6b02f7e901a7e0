"""The list of units and the page of a lot."""

import csv
import io

import pytest

from tests.web import plant
from tests.web.looking import lot_page, part_of, see, unit_page
from tests.web.plant import PUMP, STORY

STATUSES = (
    "available",
    "failed",
    "in_process",
    "installed",
    "issued",
    "on_hold",
    "packed",
    "returned",
    "scrapped",
    "shipped",
)


def pages(client, address: str) -> list[list[str]]:
    """The units on each page of a list, following `next`."""
    found = []
    while address:
        page = see(client, address)
        found.append([link for link in page.links if link.startswith("/units/")])
        address = next((link for link in page.links if "after=" in link), "")
    return found


def test_page_after_page_shows_every_unit_once(reader):
    found = pages(reader, "/units")
    everything = [unit for page in found for unit in page]
    assert [len(page) for page in found[:-1]] == [50] * (len(found) - 1)
    assert len(everything) == len(set(everything)) == 148
    assert unit_page(STORY) in everything


def test_pages_by_serial_number_too(reader):
    everything = [unit for page in pages(reader, "/units?q=IPC26-") for unit in page]
    assert len(everything) == len(set(everything)) == 46
    assert everything == sorted(everything, key=lambda path: path.rpartition("/")[2])


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_shows_units_of_that_status_only(reader, status):
    page = see(reader, f"/units?status={status}")
    count = sum(link.startswith("/units/") for link in page.links)
    word = status.replace("_", " ").capitalize()
    assert page.text.count(word) >= count


def test_filters_add_up_and_stay_in_the_address(reader):
    page = see(reader, f"/units?part_number={PUMP}&status=shipped&customer=C-2210&q=IPC26-0004")
    units = [link for link in page.links if link.startswith("/units/")]
    assert len(units) == 14
    assert f"/api/v1/units?q=IPC26-0004&part_number={PUMP}&status=shipped&customer=C-2210&format=csv" in page.links
    assert see(reader, "/units?work_order=wo-10482&location=Cell+2").text.count("WO-10482") > 10
    nobody = see(reader, "/units?customer=nobody")
    assert "No unit is like that" in nobody.text


def test_the_csv_has_the_same_units_for_whoever_is_logged_in(reader):
    link = next(link for link in see(reader, "/units?status=shipped").links if "format=csv" in link)
    answer = reader.get(link)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert answer["Content-Disposition"] == 'attachment; filename="units.csv"'
    assert len(rows) == 14
    assert {row["status"] for row in rows} == {"shipped"}


def test_what_makes_no_sense_in_the_address_is_left_aside(reader):
    assert "here is the first one" in see(reader, "/units?after=nonsense").text
    assert "50 units on this page" in see(reader, "/units?status=sleeping").text


def test_a_container_in_the_address_is_a_filter_too(reader):
    page = see(reader, f"/units?container={plant.CONTAINER}")
    assert len([link for link in page.links if link.startswith("/units/")]) == 1
    assert "Container" in page.text


def test_what_is_in_no_unit_has_no_branches(reader):
    assert "Not known here" in see(reader, "/branches/NOTHING/7", status=404).text
    assert "Not known here" in see(reader, "/components/NOTHING/7?kind=lot", status=404).text


# Lots


def test_a_lot_says_what_it_is_and_where_it_went(reader):
    page = see(reader, lot_page("9000-012/2619044"))
    assert "Quantity 500 mL Used 0.8 mL Remaining 499.2 mL" in page.text
    assert "Supplier Henkel Expires 2027-02-28" in page.text
    assert "On hold. Certificate missing · H-2311" in page.text
    assert "Units that contain it Returned 1" in page.text
    assert unit_page(STORY) in page.links


def test_a_lot_says_how_far_its_pieces_have_come(reader):
    page = see(reader, lot_page("9000-012/MIX-7"))
    assert "Operations how much of the lot, each attempt counted" in page.text
    assert "DEGAS" in page.text
    assert "DEGAS done on some of the lot" in page.text
    assert "Not all passed" in page.text
    assert "58 passed · 1 failed · 1 scrapped" in page.text
    assert "60 pcs" not in page.text, "it is in millilitres"
    assert "Operations" not in see(reader, lot_page("9000-012/2619044")).text


def test_line_fed_material_is_followed_through_all_levels(reader):
    page = see(reader, lot_page("RES-10K/R88"))
    assert "Where used 90 units and lots" in page.text
    assert "Installed 45 In process 26 Shipped 14" in page.text
    assert "F13 fed by the line" in page.text
    found = [link for link in page.links if "page=2" in link]
    second = see(reader, found[0].removesuffix("#where-used"))
    assert "51 – 90" in second.text
    assert "through 3310-042/MB-48844" in second.text


def test_now_and_ever_are_told_apart(reader):
    label = see(reader, unit_page("3310-051/SB-77120"))
    assert "Installed in" in label.text
    now = part_of(reader, lot_page("CAP-100N/L2619"), "where-used").text
    ever = part_of(reader, lot_page("CAP-100N/L2619") + "?ever=1", "where-used").text
    assert "Removed" not in now
    assert "Removed" in ever


def test_htmx_gets_the_table_only(reader):
    answer = reader.get(lot_page("RES-10K/R88") + "?ever=1", headers={"HX-Request": "true", "HX-Target": "where-used"})
    assert answer.content.decode().startswith('<section class="card" id="where-used"')


def test_a_lot_made_here_says_from_what(reader):
    page = see(reader, lot_page("9000-012/MIX-7"))
    assert "Made from 1 component" in page.text
    assert lot_page("CAP-100N/L2619") in page.links
