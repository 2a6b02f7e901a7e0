"""The scanner test page: every character that arrived, what the scan says, what it means."""

import pytest

from tests.web.looking import see, unit_page
from tests.web.plant import STORY

UDI = "(01)09506000134352(21)IPC26-000317"


def test_before_anything_is_scanned_there_is_a_place_to_scan_into(reader):
    assert "Scanner test" in see(reader, "/scanner").text


def test_every_character_is_shown_with_its_code(reader):
    page = see(reader, "/scanner?text=]d20109506000134352" + "10L1%1D21IPC26-000317")
    assert "GS U+001D" in page.text
    assert "] U+005D" in page.text
    assert "Known here" in page.text
    assert unit_page(STORY) in page.links


def test_identifiers_have_the_titles_of_their_standard(reader):
    page = see(reader, f"/scanner?text={UDI}")
    assert "01 GTIN 09506000134352" in page.text
    assert "21 SERIAL IPC26-000317" in page.text
    assert "https://id.gs1.org/01/09506000134352/21/IPC26-000317" in page.text


@pytest.mark.parametrize(
    ("scan", "told"),
    [
        ("0109506000134353", "Not in order"),
        ("(01)09506000134352(21)NONE", "In order, not known here"),
        ("IPC26-000401", "Means several things"),
        ("[)>%1E06%1D1PX%1DS7%1E%04", "SUPPLIER"),
    ],
)
def test_what_is_wrong_or_unknown_is_said(reader, scan, told):
    assert told.lower() in see(reader, f"/scanner?text={scan}").text.lower()


def test_a_very_long_scan_is_shown_in_part_and_said_to_be_too_long(reader):
    page = see(reader, "/scanner?text=" + "7" * 3_000)
    assert "The first 400 are shown" in page.text


def test_markup_in_a_scan_stays_text(reader):
    page = see(reader, "/scanner?text=<b>7")
    assert "b" not in page.tags
    assert "U+003C" in page.text
