"""How serial numbers are written, and told from those that are not of a format."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers.serial_format import (
    BASES,
    RANDOM,
    FormatProblem,
    SerialContext,
    check_of,
    fits,
    issuing,
    misfit,
    number_in,
    parsed,
    written,
)

DAY = date(2026, 3, 2)


def serial(text: str, number: int = 317, *, day: date = DAY, line: str = "L2", chance: int = 0) -> str | None:
    return written(issuing(text), SerialContext(day=day, site="LYON", line=line, random_below=lambda _: chance), number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IPC26-######", "IPC26-000317"),
        ("#", "317"),
        ("S-##/26", "S-317/26"),
        ("IPC{year:2}{week}-{number:6}", "IPC2610-000317"),
        ("{year:4}{month}{day}{number:4}", "202603020317"),
        ("{year:2}{day_of_year}-{number:3}", "26061-317"),
        ("{number:5:base34}", "0009B"),
        ("{number:5:base36}", "0008T"),
        ("{site}/{line}/{number:3}", "LYON/L2/317"),
        ("{random:8}", "22222222"),
        ("{number:3}-{random:4}", "317-2222"),
        ("{NUMBER:3}", "317"),
    ],
)
def test_a_serial_is_written_in_its_format(text, expected):
    assert serial(text) == expected
    assert fits(parsed(text), expected)
    assert fits(parsed(text), f" {expected.lower()} ")


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("{number:11}{check:gs1}", 3600029145, "036000291452"),  # GS1 check digit calculator, UPC-A 0 36000 29145 2
        ("{number:10}{check:luhn}", 7992739871, "79927398713"),  # the usual example of ISO/IEC 7812-1
        ("{number:4}{check:mod11-2}", 794, "07940"),  # ISO/IEC 7064, 6.2: 0794 has the check character 0
        ("{number:3}{check:mod97-10}", 794, "79444"),  # ISO/IEC 7064: 794 has the check digits 44
        ("+A99912345/{number:5}{check:mod43}", 1, None),
    ],
)
def test_a_check_character_is_that_of_its_standard(text, number, expected):
    found = serial(text, number)
    assert expected is None or found == expected
    assert found is not None
    assert fits(parsed(text), found)


def test_separators_and_spelling_do_not_change_a_check():
    with_separators = serial("ab-{number:6}/{check:luhn}")
    assert with_separators == f"ab-000317/{check_of('luhn', '000317')}"
    assert fits(parsed("ab-{number:6}/{check:luhn}"), "AB - 000317 / " + with_separators[-1])
    lower, upper = serial("ab-{number:6}{check:mod37-2}"), serial("AB-{number:6}{check:mod37-2}")
    assert lower[-1] == upper[-1]


def test_a_wrong_check_is_told_from_a_wrong_form():
    good = serial("P{number:6}{check:luhn}")
    wrong = good[:-1] + str((int(good[-1]) + 1) % 10)
    assert misfit(parsed("P{number:6}{check:luhn}"), wrong) == (
        f"its check character (luhn) is {wrong[-1]}, calculated {good[-1]}"
    )
    assert misfit(parsed("P{number:6}{check:luhn}"), "Q0003175") == "it is not of the form P{number:6}{check:luhn}"


def test_the_year_of_a_week_is_the_one_the_week_belongs_to():
    """ISO 8601: the first of January 2027 is in week 53 of 2026."""
    assert serial("{year:2}{week}-{number:3}", day=date(2027, 1, 1)) == "2653-317"
    assert serial("{year:2}-{number:3}", day=date(2027, 1, 1)) == "27-317"


@pytest.mark.parametrize(
    "wrong", ["IPC2654-000317", "IPC2600-000317", "IPC261-000317", "IPC2610-00317", "XIPC2610-000317"]
)
def test_what_is_not_of_the_form_does_not_fit(wrong):
    assert not fits(parsed("IPC{year:2}{week}-{number:6}"), wrong)


def test_look_alikes_do_not_fit():
    assert not {"0", "O", "1", "I"} & set(RANDOM)
    assert not {"O", "I"} & set(BASES["base34"])
    assert not fits(parsed("{number:5:base34}"), "0000O")
    assert not fits(parsed("{random:8}"), "2222222O")


@pytest.mark.parametrize(
    ("text", "last"), [("{number:3}", 999), ("{number:2:base34}", 34**2 - 1), ("{number:18}", 10**18 - 1)]
)
def test_a_number_that_outgrows_its_width_is_an_error(text, last):
    assert len(serial(text, last)) == len(serial(text, 1))
    with pytest.raises(FormatProblem, match=f"number {last + 1} outgrows .* whose last is {last}; define a format"):
        serial(text, last + 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("IPC26", "'IPC26' has no running number"),
        ("{random:7}", "or write {random:8} or longer"),
        ("##-##", "2 tokens for the running number"),
        ("#-{number:3}", "2 tokens for the running number"),
        ("A{number}", "position 2: write {number:6}"),
        ("A{number:0}", "position 2: {number} needs its width, from 1 to 18"),
        ("A{number:19}", "position 2: {number} needs its width, from 1 to 18"),
        ("A{number:٣}", "needs its width"),
        ("A{number:3:base37}", "position 2: write {number:6}, {number:5:base34}"),
        ("A{yaer:2}{number:3}", "position 2: there is no token {yaer:2}; there is number, random"),
        ("{year}{number:3}", "position 1: write {year:2} or {year:4}"),
        ("{number:3", "position 1: a { without its other half"),
        ("A#}", "position 3: a } without its other half"),
        ("{week}{month}{number:3}", "write only one of them"),
        ("{number:3}{check:crc}", "position 11: a check is one of gs1, luhn"),
        ("{check:luhn}{number:3}", "position 1: nothing but constant text may follow"),
        ("A{check:luhn}", "position 2: the check needs a number before it"),
        ("{number:3:base36}{check:luhn}", "luhn protects digits only, and the number has letters; write mod37-2"),
        ("{line}{line}#", "2 tokens for the line"),
        ("#" * 19, "19 digits; a number has at most 18"),
        ("A" * 200 + "#", "201 characters long; at most 200"),
    ],
)
def test_a_fault_in_a_format_is_named_with_its_place_and_mend(text, told):
    with pytest.raises(FormatProblem) as caught:
        issuing(text)
    assert told in str(caught.value)


@pytest.mark.parametrize("line", ["", "  ", "L" * 41])
def test_a_line_is_given_where_the_format_names_it(line):
    with pytest.raises(
        FormatProblem, match=r"the format names \{line\}; give a line of 1 to 40 characters with the issue"
    ):
        serial("{line}-{number:3}", line=line)


@given(
    number=st.integers(1, 10**6 - 1),
    text=st.sampled_from(
        ["A-{number:6}{check:gs1}", "{line}{number:6}{check:mod97-10}", "{number:5:base36}{check:mod37-2}Z", "######"]
    ),
    line=st.sampled_from(["L1", "l-2", "9"]),
)
def test_what_is_written_is_read_again(number, text, line):
    found = serial(text, number, line=line)
    assert found is not None
    assert fits(parsed(text), found)
    if "{line}" not in text:
        assert number_in(parsed(text), found.lower()) == number


@given(st.text(max_size=40))
def test_any_text_is_a_format_or_is_explained(text):
    with contextlib.suppress(FormatProblem):
        assert parsed(text).text == text


def test_a_hostile_serial_is_judged_in_no_time():
    assert not fits(parsed("{site}-{line}-#{check:luhn}!"), "9" * 200)
