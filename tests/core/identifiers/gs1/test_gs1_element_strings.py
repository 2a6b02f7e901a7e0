"""Element strings as a reader transmits them and as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.gs1.application_identifiers import AIS, GS
from asbuilt.core.identifiers.gs1.elements import INPUT_MAX, read_bracketed, read_elements
from asbuilt.core.identifiers.reading import Scheme
from tests.core.identifiers.gs1.gs1_values import ALPHABETS, FORMATS, values_of

GTIN = "09521234543213"


def ids(reading):
    return [(element.id, element.value) for element in reading.elements]


def codes(reading):
    return [fault.code for fault in reading.faults]


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("0109521234543213", [("01", GTIN)]),
        ("010952123454321310ABC123" + GS + "21XYZ", [("01", GTIN), ("10", "ABC123"), ("21", "XYZ")]),
        ("0109521234543213" + GS + "1726123110ABC", [("01", GTIN), ("17", "261231"), ("10", "ABC")]),
        (GS + "0109521234543213" + GS, [("01", GTIN)]),
        ("00106141412345678908", [("00", "106141412345678908")]),
        ("00106141412345678908" + "02" + GTIN + "3724", [("00", "106141412345678908"), ("02", GTIN), ("37", "24")]),
        ("0195012345678903" + "3103000123", [("01", "95012345678903"), ("3103", "000123")]),
        ("8006095212345432130102", [("8006", "095212345432130102")]),
        ("0109521234543213" + "30" + "12" + GS + "392312345", [("01", GTIN), ("30", "12"), ("3923", "12345")]),
        ("800300614141000036ABC", [("8003", "00614141000036ABC")]),
        ("80131987654Ad4X4bL5ttr2310c2K", [("8013", "1987654Ad4X4bL5ttr2310c2K")]),
        ("4149521234567899" + "25432a/b", [("414", "9521234567899"), ("254", "32a/b")]),
        ("0109521234543213" + "10A" + GS + "0109521234543213", [("01", GTIN), ("10", "A"), ("01", GTIN)]),  # read twice
        ("90anything" + GS + "99else", [("90", "anything"), ("99", "else")]),
        (
            "010952123454321310" + "A" * 18 + "21",
            [("01", GTIN), ("10", "A" * 18 + "21")],
        ),  # no separator came: one value
        ("010952123454321321<GS", [("01", GTIN), ("21", "<GS")]),
        ("8010952123#A-1/" + GS + "801112", [("8010", "952123#A-1/"), ("8011", "12")]),
    ],
)
@pytest.mark.parametrize("symbology", ["", "]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"])
def test_element_strings(text, elements, symbology):
    reading = read_elements(symbology + text)
    assert codes(reading) == []
    assert reading.scheme is Scheme.GS1
    assert ids(reading) == elements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["nothing-read"]),
        (GS, ["nothing-read"]),
        ("]C1", ["nothing-read"]),
        ("]Q1https://id.gs1.org/01/09521234543213", ["not-gs1-symbology"]),
        ("]E09521234543213", ["not-gs1-symbology"]),
        ("]d10109521234543213", ["not-gs1-symbology"]),
        ("01", ["value-empty"]),
        ("0109521234543213" + "10", ["value-empty"]),
        ("0109521234543213" + "10" + GS + "21A", ["value-empty"]),
        ("010952123454321", ["value-too-short"]),
        ("01095212345" + GS + "10A", ["value-too-short"]),
        ("0109521234543214", ["check-digit"]),
        ("010952123454321A", ["invalid-character"]),
        ("01\uff109521234543213", ["invalid-character"]),
        ("0109521234543213" + "17261331", ["date"]),
        ("0109521234543213" + "17260229", ["date"]),
        ("0109521234543213" + "10AB C", ["invalid-character"]),
        ("0109521234543213" + "10ABÇ", ["invalid-character"]),
        ("0109521234543213" + "10AB#C", ["invalid-character"]),
        ("0109521234543213" + "10" + "A" * 21, ["value-too-long"]),
        ("0109521234543213" + "10" + "A" * 20 + "21XYZ", ["separator-missing"]),
        ("0109521234543213" + "421276" + "1234567890" + "10ABC", ["separator-missing"]),
        ("0109521234543213" + "7001" + "1234567890123" + "10ABC", ["separator-missing"]),
        ("0109521234543213" + GS + GS + "21A", ["stray-separator"]),
        (GS + GS + "0109521234543213", ["stray-separator"]),
        ("0109521234543213" + "14261231", ["unknown-ai"]),
        ("04" + "1" * 16, ["unknown-ai"]),
        ("hello", ["unknown-ai"]),
        ("\u0660\u066109521234543213", ["unknown-ai"]),
        ("0109521234543213\r", ["unknown-ai"]),
        ("0109521234543213" + "10A" + GS + "10B", ["repeated-ai"]),
        ("10ABC", ["ai-required"]),
        ("0109521234543213" + "3724", ["ai-not-allowed", "ai-required"]),
        ("0109521234543214" + "17261331" + "10A B", ["check-digit", "date", "invalid-character"]),
        ("3109521234543213", ["unknown-ai"]),
        ("0109521234543213" + "423" + "2761", ["value-too-short"]),
        ("0109521234543213" + "8008" + "261231125", ["value-too-short"]),
        ("1" * (INPUT_MAX + 1), ["input-too-long"]),
    ],
)
def test_what_is_refused(text, expected):
    reading = read_elements(text)
    assert codes(reading) == expected
    assert reading.digital_link is None


def test_reading_goes_on_behind_the_next_separator():
    reading = read_elements("0109521234543213" + "88who knows" + GS + "17261331")
    assert codes(reading) == ["unknown-ai", "date"]
    assert ids(reading) == [("01", GTIN), ("17", "261331")]


@pytest.mark.parametrize("ai", FORMATS)
@given(data=st.data())
def test_every_format(ai, data):
    """What the table allows is accepted; shorter, longer or with a strange character it is not."""
    value = data.draw(values_of(ai))
    rule = AIS[ai]
    assert rule.accepts(value)
    assert rule.faults_of(value) == []
    longer = value + "0" * (rule.maximum - len(value) + 1)
    for wrong in ("", value[: rule.minimum - 1], longer, " " + value[1:], value[:-1] + "\x7f"):
        assert not rule.accepts(wrong)
        assert rule.faults_of(wrong)
    kinds = "".join(ALPHABETS[part.kind] for part in rule.components)
    anything = data.draw(st.text(kinds, max_size=rule.maximum + 1))
    assert rule.accepts(anything) == (rule.faults_of(anything) == [])


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("(01)09521234543213(21)ABC", [("01", GTIN), ("21", "ABC")]),
        ("(01)09521234543213(10)A\\(21)B", [("01", GTIN), ("10", "A(21)B")]),
        ("(01)09521234543213(10)A(B)C", [("01", GTIN), ("10", "A(B)C")]),
        ("(01)09521234543213(10)A\\(B\\)C)", [("01", GTIN), ("10", "A(B)C)")]),
        ("(01)09521234543213(10)(", [("01", GTIN), ("10", "(")]),
        ("(8006)095212345432130102(21)1", [("8006", "095212345432130102"), ("21", "1")]),
    ],
)
def test_bracketed(text, elements):
    reading = read_bracketed(text)
    assert codes(reading) == []
    assert ids(reading) == elements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["brackets"]),
        ("0109521234543213", ["brackets"]),
        (" (01)09521234543213", ["brackets"]),
        ("x(01)09521234543213", ["brackets"]),
        ("\\(01)09521234543213", ["brackets"]),
        ("(01)09521234543213(10)", ["value-empty"]),
        ("(01)9521234543213", ["value-too-short"]),
        ("(01)095212345432130", ["value-too-long"]),
        ("(01)09521234543214", ["check-digit"]),
        ("(01)09521234543213 (10)A", ["value-too-long"]),
        ("(01)09521234543213(1)A", ["unknown-ai"]),
        ("(01)09521234543213(10)A(123)B", ["unknown-ai"]),
        ("(01)09521234543213(9999)A", ["unknown-ai"]),
        ("(10)A", ["ai-required"]),
        ("(01)09521234543213(10)A" + GS + "(21)B", ["invalid-character"]),
        ("(01)09521234543213(10)A\\B", ["invalid-character"]),
        ("(01)" * INPUT_MAX, ["input-too-long"]),
    ],
)
def test_what_is_refused_in_brackets(text, expected):
    reading = read_bracketed(text)
    assert codes(reading) == expected
    assert reading.digital_link is None


def test_a_fault_tells_what_was_read_in_plain_characters():
    (fault,) = read_bracketed("(01)09521234543213(21)\ud800é").faults
    assert fault.message.isascii()
    assert "\\ud800" in fault.message
