import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.mh10.data_identifiers import read_data_identifier
from asbuilt.core.identifiers.reading import Element, Scheme


@pytest.mark.parametrize(
    ("text", "id_", "value"),
    [
        ("S12345", "S", "12345"),
        ("1PABC-1", "1P", "ABC-1"),
        ("]A0S12345", "S", "12345"),
        ("]C01PABC\r\n", "1P", "ABC"),
        ("]d125SUN194532636786950", "25S", "UN194532636786950"),
        ("17V1D381", "17V", "1D381"),
    ],
)
def test_linear_labels_are_read(text, id_, value):
    reading = read_data_identifier(text)
    assert reading.scheme is Scheme.MH10
    assert reading.is_valid
    assert reading.elements == (Element(id_, value),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "S",
        "12345",
        "s12345",
        "X12345",
        "4LUSA",
        "]C10101",
        "]E01P123",
        "]d2S123",
        "S\x1d1",
        "A" * 20,
        "\ud800",
        "\0",
    ],
)
def test_what_cannot_be_one_is_left_to_others(text):
    assert read_data_identifier(text) is None


def test_no_label_is_that_long():
    assert [fault.code for fault in read_data_identifier("S" * 8193).faults] == ["too-long"]


@given(st.text())
def test_any_text_has_an_answer(text):
    reading = read_data_identifier(text)
    assert reading is None or reading.is_valid


@given(st.from_regex(r"[0-9A-Za-z]([0-9A-Za-z ./+#-]{0,30}[0-9A-Z])", fullmatch=True))
def test_a_serial_number_comes_back_as_marked(serial):
    assert read_data_identifier(f"S{serial}").elements == (Element("S", serial),)
