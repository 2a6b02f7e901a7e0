"""Seeds as people and clients write them: `lot=CAP-100N/L2619`, `tool=TW-7 since=2026-05-01 until=2026-05-08`."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from asbuilt.core.events.recalls import RecallOpened, RecallSeed
from asbuilt.ledger.codec import Decoder, Malformed

_DAY = len("2026-11-22")
_FLAG = "since_calibration"
FIELDS = tuple(field.name for field in fields(RecallSeed))


def seed_of(text: str) -> dict[str, Any]:
    """The fields of a seed written as name=value, separated by blanks; a value with a blank stands in quotes.

    A date alone is the start of that day (UTC) for `since`, and its end for `until`. Raises Malformed.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise Malformed(f"seed {text!r} has an open quote; close it") from None
    found: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        name = name.strip().replace("-", "_")
        if name not in FIELDS:
            raise Malformed(f"seed {text!r}: {name!r} is none of {', '.join(FIELDS)}; write name=value")
        if name in found:
            raise Malformed(f"seed {text!r} says {name} twice; make two seeds")
        if name == _FLAG:
            found[name] = value.lower() not in ("no", "false", "0")
        elif not equals or not value.strip():
            raise Malformed(f"seed {text!r}: {name} has no value; write {name}=…")
        else:
            found[name] = _moment(value, ends=name == "until") if name in ("since", "until") else value
    return found


def _moment(text: str, *, ends: bool) -> str:
    """A time in ISO 8601 with its zone; what is no time is left for the decoder to refuse."""
    try:
        if len(text) == _DAY:
            day = date.fromisoformat(text) + timedelta(days=ends)
            return datetime.combine(day, time(), tzinfo=UTC).isoformat()
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return text
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).isoformat()


def seeds_from(written: Sequence[Mapping[str, Any]], *, own_issuer: str) -> tuple[RecallSeed, ...]:
    """Seeds from their fields, read and checked as those of a RecallOpened event. Raises Malformed."""
    event = {
        "type": RecallOpened.__name__,
        "event_id": str(UUID(int=0)),
        "event_time": datetime(1970, 1, 1, tzinfo=UTC).isoformat(),
        "recall": "?",
        "reason": "?",
        "seeds": list(written),
    }
    read = Decoder(own_issuer).one(json.dumps(event).encode()).event
    assert isinstance(read, RecallOpened), "its type says so"
    return read.seeds


def spelled_seed(seed: RecallSeed) -> str:
    """A seed as `seed_of` reads it."""
    words = []
    for name in FIELDS:
        value = getattr(seed, name)
        if value is None or value == "" or value is False:
            continue
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        words.append(name if value is True else f"{name}={shlex.quote(str(value))}")
    return " ".join(words)
