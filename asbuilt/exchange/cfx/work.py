"""Work on units: started, completed, processed, tested, inspected."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from asbuilt.core.events.defects import Defect, DefectRecorded
from asbuilt.core.events.event import Measurement
from asbuilt.core.events.production import MEASUREMENTS_MAX, OperationCompleted, OperationStarted, Result
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.exchange.cfx.beside import Beside, beside
from asbuilt.exchange.cfx.defects import at_most, defects_in, findings_of, is_false_call, related_measurements
from asbuilt.exchange.cfx.drafting import Drafts, UnitSaid, units_said
from asbuilt.exchange.cfx.envelopes import Message
from asbuilt.exchange.cfx.measuring import measurements_in, readings_in
from asbuilt.exchange.cfx.nodes import Node
from asbuilt.exchange.intake.findings import Concern
from asbuilt.exchange.intake.recording import NO_ID

STARTED = "CFX.Production.WorkStarted"
COMPLETED = "CFX.Production.WorkCompleted"
PROCESSED = "CFX.Production.Processing.UnitsProcessed"
TESTED = "CFX.Production.TestAndInspection.UnitsTested"
INSPECTED = "CFX.Production.TestAndInspection.UnitsInspected"

_SKIPPED = frozenset({"skip", "skipped", "badmark", "bad"})
_FAILED = frozenset({"failed", "fail", "error", "aborted"})
_JUDGED_FAILED = frozenset({"failed", "fail"})
"""What can have been a false call: work that was aborted was not judged at all."""
_UNITS_OF = {PROCESSED: "UnitProcessData", TESTED: "TestedUnits", INSPECTED: "InspectedUnits"}


@dataclass(frozen=True, slots=True)
class Transaction:
    """The messages of one piece of work, as far as they have come."""

    messages: Sequence[Message] = ()

    @property
    def start(self) -> Message | None:
        return next((one for one in self.messages if one.message_type == STARTED and one.is_sound), None)

    def units(self) -> list[UnitSaid]:
        """The units that are worked on, without those that are skipped."""
        return [] if self.start is None else [one for one in _units_started(self.start) if not _is_skipped(one.node)]

    def units_for(self, message: Message) -> list[UnitSaid]:
        """The units that a message is about which names none: what is said of them is said by that message."""
        return [replace(one, node=message.body) for one in self.units()]

    def shared(self) -> frozenset[str]:
        """The identifiers by which several units are named, and which are those of their panel therefore."""
        return frozenset(one.identifier for one in self.units() if one.is_shared)

    def told_of(self) -> frozenset[str]:
        """The units, as they are named, of which results were told: WorkCompleted says nothing new of them."""
        shared = self.shared()
        return frozenset(
            name
            for one in self.messages
            if one.message_type in _UNITS_OF and one.is_sound
            for said in _units_of(one, self, shared)
            for name in said.names
        )

    def told_results_of(self, said: UnitSaid) -> list[Message]:
        """The messages that tell results of a unit."""
        shared = self.shared()
        return [
            one
            for one in self.messages
            if one.message_type in _UNITS_OF
            and one.is_sound
            and any(set(other.names) & set(said.names) for other in _units_of(one, self, shared))
        ]

    def program(self) -> str:
        return "" if self.start is None else _recipe(self.start.body)


def _units_started(message: Message) -> list[UnitSaid]:
    """Units; or what PrimaryIdentifier names when there are none."""
    found = units_said(message.body.member("Units").items())
    primary = message.body.member("PrimaryIdentifier")
    name = primary.name()
    if found or not name:
        return found
    return [UnitSaid(primary, name, None, is_shared=False)]


def _units_of(message: Message, transaction: Transaction, shared: frozenset[str]) -> list[UnitSaid]:
    """The units that results are about: those they name, else those of the transaction."""
    named = units_said(message.body.member(_UNITS_OF[message.message_type]).items(), shared=shared)
    panel = message.body.member("InspectedPanel")
    if named or not panel:
        return named or transaction.units()
    return units_said([panel])


def _is_skipped(node: Node) -> bool:
    return node.member("Status").text().lower() in _SKIPPED or node.member("BadMark").number() in (1, 2)


def _recipe(body: Node) -> str:
    name = body.member("RecipeName").name()
    revision = body.member("RecipeRevision", "Revision").name() if name else ""
    return f"{name} {revision}".strip()[:200]


def _operation(message: Message, drafts: Drafts, unit: Unit) -> Operation:
    """The step that was named for the import, else the one that the routing has done there, else the station.

    CFX knows no routings.
    """
    step = drafts.settings.operation or drafts.lookup.step_at(unit, message.station, message.at)
    return step or Operation(message.station.name)


def started(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """WorkStarted: an operation begins on each of its units."""
    order = drafts.work_order(message)
    _recipe(message.body)
    for said in drafts.each(_units_started(message)):
        if _is_skipped(said.node):
            drafts.findings.skipped += 1
            continue
        unit = drafts.unit(message, said)
        if unit is not None and not _ended_already(message, transaction, drafts, said):
            event = OperationStarted(
                event_id=NO_ID,
                event_time=message.at,
                unit=unit,
                operation=_operation(message, drafts, unit),
                station=message.station,
                work_order=order,
            )
            drafts.add(message, event, said.node.place, about=str(said))


def _ended_already(message: Message, transaction: Transaction, drafts: Drafts, said: UnitSaid) -> bool:
    """Whether the end of this work was recorded before its start came, which would stay open for ever."""
    others = [one for one in transaction.messages if one.identity != message.identity]
    about = str(said)
    if drafts.is_recorded([message], OperationStarted, about) or not drafts.is_recorded(
        others, OperationCompleted, about
    ):
        return False
    reason = f"{said}: the work was recorded as ended before this start came; the start is kept with the message"
    drafts.findings.warn(said.node.place, Concern.TIME, reason)
    drafts.joined.add(message.identity)
    return True


def completed(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """WorkCompleted: the operation ends on the units of its WorkStarted that no other message told the result of."""
    result = message.body.member("Result").text().lower()
    if transaction.start is None:
        drafts.wait(message)
        return
    told_of = transaction.told_of()
    for said in drafts.each(transaction.units_for(message)):
        is_told = bool(told_of & set(said.names))
        if result in _SKIPPED:
            drafts.findings.skipped += 1
        elif not is_told or result in _FAILED:
            outcome = Outcome(result=Result.FAILED if result in _FAILED else Result.PASSED, at=message.at)
            _complete(message, transaction, drafts, said, outcome)
        else:
            drafts.joined.add(message.identity)


@dataclass(slots=True)
class Outcome:
    """How work on a unit ended, while it is put together."""

    result: Result
    at: datetime
    operator: str = ""
    program: str = ""
    defects: list[Defect] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)


def _complete(message: Message, transaction: Transaction, drafts: Drafts, said: UnitSaid, outcome: Outcome) -> None:
    unit = drafts.unit(message, said)
    if unit is None:
        return
    start = transaction.start
    more = _beside(message, transaction, drafts, said)
    measurements = [*outcome.measurements, *more.measurements]
    if len(measurements) > MEASUREMENTS_MAX:
        reason = (
            f"{len(measurements)} measurements; the first {MEASUREMENTS_MAX} were taken, all are kept with the message"
        )
        drafts.findings.warn(said.node.place, Concern.QUANTITY, reason)
        measurements = measurements[:MEASUREMENTS_MAX]
    has_failed = outcome.result is Result.FAILED
    defects = _numbered(message, drafts, said, unit, outcome)
    event = OperationCompleted(
        event_id=NO_ID,
        event_time=outcome.at,
        operator=outcome.operator,
        unit=unit,
        operation=_operation(message, drafts, unit),
        station=message.station,
        work_order=None if start is None else drafts.work_order(start),
        result=outcome.result,
        tool=more.tool,
        program=outcome.program or transaction.program(),
        defects=tuple(defects) if has_failed else (),
        measurements=tuple(measurements),
    )
    drafts.add(message, event, said.node.place, about=str(said))
    for place, defect in enumerate(() if has_failed else defects, start=1):
        _record_beside(message, drafts, said, event, defect, place)


def _beside(message: Message, transaction: Transaction, drafts: Drafts, said: UnitSaid) -> Beside:
    """The readings and the tool of an operation, when this is the only message that tells its end."""
    results = [one.identity for one in transaction.told_results_of(said)]
    if results != ([message.identity] if message.message_type in _UNITS_OF else []):
        return Beside()
    found = beside(transaction.messages, said, drafts.findings)
    if found.told_by:
        drafts.carried.setdefault(message.identity, set()).update(found.told_by)
    return found


def told_beside(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """ReadingsRecorded, ToolsUsed: part of the operation whose end another message of the transaction tells.

    What comes after that end was recorded stays with its message, unless it was there before.
    """
    for one in transaction.messages:
        if one.message_type in _UNITS_OF or one.message_type == COMPLETED:
            for said in drafts.each(_ended(one, transaction)):
                _join_or_warn(message, one, said, drafts)


def _ended(message: Message, transaction: Transaction) -> list[UnitSaid]:
    if message.message_type == COMPLETED:
        return transaction.units_for(message)
    return _units_of(message, transaction, transaction.shared())


def _join_or_warn(message: Message, end: Message, said: UnitSaid, drafts: Drafts) -> None:
    event = drafts.recorded_event(end, OperationCompleted, str(said))
    found = beside([message], said, drafts.findings)
    if not isinstance(event, OperationCompleted) or not (found.measurements or found.tool):
        return
    names = {one.characteristic for one in event.measurements}
    is_there = found.tool == event.tool if found.tool else {one.characteristic for one in found.measurements} <= names
    if is_there:
        drafts.joined.add(message.identity)
    else:
        reason = f"the end of the work on {said} was recorded without it before; it is kept with the message"
        drafts.findings.warn(message.received.place, Concern.TIME, reason)


def _numbered(message: Message, drafts: Drafts, said: UnitSaid, unit: Unit, outcome: Outcome) -> list[Defect]:
    """The defects, with those of their numbers that are theirs alone."""
    if not outcome.defects:
        return []
    defects = at_most(outcome.defects)
    if len(defects) < len(outcome.defects):
        reason = f"{len(outcome.defects)} defects; those that say the same are told once, all are kept with the message"
        drafts.findings.warn(said.node.place, Concern.QUANTITY, reason)
    return drafts.numbered(message, unit, str(said), defects)


def _record_beside(
    message: Message, drafts: Drafts, said: UnitSaid, work: OperationCompleted, defect: Defect, place: int
) -> None:
    """A defect of a unit that passed: it is there, and fails nothing."""
    reason = f"{said} is told as passed, and {defect.code} as found; recorded beside the operation, to be decided upon"
    drafts.findings.warn(said.node.place, Concern.CONFLICT, reason)
    event = DefectRecorded(
        event_id=NO_ID,
        event_time=work.event_time,
        operator=work.operator,
        unit=work.unit,
        station=work.station,
        code=defect.code,
        position=defect.position,
        component=defect.component,
        quantity=defect.quantity,
        note=defect.note,
        number=defect.number,
    )
    drafts.add(message, event, said.node.place, about=f"{said}\n{place}")


def processed(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """UnitsProcessed: the operation ends on each unit, with what was measured on all and on this one."""
    body = message.body
    named = units_said(body.member("UnitProcessData").items(), shared=transaction.shared())
    if not named and transaction.start is None:
        drafts.wait(message)
        return
    common = list(readings_in(body.member("CommonProcessData"), "", drafts.findings))
    overall = body.member("OverallResult").text().lower()
    for said in named or drafts.each(transaction.units_for(message)):
        own = said.node.member("UnitProcessData") if named else Node(None, said.node.place)
        said_result = said.node.member("UnitResult").text().lower() if named else overall
        if said_result in _SKIPPED:
            drafts.findings.skipped += 1
            continue
        result = Result.FAILED if (said_result or overall) in _FAILED else Result.PASSED
        outcome = Outcome(result=result, at=message.at)
        outcome.measurements = [*common, *readings_in(own, "", drafts.findings)]
        _complete(message, transaction, drafts, said, outcome)


def tested(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """UnitsTested: the operation ends on each unit, with every test and what it measured."""
    operator = message.body.member("Tester").member("OperatorIdentifier").name()
    nodes = message.body.member("TestedUnits").items()
    for said in units_said(nodes, shared=transaction.shared()):
        _judged(message, transaction, drafts, said, _Kind("Tests", "Test", operator))


def inspected(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """UnitsInspected: the operation ends on each unit, with every inspection and the defects found."""
    operator = message.body.member("Inspector").member("OperatorIdentifier").name()
    nodes = message.body.member("InspectedUnits").items()
    kind = _Kind("Inspections", "Inspection", operator, _recipe(message.body))
    for said in units_said(nodes, shared=transaction.shared()):
        _judged(message, transaction, drafts, said, kind)
    panel = message.body.member("InspectedPanel")
    for said in units_said([panel] if panel else []):
        _judged(message, transaction, drafts, replace(said, is_panel=True), kind)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What tests and inspections call the same things."""

    steps: str
    word: str
    operator: str
    program: str = ""


def _judged(message: Message, transaction: Transaction, drafts: Drafts, said: UnitSaid, kind: _Kind) -> None:
    result = said.node.member("OverallResult").text().lower()
    if result in _SKIPPED:
        drafts.findings.skipped += 1
        return
    is_passed = result not in _FAILED or (result in _JUDGED_FAILED and is_false_call(said.node))
    outcome = Outcome(
        result=Result.PASSED if is_passed else Result.FAILED,
        at=message.at,
        operator=kind.operator,
        program=kind.program,
    )
    ends = []
    for number, step in enumerate(said.node.member(kind.steps).items(), start=1):
        _step(step, said.node, kind, number, outcome, drafts)
        ends.append(step.member(f"{kind.word}EndTime").time())
    outcome.at = max((end for end in ends if end is not None), default=message.at)
    steps = said.node.member(kind.steps).items()
    if outcome.result is Result.FAILED and not outcome.defects and any(True for one in steps for _ in findings_of(one)):
        reason = f"every defect of {said} was verified as a false call, and it is told as {result}; recorded as failed"
        drafts.findings.warn(said.node.place, Concern.CONFLICT, reason)
    _complete(message, transaction, drafts, said, outcome)


def _step(step: Node, unit: Node, kind: _Kind, number: int, outcome: Outcome, drafts: Drafts) -> None:
    """One test or inspection: its own result is a measurement too, so that one that failed is found."""
    name = step.member(f"{kind.word}Name").name() or step.member("TestProcedure").name() or f"{kind.word} {number}"
    result = step.member("Result").text().lower()
    if result and result not in _SKIPPED:
        passed = result not in _FAILED or (result in _JUDGED_FAILED and is_false_call(step, unit))
        outcome.measurements.append(Measurement(characteristic=name, passed=passed))
        if not passed and outcome.result is Result.PASSED:
            reason = f"the unit is told as passed, and {name} as {result}; recorded as failed"
            drafts.findings.warn(step.place, Concern.CONFLICT, reason)
            outcome.result = Result.FAILED
    measured = [*step.member("Measurements").items(), *related_measurements(step)]
    for one in measured:
        outcome.measurements.extend(measurements_in(one, name, drafts.findings))
    outcome.defects.extend(defects_in(step, unit))
