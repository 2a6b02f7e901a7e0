"""What is written is read again; what nobody wrote is refused without a sound."""

from hypothesis import example, given
from hypothesis import strategies as st

from asbuilt.core.identifiers.gs1.application_identifiers import AIS, GS
from asbuilt.core.identifiers.gs1.digital_link import read_digital_link
from asbuilt.core.identifiers.gs1.elements import SPELLED_SEPARATOR, read_bracketed, read_elements
from asbuilt.core.identifiers.gs1.writing import bracketed, digital_link, element_string
from tests.core.identifiers.gs1.gs1_values import messages

ATTRIBUTES = sorted(ai.ai for ai in AIS.values() if ai.is_attribute)
PIECES = st.sampled_from(
    ["01", "09521234543213", "10", "21", "17", "261231", GS, "]C1", "]d2", "(", ")", "(01)", "(21)", "\\", "<GS>", "|", "~", "^]", "https://", "a/", "/01/", "?", "&", "=", "%", "%2", "+", ";", "#", "\x00", "\ud800", "\uff18", "0", "A"]
)  # fmt: skip


def sorted_pairs(elements):
    return sorted((element.id, element.value) for element in elements)


@given(messages())
def test_element_strings(elements):
    text = element_string(elements)
    reading = read_elements(text)
    if GS in text or not SPELLED_SEPARATOR.search(text):
        assert reading.faults == ()
        assert sorted_pairs(reading.elements) == sorted_pairs(elements)
        assert element_string(reading.elements) == text


@given(messages())
def test_brackets(elements):
    reading = read_bracketed(bracketed(elements))
    assert reading.faults == ()
    assert reading.elements == tuple(elements)


@given(messages(others=ATTRIBUTES))
def test_digital_links(elements):
    uri = digital_link(elements)
    if uri is None:
        return
    reading = read_digital_link(uri)
    assert reading.faults == ()
    assert sorted_pairs(reading.elements) == sorted_pairs(elements)
    assert reading.digital_link == uri
    assert read_bracketed(bracketed(elements)).digital_link == uri


@given(messages(key="01", others=["22", "10", "21", "235", "17", "11", "240", "99", "3103", "710"]))
def test_a_trade_item_always_has_a_digital_link(elements):
    uri = digital_link(elements)
    qualifiers = {element.id for element in elements}
    if not {"235", "22"} <= qualifiers:
        assert uri is not None
        assert read_digital_link(uri).is_valid


@given(messages(), st.data())
def test_no_gtin_with_a_wrong_digit_passes(elements, data):
    text = bracketed(elements)
    place = data.draw(st.integers(0, len(text) - 1))
    wrong = text[:place] + data.draw(st.sampled_from("0123456789A")) + text[place + 1 :]
    reading = read_bracketed(wrong)
    if reading.is_valid and {"01"} <= {element.id for element in reading.elements}:
        gtin = next(element.value for element in reading.elements if element.id == "01")
        assert sum(int(digit) * (3, 1)[index % 2] for index, digit in enumerate(gtin)) % 10 == 0


@given(st.text() | st.lists(PIECES, max_size=30).map("".join))
@example("\ud800")
@example("\x00" * 100)
@example("]")
@example("]C")
@example("(")
@example("https://[/01/1")
@example("0" * 1_000_000)
@example("01" * 4096)
@example(GS * 8192)
@example("(01)" * 2048)
@example("10" + "A" * 21 + GS + "10" * 4000)
@example("|" * 8192)
@example("https://a/01/" + "%" * 8000)
@example("https://a" + "/01" * 2700)
@example("https://a/01/1?" + "10=A&" * 1600)
def test_nothing_raises(text):
    for read in (read_elements, read_bracketed, read_digital_link):
        reading = read(text)
        assert reading.is_valid is (reading.faults == ())
        assert reading.elements or reading.faults
        assert reading.digital_link is None or reading.is_valid
        element_string(reading.elements)
        bracketed(reading.elements)
        digital_link(reading.elements)
