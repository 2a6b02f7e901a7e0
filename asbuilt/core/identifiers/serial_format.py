"""How serial numbers are written: constant text with tokens in braces, `IPC{year:2}{week}-{number:6}`.

    {number:6}          the running number with exactly six digits; {number:5:base34} and {number:5:base36} with letters
    ######              the running number with at least so many digits; the only part of a format that may grow
    {random:8}          characters that nobody can guess, without look-alikes
    {year:2} {year:4}   {month} {day} {day_of_year} {week}   the day of issue; with {week} the year is that of the week
    {site} {line}       the site's name; the line, printer or cell given with the issue
    {check:luhn}        a check character over what stands before it: gs1, luhn, mod11-2, mod97-10, mod37-2, mod43

Base 34 is 0-9 and A-Z without I and O, base 36 all of them; random characters are base 32, without 0, 1, I and O. A
check is taken over those characters before it that have a value in its alphabet, in their normal form, so that
separators do not count and every spelling of a serial has the same check character.

Sources: GS1 General Specifications 7.9.1; ISO/IEC 7064; ISO/IEC 7812-1 annex B; ISO/IEC 16388 annex A; ISO 8601 weeks;
Delegated Regulation (EU) 2016/161, article 4(c), for how little may be guessed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from asbuilt.core.identifiers.check_characters import (
    ALPHANUMERICS,
    CODE_39,
    DIGITS,
    luhn,
    mod_11_2,
    mod_37_2,
    mod_43,
    mod_97_10,
)
from asbuilt.core.identifiers.gs1.check_digits import check_digit
from asbuilt.core.identifiers.text import NAME_MAX, normal_form

BASES: dict[str, str] = {
    "base10": DIGITS,
    "base34": "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ",
    "base36": ALPHANUMERICS,
}
RANDOM = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Characters of {random}: none that is taken for another, and a power of two of them."""

NUMBER_MAX, NUMBER_WIDTH_MAX = 10**18, 18
"""Running numbers stay below this, so that any database counts them."""
RANDOM_WIDTH_MAX = 32
GUESS_WIDTH_MIN = 8
"""Least random characters where there is no running number: with 10^8 issued a guess hits one in 10,000 times."""

_PLACE_MAX = 40


@dataclass(frozen=True, slots=True)
class _Check:
    """A kind of check: the characters it counts, its function, how it looks."""

    alphabet: str
    of: Callable[[str], str | None]
    pattern: str


_CHECKS: dict[str, _Check] = {
    "gs1": _Check(DIGITS, lambda digits: str(check_digit(digits)) if digits else None, "[0-9]"),
    "luhn": _Check(DIGITS, luhn, "[0-9]"),
    "mod11-2": _Check(DIGITS, mod_11_2, "[0-9X]"),
    "mod97-10": _Check(DIGITS, mod_97_10, "[0-9]{2}"),
    "mod37-2": _Check(ALPHANUMERICS, mod_37_2, "[0-9A-Z*]"),
    "mod43": _Check(CODE_39.replace(" ", ""), mod_43, r"[0-9A-Z\-.$/+%]"),
}

_DATES: dict[str, tuple[str, Callable[[date], str]]] = {
    "year:2": ("[0-9]{2}", lambda day: f"{day.year % 100:02}"),
    "year:4": ("[0-9]{4}", lambda day: f"{day.year:04}"),
    "month": ("(?:0[1-9]|1[0-2])", lambda day: f"{day.month:02}"),
    "day": ("(?:0[1-9]|[12][0-9]|3[01])", lambda day: f"{day.day:02}"),
    "day_of_year": ("(?:00[1-9]|0[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])", lambda day: f"{day:%j}"),
    "week": ("(?:0[1-9]|[1-4][0-9]|5[0-3])", lambda day: f"{day.isocalendar().week:02}"),
}
_WEEK_YEARS: dict[str, Callable[[date], str]] = {
    "year:2": lambda day: f"{day.isocalendar().year % 100:02}",
    "year:4": lambda day: f"{day.isocalendar().year:04}",
}
_PLACES = ("site", "line")
_TOKEN = re.compile(r"\{([^{}]*)\}|(#+)|([^{}#]+)|([{}])")
_KINDS = "number, random, year, month, day, day_of_year, week, site, line, check"


class FormatProblem(ValueError):
    """A serial format that cannot be understood, or a serial that cannot be written in it; the text says the mend."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a format: constant text (kind ''), a #-run, or a token."""

    kind: str
    text: str
    width: int = 0
    place: int = 0


@dataclass(frozen=True, slots=True)
class SerialFormat:
    """A format, understood. `text` is as it was written."""

    text: str
    pieces: tuple[_Piece, ...]
    pattern: re.Pattern[str]

    def names(self, kind: str) -> bool:
        """Whether the format has a token of a kind (`number`, `random`, `line` and so on)."""
        return any(piece.kind == kind for piece in self.pieces)

    @property
    def random_width(self) -> int:
        return sum(piece.width for piece in self.pieces if piece.kind == "random")

    @property
    def number_max(self) -> int:
        """The largest running number that can be written."""
        for piece in self.pieces:
            if piece.kind == "number" and piece.width:
                return min(int(len(BASES[piece.text]) ** piece.width), NUMBER_MAX) - 1
        return NUMBER_MAX - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialContext:
    """What is the same for all serials of one issue. random_below: gives a number from 0 up to below its argument."""

    day: date
    site: str
    line: str = ""
    random_below: Callable[[int], int] | None = None


@lru_cache(maxsize=1024)
def parsed(text: str) -> SerialFormat:
    """The format that a text spells. Raises FormatProblem with the position of the fault, counted from 1."""
    if len(text) > NAME_MAX:
        raise FormatProblem(f"the format is {len(text)} characters long; at most {NAME_MAX} are accepted")
    pieces = tuple(_piece(found) for found in _TOKEN.finditer(text))
    _check_together(pieces)
    return SerialFormat(text, pieces, re.compile("".join(map(_pattern, pieces))))


def issuing(text: str) -> SerialFormat:
    """A format in which serials are issued: with a running number, or with enough random characters to be unique.

    Raises FormatProblem.
    """
    found = parsed(text)
    if not found.names("number") and found.random_width < GUESS_WIDTH_MIN:
        raise FormatProblem(
            f"{text!r} has no running number; write it as a run of # or as {{number:6}}, "
            f"or write {{random:{GUESS_WIDTH_MIN}}} or longer"
        )
    return found


def written(serial_format: SerialFormat, context: SerialContext, number: int) -> str | None:
    """The serial of a running number; None when its check character is a blank, which no serial ends with.

    Raises FormatProblem when the number outgrows its place, or the context lacks what the format names.
    """
    if number > serial_format.number_max:
        raise FormatProblem(
            f"number {number} outgrows {serial_format.text!r}, whose last is {serial_format.number_max}; "
            "define a format with a wider number"
        )
    serial, by_week = "", serial_format.names("week")
    for piece in serial_format.pieces:
        if piece.kind == "check":
            check = check_of(piece.text, serial)
            if check is None or not check.strip():
                return None
            serial += check
        else:
            serial += _written(piece, context, number, by_week=by_week)
    return serial


def misfit(serial_format: SerialFormat, serial: str) -> str | None:
    """Why a serial, in any spelling, is not of a format; None when it is."""
    key = normal_form(serial)
    found = serial_format.pattern.fullmatch(key)
    if found is None:
        return f"it is not of the form {serial_format.text}"
    for piece in serial_format.pieces:
        if piece.kind == "check":
            check = check_of(piece.text, key[: found.start("check")])
            if check != found["check"]:
                return f"its check character ({piece.text}) is {found['check']}, calculated {check or 'none'}"
    return None


def fits(serial_format: SerialFormat, serial: str) -> bool:
    """Whether a serial, in any spelling, is of a format, with a right check character."""
    return misfit(serial_format, serial) is None


def number_in(serial_format: SerialFormat, serial: str) -> int | None:
    """The running number in a serial of a format; None when it is not of that format, or that has no number."""
    if not fits(serial_format, serial):
        return None
    found = serial_format.pattern.fullmatch(normal_form(serial))
    for piece in serial_format.pieces:
        if piece.kind == "number" and found is not None:
            return _read(found["number"], BASES[piece.text])
    return None


def check_of(kind: str, text: str) -> str | None:
    """The check character (two for mod97-10) over what has a value in `text`; None when nothing has."""
    check = _CHECKS[kind]
    return check.of("".join(character for character in normal_form(text) if character in check.alphabet))


def _read(text: str, alphabet: str) -> int:
    number = 0
    for character in text:
        number = number * len(alphabet) + alphabet.index(character)
    return number


def _in_base(number: int, alphabet: str, width: int) -> str:
    if alphabet == DIGITS:
        return str(number).rjust(width, alphabet[0])
    characters = []
    while number:
        number, digit = divmod(number, len(alphabet))
        characters.append(alphabet[digit])
    return "".join(reversed(characters)).rjust(width, alphabet[0])


def _written(piece: _Piece, context: SerialContext, number: int, *, by_week: bool) -> str:
    if piece.kind == "":
        return piece.text
    if piece.kind == "number":
        return _in_base(number, BASES[piece.text], piece.width or piece.place)
    if piece.kind == "random":
        if context.random_below is None:
            raise FormatProblem(
                "the format has random characters, which cannot be known in advance; issue them instead"
            )
        return _in_base(context.random_below(len(RANDOM) ** piece.width), RANDOM, piece.width)
    if piece.kind in _PLACES:
        text = "".join((context.site if piece.kind == "site" else context.line).split())
        if not text or len(text) > _PLACE_MAX:
            raise FormatProblem(
                f"the format names {{{piece.kind}}}; give a {piece.kind} of 1 to {_PLACE_MAX} characters with the issue"
            )
        return text
    write = _WEEK_YEARS.get(piece.text) if by_week else None
    return (write or _DATES[piece.text][1])(context.day)


def _pattern(piece: _Piece) -> str:
    if piece.kind == "":
        return re.escape(normal_form(piece.text))
    if piece.kind == "number":
        most = piece.width or NUMBER_WIDTH_MAX
        return f"(?P<number>[{BASES[piece.text]}]{{{piece.width or piece.place},{most}}})"
    if piece.kind == "random":
        return f"[{RANDOM}]{{{piece.width}}}"
    if piece.kind == "check":
        return f"(?P<check>{_CHECKS[piece.text].pattern})"
    if piece.kind in _PLACES:
        return rf"\S{{1,{_PLACE_MAX}}}?"
    return _DATES[piece.text][0]


def _piece(found: re.Match[str]) -> _Piece:
    token, hashes, constant, brace = found.groups()
    at = found.start() + 1
    if brace:
        raise FormatProblem(f"position {at}: a {brace} without its other half; write tokens as {{number:6}}")
    if constant:
        return _Piece("", constant)
    if hashes:
        if len(hashes) > NUMBER_WIDTH_MAX:
            raise FormatProblem(f"position {at}: {len(hashes)} digits; a number has at most {NUMBER_WIDTH_MAX}")
        return _Piece("number", "base10", 0, len(hashes))  # at least so many digits
    kind, *options = token.strip().lower().split(":")
    return _token(kind, options, at)


def _token(kind: str, options: list[str], at: int) -> _Piece:
    if kind == "number":
        base = options[1] if len(options) > 1 else "base10"
        if base not in BASES or len(options) not in (1, 2):
            raise FormatProblem(f"position {at}: write {{number:6}}, {{number:5:base34}} or {{number:5:base36}}")
        return _Piece(kind, base, _width(options[0], NUMBER_WIDTH_MAX, at, kind))
    if kind == "random":
        width = _width(":".join(options), RANDOM_WIDTH_MAX, at, kind)
        return _Piece(kind, "", width)
    if kind == "check":
        if len(options) != 1 or options[0] not in _CHECKS:
            raise FormatProblem(f"position {at}: a check is one of {', '.join(_CHECKS)}, as in {{check:luhn}}")
        return _Piece(kind, options[0], place=at)
    name = ":".join([kind, *options])
    if name in _PLACES:
        return _Piece(kind, name)
    if name in _DATES:
        return _Piece(kind, name)
    if kind == "year":
        raise FormatProblem(f"position {at}: write {{year:2}} or {{year:4}}")
    raise FormatProblem(f"position {at}: there is no token {{{name}}}; there is {_KINDS}")


def _width(text: str, most: int, at: int, kind: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(most)) or not 1 <= int(text) <= most:
        raise FormatProblem(
            f"position {at}: {{{kind}}} needs its width, from 1 to {most} characters, as in {{{kind}:8}}"
        )
    return int(text)


def _check_together(pieces: tuple[_Piece, ...]) -> None:
    """Raise FormatProblem for tokens that do not go together."""
    kinds = [piece.kind for piece in pieces]
    for kind, what in (("number", "running number"), ("check", "check"), ("site", "site"), ("line", "line")):
        if kinds.count(kind) > 1:
            raise FormatProblem(f"the format has {kinds.count(kind)} tokens for the {what}; write exactly one")
    if "week" in kinds and {"month", "day", "day_of_year"} & set(kinds):
        raise FormatProblem("the format has a week and a month or day, whose years differ; write only one of them")
    if "check" not in kinds:
        return
    place = kinds.index("check")
    before, after = pieces[:place], pieces[place + 1 :]
    if any(piece.kind for piece in after):
        raise FormatProblem(f"position {pieces[place].place}: nothing but constant text may follow the check")
    if not any(piece.kind in ("number", "random") for piece in before):
        raise FormatProblem(f"position {pieces[place].place}: the check needs a number before it")
    if _CHECKS[pieces[place].text].alphabet == DIGITS and any(map(_has_letters, before)):
        raise FormatProblem(
            f"position {pieces[place].place}: {pieces[place].text} protects digits only, and the number has letters; "
            "write mod37-2 or mod43"
        )


def _has_letters(piece: _Piece) -> bool:
    return piece.kind == "random" or (piece.kind == "number" and piece.text != "base10")
