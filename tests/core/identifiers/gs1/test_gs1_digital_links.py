"""GS1 Digital Link URIs, read and written."""

import pytest

from asbuilt.core.identifiers.gs1.digital_link import read_digital_link
from asbuilt.core.identifiers.gs1.elements import INPUT_MAX, read_bracketed, read_elements
from asbuilt.core.identifiers.gs1.writing import digital_link
from asbuilt.core.identifiers.reading import Element, Scheme

GTIN = "09521234543213"
KEY = f"https://id.gs1.org/01/{GTIN}"


def codes(reading):
    return [fault.code for fault in reading.faults]


@pytest.mark.parametrize(
    ("uri", "canonical"),
    [
        (KEY, KEY),
        (f"http://example.com/01/{GTIN}", KEY),
        (f"HTTPS://EXAMPLE.COM:8443/01/{GTIN}", KEY),
        (f"HtTp://a/01/{GTIN}", KEY),
        (f"https://[2001:db8::1]/01/{GTIN}", KEY),
        (f"https://brand.example/some/path/01/{GTIN}", KEY),
        (f"https://brand.example/01/x/y/01/{GTIN}", KEY),
        (f"https://a/00/faux/01/{GTIN}", KEY),
        ("https://a/01/9521234543213", KEY),
        ("https://a/01/614141000036", "https://id.gs1.org/01/00614141000036"),
        ("https://a/01/95050003", "https://id.gs1.org/01/00000095050003"),
        (f"{KEY}/22/2A", f"{KEY}/22/2A"),
        (f"{KEY}/22/2A/10/B/21/C", f"{KEY}/22/2A/10/B/21/C"),
        (f"{KEY}/10/B", f"{KEY}/10/B"),
        (f"{KEY}/22/A/21/C", f"{KEY}/22/A/21/C"),
        (f"{KEY}/235/ABC", f"{KEY}/235/ABC"),
        (f"{KEY}/235/ABC?10=L", f"{KEY}/235/ABC?10=L"),
        (f"{KEY}/10/A%2FB%25", f"{KEY}/10/A%2FB%25"),
        (f"{KEY}/10/%41%2d%2f", f"{KEY}/10/A-%2F"),
        (f"{KEY}/10/A(B)!'*,:", f"{KEY}/10/A%28B%29%21%27%2A%2C%3A"),
        (f"{KEY}/10/A+B", f"{KEY}/10/A%2BB"),
        (f"{KEY}?17=261231", f"{KEY}?17=261231"),
        (f"{KEY}?3103=000195&17=261231", f"{KEY}?17=261231&3103=000195"),
        (f"{KEY}?17=261231&linkType=gs1:pip&x&=&&context=de", f"{KEY}?17=261231"),
        (f"{KEY}?%31%37=261231", f"{KEY}?17=261231"),
        (f"{KEY}?99=A%2BB%26C", f"{KEY}?99=A%2BB%26C"),
        (f"{KEY}?99=A=B", f"{KEY}?99=A%3DB"),
        (f"{KEY}?#17=269999", KEY),
        (f"{KEY}#/10/A", KEY),
        (f"{KEY}?a=1;b=2", KEY),
        ("https://a/00/106141412345678908", "https://id.gs1.org/00/106141412345678908"),
        (
            "https://a/00/106141412345678908?02=09521234543213&37=25",
            "https://id.gs1.org/00/106141412345678908?02=09521234543213&37=25",
        ),
        ("https://a/414/9521234567899/254/32a%2Fb", "https://id.gs1.org/414/9521234567899/254/32a%2Fb"),
        ("https://a/414/9521234567899/7040/1ABC", "https://id.gs1.org/414/9521234567899/7040/1ABC"),
        ("https://a/415/9521234567899/8020/ABC", "https://id.gs1.org/415/9521234567899/8020/ABC"),
        ("https://a/8003/00614141000036ABC", "https://id.gs1.org/8003/00614141000036ABC"),
        ("https://a/8004/9521ABC/7040/1ABC", "https://id.gs1.org/8004/9521ABC/7040/1ABC"),
        ("https://a/8006/095212345432130102/10/A/21/B", "https://id.gs1.org/8006/095212345432130102/10/A/21/B"),
        ("https://a/8010/952123%23A/8011/12", "https://id.gs1.org/8010/952123%23A/8011/12"),
        ("https://a/8013/1987654Ad4X4bL5ttr2310c2K", "https://id.gs1.org/8013/1987654Ad4X4bL5ttr2310c2K"),
        ("https://a/253/9521234567899X1", "https://id.gs1.org/253/9521234567899X1"),
        (f"]Q1{KEY}", KEY),
        (f"]d1{KEY}", KEY),
    ],
)
def test_digital_links(uri, canonical):
    reading = read_digital_link(uri)
    assert codes(reading) == []
    assert reading.scheme is Scheme.DIGITAL_LINK
    assert reading.digital_link == canonical
    assert set(read_digital_link(canonical).elements) == set(reading.elements)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("", ["not-a-web-uri"]),
        ("ftp://a/01/09521234543213", ["not-a-web-uri"]),
        ("id.gs1.org/01/09521234543213", ["not-a-web-uri"]),
        (" " + KEY, ["uri-character"]),
        (KEY + "\n", ["uri-character"]),
        (KEY + "/10/é", ["uri-character"]),
        (KEY + '/10/"', ["uri-character"]),
        ("https:///01/09521234543213", ["uri-host"]),
        ("https://a_b/01/09521234543213", ["uri-host"]),
        ("https://user@host/01/09521234543213", ["uri-host"]),
        ("https://a", ["no-primary-key"]),
        ("https://a/", ["no-primary-key"]),
        ("https://a/01", ["no-primary-key"]),
        ("https://01/09521234543213", ["no-primary-key"]),
        ("https://a/10/ABC", ["no-primary-key"]),
        ("https://a/gtin/09521234543213", ["no-primary-key"]),
        ("https://a/gtin/09521234543213/ser/A", ["no-primary-key"]),
        (KEY + "/", ["no-primary-key"]),
        (KEY + "/foo/bar", ["no-primary-key"]),
        (KEY + "/ser/A", ["no-primary-key"]),
        ("https://a/1/09521234543213", ["no-primary-key"]),
        ("https://a/products?01=09521234543213", ["no-primary-key"]),
        ("https://id.gs1.org/AQnYUc1gmqzgVG4dQx", ["compressed-digital-link"]),
        ("https://a/01/09521234543214", ["check-digit"]),
        ("https://a/01/0952123454321", ["check-digit"]),
        ("https://a/01/952123454321", ["check-digit"]),
        ("https://a/01/952123454", ["value-too-short"]),
        ("https://a/01//10/A", ["value-empty"]),
        (KEY + "/10/", ["value-empty"]),
        (KEY + "/10/A%", ["percent-encoding"]),
        (KEY + "/10/A%4", ["percent-encoding"]),
        (KEY + "/10/A%GG", ["percent-encoding"]),
        (KEY + "/10/A%00", ["invalid-character"]),
        (KEY + "/10/A%20B", ["invalid-character"]),
        (KEY + "/10/%C3%A9", ["invalid-character"]),
        (KEY + "/10/" + "A" * 21, ["value-too-long"]),
        (KEY + "/21/A/10/B", ["qualifier-order"]),
        (KEY + "/10/B/22/A", ["qualifier-order"]),
        (KEY + "/10/A/10/A", ["qualifier-order"]),
        (KEY + "/10/A/10/B", ["qualifier-order", "repeated-ai"]),
        (KEY + "/22/A/10/B/235/C", ["qualifier-not-allowed"]),
        (KEY + "/17/261231", ["qualifier-not-allowed"]),
        ("https://a/00/106141412345678908/10/A", ["qualifier-not-allowed", "ai-required"]),
        ("https://a/414/9521234567899/254/A/7040/1ABC", ["qualifier-not-allowed"]),
        (
            "https://a/8018/952123456789012345/8017/952123456789012345?8018=952123456789012345",
            ["ai-not-allowed"],
        ),
        (KEY + "?10=A", ["attribute-belongs-in-path"]),
        (KEY + "?21=A", ["attribute-belongs-in-path"]),
        (KEY + "/21/A?10=B", ["attribute-belongs-in-path"]),
        (KEY + "/10/A?21=B", ["attribute-belongs-in-path"]),
        (KEY + "?235=B", ["attribute-belongs-in-path"]),
        (KEY + "/10/A?10=A", ["repeated-ai"]),
        (KEY + "?17=261231&17=261231", ["repeated-ai"]),
        (KEY + "?01=09521234543213", ["repeated-ai"]),
        (KEY + "/10/A?8200=http", ["attribute-not-allowed"]),
        (KEY + "/235/A?21=B", ["attribute-not-allowed", "ai-not-allowed"]),
        (KEY + "?17=261331", ["date"]),
        (KEY + "?17=", ["value-empty"]),
        (KEY + "?14=261231", ["unknown-ai"]),
        (KEY + "?12345=1", ["unknown-ai"]),
        (KEY + "?99=A+B", ["invalid-character"]),
        (KEY + "?99=%", ["percent-encoding"]),
        (KEY + "?99=A;17=261231", ["ambiguous-query"]),
        (KEY + "?x=A;17=261231", ["ambiguous-query"]),
        (KEY + "?99=A;B", ["ambiguous-query"]),
        (KEY + "?37=5", ["ai-not-allowed", "ai-required"]),
        ("https://a/415/9521234567899", ["ai-required"]),
        ("https://a/" + "x" * INPUT_MAX, ["input-too-long"]),
    ],
)
def test_what_is_refused(uri, expected):
    reading = read_digital_link(uri)
    assert not reading.is_valid
    assert reading.digital_link is None
    assert list(dict.fromkeys(codes(reading))) == expected


def test_an_element_string_has_its_digital_link():
    assert read_elements("01095212345432132110" + "\x1d" + "17261231").digital_link == f"{KEY}/21/10?17=261231"
    assert read_bracketed(f"(17)261231(21)S/1(10)L(01){GTIN}").digital_link == f"{KEY}/10/L/21/S%2F1?17=261231"
    assert (
        read_bracketed(f"(01){GTIN}(11)260101(3103)000001(17)261231").digital_link
        == f"{KEY}?11=260101&17=261231&3103=000001"
    )


def test_what_no_digital_link_can_carry():
    assert read_bracketed("(99)A").digital_link is None
    assert read_bracketed(f"(01){GTIN}(8200)http").is_valid
    assert read_bracketed(f"(01){GTIN}(8200)http").digital_link is None


def test_the_first_key_leads_the_path():
    sscc, gtin = Element("00", "106141412345678908"), Element("01", GTIN)
    assert digital_link([sscc, gtin]) == f"https://id.gs1.org/00/106141412345678908?01={GTIN}"
    assert digital_link([gtin, sscc]) == f"{KEY}?00=106141412345678908"


def test_a_stem_of_ones_own():
    assert digital_link([Element("01", GTIN)], stem="https://acme.example/p/") == f"https://acme.example/p/01/{GTIN}"


def test_elements_of_no_reading_are_written_somehow():
    assert digital_link([Element("01", "é\ud800")]) == "https://id.gs1.org/01/%C3%A9%ED%A0%80"
    assert digital_link([Element("what", "x"), Element("01", GTIN)]) is None
    assert digital_link([]) is None
