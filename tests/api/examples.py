"""An event of each type as a client writes it, made from the types themselves: a new one is covered by itself."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from asbuilt.capture.print_jobs import queue
from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.defects import Defect
from asbuilt.core.events.event import Characteristic, Event, Measurement
from asbuilt.core.events.identity import SerialRangeReserved
from asbuilt.core.events.production import BrokenRule
from asbuilt.core.events.recalls import RecallScopeListed, RecallSeed
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.events.setups import SetupSlot
from asbuilt.core.identifiers.subjects import Lot, Part, Subject, Unit, unit_named
from asbuilt.ledger.print_jobs import PrintOrder
from tests.api.talk import event
from tests.world import ACTOR, World

# Of these fields exactly one is given; the others are left out of the shortest example.
_OTHERS = {"lot", "output_lot", "serial_format", "gtin", "values", "specification"}


def example(kind: type[Event], **more: Any) -> dict[str, Any]:
    """An event of a type with what it needs, understood by the API in any plant."""
    hints = get_type_hints(kind)
    given = {}
    for field in fields(kind):
        needed = field.default is field.default_factory  # neither default is there
        if field.name in ("event_id", "event_time") or (not needed and field.name not in _wanted(kind)):
            continue
        given[field.name] = _sample(field.name, hints[field.name])
    return event(kind.__name__, **{**given, **more})


def full_example(kind: type[Event]) -> dict[str, Any]:
    """The same with all it may hold."""
    hints = get_type_hints(kind)
    names = {field.name for field in fields(kind)} - {"event_id", "event_time"}
    if not _SPECIFICATION_NEEDED & names:
        names -= {"specification"} if kind.__name__ != "SpecificationDefined" else set()
    given = {name: _sample(name, hints[name]) for name in sorted(names) if not _excluded(kind, name)}
    return event(kind.__name__, **given)


_SPECIFICATION_NEEDED = {"values"}


def _wanted(kind: type[Event]) -> set[str]:
    """The optional fields of which one is demanded: the first that may name the subject, and the component."""
    hints = get_type_hints(kind)
    subject = {kind.SUBJECT[0]} if len(kind.SUBJECT) > 1 else set()
    component = {"component"} if "component" in hints else set()
    listed = {"units"} if kind is RecallScopeListed else set()
    return subject | component | listed


def _excluded(kind: type[Event], name: str) -> bool:
    """Whether a field excludes one that is given already."""
    hints = get_type_hints(kind)
    if name == "work_order" and kind is SerialRangeReserved:
        return True  # its kind is another
    if name == "lot":
        return "component" in hints or ("unit" in kind.SUBJECT and len(kind.SUBJECT) > 1)
    return name == "output_lot" and len(kind.SUBJECT) > 1


def _sample(name: str, hint: Any) -> Any:
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    kind = kinds[0]
    if get_origin(kind) is tuple:
        return [_sample(name, get_args(kind)[0])]
    if name in _BY_NAME:
        return _BY_NAME[name]
    if isinstance(kind, type) and issubclass(kind, Subject):
        return {Unit: "PUMP-200/1", Lot: "CAP-100N/L1", Part: "PUMP-200"}.get(kind, "WO-1")
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return next(iter(kind)).value
    return _PLAIN.get(kind, "text")


_BY_NAME = {
    "into": "WO-2",
    "serial_format": "IPC26-######",
    "digest": "0" * 64,
    "component_record": "place",
    "gtin": "09521234543213",
}
_PLAIN: dict[Any, Any] = {
    Decimal: "1.5",
    int: 1,
    bool: True,
    date: date(2027, 1, 31).isoformat(),
    datetime: "2026-03-02T06:00:00Z",
    UUID: "0199b0c8-7f4e-7000-8000-000000000000",
    Characteristic: {"characteristic": "gap", "uom": "mm", "lower_limit": "1", "upper_limit": "2.50"},
    BrokenRule: {"rule": "PRO-011", "reason": "do OP-10 next"},
    RouteOperation: {"operation": "OP-10", "stations": ["ST-1"], "attempts_max": 2},
    Defect: {"code": "BRIDGE", "position": "C12", "quantity": 2},
    BillLine: {"item": "10", "part": "CAP-100N", "reference_designators": ["C1"], "quantity": "4"},
    RecallSeed: {"lot": "CAP-100N/L1"},
    SetupSlot: {"slot": "F1", "part": "CAP-100N", "quantity": "4", "is_counted": True},
    Measurement: {"characteristic": "gap", "value": "1.50", "uom": "mm", "upper_limit": "2"},
}


def queue_label(world: World, unit: str, *, address: str = "127.0.0.1:9") -> int:
    """A print job that waits for a printer; gives its number."""
    order = PrintOrder(
        event_id=world.new_id(),
        subject=unit_named(unit, own_issuer=world.site.issuer),
        template="unit",
        printer="LINE-3",
        address=address,
        copies=1,
        content="(1P)PUMP-200 (S)1",
        zpl="^XA^XZ",
        reason="",
        actor=ACTOR,
    )
    return queue(world.database, world.site, order, now=world.now)
