"""Separators that keyboard-mode readers, terminals and spreadsheets spell out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.gs1.application_identifiers import GS
from asbuilt.core.identifiers.gs1.elements import read_elements
from asbuilt.core.identifiers.gs1.writing import element_string
from tests.core.identifiers.gs1.gs1_values import messages

SPELLINGS = [
    "<GS>", "<gs>", "{GS}", "[GS]", "(GS)", "<FNC1>", "{FNC1}", "[FNC1]", "<0x1D>", "<1D>", "\\x1D", "\\x1d", "\\u001D", "_x001D_",
    "\\035", "\\35", "%1D", "&#29;", "&#x1D;", "ALT-029", "ALT+0029", "alt029", "^]", "␝", "|", "~", "^",
    "]", "è", "ñ", "~1", "~d029", "\\F",
]  # fmt: skip
START = "0109521234543213" + "10"
LONG = "A" * 19


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_put_back_where_nothing_else_can_be_meant(spelling):
    meant = read_elements(f"{START}{LONG}{GS}21XYZ")
    assert meant.is_valid
    assert read_elements(f"{START}{LONG}{spelling}21XYZ") == meant
    assert read_elements(f"{spelling}{START}{LONG}{spelling}21XYZ") == meant
    assert read_elements(f"]d2{START}{LONG}{spelling}21XYZ{spelling}") == meant


@pytest.mark.parametrize("spelling", ["<GS>", "%1D", "ALT-029", "(GS)", "_x001D_"])
def test_refused_where_it_may_be_part_of_the_value(spelling):
    """All its characters may stand in a lot number, and the lot number is not too long."""
    reading = read_elements(f"{START}ABC{spelling}21XYZ")
    assert [fault.code for fault in reading.faults] == ["ambiguous-separator"]
    assert spelling.upper() in reading.faults[0].message.upper()
    assert reading.elements == ()


def test_part_of_the_value_where_no_element_follows():
    reading = read_elements(f"{START}ABC<GS>")
    assert [fault.code for fault in reading.faults] == ["ambiguous-separator"]  # or a separator at the end
    reading = read_elements(f"{START}A%1DB")
    assert reading.is_valid
    assert reading.elements[1].value == "A%1DB"


def test_part_of_the_value_where_real_separators_came():
    reading = read_elements(f"{START}ABC<GS>{GS}21XYZ")
    assert reading.is_valid
    assert reading.elements[1].value == "ABC<GS>"
    assert not read_elements(f"{START}ABC|99X{GS}21XYZ").is_valid


def test_refused_and_named_where_it_helps_nothing():
    reading = read_elements(f"{START}ABC|21X YZ")
    assert [fault.code for fault in reading.faults] == ["mangled-separator", "invalid-character"]
    assert "'|'" in reading.faults[0].message
    assert not read_elements("0109521234543214|21A").is_valid


def test_refused_where_a_spelling_begins_with_another():
    """`~1` and a lot number, or `~` and a production date."""
    reading = read_elements("0109521234543213" + "21SER" + "~1" + "10L-7")
    assert [(one.id, one.value) for one in reading.elements] == [("01", "09521234543213"), ("21", "SER"), ("10", "L-7")]
    reading = read_elements("0109521234543213" + "21SER" + "~" + "11021012")
    assert [fault.code for fault in reading.faults] == ["ambiguous-separator"]


def test_the_next_scan_is_no_part_of_this_one():
    assert not read_elements(f"{START}ABC]d2{START}ABC").is_valid


def test_refused_where_two_spellings_disagree():
    reading = read_elements(f"{START}{LONG}<GS>21A%1D99B")
    assert [fault.code for fault in reading.faults] == ["ambiguous-separator"]
    assert read_elements(f"{START}ABC|21X~99Y").faults[0].code == "mangled-separator"


@given(elements=messages(), spelling=st.sampled_from(SPELLINGS))
def test_never_read_as_something_else(elements, spelling):
    """However the separators are spelled, what comes back is what was meant, or a fault."""
    text = element_string(elements)
    reading = read_elements(text.replace(GS, spelling))
    if GS in text and reading.is_valid:
        assert reading == read_elements(text)
