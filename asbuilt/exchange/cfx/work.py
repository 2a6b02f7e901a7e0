"""Work on units: started, completed, processed, tested, inspected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from asbuilt.core.events.event import Measurement
from asbuilt.core.events.production import MEASUREMENTS_MAX, OperationCompleted, OperationStarted, Result
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.text import TEXT_MAX
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
_FALSE_CALLS = frozenset({"falsecall", "falsefail", "passed", "falsedefect"})
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


def _operation(message: Message, drafts: Drafts) -> Operation:
    """The step that was named for the import, else the station: CFX knows no routings."""
    return drafts.settings.operation or Operation(message.station.name)


def started(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """WorkStarted: an operation begins on each of its units."""
    order = drafts.work_order(message)
    _recipe(message.body)
    for said in _units_started(message):
        if _is_skipped(said.node):
            drafts.findings.skipped += 1
            continue
        unit = drafts.unit(message, said)
        if unit is not None and not _ended_already(message, transaction, drafts, said):
            event = OperationStarted(
                event_id=NO_ID,
                event_time=message.at,
                unit=unit,
                operation=_operation(message, drafts),
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
    for said in transaction.units_for(message):
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
    defects: list[str] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)


def _complete(message: Message, transaction: Transaction, drafts: Drafts, said: UnitSaid, outcome: Outcome) -> None:
    unit = drafts.unit(message, said)
    if unit is None:
        return
    start = transaction.start
    measurements = outcome.measurements
    if len(measurements) > MEASUREMENTS_MAX:
        reason = (
            f"{len(measurements)} measurements; the first {MEASUREMENTS_MAX} were taken, all are kept with the message"
        )
        drafts.findings.warn(said.node.place, Concern.QUANTITY, reason)
        measurements = measurements[:MEASUREMENTS_MAX]
    event = OperationCompleted(
        event_id=NO_ID,
        event_time=outcome.at,
        operator=outcome.operator,
        unit=unit,
        operation=_operation(message, drafts),
        station=message.station,
        work_order=None if start is None else drafts.work_order(start),
        result=outcome.result,
        program=outcome.program or transaction.program(),
        defect="; ".join(dict.fromkeys(outcome.defects))[:TEXT_MAX],
        measurements=tuple(measurements),
    )
    drafts.add(message, event, said.node.place, about=str(said))


def processed(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """UnitsProcessed: the operation ends on each unit, with what was measured on all and on this one."""
    body = message.body
    named = units_said(body.member("UnitProcessData").items(), shared=transaction.shared())
    if not named and transaction.start is None:
        drafts.wait(message)
        return
    common = list(readings_in(body.member("CommonProcessData"), "", drafts.findings))
    overall = body.member("OverallResult").text().lower()
    for said in named or transaction.units_for(message):
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
    outcome = Outcome(
        result=Result.FAILED if result in _FAILED else Result.PASSED,
        at=message.at,
        operator=kind.operator,
        program=kind.program,
    )
    ends = []
    for number, step in enumerate(said.node.member(kind.steps).items(), start=1):
        _step(step, kind, number, outcome, drafts)
        ends.append(step.member(f"{kind.word}EndTime").time())
    outcome.at = max((end for end in ends if end is not None), default=message.at)
    _complete(message, transaction, drafts, said, outcome)


def _step(step: Node, kind: _Kind, number: int, outcome: Outcome, drafts: Drafts) -> None:
    """One test or inspection: its own result is a measurement too, so that one that failed is found."""
    name = step.member(f"{kind.word}Name").name() or step.member("TestProcedure").name() or f"{kind.word} {number}"
    result = step.member("Result").text().lower()
    is_false_call = step.member("Verification").text().lower() in _FALSE_CALLS
    if result and result not in _SKIPPED:
        passed = result not in _FAILED or is_false_call
        outcome.measurements.append(Measurement(characteristic=name, passed=passed))
        if not passed and outcome.result is Result.PASSED:
            reason = f"the unit is told as passed, and {name} as {result}; recorded as failed"
            drafts.findings.warn(step.place, Concern.CONFLICT, reason)
    measured = [*step.member("Measurements").items(), *_related(step)]
    for one in measured:
        outcome.measurements.extend(measurements_in(Node([one.value], one.place, one.taken), name, drafts.findings))
    outcome.defects.extend(_defects(step))


def _related(step: Node) -> Iterable[Node]:
    """The measurements by which symptoms and defects were found."""
    for finding in _findings_of(step):
        yield from finding.member("RelatedMeasurements").items()


def _findings_of(step: Node) -> Iterable[Node]:
    for name in ("DefectsFound", "SymptomsFound", "Symptoms"):
        yield from step.member(name).items()


def _defects(step: Node) -> Iterable[str]:
    """Code, place and description of each defect or symptom."""
    for finding in _findings_of(step):
        components = [finding.member("ComponentOfInterest"), *finding.member("ComponentsOfInterest").items()]
        places = [name for one in components if (name := one.member("ReferenceDesignator").name())]
        words = [
            finding.member("DefectCode", "SymptomCode").name() or finding.member("DefectCategory").name(),
            " ".join(places),
            finding.member("Description").text(),
        ]
        text = " ".join(word for word in words if word)
        if text:
            yield text
