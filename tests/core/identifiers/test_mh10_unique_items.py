import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.mh10.unique_items import unique_item_identifier
from asbuilt.core.identifiers.reading import Element


def elements(text):
    return tuple(Element(*part.split("=")) for part in text.split())


@pytest.mark.parametrize(
    ("marked", "identifier"),
    [
        ("25S=UN194532636786950", "UN194532636786950"),
        ("18S=1D381786950", "D1D381786950"),
        ("17V=1D381 1P=4202435-01 S=786950", "D1D3814202435-01786950"),
        ("17V=1D381 1T=L17 S=786950", "D1D381L17786950"),
        ("12V=194532636 1P=1234 S=786950", "UN1945326361234786950"),
        ("3V=061414112 1P=1234 S=5", "06141411212345"),
        ("18V=LHABCD 1P=12 S=5", "LHABCD125"),
        ("7L=W12345 1P=12 S=5", "LDW12345125"),
        ("17V=1D381 1P=12 S=5 30P=NEW 30T=LOT", "D1D381125"),
        ("MFR=0CVA5 SER=786950", "D0CVA5786950"),
        ("SPL=0CVA5 UCN=786950 PNR=77", "D0CVA5786950"),
        ("CAG=0CVA5 PNO=12-A SEQ=786950", "D0CVA512-A786950"),
        ("DUN=194532636 SER=1", "UN1945326361"),
        ("EUC=0614141 SER=1", "06141411"),
        ("UID=UN194532636786950", "UN194532636786950"),
        ("USN=0CVA5786950", "D0CVA5786950"),
        ("UST=0CVA5786950", "D0CVA5786950"),
        ("22S=FA0123456789", "FA0123456789"),
        ("I=1HGBH41JXMN109186", "1HGBH41JXMN109186"),
        ("8004=0614141A1", "0614141A1"),
        ("8003=00614141000012A1", "00614141000012A1"),
        ("25P=UN194532636PN1 S=77", "UN194532636PN177"),
        ("37S=UN194532636PN1 25S=UN194532636PN1", "UN194532636PN1"),
        ("42S=06UN194532636786950", "UN194532636786950"),
    ],
)
def test_constructs(marked, identifier):
    assert unique_item_identifier(elements(marked)) == identifier


@pytest.mark.parametrize(
    "marked",
    [
        "S=786950",
        "1P=12 S=786950",
        "17V=1D381 S=786950",
        "17V=1D381 1P=12",
        "17V=1D381 1P=12 1T=L S=5",
        "17V=1D381 1P=12 S=5 S=6",
        "17V=1D381 12V=194532636 1P=12 S=5",
        "17V=1D38 1P=12 S=5",
        "17V=1D381 1P=a S=5",
        "17V=1D381 1P=12.5 S=5",
        "MFR=1234 SER=ABC",
        "MFR=0CVA5 SEQ=1",
        "MFR=0CVA5 PNO=1 SER=1 SEQ=1",
        "MFR=0CVA5 SER=1 UCN=2",
        "25S=UN1 18S=1D381786950",
        "25S=" + "1" * 51,
        "8003=00614141000012",
        "01=04012345678901 21=1",
    ],
)
def test_what_makes_none_or_several(marked):
    assert unique_item_identifier(elements(marked)) is None


def test_nothing_makes_none():
    assert unique_item_identifier(()) is None


IDS = ("25S", "18S", "17V", "1P", "1T", "S", "MFR", "SER", "SEQ", "PNO", "12V", "8003", "42S", "25P", "X")


@given(st.lists(st.builds(Element, st.sampled_from(IDS), st.text("1A-/a ", max_size=9))))
def test_any_elements_have_an_answer(found):
    identifier = unique_item_identifier(found)
    assert identifier is None or identifier == identifier.upper()
