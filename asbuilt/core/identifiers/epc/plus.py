"""The "+" and "++" schemes: GS1 elements on RFID tags as they are, with a domain name or further elements behind them.

Source: EPC Tag Data Standard 2.3, sections 14.5, 14.6 and 15.3. They have no URN: what they stand for is written as GS1
Digital Link. A "++" scheme keeps its domain. A toggle bit says whether further elements follow the EPC.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from asbuilt.core.identifiers.epc.characters import shown
from asbuilt.core.identifiers.epc.elements import NO_EXTENSION
from asbuilt.core.identifiers.epc.hosts import host_packed, host_unpacked
from asbuilt.core.identifiers.epc.plus_texts import DIGIT_BITS, joined
from asbuilt.core.identifiers.epc.plus_values import Moment, formats_of, value_packed, value_unpacked
from asbuilt.core.identifiers.epc.segments import Bits, Packed
from asbuilt.core.identifiers.epc.tags import HEADER_BITS, NIBBLE_BITS, RAW_BITS_MAX, hex_of, may_hold
from asbuilt.core.identifiers.gs1.application_identifiers import AIS
from asbuilt.core.identifiers.gs1.pairs import faults_between
from asbuilt.core.identifiers.gs1.writing import CANONICAL_STEM, digital_link
from asbuilt.core.identifiers.reading import Element, Fault

FILTER_BITS = 3
_DATE_TYPE_BITS = 4
_DATED = ("11", "13", "15", "16", "17", "7006", "7007")
"""AIs of dates, in the order of the date type indicator (14.5.3)."""
_AI_LENGTHS = {ai[:2]: len(ai) for ai in AIS}
_SECURE = "https://"
_HOST = re.compile(r"[A-Za-z0-9.:-]+")
"""More could be written on a tag, but not in the URI that it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlusFormat:
    """A scheme. ids: the AIs of key and serial number. dated: a date comes before them. hosted: a domain follows.

    serial_behind: how long the key alone is, where its serial number is a part of its value.
    """

    name: str
    header: int
    ids: tuple[str, ...]
    dated: bool = False
    hosted: bool = False
    serial_behind: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlusTag:
    """What a tag with such a scheme holds. host: the domain, empty where there is none. size: bits that it takes."""

    format: PlusFormat
    filter_value: int
    elements: tuple[Element, ...]
    host: str
    size: int

    @property
    def uri(self) -> str:
        """The GS1 Digital Link URI; with its domain or else the canonical one."""
        uri = digital_link(self.elements, stem=f"{_SECURE}{self.host}" if self.host else CANONICAL_STEM)
        assert uri is not None  # the first element is a key, and all others are among those that may stand beside it
        return uri


def _pair(name: str, header: int, hosted: int, *ids: str, serial_behind: int = 0) -> tuple[PlusFormat, PlusFormat]:
    dated = name == "dsgtin"
    return (
        PlusFormat(name=f"{name}+", header=header, ids=ids, dated=dated, serial_behind=serial_behind),
        PlusFormat(name=f"{name}++", header=hosted, ids=ids, dated=dated, hosted=True, serial_behind=serial_behind),
    )


PLUS_FORMATS: tuple[PlusFormat, ...] = (
    *_pair("dsgtin", 0xFB, 0xFC, "01", "21"),
    *_pair("sgtin", 0xF7, 0xFD, "01", "21"),
    *_pair("sscc", 0xF9, 0xEF, "00"),
    *_pair("sgln", 0xF2, 0xE9, "414", "254"),
    *_pair("grai", 0xF1, 0xEB, "8003", serial_behind=14),
    *_pair("giai", 0xFA, 0xEE, "8004"),
    *_pair("gsrn", 0xF4, 0xE7, "8018"),
    *_pair("gsrnp", 0xF5, 0xE8, "8017"),
    *_pair("gdti", 0xF6, 0xEA, "253", serial_behind=13),
    *_pair("sgcn", 0xF8, 0xEC, "255", serial_behind=13),
    *_pair("itip", 0xF3, 0xED, "8006", "21"),
    *_pair("cpi", 0xF0, 0xE6, "8010", "8011"),
)
"""Table 14-1. Of those with the same key the one that holds more comes first."""

PLUS_BY_HEADER = {form.header: form for form in PLUS_FORMATS}


def plus_tag_of(digits: str) -> PlusTag | Fault:
    """Read the bits of a tag, whose header is known to be one of these, given as hexadecimal digits."""
    form = PLUS_BY_HEADER[int(digits[:2], 16)]
    bits = Bits(int(digits, 16), len(digits) * NIBBLE_BITS)
    bits.take(HEADER_BITS)
    is_more = bits.take(1)
    filter_value = bits.take(FILTER_BITS)
    date = _date_unpacked(bits) if form.dated else None
    if isinstance(date, Fault):
        return _of(form, date)
    elements: list[Element] = []
    for id_ in form.ids:
        element = _element_unpacked(id_, bits)
        if isinstance(element, Fault):
            return _of(form, element)
        elements.append(element)
    host = host_unpacked(bits) if form.hosted else ""
    if host is None or bits.left < 0 or (form.hosted and _HOST.fullmatch(host) is None):
        return _of(form, Fault("domain", "the bits after the serial number hold no domain name; read the tag again"))
    further = _further_unpacked(bits) if is_more else []
    size = len(digits) * NIBBLE_BITS - bits.left
    if not isinstance(further, Fault):
        further = _end(bits, len(digits) * NIBBLE_BITS) or further
    if isinstance(further, Fault):
        return _of(form, further)
    elements += [*([] if date is None else [date]), *further]
    kept = tuple(element for element in elements if element != Element("254", NO_EXTENSION))
    problem = _problem_of(form, kept)
    if problem is not None:
        return problem
    return PlusTag(format=form, filter_value=filter_value, elements=kept, host=host, size=size)


def plus_encoded(elements: Sequence[Element], *, host: str, filter_value: int) -> str | Fault:
    """The hexadecimal digits for elements of which the first is the key; they are known to be valid.

    host: the domain to be kept, empty for none. A date that is alone goes before the key, all else behind the EPC.
    """
    if not 0 <= filter_value < 1 << FILTER_BITS:
        most = (1 << FILTER_BITS) - 1
        return Fault("filter", f"the filter value {filter_value} does not go on such a tag; it takes 0 to {most}")
    dates = [one for one in elements if one.id in _DATED and len(one.value) == Moment().characters]
    form = _form_for(elements, hosted=bool(host), dated=len(dates) == 1)
    if isinstance(form, Fault):
        return form
    values = {one.id: one.value for one in elements}
    date = dates[0] if form.dated else None
    further = [one for one in elements if one.id not in form.ids and one != date]
    parts = [
        Packed(form.header, HEADER_BITS),
        Packed(1 if further else 0, 1),
        Packed(filter_value, FILTER_BITS),
        *([] if date is None else [_date_packed(date)]),
        *(_value_packed(Element(id_, values.get(id_, NO_EXTENSION))) for id_ in form.ids),
        *([host_packed(host) or Fault("domain", f"{shown(host)} does not go on a tag")] if host else []),
        *(_further_packed(one) for one in further),
    ]
    good = [part for part in parts if isinstance(part, Packed)]
    if len(good) < len(parts):
        return _of(form, next(part for part in parts if isinstance(part, Fault)))
    packed = joined(*good)
    if packed.size > RAW_BITS_MAX:
        return _of(form, Fault("too-long", f"{packed.size} bits are more than a tag holds, {RAW_BITS_MAX}"))
    return hex_of(packed)


def _form_for(elements: Sequence[Element], *, hosted: bool, dated: bool) -> PlusFormat | Fault:
    present = {element.id for element in elements}
    key = elements[0]
    for form in PLUS_FORMATS:
        if form.ids[0] != key.id or form.hosted is not hosted or (form.dated and not dated):
            continue
        is_whole = form.ids[-1] in {*present, "254"}
        if not is_whole or (form.serial_behind and len(key.value) == form.serial_behind):
            return Fault("no-binary-form", f"AI {key.id} is there without serial number, and names a class of objects")
        return form
    return Fault("no-binary-form", f"AI {key.id} is the key of no EPC; it is not written to tags")


def _of(form: PlusFormat, fault: Fault) -> Fault:
    return Fault(fault.code, f"{fault.message} ({form.name})")


def _problem_of(form: PlusFormat, elements: tuple[Element, ...]) -> Fault | None:
    """What is wrong with the elements by the rules of GS1, which hold for tags too (15.3)."""
    for element in elements:
        if not AIS[element.id].accepts(element.value):
            return _of(form, AIS[element.id].faults_of(element.value)[0])
    if form.serial_behind and len(elements[0].value) == form.serial_behind:
        return _of(form, Fault("serial", f"AI {elements[0].id} has no serial number, which an EPC must have"))
    faults = faults_between(elements)
    if not faults and digital_link(elements) is None:
        return _of(form, Fault("attribute-not-allowed", "the elements cannot stand beside each other"))
    return _of(form, faults[0]) if faults else None


def _element_unpacked(id_: str, bits: Bits) -> Element | Fault:
    formats = formats_of(id_)
    if formats is None:
        return Fault("unknown-ai", f"AI {id_} is not written to tags")
    value = value_unpacked(formats, bits)
    if not value:
        return Fault("value", f"the bits of AI {id_} hold no value of it, or are not all there; read the tag again")
    return Element(id_, value)


def _value_packed(element: Element) -> Packed | Fault:
    formats = formats_of(element.id)
    packed = None if formats is None else value_packed(formats, element.value)
    if packed is None:
        return Fault("value", f"AI {element.id} with the value {shown(element.value)} is not written to tags")
    return packed


def _date_unpacked(bits: Bits) -> Element | Fault:
    kind = bits.take(_DATE_TYPE_BITS)
    value = Moment().unpacked(bits)
    if kind >= len(_DATED) or value is None:
        return Fault("date", f"the date on the tag has the type {kind} or digits that no date has; read the tag again")
    return Element(_DATED[kind], value)


def _date_packed(date: Element) -> Packed | Fault:
    packed = Moment().packed(date.value)
    if packed is None:
        return Fault("date", f"AI {date.id} with the value {shown(date.value)} is no date")
    return joined(Packed(_DATED.index(date.id), _DATE_TYPE_BITS), packed)


def _further_packed(element: Element) -> Packed | Fault:
    """The digits of the AI, 4 bits each, and its value."""
    value = _value_packed(element)
    if isinstance(value, Fault):
        return value
    return joined(Packed(int(element.id, 16), len(element.id) * DIGIT_BITS), value)


def _further_unpacked(bits: Bits) -> list[Element] | Fault:
    """The elements behind the EPC, up to the zeros that fill up the memory; those might else be read as an SSCC."""
    elements: list[Element] = []
    while bits.left >= HEADER_BITS and bits.value & ((1 << bits.left) - 1):
        digits = f"{bits.take(HEADER_BITS):02X}"
        more = _AI_LENGTHS.get(digits, 0) - len(digits)
        id_ = digits + (f"{bits.take(more * DIGIT_BITS):0{more}X}" if more > 0 else "")
        if id_ not in AIS or bits.left < 0:
            return Fault("unknown-ai", f"{id_} begins further data on the tag, and is no AI")
        element = _element_unpacked(id_, bits)
        if isinstance(element, Fault):
            return element
        elements.append(element)
    if not elements:
        return Fault("data-missing", "the tag announces further data behind the EPC, and has none; read all its words")
    return elements


def _end(bits: Bits, size: int) -> Fault | None:
    """Nothing but zeros may follow what was read."""
    if not may_hold(size, size - bits.left):
        return Fault("bit-count", "the hexadecimal digits do not end where the EPC ends; read the tag again")
    if bits.take(bits.left):
        return Fault("nonzero-padding", "the bits after the EPC are not all zero; read the tag again")
    return None
