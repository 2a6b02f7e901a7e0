"""Events of every type, as Hypothesis makes them up."""

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import strategies as st

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.events.defects import Defect, DefectDispositioned, DefectRecorded, Disposition
from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    PartDefined,
    RoutingDefined,
    SerialProfileDefined,
    SetupListDefined,
    SpecificationDefined,
)
from asbuilt.core.events.event import Characteristic, Event, Measurement
from asbuilt.core.events.identity import DuplicateReported, LabelPrinted, RangeKind, SerialRangeReserved
from asbuilt.core.events.production import BrokenRule, OperationCompleted, Result, WorkOrderSplit
from asbuilt.core.events.recalls import RecallOpened, RecallScopeFrozen, RecallScopeListed, RecallSeed
from asbuilt.core.events.record_levels import ComponentRecord
from asbuilt.core.events.routes import RouteComponent, RouteOperation
from asbuilt.core.events.setups import SetupSlot
from asbuilt.core.identifiers.names import Uom
from asbuilt.core.identifiers.subjects import Lot, Part, Specification, Station, Subject, Unit, WorkOrder
from asbuilt.ledger.codec import _FREE_TEXTS

EXCLUSIVE = ({"component", "lot"}, {"unit", "lot"}, {"unit", "output_lot"})
"""Fields of which exactly one is filled, where both are optional."""

_PRINTABLE = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"))
_LIKELY = st.sampled_from("/:%ABCabc0123456789-._ éÉßİ漢")


def _is_name(text: str) -> bool:
    return bool(text) and text == text.strip() and text.isprintable()


names = st.text(_LIKELY | _PRINTABLE, min_size=1, max_size=20).filter(_is_name)
"""Part, serial, lot and other numbers, with all that is special in their spelling."""

sentences = st.text(_LIKELY | _PRINTABLE | st.just("\n"), max_size=60).map(str.strip)

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))) | st.just(UTC)
moments = st.datetimes(datetime(1900, 1, 3), datetime(2200, 1, 1), timezones=zones)  # noqa: DTZ001 - zones are drawn
quantities = st.decimals("0.000001", "999999999999", places=6, allow_nan=False) | st.integers(1, 10**9).map(Decimal)
measured = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=9)
resolutions = st.decimals(allow_nan=False, allow_infinity=False, min_value="0.000000001", max_value=10**9, places=9)
parts = st.builds(Part, names, names)


@st.composite
def characteristics(draw) -> Characteristic:
    low, high = sorted((draw(measured), draw(measured)))
    return Characteristic(
        characteristic=draw(names),
        uom=Uom(draw(st.just("") | names)),
        nominal=draw(st.none() | measured),
        lower_limit=draw(st.none() | st.just(low)),
        upper_limit=draw(st.none() | st.just(high)),
        resolution=draw(st.none() | resolutions),
        is_required=draw(st.booleans()),
    )


digests = st.text("0123456789abcdefABCDEF", min_size=64, max_size=64)


@st.composite
def measurements(draw) -> Measurement:
    limits = draw(characteristics())
    result = draw(
        st.fixed_dictionaries({"value": measured})
        | st.fixed_dictionaries({"text": sentences.filter(bool)})
        | st.fixed_dictionaries({"passed": st.booleans()})
        | st.fixed_dictionaries({"file_digest": digests, "file_name": sentences})
        | st.fixed_dictionaries({"value": measured, "file_digest": digests})
    )
    return Measurement(
        characteristic=limits.characteristic,
        uom=limits.uom,
        nominal=limits.nominal,
        lower_limit=limits.lower_limit,
        upper_limit=limits.upper_limit,
        **result,
    )


def _own_number(number: str) -> bool:
    return not number.startswith("D")


_defects = st.builds(
    Defect,
    code=names,
    position=st.just("") | names,
    component=st.just("") | names,
    quantity=st.integers(1, 10**6),
    note=sentences,
    number=names.filter(_own_number),
)

_route_components = st.builds(
    RouteComponent,
    reference_designator=names,
    part=parts,
    alternates=st.lists(parts, max_size=2).map(tuple),
    quantity=st.none() | quantities,
    revision=st.just("") | names,
)


@st.composite
def routes(draw) -> tuple[RouteOperation, ...]:
    """A main route, and a rework that leads back into it."""
    steps = draw(st.lists(names, min_size=2, max_size=5, unique=True))
    *main, rework = steps
    found = [_route_operation(draw, name, is_first=place == 0) for place, name in enumerate(main)]
    rejoins_at = draw(st.sampled_from(main))
    return (*found, RouteOperation(operation=rework, after=(main[-1],), is_rework=True, rejoins_at=rejoins_at))


def _route_operation(draw, name: str, *, is_first: bool) -> RouteOperation:
    return RouteOperation(
        operation=name,
        after=draw(st.none() | st.just(())) if is_first else None,
        is_optional=draw(st.booleans()),
        stations=tuple(draw(st.lists(st.builds(Station, names), max_size=2))),
        program=draw(st.just("") | names),
        qualifications=tuple(draw(st.lists(names, max_size=2))),
        specification=draw(st.none() | st.builds(Specification, names)),
        components=tuple(draw(st.lists(_route_components, max_size=2, unique_by=lambda one: one.reference_designator))),
        attempts_max=draw(st.none() | st.integers(1, 9)),
        wait_min_s=None if is_first else draw(st.none() | st.integers(0, 10**6)),
    )


_components = st.builds(Part, st.just("a supplier of components"), names)
"""Parts that are not the one that is made of them."""


@st.composite
def bill_lines(draw) -> tuple[BillLine, ...]:
    """Some items, and one that changes with the serial number."""
    items = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    found = [_bill_line(draw, item, number) for number, item in enumerate(items)]
    change = draw(st.integers(1, 10**6))
    place = (f"P{len(items)}",)
    ends = ({"serial_to": f"S{change:07}"}, {"serial_from": f"S{change + 1:07}"})
    return (
        *found,
        *(BillLine(item="last " + items[0], part=draw(_components), reference_designators=place, **e) for e in ends),
    )


@st.composite
def seeds(draw) -> RecallSeed:
    """A seed of each kind: a unit, a lot, a supplier's lot, a part, a condition of work."""
    begin, end = sorted((draw(moments), draw(moments)))
    window = {"since": draw(st.none() | st.just(begin)), "until": draw(st.none() | st.just(end + timedelta(days=1)))}
    limits = {"characteristic": draw(names), "above": draw(measured)}
    return draw(
        st.sampled_from(
            (
                RecallSeed(unit=Unit(draw(parts), draw(names))),
                RecallSeed(lot=Lot(draw(parts), draw(names))),
                RecallSeed(supplier=draw(st.just("") | names), supplier_lot=draw(names)),
                RecallSeed(part=draw(parts), **window),
                RecallSeed(station=Station(draw(names)), slot=draw(st.just("") | names), **window, **limits),
                RecallSeed(tool=draw(names), since_calibration=True),
            )
        )
    )


@st.composite
def setup_slots(draw, slots: list[str]) -> tuple[SetupSlot, ...]:
    return tuple(_setup_slot(draw, slot, number) for number, slot in enumerate(slots))


def _setup_slot(draw, slot: str, number: int) -> SetupSlot:
    part, *alternates = draw(st.lists(_components, min_size=1, max_size=3, unique=True))
    quantity = draw(st.none() | quantities)
    return SetupSlot(
        slot=slot,
        part=part,
        alternates=tuple(alternates),
        quantity=quantity,
        uom=Uom(draw(st.just("") | names)),
        reference_designators=tuple(draw(st.just(()) | st.just((f"P{number}",)))),
        is_optional=draw(st.booleans()),
        is_counted=quantity is not None and draw(st.booleans()),
    )


def _bill_line(draw, item: str, number: int) -> BillLine:
    part, *alternates = draw(st.lists(_components, min_size=1, max_size=3, unique=True))
    begin, end = sorted((draw(moments), draw(moments)))
    return BillLine(
        item=item,
        part=part,
        alternates=tuple(alternates),
        reference_designators=tuple(draw(st.just(()) | st.just((f"P{number}",)))),
        quantity=draw(st.none() | quantities),
        revision=draw(st.just("") | names),
        operation=draw(st.just("") | names),
        is_optional=draw(st.booleans()),
        effective_from=draw(st.none() | st.just(begin)),
        effective_until=draw(st.none() | st.just(end + timedelta(days=1))),
    )


_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    UUID: st.uuids(),
    datetime: moments,
    date: st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    Decimal: quantities,
    int: st.integers(1, 10**9),
    bool: st.booleans(),
    Part: parts,
    Unit: st.builds(Unit, parts, names),
    Lot: st.builds(Lot, parts, names),
    BrokenRule: st.builds(BrokenRule, rule=names, reason=sentences.filter(bool)),
}


def _of(hint: Any, *, name: str, required: bool) -> st.SearchStrategy[Any]:
    if isinstance(hint, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return st.none() | st.one_of([_of(kind, name=name, required=True) for kind in kinds])
    if get_origin(hint) is tuple:
        return st.lists(_of(get_args(hint)[0], name=name, required=True), max_size=4).map(tuple)
    if hint is str or getattr(hint, "__supertype__", None) is str:
        texts = sentences.filter(bool) if name in _FREE_TEXTS else names
        return texts if required else st.just("") | texts
    if hint in _BY_TYPE:
        return _BY_TYPE[hint]
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    assert issubclass(hint, Subject), f"no strategy for {hint}"
    return st.builds(hint, names)


_LISTS: dict[type[Event], dict[str, st.SearchStrategy[Any]]] = {
    RoutingDefined: {"operations": routes()},
    BillOfMaterialsDefined: {"lines": bill_lines()},
    RecallOpened: {"seeds": st.lists(seeds(), min_size=1, max_size=4).map(tuple)},
    RecallScopeListed: {
        "units": st.lists(_BY_TYPE[Unit], min_size=1, max_size=4, unique=True).map(tuple),
        "lots": st.lists(_BY_TYPE[Lot], max_size=4, unique=True).map(tuple),
    },
    RecallScopeFrozen: {
        "certain": st.just(1),
        "meaning": names,
        "digest": st.text("0123456789abcdef", min_size=64, max_size=64),
    },
    SetupListDefined: {"slots": st.lists(names, min_size=1, max_size=4, unique=True).flatmap(setup_slots)},
}


def _fields(event_type: type[Event]) -> dict[str, st.SearchStrategy[Any]]:
    hints = get_type_hints(event_type)
    fields = {
        field.name: _of(hints[field.name], name=field.name, required=_is_required(field))
        for field in dataclasses.fields(event_type)
        if field.name not in ("characteristics", "measurements", "operations", "defects", "lines", "slots", "seeds")
    }
    if event_type in (PartDefined, SerialProfileDefined):
        fields["serial_format"] = st.sampled_from(["", "########", "IPC26-######", "#", "A{year:2}{number:4}"])
    if event_type is SerialProfileDefined:
        fields["received_format"] = st.sampled_from(["", "X{number:6}{check:luhn}"])
        fields["part_family"] = names
    fields |= _fields_of_orders(event_type)
    if event_type is LabelPrinted:
        fields["copies"] = st.integers(1, 1000)
    if event_type is PartDefined:
        fields["gtin"] = st.sampled_from(["", "09521234543213", "4006381333931", "96385074"])
        asking = [one for one in ComponentRecord if one is not ComponentRecord.NOT_ASKED]
        fields["component_record"] = st.sampled_from(asking)  # so that is_complete_to_ship has something to ask for
    if event_type is SpecificationDefined:
        fields["characteristics"] = st.lists(
            characteristics(), min_size=1, max_size=4, unique_by=lambda one: one.characteristic
        ).map(tuple)
    fields |= _LISTS.get(event_type, {})
    if event_type is OperationCompleted:
        fields["measurements"] = st.lists(measurements(), max_size=3).map(tuple)
        fields["values"] = st.lists(st.none() | measured, max_size=4).map(tuple)
        fields["defects"] = st.lists(_defects, max_size=3, unique_by=lambda one: one.number).map(tuple)
    if event_type is DefectRecorded:
        fields["quantity"] = st.integers(1, 10**6)
        fields["number"] = st.just("") | names.filter(_own_number)
    return fields


def _fields_of_orders(event_type: type[Event]) -> dict[str, st.SearchStrategy[Any]]:
    if event_type is SerialRangeReserved:
        others = [kind for kind in RangeKind if kind is not RangeKind.WORK_ORDER]
        return {"kind": st.sampled_from(others), "work_order": st.none()}
    if event_type is WorkOrderSplit:
        return {
            "work_order": names.map(lambda name: WorkOrder(f"{name}-whole")),
            "into": names.map(lambda name: WorkOrder(f"{name}-split")),
            "quantity": st.integers(4, 10**9),
            "units": st.lists(_BY_TYPE[Unit], max_size=4, unique=True).map(tuple),
        }
    return {}


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING


def _consistent(fields: dict[str, Any], event_type: type[Event]) -> Event:
    """The event, with contradictions between its fields taken out."""
    given = {field.name: field for field in dataclasses.fields(event_type)}
    for pair in EXCLUSIVE:
        if pair <= given.keys() and not any(_is_required(given[name]) for name in pair):
            first, second = sorted(pair, reverse=True)
            if fields[first] is not None:
                fields[second] = None
            else:
                _fill(fields, first, second)
            break
    if event_type is DuplicateReported and not (fields["scheme"] and fields["value"]):
        fields["scheme"] = fields["value"] = ""
    if fields.get("values") and fields.get("specification") is None:
        fields["values"] = ()
    if event_type is DefectDispositioned:
        fields.update(_decided(fields))
    if fields.get("defects"):
        fields.update(defect="", result=Result.FAILED)
    return event_type(**fields)


def _decided(fields: dict[str, Any]) -> dict[str, Any]:
    """What goes with a disposition."""
    disposition = fields["disposition"]
    is_final = disposition.accepts or disposition is Disposition.SCRAP
    return {
        "rework": (fields["rework"] or "RW-1") if disposition is Disposition.REWORK else "",
        "retest": "" if is_final else fields["retest"],
        "reason": fields["reason"] or "seen",
    }


def _fill(fields: dict[str, Any], first: str, second: str) -> None:
    if fields[second] is None:
        part = Part("ACME", "P-1")
        fields[first] = Lot(part, "L1") if first.endswith("lot") else Unit(part, "1")


def events_of(event_type: type[Event]) -> st.SearchStrategy[Event]:
    return st.fixed_dictionaries(_fields(event_type)).map(lambda fields: _consistent(dict(fields), event_type))


events: st.SearchStrategy[Event] = st.sampled_from(EVENT_TYPES).flatmap(events_of)
