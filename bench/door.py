"""Events made for benchmarks, and the way through the capture door without HTTP."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from asbuilt.capture.answers import Acknowledgement, Answer
from asbuilt.capture.capture import Submission, capture
from asbuilt.core.identifiers.names import ActorName
from asbuilt.ledger.codec import Captured, Decoder
from asbuilt.ledger.database import Database, Site

ACTOR = ActorName("bench")
BATCH = 1000
CHARACTERISTICS = 10
"""Measurements of a test of a module or pump."""

BEFORE = datetime(2026, 1, 5, 5, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)


class Ids:
    """Event ids as clients make them: UUIDv7, growing, and the same in every run."""

    def __init__(self, start: int) -> None:
        self._last = start << 32

    def next(self) -> str:
        self._last += 1
        return f"019ce000-0000-7000-8000-{self._last:012x}"


def catalogue() -> Iterator[dict[str, object]]:
    """Parts, specifications and stations of a plant, with one unit of each part that has passed each station."""
    for part in ("PUMP-200", "PCB-10", "MOD-5", "KIT-1"):
        yield {"type": "PartDefined", "part": part, "description": f"the {part}", "serial_format": "A#######"}
    for part in ("CAP-100N", "RES-10K", "PASTE"):
        yield {"type": "PartDefined", "part": part, "description": f"the {part}", "tracking": "lot"}
    yield specification("ICT-5/1", CHARACTERISTICS)
    yield specification("FCT-200/1", CHARACTERISTICS)
    for station in ("ICT-1", "SMT-1", "FCT-1", "PACK-1"):
        unit = f"MOD-5/FIRST-{station}"
        yield {"type": "UnitCommissioned", "unit": unit}
        yield {"type": "OperationCompleted", "unit": unit, "operation": "OP-000", "station": station}


def specification(name: str, characteristics: int) -> dict[str, object]:
    limits = {"uom": "V", "nominal": "5.000", "lower_limit": "4.500", "upper_limit": "5.500"}
    named = [{"characteristic": f"U{number}", **limits} for number in range(1, characteristics + 1)]
    return {"type": "SpecificationDefined", "specification": name, "characteristics": named}


def result(unit: str, event_id: str, turn: int, *, inline: bool = False, count: int = CHARACTERISTICS) -> str:
    """A test result with so many measurements as JSON: packed under a specification, or each with its limits."""
    values = [f"{4.5 + (turn * 7 + number) % 997 / 1000:.3f}" for number in range(count)]
    if inline:
        limits = '"uom":"V","nominal":"5.000","lower_limit":"4.500","upper_limit":"5.500"'
        inside = (f'{{"characteristic":"U{n}","value":"{value}",{limits}}}' for n, value in enumerate(values, start=1))
        measured = f'"measurements":[{",".join(inside)}]'
    else:
        packed = '","'.join(values)
        measured = f'"specification":"{"ICT-5/1" if count == CHARACTERISTICS else "LONG-5/1"}","values":["{packed}"]'
    return (
        f'{{"type":"OperationCompleted","event_id":"{event_id}","event_time":"{_moment(turn)}","source":"ICT-1",'
        f'"unit":"{unit}","operation":"OP-TEST","station":"ICT-1","tool":"FIX-7","program":"ICT5.3",{measured}}}'
    )


def event(event_type: str, event_id: str, turn: int = 0, **fields: object) -> str:
    """Any event as JSON."""
    head = {"type": event_type, "event_id": event_id, "event_time": _moment(turn), "source": "LINE-1"}
    return json.dumps({**head, **fields}, separators=(",", ":"))


def _moment(turn: int) -> str:
    return f"{NOW + timedelta(seconds=turn):%Y-%m-%dT%H:%M:%SZ}"


def batches(events: Iterable[str], size: int = BATCH) -> Iterator[bytes]:
    """JSON arrays of so many events, as a client sends them."""
    waiting = iter(events)
    while batch := list(islice(waiting, size)):
        yield f"[{','.join(batch)}]".encode()


def submission(site: Site, raw: bytes) -> Submission:
    """The events in a JSON array, decoded as the HTTP interface does."""
    sent = Decoder(site.issuer).many(raw)
    return Submission(events=tuple(Captured(one.event, one.payload) for one in sent), actor=ACTOR)


def record(database: Database, site: Site, raw: bytes) -> list[Answer]:
    """Decode a JSON array of events and record them."""
    (answers,) = capture(database, site, [submission(site, raw)], now=NOW + timedelta(days=1))
    return answers


def define(database: Database, site: Site, events: Iterable[dict[str, object]], *, start: int = 1) -> None:
    """Record events given as fields, an hour before everything else where they say no time; none may be refused."""
    ids = Ids(start)
    texts = (
        json.dumps({"event_id": ids.next(), "event_time": BEFORE, "source": "LINE-1", **fields}, default=_text)
        for fields in events
    )
    for raw in batches(texts):
        all_recorded(record(database, site, raw))


def _text(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


def all_recorded(answers: Sequence[Answer]) -> None:
    """A benchmark that measures refusals measures nothing."""
    for answer in answers:
        assert isinstance(answer, Acknowledgement), answer
