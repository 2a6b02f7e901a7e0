"""Every symbology holds every content, and says so by its symbology identifier."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.reading import Element
from asbuilt.core.identifiers.scan import read
from asbuilt.exchange.labels.content import Form, Marking, What, content_of
from asbuilt.exchange.labels.problems import LabelProblem
from asbuilt.exchange.labels.symbols import Content, Symbol, Symbology, checked, symbol_of
from tests.exchange.labels.things import GTIN, PUMP, SSCC, UDI_PUMP

GS1_IDENTIFIERS = {Symbology.DATA_MATRIX: "]d2", Symbology.QR_CODE: "]Q3", Symbology.CODE_128: "]C1"}
PLAIN_IDENTIFIERS = {Symbology.DATA_MATRIX: "]d1", Symbology.QR_CODE: "]Q1", Symbology.CODE_128: "]C0"}
CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


def unit_content(form: Form, facts=UDI_PUMP, **marking) -> Content:
    return content_of(What.UNIT, form, facts, Marking(**marking))


@pytest.mark.parametrize("symbology", Symbology)
def test_gs1_symbols_have_fnc1_first_and_gs_between(symbology):
    content = unit_content(Form.GS1)
    symbol = symbol_of(content, symbology)
    assert symbol.identifier == GS1_IDENTIFIERS[symbology]
    assert content.text == f"01{GTIN}1731013110L2619\x1d21IPC26-000317"
    reading = read(symbol.identifier + content.text)
    assert [(one.id, one.value) for one in reading.elements] == [
        ("01", GTIN),
        ("17", "310131"),
        ("10", "L2619"),
        ("21", "IPC26-000317"),
    ]


@pytest.mark.parametrize("symbology", Symbology)
@pytest.mark.parametrize("form", [Form.DIGITAL_LINK, Form.ISO_15434])
def test_other_symbols_have_no_fnc1(symbology, form):
    symbol = symbol_of(unit_content(form, stem="https://id.acme.example"), symbology)
    assert symbol.identifier == PLAIN_IDENTIFIERS[symbology]


def test_a_digital_link_begins_with_the_stem_of_the_plant():
    content = unit_content(Form.DIGITAL_LINK, stem="https://id.acme.example/p/")
    assert content.text == f"https://id.acme.example/p/01/{GTIN}/10/L2619/21/IPC26-000317?17=310131"
    assert read(content.text).is_valid


def test_without_a_gtin_the_part_and_serial_number_are_marked_by_iso_15434():
    content = unit_content(Form.AUTO, PUMP)
    assert content.text == "[)>\x1e06\x1d1PPUMP-200\x1dSIPC26-000317\x1e\x04"
    assert [(one.id, one.value) for one in read(content.text).elements] == [("1P", "PUMP-200"), ("S", "IPC26-000317")]
    issued = unit_content(Form.AUTO, PUMP, enterprise=Element("17V", "1ABC2"))
    assert issued.text.startswith("[)>\x1e06\x1d17V1ABC2\x1d1P")


def test_a_carton_is_marked_by_its_sscc_and_says_what_is_in_it():
    assert content_of(What.CARTON, Form.GS1, UDI_PUMP, Marking()).text == f"00{SSCC}"
    assert content_of(What.CARTON_CONTENT, Form.GS1, UDI_PUMP, Marking()).text == f"02{GTIN}374"
    assert content_of(What.CARTON_CONTENT, Form.GS1, PUMP, Marking()) is None


@pytest.mark.parametrize(
    ("facts", "form", "said"),
    [
        (replace(UDI_PUMP, serial_number="X" * 50), Form.AUTO, "--content iso15434"),
        (replace(UDI_PUMP, gtin="09521234543214"), Form.AUTO, "check digit"),
        (PUMP, Form.GS1, "assign an alias of scheme gtin or udi"),
        (PUMP, Form.DIGITAL_LINK, "assign an alias of scheme gtin or udi"),
        (replace(PUMP, serial_number="水-1"), Form.AUTO, "cannot be marked as S"),
        (replace(PUMP, part_number="A\x1dSX"), Form.AUTO, "cannot be marked as 1P"),
    ],
)
def test_what_no_symbol_can_say_is_refused_with_what_to_do(facts, form, said):
    with pytest.raises(LabelProblem, match=said):
        unit_content(form, facts)


@given(serial=st.text(CSET_82, min_size=1, max_size=20), lot=st.text(CSET_82, min_size=1, max_size=20))
def test_every_character_of_gs1_comes_through(serial, lot):
    facts = replace(UDI_PUMP, serial_number=serial, gs1_lot=lot)
    symbol = symbol_of(unit_content(Form.GS1, facts), Symbology.DATA_MATRIX)
    assert symbol.identifier == "]d2"
    assert {one.id: one.value for one in symbol.content.elements} == {
        "01": GTIN,
        "17": "310131",
        "10": lot,
        "21": serial,
    }


def test_negative_control_a_symbol_that_says_something_else_is_not_given():
    """The check must fail where a symbol says something else, or says it without FNC1."""
    good = symbol_of(unit_content(Form.GS1), Symbology.DATA_MATRIX)
    other = symbol_of(unit_content(Form.GS1, replace(UDI_PUMP, serial_number="IPC26-000318")), Symbology.DATA_MATRIX)
    without_fnc1 = symbol_of(Content(text=good.content.text), Symbology.DATA_MATRIX)
    blank = tuple(tuple(False for _ in row) for row in good.rows)
    for rows in (other.rows, without_fnc1.rows, blank):
        with pytest.raises(LabelProblem, match="nothing is printed"):
            checked(Symbol(symbology=good.symbology, content=good.content, rows=rows, identifier=""))


def test_a_symbol_has_a_content_and_not_too_much():
    for text in ("", "A" * 801):
        with pytest.raises(LabelProblem, match="1 to 800"):
            symbol_of(Content(text=text), Symbology.QR_CODE)
    with pytest.raises(LabelProblem, match="cannot be drawn"):
        symbol_of(Content(text="水"), Symbology.CODE_128)
