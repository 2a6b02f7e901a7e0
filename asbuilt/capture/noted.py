"""What the interlock did, as events of its own: what it refused, and what was recorded in spite of it.

Their ids follow from what was sent, so that what is sent again is not noted again.
Source: RFC 9562, section 5.8 for the ids.
"""

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from asbuilt.core.events.event import Event
from asbuilt.core.events.lots import LotOperationCompleted, LotOperationStarted, quantity_worked_on
from asbuilt.core.events.production import (
    BrokenRule,
    InterlockOverridden,
    OperationCompleted,
    OperationRefused,
    OperationStarted,
    Phase,
)
from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.core.identifiers.text import TEXT_MAX
from asbuilt.core.rules.rule import Broken
from asbuilt.ledger.codec import Captured

Work = OperationStarted | OperationCompleted | LotOperationStarted | LotOperationCompleted
"""What the interlock judges."""


def refusal_of(sent: Captured, broken: Sequence[Broken]) -> OperationRefused | None:
    """That work on a unit, or on some of a lot, was refused; None for what is no operation.

    The same content, refused by the same rules, gives the same id.
    """
    event = sent.event
    if not isinstance(event, Work):
        return None
    rules = " ".join(one.rule for one in broken)
    return OperationRefused(
        event_id=_id_of(b"asbuilt refusal\0%b\0%b" % (rules.encode(), sent.payload)),
        event_time=event.event_time,
        source=event.source,
        operator=event.operator,
        **_worked_on(event),
        operation=event.operation,
        phase=_phase_of(event),
        station=event.station,
        tool=event.tool,
        program=event.program,
        refused_event_id=event.event_id,
        reasons=_said(broken),
    )


def override_of(event: Work, overridden: Sequence[Broken]) -> InterlockOverridden:
    """That an operation was recorded in spite of some rules."""
    return InterlockOverridden(
        event_id=_id_of(b"asbuilt override\0%b" % event.event_id.bytes),
        event_time=event.event_time,
        source=event.source,
        operator=event.operator,
        **_worked_on(event),
        operation=event.operation,
        phase=_phase_of(event),
        station=event.station,
        overridden_event_id=event.event_id,
        reason=event.override_reason,
        reasons=_said(overridden),
    )


def is_overriding(event: Event) -> bool:
    """Whether an event asks for the interlock to be overridden."""
    return isinstance(event, Work) and bool(event.override_reason)


class _WorkedOn(TypedDict, total=False):
    unit: Unit
    lot: Lot
    quantity: Decimal


def _worked_on(event: Work) -> _WorkedOn:
    """What it was about: a unit, or how much of which lot."""
    if isinstance(event, LotOperationStarted | LotOperationCompleted):
        return {"lot": event.lot, "quantity": quantity_worked_on(event)}
    return {"unit": event.unit}


def _phase_of(event: Work) -> Phase:
    return Phase.START if isinstance(event, OperationStarted | LotOperationStarted) else Phase.COMPLETE


def _said(broken: Sequence[Broken]) -> tuple[BrokenRule, ...]:
    return tuple(BrokenRule(rule=one.rule, reason=one.reason[:TEXT_MAX].strip()) for one in broken)


def _id_of(content: bytes) -> UUID:
    """A UUIDv8 that follows from some content."""
    value = int.from_bytes(hashlib.sha256(content).digest()[:16]) & ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=value | 0x8 << 76 | 0b10 << 62)
