"""A message as a tree that remembers what was taken from it, so that what nobody asked for can be listed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation

from asbuilt.exchange.intake.findings import Place
from asbuilt.exchange.intake.values import moment, name_in, text_in

_TYPE = "$type"


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a message, where it stands, and the pointers of all values of the message that were taken so far.

    Members are found by their name in any case: the standard itself writes TransactionID and TransactionId.
    """

    value: object
    place: Place
    taken: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return self.value not in (None, "", [], {})

    def member(self, *names: str) -> "Node":
        """The first of some members that says anything; one that says nothing when there is none."""
        if isinstance(self.value, dict):
            wanted = {name.lower(): rank for rank, name in reversed(list(enumerate(names)))}
            found = [(wanted[key.lower()], key) for key in self.value if key.lower() in wanted]
            for _, key in sorted(found):
                if self.value[key] not in (None, "", [], {}):
                    return Node(self.value[key], self.place / key, self.taken)
        return Node(None, self.place / names[0], self.taken)

    def members(self) -> Iterator[tuple[str, "Node"]]:
        """The members of an object, in order."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, Node(value, self.place / key, self.taken)

    def items(self) -> list["Node"]:
        """The elements of an array; an object in its place is its only element."""
        if isinstance(self.value, dict) and self.value:
            return [self]
        values = self.value if isinstance(self.value, list) else []
        return [Node(value, self.place / number, self.taken) for number, value in enumerate(values)]

    def kind(self) -> str:
        """The type an object says it has, without namespace and assembly: NumericMeasurement; '' for none."""
        return self.member(_TYPE).text().partition(",")[0].rpartition(".")[2].strip()

    def type_name(self) -> str:
        """The type an object says it has, with its namespace."""
        return self.member(_TYPE).text().partition(",")[0].strip()

    def text(self) -> str:
        """A text, or a number as one; '' for anything else."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | Decimal):
            return ""
        self.taken.add(self.place.pointer)
        return text_in(str(self.value))

    def name(self) -> str:
        """A text that can be a number or name; '' for anything else."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int):
            return ""
        found = name_in(str(self.value))
        if found is None:
            return ""
        self.taken.add(self.place.pointer)
        return found

    def number(self) -> Decimal | None:
        """A finite number, also one that is written as a text."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal | str):
            return None
        try:
            found = Decimal(self.value)
        except InvalidOperation:
            return None
        if not found.is_finite():
            return None
        self.taken.add(self.place.pointer)
        return found

    def truth(self) -> bool | None:
        """True or false; None for anything else."""
        if not isinstance(self.value, bool):
            return None
        self.taken.add(self.place.pointer)
        return self.value

    def time(self) -> datetime | None:
        """A time with its zone; one that is written without a zone is not known."""
        found = moment(self.value)
        if found is None or found.is_day or found.assumed:
            return None
        self.taken.add(self.place.pointer)
        return found.at

    def untaken(self) -> Iterator[str]:
        """The pointers below this one, with * for the number of an element, of values that nobody asked for."""
        yield from _untaken(self.value, self.place, "", self.taken)


def _untaken(value: object, place: Place, pattern: str, taken: set[str]) -> Iterator[str]:
    if value in (None, "", [], {}):
        return
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _untaken(member, place / key, f"{pattern}/{key}", taken)
    elif isinstance(value, list):
        for number, element in enumerate(value):
            yield from _untaken(element, place / number, f"{pattern}/*", taken)
    elif place.pointer not in taken:
        yield pattern
