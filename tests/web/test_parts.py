"""The list of parts, the page of a part, and what is done there: issue, reserve, void."""

import csv
import io
import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client

from asbuilt.accounts.plant import plant as opened
from asbuilt.accounts.roles import Role
from asbuilt.capture import serials as issuing
from asbuilt.capture.repeats import issue_serials_once
from asbuilt.capture.serials import SerialRequest
from asbuilt.core.identifiers.subjects import part_named
from asbuilt.core.rules.rule import Broken
from asbuilt.web.addresses import part_page
from asbuilt.web.forms import recorder
from tests.accounts.django_plant import form_mark
from tests.databases import Made, made_database
from tests.web import identity_plant, plant
from tests.web.acting import browser_of, form_of, send
from tests.web.identity_plant import BILLED, DRAWN, LINED, LOT_PART, MOTOR, PUMP
from tests.web.looking import Seen, content_of, part_of, see, unit_page
from tests.world import ACTOR, START

PUMP_PAGE = part_page("LYON", PUMP)


@pytest.fixture(scope="module")
def made(django_started) -> Iterator[Made]:
    """What is only looked at."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        identity_plant.build(made)
        yield made


@pytest.fixture
def shown(made, accounts) -> Iterator[None]:
    with plant.serving(made.url):
        yield


@pytest.fixture
def changing(accounts) -> Iterator[Made]:
    """A plant of its own, to record in."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        identity_plant.build(made)
        with plant.serving(made.url):
            yield made


@pytest.fixture
def viewer(shown) -> Client:
    return browser_of(Role.VIEWER)


@pytest.fixture
def supervisor(changing) -> Client:
    return browser_of(Role.SUPERVISOR)


# The list


def listed(client: Client, address: str) -> list[str]:
    """The parts on each page of the list, following `next`."""
    found: list[str] = []
    while address:
        links = see(client, address).links
        found.extend(link for link in links if link.startswith("/parts/"))
        address = next((link for link in links if "after=" in link), "")
    return found


def test_page_after_page_shows_every_part_once_in_order(viewer):
    found = listed(viewer, "/parts")
    assert len(found) == len(set(found)) == 6 + identity_plant.MANY_PARTS
    assert found[:2] == [part_page("LYON", MOTOR), PUMP_PAGE]
    assert part_page("ELEKTRA", "BP-9") in found


def test_filters_stay_in_the_address_and_lead_to_the_same_parts_as_csv(viewer):
    page = see(viewer, "/parts?q=7000-01&tracking=counted")
    assert len([link for link in page.links if link.startswith("/parts/")]) == 10
    link = next(link for link in page.links if "format=csv" in link)
    rows = list(csv.DictReader(io.StringIO(viewer.get(link).content.decode())))
    assert [row["part_number"] for row in rows] == [f"7000-{number:03}" for number in range(10, 20)]
    assert "No part is like that" in see(viewer, "/parts?q=nothing").text
    assert "here is the first one" in see(viewer, "/parts?after=nonsense").text
    assert "50 parts on this page" in see(viewer, "/parts?tracking=loose").text


def test_an_empty_plant_says_that_no_part_is_defined(accounts):
    with made_database("sqlite") as made:
        plant.add_sites(made)
        with plant.serving(made.url):
            assert "No part is defined yet" in see(browser_of(Role.VIEWER), "/parts").text


# The page


def test_a_part_says_how_its_serials_are_written_and_which_come_next(viewer):
    text = see(viewer, PUMP_PAGE).text
    assert "Syringe pump · Part · Rev B · GTIN 09506000134369" in text
    assert "Told apart By serial number Unique within this site" in text
    assert "At receipt Mandatory When built in Mandatory At shipment Optional" in text
    assert "Issued as P26-{number:4} Next P26-0601, P26-0602, P26-0603 From outside any form" in text
    text = see(viewer, part_page("LYON", MOTOR)).text
    assert "Unique within the family of parts Motors" in text
    assert "At shipment Not taken" in text
    assert "Next 00000001, 00000002, 00000003 From outside M-####" in text


def test_what_is_made_up_in_an_example_is_said(viewer):
    assert "for a line named L1" in see(viewer, part_page("LYON", LINED)).text
    page = see(viewer, part_page("LYON", DRAWN)).text
    assert re.search(r"Next K-[2-9A-Z]{10}, K-", page)
    assert "some of the characters are drawn when it is issued" in page


def test_a_part_shows_what_units_made_now_are_made_of(viewer):
    bill = part_of(viewer, part_page("LYON", BILLED), "bill").text
    assert bill.startswith("Bill of materials BOM-BRACKET/4 for units made now, since")
    assert "10 CAP-47U Rev B or ELEKTRA:BP-9 Capacitor 47 µF C1, C2 2 pcs OP-10 all" in bill
    assert "20 ELEKTRA:BP-9 Battery pack of a supplier as needed may be left out until" in bill
    assert bill.endswith("from serial 100")
    assert 'id="bill"' not in content_of(viewer.get(PUMP_PAGE))


def test_a_long_bill_is_cut_and_says_so(viewer, monkeypatch):
    monkeypatch.setattr("asbuilt.web.parts.BILL_LINES_SHOWN", 1)
    bill = part_of(viewer, part_page("LYON", BILLED), "bill").text
    assert "Only the first 1 lines are shown; asbuilt bom list --format json gives all." in bill
    assert "BP-9 Battery" not in bill


def test_a_bill_is_shown_in_german(viewer):
    markup = content_of(viewer.get(part_page("LYON", BILLED), headers={"Accept-Language": "de"}))
    for said in ("Stückliste", "für Geräte, die jetzt entstehen", "Verbaut bei", "nach Bedarf", "darf fehlen"):
        assert said in markup


def test_ranges_say_who_has_them_and_which_run_low(viewer):
    ranges = part_of(viewer, PUMP_PAGE, "ranges").text
    assert "1 range is running low. Reserve further numbers for its holder." in ranges
    assert "PR-1 Printer Zebra 4 1 – 10 2 1 7 fewer than 8" in ranges
    assert "EL/2026 <1> Supplier Elektra GmbH 101 – 600 1 0 499" in ranges
    assert "P26-0003 Label torn at the printer anna" in part_of(viewer, PUMP_PAGE, "voided").text


def test_many_ranges_are_shown_page_by_page(viewer):
    address, found = part_page("LYON", LINED), []
    while address:
        page = part_of(viewer, address.partition("#")[0], "ranges")
        found.extend(re.findall(r"\bW\d\d\b", page.text))
        address = next((link for link in page.links if "ranges=" in link), "")
    assert found == [f"W{number:02}" for number in reversed(range(identity_plant.MANY_RANGES))]


@pytest.mark.parametrize("form", ["csv", "txt"])
def test_the_serials_of_a_range_are_a_file(viewer, form):
    link = next(link for link in part_of(viewer, PUMP_PAGE, "ranges").links if "EL%2F2026" in link)
    answer = viewer.get(link.replace("format=csv", f"format={form}"))
    lines = answer.content.decode().splitlines()
    assert answer["Content-Disposition"] == f'attachment; filename="range.{form}"'
    assert lines[-500:][0].endswith("P26-0101")
    assert lines[-1].endswith("P26-0600")
    assert len(lines) == (501 if form == "csv" else 500)


def test_a_part_without_serials_has_no_ranges_and_no_forms(viewer):
    page = see(viewer, part_page("LYON", LOT_PART))
    assert "Nowhere: it has no serial numbers." in page.text
    assert "form" not in page.tags


def test_what_is_no_part_is_not_known_here(viewer):
    for name in ("NOTHING", "LYON:NOTHING", "a:b:c", "%00", "x" * 300):
        assert viewer.get(f"/parts/{name}").status_code == 404, name
        assert viewer.get(f"/parts/{name}/range?range=R1").status_code == 404, name
    assert viewer.get(f"{PUMP_PAGE}/range?range=R9").status_code == 404
    assert "Syringe pump" in see(viewer, f"/parts/{PUMP}").text


def test_a_viewer_sees_no_form_and_is_refused_at_its_address(viewer):
    assert "form" not in see(viewer, PUMP_PAGE).tags
    for action in ("issue", "reserve", "void"):
        answer = viewer.post(f"{PUMP_PAGE}/{action}", {"csrfmiddlewaretoken": form_mark(viewer)})
        assert answer.status_code == 403


def test_a_form_without_the_mark_of_its_page_is_refused(supervisor):
    form = form_of(supervisor, PUMP_PAGE, "issue")
    answer = supervisor.post(f"{PUMP_PAGE}/issue", {"key": form["key"], "count": "1"})
    assert answer.status_code == 403
    assert supervisor.get(f"{PUMP_PAGE}/issue").status_code == 405


# Issue


def test_serials_are_issued_shown_and_given_as_files(supervisor):
    answer = send(
        supervisor, f"{PUMP_PAGE}/issue", form_of(supervisor, PUMP_PAGE, "issue"), count="3", location="Cell 4"
    )
    page = see(supervisor, answer["Location"])
    assert "3 serial numbers issued" in page.text
    assert unit_page(f"{PUMP}/P26-0601") in page.links
    assert "Cell 4" in see(supervisor, unit_page(f"{PUMP}/P26-0601")).text
    files = {link[-3:]: supervisor.get(link).content.decode() for link in page.links if "format=" in link}
    assert files["txt"] == "P26-0601\nP26-0602\nP26-0603\n"
    assert files["csv"].splitlines()[1] == f"LYON,{PUMP},P26-0601"


def test_a_form_that_is_sent_twice_issues_once(supervisor):
    form = form_of(supervisor, PUMP_PAGE, "issue")
    first = send(supervisor, f"{PUMP_PAGE}/issue", form, count="3")
    again = send(supervisor, f"{PUMP_PAGE}/issue", form, count="3")
    assert first["Location"] == again["Location"]
    assert "P26-0604, P26-0605" in see(supervisor, PUMP_PAGE).text


def test_a_second_form_issues_further_numbers(supervisor):
    """The negative control: it is the key that makes it the same."""
    for _ in range(2):
        send(supervisor, f"{PUMP_PAGE}/issue", form_of(supervisor, PUMP_PAGE, "issue"), count="3")
    assert "P26-0607, P26-0608" in see(supervisor, PUMP_PAGE).text


def test_a_form_changed_after_it_was_done_is_asked_about(supervisor):
    form = form_of(supervisor, PUMP_PAGE, "issue")
    send(supervisor, f"{PUMP_PAGE}/issue", form, count="3")
    answer = send(supervisor, f"{PUMP_PAGE}/issue", form, count="3", revision="D")
    assert answer.status_code == 422
    assert "This form was recorded before with other content" in Seen(content_of(answer)).text
    assert form["key"] not in content_of(answer)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"count": "many"}, "Write a whole number from 1 to 100,000."),
        ({"count": "0"}, "Write a whole number from 1 to 100,000."),
        ({"count": "2", "work_order": "WO-404"}, "PRO-001"),
        ({"count": "2", "work_order": "x" * 300}, "Nothing was recorded."),
        ({"count": "9999"}, "CAP-003"),
        ({"count": "2", "key": "nonsense"}, "The form came incomplete"),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_is_kept(supervisor, typed, told):
    form = form_of(supervisor, PUMP_PAGE, "issue")
    answer = send(supervisor, f"{PUMP_PAGE}/issue", form, **({"location": "Cell <4>"} | typed))
    assert answer.status_code == 422
    page = content_of(answer)
    assert told in Seen(page).text
    assert 'value="Cell &lt;4&gt;"' in page
    assert f'value="{typed["count"]}"' in page
    assert "Nothing was recorded." in Seen(page).text


def test_an_issue_that_ends_half_way_says_what_was_issued(supervisor, monkeypatch):
    """The work order of the second transaction was closed while the first one was recorded."""
    monkeypatch.setattr(issuing, "PER_TRANSACTION", 2)
    really, calls = issuing._take_block, []

    def take(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise issuing.SerialsRefused([Broken("PRO-002", "the work order is closed; ask the planner")])
        return really(*arguments)

    monkeypatch.setattr(issuing, "_take_block", take)
    answer = send(supervisor, f"{PUMP_PAGE}/issue", form_of(supervisor, PUMP_PAGE, "issue"), count="4")
    page = Seen(content_of(answer))
    assert "2 serial numbers were issued. The rest was not: the work order is closed; ask the planner" in page.text
    link = next(link for link in page.links if "/issued/" in link)
    assert "P26-0601" in see(supervisor, link).text


def test_a_format_that_names_a_line_asks_for_it(supervisor):
    address = part_page("LYON", LINED)
    form = form_of(supervisor, address, "issue")
    refused = send(supervisor, f"{address}/issue", form, count="1")
    assert "give a line" in Seen(content_of(refused)).text
    issued = send(supervisor, f"{address}/issue", form, count="1", line="SMT-9")
    assert "SMT-9-" in see(supervisor, issued["Location"]).text


def test_an_address_under_which_nothing_was_issued_says_so(supervisor):
    address = f"{PUMP_PAGE}/issued/018f0000-0000-7000-8000-000000000000?count=5"
    assert "Nothing was issued" in see(supervisor, address, status=404).text
    send(supervisor, f"{PUMP_PAGE}/issue", form := form_of(supervisor, PUMP_PAGE, "issue"), count="2")
    other = f"{part_page('LYON', MOTOR)}/issued/{form['key']}?count=2"
    assert "Nothing was issued" in see(supervisor, other, status=404).text


# Reserve


RANGE = {"range_number": "L-7", "kind": "line", "holder": "SMT <7>", "reserve_count": "40", "low_watermark": "5"}


def test_a_range_is_reserved_once_however_often_the_form_is_sent(supervisor):
    form = form_of(supervisor, PUMP_PAGE, "reserve")
    for _ in range(2):
        assert send(supervisor, f"{PUMP_PAGE}/reserve", form, **RANGE).status_code == 302
    ranges = part_of(supervisor, PUMP_PAGE, "ranges").text
    assert ranges.count("L-7 Line SMT <7> 601 – 640 0 0 40") == 1
    assert "P26-0641" in see(supervisor, PUMP_PAGE).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"range_number": "PR-1"}, "range PR-1 of LYON:4500-200 exists, for Zebra 4"),
        ({"reserve_count": "9999"}, "IDN-012"),
        ({"holder": " "}, "Fill this in."),
        ({"kind": "robot"}, "Mend what is marked"),
        ({"low_watermark": "41"}, "Write a whole number from 0 to 40."),
    ],
)
def test_a_range_that_cannot_be_reserved_is_refused_in_the_words_of_the_rule(supervisor, typed, told):
    answer = send(supervisor, f"{PUMP_PAGE}/reserve", form_of(supervisor, PUMP_PAGE, "reserve"), **(RANGE | typed))
    assert answer.status_code == 422
    assert told in Seen(content_of(answer)).text
    assert 'value="SMT &lt;7&gt;"' in content_of(answer) or "holder" in typed


# Void


def test_serials_are_voided_all_or_none(supervisor):
    form = form_of(supervisor, PUMP_PAGE, "void")
    serials = "P26-0004\r\nP26-0001\r\n\r\nP26-0003"
    refused = send(supervisor, f"{PUMP_PAGE}/void", form, serial_numbers=serials, reason="Torn")
    text = Seen(content_of(refused)).text
    assert "P26-0001 exists since" in text
    assert "P26-0003 was voided already (Label torn at the printer)" in text
    assert "CAP-002" not in text
    assert "P26-0004 P26-0001 P26-0003" in text
    assert "P26-0004" not in part_of(supervisor, PUMP_PAGE, "voided").text
    for _ in range(2):
        done = send(supervisor, f"{PUMP_PAGE}/void", form, serial_numbers="P26-0004\nP26-0005", reason="Torn")
        assert done.status_code == 302
    assert "P26-0005 Torn" in part_of(supervisor, PUMP_PAGE, "voided").text
    assert "This serial number is void" in see(supervisor, unit_page(f"{PUMP}/P26-0005"), status=410).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"serial_numbers": " \n "}, "Fill this in."),
        ({"reason": ""}, "Fill this in."),
        ({"serial_numbers": "\n".join(map(str, range(1001)))}, "At most 1,000 at a time; these are 1,001."),
        ({"serial_numbers": "x" * 300}, "Nothing was recorded."),
    ],
)
def test_a_voiding_that_says_too_little_or_too_much_is_refused(supervisor, typed, told):
    form = {"serial_numbers": "P26-0004", "reason": "Torn"} | typed
    answer = send(supervisor, f"{PUMP_PAGE}/void", form_of(supervisor, PUMP_PAGE, "void"), **form)
    assert answer.status_code == 422
    assert told in Seen(content_of(answer)).text


def test_a_button_pressed_five_times_at_once_issues_once(supervisor):
    """Each press is a request of its own, answered by another thread."""
    site = opened().site(plant.SITE)

    def press(_: int) -> list[str]:
        units = issue_serials_once(
            opened().database,
            site,
            SerialRequest(part=part_named(PUMP, own_issuer="LYON"), count=20),
            key="one form",
            actor=ACTOR,
            record=recorder(site),
            now=START,
            random_below=secrets.randbelow,
        )
        return [unit.serial_number for unit in units]

    with ThreadPoolExecutor(5) as presses:
        answers = list(presses.map(press, range(5)))
    assert len({tuple(sorted(one)) for one in answers}) == 1
    assert len(answers[0]) == 20
