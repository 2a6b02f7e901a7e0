"""Request bodies and parameters in, records out."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time
from functools import lru_cache
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar

import msgspec
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.api.problems import malformed
from asbuilt.ledger.codec import Decoder, Malformed, Sent
from asbuilt.ledger.database import Unavailable
from asbuilt.queries.parquet import parquet
from asbuilt.queries.wire import csv_header, csv_row

HEAD_BYTES = 65_536
"""How much of a body is looked at to see what it is."""

CHUNK_BYTES = 64 * 1024
IN_MEMORY_MAX = 1024 * 1024
"""Longest answer that is kept in memory until it is finished, in bytes; longer ones go to a temporary file."""
FORMATS = ("json", "csv", "ndjson")
NDJSON = "application/x-ndjson"
PARQUET = "parquet"
"""A format of tables that may have a million rows: only where it is asked for by name."""
_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "ndjson": NDJSON,
    PARQUET: "application/vnd.apache.parquet",
}

T = TypeVar("T")


@lru_cache(maxsize=64)
def decoder_for(issuer: str) -> Decoder:
    """The event decoder of a site, by its issuer."""
    return Decoder(issuer)


class _Wrapper(msgspec.Struct):
    """The two members that tell a batch in an object from a single event."""

    events: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    type: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Batch(msgspec.Struct, forbid_unknown_fields=True):
    """A batch wrapped in an object."""

    events: msgspec.Raw


def events_sent(request: ActorRequest, raw: bytes, issuer: str) -> tuple[list[Sent], bool]:
    """The events in a request body, and whether it was just one, not in a list.

    Taken: one event, an array, {"events": [...]}, or a line each (application/x-ndjson). Raises Problem 400 that names
    the event by its index, or the line.
    """
    decoder = decoder_for(issuer)
    if is_ndjson(request):
        return _lines(raw, decoder), False
    head = raw[:HEAD_BYTES].lstrip()
    if head.startswith(b"["):
        return decoder.many(raw), False
    if head.startswith(b"{") and b'"events"' in head and _is_wrapper(raw):
        return decoder.many(bytes(decoded(raw, _Batch).events)), False
    return [decoder.one(raw)], True


def is_ndjson(request: ActorRequest) -> bool:
    """Whether the body holds an event a line."""
    return (request.content_type or "").lower() in (NDJSON, "application/jsonl", "application/x-jsonlines")


def _is_wrapper(raw: bytes) -> bool:
    found = decoded(raw, _Wrapper)
    return found.events is not msgspec.UNSET and found.type is msgspec.UNSET


def _lines(raw: bytes, decoder: Decoder) -> list[Sent]:
    sent = []
    for number, line in enumerate(raw.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            sent.append(decoder.one(line))
        except Malformed as problem:
            raise malformed(f"line {number}: {problem}", line=number) from None
    return sent


def decoded(raw: bytes, kind: type[T]) -> T:
    """A request body of a known shape. Raises Problem 400 naming the field."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as problem:
        raise malformed(str(problem)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise malformed(f"not JSON: {problem}") from None
    except RecursionError:
        raise malformed("not JSON that is meant here: nested too deeply") from None


def only(request: ActorRequest, *names: str) -> None:
    """Refuse parameters other than these: a misspelt `at` must not be answered as if it were not there."""
    for name, values in request.GET.lists():
        if name not in names:
            raise malformed(f"unknown parameter {name!r}; there is {', '.join(names) or 'none here'}")
        if len(values) > 1:
            raise malformed(f"{name} is given {len(values)} times; give it once")
        if "\0" in values[0]:
            raise malformed(f"{name} holds a NUL character")


def flag(request: ActorRequest, name: str) -> bool:
    """A parameter that is true or false; absent is false."""
    text = request.GET.get(name, "false").lower()
    if text not in ("true", "false", "1", "0"):
        raise malformed(f"{name} is {text!r}; it is true or false")
    return text in ("true", "1")


def whole(request: ActorRequest, name: str, *, least: int = 0, most: int) -> int | None:
    """A parameter that is a whole number between `least` and `most`; None when it is absent."""
    text = request.GET.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)) or not least <= int(text) <= most:
        raise malformed(f"{name} is {text!r}; it is a whole number from {least} to {most}")
    return int(text)


def moment(request: ActorRequest, name: str) -> datetime | None:
    """A parameter that is a time: ISO 8601; without a zone UTC is meant, a date alone is its end."""
    text = request.GET.get(name)
    if not text:
        return None
    return moment_from(text, name)


def moment_from(text: str, name: str) -> datetime:
    """A time as people write it. Raises Problem 400."""
    with suppress(ValueError):
        return datetime.combine(date.fromisoformat(text), time.max, tzinfo=UTC)
    try:
        # In a URL an unescaped plus arrives as a blank.
        found = datetime.fromisoformat(text.replace(" ", "+") if text.count(" ") == 1 and "T" in text else text)
    except ValueError:
        raise malformed(f"{name} is {text!r}; write it as 2026-11-22T14:30:00Z, or a date") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def format_of(request: ActorRequest, *more: str) -> str:
    """json, csv or ndjson, by `format` or by the Accept header; or one of more, by `format`."""
    asked = request.GET.get("format")
    if asked is not None:
        if asked not in (*FORMATS, *more):
            raise malformed(f"format is {asked!r}; it is one of {', '.join((*FORMATS, *more))}")
        return asked
    accept = request.headers.get("Accept", "")
    if NDJSON in accept:
        return "ndjson"
    return "csv" if "text/csv" in accept and "json" not in accept else "json"


def json_response(record: object, *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """A record as JSON: decimals as strings, times in ISO 8601."""
    return HttpResponse(msgspec.json.encode(record), status=status, content_type=_TYPES["json"])


def rows_response(
    rows: Iterable[Any], kind: type, form: str, *, name: str, head: dict[str, object] | None = None
) -> HttpResponseBase:
    """Rows of one kind in the asked format.

    In JSON they stand in an object under `name`, after the members of `head`, followed by their `count`.

    The answer is finished before its first byte is sent. Were it sent as it comes, a fault on the way would end it
    early, and half a recall list in CSV looks like a whole one: the server tells the receiver nothing. Long answers
    wait in a file, so that memory stays bounded, and a slow receiver holds no transaction open.
    """
    parts = {
        "json": lambda: _as_json(rows, name, head or {}),
        "ndjson": lambda: _as_lines(rows),
        "csv": lambda: _as_csv(rows, kind),
        PARQUET: lambda: parquet(rows, kind),
    }[form]()
    response = _response(_finished(parts), _TYPES[form])
    if form in ("csv", PARQUET):
        response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _finished(parts: Iterable[bytes]) -> IO[bytes]:
    """A file with everything written. Raises Unavailable when there is no room for it."""
    spool = SpooledTemporaryFile(IN_MEMORY_MAX, prefix="asbuilt-answer-")  # noqa: SIM115 - the response closes it
    try:
        for part in parts:
            spool.write(part)
    except OSError as problem:
        spool.close()
        raise Unavailable(f"the answer is too long for the disk of temporary files: {problem}") from problem
    except BaseException:
        spool.close()
        raise
    return spool


def _response(written: IO[bytes], content_type: str) -> HttpResponse | FileResponse:
    size = written.tell()
    written.seek(0)
    if size <= IN_MEMORY_MAX:
        with written:
            return HttpResponse(written.read(), content_type=content_type)
    response = FileResponse(written, content_type=content_type)
    response.block_size = CHUNK_BYTES
    return response


def _as_json(rows: Iterable[Any], name: str, head: dict[str, object]) -> Iterator[bytes]:
    start = msgspec.json.encode(head)[:-1]
    yield start + (b"," if head else b"") + msgspec.json.encode(name) + b":["
    count = 0
    for row in rows:
        yield (b"," if count else b"") + msgspec.json.encode(row)
        count += 1
    yield b'],"count":%d}' % count


def _as_lines(rows: Iterable[Any]) -> Iterator[bytes]:
    for row in rows:
        yield msgspec.json.encode(row) + b"\n"


def _as_csv(rows: Iterable[Any], kind: type) -> Iterator[bytes]:
    yield csv_header(kind).encode()
    for row in rows:
        yield csv_row(row).encode()
