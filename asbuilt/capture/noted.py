"""What the interlock did, as events of its own: what it refused, and what was recorded in spite of it.

Their ids follow from what was sent, so that what is sent again is not noted again.
Source: RFC 9562, section 5.8 for the ids.
"""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from asbuilt.core.events.event import Event
from asbuilt.core.events.production import (
    BrokenRule,
    InterlockOverridden,
    OperationCompleted,
    OperationRefused,
    OperationStarted,
    Phase,
)
from asbuilt.core.identifiers.text import TEXT_MAX
from asbuilt.core.rules.rule import Broken
from asbuilt.ledger.codec import Captured


def refusal_of(sent: Captured, broken: Sequence[Broken]) -> OperationRefused | None:
    """That an operation was refused; None for what is no operation.

    The same content, refused by the same rules, gives the same id.
    """
    event = sent.event
    if not isinstance(event, OperationStarted | OperationCompleted):
        return None
    rules = " ".join(one.rule for one in broken)
    return OperationRefused(
        event_id=_id_of(b"asbuilt refusal\0%b\0%b" % (rules.encode(), sent.payload)),
        event_time=event.event_time,
        source=event.source,
        operator=event.operator,
        unit=event.unit,
        operation=event.operation,
        phase=_phase_of(event),
        station=event.station,
        tool=event.tool,
        program=event.program,
        refused_event_id=event.event_id,
        reasons=_said(broken),
    )


def override_of(event: OperationStarted | OperationCompleted, overridden: Sequence[Broken]) -> InterlockOverridden:
    """That an operation was recorded in spite of some rules."""
    return InterlockOverridden(
        event_id=_id_of(b"asbuilt override\0%b" % event.event_id.bytes),
        event_time=event.event_time,
        source=event.source,
        operator=event.operator,
        unit=event.unit,
        operation=event.operation,
        phase=_phase_of(event),
        station=event.station,
        overridden_event_id=event.event_id,
        reason=event.override_reason,
        reasons=_said(overridden),
    )


def is_overriding(event: Event) -> bool:
    """Whether an event asks for the interlock to be overridden."""
    return isinstance(event, OperationStarted | OperationCompleted) and bool(event.override_reason)


def _phase_of(event: OperationStarted | OperationCompleted) -> Phase:
    return Phase.START if isinstance(event, OperationStarted) else Phase.COMPLETE


def _said(broken: Sequence[Broken]) -> tuple[BrokenRule, ...]:
    return tuple(BrokenRule(rule=one.rule, reason=one.reason[:TEXT_MAX].strip()) for one in broken)


def _id_of(content: bytes) -> UUID:
    """A UUIDv8 that follows from some content."""
    value = int.from_bytes(hashlib.sha256(content).digest()[:16]) & ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=value | 0x8 << 76 | 0b10 << 62)
