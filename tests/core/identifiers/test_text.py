import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asbuilt.core.identifiers.text import NAME_MAX, TEXT_MAX, NameProblem, checked_name, checked_text, normal_form
from tests.strategies import names


@given(names | st.text())
@example("e \u0301")
@example("\u0345")
@example("ǰ")
@example("ŉ")
def test_the_normal_form_is_the_normal_form_of_itself(name):
    key = normal_form(name)
    assert normal_form(key) == key
    assert unicodedata.is_normalized("NFC", key)
    assert not any(character.isspace() for character in key)


@given(names)
def test_case_composition_and_blanks_do_not_tell_names_apart(name):
    key = normal_form(name)
    assert normal_form(unicodedata.normalize("NFD", name)) == key
    assert normal_form(f"\t{name}\n ") == key
    assert normal_form(name.upper()) == key


@given(names)
def test_a_name_that_is_accepted_has_a_key(name):
    assert normal_form(checked_name(name, what="serial number"))


def test_names_are_trimmed_and_kept_as_marked():
    assert checked_name("  Pump 200b ", what="part number") == "Pump 200b"
    assert checked_name("9" * NAME_MAX, what="part number") == "9" * NAME_MAX


@pytest.mark.parametrize("name", ["", "   ", "\u3000", "A\u200bB", "A\nB", "A\x00B", "\ud800", "A\u202eB", "9" * 201])
def test_what_nobody_can_read_is_no_name(name):
    with pytest.raises(NameProblem):
        checked_name(name, what="serial number")


def test_sentences_may_have_lines_but_no_control_characters():
    text = "scratched\r\n\tat the lid\u00a0"
    assert checked_text(text, what="reason") is text
    for bad in ("a\x00b", "a\x1bb", "\ud800", "x" * (TEXT_MAX + 1)):
        with pytest.raises(NameProblem, match="reason"):
            checked_text(bad, what="reason")
