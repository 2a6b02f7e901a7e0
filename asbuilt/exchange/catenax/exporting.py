"""Writes units and lots, with everything in them, as Catena-X documents."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID, uuid5

from asbuilt.core.events.definitions import LotDefined
from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.identifiers.text import normal_form
from asbuilt.exchange.catenax.aspects import Aspect
from asbuilt.exchange.catenax.known import ALTERNATIVE_SOURCE, FIRST_EVENTS, SCHEME
from asbuilt.exchange.catenax.validating import schema_problems, units_of_measure
from asbuilt.exchange.catenax.values import catenax_id
from asbuilt.ledger.codec import moment_of, stored_event
from asbuilt.ledger.database import Reader, Row
from asbuilt.projections.projection import quantity_of
from asbuilt.queries.as_built import THINGS
from asbuilt.queries.naming import Named, spelled
from asbuilt.queries.walks import FED_TO, Moment

ITEMS_AT_ONCE = 500

Exported = dict[str, object]

_NAMESPACE = UUID("2f0d6c52-5b0e-5c84-8f0a-6b6a0e6a9d0b")
_BPNL = re.compile(r"BPNL[a-zA-Z0-9]{12}", re.ASCII)
_CUSTOM_KEY = re.compile(r"customKey:\w+")
_SYNONYMS = {
    spelling: name
    for name, spellings in (
        ("piece", ("", "1", "{piece}", "pieces", "pc", "pcs", "PC", "PCE", "ea", "EA", "each", "ST")),
        ("gram", ("g", "G", "GRM")),
        ("kilogram", ("kg", "KG", "KGM")),
        ("tonneMetricTon", ("t", "TNE")),
        ("pound", ("[lb_av]", "lb", "LBR")),
        ("ounceAvoirdupois", ("[oz_av]", "oz", "ONZ")),
        ("metre", ("m", "M", "MTR")),
        ("centimetre", ("cm", "CM", "CMT")),
        ("kilometre", ("km", "KMT")),
        ("inch", ("[in_i]", "in", "INH")),
        ("foot", ("[ft_i]", "ft", "FOT")),
        ("yard", ("[yd_i]", "yd", "YRD")),
        ("litre", ("l", "L", "LTR")),
        ("millilitre", ("ml", "mL", "ML", "MLT")),
        ("hectolitre", ("hl", "hL", "HLT")),
        ("squareMetre", ("m2", "M2", "MTK")),
        ("squareCentimetre", ("cm2", "CM2", "CMK")),
        ("cubicMetre", ("m3", "M3", "MTQ")),
        ("cubicCentimetre", ("cm3", "CM3", "CMQ")),
        ("kilowattHour", ("kW.h", "kWh", "KWH")),
        ("secondUnitOfTime", ("s", "SEC")),
        ("minuteUnitOfTime", ("min", "MIN")),
        ("hourUnitOfTime", ("h", "HUR")),
        ("day", ("d", "DAY")),
    )
    for spelling in spellings
}
"""Units of measure as UCUM, UN/ECE Recommendation 20 and common ERP systems write them, by the standard's names."""

# What is directly in some parents now.
LINKS_IN = """
SELECT parent_id, component_id, quantity, uom, evidence, installed_at
FROM installation WHERE parent_id = ANY($1) AND removed_sequence IS NULL ORDER BY sequence
"""
# What documents declare to be in some parents, and is linked there by none of its names.
DECLARED_IN = """
SELECT declared.parent_id, declared.scheme, declared.value, declared.supplier, declared.quantity, declared.uom,
       event.source, declared.declared_at
FROM declared_component AS declared CROSS JOIN event
WHERE declared.parent_id = ANY($1) AND event.sequence = declared.sequence
  AND NOT EXISTS (
    SELECT 1 FROM alias CROSS JOIN installation AS link
    WHERE alias.site_id = declared.site_id AND alias.value_key = declared.value_key AND alias.scheme = declared.scheme
      AND link.component_id = alias.subject_id AND link.parent_id = declared.parent_id
      AND link.removed_sequence IS NULL)
ORDER BY declared.sequence
"""
# The further names of units and lots.
NAMES = "SELECT subject_id, scheme, value FROM alias WHERE subject_id = ANY($1) ORDER BY sequence"


class CannotExport(ValueError):
    """Something the standard demands is not in the record; the text says what to give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """How the record's own terms are said in Catena-X. bpnls: by normal form of the issuer or supplier."""

    version: Literal[3, 4]
    own_issuer: str
    own_bpnl: str
    bpnls: Mapping[str, str]
    uoms: Mapping[str, str]

    @property
    def said_version(self) -> str:
        return f"{self.version}.0.0"

    @property
    def id_key(self) -> str:
        return "catenaXId" if self.version == 3 else "globalAssetId"  # noqa: PLR2004 - the version is a name

    def bpnl(self, issuer: str) -> str | None:
        """The BPNL of an issuer or supplier, or None when nobody said it."""
        key = normal_form(issuer)
        given = self.bpnls.get(key) or (self.own_bpnl if key == normal_form(self.own_issuer) else "") or issuer
        return given if _BPNL.fullmatch(given) else None

    def unit(self, uom: str) -> str | None:
        """The standard's name of a unit of measure, with `unit:`; None when it knows none."""
        given = self.uoms.get(uom, uom).removeprefix("unit:")
        name = given if given in units_of_measure() else _SYNONYMS.get(given, "")
        return f"unit:{name}" if name else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A unit or lot, as documents name it."""

    is_unit: bool
    issuer: str
    part_number: str
    number: str
    description: str
    global_id: str
    names: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One component of a parent. component: the number of a unit or lot, or the global id of one not delivered."""

    component: int | str
    supplier: str
    quantity: Decimal | None
    uom: str
    is_alternative: bool
    installed_at: datetime


def export_documents(
    reader: Reader,
    named: Named,
    *,
    version: Literal[3, 4] = 4,
    own_bpnl: str = "",
    bpnls: Mapping[str, str] | None = None,
    uoms: Mapping[str, str] | None = None,
    levels: Literal["all", "single"] = "all",
) -> Iterator[Exported]:
    """The SerialPart or Batch of a unit or lot, its SingleLevelBomAsBuilt, and those of everything in it.

    levels: `single` gives the two documents of the unit or lot itself only. bpnls: the BPNL of each issuer or supplier
    whose name is none; own_bpnl: that of this site's issuer. uoms: the standard's unit for a uom it does not know.
    Raises CannotExport, before the first document, naming everything that is missing. The reader is used until the
    last document is taken.
    """
    terms = _Terms(
        version=version,
        own_issuer=reader.site.issuer,
        own_bpnl=own_bpnl,
        bpnls={normal_form(issuer): bpnl for issuer, bpnl in (bpnls or {}).items()},
        uoms=uoms or {},
    )
    item_ids = _everything_below(reader, named.subject_id) if levels == "all" else [named.subject_id]
    _check_terms(reader, item_ids, terms)
    return _documents(reader, item_ids, terms)


def _everything_below(reader: Reader, root_id: int) -> list[int]:
    """A unit or lot and all units and lots in it, each once, level by level."""
    found = {root_id: None}
    level = [root_id]
    while level:
        below: dict[int, None] = {}
        for some in _chunks(level):
            lines = _lines(reader, some)
            components = (line.component for parent in lines for line in lines[parent])
            below.update((one, None) for one in components if isinstance(one, int) and one not in found)
        found.update(below)
        level = sorted(below)
    return list(found)


def _check_terms(reader: Reader, item_ids: Sequence[int], terms: _Terms) -> None:
    """Raise CannotExport for every business partner without BPNL and every unit of measure the standard lacks."""
    partners: set[str] = set()
    uoms: set[str] = set()
    for some in _chunks(item_ids):
        lines = _lines(reader, some)
        said = [line for parent in lines for line in lines[parent]]
        components = {line.component for line in said if isinstance(line.component, int)}
        partners.update(item.issuer for item in _items(reader, {*some, *components}).values())
        partners.update(line.supplier for line in said if isinstance(line.component, str))
        uoms.update(line.uom for line in said)
    lacking = sorted(partner for partner in partners if terms.bpnl(partner) is None)
    unknown = sorted(uom for uom in uoms if terms.unit(uom) is None)
    problems = []
    if lacking:
        names = ", ".join(repr(partner) for partner in lacking)
        problems.append(
            f"no BPNL is known for {names}: give bpnls={{{lacking[0]!r}: 'BPNL…'}}, or own_bpnl for this site"
        )
    if unknown:
        names = ", ".join(repr(uom) for uom in unknown)
        problems.append(f"the standard has no unit for {names}: give uoms={{{unknown[0]!r}: 'unit:…'}}")
    if problems:
        raise CannotExport("; ".join(problems))


def _documents(reader: Reader, item_ids: Sequence[int], terms: _Terms) -> Iterator[Exported]:
    for some in _chunks(item_ids):
        lines = _lines(reader, some)
        components = {line.component for parent in lines for line in lines[parent] if isinstance(line.component, int)}
        items = _items(reader, {*some, *components})
        made = _made(reader, some)
        for item_id in some:
            item = items[item_id]
            yield _checked(
                Aspect.SERIAL_PART if item.is_unit else Aspect.BATCH, _part(item, made[item_id], terms), terms
            )
            if lines.get(item_id):
                children = _children(lines[item_id], items, terms)
                yield _checked(Aspect.BOM, {terms.id_key: item.global_id, "childItems": children}, terms)


def _checked(aspect: Aspect, document: Exported, terms: _Terms) -> Exported:
    problem = next(schema_problems(aspect, document, said=terms.said_version), None)
    assert problem is None, f"an exported {aspect} departs from its schema: {problem}"
    return document


def _lines(reader: Reader, parent_ids: Sequence[int]) -> dict[int, list[_Line]]:
    """What is directly in some units and lots: linked, line-fed or declared."""
    parents = sorted(parent_ids)
    lines: dict[int, list[_Line]] = {}
    for parent_id, component_id, quantity, uom, evidence, at in reader.rows(LINKS_IN, parents):
        line = _Line(
            component=component_id,
            supplier="",
            quantity=quantity_of(quantity),
            uom=uom,
            is_alternative=evidence == Evidence.ALTERNATIVE,
            installed_at=moment_of(at),
        )
        lines.setdefault(parent_id, []).append(line)
    fed: dict[tuple[int, int], int] = {}
    for unit_id, _, _, lot_id, _, completed_at in reader.rows(FED_TO[Moment.NOW], parents):
        fed.setdefault((unit_id, lot_id), completed_at)
    for (unit_id, lot_id), completed_at in fed.items():
        line = _Line(
            component=lot_id,
            supplier="",
            quantity=None,
            uom="",
            is_alternative=False,
            installed_at=moment_of(completed_at),
        )
        lines.setdefault(unit_id, []).append(line)
    for parent_id, *row in reader.rows(DECLARED_IN, parents):
        lines.setdefault(parent_id, []).append(_declared(row))
    return lines


def _declared(row: Sequence[Any]) -> _Line:
    """A line from DECLARED_IN. Any: columns have the types of their SQL."""
    scheme, value, supplier, quantity, uom, source, declared_at = row
    return _Line(
        component=(catenax_id(value) if scheme == SCHEME else None) or _made_up_id(f"{scheme} {value}"),
        supplier=supplier,
        quantity=quantity_of(quantity),
        uom=uom,
        is_alternative=source == ALTERNATIVE_SOURCE,
        installed_at=moment_of(declared_at),
    )


def _items(reader: Reader, item_ids: Iterable[int]) -> dict[int, _Item]:
    ids = sorted(item_ids)
    names: dict[int, list[tuple[str, str]]] = {}
    for subject_id, scheme, value in reader.rows(NAMES, ids):
        names.setdefault(subject_id, []).append((scheme, value))
    return {row[0]: _item(row, names.get(row[0], [])) for row in reader.rows(THINGS, ids)}


def _item(row: Row, names: Sequence[tuple[str, str]]) -> _Item:
    _, kind, issuer, part_number, number, description = row
    is_unit = kind == SubjectKind.UNIT
    given = (catenax_id(value) for scheme, value in names if scheme == SCHEME)
    kind_name = "unit" if is_unit else "lot"
    return _Item(
        is_unit=is_unit,
        issuer=issuer,
        part_number=part_number,
        number=number,
        description=description or part_number,
        global_id=next(filter(None, given), None) or _made_up_id(f"{kind_name} {spelled(issuer, part_number, number)}"),
        names=names,
    )


def _made_up_id(name: str) -> str:
    """The id of what has none: always the same for the same name."""
    return f"urn:uuid:{uuid5(_NAMESPACE, name)}"


def _made(reader: Reader, item_ids: Sequence[int]) -> dict[int, str]:
    """When units and lots were made: an ISO 8601 time, or only the day where no more is known."""
    made: dict[int, str] = {}
    for subject_id, payload in reader.rows(FIRST_EVENTS, sorted(item_ids)):
        event = stored_event(payload)
        day = event.manufactured_on if isinstance(event, LotDefined) else None
        made[subject_id] = day.isoformat() if day and day != event.event_time.date() else _time(event.event_time)
    return made


def _time(moment: datetime) -> str:
    return moment.isoformat().removesuffix("+00:00") + ("Z" if moment.utcoffset() == UTC.utcoffset(None) else "")


def _part(item: _Item, made: str, terms: _Terms) -> Exported:
    """A SerialPart or Batch. What 4.0.0 demands and the record has not is filled: the customer's terms with our own."""
    part: Exported = {"manufacturerPartId": item.part_number, "nameAtManufacturer": item.description}
    is_4 = terms.version == 4  # noqa: PLR2004 - the version is a name
    if is_4 and item.is_unit:
        part.update(customerPartId=item.part_number, nameAtCustomer=item.description, partClassification=[])
    return {
        terms.id_key: item.global_id,
        "localIdentifiers": _local_identifiers(item, terms),
        "manufacturingInformation": {"productionDate": made[:10]} if is_4 else {"date": made},
        "partTypeInformation": part,
    }


def _local_identifiers(item: _Item, terms: _Terms) -> list[Exported]:
    pairs = {("manufacturerId", terms.bpnl(item.issuer)): None}
    pairs["partInstanceId" if item.is_unit else "batchId", item.number] = None
    for scheme, value in item.names:
        key = _identifier_key(scheme, item, terms)
        if key:
            pairs[key, value] = None
    return [{"key": key, "value": value} for key, value in pairs]


def _identifier_key(scheme: str, item: _Item, terms: _Terms) -> str | None:
    """The key under which a version of the standard lets a further name be written, or None."""
    if terms.version == 4:  # noqa: PLR2004 - the version is a name
        if scheme.startswith("customKey"):
            return "customKey"
        return scheme if scheme in ("van", "jisNumber") else None
    if _CUSTOM_KEY.fullmatch(scheme):
        return scheme
    return scheme if scheme == "van" and item.is_unit else None


def _children(lines: Sequence[_Line], items: Mapping[int, _Item], terms: _Terms) -> list[Exported]:
    """The lines of a BOM. Those that would be alike but for the quantity are one: a BOM names no positions."""
    quantities: dict[tuple[str, str | None, str | None, bool, str], Decimal] = {}
    for line in lines:
        item = items[line.component] if isinstance(line.component, int) else None
        global_id = item.global_id if item else str(line.component)
        partner = terms.bpnl(item.issuer if item else line.supplier)
        key = (global_id, partner, terms.unit(line.uom), line.is_alternative, _time(line.installed_at))
        quantities[key] = quantities.get(key, Decimal(0)) + (Decimal(1) if line.quantity is None else line.quantity)
    return [
        {
            terms.id_key: global_id,
            "quantity": {"value": int(total) if total == int(total) else float(total), "unit": unit},
            "hasAlternatives": is_alternative,
            "createdOn": created_on,
            "businessPartner": partner,
        }
        for (global_id, partner, unit, is_alternative, created_on), total in quantities.items()
    ]


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + ITEMS_AT_ONCE] for start in range(0, len(ids), ITEMS_AT_ONCE))
