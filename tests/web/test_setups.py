"""What stations are set up with: the list, the page of one, and the forms that load, unload and change over."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from asbuilt.accounts.roles import Role
from asbuilt.core.events.definitions import SetupListDefined
from asbuilt.core.events.genealogy import MaterialLoaded
from asbuilt.core.events.production import OperationStarted
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.events.setups import SetupActivated, SetupSlot
from asbuilt.core.identifiers.subjects import Part
from asbuilt.web.addresses import setup_action, setup_page
from tests.databases import Made, made_database
from tests.web import plant
from tests.web.acting import browser_of, form_of, send
from tests.web.looking import part_of, see
from tests.web.plant import SCRIPT

STATION = "SMT-1"
PAGE = setup_page(STATION)
CAP, RES, PASTE = (Part("LYON", name) for name in ("CAP", "RES", "PASTE"))
SLOTS = (
    SetupSlot(slot="F1", part=CAP, alternates=(RES,), quantity=Decimal(4), is_counted=True),
    SetupSlot(slot="F2", part=PASTE, quantity=Decimal("0.5")),
    SetupSlot(slot="F3", part=RES, is_optional=True),
)


def record_line(made: Made) -> None:
    """A station with a setup list in force and nothing loaded yet, and one whose name is hostile."""
    plant.add_sites(made)
    with made.opened() as database:
        floor = plant.Plant(database, database.site(plant.SITE))
        floor.lot("CAP/R1", quantity=1000)
        floor.lot("CAP/R2", quantity=6)
        floor.lot("RES/R4", quantity=50)
        floor.lot("OTHER/R4")
        floor.lot("PASTE/P1", quantity=20, expires_on=floor.now.date())  # long ago for the pages
        floor.captures(SetupListDefined, "SU-1/1", station=STATION, operation="OP-10", slots=SLOTS)
        floor.captures(SetupListDefined, "SU-1/2", station=STATION, slots=SLOTS[:1])
        floor.captures(SetupListDefined, SCRIPT, station=SCRIPT, slots=SLOTS[:1])
        floor.captures(SetupActivated, STATION, setup_list="SU-1/1")


@pytest.fixture
def line(accounts) -> Iterator[Made]:
    """The stations, and the pages that show them."""
    with made_database("sqlite") as made:
        record_line(made)
        with plant.serving(made.url):
            yield made


@pytest.fixture
def operator(line) -> Client:
    return browser_of(Role.OPERATOR)


def act(client: Client, part: str, **typed: str):
    view = {"load": "load-slot", "unload": "unload-slot", "activate": "activate-setup", "end": "end-setup"}[part]
    return send(client, setup_action(view, STATION), form_of(client, PAGE, part), **typed)


def on_record(made: Made, *events) -> None:
    with made.opened() as database:
        floor = plant.Plant(database, database.site(plant.SITE))
        for kind, name, said in events:
            floor.captures(kind, name, **said)


def test_the_list_tells_each_station_and_leads_to_it(operator):
    listed = see(operator, "/setups")
    assert PAGE in listed.links
    assert "May not run" in listed.text
    assert "0 of 3" in listed.text
    assert "2 empty" in listed.text  # the third may be
    assert "1 list to choose from" in listed.text
    assert SCRIPT in listed.text
    assert "script" not in listed.tags


def test_a_scanned_station_is_gone_to_and_an_unknown_one_is_said(operator):
    answer = operator.get("/setups", {"station": "smt-1"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert "No station of this name is known here" in see(operator, "/setups?station=SMT-9").text
    see(operator, setup_page("SMT-9"), status=404)


def test_more_stations_than_a_page_holds_are_reached(line, operator):
    names = [f"T-{number:03}" for number in range(30)]
    on_record(line, *((SetupListDefined, f"L-{name}", {"station": name, "slots": SLOTS[:1]}) for name in names))
    found, address = [], "/setups"
    while address:
        page = see(operator, address)
        found += [link for link in page.links if link.startswith("/setups/T-")]
        address = next((link for link in page.links if "after=" in link), "")
    assert found == [setup_page(name) for name in names]


def test_a_lot_is_loaded_by_scans_verified_and_done_once(operator):
    form = form_of(operator, f"{PAGE}?form=load&slot=F1", "load")
    for _ in range(2):
        answer = send(operator, setup_action("load-slot", STATION), form, slot="F1", lot="R1", quantity="1 000")
        assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?form=load")
    slots = part_of(operator, PAGE, "slots")
    assert slots.text.count("CAP/R1") == 1
    assert "F1 Verified" in slots.text
    assert "250 units" in slots.text
    assert "F2 Empty Load PASTE." in slots.text
    assert "F3 Empty, optional" in slots.text


def test_a_wrong_lot_is_refused_in_words_and_nothing_typed_is_lost(operator):
    answer = act(operator, "load", slot="F2", lot="CAP/R1", quantity="7.5", uom="g")
    markup = answer.content.decode()
    assert answer.status_code == 422
    assert "PRO-042" in markup
    assert "slot F2 of SMT-1 takes" in markup
    for typed in ("F2", "CAP/R1", "7.5"):
        assert f'value="{typed}"' in markup


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"slot": "", "lot": "R1"}, "Fill this in."),
        ({"slot": "F1", "lot": ""}, "Fill this in."),
        ({"slot": "F1", "lot": "R99"}, "No lot of this number is known here"),
        ({"slot": "F1", "lot": "R4"}, "Several lots bear this number: "),
        ({"slot": "F1", "lot": "R1", "quantity": "1,000"}, "Write a number such as 12.5"),
        ({"slot": "F1", "lot": "R1", "quantity": "-3"}, "Write a number such as 12.5"),
        ({"slot": "F1", "lot": "R1", "quantity": "0"}, "must be above zero"),
        ({"slot": "F1", "lot": "CAP/NEVER"}, "CAP/NEVER"),
    ],
)
def test_what_is_wrong_with_a_form_is_said(operator, typed, said):
    answer = act(operator, "load", **typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "R99" not in part_of(operator, PAGE, "slots").text


def test_a_splice_follows_and_the_first_is_unloaded(operator):
    assert act(operator, "load", slot="F1", lot="CAP/R2").status_code == 302
    low = part_of(operator, PAGE, "slots").text
    assert "Low Have the next lot ready." in low
    assert "1 unit" in low
    assert "GEN-006" in act(operator, "load", slot="F1", lot="CAP/R1").content.decode()
    assert act(operator, "load", slot="F1", lot="CAP/R1", is_splice="1").status_code == 302
    spliced = part_of(operator, PAGE, "slots")
    assert "CAP/R2" in spliced.text
    assert "251 units" in spliced.text
    unload = next(link for link in spliced.links if "form=unload" in link and "R2" in link)
    assert 'value="LYON:CAP/R2"' in operator.get(unload).content.decode()
    assert act(operator, "unload", slot="F1", lot="R2", remaining="2,5", reason="empty").status_code == 302
    page = see(operator, PAGE)
    assert "Counted when unloaded" in page.text
    assert "CAP/R2" not in part_of(operator, PAGE, "slots").text


def test_what_may_not_be_used_is_said_with_what_to_do(line, operator):
    on_record(
        line,
        (MaterialLoaded, "CAP/R1", {"station": STATION, "slot": "F1"}),
        (MaterialLoaded, "RES/R4", {"station": STATION, "slot": "F3"}),
        (MaterialLoaded, "PASTE/P1", {"station": STATION, "slot": "F2"}),
        (HoldPlaced, None, {"lot": "RES/R4", "hold": "H-7", "reason": "wrong reel label"}),
    )
    text = part_of(operator, PAGE, "slots").text
    assert "RES/R4 is on hold (H-7): unload it and load another." in text
    assert "PASTE/P1 has expired: unload it and load another." in text
    assert "2 on hold or expired" in see(operator, "/setups").text


def test_a_setup_is_brought_into_force_compared_and_ended(operator):
    assert act(operator, "load", slot="F1", lot="CAP/R1").status_code == 302
    assert "PRO-040" in act(operator, "activate", setup_list="SU-9").content.decode()
    assert 'value="SU-9"' in act(operator, "activate", setup_list="SU-9").content.decode()
    assert act(operator, "activate", setup_list="SU-1/2").status_code == 302
    page = see(operator, PAGE)
    assert "SU-1/2" in page.text
    assert "May run" in page.text
    stale = form_of(operator, PAGE, "end") | {"setup_list": "SU-1/1"}
    refused = send(operator, setup_action("end-setup", STATION), stale)
    assert "PRO-041" in refused.content.decode()
    assert act(operator, "end", reason="end of the order").status_code == 302
    ended = see(operator, PAGE)
    assert "No setup in force" in ended.text
    assert "Not on the list" in ended.text


def test_the_lists_of_the_station_are_offered(operator):
    offered = re.findall(r'<option value="([^"]*)">', operator.get(PAGE).content.decode())
    assert offered == ["SU-1/2", "SU-1/1"]


def test_a_viewer_reads_and_records_nothing(line):
    viewer = browser_of(Role.VIEWER)
    markup = viewer.get(PAGE).content.decode()
    assert "<form" not in re.findall(r"<main.*</main>", markup, re.DOTALL)[0]
    for view in ("load-slot", "unload-slot", "activate-setup", "end-setup"):
        assert send(viewer, setup_action(view, STATION), {"key": "x"}).status_code == 403


def test_what_the_interlock_stopped_leads_to_the_setup_of_its_station(line, operator):
    with line.opened() as database:
        floor = plant.Plant(database, database.site(plant.SITE))
        floor.now = datetime.now(UTC) - timedelta(hours=1)
        floor.unit("PCB/1")
        assert floor.refusals(OperationStarted, "PCB/1", operation="OP-10", station=STATION) == ["PRO-046"]
    assert PAGE in see(operator, "/refusals").links


@pytest.mark.parametrize("name", [SCRIPT, "..", "a//b", "50%/a#b?c=d"])
def test_a_station_of_any_name_has_a_page_that_leads_to_it(line, operator, name):
    if name != SCRIPT:
        on_record(line, (SetupListDefined, f"L {name}", {"station": name, "slots": SLOTS[:1]}))
    assert setup_page(name) in see(operator, "/setups").links
    page = see(operator, setup_page(name))
    assert name in page.text
    assert "script" not in page.tags
    form = form_of(operator, setup_page(name), "load")
    answer = send(operator, setup_action("load-slot", name), form, slot=SCRIPT, lot="CAP/R1")
    assert answer.status_code == 302
    loaded = see(operator, setup_page(name))
    assert SCRIPT in loaded.text
    assert "script" not in loaded.tags
