"""The normal form and the limits of every name a person, a scanner or another system hands us."""

import unicodedata

NAME_MAX = 200
"""Longest part, serial, lot or other number accepted, in characters."""

TEXT_MAX = 4000
"""Longest free text (reasons, descriptions) accepted, in characters."""


class NameProblem(ValueError):
    """A name that cannot be taken; its text says what is wrong and what to do."""


def normal_form(name: str) -> str:
    """The key under which spellings of one name meet: NFC, upper case, no white space.

    Two records for one physical unit begin with a scanner that sends lower case or a clerk who types a blank,
    so `pump-7`, `PUMP-7 ` and `PUMP -7` are one name. What was written first is kept for display.
    """
    name = "".join(name.split())
    if name.isascii():
        return name.upper()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).upper())


def checked_name(name: str, *, what: str) -> str:
    """`name` without surrounding blanks, or NameProblem when it is empty, too long or holds unprintable characters."""
    name = name.strip()
    if not name:
        raise NameProblem(f"{what} is empty; give the number as marked")
    if len(name) > NAME_MAX:
        raise NameProblem(f"{what} is {len(name)} characters long; at most {NAME_MAX} are accepted")
    if not name.isprintable():
        raise NameProblem(
            f"{what} holds a control or invisible character ({_first_unprintable(name)}); "
            "send the decoded value without separators"
        )
    return name


def checked_text(text: str, *, what: str) -> str:
    """`text` unchanged, or NameProblem when it is too long or holds control characters other than line breaks."""
    if len(text) > TEXT_MAX:
        raise NameProblem(f"{what} is {len(text)} characters long; at most {TEXT_MAX} are accepted")
    if not text.isprintable() and not text.translate(_LINE_BREAKS).isprintable():
        raise NameProblem(f"{what} holds a control or invisible character ({_first_unprintable(text)})")
    return text


_LINE_BREAKS = {ord("\n"): " ", ord("\r"): " ", ord("\t"): " ", 0xA0: " "}


def _first_unprintable(text: str) -> str:
    return next(f"U+{ord(character):04X}" for character in text if not character.isprintable())
