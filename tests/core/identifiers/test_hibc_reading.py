import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers import hibc
from asbuilt.core.identifiers.check_characters import CODE_39, mod_43
from asbuilt.core.identifiers.reading import Scheme

READ = [
    ("+A123BJC5D6E71G", "lic=A123 pcn=BJC5D6E7 uom=1"),
    ("*+A123BJC5D6E71G*", "lic=A123 pcn=BJC5D6E7 uom=1"),
    ("]A0+A123BJC5D6E71G\r\n", "lic=A123 pcn=BJC5D6E7 uom=1"),
    ("+A99912345/$$52001510X33", "lic=A999 pcn=1234 uom=5 expiry=2020-01-15 lot=10X3"),
    ("]d1+A99912345/$$52001510X33", "lic=A999 pcn=1234 uom=5 expiry=2020-01-15 lot=10X3"),
    ("+A123BJC5D6E71G+$$52001510X3GD", "lic=A123 pcn=BJC5D6E7 uom=1 expiry=2020-01-15 lot=10X3"),
    ("+A123BJC5D6E71G+2001510X3GG", "lic=A123 pcn=BJC5D6E7 uom=1 expiry=2020-01-15 lot=10X3"),
    ("+A123BJC5D6E71G+$$710X3G7", "lic=A123 pcn=BJC5D6E7 uom=1 lot=10X3"),
    ("+A123BJC5D6E71G+$$+52001510X3GB", "lic=A123 pcn=BJC5D6E7 uom=1 expiry=2020-01-15 serial=10X3"),
    ("+A123BJCMD6E79++$$52001510X3+ ", "lic=A123 pcn=BJCMD6E7 uom=9 expiry=2020-01-15 lot=10X3"),
    ("+A123BJCMD6E79++$$52001510X3+_", "lic=A123 pcn=BJCMD6E7 uom=9 expiry=2020-01-15 lot=10X3"),
    ("+$$52001510X3GD", "link=G expiry=2020-01-15 lot=10X3"),
    ("+J123AQ3451/25330BC34567/S4012X", "lic=J123 pcn=AQ345 uom=1 expiry=2025-11-26 lot=BC34567 serial=4012"),
    ("+J123AQ3451/$$1125BC34567/S4012L", "lic=J123 pcn=AQ345 uom=1 expiry=2025-11 lot=BC34567 serial=4012"),
    ("+J123AQ3451/$$0125BC34567/S4012K", "lic=J123 pcn=AQ345 uom=1 expiry=2025-01 lot=BC34567 serial=4012"),
    ("+J123AQ3451/$$3231231BC34567/S4012R", "lic=J123 pcn=AQ345 uom=1 expiry=2023-12-31 lot=BC34567 serial=4012"),
    (
        "+A99912345/$$52001510X3/16D20111212/S77DEFG457",
        "lic=A999 pcn=1234 uom=5 expiry=2020-01-15 lot=10X3 production_date=2011-12-12 serial=77DEFG45",
    ),
    (
        "+A123ABCDEFGHI1234567891/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202$",
        ("lic=A123 pcn=ABCDEFGHI123456789 uom=1 expiry=2020-02-02T16Z lot=LOT123456789012345 "
        "serial=XYZ456789012345678 production_date=2013-02-02"),
    ),
    (
        "+A99912345/$$812710X3/16D20111212/14D20200906/S77DEFG453",
        "lic=A999 pcn=1234 uom=5 quantity=12 lot=10X3 production_date=2011-12-12 expiry=2020-09-06 serial=77DEFG45",
    ),
    (
        "+A99912345/$$902345710X3/16D20111212/14D20200906/S77DEFG45F",
        "lic=A999 pcn=1234 uom=5 quantity=2345 lot=10X3 production_date=2011-12-12 expiry=2020-09-06 serial=77DEFG45",
    ),
    (
        "+A99912345/$$812710X3/$$+320090677DEFG45/16D20111212.",
        "lic=A999 pcn=1234 uom=5 quantity=12 lot=10X3 expiry=2020-09-06 serial=77DEFG45 production_date=2011-12-12",
    ),
    ("+E203PB414109/$$8243280112R00089525J", "lic=E203 pcn=PB41410 uom=9 quantity=24 expiry=2028-01-12 lot=R00089525"),
    (
        "+A99912349/$10X3/16D20111231/14D20200131/Q500Z",
        "lic=A999 pcn=1234 uom=9 lot=10X3 production_date=2011-12-31 expiry=2020-01-31 quantity=500",
    ),
    ("+EHWD3551419/$$900100F", "lic=EHWD pcn=355141 uom=9 quantity=100"),
    ("+EHWD3551419/$/Q100X", "lic=EHWD pcn=355141 uom=9 quantity=100"),
    ("+E308T800206X0/$$7230513/14D20260413F", "lic=E308 pcn=T800206X uom=0 lot=230513 expiry=2026-04-13"),
    ("+X999123ABC0/$$05191234AB/S5678EDFG/16D20151001A", "lic=X999 pcn=123ABC uom=0 expiry=2019-05 lot=1234AB serial=5678EDFG production_date=2015-10-01"),
    ("+X999123ABC0/$$20515191234AB/S5678EDFG/16D20151001I", "lic=X999 pcn=123ABC uom=0 expiry=2019-05-15 lot=1234AB serial=5678EDFG production_date=2015-10-01"),
    ("+X999123ABC0/$$619135211234AB/S5678EDFG/16D20151001N", "lic=X999 pcn=123ABC uom=0 expiry=2019-05-15T21Z lot=1234AB serial=5678EDFG production_date=2015-10-01"),
    ("+A999ABC123DE0/$+1234567Y", "lic=A999 pcn=ABC123DE uom=0 serial=1234567"),
]  # fmt: skip

SECONDARY = [
    ("05271", "expiry=2005-09-28"),
    ("$3C001", "lot=3C001"),
    ("$$09053C001", "expiry=2005-09 lot=3C001"),
    ("$$20928053C001", "expiry=2005-09-28 lot=3C001"),
    ("$$30509283C001", "expiry=2005-09-28 lot=3C001"),
    ("$$4050928223C001", "expiry=2005-09-28T22Z lot=3C001"),
    ("$$5052713C001", "expiry=2005-09-28 lot=3C001"),
    ("$$605271223C001", "expiry=2005-09-28T22Z lot=3C001"),
    ("$$73C001", "lot=3C001"),
    ("$$82409053C001", "quantity=24 expiry=2005-09 lot=3C001"),
    ("$$824605271223C001", "quantity=24 expiry=2005-09-28T22Z lot=3C001"),
    ("$$82473C001", "quantity=24 lot=3C001"),
    ("$$824", "quantity=24"),
    ("$$90010009053C001", "quantity=100 expiry=2005-09 lot=3C001"),
    ("$$90010073C001", "quantity=100 lot=3C001"),
    ("$$900100", "quantity=100"),
    ("$+0001", "serial=0001"),
    ("$$+09050001", "expiry=2005-09 serial=0001"),
    ("$$+20928050001", "expiry=2005-09-28 serial=0001"),
    ("$$+30509280001", "expiry=2005-09-28 serial=0001"),
    ("$$+4050928200001", "expiry=2005-09-28T20Z serial=0001"),
    ("$$+5052710001", "expiry=2005-09-28 serial=0001"),
    ("$$+605271200001", "expiry=2005-09-28T20Z serial=0001"),
    ("$$+70001", "serial=0001"),
]

REFUSED = [
    ("+A99912345/$$52001510X3/16D20111212/S77DEFG45/", "check-character"),
    ("+A123BJC5D6E71H", "check-character"),
    ("+A123BJC5D6E71G+$$52001510X3+ ", "link-character"),
    ("+a123bjc5d6e71g", "invalid-character"),
    ("+A99912345/$$520\u00b401510X^0/16D20111#2\u00e912/S77DEFG45/", "invalid-character"),
    ("+", "check-character"),
    ("++", "unsupported-hibc-structure"),
    ("+A123BJC5D6E71++$$52001510X3+D", "check-character"),
]

REFUSED_WITH_RIGHT_CHECK = [
    ("+A9-912345", "invalid-lic"),
    ("+A9912", "invalid-pcn"),
    ("+A9991", "invalid-pcn"),
    ("+A999123A", "invalid-uom"),
    ("+A99912-45", "invalid-pcn"),
    ("+A99912345678901234567890", "invalid-pcn"),
    ("+/EO523201", "unsupported-hibc-structure"),
    ("++A999MODEL", "unsupported-hibc-structure"),
    ("+A99912345/", "empty-element"),
    ("+A99912345/$", "empty-element"),
    ("+A99912345/$$7", "empty-element"),
    ("+A99912345/$+", "invalid-serial"),
    ("+A99912345/$$+7", "invalid-serial"),
    ("+A99912345/$$1325L", "invalid-date"),
    ("+A99912345/$$0025L", "invalid-date"),
    ("+A99912345/$$3230229L", "invalid-date"),
    ("+A99912345/$$523366L", "invalid-date"),
    ("+A99912345/$$523000L", "invalid-date"),
    ("+A99912345/$$423022824L", "invalid-date"),
    ("+A99912345/23366L", "invalid-date"),
    ("+A99912345/$$32302", "invalid-date"),
    ("+A99912345/$$L", "invalid-date-format"),
    ("+A99912345/$$", "invalid-date-format"),
    ("+A99912345/$$+82409050001", "invalid-date-format"),
    ("+A99912345/$$8", "invalid-quantity"),
    ("+A99912345/$$8A1", "invalid-quantity"),
    ("+A99912345/$$9123", "invalid-quantity"),
    ("+A99912345/$$71234567890123456789", "invalid-lot"),
    ("+A99912345/$$7LOT-1", "invalid-lot"),
    ("+A99912345/$$7LOT/16D20201301", "invalid-date"),
    ("+A99912345/$$7LOT/16D202012", "invalid-date"),
    ("+A99912345/$$7LOT/Q", "invalid-quantity"),
    ("+A99912345/$$7LOT/Q123456", "invalid-quantity"),
    ("+A99912345/$$7LOT/S", "invalid-serial"),
    ("+A99912345/$$7LOT/X1", "unknown-supplement"),
    ("+A99912345/$$7LOT//S1", "empty-element"),
    ("+A99912345/$$3200131LOT/14D20200201", "contradiction"),
    ("+A99912345/$$7LOT/$$7LOU", "contradiction"),
]

NOT_HIBC = ["", "S12345", "]C1+A123BJC5D6E71G", "]d2+A123BJC5D6E71G", "]E0+A123BJC5D6E71G", "-A123", "*A123*", "\ud800"]


def told(reading):
    assert reading.scheme is Scheme.HIBC
    assert reading.faults == ()
    return " ".join(f"{element.id}={element.value}" for element in reading.elements)


def codes(reading):
    assert reading.elements == ()
    return [fault.code for fault in reading.faults]


@pytest.mark.parametrize(("text", "elements"), READ)
def test_symbols_are_read(text, elements):
    assert told(hibc.read(text)) == elements


@pytest.mark.parametrize("link", ["L", "/", "$", " ", "+"])
@pytest.mark.parametrize(("data", "elements"), SECONDARY)
def test_a_secondary_symbol_names_its_link(data, elements, link):
    text = f"+{data}{link}"
    assert told(hibc.read(text + mod_43(text))) == f"link={link} {elements}"


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_symbols_are_refused(text, code):
    assert codes(hibc.read(text)) == [code]


@pytest.mark.parametrize(("text", "code"), REFUSED_WITH_RIGHT_CHECK)
def test_wrong_data_are_refused_although_their_check_is_right(text, code):
    assert codes(hibc.read(text + mod_43(text))) == [code]


def test_the_symbols_of_two_labels_are_not_joined():
    secondary = "+$$52001510X3H"
    assert codes(hibc.read("+A123BJC5D6E71G" + secondary + mod_43(secondary))) == ["link-character"]


@pytest.mark.parametrize("text", NOT_HIBC)
def test_other_texts_are_left_to_others(text):
    assert hibc.read(text) is None


@pytest.mark.parametrize("text", ["+" * 1_000_000, "+A999" + "1" * 8188])
def test_no_symbol_is_that_long(text):
    assert codes(hibc.read(text)) == ["too-long"]


@given(st.text() | st.text(CODE_39).map(lambda text: f"+{text}"))
def test_any_text_has_an_answer(text):
    reading = hibc.read(text)
    assert reading is None or reading.elements or reading.faults


@given(st.text(f"{CODE_39}$$//+0123456789", min_size=1), st.sampled_from(["+", "+A9991231/", "+A9991231/$$", "+$$"]))
def test_any_data_with_a_right_check_have_an_answer(data, start):
    text = start + data
    reading = hibc.read(text + mod_43(text))
    assert bool(reading.elements) != bool(reading.faults)
