import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.mh10.data_identifiers import SCAN_MAX
from asbuilt.core.identifiers.mh10.envelopes import read_envelope
from asbuilt.core.identifiers.reading import Element, Fault, Reading, Scheme

CONTROLS = {"~R": "\x1e", "~G": "\x1d", "~E": "\x04", "~F": "\x1c", "~U": "\x1f"}


def scanned(text):
    """~R, ~G, ~E stand for RS, GS, EOT."""
    return re.sub("~[RGEFU]", lambda found: CONTROLS[found[0]], text)


def gs1(text):
    """As much of GS1 as these tests need: a GTIN and serial number or expiry date."""
    found = re.fullmatch(r"01([0-9]{14})\x1d?(?:(17)([0-9]{6})|(21)([!-~]{1,20}))?", text)
    if found is None:
        return Reading(scheme=Scheme.GS1, faults=(Fault("gs1-fault", "scan again"),))
    extra = [Element(found[n], found[n + 1]) for n in (2, 4) if found[n]]
    return Reading(scheme=Scheme.GS1, elements=(Element("01", found[1]), *extra), epc="urn:epc:id:sgtin:test")


def read(text):
    reading = read_envelope(scanned(text), gs1=gs1)
    assert reading.scheme is Scheme.ISO_15434
    return reading


def told(text):
    reading = read(text)
    assert reading.faults == ()
    return [(element.id, element.value) for element in reading.elements]


def codes(text):
    return [fault.code for fault in read(text).faults]


READ = [
    ("[)>~R06~G25SUN194532636786950~R~E", [("25S", "UN194532636786950")]),
    ("]d1[)>~R06~G25SUN194532636786950~R~E", [("25S", "UN194532636786950")]),
    ("]Q1[)>~R06~G18S1D381786950~R~E\r\n", [("18S", "1D381786950")]),
    ("[)>~R06~G17V1D381~G1P4202435-01~GS786950~R~E", [("17V", "1D381"), ("1P", "4202435-01"), ("S", "786950")]),
    (
        "[)>~R06~GP596-777A1-ND~G1PXAF4444~GQ3~G10D1452~G1TBF1103~G4LUS~R~E",
        [("P", "596-777A1-ND"), ("1P", "XAF4444"), ("Q", "3"), ("10D", "1452"), ("1T", "BF1103"), ("4L", "US")],
    ),
    ("[)>~R12~GMFR 0CVA5~GSER 786950~R~E", [("MFR", "0CVA5"), ("SER", "786950")]),
    ("[)>~R12~GCAG 0CVA5~GPNO 12-A~GSEQ 1 B~R~E", [("CAG", "0CVA5"), ("PNO", "12-A"), ("SEQ", "1 B")]),
    ("[)>~RDD~GMFR 0CVA5~GSER 786950~R~E", [("MFR", "0CVA5"), ("SER", "786950")]),
    ("[)>~R05~G0104012345678901~G21ABC~R~E", [("01", "04012345678901"), ("21", "ABC")]),
    ("[)>~R05~G0104012345678901~R06~GS1~R12~GSER 2~R~E", [("01", "04012345678901"), ("S", "1"), ("SER", "2")]),
    ("[)>~R06~GS1~R06~GS2~R~E", [("S", "1"), ("S", "2")]),
]

REFUSED = [
    ("", "header-missing"),
    ("S123", "header-missing"),
    (" [)>~R06~GS1~R~E", "header-missing"),
    ("[)>", "separators-lost"),
    ("[)>06~GS1~R~E", "header-malformed"),
    ("[)>~G06~GS1~R~E", "header-malformed"),
    ("[)>~R06~GS1", "trailer-missing"),
    ("[)>~R06~GS1~R", "trailer-missing"),
    ("[)>~R06~GS1~E", "trailer-missing"),
    ("[)>~R06~GS1~G~E", "trailer-missing"),
    ("[)>~R~E", "trailer-missing"),
    ("[)>~R06~GS1~R~EX", "data-after-end"),
    ("[)>~R06~GS1~R~E[)>~R06~GS2~R~E", "data-after-end"),
    ("[)>~R06~GS1~R~R~E", "empty-envelope"),
    ("[)>~R~R~E", "empty-envelope"),
    ("[)>~R06~R~E", "format-header-malformed"),
    ("[)>~R06~G~R~E", "empty-element"),
    ("[)>~R06~GS1~G~R~E", "empty-element"),
    ("[)>~R06~G~GS1~R~E", "empty-element"),
    ("[)>~R05~G0104012345678901~G~G21A~R~E", "empty-element"),
    ("[)>~R06S1~R~E", "format-header-malformed"),
    ("[)>~R06~FS1~R~E", "format-header-malformed"),
    ("[)>~R06~GS1~F1PA~R~E", "wrong-separator"),
    ("[)>~R13~GS1~R~E", "unknown-format"),
    ("[)>~R6~GS1~R~E", "unknown-format"),
    ("[)>~R99~GS1~R~E", "unknown-format"),
    ("[)>~R\u0660\u0666~GS1~R~E", "unknown-format"),
    ("[)>~R01~G96123~R~E", "unsupported-format"),
    ("[)>~R07FREE~R~E", "unsupported-format"),
    ("[)>~R06~GX1~R~E", "unknown-data-identifier"),
    ("[)>~R06~G12345~R~E", "unknown-data-identifier"),
    ("[)>~R06~GS~R~E", "invalid-value"),
    ("[)>~R06~G4LUSA~R~E", "invalid-value"),
    ("[)>~R06~G14D20240230~R~E", "invalid-value"),
    ("[)>~R12~GSER786950~R~E", "text-element-malformed"),
    ("[)>~R12~GSER ~R~E", "text-element-malformed"),
    ("[)>~R12~GSE 1~R~E", "text-element-malformed"),
    ("[)>~R12~Gser 1~R~E", "text-element-malformed"),
    ("[)>~R05~G99X~R~E", "gs1-fault"),
]


@pytest.mark.parametrize(("text", "elements"), READ)
def test_messages_are_read(text, elements):
    assert told(text) == elements


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_messages_are_refused(text, code):
    assert codes(text) == [code]


def test_the_elements_that_are_right_are_shown_beside_those_that_are_not():
    reading = read("[)>~R06~GS1~G4LUSA~GX1~R~E")
    assert reading.elements == (Element("S", "1"),)
    assert [fault.code for fault in reading.faults] == ["invalid-value", "unknown-data-identifier"]


def test_the_epc_of_a_gs1_envelope_stays_where_it_is_the_only_one():
    assert read("[)>~R05~G0104012345678901~R~E").epc == "urn:epc:id:sgtin:test"
    assert read("[)>~R05~G0104012345678901~R06~GS1~R~E").epc is None


def test_no_message_is_that_long():
    for text in ("[)>\x1e06\x1dS" + "1" * SCAN_MAX, "\ud800" * 1_000_000):
        reading = read_envelope(text, gs1=gs1)
        assert [fault.code for fault in reading.faults] == ["too-long"]
        assert reading.elements == ()


values = st.from_regex(r"[0-9A-Z]([0-9A-Za-z ./+#-]{0,20}[0-9A-Z])?", fullmatch=True)
messages = st.lists(
    st.lists(st.builds(Element, st.sampled_from(["S", "1P", "P", "1T", "Q", "9D", "30P"]), values), min_size=1),
    min_size=1,
)


def written(message):
    envelopes = ["06\x1d" + "\x1d".join(f"{element.id}{element.value}" for element in envelope) for envelope in message]
    return "[)>\x1e" + "\x1e".join(envelopes) + "\x1e\x04"


@given(messages)
def test_what_is_written_is_read(message):
    reading = read_envelope(written(message), gs1=gs1)
    assert reading.faults == ()
    assert reading.elements == tuple(element for envelope in message for element in envelope)


@given(messages, st.data())
def test_a_message_cut_off_is_refused(message, data):
    text = written(message)
    assert not read_envelope(text[: data.draw(st.integers(0, len(text) - 1))], gs1=gs1).is_valid


@given(st.text() | st.text("[)>\x1e\x1d\x04061205SP1 {}^]DRGEOT<").map(lambda text: f"[)>{text}"))
def test_any_text_has_an_answer(text):
    reading = read_envelope(text, gs1=gs1)
    assert reading.elements or reading.faults
