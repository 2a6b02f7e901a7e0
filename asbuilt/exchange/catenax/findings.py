"""What an import has to say: where, about what, and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from asbuilt.exchange.catenax.values import CatenaXId

TEXT_SHOWN = 300
"""Longest text of a document repeated in a finding, in characters."""

REASON_MAX = 1_000


class Concern(StrEnum):
    """What a finding is about, where no numbered rule speaks."""

    FILE = "file"
    """The file cannot be read, or is not JSON."""
    UNRECOGNISED = "unrecognised"
    """Nothing in it says what it is."""
    SCHEMA = "schema"
    """It departs from the JSON schema of its aspect model."""
    IDENTITY = "identity"
    """It does not say, or not clearly, which unit or lot it is about."""
    PART = "part"
    COMPONENT = "component"
    QUANTITY = "quantity"
    TIME = "time"
    TEXT = "text"
    DIFFERENCE = "difference"
    """The record says otherwise; it was not changed."""
    CONFLICT = "conflict"
    """Two documents contradict each other; what was done about it is said."""


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file, by its JSON pointer (RFC 6901)."""

    file: str
    pointer: str = ""

    def __truediv__(self, token: str | int) -> "Place":
        escaped = str(token).replace("~", "~0").replace("/", "~1")
        return Place(self.file, f"{self.pointer}/{shown(escaped)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One remark. rule: the number of the rule that refused an event (GEN-002), otherwise a `Concern`."""

    file: str
    pointer: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDelivered:
    """A component that a document names and nothing known here is. Its containment is recorded as declared."""

    file: str
    pointer: str
    parent: CatenaXId
    component: CatenaXId
    business_partner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownParent:
    """The BOM of an item that is not known here. Nothing of it is recorded; import it again once the item is known."""

    file: str
    pointer: str
    parent: CatenaXId
    component_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of the documents; every list is complete.

    documents: documents understood, by aspect. not_read: what else the containers hold, by aspect or key.
    units, lots: those the documents name that exist now. links: lines of BOMs that the record now holds as links.
    delivered: links made now for components that earlier documents named before they were delivered.
    recorded, repeated: events. already_known: what the documents say and the record held already in another way.
    """

    documents: Mapping[str, int]
    not_read: Mapping[str, int]
    units: int
    lots: int
    links: int
    delivered: int
    recorded: int
    repeated: int
    already_known: int
    refusals: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    not_delivered: tuple[NotDelivered, ...]
    unknown_parents: tuple[UnknownParent, ...]

    @property
    def refused(self) -> int:
        """How many documents, components of documents and events were refused."""
        return len(self.refusals)


@dataclass(slots=True)
class Findings:
    """The report while it is being written."""

    documents: Counter[str] = field(default_factory=Counter)
    not_read: Counter[str] = field(default_factory=Counter)
    units: int = 0
    lots: int = 0
    links: int = 0
    delivered: int = 0
    recorded: int = 0
    repeated: int = 0
    already_known: int = 0
    refusals: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    not_delivered: list[NotDelivered] = field(default_factory=list)
    unknown_parents: list[UnknownParent] = field(default_factory=list)

    def warn(self, place: Place, concern: Concern, reason: str) -> None:
        self.warnings.append(
            Finding(file=place.file, pointer=place.pointer, rule=concern.value, reason=readable(reason))
        )

    def refuse(self, place: Place, rule: str, reason: str) -> None:
        self.refusals.append(Finding(file=place.file, pointer=place.pointer, rule=str(rule), reason=readable(reason)))

    def report(self) -> ImportReport:
        return ImportReport(
            documents=dict(sorted(self.documents.items())),
            not_read=dict(sorted(self.not_read.items())),
            units=self.units,
            lots=self.lots,
            links=self.links,
            delivered=self.delivered,
            recorded=self.recorded,
            repeated=self.repeated,
            already_known=self.already_known,
            refusals=tuple(self.refusals),
            warnings=tuple(self.warnings),
            not_delivered=tuple(self.not_delivered),
            unknown_parents=tuple(self.unknown_parents),
        )


def shown(text: str) -> str:
    """A text that may come from anywhere, fit to be printed: lone surrogates and control characters spelled out."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text)


def readable(reason: str) -> str:
    """A reason fit to be printed, without the middle of what is too long to be read."""
    if len(reason) > REASON_MAX:
        reason = f"{reason[: REASON_MAX // 2]} … {reason[-REASON_MAX // 2 :]}"
    return shown(reason)


def quoted(value: object) -> str:
    """A value of a document, in quotes and cut to a length one can read."""
    text = str(value)
    return repr(text if len(text) <= TEXT_SHOWN else f"{text[:TEXT_SHOWN]}…")
