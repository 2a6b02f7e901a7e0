"""EPCs as scans, and their GS1 elements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.epc.elements import KEYS, elements_of, epc_of
from asbuilt.core.identifiers.epc.readings import read_hex, read_urn
from asbuilt.core.identifiers.gs1.check_digits import check_digit
from asbuilt.core.identifiers.reading import Element, Scheme


def elements(text):
    """Written as (01)value(21)value."""
    return tuple(Element(*one.split(")", 1)) for one in text.removeprefix("(").split("(")) if text else ()


@pytest.mark.parametrize(
    ("urn", "found", "epc"),
    [
        ("urn:epc:id:sgtin:0614141.812345.6789", "(01)80614141123458(21)6789", "urn:epc:id:sgtin:0614141.812345.6789"),
        (
            "urn:epc:tag:sgtin-96:3.0614141.812345.6789",
            "(01)80614141123458(21)6789",
            "urn:epc:id:sgtin:0614141.812345.6789",
        ),
        (
            "urn:epc:raw:96.x3074257BF7194E4000001A85",
            "(01)80614141123458(21)6789",
            "urn:epc:id:sgtin:0614141.812345.6789",
        ),
        ("urn:epc:id:sgtin:0614141.812345.%2f", "(01)80614141123458(21)/", "urn:epc:id:sgtin:0614141.812345.%2F"),
        (
            "urn:epc:class:lgtin:4012345.012345.998877",
            "(01)04012345123456(10)998877",
            "urn:epc:class:lgtin:4012345.012345.998877",
        ),
        ("urn:epc:idpat:sgtin:0614141.812345.*", "(01)80614141123458", None),
        ("urn:epc:idpat:sgtin:0614141.812345.6789", "(01)80614141123458(21)6789", None),
        ("urn:epc:idpat:sgtin:0614141.*.*", "", None),
        ("urn:epc:idpat:sgtin:*.*.*", "", None),
        ("urn:epc:idpat:grai:0614141.12345.*", "(8003)00614141123452", None),
        ("urn:epc:idpat:itip:4012345.012345.01.02.*", "(8006)040123451234560102", None),
        ("urn:epc:idpat:itip:4012345.012345.*.*.*", "", None),
        ("urn:epc:idpat:giai:0614141.*", "", None),
        ("urn:epc:idpat:gid:1.2.*", "", None),
        ("urn:epc:id:adi:35962..%23A%2F", "(cage)35962(serial)#A/", "urn:epc:id:adi:35962..%23A%2F"),
    ],
)
def test_a_urn_is_read(urn, found, epc):
    reading = read_urn(f" {urn}\n")
    assert reading.is_valid, reading
    assert (reading.scheme, reading.digital_link) == (Scheme.EPC_URN, None)
    assert reading.elements == elements(found)
    assert reading.epc == epc


@pytest.mark.parametrize(
    ("urn", "code"),
    [
        ("urn:epc:tag:sgtin-96:3.0614141.812345.06789", "leading-zero"),
        ("urn:epc:raw:96.xE28011606000020A1B2C3D4E", "unknown-header"),
        ("urn:epc:idpat:sgtin:0614141.*", "fields"),
        ("urn:epc:idpat:sgtin:*.812345.*", "characters"),
        ("urn:epc:idpat:sgtin:061.*.*", "length"),
        ("urn:epc:idpat:sgtin:0614141.8123456.*", "digits"),
        ("urn:epc:idpat:foo:*", "unknown-scheme"),
        ("urn:epc:class:sgtin:0614141.812345.1", "unknown-scheme"),
        ("urn:epc:id:bic:CSQX3054383", "form"),
        ("urn:epc:id:imovn:917618", "length"),
        ("", "empty"),
    ],
)
def test_a_wrong_urn_has_a_fault(urn, code):
    reading = read_urn(urn)
    assert [fault.code for fault in reading.faults] == [code]
    assert (reading.elements, reading.epc) == ((), None)
    assert elements_of(urn) == () or code == "leading-zero"


def test_hexadecimal_is_read():
    reading = read_hex("3074257BF7194E4000001A85")
    assert (reading.scheme, reading.faults) == (Scheme.EPC_BINARY, ())
    assert reading.elements == elements("(01)80614141123458(21)6789")
    assert reading.epc == "urn:epc:id:sgtin:0614141.812345.6789"
    assert [fault.code for fault in read_hex("E280").faults] == ["unknown-header"]


@pytest.mark.parametrize(
    ("found", "company_digits", "epc"),
    [
        ("(01)80614141123458(21)6789", 7, "urn:epc:id:sgtin:0614141.812345.6789"),
        ("(01)80614141123458(21)6789", 12, "urn:epc:id:sgtin:061414112345.8.6789"),
        ("(01)80614141123458(21)6789", 6, "urn:epc:id:sgtin:061414.8112345.6789"),
        ("(01)80614141123458(21)6789", 5, None),
        ("(01)80614141123458(21)6789", 13, None),
        ("(01)80614141123458(21)6789", -1, None),
        ("(01)80614141123457(21)6789", 7, None),
        ("(01)0614141123452(21)6789", 7, None),
        ("(01)80614141123458", 7, None),
        ("(01)80614141123458(10)L1(21)6789(17)261231", 7, "urn:epc:id:sgtin:0614141.812345.6789"),
        ("(01)80614141123458(10)L1", 7, "urn:epc:class:lgtin:0614141.812345.L1"),
        ("(01)80614141123458(21)ü", 7, None),
        ("(414)0614141123452", 7, "urn:epc:id:sgln:0614141.12345.0"),
        ("(414)0614141123452(254)0", 7, None),
        ("(414)0614141123452(254)x", 12, "urn:epc:id:sgln:061414112345..x"),
        ("(8003)00614141123452", 7, None),
        ("(8003)10614141123452A", 7, None),
        ("(8003)00614141123452A", 12, "urn:epc:id:grai:061414112345..A"),
        ("(8004)0614141", 7, None),
        ("(8010)0614141ABC(8011)01", 7, None),
        ("(8010)0614141a(8011)1", 7, None),
        ("(8010)0614141ABC", 7, None),
        ("(8006)040123451234560102", 7, None),
        ("(8006)0401234512345601021(21)1", 7, None),
        ("(00)106141412345678908(01)80614141123458", 7, "urn:epc:id:sscc:0614141.1234567890"),
        ("(00)", 7, None),
        ("(3103)000189", 7, None),
        ("", 7, None),
    ],
)
def test_the_epc_of_elements(found, company_digits, epc):
    assert epc_of(elements(found), company_prefix_length=company_digits) == epc


@given(st.sampled_from(KEYS), st.text("0123456789", min_size=12, max_size=12), st.integers(6, 12), st.data())
def test_elements_of_every_key_both_ways(key, prefix, company_digits, data):
    fields = [prefix[:company_digits]]
    if key.scheme.digits:
        size = key.scheme.digits - company_digits
        fields.append(data.draw(st.text("0123456789", min_size=size, max_size=size)))
    else:
        fields.append(data.draw(st.text("0123456789ABC-", min_size=1, max_size=30 - company_digits)))
    for field in key.scheme.fields[2:]:
        least = 1 if field.shortest == 1 else field.shortest
        fields.append(str(data.draw(st.integers(10 ** (least - 1), 10**field.longest - 1))))
    urn = f"{key.scheme.prefix}{key.scheme.name}:{'.'.join(fields)}"
    found = elements_of(urn)
    assert found
    assert epc_of(found, company_prefix_length=company_digits) == urn
    if key.checked and not key.further and not key.is_attached:
        assert found[0].value[-1] == str(check_digit(found[0].value[:-1]))


@given(st.text(max_size=40), st.text(max_size=20), st.integers(-3, 20))
def test_no_text_raises(text, other, company_digits):
    assert read_urn(text).scheme is Scheme.EPC_URN
    assert read_hex(text).scheme is Scheme.EPC_BINARY
    assert isinstance(elements_of(text), tuple)
    for key in KEYS:
        given_elements = [Element(key.id, text), Element(key.serial or "", other)]
        assert isinstance(epc_of(given_elements, company_prefix_length=company_digits), str | None)


@given(
    st.sampled_from(["id:sgtin:", "idpat:sgtin:", "class:lgtin:", "tag:adi-var:", "raw:", "id:cpi:"]),
    st.text("0123456789.%*xA/", max_size=40),
)
def test_no_urn_raises(start, rest):
    reading = read_urn(f"urn:epc:{start}{rest}")
    assert reading.is_valid != bool(reading.faults)
