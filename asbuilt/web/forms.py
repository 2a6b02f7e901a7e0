"""Forms that record something: what was typed is understood, or said back with what is wrong, and never lost.

Each form is given out with a key of its own, from which the ids of its events follow. Sent twice, it is done once.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from asbuilt.accounts.event_ids import new_event_id
from asbuilt.accounts.plant import plant
from asbuilt.capture.answers import Answer, Refusal
from asbuilt.capture.capture import WHOLE_OR_NOT
from asbuilt.capture.repeats import KeyUsed
from asbuilt.capture.serials import Record, SerialsRefused
from asbuilt.core.identifiers.text import NameProblem
from asbuilt.core.rules.rule import Broken
from asbuilt.ledger.codec import Malformed
from asbuilt.ledger.database import Site, Unavailable
from asbuilt.web.words import shown_count

Done = TypeVar("Done")

DIGITS_MAX = 9
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
SOURCE = "web"
"""What the events of a form say of where they come from."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field as it is drawn. problem: what is wrong with what was typed."""

    id: str
    name: str
    value: str
    problem: str


@dataclass(slots=True)
class Form:
    """A form as it was given out or sent. refused: the rules that speak against it. trouble: why it was not tried.

    done: what of it was recorded before the rest was refused, and the page that shows it.
    """

    name: str
    typed: dict[str, str]
    key: UUID = field(default_factory=new_event_id)
    problems: dict[str, str] = field(default_factory=dict)
    refused: tuple[Broken, ...] = ()
    trouble: str = ""
    done: tuple[str, str] | None = None

    @property
    def fields(self) -> dict[str, Field]:
        """The fields by name."""
        return {
            name: Field(f"{self.name}-{name}", name, value, self.problems.get(name, ""))
            for name, value in self.typed.items()
        }

    @property
    def is_refused(self) -> bool:
        """Whether it came back."""
        return bool(self.problems or self.refused or self.trouble)

    def needed(self, name: str) -> str:
        """A text that must be given."""
        if not self.typed[name]:
            self.problems[name] = _("Fill this in.")
        return self.typed[name]

    def whole(self, name: str, *, least: int, most: int) -> int:
        """A whole number; `least` when what was typed is none, which is then said."""
        text = "".join(self.typed[name].split())
        if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX and least <= int(text) <= most):
            self.problems[name] = _("Write a whole number from {least} to {most}.").format(
                least=shown_count(least), most=shown_count(most)
            )
            return least
        return int(text)

    def amount(self, name: str) -> Decimal | None:
        """An amount, with a point or a comma before its decimals; None when nothing was typed, or no such thing.

        1,000 is a thousand to one and one to another: it is asked again.
        """
        text = "".join(self.typed[name].split())
        if not text:
            return None
        whole, comma, decimals = text.partition(",")
        spelled = f"{whole}.{decimals}" if comma and len(decimals) != len("000") else text
        if not _AMOUNT.fullmatch(spelled):
            self.problems[name] = _("Write a number such as 12.5, without a sign between the thousands.")
            return None
        return Decimal(spelled)

    def one_of(self, name: str, choices: Iterable[str]) -> str:
        """One of some values."""
        if self.typed[name] not in set(choices):
            self.problems[name] = _("Choose one.")
        return self.typed[name]


def sent(name: str, posted: Mapping[str, str], *fields: str) -> Form:
    """A form as it came. One without its key cannot be told from another that was sent twice, and is not tried."""
    typed = {one: _clean(posted.get(one, "")) for one in fields}
    try:
        return Form(name, typed, UUID(posted.get("key", "")))
    except ValueError:
        return Form(name, typed, trouble=_("The form came incomplete, and nothing was recorded. Send it again."))


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\0", "").strip()


def tried(form: Form, record: Callable[[], Done]) -> Done | None:
    """Do what a form asks for, unless it is wrong; None when it was not done, with the reasons in the form."""
    if form.is_refused:
        return None
    try:
        return record()
    except SerialsRefused as problem:
        form.refused = problem.broken
    except KeyUsed:
        form.key = new_event_id()
        form.trouble = _("This form was recorded before with other content. Look at that first; sent again, it is new.")
    except (Malformed, NameProblem) as problem:
        form.trouble = str(problem)
    except Unavailable as problem:
        form.trouble = _("It cannot be recorded right now: {reason}. Send it again; nothing is done twice.").format(
            reason=problem
        )
    return None


def recorder(site: Site) -> Record:
    """The capture door of a site."""
    return partial(plant().collector.capture, site)


def raise_refusals(answers: Iterable[Answer]) -> None:
    """Raise SerialsRefused, each reason once, when anything of an all-or-nothing call was refused."""
    broken = dict.fromkeys(one for answer in answers if isinstance(answer, Refusal) for one in answer.broken)
    reasons = [one for one in broken if one.rule != WHOLE_OR_NOT]
    if reasons:
        raise SerialsRefused(reasons)
