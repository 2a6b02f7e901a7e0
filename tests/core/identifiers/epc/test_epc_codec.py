"""Every scheme and partition there and back; what is refused; nothing raises."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.epc.codec import Coded, decode, decoded, encode, encoded
from asbuilt.core.identifiers.epc.segments import COMPANY_BITS
from asbuilt.core.identifiers.epc.tags import BY_NAME, FORMATS
from asbuilt.core.identifiers.reading import Fault

CHARACTERS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
PART = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-/#"
CAGE = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

# Bits and digits of the reference for company prefixes of 12 to 6 digits (TDS 1.13, section 14.5).
REFERENCES = {
    "sgtin": ((4, 1), (7, 2), (10, 3), (14, 4), (17, 5), (20, 6), (24, 7)),
    "itip": ((4, 1), (7, 2), (10, 3), (14, 4), (17, 5), (20, 6), (24, 7)),
    "sscc": ((18, 5), (21, 6), (24, 7), (28, 8), (31, 9), (34, 10), (38, 11)),
    "gsrn": ((18, 5), (21, 6), (24, 7), (28, 8), (31, 9), (34, 10), (38, 11)),
    "gsrnp": ((18, 5), (21, 6), (24, 7), (28, 8), (31, 9), (34, 10), (38, 11)),
    "sgln": ((1, 0), (4, 1), (7, 2), (11, 3), (14, 4), (17, 5), (21, 6)),
    "gdti": ((1, 0), (4, 1), (7, 2), (11, 3), (14, 4), (17, 5), (21, 6)),
    "sgcn": ((1, 0), (4, 1), (7, 2), (11, 3), (14, 4), (17, 5), (21, 6)),
    "grai": ((4, 0), (7, 1), (10, 2), (14, 3), (17, 4), (20, 5), (24, 6)),
    "giai-96": ((42, 13), (45, 14), (48, 15), (52, 16), (55, 17), (58, 18), (62, 19)),
    "giai-202": ((148, 18), (151, 19), (154, 20), (158, 21), (161, 22), (164, 23), (168, 24)),
    "cpi-96": ((11, 3), (14, 4), (17, 5), (21, 6), (24, 7), (27, 8), (31, 9)),
    "cpi-var": ((0, 18), (0, 19), (0, 20), (0, 21), (0, 22), (0, 23), (0, 24)),
}
SERIALS = {
    "sgtin-96": 38,
    "sgln-96": 41,
    "grai-96": 38,
    "gdti-96": 41,
    "cpi-96": 31,
    "itip-110": 38,
    "sgtin-198": 20,
    "sgln-195": 20,
    "grai-170": 16,
    "gdti-174": 17,
    "itip-212": 20,
    "gdti-113": 17,
    "sgcn-96": 12,
}


def digits(least, most=None):
    return st.text("0123456789", min_size=least, max_size=least if most is None else most)


def numbers(bits):
    return st.integers(0, bits).flatmap(lambda few: st.integers(0, (1 << few) - 1)).map(str)


def texts(alphabet, most):
    return st.text(alphabet, min_size=1, max_size=most).map(escaped)


def escaped(text):
    return re.sub('["%&/<>?#]', lambda found: f"%{ord(found[0]):02X}", text)


def bodies(name, company_digits):
    """Fields after the filter value."""
    scheme = name.partition("-")[0]
    if scheme == "gid":
        return st.tuples(numbers(28), numbers(24), numbers(36))
    cage = st.text(CAGE, min_size=5, max_size=6)
    if scheme == "usdod":
        return st.tuples(cage, numbers(36))
    if scheme == "adi":
        part = st.one_of(st.just(""), texts(PART[:-1], 32))
        return st.tuples(cage, part, st.one_of(texts(PART[:-1], 30), texts(PART[:-1], 29).map(lambda one: f"%23{one}")))
    company = digits(company_digits)
    bits, most = REFERENCES.get(name, REFERENCES.get(scheme))[12 - company_digits]
    if name == "giai-96":
        return st.tuples(company, numbers(bits))
    if name == "giai-202":
        return st.tuples(company, texts(CHARACTERS, most))
    if scheme == "cpi":
        number = st.integers(0, 10**most - 1).map(str)
        return (
            st.tuples(company, number, numbers(31))
            if name == "cpi-96"
            else st.tuples(company, texts(PART, most), st.integers(0, 10**12 - 1).map(str))
        )
    fields = [company, digits(most)]
    if scheme == "itip":
        fields += [digits(2), digits(2)]
    if name in {"gdti-113", "sgcn-96"}:
        fields.append(digits(1, SERIALS[name]))
    elif name in SERIALS:
        short = BY_NAME[name].bits in {96, 110}
        fields.append(numbers(SERIALS[name]) if short else texts(CHARACTERS, SERIALS[name]))
    return st.tuples(*fields)


@st.composite
def tags(draw, name=None):
    name = name or draw(st.sampled_from(sorted(BY_NAME)))
    body = ".".join(draw(bodies(name, draw(st.integers(6, 12)))))
    bits = BY_NAME[name].filter_bits
    number = f"{draw(st.integers(0, (1 << bits) - 1))}." if bits else ""
    return f"urn:epc:tag:{name}:{number}{body}"


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_form_both_ways(name):
    @given(tags(name))
    def both_ways(urn):
        done = encoded(urn)
        assert isinstance(done, Coded), done
        assert done.tag == urn
        assert decoded(done.hex) == done
        assert len(done.hex) % 4 == 0
        form = BY_NAME[name]
        if form.bits:
            assert len(done.hex) == -(-form.bits // 16) * 4
            exact = done.hex[: -(-form.bits // 4)]
            assert decode(exact) == urn
        again = encoded(done.epc, filter_value=0)
        assert isinstance(again, Coded)
        assert again.epc == done.epc
        assert len(again.hex) <= len(done.hex) or name == "gdti-113"

    both_ways()


@pytest.mark.parametrize(("scheme", "references"), REFERENCES.items())
def test_partition_tables(scheme, references):
    """The first bit of the reference, and the limits of company prefix and reference, as the standard has them."""
    for form in FORMATS:
        if form.bits == 0 or (form.name.removesuffix(f"-{form.bits}") != scheme and form.name != scheme):
            continue
        for partition, (bits, most) in enumerate(references):
            company_bits = COMPANY_BITS[12 - partition]
            start = 8 + 3 + 3 + company_bits
            size = -(-form.bits // 16) * 16
            head = (form.header << 3 | 5) << 3 | partition
            full = head << company_bits | 10 ** (12 - partition) - 1
            one_more = full + 1
            tail = size - start
            assert decode(f"{one_more << tail:0{size // 4}X}").code == "too-large"
            if form.name == "giai-202":
                assert bits == form.bits - start
                continue
            if 10**most < 1 << bits:
                assert decode(f"{(full << bits | 10**most) << (tail - bits):0{size // 4}X}").code == "too-large"
            urn = f"urn:epc:tag:{form.name}:5.{'9' * (12 - partition)}.{'9' * most}"
            if form.scheme.digits:
                more = {"itip": ".00.00.1", "sscc": "", "gsrn": "", "gsrnp": ""}.get(form.scheme.name, ".1")
                written = int(encode(urn + more), 16) >> (tail - bits)
                assert written == full << bits | (10**most - 1)
                assert encode(f"{urn}9{more}").code in {"digits", "length"}


def test_headers_and_names():
    """TDS 1.13, table 14-1."""
    assert {form.header: form.name for form in FORMATS} == {
        0x2C: "gdti-96",
        0x2D: "gsrn-96",
        0x2E: "gsrnp-96",
        0x2F: "usdod-96",
        0x30: "sgtin-96",
        0x31: "sscc-96",
        0x32: "sgln-96",
        0x33: "grai-96",
        0x34: "giai-96",
        0x35: "gid-96",
        0x36: "sgtin-198",
        0x37: "grai-170",
        0x38: "giai-202",
        0x39: "sgln-195",
        0x3A: "gdti-113",
        0x3B: "adi-var",
        0x3C: "cpi-96",
        0x3D: "cpi-var",
        0x3E: "gdti-174",
        0x3F: "sgcn-96",
        0x40: "itip-110",
        0x41: "itip-212",
    }


@pytest.mark.parametrize(
    ("identity", "tag"),
    [
        ("sgtin:0614141.112345.274877906943", "sgtin-96:2.0614141.112345.274877906943"),
        ("sgtin:0614141.112345.274877906944", "sgtin-198:2.0614141.112345.274877906944"),
        ("sgtin:0614141.112345.0", "sgtin-96:2.0614141.112345.0"),
        ("sgtin:0614141.112345.00", "sgtin-198:2.0614141.112345.00"),
        ("sgtin:0614141.112345.a", "sgtin-198:2.0614141.112345.a"),
        ("sgln:0614141.12345.0", "sgln-96:2.0614141.12345.0"),
        ("sgln:0614141.12345.2199023255552", "sgln-195:2.0614141.12345.2199023255552"),
        ("grai:0614141.12345.-", "grai-170:2.0614141.12345.-"),
        ("giai:0614141.288230376151711743", "giai-96:2.0614141.288230376151711743"),
        ("giai:0614141.288230376151711744", "giai-202:2.0614141.288230376151711744"),
        ("giai:0614141.a.b", "giai-202:2.0614141.a.b"),
        ("gdti:0614141.12345.006847", "gdti-174:2.0614141.12345.006847"),
        ("cpi:0614141.12345678.2147483647", "cpi-96:2.0614141.12345678.2147483647"),
        ("cpi:0614141.12345678.2147483648", "cpi-var:2.0614141.12345678.2147483648"),
        ("cpi:0614141.123456789.1", "cpi-var:2.0614141.123456789.1"),
        ("cpi:0614141.012.1", "cpi-var:2.0614141.012.1"),
        ("itip:4012345.012345.01.02.987", "itip-110:2.4012345.012345.01.02.987"),
        ("itip:4012345.012345.99.99.0987", "itip-212:2.4012345.012345.99.99.0987"),
        ("gid:1.2.3", "gid-96:1.2.3"),
        ("adi:35962..%23A", "adi-var:2.35962..%23A"),
    ],
)
def test_the_shortest_form_is_chosen(identity, tag):
    done = encoded(f"urn:epc:id:{identity}", filter_value=2)
    assert done.tag == f"urn:epc:tag:{tag}"
    assert done.epc == f"urn:epc:id:{identity}"


def test_a_form_can_be_asked_for_by_its_length():
    urn = "urn:epc:id:gdti:0614141.12345.006847"
    assert decode(encode(urn, bits=113)) == "urn:epc:tag:gdti-113:0.0614141.12345.006847"
    assert decode(encode(urn, bits=174)) == "urn:epc:tag:gdti-174:0.0614141.12345.006847"
    assert encode(urn, bits=96).code == "leading-zero"
    assert encode(urn, bits=97).code == "no-such-form"
    assert decode(encode("urn:epc:id:sgtin:0614141.112345.1", bits=198)) == "urn:epc:tag:sgtin-198:0.0614141.112345.1"


@pytest.mark.parametrize("written", ["%22%25%26%2F%3C%3E%3F", "%22%25%26%2f%3c%3e%3f"])
def test_escapes_are_written_in_one_way(written):
    assert encoded(f"urn:epc:id:sgtin:0614141.112345.{written}").epc.endswith(".%22%25%26%2F%3C%3E%3F")


REFUSED_URNS = [
    ("", "empty"),
    ("   ", "empty"),
    ("x", "not-an-epc-urn"),
    ("urn:epc", "not-an-epc-urn"),
    ("urn:epc:id", "not-an-epc-urn"),
    ("urn:epc:id:", "fields"),
    ("urn:epc:id:sgtin", "fields"),
    ("URN:EPC:ID:SGTIN:0614141.112345.400", "not-an-epc-urn"),
    ("urn:epc:foo:sgtin:0614141.112345.400", "not-an-epc-urn"),
    ("urn:epc:id:SGTIN:0614141.112345.400", "unknown-scheme"),
    ("urn:epc:id:sgtin-96:3.0614141.112345.400", "unknown-scheme"),
    ("urn:epc:tag:sgtin:3.0614141.112345.400", "unknown-scheme"),
    ("urn:epc:tag:sgtin-64:3.0614141.112345.400", "unknown-scheme"),
    ("urn:epc:id:sgtin:0614141.112345", "fields"),
    ("urn:epc:id:sgtin:0614141.112345.", "length"),
    ("urn:epc:id:sgtin:0614141..400", "length"),
    ("urn:epc:id:sgtin:06141.11234567.400", "length"),
    ("urn:epc:id:sgtin:0614141123456..400", "length"),
    ("urn:epc:id:sgtin:0614141.12345.400", "digits"),
    ("urn:epc:id:sgtin:0614141.1123456.400", "digits"),
    ("urn:epc:id:sgtin:061414a.112345.400", "characters"),
    ("urn:epc:id:sgtin:٠٦١٤١٤١.112345.400", "characters"),
    ("urn:epc:id:sgtin:0614141.112345.a b", "characters"),
    ("urn:epc:id:sgtin:0614141.112345.a/b", "characters"),
    ("urn:epc:id:sgtin:0614141.112345.a#b", "characters"),
    ("urn:epc:id:sgtin:0614141.112345.a%23b", "escape"),
    ("urn:epc:id:sgtin:0614141.112345.a%41b", "escape"),
    ("urn:epc:id:sgtin:0614141.112345.a%2", "escape"),
    ("urn:epc:id:sgtin:0614141.112345.%", "escape"),
    ("urn:epc:id:sgtin:0614141.112345.%zz", "escape"),
    ("urn:epc:id:sgtin:0614141.112345." + "1" * 21, "length"),
    ("urn:epc:id:sgtin:0614141.112345." + "%2F" * 21, "length"),
    ("urn:epc:id:sgtin:0614141.112345." + "1" * 5000, "too-long"),
    ("urn:epc:id:sscc:0614141.1234567890.1", "characters"),
    ("urn:epc:id:sscc:0614141.123456789", "digits"),
    ("urn:epc:id:grai:0614141.12345." + "1" * 17, "length"),
    ("urn:epc:id:giai:0614141." + "1" * 24, "length"),
    ("urn:epc:id:gdti:0614141.12345." + "1" * 18, "length"),
    ("urn:epc:id:sgcn:0614141.12345.a", "characters"),
    ("urn:epc:id:sgcn:0614141.12345." + "1" * 13, "length"),
    ("urn:epc:id:cpi:0614141.abc.1", "characters"),
    ("urn:epc:id:cpi:0614141.ABC.01", "leading-zero"),
    ("urn:epc:id:cpi:0614141.ABC.1234567890123", "length"),
    ("urn:epc:id:cpi:0614141." + "A" * 24 + ".1", "length"),
    ("urn:epc:id:itip:4012345.012345.1.02.987", "length"),
    ("urn:epc:id:itip:4012345.012345.01.987", "fields"),
    ("urn:epc:id:gid:268435456.1.1", "too-large"),
    ("urn:epc:id:gid:1.16777216.1", "too-large"),
    ("urn:epc:id:gid:1.1.68719476736", "too-large"),
    ("urn:epc:id:gid:01.1.1", "leading-zero"),
    ("urn:epc:id:usdod:CAGEY.68719476736", "too-large"),
    ("urn:epc:id:usdod:CAGEI.1", "characters"),
    ("urn:epc:id:usdod:CAGE.1", "length"),
    ("urn:epc:id:adi:35962.PQ7VZ4.A%23B", "form"),
    ("urn:epc:id:adi:35962.PQ7VZ4.%23", "form"),
    ("urn:epc:id:adi:35962.%23.A", "escape"),
    ("urn:epc:id:adi:35962.PQ7VZ4.", "length"),
    ("urn:epc:id:adi:35962." + "A" * 33 + ".A", "length"),
    ("urn:epc:id:adi:35962..a", "characters"),
    ("urn:epc:tag:sgtin-96:8.0614141.112345.400", "filter"),
    ("urn:epc:tag:sgtin-96:03.0614141.112345.400", "filter"),
    ("urn:epc:tag:sgtin-96:.0614141.112345.400", "filter"),
    ("urn:epc:tag:sgtin-96:3.0614141.112345.0400", "leading-zero"),
    ("urn:epc:tag:sgtin-96:3.0614141.112345.4a", "not-a-number"),
    ("urn:epc:tag:sgtin-96:3.0614141.112345.274877906944", "too-large"),
    ("urn:epc:tag:sgln-96:3.0614141.12345.2199023255552", "too-large"),
    ("urn:epc:tag:grai-96:3.0614141.12345.274877906944", "too-large"),
    ("urn:epc:tag:giai-96:3.061414112345.4398046511104", "too-large"),
    ("urn:epc:tag:giai-96:3.0614141.01", "leading-zero"),
    ("urn:epc:tag:gdti-113:3.0614141.12345.1a", "not-a-number"),
    ("urn:epc:tag:cpi-96:3.0614141.123456789.1", "too-large"),
    ("urn:epc:tag:cpi-96:3.0614141.12A.1", "not-a-number"),
    ("urn:epc:tag:usdod-96:16.CAGEY.1", "filter"),
    ("urn:epc:tag:adi-var:64.35962..A", "filter"),
    ("urn:epc:tag:gid-96:3.1.2.3", "characters"),
    ("urn:epc:id:pgln:0614141.12345", "no-binary-form"),
    ("urn:epc:class:lgtin:4012345.012345.998877", "no-binary-form"),
    ("urn:epc:idpat:sgtin:0614141.112345.*", "no-binary-form"),
    ("urn:epc:raw:96.3074257BF7194E4000001A85", "raw"),
    ("urn:epc:raw:96.x3074257BF7194E4000001A8", "bit-count"),
    ("urn:epc:raw:100.x3074257BF7194E4000001A850", "bit-count"),
    ("urn:epc:raw:96.xA1.x3074257BF7194E4000001A85", "raw"),
]


@pytest.mark.parametrize(("urn", "code"), REFUSED_URNS)
def test_a_wrong_urn_is_refused(urn, code):
    refused = encode(urn)
    assert isinstance(refused, Fault), refused
    assert refused.code == code
    assert refused.message.isprintable()


REFUSED_HEX = [
    ("", "empty"),
    ("3", "bit-count"),
    ("30", "bit-count"),
    ("zz", "not-hexadecimal"),
    ("0x", "empty"),
    ("0x0x3074257BF7194E4000001A85", "not-hexadecimal"),
    ("３０74257BF7194E4000001A85", "not-hexadecimal"),  # noqa: RUF001 - digits, but not ours
    ("3" * 125, "too-long"),
    ("3074257BF7194E4000001A8", "bit-count"),
    ("3074257BF7194E4000001A850", "bit-count"),
    ("3074257BF7194E4000001A8500", "bit-count"),
    ("3074257BF7194E4000001A850001", "nonzero-padding"),
    ("307C257BF7194E4000001A85", "partition"),
    ("3063FFFFFFFFFE4000001A85", "too-large"),
    ("E28011606000020A1B2C3D4E", "unknown-header"),
    ("000000000000000000000000", "unknown-header"),
    ("FE3795211411234538566CB0AFC4", "unknown-header"),
    ("3174257BF4499602D2000001", "nonzero-padding"),
    ("2D74257BF4499602D2800000", "nonzero-padding"),
    ("3674257BF6B7A659B2C2BF1000000000000000000000000001", "nonzero-padding"),
    ("3674257BF6B7A659B2C2BF10000000000000000000000000", "bit-count"),
    ("3674257BF6B7A659B2C2BF10000000000000000000000000000000", "bit-count"),
    ("3674257BF6B7A659B2C2BF1000000000000000000000000004", "nonzero-padding"),
    ("3674257BF6B7A40000000000000000000000000000000000", "bit-count"),
    ("3674257BF6B7A4000000000000000000000000000000000000", "length"),
    ("3674257BF6B7A4820000000000000000000000000000000000", "characters"),
    ("3F74F4E4E612640000000001", "serial"),
    ("3F74F4E4E612640000000014", "serial"),
    ("2F000000000005900000162E", "characters"),
    ("2F349434147455900000162E", "characters"),
    ("3B0E0CF5E76C9047759AD00373DC7602E7201", "nonzero-padding"),
    ("3B0E0CF5E76C9047759AD00373DC7602E72000000", "bit-count"),
    ("3B0E0CF5E76C9047759AD00373DC7602E720000100000000", "nonzero-padding"),
    ("3B0E0CF5E76C9047759AD00373DC7602E7", "bit-count"),
    ("3B0E0CF5E76C", "bit-count"),
    ("3D74257BF75411DEF6B4CC0000000303", "bit-count"),
]


@pytest.mark.parametrize(("digits", "code"), REFUSED_HEX)
def test_wrong_hexadecimal_is_refused(digits, code):
    refused = decode(digits)
    assert isinstance(refused, Fault), refused
    assert refused.code == code
    assert refused.message.isprintable()


def test_blanks_and_raw_urns_are_read():
    tag = "urn:epc:tag:sgtin-96:3.0614141.812345.6789"
    assert decode("0x3074257BF7194E4000001A85") == decode("0X3074257bf7194e4000001a85") == tag
    assert decode(" 3074 257b f719 4e40 0000 1a85\r\n") == tag
    assert decode("urn:epc:raw:96.x3074257BF7194E4000001A85") == tag
    assert encoded("urn:epc:raw:96.x3074257bf7194e4000001a85").tag == tag
    assert encode("urn:epc:raw:96.xE28011606000020A1B2C3D4E") == "E28011606000020A1B2C3D4E"


@pytest.mark.parametrize("words", [1, 2, 8])
@pytest.mark.parametrize(
    "digits",
    [
        "3074257BF7194E4000001A85",
        "3674257BF6B7A659B2C2BF100000000000000000000000000000",
        "3B0E0CF5E76C9047759AD00373DC7602E7200000",
        "3D74257BF75411DEF6B4CC00000003039000",
    ],
)
def test_a_reader_that_reads_more_words_than_the_code_has(digits, words):
    """TDS 1.13, 14.3.7: what was read behind the EPC because memory is read in words is left out."""
    assert decoded(digits + "0000" * words) == decoded(digits)


def test_an_unknown_header_is_given_raw_when_asked_for():
    raw = "urn:epc:raw:96.xE28011606000020A1B2C3D4E"
    assert decode("e28011606000020a1b2c3d4e", unknown_as_raw=True) == raw
    assert decode(raw, unknown_as_raw=True) == raw
    assert decode("E28011606000020A1B2C3D4E0", unknown_as_raw=True).code == "unknown-header"
    assert decode("307C257BF7194E4000001A85", unknown_as_raw=True).code == "partition"


def test_the_filter_value_has_limits():
    assert encode("urn:epc:id:sgtin:0614141.112345.4", filter_value=8).code == "filter"
    assert encode("urn:epc:id:sgtin:0614141.112345.4", filter_value=-1).code == "filter"
    assert decode(encode("urn:epc:id:usdod:CAGEY.1", filter_value=15)) == "urn:epc:tag:usdod-96:15.CAGEY.1"
    assert encode("urn:epc:id:usdod:CAGEY.1", filter_value=16).code == "filter"
    assert decode(encode("urn:epc:id:adi:CAGEY..1", filter_value=63)) == "urn:epc:tag:adi-var:63.CAGEY..1"


@given(tags(), st.data())
def test_what_can_be_read_is_written_the_same(urn, data):
    """Any bits: either they are refused, or they are exactly what the tag URN is written as."""
    digits = encode(urn)
    assert isinstance(digits, str)
    size = len(digits) * 4
    value = int(digits, 16)
    for place in data.draw(st.lists(st.integers(0, size - 9), max_size=6)):
        value ^= 1 << place
    changed = f"{value:0{len(digits)}X}"
    read = decode(changed)
    assert isinstance(read, Fault) or encode(read) == changed


@given(st.sampled_from(FORMATS), st.binary(max_size=40))
def test_any_bits_behind_a_header(form, rest):
    digits = f"{form.header:02X}{rest.hex()}"
    read = decode(digits)
    assert isinstance(read, Fault) or encode(read).rstrip("0") == digits.upper().rstrip("0")


@given(st.text(max_size=60))
def test_any_text(text):
    assert isinstance(encode(text), str | Fault)
    assert isinstance(decode(text), str | Fault)
    assert isinstance(decode(text, unknown_as_raw=True), str | Fault)


@given(tags(), st.integers(0, 200), st.text(max_size=4))
def test_any_text_in_a_urn(urn, place, text):
    done = encoded(urn[:place] + text + urn[place:])
    assert isinstance(done, Coded | Fault)
    done = encoded(urn[:place] + text + urn[place + len(text) :])
    assert isinstance(done, Coded | Fault)
    assert isinstance(done, Fault) or encoded(done.tag) == done
