"""What is said of an event that cannot be read: which field, why, and what may stand there."""

import dataclasses
import json
import re
import typing
from collections.abc import Iterator
from enum import StrEnum

from asbuilt.core.events.catalogue import EVENT_TYPES

_WRONG_WORD = re.compile(r"Invalid enum value .* - at `\$(?:\[(\d+)\])?(?:.*)\.(\w+)(?:\[\.\.\.\])?`$", re.DOTALL)


def explained(problem: str, raw: bytes) -> str:
    """What the decoder says of `raw` (an event, or a list of them), with what to do where it does not say that."""
    if problem.startswith("Invalid value ") and problem.endswith(".type`"):
        return f"{problem.replace('Invalid value', 'unknown event type')}; docs/reference/events.md lists the types"
    wrong = _WRONG_WORD.match(problem)
    allowed = [] if wrong is None else sorted(_words(raw, int(wrong[1] or -1), wrong[2]))
    return f"{problem}; it is one of {', '.join(allowed)}" if allowed else problem


def _words(raw: bytes, place: int, field: str) -> set[str]:
    """The words that may stand in a field of the event, or of anything in it."""
    try:
        sent = json.loads(raw)
    except (ValueError, RecursionError):  # the decoder stopped at the word, and what follows may be anything
        return set()
    event = sent[place] if isinstance(sent, list) else sent
    kind = next((one for one in EVENT_TYPES if one.__name__ == event.get("type")), None)
    if kind is None:
        return set()
    return {word for one in _within(kind) for word in _words_of(typing.get_type_hints(one).get(field))}


def _within(kind: type) -> Iterator[type]:
    """A dataclass and those that its fields hold, at every level."""
    yield kind
    for hint in typing.get_type_hints(kind).values():
        for one in _parts(hint):
            if isinstance(one, type) and dataclasses.is_dataclass(one):
                yield from _within(one)


def _words_of(hint: object) -> Iterator[str]:
    for one in _parts(hint):
        if isinstance(one, type) and issubclass(one, StrEnum):
            yield from (member.value for member in one)


def _parts(hint: object) -> Iterator[object]:
    """A type, or what a union, tuple or mapping of types is made of."""
    inner = typing.get_args(hint)
    if not inner:
        yield hint
    for one in inner:
        yield from _parts(one)
