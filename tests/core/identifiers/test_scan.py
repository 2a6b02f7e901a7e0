"""One reader for whatever a scanner delivers: by what a scan is read, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.reading import Element, Scheme
from asbuilt.core.identifiers.scan import SCAN_MAX, read

GTIN = Element("01", "09521234543213")


@pytest.mark.parametrize(
    ("scan", "scheme", "elements"),
    [
        ("]d201095212345432132112345", Scheme.GS1, [("01", "09521234543213"), ("21", "12345")]),
        ("\x1d01095212345432132112345", Scheme.GS1, [("01", "09521234543213"), ("21", "12345")]),
        ("01095212345432132112345", Scheme.GS1, [("01", "09521234543213"), ("21", "12345")]),
        ("010952123454321310L1\x1d2112345", Scheme.GS1, [("01", "09521234543213"), ("10", "L1"), ("21", "12345")]),
        ("^010952123454321310L1^2112345", Scheme.GS1, [("01", "09521234543213"), ("10", "L1"), ("21", "12345")]),
        ("{FNC1}01095212345432132112345", Scheme.GS1, [("01", "09521234543213"), ("21", "12345")]),
        ("^A-7", Scheme.PLAIN, [("serial", "^A-7")]),
        ("(01)09521234543213(21)12345", Scheme.GS1, [("01", "09521234543213"), ("21", "12345")]),
        ("00006141411234567890", Scheme.GS1, [("00", "006141411234567890")]),
        ("80040614141A1", Scheme.GS1, [("8004", "0614141A1")]),
        ("]E04006381333931", Scheme.GS1, [("01", "04006381333931")]),
        ("]E0036000291452", Scheme.GS1, [("01", "00036000291452")]),
        ("]E496385074", Scheme.GS1, [("01", "00000096385074")]),
        ("]I104006381333931", Scheme.GS1, [("01", "04006381333931")]),
        ("]Q1https://id.gs1.org/01/09521234543213/21/7", Scheme.DIGITAL_LINK, [("01", "09521234543213"), ("21", "7")]),
        ("https://id.gs1.org/01/09521234543213", Scheme.DIGITAL_LINK, [("01", "09521234543213")]),
        ("urn:epc:id:sgtin:0614141.812345.6789", Scheme.EPC_URN, [("01", "80614141123458"), ("21", "6789")]),
        ("3074257BF7194E4000001A85", Scheme.EPC_BINARY, [("01", "80614141123458"), ("21", "6789")]),
        ("0x3074257BF7194E4000001A85", Scheme.EPC_BINARY, [("01", "80614141123458"), ("21", "6789")]),
        ("3074 257b f719 4e40 0000 1a85", Scheme.EPC_BINARY, [("01", "80614141123458"), ("21", "6789")]),
        ("3074257BF7194E4000001A8500000000", Scheme.EPC_BINARY, [("01", "80614141123458"), ("21", "6789")]),
        (  # 198 bits, written with no more digits than they take
            "3674257BF6B7A659B2C2BF1000000000000000000000000000",
            Scheme.EPC_BINARY,
            [("01", "70614141123451"), ("21", "32a/b")],
        ),
        (
            "3D74257BF75411DEF6B4CC00000003039",
            Scheme.EPC_BINARY,
            [("8010", "06141415PQ7/Z43"), ("8011", "12345")],
        ),
        ("]E3400638133393112", Scheme.GS1, [("01", "04006381333931")]),
        ("]E3400638133393112345", Scheme.GS1, [("01", "04006381333931")]),
        # These announce a symbol without FNC1: nothing in it is an element string (General Specifications, 5.1.2).
        ("]C0010952123454321310ABC", Scheme.PLAIN, [("serial", "010952123454321310ABC")]),
        ("]d100006141411234567890", Scheme.PLAIN, [("serial", "00006141411234567890")]),
        ("]Q10109521234543213", Scheme.PLAIN, [("serial", "0109521234543213")]),
        ("]Q1(01)09521234543213(21)A", Scheme.GS1, [("01", "09521234543213"), ("21", "A")]),
        ("]d13074257BF7194E4000001A85", Scheme.EPC_BINARY, [("01", "80614141123458"), ("21", "6789")]),
        ("[)>\x1e06\x1d1PABC-1\x1dS77\x1e\x04", Scheme.ISO_15434, [("1P", "ABC-1"), ("S", "77")]),
        ("]d1[)>\x1e06\x1d1PABC-1\x1dS77\x1e\x04", Scheme.ISO_15434, [("1P", "ABC-1"), ("S", "77")]),
        # What FNC1 is in a symbol, or the key of GS without Ctrl, in place of the separator.
        ("è0109521234543213" + "10Lè21A", Scheme.GS1, [("01", "09521234543213"), ("10", "L"), ("21", "A")]),
        ("]0109521234543213" + "10L]21A", Scheme.GS1, [("01", "09521234543213"), ("10", "L"), ("21", "A")]),
        ("]d20109521234543213" + "10L]21A", Scheme.GS1, [("01", "09521234543213"), ("10", "L"), ("21", "A")]),
        ("SN-12345", Scheme.PLAIN, [("serial", "SN-12345")]),
        ("]C0SN-12345", Scheme.PLAIN, [("serial", "SN-12345")]),
        ("סדרה-1", Scheme.PLAIN, [("serial", "סדרה-1")]),
        # Digits that could be elements without a key are a number: 11 is also a production date.
        ("11260101", Scheme.PLAIN, [("serial", "11260101")]),
        ("2112345", Scheme.PLAIN, [("serial", "2112345")]),
    ],
)
def test_a_scan_is_read_by_the_scheme_it_shows(scan, scheme, elements):
    reading = read(scan)
    assert reading.faults == ()
    assert reading.scheme is scheme
    assert [(one.id, one.value) for one in reading.elements] == elements


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        ("", "empty"),
        (" \r\n", "empty"),
        ("]d2", "empty"),
        ("0109521234543214", "check-digit"),
        ("]E04006381333930", "check-digit"),
        ("]E040063813339", "length"),
        ("]d2SN-12345", "unknown-ai"),
        ("https://example.com/pump/7", "no-primary-key"),
        ("]d10109521234543213\x1d21A", "separator-in-plain-text"),
        ("]E340063813339311", "length"),
        ("0x3074257BF7194E4000001A850", "bit-count"),
        ("SN\x1d12345", "unknown-ai"),
        ("SN\x1e12345", "separator-in-plain-text"),
        ("SN\x0712345", "control-character"),
        ("SN\ufffd12345", "undecodable"),
        ("S" * 201, "too-long"),
        ("S" * (SCAN_MAX + 1), "too-long"),
        ("FF74257BF7194E4000001A85", "unknown-header"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_taken_for_something_else(scan, code):
    assert code in [fault.code for fault in read(scan).faults]


@pytest.mark.parametrize("ending", ["\r", "\n", "\r\n", "\t"])
def test_what_a_scanner_appends_is_no_part_of_the_scan(ending):
    assert read("(01)09521234543213" + ending).elements == (GTIN,)


@pytest.mark.parametrize("ending", ["", "\r\n", "\t", " "])
def test_a_blank_may_be_the_check_character_of_a_health_industry_bar_code(ending):
    reading = read("+A123BJCMD6E79++$$52001510X3+ " + ending)
    assert reading.faults == ()
    assert [one.value for one in reading.elements] == ["A123", "BJCMD6E7", "9", "2020-01-15", "10X3"]
    assert read("+A123BJC5D6E71G" + ending).is_valid
    assert read("+A123BJC5D6E71H " + ending).faults[0].code == "check-character"


def test_every_scan_of_one_unit_leads_to_one_link_and_code():
    scans = [
        "(01)80614141123458(21)6789",
        "]d20180614141123458216789",
        "https://brand.example/some/path/01/80614141123458/21/6789",
        "urn:epc:id:sgtin:0614141.812345.6789",
        "urn:epc:tag:sgtin-96:3.0614141.812345.6789",
        "3074257BF7194E4000001A85",
    ]
    readings = [read(scan, company_prefix_length=7) for scan in scans]
    assert {reading.digital_link for reading in readings} == {"https://id.gs1.org/01/80614141123458/21/6789"}
    assert {reading.epc for reading in readings} == {"urn:epc:id:sgtin:0614141.812345.6789"}


def test_without_the_length_of_the_company_prefix_no_code_is_guessed():
    assert read("(01)80614141123458(21)6789").epc is None


@given(st.text())
def test_no_text_raises(text):
    reading = read(text, company_prefix_length=7)
    assert reading.is_valid or reading.faults


STARTS = ["[)>", "]d2", "]C1", "]E0", "+", "=", "&", "(01)", "01", "00", "urn:epc:", "https://", "\x1d", "30", "8004"]


@given(st.sampled_from(STARTS), st.text(alphabet="0123456789ABCDEF\x1d\x1e\x04()/:.+=&%{}GSR", max_size=80))
def test_no_text_that_begins_like_a_scan_raises(start, rest):
    read(start + rest, company_prefix_length=7)
