"""What scanners that pose as keyboards make of an envelope."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.mh10.envelopes import read_envelope
from asbuilt.core.identifiers.reading import Element, Fault, Reading, Scheme

SPELLINGS = [
    ("{RS}", "{GS}", "{EOT}"),
    ("{rs}", "{gs}", "{eot}"),
    ("<RS>", "<GS>", "<EOT>"),
    ("<Rs>", "<Gs>", "<Eot>"),
    ("[RS]", "[GS]", "[EOT]"),
    ("(RS)", "(GS)", "(EOT)"),
    ("^^", "^]", "^D"),
    ("\u241e", "\u241d", "\u2404"),
    ("\u25b2", "\u2194", "\u2666"),
    ("\\x1e", "\\x1d", "\\x04"),
    ("\\x1E", "\\x1D", "\\x04"),
    ("\\u001e", "\\u001d", "\\u0004"),
    ("\\036", "\\035", "\\004"),
    ("<0x1E>", "<0x1D>", "<0x04>"),
    ("%1E", "%1D", "%04"),
    ("&#30;", "&#29;", "&#4;"),
]
PREDEFINED = Reading(scheme=Scheme.GS1, elements=(Element("01", "04012345678901"), Element("17", "241231")))
VARIABLE = Reading(scheme=Scheme.GS1, elements=(Element("01", "04012345678901"), Element("21", "ABC")))
REFUSED = Reading(scheme=Scheme.GS1, faults=(Fault("gs1-fault", "scan again"),))


def gs1(text):
    return {"010401234567890117241231": PREDEFINED, "010401234567890121ABC": VARIABLE}.get(text, REFUSED)


def read(text):
    return read_envelope(text, gs1=gs1)


def codes(text):
    reading = read(text)
    assert reading.elements == ()
    return [fault.code for fault in reading.faults]


@pytest.mark.parametrize(("rs", "gs", "eot"), SPELLINGS)
def test_spelled_separators_are_understood(rs, gs, eot):
    reading = read(f"[)>{rs}06{gs}17V1D381{gs}1P4202435-01{gs}S786950{rs}{eot}")
    assert reading.faults == ()
    assert reading.elements == (Element("17V", "1D381"), Element("1P", "4202435-01"), Element("S", "786950"))


@pytest.mark.parametrize(("rs", "gs", "eot"), SPELLINGS)
def test_a_spelled_message_is_judged_as_strictly(rs, gs, eot):
    assert codes(f"[)>{rs}06{gs}S1{rs}") == ["trailer-missing"]
    assert codes(f"[)>{rs}06{gs}S1{eot}") == ["trailer-missing"]
    assert codes(f"[)>{rs}06{gs}{gs}S1{rs}{eot}") == ["empty-element"]
    assert codes(f"[)>{rs}06{gs}S1{rs}{eot}S2") == ["data-after-end"]


@pytest.mark.parametrize(
    "text",
    [
        "[)>{RS}06\x1dS1\x1e\x04",
        "[)>\x1e06\x1dS1{GS}1PA\x1e\x04",
        "[)>\x1e06{GS}S1\x1e\x04",
        "[)>{RS}06<GS>S1{RS}{EOT}",
        "[)>{RS}06{GS}S1<GS>1PA{RS}{EOT}",
        "[)>^^06^]S1\u241d1PA^^^D",
    ],
)
def test_separators_of_two_kinds_are_not_trusted(text):
    assert codes(text) == ["separators-mixed"]


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("[)>06P1234", (Element("P", "1234"),)),
        ("]d1[)>06P1234\r", (Element("P", "1234"),)),
        ("[)>064LUS", (Element("4L", "US"),)),
        ("[)>05010401234567890117241231", PREDEFINED.elements),
    ],
)
def test_dropped_separators_are_no_loss_where_one_reading_is_possible(text, elements):
    reading = read(text)
    assert reading.faults == ()
    assert reading.elements == elements


@pytest.mark.parametrize(
    "text",
    [
        "[)>0617V1D3811P4202435-01S786950",
        "[)>0625SUN194532636786950",  # or 25SU and N194532636786950
        "[)>06S1234561PABC",
        "[)>06PABCS1",
        "[)>06P1206P12",  # or two envelopes
        "[)>06P105010401234567890117241231",
        "[)>06P105010401234567890121ABC",
        "[)>06P112SER 1",
        "[)>05010401234567890121ABC",  # or serial number A and another element
        "[)>12MFR 0CVA5SER 786950",
        "[)>12SER 1",
        "[)>06",
        "[)>0612345",
        "[)>06X1",
        "[)> 06 S1 ",
        "[)>06P" + "1" * 200,
        "[)>13S1",
        "[)>RS06GSS1RSEOT",
    ],
)
def test_dropped_separators_are_refused_where_several_readings_are(text):
    assert codes(text) == ["separators-lost"]


def test_hostile_bodies_are_answered_at_once():
    started = time.perf_counter()
    for body in ("S" * 126, "1P" * 63, "P1" * 63, "06" * 63, "0605" * 31 + "P", "34L" * 42):
        read(f"[)>06{body}")
    for text in ("{RS}" * 2000, "^^" * 4000, "\x1e06\x1d33L" + "a." * 4000 + "\x1e\x04", "\x1e06\x1dS" + "- " * 4000):
        read(f"[)>{text}")
    assert time.perf_counter() - started < 20


@given(st.text("065S1PQ14LUVX \x1d", max_size=40))
def test_what_is_read_without_separators_is_the_whole_text(body):
    reading = read(f"[)>06{body}")
    if reading.elements:
        assert "".join(f"{element.id}{element.value}" for element in reading.elements) == body
