"""What a station says to a scan: a word, what it is about, why, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from asbuilt.core.rules.catalogue import OVERRIDABLE
from asbuilt.core.rules.rule import Broken


class Tone(StrEnum):
    """How a verdict looks and sounds."""

    OK = "ok"
    STOP = "stop"
    READY = "ready"


_WORDS: dict[Tone, tuple[Promise, str]] = {
    Tone.OK: (gettext_lazy("OK"), "check"),
    Tone.STOP: (gettext_lazy("Stop"), "x"),
    Tone.READY: (gettext_lazy("Ready"), "scan-barcode"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """title: the serial or lot number it is about, as written on it. text: what happened, or what to do.

    broken: the rules in the way. again: the fields of what was sent, to send it once more with a reason to override.
    """

    tone: Tone
    title: str = ""
    text: str = ""
    broken: tuple[Broken, ...] = ()
    again: dict[str, str] = field(default_factory=dict)

    @property
    def word(self) -> str:
        return str(_WORDS[self.tone][0])

    @property
    def icon(self) -> str:
        return _WORDS[self.tone][1]

    @property
    def is_overridable(self) -> bool:
        return bool(self.broken) and all(one.rule in OVERRIDABLE for one in self.broken)


def ready() -> Verdict:
    return Verdict(Tone.READY, text=_("Scan a unit."))


def stopped(title: str, broken: Iterable[Broken], again: dict[str, str]) -> Verdict:
    """What the rules refuse: nothing was recorded but that."""
    return Verdict(Tone.STOP, title, broken=tuple(broken), again=again)


def not_taken(title: str, text: str) -> Verdict:
    """What was not understood, and so not tried."""
    return Verdict(Tone.STOP, title, text)
