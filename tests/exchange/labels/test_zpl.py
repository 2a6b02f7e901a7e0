"""ZPL: the same symbols, and no data that becomes a command. Commands after the ZPL II Programming Guide."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.exchange.labels.content import Marking
from asbuilt.exchange.labels.layout import layout_of
from asbuilt.exchange.labels.problems import LabelProblem
from asbuilt.exchange.labels.template import TEMPLATES, template_named
from asbuilt.exchange.labels.zpl import Dpi, code_128, field_data, zpl_of
from tests.exchange.labels.looking import zpl_symbols
from tests.exchange.labels.things import CHINESE, GTIN, PUMP, SSCC, UDI_PUMP

UNIT = template_named("unit")
HOSTILE = r"^XZ~JR\^FS^XA_1>8%"
COMMAND = re.compile(r"[\^~][A-Z]")


def made(template=UNIT, facts=UDI_PUMP, dpi=Dpi.DPI_203, **how) -> str:
    return zpl_of(layout_of(template, facts, Marking(), dots_per_mm=dpi.dots_per_mm), dpi, **how)


def field_datas(zpl: str) -> list[str]:
    """What a printer takes as field data, `^FH` undone."""
    raw = re.findall(r"\^FH\\\^FD([^\^~]*)\^FS", zpl)
    return [
        re.sub(r"(?:\\[0-9A-F]{2})+", lambda found: bytes.fromhex(found[0].replace("\\", "")).decode(), one)
        for one in raw
    ]


@pytest.mark.parametrize("dpi", Dpi)
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_drawn_symbols_scan_at_every_resolution(template, dpi):
    zpl = made(template, dpi=dpi)
    assert f"^PW{template.width * dpi.dots_per_mm:g}" in zpl
    assert f"^LL{template.height * dpi.dots_per_mm:g}" in zpl
    wanted = {"unit-link": {"]Q1"}, "order": {"]d1"}, "carton": {"]C1"}}.get(template.name, {"]d2"})
    assert zpl_symbols(zpl).keys() == wanted


def test_a_native_data_matrix_has_fnc1_first_and_between():
    zpl = made(native=True)
    assert re.search(r"\^BXN,\d+,200,,,,_,1", zpl)
    assert field_datas(zpl)[0] == f"_101{GTIN}1731013110L2619_121IPC26-000317"
    plain = field_datas(made(facts=PUMP, native=True))[0]
    assert plain == "[)>_d03006_d0291PPUMP-200_d029SIPC26-000317_d030_d004"


def test_a_native_gs1_128_begins_with_fnc1():
    zpl = made(template_named("carton"), native=True)
    assert f">;>800{SSCC}" in field_datas(zpl)
    assert f">;>802{GTIN}37>64" in field_datas(zpl)


@given(st.text("0123456789AB>/\x1d", min_size=1, max_size=30).filter(lambda text: "\x1d\x1d" not in text))
def test_native_code_128_says_what_it_was_given(text):
    said, place, data = "", 4, code_128(text)
    in_c = data.startswith(">;")
    assert data[2:4] == ">8"
    while place < len(data):
        if data[place] == ">":
            sign, place = data[place + 1], place + 2
            said += {"8": "\x1d", "0": ">"}.get(sign, "")
            in_c = {"5": True, "6": False}.get(sign, in_c)
        else:
            size = 2 if in_c else 1
            said, place = said + data[place : place + size], place + size
            assert not in_c or said[-2:].isdigit()
    assert said == text


@given(st.text())
def test_field_data_holds_no_command(text):
    assert not set(field_data(text)) & set("^~\x1b\x00\n\r")


@pytest.mark.parametrize("native", [False, True])
def test_hostile_texts_are_printed_letter_by_letter(native):
    calm, zpl = made(facts=PUMP, native=native), made(facts=replace(PUMP, description=HOSTILE), native=native)
    assert set(COMMAND.findall(zpl)) == set(COMMAND.findall(calm))
    assert zpl.count("^XA") == zpl.count("^XZ") == 1
    assert HOSTILE in field_datas(zpl)


def test_what_a_symbol_of_the_printer_would_take_for_a_command_is_escaped_or_refused():
    assert "A__1" in made(facts=replace(PUMP, serial_number="A_1"), native=True)
    for sign in "^~\\":
        with pytest.raises(LabelProblem, match="cannot be marked"):
            made(facts=replace(PUMP, serial_number=f"A{sign}1"), native=True)


def test_what_the_printer_cannot_print_is_refused():
    with pytest.raises(LabelProblem, match="print the PDF"):
        made(facts=replace(PUMP, description=CHINESE))
    with pytest.raises(LabelProblem, match="1 to 1000"):
        made(copies=0)
    assert r"M\C3\BCller ..." in made(facts=replace(PUMP, description="Müller …"))


def test_copies():
    assert "^PQ3" in made(copies=3)
