"""SingleLevelBomAsBuilt documents: what went into which item."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from asbuilt.core.identifiers.names import Uom
from asbuilt.exchange.catenax.documents import ID_KEYS, Document
from asbuilt.exchange.catenax.findings import Findings
from asbuilt.exchange.catenax.parts import Payload, id_of
from asbuilt.exchange.catenax.values import CatenaXId, catenax_id, uom
from asbuilt.exchange.intake.findings import Concern, Place, quoted
from asbuilt.exchange.intake.values import UNKNOWN_TIME, moment, name_in, quantity

_CHILD_ID_KEYS = (*ID_KEYS, "childCatenaXId")
_TIME_KEYS = ("createdOn", "assembledOn", "lastModifiedOn")
_NO_UOM = Uom("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One line of a BOM. installed_at is in UTC; quantity None when the line says none."""

    place: Place
    catenax_id: CatenaXId
    business_partner: str
    quantity: Decimal | None
    uom: Uom
    is_alternative: bool
    installed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bom:
    """What one document says is in an item."""

    place: Place
    parent: CatenaXId
    children: tuple[Child, ...]


def bom_in(document: Document, payload: Payload, findings: Findings) -> Bom | None:
    """The BOM of a document, without the lines that are refused; None when nothing of it can be used."""
    parent = id_of(document, payload, findings)
    key = "childItems" if "childItems" in payload or "childParts" not in payload else "childParts"
    lines = payload.get(key)
    if not isinstance(lines, list):
        what = "childItems is missing" if lines is None else "childItems is no list"
        findings.refuse(document.place / key, Concern.COMPONENT, f"{what}; nothing says what is in the item")
        return None
    if parent is None:
        return None
    children = (_child(line, document.place / key / number, findings) for number, line in enumerate(lines))
    return Bom(place=document.place, parent=parent, children=tuple(child for child in children if child is not None))


def business_partners(payload: Payload) -> Iterator[tuple[CatenaXId, str]]:
    """Under which business partner a BOM names each of its children (serves children that say no manufacturer)."""
    lines = payload.get("childItems", payload.get("childParts"))
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, dict):
            child, partner = catenax_id(_child_id(line)[1]), name_in(line.get("businessPartner"))
            if child is not None and partner is not None:
                yield child, partner


def _child_id(line: Payload) -> tuple[str, object]:
    key = next((key for key in _CHILD_ID_KEYS if line.get(key) is not None), _CHILD_ID_KEYS[0])
    return key, line.get(key)


def _child(line: object, place: Place, findings: Findings) -> Child | None:
    if not isinstance(line, dict):
        findings.refuse(place, Concern.COMPONENT, "is no object; nothing says which component is meant")
        return None
    key, value = _child_id(line)
    child_id = catenax_id(value)
    if child_id is None:
        reason = "no catenaXId or globalAssetId" if value is None else f"{quoted(value)} is no UUID"
        findings.refuse(place / key, Concern.COMPONENT, f"{reason}; nothing says which component is meant")
        return None
    amount = _amount(line, place / "quantity", findings)
    if amount is None:
        return None
    return Child(
        place=place,
        catenax_id=child_id,
        business_partner=_business_partner(line, place / "businessPartner", findings),
        quantity=amount[0],
        uom=amount[1],
        is_alternative=line.get("hasAlternatives") in (True, "true", "True"),
        installed_at=_installed_at(line, place, findings),
    )


def _amount(line: Payload, place: Place, findings: Findings) -> tuple[Decimal | None, Uom] | None:
    """Quantity and uom of a line. A line without a quantity still says what is in the item; a wrong one is refused."""
    given = line.get("quantity")
    if given is None:
        findings.warn(place, Concern.QUANTITY, "no quantity; recorded without one")
        return None, _NO_UOM
    if not isinstance(given, dict):
        given = {"value": given}
    # quantityNumber and measurementUnit are the names of versions 1 and 2.
    value_key = "quantityNumber" if "value" not in given and "quantityNumber" in given else "value"
    found = quantity(given.get(value_key))
    if isinstance(found, str):
        findings.refuse(place / value_key, Concern.QUANTITY, f"quantity {quoted(given.get(value_key))} {found}")
        return None
    if found.assumed:
        findings.warn(place / value_key, Concern.QUANTITY, f"{quoted(given.get(value_key))} was {found.assumed}")
    unit_key = "measurementUnit" if "unit" not in given and "measurementUnit" in given else "unit"
    unit = given.get(unit_key)
    if isinstance(unit, dict):
        unit = unit.get("lexicalValue")
    measure = uom(unit)
    if measure is None:
        findings.warn(place / unit_key, Concern.QUANTITY, "says no unit of measure; recorded as pieces")
    return found.value, measure or _NO_UOM


def _business_partner(line: Payload, place: Place, findings: Findings) -> str:
    value = line.get("businessPartner")
    name = name_in(value)
    if name is None and value is not None:
        findings.warn(place, Concern.TEXT, f"{quoted(value)} is no name; left out")
    return name or ""


def _installed_at(line: Payload, place: Place, findings: Findings) -> datetime:
    """createdOn, else lastModifiedOn, in UTC: one moment, however it is written, makes one event."""
    for key in _TIME_KEYS:
        found = moment(line.get(key))
        if found is None:
            if line.get(key) is not None:
                findings.warn(place / key, Concern.TIME, f"{quoted(line[key])} is no time")
            continue
        if found.assumed:
            findings.warn(place / key, Concern.TIME, found.assumed)
        return found.at.astimezone(UNKNOWN_TIME.tzinfo)
    findings.warn(place, Concern.TIME, "nothing says when it was installed; recorded as of 1970-01-01")
    return UNKNOWN_TIME
