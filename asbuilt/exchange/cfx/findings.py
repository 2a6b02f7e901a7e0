"""What an import of CFX messages has to say."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from asbuilt.exchange.intake.findings import Finding, Remarks


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A unit or material that a message names and nothing known here is. The message is kept; import it again later."""

    file: str
    pointer: str
    message_type: str
    what: str
    identifier: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message about a piece of work whose WorkStarted has not come. It is understood as soon as that comes."""

    file: str
    pointer: str
    message_type: str
    transaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmappedField:
    """A field of messages that are understood which no event has a place for; it is kept with the message.

    field: JSON pointer within the message, with * for the number of an element.
    """

    message_type: str
    field: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CfxReport:
    """What became of the messages; every list is complete, and every message is mapped, preserved or refused.

    messages: all that were found. mapped: those that became events, now or before, by type. preserved: those that are
    only kept, by type. refused_messages: those that could not even be kept. repeated_messages: received before.
    recorded, repeated: events, the kept messages among them. events: those recorded, by type.
    refusals: what a rule or this import refused; the messages they come from are kept all the same.
    """

    messages: int
    repeated_messages: int
    mapped: Mapping[str, int]
    preserved: Mapping[str, int]
    refused_messages: int
    recorded: int
    repeated: int
    events: Mapping[str, int]
    commissioned: int
    skipped: int
    unmapped_fields: tuple[UnmappedField, ...]
    unknown: tuple[Unknown, ...]
    waiting: tuple[Waiting, ...]
    refusals: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    @property
    def refused(self) -> int:
        """How many messages and events were refused."""
        return len(self.refusals)


@dataclass(slots=True)
class Findings(Remarks):
    """The report while it is being written."""

    messages: int = 0
    repeated_messages: int = 0
    mapped: Counter[str] = field(default_factory=Counter)
    preserved: Counter[str] = field(default_factory=Counter)
    refused_messages: int = 0
    events: Counter[str] = field(default_factory=Counter)
    commissioned: int = 0
    skipped: int = 0
    unmapped_fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    unknown: list[Unknown] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    def report(self) -> CfxReport:
        return CfxReport(
            messages=self.messages,
            repeated_messages=self.repeated_messages,
            mapped=dict(sorted(self.mapped.items())),
            preserved=dict(sorted(self.preserved.items())),
            refused_messages=self.refused_messages,
            recorded=self.recorded,
            repeated=self.repeated,
            events={name: count for name, count in sorted(self.events.items()) if count},
            commissioned=self.commissioned,
            skipped=self.skipped,
            unmapped_fields=tuple(
                UnmappedField(message_type=message_type, field=name, count=count)
                for (message_type, name), count in sorted(self.unmapped_fields.items())
            ),
            unknown=tuple(self.unknown),
            waiting=tuple(self.waiting),
            refusals=tuple(self.refusals),
            warnings=tuple(self.warnings),
        )
