"""The "+" and "++" schemes of TDS 2: worked examples, every element behind an EPC, what is refused, nothing raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.epc.codec import Coded, decode, decoded, encode, encoded
from asbuilt.core.identifiers.epc.hosts import HOST_MAX, host_packed, host_unpacked
from asbuilt.core.identifiers.epc.plus import PLUS_FORMATS
from asbuilt.core.identifiers.epc.plus_texts import (
    alphanumeric_packed,
    alphanumeric_unpacked,
    bits_of_digits,
    delimited_packed,
    delimited_unpacked,
)
from asbuilt.core.identifiers.epc.plus_values import formats_of, value_packed, value_unpacked
from asbuilt.core.identifiers.epc.segments import Bits
from asbuilt.core.identifiers.gs1.application_identifiers import AIS
from asbuilt.core.identifiers.reading import Fault, Scheme
from asbuilt.core.identifiers.scan import read
from tests.core.identifiers.gs1.gs1_values import values_of

CANONICAL, HOSTED = "https://id.gs1.org", "https://id.example.com"
GTIN = "79521141123453"

# TDS 2.3, annex E.3. SSCC++ and ITIP++ have the headers of table 14-1, which the annex mixes up with those of SSCC+ and
# ITIP+; the bits of SGTIN++ and DSGTIN++ say id.example.com, as all others do.
EXAMPLES = [
    ("F73795211411234538566CB0AFC4", f"{CANONICAL}/01/{GTIN}/21/32a%2Fb"),
    ("FB342CDE795211411234538566CB0AFC4", f"{CANONICAL}/01/{GTIN}/21/32a%2Fb?17=220630"),
    ("FD3795211411234538566CB0AFC525065F1876F0D996D800", f"{HOSTED}/01/{GTIN}/21/32a%2Fb"),
    ("FC342CDE795211411234538566CB0AFC525065F1876F0D996D80", f"{HOSTED}/01/{GTIN}/21/32a%2Fb?17=220630"),
    ("F90095201234567891235", f"{CANONICAL}/00/095201234567891235"),
    ("EF009520123456789123592832F8C3B786CCB6C0", f"{HOSTED}/00/095201234567891235"),
    ("F2395211411234548566CB0AFC4", f"{CANONICAL}/414/9521141123454/254/32a%2Fb"),
    ("E9395211411234548566CB0AFC525065F1876F0D996D8000", f"{HOSTED}/414/9521141123454/254/32a%2Fb"),
    ("F13095211411234548566CB0AFC4", f"{CANONICAL}/8003/0952114112345432a%2Fb"),
    ("EB3095211411234548566CB0AFC525065F1876F0D996D800", f"{HOSTED}/8003/0952114112345432a%2Fb"),
    ("FA3952114132E83C2BF10", f"{CANONICAL}/8004/952114132a%2Fb"),
    ("EE3952114132E83C2BF1494197C61DBC3665B600", f"{HOSTED}/8004/952114132a%2Fb"),
    ("F43952114112345678906", f"{CANONICAL}/8018/952114112345678906"),
    ("E7395211411234567890692832F8C3B786CCB6C0", f"{HOSTED}/8018/952114112345678906"),
    ("F53952114112345678906", f"{CANONICAL}/8017/952114112345678906"),
    ("E8395211411234567890692832F8C3B786CCB6C0", f"{HOSTED}/8017/952114112345678906"),
    ("F6395211411234540458B8", f"{CANONICAL}/253/95211411234545678"),
    ("EA395211411234540458BA4A0CBE30EDE1B32DB0", f"{HOSTED}/253/95211411234545678"),
    ("F0395211415E87A145BAFB4D19A8C0E4", f"{CANONICAL}/8010/95211415PQ7%2FZ43/8011/12345"),
    ("E6395211415E87A145BAFB4D19A8C0E64A0CBE30EDE1B32DB000", f"{HOSTED}/8010/95211415PQ7%2FZ43/8011/12345"),
    ("F839521141678909509338", f"{CANONICAL}/255/952114167890904711"),
    ("EC3952114167890950933C94197C61DBC3665B60", f"{HOSTED}/255/952114167890904711"),
    ("F3309521141123454010266AE27FDF35", f"{CANONICAL}/8006/095211411234540102/21/rif981"),
    ("ED309521141123454010266AE27FDF3592832F8C3B786CCB6C00", f"{HOSTED}/8006/095211411234540102/21/rif981"),
]


def in_whole_words(digits):
    return digits.ljust(-(-len(digits) // 4) * 4, "0")


@pytest.mark.parametrize(("digits", "uri"), EXAMPLES)
def test_a_worked_example_both_ways(digits, uri):
    assert decode(digits) == decode(digits.lower()) == uri
    done = encoded(uri, filter_value=int(digits[2], 16))
    assert done.hex == in_whole_words(digits)
    assert done == decoded(digits) == decoded(in_whole_words(digits) + "00000000")
    assert done.epc is None


@pytest.mark.parametrize(("digits", "uri"), EXAMPLES)
def test_a_scan_of_it_is_its_key(digits, uri):
    reading = read(in_whole_words(digits), company_prefix_length=7)
    assert reading.scheme is Scheme.EPC_BINARY
    assert reading.faults == ()
    assert reading.digital_link == uri.replace(HOSTED, CANONICAL)
    assert reading.elements == decoded(digits).elements
    assert reading.epc is not None


def test_the_code_of_a_scan_follows_from_the_company_prefix_only():
    assert read("F73795211411234538566CB0AFC4").epc is None
    assert (
        read("F73795211411234538566CB0AFC4", company_prefix_length=7).epc == "urn:epc:id:sgtin:9521141.712345.32a%2Fb"
    )


def test_a_raw_urn_says_the_same():
    raw = "urn:epc:raw:112.xF73795211411234538566CB0AFC4"
    assert decode(raw) == encoded(raw).tag == f"{CANONICAL}/01/{GTIN}/21/32a%2Fb"
    assert read(raw).scheme is Scheme.EPC_URN
    assert read(raw).digital_link == f"{CANONICAL}/01/{GTIN}/21/32a%2Fb"


def test_a_location_without_extension():
    digits = encode(f"{CANONICAL}/414/9521141123454")
    assert decode(digits) == f"{CANONICAL}/414/9521141123454"


def test_further_elements_stand_behind_the_code():
    """One date goes before the key, so that tags can be selected by it; all else follows (15.3)."""
    query = "17=270131&3103=000195&423=276250&7007=260101260131&8008=26010112"
    uri = f"{CANONICAL}/01/{GTIN}/22/V2/10/L-1/21/7?{query}"
    done = encoded(uri)
    assert decode(done.hex) == done.tag == uri
    assert done.hex.startswith("FB84363F")
    assert [(one.id, one.value) for one in done.elements] == [
        ("01", GTIN),
        ("21", "7"),
        ("17", "270131"),
        ("22", "V2"),
        ("10", "L-1"),
        ("3103", "000195"),
        ("423", "276250"),
        ("7007", "260101260131"),
        ("8008", "26010112"),
    ]
    assert read(done.hex + "0000").elements == done.elements


def test_temperatures_and_countries_of_a_shipment():
    uri = f"{CANONICAL}/00/095201234567891235?4307=DE&4321=1&4324=2601311530&4331=001250-"
    assert decode(encode(uri)) == uri


@pytest.mark.parametrize("ai", sorted(ai for ai in AIS if formats_of(ai) is not None))
@given(data=st.data())
def test_every_element_both_ways(ai, data):
    value = data.draw(values_of(ai))
    packed = value_packed(formats_of(ai), value)
    if ai == "8007" and len(value) > 24:
        assert packed is None
        return
    bits = Bits(packed.value, packed.size)
    assert value_unpacked(formats_of(ai), bits) == value
    assert bits.left == 0


@pytest.mark.parametrize(
    ("text", "indicator", "size"),
    [
        ("12345", 0, 17),
        ("0012", 0, 14),
        ("12AB", 1, 16),
        ("12ab", 2, 16),
        ("rif981", 3, 36),
        ("ABC", 1, 12),
        ("XYZ", 5, 16),
        ("A.B:C-1", 5, 48),
        ("32a/b", 4, 35),
    ],
)
def test_the_shortest_way_to_write_a_text(text, indicator, size):
    """Table B of section 15.3, less encoding and length indicator."""
    packed = alphanumeric_packed(text, longest=20)
    assert packed.size == 3 + 5 + size
    assert packed.value >> (packed.size - 3) == indicator


def test_bits_of_numbers():
    """Table B of section 15.3."""
    wanted = {1: 4, 2: 7, 3: 10, 4: 14, 10: 34, 13: 44, 17: 57, 20: 67, 40: 133, 90: 299}
    assert {count: bits_of_digits(count) for count in wanted} == wanted


@given(st.text("0123456789ABCDEFXYZabcdef-_.:/%", min_size=1, max_size=28))
def test_any_text_both_ways(text):
    packed = alphanumeric_packed(text, longest=28)
    assert alphanumeric_unpacked(Bits(packed.value, packed.size), longest=28) == text
    packed = delimited_packed(f"9521{text}", longest=30)
    assert delimited_unpacked(Bits(packed.value, packed.size), longest=30) == f"9521{text}"


@pytest.mark.parametrize(
    ("host", "units"),
    [
        ("id.example.com", 9),
        ("example.com", 8),
        ("www.test.org", 6),
        ("qr.demo.net", 6),
        ("test.de", 6),
        ("example.co.uk", 9),
        ("demo.tech", 6),
        ("david.example", 11),
        ("a.b", 3),
    ],
)
def test_frequent_parts_of_domains_are_short(host, units):
    packed = host_packed(host)
    assert packed.size == 1 + 6 + 7 * units
    assert host_unpacked(Bits(packed.value, packed.size)) == host


def test_capitals_go_three_in_two_bytes():
    packed = host_packed("GS1.EXAMPLE")
    assert packed.size == 1 + 6 + 4 * 16
    assert host_unpacked(Bits(packed.value, packed.size)) == "GS1.EXAMPLE"


@given(st.text("abcdeghimoqrtuwz.-:0AZ", min_size=1, max_size=HOST_MAX))
def test_any_domain_both_ways(host):
    packed = host_packed(host)
    assert packed is not None
    assert host_unpacked(Bits(packed.value, packed.size)) == host


REFUSED_LINKS = [
    (f"{CANONICAL}/01/{GTIN}", "no-binary-form"),
    (f"{CANONICAL}/01/{GTIN}/10/L", "no-binary-form"),
    (f"{CANONICAL}/253/9521141123454", "no-binary-form"),
    (f"{CANONICAL}/8003/09521141123454", "no-binary-form"),
    (f"{CANONICAL}/8010/95211415PQ7", "no-binary-form"),
    (f"{CANONICAL}/417/9521141123454", "no-binary-form"),
    (f"{CANONICAL}/01/79521141123454/21/A", "check-digit"),
    (f"https://example.com/path/01/{GTIN}/21/A", "no-binary-form"),
    (f"http://example.com/01/{GTIN}/21/A", "no-binary-form"),
    (f"{CANONICAL}/01/{GTIN}/21/A?91={'z' * 80}", "too-long"),
    (f"https://{'a' * 64}/01/{GTIN}/21/A", "domain"),
    (f"{CANONICAL}/01/{GTIN}/21/A?717=X", "value"),
]


@pytest.mark.parametrize(("uri", "code"), REFUSED_LINKS)
def test_a_link_that_does_not_go_on_a_tag(uri, code):
    assert encode(uri).code == code


def test_the_filter_value_has_limits():
    assert encode(f"{CANONICAL}/00/095201234567891235", filter_value=8).code == "filter"


REFUSED_HEX = [
    ("F73795211411234548566CB0AFC4", "check-digit"),
    ("F7379521141123453856", "value"),  # cut off
    ("F7379521141123A538566CB0AFC4", "value"),  # no digit
    ("F737952114112345380000000000", "value"),  # no serial number
    ("F73795211411234538566CB0AFC5", "nonzero-padding"),
    ("F73795211411234538566CB0AFC400", "bit-count"),
    ("F7379521141123453C566CB0AFC4", "value"),  # encoding indicator 6
    ("FB3F2CDE795211411234538566CB0AFC4", "date"),  # type 15
    ("FB3FFFFE795211411234538566CB0AFC4", "date"),
    ("F7B795211411234538566CB0AFC40000", "data-missing"),
    ("FF3795211411234538566CB0AFC4", "unknown-header"),
    ("F6395211411234540000", "serial"),
]


@pytest.mark.parametrize(("digits", "code"), REFUSED_HEX)
def test_bits_that_are_none_of_it(digits, code):
    refused = decode(digits)
    assert isinstance(refused, Fault), refused
    assert refused.code == code
    assert refused.message.isprintable()


@given(st.sampled_from(PLUS_FORMATS), st.binary(max_size=60))
def test_any_bits_behind_a_header(form, rest):
    done = decoded(f"{form.header:02X}{rest.hex()}")
    assert isinstance(done, Coded | Fault)
    if isinstance(done, Coded):
        again = decoded(encode(done.tag, filter_value=int(done.hex[2], 16) & 7))
        assert set(again.elements) == set(done.elements)


@pytest.mark.parametrize("ai", ["00", "414", "8003", "8004", "8010", "8017", "8018", "253", "255", "8006", "01"])
@given(data=st.data())
def test_any_key_both_ways(ai, data):
    serials = {"01": "21", "8006": "21", "8010": "8011", "414": "254"}
    value = data.draw(values_of(ai))
    host = data.draw(st.sampled_from(["id.gs1.org", "example.com", "ID.EXAMPLE"]))
    elements = [(ai, value)] + ([(serials[ai], data.draw(values_of(serials[ai])))] if ai in serials else [])
    uri = f"https://{host}" + "".join(f"/{id_}/{escaped(text)}" for id_, text in elements)
    done = encoded(uri)
    if isinstance(done, Fault):
        assert done.code == "no-binary-form"
        assert ai in {"253", "255", "8003"}
        return
    kept = [one for one in elements if one != ("254", "0")]
    assert [(one.id, one.value) for one in done.elements] == kept
    assert decode(done.hex).startswith(f"https://{host}/{ai}/")


def escaped(text):
    return "".join(f"%{ord(one):02X}" for one in text)
