"""What a rule is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from asbuilt.core.events.event import Event
from asbuilt.core.states.known import Known

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Rule:
    """A numbered condition on some event types. Calling it gives the reason it is broken, or None."""

    number: str
    events: tuple[type[Event], ...]
    cites: str
    # Any: a rule takes just the event types it names, and is called with no others.
    reason: Callable[[Any, Known], str | None]

    def __call__(self, event: Event, known: Known) -> str | None:
        return self.reason(event, known)

    @property
    def name(self) -> str:
        return self.reason.__name__

    @property
    def title(self) -> str:
        """The rule in one sentence, positively: the first line of its docstring."""
        return (self.reason.__doc__ or "").strip().splitlines()[0]


def rule(number: str, *events: type[Event], cites: str = "") -> Callable[[Callable[[E, Known], str | None]], Rule]:
    """Number a rule, say which events it judges and where it comes from. Entering it in RULES is done by hand."""

    def numbered(reason: Callable[[E, Known], str | None]) -> Rule:
        return Rule(number=number, events=events, cites=cites, reason=reason)

    return numbered


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken rule and what to tell the operator."""

    rule: str
    reason: str
