"""GS1 element strings read: as transmitted by a reader, and in brackets as people write them.

Source: General Specifications, sections 3 and 7.8. Every fault has one of these codes, or that of a linter:

    input-too-long, nothing-read, not-gs1-symbology, brackets       the text as a whole
    unknown-ai, stray-separator, separator-missing                  the parting into elements
    ambiguous-separator, mangled-separator                          separators lost on the way from the reader
    value-empty, value-too-short, value-too-long, invalid-character an element by itself
    repeated-ai, ai-not-allowed, ai-required, serial-missing        elements beside each other
"""

import re

from asbuilt.core.identifiers.gs1.application_identifiers import AIS, GS, Ai, ai_at, shown
from asbuilt.core.identifiers.gs1.pairs import faults_between
from asbuilt.core.identifiers.gs1.writing import digital_link
from asbuilt.core.identifiers.reading import Element, Fault, Reading, Scheme

INPUT_MAX = 8192
"""Longest text that is read at all, in characters; the largest symbol holds 7,089."""

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_SYMBOLOGIES = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
"""AIM symbology identifiers (ISO/IEC 15424) of symbols that hold element strings (General Specifications, 5.1)."""

_SYMBOLOGY_LENGTH = 3
_EXCERPT_MAX = 16  # characters that show where an AI was expected
_HIDDEN_MAX = 200  # a longer value is not searched for an element it may have swallowed

_BRACKETED_AI = re.compile(r"(?<!\\)\(([0-9]+)\)")
_ESCAPED_BRACKET = re.compile(r"\\([()])")

_SPELLED = {
    "<GS>": r"<GS>",
    "{GS}": r"\{GS\}",
    "[GS]": r"\[GS\]",
    "(GS)": r"\(GS\)",
    "<FNC1>": r"<FNC1>",
    "{FNC1}": r"\{FNC1\}",
    "[FNC1]": r"\[FNC1\]",
    "<0x1D>": r"<(?:0x)?1D>",
    "\\x1D": r"\\x1D",
    "\\u001D": r"\\u001D",
    "_x001D_": r"_x001D_",
    "\\035": r"\\0?35",
    "%1D": r"%1D",
    "&#29;": r"&#(?:29|x1D);",
    "ALT-029": r"ALT[-+ ]?0{0,2}29",
    "^]": r"\^\]",
    "␝": r"␝",
    "~d029": r"~d029",
    "~1": r"~1",
    "\\F": r"\\F",
    "è": "è",  # what FNC1 is in Data Matrix, 232, taken for a character
    "ñ": "ñ",  # what FNC1 is called inside some readers of Code 128
    "|": r"\|",
    "~": r"~",
    "]": r"\]",  # the key that makes GS with Ctrl, of which the Ctrl was lost
    "^": r"\^(?!\])",
}
"""How keyboard-mode readers, terminals and spreadsheets spell the separator; by name, as regular expressions."""

_SPELLING = {name: re.compile(spelling, re.IGNORECASE) for name, spelling in _SPELLED.items()}
SPELLED_SEPARATOR = re.compile("|".join(_SPELLED.values()), re.IGNORECASE)
"""A separator in any of these spellings."""


def read_elements(text: str) -> Reading:
    """The element string `text`, its separators transmitted as GS (U+001D); a symbology identifier may stand before.

    Where the separators came as something else (`<GS>`, `|`, `^]` …), they are put back only if the text as it came
    is not valid, one such spelling makes it valid, and no other does so differently; else it is refused.
    Where they did not come at all, the text means what it formally means: a value runs to its end.
    """
    if len(text) > INPUT_MAX:
        return _refused("input-too-long", f"{len(text)} characters were read; at most {INPUT_MAX} are accepted")
    symbology = text[:_SYMBOLOGY_LENGTH]
    if symbology in _GS1_SYMBOLOGIES:
        text = text[_SYMBOLOGY_LENGTH:]
    elif _SYMBOLOGY.fullmatch(symbology):
        return _refused("not-gs1-symbology", f"{symbology} announces a symbol without GS1 element strings")
    reading = _reading(*_parted(text, hints=True))
    if GS in text or SPELLED_SEPARATOR.search(text) is None:
        return reading
    return _with_separators_put_back(text, reading)


def read_bracketed(text: str) -> Reading:
    r"""The element string `text` with each AI in brackets: `(01)09521234543213(21)ABC`.

    A bracket inside a value is written with a backslash, `\(`. It may stand alone where it cannot be taken for an
    AI, which is digits in brackets.
    """
    if len(text) > INPUT_MAX:
        return _refused("input-too-long", f"{len(text)} characters were given; at most {INPUT_MAX} are accepted")
    found = list(_BRACKETED_AI.finditer(text))
    if not found or found[0].start() != 0:
        return _refused("brackets", f"must begin with an AI in brackets, such as (01): {shown(text)}")
    elements: list[Element] = []
    faults: list[Fault] = []
    for place, following in zip(found, [*found[1:], None], strict=True):
        value = _ESCAPED_BRACKET.sub(r"\1", text[place.end() : following.start() if following else len(text)])
        ai = AIS.get(place[1])
        if ai is None:
            faults.append(Fault("unknown-ai", f"there is no AI {shown(place[1])}"))
            continue
        elements.append(Element(ai.ai, value))
        if not ai.accepts(value):
            faults += ai.faults_of(value)
    return _reading(elements, faults)


def _reading(elements: list[Element], faults: list[Fault]) -> Reading:
    if not elements and not faults:
        return _refused("nothing-read", "there is no element; scan again")
    if not any(fault.code in _PARTING_FAULTS for fault in faults):
        faults = faults + faults_between(elements)
    return Reading(
        scheme=Scheme.GS1,
        elements=tuple(elements),
        digital_link=None if faults else digital_link(elements),
        faults=tuple(dict.fromkeys(faults)),
    )


_PARTING_FAULTS = frozenset({"unknown-ai", "stray-separator", "separator-missing"})
"""After these it is not known which elements there are, so nothing is said about their company."""


def _refused(code: str, message: str) -> Reading:
    return Reading(scheme=Scheme.GS1, faults=(Fault(code, message),))


def _parted(text: str, *, hints: bool) -> tuple[list[Element], list[Fault]]:
    """The elements of `text` and what is wrong with each. hints: whether to look for separators that are missing."""
    elements: list[Element] = []
    faults: list[Fault] = []
    position = 1 if text.startswith(GS) else 0
    while position < len(text):
        ai = ai_at(text, position)
        if ai is None:
            faults.append(_unknown(text, position))
            position = text.find(GS, position) + 1 or len(text)
            continue
        start = position + len(ai.ai)
        stop = _end_of_value(text, start, ai)
        value = text[start:stop]
        if not ai.accepts(value):
            is_cut_short = hints and _hides_another(ai, value)
            faults += _overlong(ai, value) if is_cut_short else ai.faults_of(value)
            hints = hints and not is_cut_short and len(value) <= ai.maximum  # the search is long; one hint will do
        elements.append(Element(ai.ai, value))
        position = stop + text.startswith(GS, stop)
    return elements, faults


def _end_of_value(text: str, start: int, ai: Ai) -> int:
    """A value ends at the next separator, one of predefined length also where its length is up."""
    if not ai.is_predefined:
        stop = text.find(GS, start)
        return len(text) if stop < 0 else stop
    stop = text.find(GS, start, start + ai.maximum)
    return min(start + ai.maximum, len(text)) if stop < 0 else stop


def _unknown(text: str, position: int) -> Fault:
    if text.startswith(GS, position):
        return Fault("stray-separator", "two separators follow each other; an element may be missing")
    return Fault("unknown-ai", f"there is no AI at {shown(text[position : position + _EXCERPT_MAX])}")


def _overlong(ai: Ai, value: str) -> list[Fault]:
    message = (
        f"AI {ai.ai} has {len(value)} characters, at most {ai.maximum} are allowed, and other elements seem to follow"
    )
    return [Fault("separator-missing", f"{message}; set the reader to transmit FNC1 as GS: {shown(value)}")]


def _hides_another(ai: Ai, value: str) -> bool:
    """Whether `value` is too long but would be in order with a separator set somewhere in it."""
    if not ai.maximum < len(value) <= _HIDDEN_MAX:
        return False
    for end in range(ai.minimum, ai.maximum + 1):
        if ai_at(value, end) and ai.accepts(value[:end]) and not _parted(value[end:], hints=False)[1]:
            return True
    return False


def _with_separators_put_back(text: str, reading: Reading) -> Reading:
    """`reading` is that of `text` as it came, without GS but with what may stand for it.

    A reader spells all its separators in one way, so each spelling is tried by itself. All together are tried only to
    see whether they would say something else.
    """
    spellings = [name for name, spelling in _SPELLING.items() if spelling.search(text)]
    restored = [_restored(text, _SPELLING[name]) for name in spellings]
    possible = [
        candidate for candidate in (reading, *restored, _restored(text, SPELLED_SEPARATOR)) if candidate.is_valid
    ]
    seen = ", ".join(map(ascii, spellings))
    if len({candidate.elements for candidate in possible}) > 1:
        message = f"{seen} may stand for a separator or belong to a value; set the reader to transmit FNC1 as GS"
        return _refused("ambiguous-separator", message)
    if reading.is_valid:
        return reading
    for candidate in restored:
        if candidate.is_valid:
            return candidate
    mangled = Fault("mangled-separator", f"{seen} may stand for a separator; set the reader to transmit FNC1 as GS")
    return Reading(scheme=Scheme.GS1, elements=restored[0].elements, faults=(mangled, *restored[0].faults))


def _restored(text: str, spelling: re.Pattern[str]) -> Reading:
    return _reading(*_parted(spelling.sub(GS, text), hints=False))
