import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.gs1.check_digits import (
    check_characters,
    check_digit,
    has_check_characters,
    has_check_digit,
)


@pytest.mark.parametrize(
    "key",
    [
        "09521234543213",
        "9520123456788",
        "95050003",
        "614141000036",
        "106141412345678908",
        "00000000000000",
        "376104250021234569",
    ],
)
def test_published_keys(key):
    assert check_digit(key[:-1]) == int(key[-1])
    assert has_check_digit(key)


@given(st.text("0123456789", min_size=1, max_size=30))
def test_as_the_standard_calculates_it(digits):
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    assert check_digit(digits) == (10 - total % 10) % 10
    assert [last for last in "0123456789" if has_check_digit(digits + last)] == [str(check_digit(digits))]


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(digits, place, by):
    key = digits + str(check_digit(digits))
    wrong = key[:place] + str((int(key[place]) + by) % 10) + key[place + 1 :]
    assert not has_check_digit(wrong)


@pytest.mark.parametrize("digits", ["", "12A", "١٢", "²", " 1", "1\n", "\ud800"])
def test_only_digits_have_a_check_digit(digits):
    with pytest.raises(ValueError, match="digits only"):
        check_digit(digits)


@pytest.mark.parametrize(
    "gmn",
    [
        "1987654Ad4X4bL5ttr2310c2K",
        "12345678901234567890123NT",
        "7907665Bm8v2AB",
        "97850l6KZm0yCD",
        "99999zzzzzzzzzzzzzzzzzzT2",
        "12345_!\"%&'()*+,-./LC",
        "00000!HV",
        "22",
    ],
)
def test_published_check_pairs(gmn):
    assert check_characters(gmn[:-2]) == gmn[-2:]
    assert has_check_characters(gmn)


@pytest.mark.parametrize(
    "gmn",
    [
        "1987654Ad4X4bL5ttr2310cXK",
        "1987654Ad4X4bL5ttr2310c2X",
        "1987654Ad4X4bL5ttr2310c2k",
        "33",
        "2",
        "",
        "1" * 24 + "22",
    ],
)
def test_wrong_check_pairs(gmn):
    assert not has_check_characters(gmn)


@pytest.mark.parametrize("text", ["1" * 24, "12 3", "12é", "#"])
def test_what_has_no_check_pair(text):
    with pytest.raises(ValueError, match=r"check pair|character set"):
        check_characters(text)
