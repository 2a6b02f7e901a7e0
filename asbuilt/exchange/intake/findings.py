"""What an import has to say: where, about what, and why."""

from dataclasses import dataclass, field
from enum import StrEnum

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


@dataclass(slots=True)
class Remarks:
    """What is noted while an import runs. recorded, repeated: events."""

    recorded: int = 0
    repeated: int = 0
    refusals: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def warn(self, place: Place, concern: Concern, reason: str) -> None:
        self.warnings.append(
            Finding(file=place.file, pointer=place.pointer, rule=concern.value, reason=readable(reason))
        )

    def refuse(self, place: Place, rule: str, reason: str) -> None:
        self.refusals.append(Finding(file=place.file, pointer=place.pointer, rule=str(rule), reason=readable(reason)))


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
