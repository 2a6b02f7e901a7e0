"""Takes in CFX messages: keeps each word for word, then records what is understood of it."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from asbuilt.capture.answers import Acknowledgement, Outcome, Refusal
from asbuilt.capture.capture import SAME_EVENT_ID
from asbuilt.core.events.messages import MessageReceived
from asbuilt.core.identifiers.names import ActorName, Operation
from asbuilt.core.identifiers.subjects import Part
from asbuilt.core.identifiers.text import NameProblem, checked_name
from asbuilt.exchange.cfx.catalogue import MAPPED, MIDDLE, RANK
from asbuilt.exchange.cfx.drafting import Drafts, Settings
from asbuilt.exchange.cfx.envelopes import STANDARD, Message, by_content, canonical, opened
from asbuilt.exchange.cfx.findings import CfxReport, Findings
from asbuilt.exchange.cfx.known import Lookup
from asbuilt.exchange.cfx.reading import ENDINGS, Received, messages_in, messages_in_file
from asbuilt.exchange.cfx.work import STARTED, Transaction
from asbuilt.exchange.intake.findings import Concern
from asbuilt.exchange.intake.recording import Pending, Recorder
from asbuilt.exchange.intake.sources import sources
from asbuilt.ledger.database import Database, Reader, Site
from asbuilt.queries.messages import message_recorded, messages_after, messages_of

MESSAGES_AT_ONCE = 500
CHARACTERS_AT_ONCE = 8_000_000
"""How much is worked on at once: messages of one piece of work are joined within it, and with those kept before."""

RECORD = "the record"
"""What kept messages are called in findings, where others have a file."""

UNNAMED = "(no MessageName)"
Progress = Callable[[str, int, int], None]
"""Told what is being done, how many files of it are done and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Where messages go to, and what they do not say themselves.

    part: of units that nobody knows yet; without one they are listed. operation: the step of the routing, instead of
    the station's name.
    """

    database: Database
    site: Site
    actor: ActorName
    clock: Callable[[], datetime]
    part: Part | None = None
    operation: str = ""


def import_messages(
    intake: Intake,
    paths: Iterable[str | Path],
    *,
    progress: Progress | None = None,
    stdin: BinaryIO | None = None,
) -> CfxReport:
    """Take in the messages in files and folders (`-`: standard input). Raises Unavailable, NameProblem."""
    findings = Findings()
    importer = _Importer(intake, findings)
    told = progress or (lambda _stage, _done, _total: None)
    with sources(paths, stdin=stdin or sys.stdin.buffer, findings=findings, endings=ENDINGS) as files:
        told("messages", 0, len(files))
        for number, source in enumerate(files, start=1):
            importer.take_in(messages_in_file(source, findings))
            told("messages", number, len(files))
    return findings.report()


def import_text(intake: Intake, text: str, *, name: str) -> CfxReport:
    """Take in the messages in a text. Raises Unavailable, NameProblem."""
    findings = Findings()
    _Importer(intake, findings).take_in(messages_in(text, name, findings))
    return findings.report()


def import_kept(intake: Intake) -> CfxReport:
    """Go over all messages kept here again: what could not be understood may be by now. Raises as import_messages."""
    findings = Findings()
    _Importer(intake, findings).take_in(_kept(intake, findings))
    return findings.report()


def _kept(intake: Intake, findings: Findings) -> Iterator[Received]:
    last = 0
    while True:
        with intake.database.reading(intake.site) as reader:
            page = messages_after(reader, last)
        if not page:
            return
        for sequence, event in page:
            last = sequence
            for received in _received(event) if event.standard == STANDARD else ():
                findings.messages += 1
                yield received


def _received(event: MessageReceived) -> Iterator[Received]:
    name = f"{RECORD}, {event.event_id}"
    yield from messages_in(event.content, name, Findings())


class _Importer:
    """Takes in messages, some hundred at a time."""

    def __init__(self, intake: Intake, findings: Findings) -> None:
        self._intake = intake
        self._findings = findings
        self._recorder = Recorder(intake.database, intake.site, intake.actor, intake.clock, findings)
        operation = checked_name(intake.operation, what="operation") if intake.operation else ""
        self._settings = Settings(intake.part, Operation(operation) if operation else None)
        if intake.part is not None:
            self._check_part(intake.part)

    def _check_part(self, part: Part) -> None:
        with self._intake.database.reading(self._intake.site) as reader:
            if Lookup(reader, self._intake.database).tracking(part) is None:
                raise NameProblem(f"part {part} is not defined here; check the part number, or define the part first")

    def take_in(self, messages: Iterable[Received]) -> None:
        for some in _together(messages):
            kept = self._keep([opened(one, self._findings) for one in some])
            self._understand(kept)

    def _keep(self, messages: Sequence[Message]) -> list[Message]:
        """Record the messages themselves; gives those that can be understood."""
        pending: list[tuple[Message, Pending]] = []
        for message in messages:
            one = self._recorder.prepared(message.as_event(), message.received.place, identity=message.identity)
            if one is None:
                self._findings.refused_messages += 1
            else:
                pending.append((message, one))
        answers = self._recorder.answers([one for _, one in pending])
        kept: list[Message] = []
        for (message, one), answer in zip(pending, answers, strict=True):
            if isinstance(answer, Acknowledgement):
                is_new = answer.outcome is Outcome.RECORDED
                self._findings.events[MessageReceived.__name__] += is_new
                self._findings.repeated_messages += not is_new
                kept.append(message)
            elif [broken.rule for broken in answer.broken] == [SAME_EVENT_ID]:
                kept.extend(self._keep_double(message, one))
            else:
                self._findings.refused_messages += 1
                self._recorder.note_refusal(one, answer)
        return kept

    def _keep_double(self, message: Message, pending: Pending) -> list[Message]:
        """A message whose id was received before: the same laid out otherwise, or another one, kept but not counted."""
        with self._intake.database.reading(self._intake.site) as reader:
            before = message_recorded(reader, pending.event_id)
        same = before is not None and canonical(message.received.value) in {
            canonical(one.value) for one in _received(before)
        }
        if same:
            self._findings.repeated += 1
            self._findings.repeated_messages += 1
            return [message]
        reason = (
            f"a message with the id {message.message_id} and another content was received before; this one is kept, "
            "and nothing was recorded of it: give each message an id of its own"
        )
        self._findings.refuse(message.received.place, Concern.CONFLICT, reason)
        other = replace(message, identity=by_content(message.received))
        one = self._recorder.prepared(other.as_event(), message.received.place, identity=other.identity)
        if one is not None:
            (answer,) = self._recorder.answers([one])
            self._findings.events[MessageReceived.__name__] += (
                isinstance(answer, Acknowledgement) and answer.outcome is Outcome.RECORDED
            )
        self._findings.preserved[message.message_type or UNNAMED] += 1
        return []

    def _understand(self, messages: Sequence[Message]) -> None:
        """Record what the messages say, and what earlier ones say now that these have come."""
        own = {message.identity: message for message in messages}
        with self._intake.database.reading(self._intake.site) as reader:
            transactions = self._transactions(reader, own)
            lookup = Lookup(reader, self._intake.database)
            drafts = Drafts(self._recorder, lookup, self._settings, self._findings)
            waited = _waited_for(own.values(), transactions)
            for message in sorted([*own.values(), *waited], key=_moment):
                drafts.findings = self._findings if message.identity in own else Findings()
                self._draft(message, transactions.get(message.transaction, Transaction([message])), drafts)
        drafts.findings = self._findings
        self._record(drafts)
        for message in messages:
            self._account(message, drafts)

    def _transactions(self, reader: Reader, own: dict[str, Message]) -> dict[str, Transaction]:
        """The messages of each piece of work: those that came now, and those that were kept before."""
        found: dict[str, dict[str, Message]] = {}
        names = {message.transaction for message in own.values()}
        for event in messages_of(reader, names):
            if event.standard != STANDARD:
                continue
            for received in _received(event):
                message = opened(received, Findings())
                if event.event_id == self._recorder.id_of(message.identity):
                    found.setdefault(message.transaction, {})[message.identity] = message
        for identity, message in own.items():
            if message.transaction:
                found.setdefault(message.transaction, {})[identity] = message
        return {name: Transaction(sorted(some.values(), key=_moment)) for name, some in found.items()}

    def _draft(self, message: Message, transaction: Transaction, drafts: Drafts) -> None:
        understanding = MAPPED.get(message.message_type)
        if understanding is None:
            return
        if not message.is_sound:
            doubled = ", ".join(dict.fromkeys(message.received.doubled))
            reason = f"{doubled} stands twice in one object; only one of the two can be meant: the message is only kept"
            drafts.findings.refuse(message.received.place, Concern.CONFLICT, reason)
            return
        understanding(message, transaction, drafts)

    def _record(self, drafts: Drafts) -> None:
        answers = self._recorder.answers(drafts.pending)
        for one, owner, answer in zip(drafts.pending, drafts.owners, answers, strict=True):
            if isinstance(answer, Acknowledgement) or self._is_recorded_otherwise(one, answer):
                drafts.joined.add(owner)
            if isinstance(answer, Acknowledgement) and answer.outcome is Outcome.RECORDED:
                self._findings.events[type(one.captured.event).__name__] += 1
        for owner, others in drafts.carried.items():
            if owner in drafts.joined:
                drafts.joined |= others

    def _is_recorded_otherwise(self, one: Pending, answer: Refusal) -> bool:
        """Note why an event was refused; one that was recorded before in other words is no loss."""
        if [broken.rule for broken in answer.broken] == [SAME_EVENT_ID]:
            self._findings.repeated += 1
            reason = f"{type(one.captured.event).__name__} was recorded of it before, with other content; not changed"
            self._findings.warn(one.place, Concern.DIFFERENCE, reason)
            return True
        self._recorder.note_refusal(one, answer)
        return False

    def _account(self, message: Message, drafts: Drafts) -> None:
        """Say of a message whether it became events, and what of it did not."""
        name = message.message_type or UNNAMED
        if message.identity in drafts.joined:
            self._findings.mapped[name] += 1
            for pointer in message.root.untaken():
                self._findings.unmapped_fields[name, pointer] += 1
        else:
            self._findings.preserved[name] += 1


def _waited_for(own: Iterable[Message], transactions: dict[str, Transaction]) -> list[Message]:
    """The messages kept before that could not be understood until one of these came: it says which units are meant."""
    known = {message.identity for message in own}
    begun = {message.transaction for message in own if message.message_type == STARTED and message.transaction}
    return [
        message
        for name in sorted(begun)
        for message in transactions[name].messages
        if message.identity not in known and message.message_type != STARTED
    ]


def _moment(message: Message) -> tuple[datetime, int]:
    return message.at, RANK.get(message.message_type, MIDDLE)


def _together(messages: Iterable[Received]) -> Iterator[list[Received]]:
    group: list[Received] = []
    length = 0
    for message in messages:
        group.append(message)
        length += len(message.text)
        if len(group) >= MESSAGES_AT_ONCE or length >= CHARACTERS_AT_ONCE:
            yield group
            group, length = [], 0
    if group:
        yield group
