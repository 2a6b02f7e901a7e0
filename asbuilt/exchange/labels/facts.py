"""What is known of the thing a label is for, as the record has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from asbuilt.core.identifiers.gs1.check_digits import has_check_digit
from asbuilt.core.identifiers.reading import Element
from asbuilt.core.identifiers.scan import read
from asbuilt.core.identifiers.subjects import SubjectKind, Unit, unit_named
from asbuilt.core.identifiers.text import normal_form
from asbuilt.exchange.labels.problems import LabelProblem
from asbuilt.ledger.database import Reader
from asbuilt.queries.lots import LotView, lot
from asbuilt.queries.naming import Named
from asbuilt.queries.units import AliasView, UnitFilter, UnitView, every_unit, gtin_borne, unit

_GTIN_LENGTHS = (8, 12, 13, 14)
_SSCC_LENGTH = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a label may say; empty where nothing is known.

    gs1_serial and gs1_lot: as in the unit's UDI, where they differ from its own. count: units in the carton.
    """

    name: str
    issuer: str
    part_number: str
    description: str = ""
    revision: str = ""
    serial_number: str = ""
    lot_number: str = ""
    work_order: str = ""
    quantity: str = ""
    expires_on: date | None = None
    container: str = ""
    customer: str = ""
    shipment: str = ""
    gtin: str = ""
    gs1_serial: str = ""
    gs1_lot: str = ""
    sscc: str = ""
    count: int = 0

    def texts(self) -> dict[str, str]:
        """The values of the placeholders of a template."""
        return {
            "issuer": self.issuer,
            "part_number": self.part_number,
            "description": " ".join(self.description.split()),
            "revision": self.revision,
            "serial_number": self.serial_number,
            "lot_number": self.lot_number,
            "work_order": self.work_order,
            "quantity": self.quantity,
            "expires_on": "" if self.expires_on is None else self.expires_on.isoformat(),
            "container": self.container,
            "customer": self.customer,
            "shipment": self.shipment,
            "count": str(self.count or ""),
        }


def facts_of(reader: Reader, named: Named) -> Facts:
    """What a label of a unit or lot may say. Raises NotFound, LabelProblem."""
    if named.kind is SubjectKind.LOT:
        return _of_lot(lot(reader, named), gtin=_gtin_of_part(reader, named))
    return _of_unit(reader, unit(reader, named), gtin=_gtin_of_part(reader, named))


def _gtin_of_part(reader: Reader, named: Named) -> str:
    gtin = gtin_borne(reader, named.subject_id)
    return gtin and _gtin(gtin)


def _of_unit(reader: Reader, view: UnitView, *, gtin: str) -> Facts:
    borne = unit_named(view.marked_as or view.unit, own_issuer=view.issuer)
    gs1 = _gs1_names(_still_borne(view, borne) if view.marked_as else view.aliases)
    return Facts(
        name=view.unit,
        issuer=borne.part.issuer,
        part_number=borne.part.part_number,
        description=view.description,
        revision=view.revision,
        serial_number=borne.serial_number,
        work_order=view.work_order,
        expires_on=view.expires_on,
        container=view.container,
        customer=view.customer,
        shipment=view.shipment,
        gtin=gs1.get("01", gtin),
        gs1_serial=gs1.get("21", ""),
        gs1_lot=gs1.get("10", ""),
        sscc=sscc_of(view.container),
        count=sum(1 for _ in every_unit(reader, UnitFilter(container=view.container))) if view.container else 0,
    )


def _still_borne(view: UnitView, borne: Unit) -> list[AliasView]:
    """Of the further names of a unit that was marked anew, those that a new label may bear: an old UDI is none."""
    is_same_part = normal_form(borne.part.part_number) == normal_form(view.part_number)
    return [
        alias
        for alias in view.aliases
        if (is_same_part and alias.scheme == "gtin")
        or any(element == Element("21", borne.serial_number) for element in _elements(alias.value))
    ]


def _of_lot(view: LotView, *, gtin: str) -> Facts:
    gs1 = _gs1_names(view.aliases)
    return Facts(
        name=view.lot,
        issuer=view.issuer,
        part_number=view.part_number,
        description=view.description,
        lot_number=view.lot_number,
        quantity=_quantity(view.quantity, view.uom),
        expires_on=view.expires_on,
        gtin=gs1.get("01", gtin),
        gs1_lot=gs1.get("10", view.lot_number),
    )


def sscc_of(container: str) -> str:
    """The SSCC that a container number is, 18 digits; empty where it is the plant's own number."""
    digits = container.removeprefix("(00)").removeprefix("00" if len(container) > _SSCC_LENGTH else "")
    is_sscc = digits.isascii() and digits.isdigit() and len(digits) == _SSCC_LENGTH and has_check_digit(digits)
    return digits if is_sscc else ""


def _gs1_names(aliases: Sequence[AliasView]) -> dict[str, str]:
    """Application identifiers and values that the further names give; a UDI goes before a bare GTIN.

    Raises LabelProblem where two names contradict each other.
    """
    udis = {alias.value for alias in aliases if alias.scheme == "udi"}
    gtins = {_gtin(alias.value) for alias in aliases if alias.scheme == "gtin"}
    readings = [_elements(udi) for udi in sorted(udis)]
    found = {element.id: element.value for elements in readings for element in elements}
    gtins |= {element.value for elements in readings for element in elements if element.id == "01"}
    if len(gtins) > 1:
        raise LabelProblem(f"two GTINs are known, {' and '.join(sorted(gtins))}; correct the wrong alias first")
    return {**found, "01": gtins.pop()} if gtins else found


def _elements(udi: str) -> tuple[Element, ...]:
    """The elements of a UDI of GS1; a UDI of another agency gives none."""
    reading = read(udi)
    is_gs1 = reading.is_valid and any(element.id == "01" for element in reading.elements)
    return reading.elements if is_gs1 else ()


def _gtin(value: str) -> str:
    digits = value.removeprefix("(01)").strip()
    if digits.isascii() and digits.isdigit() and len(digits) in _GTIN_LENGTHS and has_check_digit(digits):
        return digits.zfill(14)
    raise LabelProblem(f"the alias gtin {value!a} is no GTIN, or its check digit is wrong; correct the alias first")


def _quantity(quantity: Decimal | None, uom: str) -> str:
    return "" if quantity is None else f"{quantity:f} {uom or 'pcs'}"
