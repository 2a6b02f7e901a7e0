"""The page of a unit, on the one that had the most of it."""

import csv
import io
import re

import pytest

from tests.web.looking import content_of, part_of, see, unit_page
from tests.web.plant import PUMP, STORY

PAGE = unit_page(STORY)


@pytest.fixture
def story(reader):
    return see(reader, PAGE)


def timeline(reader, query: str = "") -> str:
    return part_of(reader, PAGE + query, "history").text


def test_the_head_says_which_unit_it_is(story):
    assert story.text.startswith("asbuilt · Lyon plant")
    assert "IPC26-000317 4500-117 Rev C · Infusion pump controller · WO-10482" in story.text
    assert "Also known as udi (01)09506000134352(21)IPC26-000317" in story.text


def test_the_life_line_is_what_the_unit_went_through(reader):
    markup = content_of(reader.get(PAGE))
    line = re.search(r'<ol class="lifeline".*?</ol>', markup, re.DOTALL)[0]
    steps = re.findall(r"<li[^>]*>(\w[\w ]*)<span", line)
    assert steps == ["Issued", "In process", "Packed", "Shipped", "Returned"]
    assert re.search(r'<li class="is-hold" aria-current="step">Returned', line)


def test_three_records_hold_facts_and_nothing_invented(story):
    for fact in (
        "Operations 5 of 5 passed",
        "First pass No, 1 failed attempt at OP-030",
        "Last operation OP-060 passed",
        "Built at Cell 2-A, Cell 2-B, ICT-03 and 2 more",
        "As-built 28 components · 1 not delivered",
        "Custody Back in house",
        "Work order WO-10482",
        "Customer C-2210, until it came back",
        "Delivery DN-20931",
        "Sales order SO-5518",
        "Location Service desk",
        "Holds None open, 1 released",
        "Failed attempts 1 · Cold joint at R118",
        "In components On hold: 2",
        "Returned for Display flickers · RMA-0612",
        "Corrections 1",
    ):
        assert fact in story.text
    for absent in ("Container", "NCR", "Warranty", "Deviation", "Certificate", "Print label"):
        assert absent not in story.text


def test_what_stands_in_the_way_is_said_at_the_top(story, reader):
    assert "2 components are on hold." in story.text
    held = see(reader, unit_page(f"{PUMP}/IPC26-000401")).text
    assert "On hold. Seal leak · H-2310 · 2026-11-12 09:01 +01:00" in held
    scrapped = see(reader, unit_page(f"{PUMP}/IPC26-000402")).text
    assert "Scrapped. Dropped" in scrapped


def test_every_entry_says_what_where_and_who(reader):
    told = timeline(reader)
    for entry in (
        "2026-11-04 +01:00 08:12 Serial issued Rev C · WO-10482 · at Cell 2 Mark-01 OP-117",
        "08:15 6 components installed OP-010 · until 08:20",
        "09:40 OP-030 Failed 3 of 4 limits met · Cold joint at R118 · program ICT4500 v7",
        "10:05 Hold H-2291 placed On hold Cold joint at R118, check the neighbours Rework-1 OP-152",
        "10:07 Sensor board Removed 3310-051/SB-77120 · from A2 · Cold joint at R118 · to Rework-1 Rework-1 OP-152",
        "10:22 OP-030 passed at attempt 2 all 4 limits met",
        "09:02 Shipped to C-2210 delivery DN-20931 · sales order SO-5518 WH-1 WH-31",
        "14:20 Returned Display flickers · RMA-0612 · at Service desk Service CS-7",
    ):
        assert entry in told


def test_a_measurement_out_of_limits_is_marked_by_word_and_shape(reader):
    markup = content_of(reader.get(PAGE))
    chip = re.search(r'<span class="chip is-fail">.*?</span>(.*?)</span>', markup)
    assert chip[1] == "R118 9.61 kΩ (9.80 – 10.20), below the limit"
    assert '<span class="shape" aria-hidden="true"></span>R118' in markup


def test_what_was_corrected_is_struck_through_with_the_reason(reader):
    markup = content_of(reader.get(PAGE))
    corrected = re.search(r'<li class="timeline-event is-corrected">.*?</li>', markup, re.DOTALL)[0]
    assert "Moved to Dock 3" in corrected
    assert "Does not count: did not occur. Scanned the wrong unit" in corrected
    assert "Record corrected Moved to Dock 3 · did not occur · Scanned the wrong unit" in timeline(reader)


def test_an_event_recorded_late_stands_where_it_happened_and_says_so(reader):
    told = timeline(reader)
    assert "07:49 OP-060 passed recorded 3 h later" in told
    assert told.count("later") == 1
    assert told.index("OP-060 passed") < told.index("LABEL-5/LB-1")


def test_the_history_can_be_narrowed_to_exceptions_and_tests(reader):
    exceptions = timeline(reader, "?history=exceptions")
    assert exceptions.startswith("History 7 events")
    assert "Serial issued" not in exceptions
    for word in ("OP-030", "H-2291 placed", "H-2291 released", "Removed", "Moved to Dock 3", "Returned"):
        assert word in exceptions
    tests = timeline(reader, "?history=tests")
    assert tests.startswith("History 5 events")
    assert "Torque" in tests
    assert "Shipped" not in tests
    assert timeline(reader, "?history=nonsense") == timeline(reader)


def test_htmx_gets_the_part_that_it_replaces(reader):
    answer = reader.get(PAGE + "?history=tests", headers={"HX-Request": "true", "HX-Target": "history"})
    markup = answer.content.decode()
    assert markup.startswith('<section class="card" id="history"')
    assert markup.count("<section") == 1
    assert 'aria-current="true">Tests</a>' in markup


def test_identical_components_are_one_row_and_exceptions_are_always_drawn(reader):
    tree = part_of(reader, PAGE, "genealogy").text
    assert "H1–H4 4 × Screw M3 × 8 S4" in tree
    assert "At H1, H2, H3, H4" in tree
    assert "D1 Display module DM-69222 On hold" in tree
    assert "Adhesive 0.8 mL · kitted, fitting not scanned 2619044 On hold" in tree
    assert "Rating label LB-1 One of several" in tree
    assert (
        "From Zellwerk AG declared by the supplier urn:uuid:7b7b7b7b-aaaa-4bbb-8ccc-0123456789ab Not delivered" in tree
    )
    board = part_of(reader, unit_page("3310-042/MB-48800"), "genealogy").text
    assert "C1–C12 12 × Capacitor 100 nF L2620" in board
    assert "SMT-1 F12 Capacitor 100 nF fed by the line L2619" in board


def test_a_branch_with_an_exception_inside_is_open(reader):
    markup = content_of(reader.get(PAGE))
    battery = re.search(
        r'<details( open)?><summary class="tree-row">(?:(?!<details).)*?Battery pack', markup, re.DOTALL
    )
    board = re.search(r'<details( open)?><summary class="tree-row">(?:(?!<details).)*?Main board', markup, re.DOTALL)
    assert battery[1]
    assert not board[1]


def test_the_tree_is_shown_as_of_any_time(reader):
    while_out = part_of(reader, f"{PAGE}?at=2026-11-04T10:08&zone=%2B0100", "genealogy").text
    assert "As it was at 2026-11-04 10:08 +01:00" in while_out
    assert "Genealogy 24 components" in while_out
    assert "SB-77120" not in while_out
    before = part_of(reader, f"{PAGE}?at=2026-11-03", "genealogy").text
    assert "There was nothing in it at that time." in before
    assert "SB-77120" in part_of(reader, f"{PAGE}?at=2026-11-04T09:12:00Z", "genealogy").text


def test_a_time_without_a_zone_is_meant_as_the_page_shows_its_times(reader):
    assert part_of(reader, f"{PAGE}?at=2026-11-04T10:08", "genealogy").text == (
        part_of(reader, f"{PAGE}?at=2026-11-04T10:08&zone=%2B0100", "genealogy").text
    )
    assert 'name="zone" value="+0100"' in content_of(reader.get(PAGE))


@pytest.mark.parametrize("query", ["at=yesterday", "at=2026-13-45", "at=2026-11-04T10:08&zone=Lyon", "at=9" * 50])
def test_a_time_that_is_none_is_said_and_not_guessed(reader, query):
    told = part_of(reader, f"{PAGE}?{query}", "genealogy").text
    assert "is no time; write it as" in told
    assert "28 components" in told


def test_branches_of_a_past_time_lead_to_the_same_time(reader):
    shelf = see(reader, unit_page(STORY) + "?at=2026-11-04T12:00&zone=%2B0100")
    assert not any("branches" in link and "at=" not in link for link in shelf.links)


def test_a_component_says_what_it_is_part_of_and_where_that_is_now(reader):
    board = see(reader, unit_page("3310-042/MB-48800"))
    assert "Installed in 4500-117/IPC26-000317 at A1" in board.text
    assert (
        "Where used Part of Level Place Status Where now 4500-117/IPC26-000317 Infusion pump controller 1 A1 Returned Service desk"
        in board.text
    )
    assert PAGE in board.links


def test_measurements_stand_against_their_limits_with_attempts_folded(reader):
    told = part_of(reader, PAGE, "measurements").text
    assert told.startswith("Measurements 11 characteristics, latest attempt")
    assert (
        "R118 OP-030 1 earlier attempt 9.61 kΩ, below the limit · 2026-11-04 09:40 +01:00 10.02 kΩ 9.80 – 10.20" in told
    )
    assert "Leakage current OP-030 1 earlier attempt" in told
    assert "Alarm audible OP-050 passed" in told
    failed = part_of(reader, unit_page(f"{PUMP}/IPC26-000444"), "measurements").text
    assert "1 out of limits" in failed
    assert "9.4 kΩ below the limit" in failed


def test_a_result_stands_among_the_last_ones(reader):
    markup = content_of(reader.get(PAGE))
    told = part_of(reader, PAGE, "measurements").text
    spread = re.search(r"9.80 – 10.20 (9.\d+) to (1\d.\d+) kΩ in the last (\d+)", told)
    assert spread, told
    assert int(spread[3]) >= 2
    assert markup.count('class="trend-line"') == told.count(" in the last ")


def test_the_buttons_do_what_they_say(reader):
    page = see(reader, PAGE)
    history = next(link for link in page.links if link.endswith("/history?format=csv"))
    rows = list(csv.DictReader(io.StringIO(reader.get(history).content.decode())))
    assert len(rows) == 32
    record = next(link for link in page.links if link.endswith("/as-built"))
    assert reader.get(record).json()["component_count"] == 28


def test_every_link_of_the_page_leads_somewhere(reader):
    links = {link for link in see(reader, PAGE).links if link.startswith("/")}
    assert len(links) > 12
    for link in links:
        answer = reader.get(link)
        assert answer.status_code == 200, link
        answer.close()


def test_a_unit_that_was_declared_wrong_keeps_its_history_only(reader):
    page = see(reader, unit_page(f"{PUMP}/IPC26-999999"), status=410)
    assert "This unit does not exist." in page.text
    assert "Serial issued Does not count: did not occur. Typed by mistake" in page.text
    assert "Genealogy" not in page.text


def test_a_unit_with_nothing_but_a_number_has_a_calm_page(reader):
    page = see(reader, unit_page("1200-690/IPC26-000401"))
    assert "Shop floor Nothing recorded yet" in page.text
    assert "Genealogy" not in page.text
    assert "Measurements" not in page.text


def test_the_page_speaks_german(reader):
    page = see(reader, PAGE, headers={"Accept-Language": "de"})
    for word in ("Seriennummer vergeben", "Fertigung", "10,02 kΩ", "9,80 – 10,20", "Gesperrt", "unter der Grenze"):
        assert word in page.text


def test_open_defects_stand_before_settled_ones(reader):
    told = part_of(reader, PAGE, "defects").text
    assert told.startswith("Defects Defect Found State Cold joint at R118")
    assert "passed when tested again" in told
    failed = part_of(reader, unit_page(f"{PUMP}/IPC26-000444"), "defects").text
    assert failed.startswith("Defects 1 open")
    assert "R118 out of limits" in failed
    assert "Open OP-030 has to pass, or quality decides" in failed
    german = see(reader, unit_page(f"{PUMP}/IPC26-000444"), headers={"Accept-Language": "de"}).text
    assert "OP-030 muss bestanden werden, oder die Qualität entscheidet" in german
