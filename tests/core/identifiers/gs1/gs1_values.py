"""Valid values of every AI, and messages of several, as Hypothesis makes them up from the table alone."""

import string
from datetime import date

from hypothesis import strategies as st

from asbuilt.core.identifiers.gs1 import code_lists
from asbuilt.core.identifiers.gs1.ai_table import AI_TABLE
from asbuilt.core.identifiers.gs1.application_identifiers import AIS
from asbuilt.core.identifiers.gs1.check_digits import check_characters, check_digit
from asbuilt.core.identifiers.gs1.dictionary import entries
from asbuilt.core.identifiers.gs1.pairs import faults_between
from asbuilt.core.identifiers.reading import Element

SET_82 = "!\"%&'()*+,-./:;<=>?_" + string.digits + string.ascii_letters
SET_39 = "#-/" + string.digits + string.ascii_uppercase
BASE64URL = "-_" + string.digits + string.ascii_letters
ALPHABETS = {"N": string.digits, "X": SET_82, "Y": SET_39, "Z": BASE64URL}

KEYS = [ai.ai for ai in AIS.values() if ai.qualifiers is not None]

FORMATS = sorted({ai.components: ai.ai for ai in reversed(AIS.values())}.values())
"""One AI of each format."""

FIRSTS = [entry.first for entry in entries(AI_TABLE)]
"""One AI of each line of the table."""

_DATES = st.dates(date(2000, 1, 1), date(2049, 12, 31))
_TIMES = st.times()


def _one_of(codes):
    return st.sampled_from(sorted(codes))


def _numbers(below, width):
    return st.integers(0, below - 1).map(lambda number: f"{number:0{width}d}")


def _short_date(drawn):
    return drawn.strftime("%y%m%d")


_BY_LINTER = {
    "yymmdd": _DATES.map(_short_date),
    "yymmd0": _DATES.map(_short_date) | _DATES.map(lambda drawn: drawn.strftime("%y%m00")),
    "yyyymmdd": _DATES.map(lambda drawn: drawn.strftime("%Y%m%d")),
    "hh": _numbers(24, 2),
    "mi": _numbers(60, 2),
    "ss": _numbers(60, 2),
    "hhmi": _TIMES.map(lambda drawn: drawn.strftime("%H%M")),
    "iso3166": _one_of(code_lists.COUNTRIES),
    "iso3166999": _one_of(code_lists.COUNTRIES | {"999"}),
    "iso3166alpha2": _one_of(code_lists.COUNTRY_LETTERS),
    "iso4217": _one_of(code_lists.CURRENCIES),
    "iso5218": st.sampled_from("0129"),
    "iban": st.sampled_from(["GB82WEST12345698765432", "DE89370400440532013000", "BE71096123456769"]),
    "latitude": _numbers(1_800_000_001, 10),
    "longitude": _numbers(3_600_000_001, 10),
    "importeridx": st.sampled_from(BASE64URL),
    "mediatype": _one_of(code_lists.MEDIA_TYPES),
    "packagetype": _one_of(code_lists.PACKAGE_TYPES),
    "zero": st.just("0"),
    "hyphen": st.just("-"),
    "winding": st.sampled_from("019"),
    "yesno": st.sampled_from("01"),
    "pieceoftotal": st.tuples(st.integers(1, 99), st.integers(1, 99)).map(lambda two: f"{min(two):02d}{max(two):02d}"),
    "posinseqslash": st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda two: f"{min(two)}/{max(two)}"),
    "couponcode": st.sampled_from(["012345612345611110123", "0123456123456111101233261231"]),
    "couponposoffer": st.sampled_from(["001234561234560123456", "0012345612345611234567"]),
}


def _text(component):
    return st.text(ALPHABETS[component.kind], min_size=component.minimum, max_size=component.maximum)


def part_of(component):
    """Values of one component."""
    linters = set(component.linters)
    if "csum" in linters:
        body = st.text(string.digits, min_size=component.maximum - 1, max_size=component.maximum - 1)
        return body.map(lambda digits: digits + str(check_digit(digits)))
    if "csumalpha" in linters:
        body = st.tuples(st.from_regex(r"\A[0-9]{4}A\Z"), st.text(SET_82, max_size=component.maximum - 7)).map("".join)
        return body.map(lambda text: text + check_characters(text))
    if "gcppos1" in linters:
        rest = st.text(ALPHABETS[component.kind], max_size=component.maximum - 4)
        return st.tuples(_numbers(10_000, 4), rest).map("".join)
    if linters & set(_BY_LINTER):
        return _BY_LINTER[component.linters[0]]
    if "nonzero" in linters:
        return _text(component).filter(lambda value: value.strip("0"))
    if "nozeroprefix" in linters:
        return _text(component).filter(lambda value: not value.startswith("0"))
    if "pcenc" in linters:
        return st.text(SET_82.replace("%", ""), min_size=1, max_size=component.maximum - 3).map(
            lambda text: text + "%2F"
        )
    return _text(component)


def values_of(ai):
    """Valid values of an AI."""
    return values_with(AIS[ai].components)


@st.composite
def values_with(draw, components):
    """Values of these components, with all, some or none of the optional ones."""
    mandatory = [component for component in components if not component.is_optional]
    optional = components[len(mandatory) :]
    present = [*mandatory, *optional[: draw(st.integers(0, len(optional)))]]
    return "".join(draw(part_of(component)) for component in present)


@st.composite
def messages(draw, key=None, others=None):
    """Elements without a fault: a key, and others as far as the pair rules let them."""
    first = key or draw(st.sampled_from(KEYS))
    elements = [Element(first, draw(values_of(first)))]
    if faults_between(elements):
        elements.append(Element("8020", draw(values_of("8020"))))  # what a payment slip's GLN (415) must come with
    for ai in draw(st.lists(st.sampled_from(others or sorted(AIS)), max_size=8, unique=True)):
        added = [*elements, Element(ai, draw(values_of(ai)))]
        if ai not in {element.id for element in elements} and not faults_between(added):
            elements = added
    return elements
