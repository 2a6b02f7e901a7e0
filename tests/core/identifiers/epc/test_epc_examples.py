"""The worked examples of the Tag Data Standard (TDS 1.13 and 2.3, annex E.3), and further tags that were read elsewhere."""

import pytest

from asbuilt.core.identifiers.epc.codec import decode, decoded, encode, encoded
from asbuilt.core.identifiers.epc.elements import elements_of, epc_of

# fmt: off
STANDARD = [
    ("3074257BF7194E4000001A85", "sgtin-96:3.0614141.812345.6789", 7, "(01)80614141123458(21)6789"),
    ("3674257BF6B7A659B2C2BF1000000000000000000000000000", "sgtin-198:3.0614141.712345.32a%2Fb", 7, "(01)70614141123451(21)32a/b"),
    ("3174257BF4499602D2000000", "sscc-96:3.0614141.1234567890", 7, "(00)106141412345678908"),
    ("3274257BF46072000000162E", "sgln-96:3.0614141.12345.5678", 7, "(414)0614141123452(254)5678"),
    ("3974257BF46072CD9615F8800000000000000000000000000", "sgln-195:3.0614141.12345.32a%2Fb", 7, "(414)0614141123452(254)32a/b"),
    ("3374257BF40C0E400000162E", "grai-96:3.0614141.12345.5678", 7, "(8003)006141411234525678"),
    ("3774257BF40C0E59B2C2BF100000000000000000000", "grai-170:3.0614141.12345.32a%2Fb", 7, "(8003)0061414112345232a/b"),
    ("3474257BF40000000000162E", "giai-96:3.0614141.5678", 7, "(8004)06141415678"),
    ("3874257BF59B2C2BF1000000000000000000000000000000000", "giai-202:3.0614141.32a%2Fb", 7, "(8004)061414132a/b"),
    ("2D74257BF4499602D2000000", "gsrn-96:3.0614141.1234567890", 7, "(8018)061414112345678902"),
    ("2E74257BF4499602D2000000", "gsrnp-96:3.0614141.1234567890", 7, "(8017)061414112345678902"),
    ("2C74257BF46072000000162E", "gdti-96:3.0614141.12345.5678", 7, "(253)06141411234525678"),
    ("3E74F4E4E7039B061438997367D0C18B266D1AB66EE0", "gdti-174:3.4012345.98765.ABCDefgh012345678", 7, "(253)4012345987652ABCDefgh012345678"),
    ("3C74257BF400C0E680003039", "cpi-96:3.0614141.98765.12345", 7, "(8010)061414198765(8011)12345"),
    ("3D74257BF75411DEF6B4CC00000003039", "cpi-var:3.0614141.5PQ7%2FZ43.12345", 7, "(8010)06141415PQ7/Z43(8011)12345"),
    ("3D76451FD75411DEF6B4CC00000003039000", "cpi-var:3.9521141.5PQ7%2FZ43.12345", 7, "(8010)95211415PQ7/Z43(8011)12345"),
    ("3F74F4E4E612640000019907", "sgcn-96:3.4012345.67890.04711", 7, "(255)401234567890104711"),
    ("4074F4E4E40C0E40820000000F6C", "itip-110:3.4012345.012345.01.02.987", 7, "(8006)040123451234560102(21)987"),
    ("4174F4E4E40C0E4082DBDD8B36600000000000000000000000000000", "itip-212:3.4012345.012345.01.02.mw133", 7, "(8006)040123451234560102(21)mw133"),
    ("350007AB70425D4000000586", "gid-96:31415.271828.1414", 0, "(manager)31415(class)271828(serial)1414"),
    ("2F320434147455900000162E", "usdod-96:3.CAGEY.5678", 0, "(cage)CAGEY(serial)5678"),
    ("3B0E0CF5E76C9047759AD00373DC7602E7200", "adi-var:3.35962.PQ7VZ4.M37GXB92", 0, "(cage)35962(part_number)PQ7VZ4(serial)M37GXB92"),
]
ELSEWHERE = [
    ("3B157E316390F32CCE78D106310325CD06DD7200", "adi-var:5.W81X9C.3KL984PX1.2WMA-52", 0, "(cage)W81X9C(part_number)3KL984PX1(serial)2WMA-52"),
    ("3B520C75E36C35C72B70C70B74C75B71C3100E234D00", "adi-var:20.15860.512-010-415-101.NH44", 0, "(cage)15860(part_number)512-010-415-101(serial)NH44"),
    ("3B0204C8D72C001CC5F1C79CB4D35000", "adi-var:0.SH520..GLW1192445", 0, "(cage)SH520(serial)GLW1192445"),
    ("3B060E79048CB1CB3031D3500000", "adi-var:1.99AH2.123.145", 0, "(cage)99AH2(part_number)123(serial)145"),
    ("3D14257BF71CADD35D8000075BCD1500", "cpi-var:0.0614141.12-456.123456789", 7, "(8010)061414112-456(8011)123456789"),
    ("3E14257BF460730614388C593368BC00000000000000", "gdti-174:0.0614141.12345.ABCD1234%2F", 7, "(253)0614141123452ABCD1234/"),
    ("3814257BF58C1858D7C400000000000000000000000000000000", "giai-202:0.0614141.1ABc%2FD", 7, "(8004)06141411ABc/D"),
    ("35FFFFFFFFFFFFFFFFFFFFFF", "gid-96:268435455.16777215.68719476735", 0, "(manager)268435455(class)16777215(serial)68719476735"),
    ("3714257BF40C0E60C287118B266D1780000000000000", "grai-170:0.0614141.12345.ABCD1234%2F", 7, "(8003)00614141123452ABCD1234/"),
    ("2D000B7F7070D404D2000000", "gsrn-96:0.012345678901.01234", 12, "(8018)012345678901012342"),
    ("41000B7F7070D40000830A1C48B1A3C8932A5CC9B3A7D05F4A9D4000", "itip-212:0.012345678901.0.00.00.ABCDEFGHIJKLMNOP%2FRST", 12, "(8006)001234567890120000(21)ABCDEFGHIJKLMNOP/RST"),
    ("3FE175ADC32764000000000B", "sgcn-96:7.401234512345..1", 12, "(255)40123451234561"),
    ("390039318D8401057AD850E2458D1E449952E64D9D3E851A4000", "sgln-195:0.061411123456..A%2F-BCDEFGHIJKLMNOPQR", 12, "(414)0614111234560(254)A/-BCDEFGHIJKLMNOPQR"),
    ("36500001DB011169E5E5A70EC000000000000000000000000000", "sgtin-198:2.00000950.01093.Serial", 8, "(01)00000095010939(21)Serial"),
    ("31003932449F003039000000", "sscc-96:0.061414123456.12345", 12, "(00)106141412345623458"),
    ("2FF203253313934FFFFFFFFF", "usdod-96:15.2S194.68719476735", 0, "(cage)2S194(serial)68719476735"),
    ("30340242201D8840009EFDF7", "sgtin-96:1.0037000.030241.10419703", 7, "(01)00037000302414(21)10419703"),
]
# fmt: on


@pytest.mark.parametrize(("digits", "tag", "company_digits", "elements"), STANDARD + ELSEWHERE)
def test_a_worked_example_both_ways(digits, tag, company_digits, elements):
    urn = f"urn:epc:tag:{tag}"
    written = encode(urn)
    assert written == digits.ljust(len(written), "0")
    assert len(written) % 4 == 0
    assert decode(digits) == decode(written) == decode(digits.lower()) == urn
    found = elements_of(urn)
    assert "".join(f"({one.id}){one.value}" for one in found) == elements
    identity = decoded(digits).epc
    assert elements_of(identity) == found
    if company_digits:
        assert epc_of(found, company_prefix_length=company_digits) == identity


@pytest.mark.parametrize(("digits", "tag", "company_digits", "elements"), STANDARD + ELSEWHERE)
def test_a_pure_identity_finds_the_same_form(digits, tag, company_digits, elements):
    done = decoded(digits)
    number, dot, _ = tag.partition(":")[2].partition(".")
    assert dot
    assert encoded(done.epc, filter_value=0 if tag.startswith("gid") else int(number)) == done


CLASSES = [
    ("urn:epc:class:lgtin:4012345.012345.998877", "(01)04012345123456(10)998877", 7),
    ("urn:epc:id:upui:1234567.089456.51qIgY)%3C%26Jp3*j7'SDB", "(01)01234567894560(235)51qIgY)<&Jp3*j7'SDB", 7),
    ("urn:epc:id:gsin:061414.0123456789", "(402)06141401234567891", 6),
    ("urn:epc:id:ginc:061411.01ABc%2FD", "(401)06141101ABc/D", 6),
    ("urn:epc:id:pgln:0123456789.01", "(417)0123456789012", 10),
    ("urn:epc:id:sgln:0614141.12345.0", "(414)0614141123452", 7),
]


@pytest.mark.parametrize(("urn", "elements", "company_digits"), CLASSES)
def test_what_is_not_written_to_tags_has_elements_too(urn, elements, company_digits):
    found = elements_of(urn)
    assert "".join(f"({one.id}){one.value}" for one in found) == elements
    assert epc_of(found, company_prefix_length=company_digits) == urn


def test_names_of_containers_and_ships():
    assert [(one.id, one.value) for one in elements_of("urn:epc:id:bic:CSQU3054383")] == [("bic", "CSQU3054383")]
    assert [(one.id, one.value) for one in elements_of("urn:epc:id:imovn:9176187")] == [("imovn", "9176187")]
