"""What is defined here as YAML that, applied again, changes nothing."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec
import yaml

from asbuilt.core.events.event import Event
from asbuilt.exchange.definitions.kinds import KINDS, Kind
from asbuilt.exchange.definitions.shapes import Field, Form, Json, fields_of
from asbuilt.ledger.codec import EPOCH, captured
from asbuilt.ledger.database import Reader
from asbuilt.queries.definitions import said_of, subject_ids
from asbuilt.queries.naming import escaped

_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_RESOLVER: Any = yaml.resolver.Resolver()
_WIDTH = 1_000_000
"""Lines are not folded; what is long is seen to be long."""


def exported(reader: Reader, sections: Iterable[str]) -> str:
    """The definitions that hold here, of some sections, as YAML. Names of the site's own issuer stand without it."""
    wanted = set(sections)
    return "".join(_section(reader, kind) for kind in KINDS if kind.section in wanted)


def _section(reader: Reader, kind: Kind) -> str:
    by_name: dict[str, list[Event]] = {}
    for event in in_force(reader, kind):
        by_name.setdefault(str(kind.subject_of(event)), []).append(event)
    if not by_name:
        return ""
    events = [yaml.StreamStartEvent(), yaml.DocumentStartEvent(explicit=False), *_mapping_start()]
    events += [_plain(kind.section), *_mapping_start()]
    own = f"{escaped(reader.site.issuer)}:"
    for name in sorted(by_name):
        events.append(_text(_short(name, kind, own)))
        events.extend(_definitions(kind, by_name[name], own))
    events += [yaml.MappingEndEvent(), yaml.MappingEndEvent(), yaml.DocumentEndEvent(explicit=False)]
    written: str = yaml.emit([*events, yaml.StreamEndEvent()], Dumper=_DUMPER, allow_unicode=True, width=_WIDTH)
    return written


def in_force(reader: Reader, kind: Kind) -> Iterator[Event]:
    """What holds of a kind: the last that was recorded, or, of what has its own time, the latest that was not ended."""
    types = (kind.event_type,) if kind.ended_by is None else (kind.event_type, kind.ended_by)
    found: dict[object, tuple[tuple[datetime, int], Event]] = {}
    for said in said_of(reader, list(subject_ids(reader, kind.listing)), types):
        if said.counts:
            at = (said.event.event_time if kind.is_history else EPOCH, said.sequence)
            key = (kind.subject_of(said.event), *(getattr(said.event, one) for one in kind.key if one != "event_time"))
            before = found.get(key)
            if before is None or at > before[0]:
                found[key] = (at, said.event)
    yield from (event for _, event in found.values() if isinstance(event, kind.event_type))


def _short(name: str, kind: Kind, own: str) -> str:
    shape = next(one for one in fields_of(kind.event_type) if one.name == kind.name)
    return name.removeprefix(own) if shape.has_issuer else name


def _definitions(kind: Kind, events: list[Event], own: str) -> Iterator[yaml.Event]:
    if len(events) == 1:
        yield from _definition(kind, events[0], own)
        return
    yield yaml.SequenceStartEvent(anchor=None, tag=None, implicit=True, flow_style=False)
    for event in sorted(events, key=lambda one: [str(getattr(one, field)) for field in kind.key]):
        yield from _definition(kind, event, own)
    yield yaml.SequenceEndEvent()


def _definition(kind: Kind, event: Event, own: str) -> Iterator[yaml.Event]:
    fields = [one for one in fields_of(kind.event_type) if one.name not in kind.left_out]
    yield from _record(msgspec.json.decode(captured(event).payload), fields, own)


def _record(values: dict[str, Json], fields: Iterable[Field], own: str) -> Iterator[yaml.Event]:
    given = [one for one in fields if one.name in values]
    yield from _mapping_start(is_empty=not given)
    for one in given:
        yield _plain(one.name)
        yield from _value(values[one.name], one, own)
    yield yaml.MappingEndEvent()


def _value(value: Json, shape: Field, own: str) -> Iterator[yaml.Event]:
    if isinstance(value, list):
        assert shape.of is not None, "a list is of something"
        is_short = shape.of.form is not Form.RECORD
        yield yaml.SequenceStartEvent(anchor=None, tag=None, implicit=True, flow_style=is_short or not value)
        for one in value:
            yield from _value(one, shape.of, own)
        yield yaml.SequenceEndEvent()
    elif isinstance(value, dict):
        yield from _record(value, shape.fields, own)
    elif isinstance(value, bool):
        yield _plain(str(value).lower())
    elif shape.form in (Form.TEXT, Form.CHOICE):
        yield _text(str(value).removeprefix(own) if shape.has_issuer else str(value))
    else:
        yield _plain(str(value))


def _mapping_start(*, is_empty: bool = False) -> list[yaml.Event]:
    return [yaml.MappingStartEvent(anchor=None, tag=None, implicit=True, flow_style=is_empty)]


def _plain(text: str) -> yaml.ScalarEvent:
    return yaml.ScalarEvent(anchor=None, tag=None, implicit=(True, True), value=text)


def _text(text: str) -> yaml.ScalarEvent:
    """A text, in quotes where others than we would take it for a number, a time or a truth."""
    is_taken_for_text = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str"
    style = None if is_taken_for_text else "'"
    return yaml.ScalarEvent(anchor=None, tag=None, implicit=(True, True), value=text, style=style)
