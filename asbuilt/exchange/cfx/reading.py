"""Messages in files and requests: a line each, one over many lines, several in a row, or arrays of them."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asbuilt.core.events.messages import CONTENT_MAX
from asbuilt.exchange.cfx.findings import Findings
from asbuilt.exchange.intake.findings import Concern, Place, quoted
from asbuilt.exchange.intake.json_text import Scanner
from asbuilt.exchange.intake.sources import Source, text_of, why

ENDINGS = (".json", ".jsonl", ".ndjson", ".cfx")
"""Files of a folder that are read."""

_NEXT_MESSAGE = re.compile(r"\n(?=[{\[])")
"""After what is no JSON, reading goes on at the next line that begins like a message."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came: decoded, word for word, and where. doubled: keys that stand twice in one object of it."""

    value: dict[str, object]
    text: str
    place: Place
    doubled: Sequence[str] = ()


def messages_in_file(source: Source, findings: Findings) -> Iterator[Received]:
    """The messages of a file; what is none becomes a refusal."""
    try:
        text = text_of(source.path)
    except (OSError, UnicodeError) as problem:
        findings.refuse(Place(source.name), Concern.FILE, why(problem))
        return
    yield from messages_in(text, source.name, findings)


def messages_in(text: str, name: str, findings: Findings) -> Iterator[Received]:
    """The messages of a text; what is none becomes a refusal, and reading goes on with the next line."""
    scanner = Scanner(text)
    count = 0
    while not scanner.is_at_end():
        count += 1
        place = Place(name if count == 1 else f"{name} (message {count})")
        try:
            yield from _in_array(scanner, place, findings) if scanner.is_at("[") else _one(scanner, place, findings)
        except json.JSONDecodeError as problem:
            _refuse(place, why(problem), findings)
            scanner.skip_to(_NEXT_MESSAGE)
        except RecursionError:
            _refuse(place, "is nested too deeply to be read", findings)
            scanner.skip_to(_NEXT_MESSAGE)
    if not count:
        findings.refuse(Place(name), Concern.FILE, "is empty; it holds no message")


def _refuse(place: Place, reason: str, findings: Findings) -> None:
    findings.messages += 1
    findings.refused_messages += 1
    findings.refuse(place, Concern.FILE, reason)


def _in_array(scanner: Scanner, place: Place, findings: Findings) -> Iterator[Received]:
    scanner.expect("[")
    if scanner.skip("]"):
        return
    number = 0
    while True:
        yield from _one(scanner, place / number, findings)
        number += 1
        if not scanner.skip(","):
            break
    scanner.expect("]")


def _one(scanner: Scanner, place: Place, findings: Findings) -> Iterator[Received]:
    value, text = scanner.value_and_text()
    findings.messages += 1
    if not isinstance(value, dict):
        findings.refused_messages += 1
        reason = f"{quoted(text)} is no message; a message is a JSON object with MessageName and MessageBody"
        findings.refuse(place, Concern.UNRECOGNISED, reason)
    elif len(text) > CONTENT_MAX:
        findings.refused_messages += 1
        reason = f"the message has {len(text)} characters; at most {CONTENT_MAX} are kept: send files in it another way"
        findings.refuse(place, Concern.FILE, reason)
    else:
        yield Received(value, text, place, tuple(scanner.doubled))
