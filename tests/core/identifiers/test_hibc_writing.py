from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers import hibc
from asbuilt.core.identifiers.check_characters import ALPHANUMERICS
from asbuilt.core.identifiers.reading import Element
from asbuilt.core.identifiers.text import NameProblem

numbers = st.text(ALPHANUMERICS, min_size=1, max_size=hibc.NUMBER_MAX)
contents = st.fixed_dictionaries(
    {
        "lic": st.from_regex(r"[A-Z][0-9A-Z]{3}", fullmatch=True),
        "pcn": numbers,
        "uom": st.integers(0, 9),
    },
    optional={
        "lot": numbers,
        "serial": numbers,
        "expiry": st.dates(),
        "production_date": st.dates(),
        "quantity": st.integers(1, hibc.QUANTITY_MAX),
    },
)


@given(contents)
def test_what_is_written_is_read(content):
    reading = hibc.read(hibc.write(**content))
    assert reading.faults == ()
    expected = {
        Element(name, value.isoformat() if isinstance(value, date) else str(value)) for name, value in content.items()
    }
    assert set(reading.elements) == expected


def test_the_forms_are_those_of_the_standard():
    product = {"lic": "A123", "pcn": "BJC5D6E7", "uom": 1}
    expiry = date(2020, 1, 15)
    assert hibc.write(**product) == "+A123BJC5D6E71G"
    assert hibc.write(**product, lot="10X3", expiry=expiry)[:-1] == "+A123BJC5D6E71/$$320011510X3"
    assert hibc.write(**product, lot="10X3")[:-1] == "+A123BJC5D6E71/$$710X3"
    assert hibc.write(**product, serial="77")[:-1] == "+A123BJC5D6E71/$$+777"
    assert hibc.write(**product, serial="77", expiry=expiry)[:-1] == "+A123BJC5D6E71/$$+320011577"
    assert hibc.write(**product, lot="L", serial="77")[:-1] == "+A123BJC5D6E71/$$7L/S77"
    assert hibc.write(**product, expiry=date(1999, 1, 2))[:-1] == "+A123BJC5D6E71/$$7/14D19990102"


@pytest.mark.parametrize(
    "change",
    [
        {"lic": "1999"},
        {"lic": "A99"},
        {"lic": "A9999"},
        {"pcn": ""},
        {"pcn": "12-3"},
        {"pcn": "1" * 19},
        {"uom": 10},
        {"uom": -1},
        {"lot": ""},
        {"lot": "a"},
        {"serial": "1" * 19},
        {"quantity": 0},
        {"quantity": 100_000},
    ],
)
def test_what_cannot_be_marked_is_refused(change):
    with pytest.raises(NameProblem):
        hibc.write(**({"lic": "A999", "pcn": "1234", "uom": 0} | change))
