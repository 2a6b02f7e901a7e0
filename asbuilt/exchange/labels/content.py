"""What stands in the symbol of a unit, part, lot, order or carton: GS1 elements, a Digital Link or ISO/IEC 15434."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from asbuilt.core.identifiers.gs1.application_identifiers import AIS
from asbuilt.core.identifiers.gs1.elements import read_elements
from asbuilt.core.identifiers.gs1.writing import CANONICAL_STEM, digital_link, element_string
from asbuilt.core.identifiers.mh10.control_characters import EOT, GS, HEADER, RS
from asbuilt.core.identifiers.mh10.data_identifiers import read_element
from asbuilt.core.identifiers.reading import Element, Fault
from asbuilt.exchange.labels.facts import Facts
from asbuilt.exchange.labels.problems import LabelProblem
from asbuilt.exchange.labels.symbols import Content


class What(StrEnum):
    """What a symbol identifies."""

    UNIT = "unit"
    PART = "part"
    LOT = "lot"
    ORDER = "order"
    CARTON = "carton"
    """The carton by its SSCC."""
    CARTON_CONTENT = "carton_content"
    """What is in the carton: GTIN and count."""


class Form(StrEnum):
    """By which rules a symbol is to be read."""

    AUTO = "auto"
    """GS1 where there is a GTIN or SSCC, else ISO/IEC 15434."""
    GS1 = "gs1"
    DIGITAL_LINK = "digital-link"
    ISO_15434 = "iso15434"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """How this plant marks. form: of symbols whose template leaves it open. enterprise: the issuer, as 18V or 17V."""

    form: Form = Form.AUTO
    stem: str = CANONICAL_STEM
    enterprise: Element | None = None


def marking_as(content: str, *, stem: str = "", enterprise: str = "") -> Marking:
    """How a plant marks, as settings and options say it; empty ones are left as they are. Raises LabelProblem."""
    issuer = read_element(enterprise) if enterprise else None
    if issuer is not None and not (isinstance(issuer, Element) and issuer.id in ("17V", "18V")):
        raise LabelProblem(f"enterprise {enterprise!r} must be 17V with a CAGE code, or 18V with agency and company")
    if content not in set(Form):
        raise LabelProblem(f"content is {content!r}; it is one of {', '.join(Form)}")
    known = issuer if isinstance(issuer, Element) else None
    return Marking(form=Form(content), stem=stem or CANONICAL_STEM, enterprise=known)


def content_of(what: What, form: Form, facts: Facts, marking: Marking) -> Content | None:
    """What the symbol is to say; None where nothing is known that it could. Raises LabelProblem."""
    if form is Form.AUTO:
        form = marking.form
    if form is Form.AUTO:
        is_gs1 = what in (What.CARTON, What.CARTON_CONTENT) or (what is not What.ORDER and facts.gtin)
        form = Form.GS1 if is_gs1 else Form.ISO_15434
    if form is Form.ISO_15434:
        return _envelope(_data_elements(what, facts, marking))
    elements = _gs1_elements(what, facts)
    if not elements:
        return None
    if form is Form.DIGITAL_LINK:
        return _link(elements, marking.stem)
    # What is in a carton is said beside its SSCC, on the same label (General Specifications, 4.14 and AI 02).
    beside = [Element("00", facts.sscc)] if what is What.CARTON_CONTENT else []
    return _gs1(elements, beside=beside)


def _gs1_elements(what: What, facts: Facts) -> list[Element]:
    """Application identifiers (GS1 General Specifications, section 3) with what is known."""
    if what is What.CARTON:
        return [Element("00", facts.sscc)] if facts.sscc else []
    if what is What.CARTON_CONTENT:
        same = facts.gtin and facts.count
        return [Element("02", facts.gtin), Element("37", str(facts.count))] if same else []
    if what is What.ORDER:
        raise LabelProblem("an order has no GS1 key of its own; print it with --content iso15434")
    if not facts.gtin:
        raise LabelProblem(
            f"no GTIN is known of {facts.name}; assign an alias of scheme gtin or udi, give its part a gtin, "
            "or print --content iso15434"
        )
    given = [("01", facts.gtin)]
    if what is not What.PART:
        given += [("17", _yymmdd(facts.expires_on)), ("10", facts.gs1_lot)]
    if what is What.UNIT:
        given += [("21", facts.gs1_serial or facts.serial_number)]
    return [Element(ai, value) for ai, value in given if value]


def _gs1(elements: Sequence[Element], *, beside: Sequence[Element] = ()) -> Content:
    """An element string, which our own reading must take for the same; `beside` stands in another symbol of the label.

    Raises LabelProblem.
    """
    ordered = sorted(elements, key=lambda element: not AIS[element.id].is_predefined)
    text = element_string(ordered)
    reading = read_elements(element_string(beside) + text)
    if not reading.is_valid or reading.elements != (*beside, *ordered):
        why = "; ".join(fault.message for fault in reading.faults) or "it would be read as something else"
        raise LabelProblem(f"{_shown(ordered)} is no GS1 element string: {why}. Print it with --content iso15434")
    return Content(text=text, elements=tuple(ordered), readable=tuple(map(_in_brackets, ordered)))


def _link(elements: Sequence[Element], stem: str) -> Content:
    checked = _gs1(elements)
    uri = digital_link(elements, stem=stem)
    if uri is None:
        raise LabelProblem(f"{_shown(elements)} cannot be written as a GS1 Digital Link; print it with --content gs1")
    return Content(text=uri, readable=checked.readable)


def _data_elements(what: What, facts: Facts, marking: Marking) -> list[Element]:
    """Data identifiers (ANSI MH10.8.2) with what is known."""
    given = {
        What.UNIT: [("1P", facts.part_number), ("S", facts.serial_number)],
        What.PART: [("1P", facts.part_number), ("2P", facts.revision)],
        What.LOT: [("1P", facts.part_number), ("1T", facts.lot_number)],
        What.ORDER: [("W", facts.work_order), ("1P", facts.part_number)],
        What.CARTON: [("J", facts.sscc)],
        What.CARTON_CONTENT: [],
    }[what]
    elements = [Element(di, value) for di, value in given if value]
    if marking.enterprise is not None and what in (What.UNIT, What.PART, What.LOT):
        elements.insert(0, marking.enterprise)
    return elements


def _envelope(elements: Sequence[Element]) -> Content | None:
    """A message with one envelope of format 06 (ISO/IEC 15434:2019). Raises LabelProblem."""
    if not elements:
        return None
    for element in elements:
        read = read_element(element.id + element.value)
        if read != element:
            why = read.message if isinstance(read, Fault) else f"it would be read as {read.id} {read.value}"
            raise LabelProblem(f"{element.value!a} cannot be marked as {element.id}: {why}")
    body = GS.join(["06", *(element.id + element.value for element in elements)])
    text = f"{HEADER}{RS}{body}{RS}{EOT}"
    return Content(text=text, readable=tuple(map(_in_brackets, elements)))


def _in_brackets(element: Element) -> str:
    return f"({element.id}){element.value}"


def _shown(elements: Sequence[Element]) -> str:
    return "".join(map(_in_brackets, elements))


def _yymmdd(day: date | None) -> str:
    return "" if day is None else f"{day:%y%m%d}"
