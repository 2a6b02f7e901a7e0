"""Every event has words, and shows what it holds letter by letter."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, get_args, get_type_hints
from uuid import UUID

import msgspec
import pytest

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.events.corrections import CorrectionReason
from asbuilt.core.events.defects import Defect, DefectDispositioned, Disposition
from asbuilt.core.events.definitions import Tracking
from asbuilt.core.events.event import Characteristic, Event, Evidence
from asbuilt.core.events.identity import DuplicateDecision, RangeKind, SerialRangeReserved
from asbuilt.core.events.production import BrokenRule, Phase, Result, WorkOrderSplit
from asbuilt.core.events.recalls import RecallDisposition, RecallScopeFrozen, RecallScopeListed, RecallSeed
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.events.setups import SetupSlot
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Lot, Part, Unit, WorkOrder
from asbuilt.core.states.records.identity import Custody, Status
from asbuilt.ledger.codec import captured
from asbuilt.queries.history import HistoryEntry
from asbuilt.web.sentences import SENTENCES, sentence
from asbuilt.web.telling import Told
from asbuilt.web.words import CORRECTION_WORDS, CUSTODY_WORDS, EVIDENCE_WORDS, STATUS_WORDS
from tests.web.plant import SCRIPT

WHEN = datetime(2026, 11, 4, 8, 12, tzinfo=UTC)
PART = Part("LYON", SCRIPT)
VALUES: dict[Any, Any] = {
    str: SCRIPT,
    UUID: UUID(int=7),
    datetime: WHEN,
    date: WHEN.date(),
    int: 3,
    Unit: Unit(PART, SCRIPT),
    Lot: Lot(PART, SCRIPT),
    Decimal: Decimal(1),
    Part: PART,
    tuple[Characteristic, ...]: (Characteristic(characteristic="R1"),),
    tuple[BillLine, ...]: (BillLine(item=SCRIPT, part=Part("LYON", "A")),),
    tuple[RecallSeed, ...]: (RecallSeed(part=Part("LYON", SCRIPT)),),
    tuple[Unit, ...]: (Unit(PART, SCRIPT),),
    tuple[Lot, ...]: (Lot(PART, SCRIPT),),
    RecallDisposition: RecallDisposition.LOST,
    tuple[SetupSlot, ...]: (SetupSlot(slot=SCRIPT, part=Part("LYON", "A")),),
    tuple[RouteOperation, ...]: (RouteOperation(operation=Operation(SCRIPT)),),
    tuple[Defect, ...]: (),
    Disposition: Disposition.RETEST,
    tuple[BrokenRule, ...]: (BrokenRule(rule="PRO-011", reason=SCRIPT),),
    Phase: Phase.START,
    CorrectionReason: CorrectionReason.DID_NOT_OCCUR,
    DuplicateDecision: DuplicateDecision.OTHER_UNIT,
    Tracking: Tracking.SERIALIZED,
    Evidence: Evidence.ALTERNATIVE,
    Result: Result.FAILED,
    RangeKind: RangeKind.PRINTER,
}


_GIVEN: dict[type[Event], dict[str, Any]] = {
    RecallScopeListed: {"is_certain": True},
    RecallScopeFrozen: {"digest": "0" * 64},
}


def example(kind: type[Event]) -> Event:
    """An event with a hostile text wherever there is room for one."""
    given = {}
    for name, hint in get_type_hints(kind).items():
        hint = getattr(hint, "__supertype__", hint)  # noqa: PLW2901 - a NewType is what it is made of
        inner = next((one for one in get_args(hint) if one is not NoneType), hint)
        is_other_subject = (
            name in {"lot", "output_lot"} and name not in kind.SUBJECT[:1] and "Unit" in str(get_type_hints(kind))
        )
        if name == "SUBJECT" or is_other_subject or name in {"serial_format", "gtin"}:
            continue
        if hint in VALUES:
            given[name] = VALUES[hint]
        elif isinstance(inner, type) and inner in VALUES and inner is not datetime:
            given[name] = VALUES[inner]
        elif isinstance(inner, type) and issubclass(inner, tuple):
            given[name] = inner(SCRIPT)
    if kind is DefectDispositioned:
        given["rework"] = ""
    if kind is SerialRangeReserved:
        given["work_order"] = None
    given |= _GIVEN.get(kind, {})
    if kind is WorkOrderSplit:
        given["into"] = WorkOrder(f"{SCRIPT}-2")
        given["units"] = ()
    return kind(**given)


def entry(event: Event, *, role: str = "subject", result: str = "") -> HistoryEntry:
    """The event as the history tells it."""
    return HistoryEntry(
        sequence=1,
        event_id=event.event_id,
        type=type(event).__name__,
        event_time=WHEN,
        record_time=WHEN,
        actor="anna",
        operator="",
        source="",
        role=role,
        subject=str(event.subject or ""),
        subject_version=1,
        recorded_as="",
        result=result,
        started_at=None,
        attempt=None,
        corrected_by=None,
        correction_reason="",
        correction_explanation="",
        is_late=False,
        event=msgspec.json.decode(captured(event).payload),
    )


def test_every_event_type_has_words():
    assert tuple(SENTENCES) == EVENT_TYPES


@pytest.mark.parametrize("role", ["subject", "concerned"])
@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_what_an_event_holds_is_told_letter_by_letter(kind, role):
    told = sentence(Told(entry=entry(example(kind), role=role), own_issuer="LYON"))
    assert told.title
    both = f"{told.title} {told.text}"
    assert "<script" not in both
    assert "&lt;script&gt;" in both


def test_an_event_of_a_type_without_words_is_named_and_not_left_out(monkeypatch):
    monkeypatch.setattr("asbuilt.web.sentences._BY_NAME", {})
    told = sentence(Told(entry=entry(example(EVENT_TYPES[0])), own_issuer="LYON"))
    assert told.title == "PartDefined"


def test_every_closed_set_has_words():
    assert set(Status) <= set(STATUS_WORDS)
    assert set(Custody) == set(CUSTODY_WORDS)
    assert set(Evidence) == set(EVIDENCE_WORDS)
    assert set(CorrectionReason) == set(CORRECTION_WORDS)
