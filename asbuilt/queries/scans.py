"""Which unit, lot or container a scan means: one, several to choose from, or honestly none."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from asbuilt.core.identifiers.gs1.application_identifiers import AIS
from asbuilt.core.identifiers.gs1.writing import bracketed, digital_link, element_string
from asbuilt.core.identifiers.mh10.unique_items import unique_item_identifier
from asbuilt.core.identifiers.reading import Element, Fault, Reading, Scheme
from asbuilt.core.identifiers.scan import read
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.database import Reader
from asbuilt.queries.find import Found, Match, containers_named, find, match_of
from asbuilt.queries.naming import Named, bearing, of_gtin, of_part

_GTIN, _SERIAL, _LOT, _SSCC = "01", "21", "10", "00"
_GS1_SCHEMES = frozenset({Scheme.GS1, Scheme.DIGITAL_LINK, Scheme.EPC_URN, Scheme.EPC_BINARY})
_UNIT, _LOT_KIND = (SubjectKind.UNIT,), (SubjectKind.LOT,)
_BOTH = (SubjectKind.UNIT, SubjectKind.LOT)

# Where schemes other than GS1 say what part, serial and lot number are, the most certain first.
_PARTS = ("1P", "P", "30P", "PNR", "PNO", "pcn")
_SERIALS = ("S", "13S", "SER", "SEQ", "serial")
_LOTS = ("1T", "T", "LOT", "lot")
_WHOLE_NAMES = ("25S", "18S", "22S", "UII", "I", "23S", "donation_identification_number")


class Outcome(StrEnum):
    """What became of a scan."""

    KNOWN = "known"
    """It means one thing here."""
    AMBIGUOUS = "ambiguous"
    """It means several things here: say which."""
    UNKNOWN = "unknown"
    """It is in order, and nothing here bears it."""
    INVALID = "invalid"
    """It is not in order, so nothing was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a scan says and what it means here.

    message: for the person who scanned. scheme to errors: the reading, see core.identifiers.reading.
    """

    input: str
    outcome: Outcome
    message: str
    valid: bool
    scheme: Scheme
    elements: tuple[Element, ...]
    digital_link: str | None
    epc: str | None
    errors: tuple[Fault, ...]
    matches: tuple[Match, ...] = ()
    containers: tuple[str, ...] = ()
    work_orders: tuple[str, ...] = ()
    part_numbers: tuple[str, ...] = ()
    recalls: tuple[str, ...] = ()


def resolve(reader: Reader, text: str) -> Resolution:
    """Which unit, lot, container, order, part or recall a scan means.

    What says its scheme is looked up by the keys in it alone: a serial number without its part is never enough, since
    two parts may have the same. A plain number may be any name that is known here.
    """
    reading = read(text)
    if not reading.is_valid:
        return _resolution(reading, text, Outcome.INVALID, reading.faults[0].message)
    if reading.scheme is Scheme.PLAIN:
        return _told(reading, text, find(reader, reading.elements[0].value))
    return _told(reading, text, _read_names(reader, reading, text))


def find_scanned(reader: Reader, text: str) -> Found:
    """Everything that a text names, whether it was typed or scanned (serves the find box)."""
    typed = find(reader, text)
    if typed.count:
        return typed
    reading = read(text)
    if not reading.is_valid:
        return typed
    if reading.scheme is not Scheme.PLAIN:
        scanned = _read_names(reader, reading, text)
    else:
        scanned = find(reader, reading.elements[0].value)  # without what the scanner put around it
    return scanned if scanned.count else typed


def _read_names(reader: Reader, reading: Reading, text: str) -> Found:
    matches = tuple(match_of(reader, named) for named in named_by(reader, reading, text))
    containers = () if matches else _containers(reader, reading)
    return Found(text=text.strip(), matches=matches, containers=containers)


def named_by(reader: Reader, reading: Reading, text: str) -> list[Named]:
    """The units and lots that a valid reading names, by the most certain way that leads anywhere."""
    found = bearing(reader, dict.fromkeys([*names_in(reading), text]), kinds=_BOTH)
    return found or next((few for few in _by_part_and_number(reader, reading) if few), [])


def names_in(reading: Reading) -> Iterator[str]:
    """The spellings under which something may bear the identifier of a reading as a further name."""
    if reading.scheme in _GS1_SCHEMES:
        yield from _gs1_names(reading)
        return
    values = {element.id: element.value for element in reading.elements}
    if reading.scheme is Scheme.ISO_15434 and (item := unique_item_identifier(reading.elements)) is not None:
        yield item
    yield from (values[name] for name in _WHOLE_NAMES if name in values)


def _gs1_names(reading: Reading) -> Iterator[str]:
    """A GS1 key with its qualifiers in all its spellings, and then with everything that was scanned beside it."""
    if reading.epc is not None:
        yield reading.epc
    key = _key(reading.elements)
    for elements in (key, reading.elements):
        if elements and all(element.id in AIS for element in elements):
            yield bracketed(elements)
            yield element_string(elements)
            if (link := digital_link(elements)) is not None:
                yield link


def _key(elements: tuple[Element, ...]) -> tuple[Element, ...]:
    """The primary key and those of its qualifiers that tell individuals apart: the serial number, or else the lot."""
    primary = next((one for one in elements if one.id in AIS and AIS[one.id].qualifiers is not None), None)
    if primary is None:
        return ()
    for qualifier in (_SERIAL, "235", "8011", "254", _LOT):
        found = next((one for one in elements if one.id == qualifier), None)
        if found is not None:
            return primary, found
    return (primary,)


def _by_part_and_number(reader: Reader, reading: Reading) -> Iterator[list[Named]]:
    values = {element.id: element.value for element in reading.elements}
    if reading.scheme in _GS1_SCHEMES:
        gtin = values.get(_GTIN)
        if gtin is not None and _SERIAL in values:
            yield of_gtin(reader, gtin, values[_SERIAL], kinds=_UNIT)
        elif gtin is not None and _LOT in values:
            yield of_gtin(reader, gtin, values[_LOT], kinds=_LOT_KIND)
        return
    serial = next((values[name] for name in _SERIALS if name in values), None)
    lot = next((values[name] for name in _LOTS if name in values), None)
    number, kinds = (serial, _UNIT) if serial is not None else (lot, _LOT_KIND)
    if number is not None:
        yield from (of_part(reader, values[name], number, kinds=kinds) for name in _PARTS if name in values)


def _containers(reader: Reader, reading: Reading) -> tuple[str, ...]:
    """The container with an SSCC, under whichever spelling it was packed."""
    sscc = next((element.value for element in reading.elements if element.id == _SSCC), None)
    if sscc is None or reading.scheme not in _GS1_SCHEMES:
        return ()
    spellings = (sscc, f"00{sscc}", f"(00){sscc}")
    return next((found for text in spellings if (found := containers_named(reader, text))), ())


def _told(reading: Reading, text: str, found: Found) -> Resolution:
    if found.problem:
        return _resolution(reading, text, Outcome.INVALID, found.problem)
    if found.count == 0:
        message = "the scan is in order, but nothing known here bears it; check that it is the right mark and site"
        return _resolution(reading, text, Outcome.UNKNOWN, message)
    if found.count > 1:
        return _resolution(reading, text, Outcome.AMBIGUOUS, f"it means {found.count} things here; say which", found)
    return _resolution(reading, text, Outcome.KNOWN, "", found)


def _resolution(reading: Reading, text: str, outcome: Outcome, message: str, found: Found | None = None) -> Resolution:
    found = found or Found(text=text)
    return Resolution(
        input=text,
        outcome=outcome,
        message=message,
        valid=reading.is_valid,
        scheme=reading.scheme,
        elements=reading.elements,
        digital_link=reading.digital_link,
        epc=reading.epc,
        errors=reading.faults,
        matches=found.matches,
        containers=found.containers,
        work_orders=found.work_orders,
        part_numbers=found.part_numbers,
        recalls=found.recalls,
    )
