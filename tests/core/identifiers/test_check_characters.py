import pytest
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.identifiers import check_characters as checks

KNOWN = [
    ("mod_43", "+A123BJC5D6E71", "G"),  # ANSI/HIBC 2.6, appendix B
    ("mod_11_2", "0794", "0"),  # ISO/IEC 7064
    ("mod_11_2", "079", "X"),  # ISO/IEC 7064
    ("mod_11_2", "000000021825009", "7"),  # ORCID
    ("mod_37_2", "G123417654321", "A"),  # ICCBBA ST-001, appendix A
    ("mod_97_10", "794", "44"),  # ISO/IEC 7064
    ("mod_97_10", "0", "98"),
    ("mod_11_10", "0794", "5"),  # ISO/IEC 7064
    ("mod_11_10", "8609574271", "9"),  # a German tax number
    ("mod_37_36", "A12425GABC1234002", "M"),  # Global Release Identifier
    ("luhn", "7992739871", "3"),
    ("luhn", "49015420323751", "8"),  # an IMEI
]
ALL = {
    "mod_43": checks.CODE_39,
    "mod_11_2": checks.DIGITS,
    "mod_37_2": checks.ALPHANUMERICS,
    "mod_97_10": checks.DIGITS,
    "mod_11_10": checks.DIGITS,
    "mod_37_36": checks.ALPHANUMERICS,
    "luhn": checks.DIGITS,
}


def pair(name):
    return getattr(checks, name), getattr(checks, f"{name}_is_right")


@pytest.mark.parametrize(("name", "text", "check"), KNOWN)
def test_published_examples(name, text, check):
    compute, is_right = pair(name)
    assert compute(text) == check
    assert is_right(text + check)


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
def test_what_is_computed_is_right_and_nothing_else_is(name, data):
    compute, is_right = pair(name)
    text = data.draw(st.text(ALL[name], min_size=1, max_size=30))
    check = compute(text)
    assert is_right(text + check)
    other = data.draw(st.text(f"{ALL[name]}X*", min_size=len(check), max_size=len(check)))
    assert is_right(text + other) == (other == check)


@pytest.mark.parametrize("name", ["mod_11_2", "mod_37_2", "mod_97_10", "mod_11_10", "mod_37_36", "luhn"])
@given(data=st.data())
def test_one_wrong_character_is_found(name, data):
    compute, is_right = pair(name)
    text = data.draw(st.text(ALL[name], min_size=1, max_size=30))
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([character for character in ALL[name] if character != text[place]]))
    assert not is_right(text[:place] + other + text[place + 1 :] + compute(text))


@pytest.mark.parametrize("name", ALL)
@given(text=st.text())
def test_any_text_has_an_answer(name, text):
    compute, is_right = pair(name)
    if any(character not in ALL[name] for character in text) or not text:
        assert compute(text) is None
    is_right(text)


@pytest.mark.parametrize("name", ALL)
def test_a_check_character_alone_is_not_right(name):
    _, is_right = pair(name)
    for text in ("", "0", "1", "X", "01", "98", "\u0661", "\ud800", "\0"):
        assert not is_right(text) or len(text) > 1
