"""Lists in one shape: lots, operations, stations, stuck units."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from asbuilt.core.events.definitions import EquipmentDefined, RoutingDefined, WorkCenterDefined
from asbuilt.core.events.production import OperationCompleted, WorkOrderReleased
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.subjects import Station
from tests.databases import made_database
from tests.web import plant
from tests.web.looking import content_of, see
from tests.world import World

HOSTILE = 'L<script>"x"'
COUNT = 55


@pytest.fixture(scope="module")
def floor(reader) -> Iterator[Client]:
    with made_database("sqlite") as made:
        plant.add_sites(made)
        with made.opened() as database:
            world = World(database, database.site(plant.SITE))
            for number in range(COUNT):
                world.lot(f"CAP/L-{number:03}", supplier="Kemet" if number % 2 else "TDK", supplier_lot=f"S{number}")
            world.lot(f"RES/{HOSTILE}", supplier="=HYPERLINK()")
            world.captures(HoldPlaced, "CAP/L-003", hold="H-1", reason="wet")
            route = (
                RouteOperation(operation="OP-10", stations=(Station("SMT-1"),), program="P/1"),
                RouteOperation(operation="OP-20", is_rework=True, after=("OP-10",), rejoins_at="OP-10"),
            )
            world.captures(RoutingDefined, "R/1", part=world.part("PCB"), operations=route)
            world.captures(WorkCenterDefined, "LINE-1", area="Hall 1", description="")
            world.captures(
                EquipmentDefined, "SMT-1", work_center="LINE-1", equipment_class="mounter", description="Mounter"
            )
            world.captures(EquipmentDefined, "SMT-2", equipment_class="oven", description="")
            world.captures(WorkOrderReleased, "WO-1", part="PCB", quantity=5)
            world.now = datetime.now(UTC) - timedelta(days=3)
            world.unit("PCB/1", work_order="WO-1")
            world.captures(
                OperationCompleted, "PCB/1", operation="OP-10", result="failed", station="SMT-1", program="P/1"
            )
        with plant.serving(made.url):
            yield reader


def test_pages_of_lots_follow_each_other_and_show_each_once(floor):
    found, address = [], "/lots"
    while address:
        page = see(floor, address)
        found.append([link for link in page.links if link.startswith("/lots/")])
        address = next((link for link in page.links if "after=" in link), "")
    assert [len(page) for page in found] == [50, 6]
    assert len({link for page in found for link in page}) == COUNT + 1


def test_filters_stand_in_the_address_and_in_the_file(floor):
    page = see(floor, "/lots?supplier=Kemet&part_number=CAP")
    assert len([link for link in page.links if link.startswith("/lots/")]) == COUNT // 2
    (file,) = [link for link in page.links if "format=csv" in link]
    answer = floor.get(file)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert len(rows) == COUNT // 2
    assert {row["supplier"] for row in rows} == {"Kemet"}
    assert "/lots?part_number=CAP&supplier=Kemet" in page.links, "the filtered list has an address to keep"
    assert "On hold" in see(floor, "/lots?status=on_hold").text
    assert see(floor, "/lots?status=on_hold").text.count("L-0") == 1


def test_a_hostile_lot_is_shown_letter_by_letter(floor):
    markup = content_of(floor.get("/lots?part_number=RES"))
    assert "L&lt;script&gt;&quot;x&quot;" in markup
    assert "<script>" not in markup


def test_what_is_not_known_is_said(floor):
    assert "no part &#x27;nothing&#x27;" in content_of(floor.get("/lots?part_number=nothing"))
    assert floor.get("/lots?part_number=nothing&format=csv").status_code == 404
    assert "Nothing is like that" in content_of(floor.get("/lots?supplier=nobody"))


def test_operations_say_where_and_with_what(floor):
    text = see(floor, "/operations").text
    assert "OP-10 PCB SMT-1 P/1" in " ".join(text.split()).replace("Stations ", "").replace("Program ", "")
    assert "rework" in text
    assert "OP-10" not in see(floor, "/operations?station=SMT-2").text


def test_stations_are_filtered_by_work_center_and_lead_to_their_setup(floor):
    page = see(floor, "/equipment?work_center=LINE-1")
    assert "mounter" in page.text
    assert "oven" not in page.text
    assert "/setups/SMT-1" in page.links
    assert floor.get("/setups/SMT-2").status_code in {200, 404}


def test_a_stuck_unit_is_in_its_list_and_on_the_board(floor):
    page = see(floor, "/stuck")
    assert "PCB/1" in page.text
    assert "failed" in page.text
    assert "/work-orders/WO-1" in page.links


def test_it_is_told_in_german(floor):
    assert "Materialgruppen" in content_of(floor.get("/lots", headers={"Accept-Language": "de"}))
