"""What files say, compared with what is recorded: new, changed field by field, or the same."""

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from uuid import UUID, uuid5

from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.subjects import Part, Subject
from asbuilt.exchange.definitions.kinds import KINDS, Kind
from asbuilt.exchange.definitions.nodes import Fault, line_of
from asbuilt.exchange.definitions.reading import Entry
from asbuilt.exchange.definitions.shapes import fields_of
from asbuilt.ledger.codec import captured
from asbuilt.ledger.database import Reader, Site
from asbuilt.ledger.spelling import subject_named
from asbuilt.queries.definitions import Said, ids_of, names_of, said_of, subject_ids
from asbuilt.queries.naming import escaped

LEFT_OUT_SHOWN = 20
"""Definitions that a file does not name, of which the names are told; all are counted."""

FIELDS_SHOWN = 3
"""Differing fields that a fault tells; the others are counted."""

_NAMESPACE = UUID("b1f7a7e2-5c0b-5b64-9a53-0d3c1f7f3a37")
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class State(StrEnum):
    """How a definition in a file stands to what is recorded."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field that is otherwise in the file. old and new: as texts, '' when there is nothing."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A definition in a file, and how it stands to what is recorded. file and line: where it is."""

    section: str
    name: str
    state: State
    fields: tuple[FieldChange, ...]
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """How many definitions of a section are recorded and not in the files. names: of the first, as in a file."""

    section: str
    count: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What would be done. pending: the entries to be recorded, with the events that record them."""

    changes: tuple[Change, ...]
    pending: tuple[tuple[Entry, Event], ...]
    left_out: tuple[LeftOut, ...]
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class _Recorded:
    """What is recorded of one kind, by key. last: also what was corrected since."""

    counts: dict[object, Said] = field(default_factory=dict)
    last: dict[object, Said] = field(default_factory=dict)


def compared(reader: Reader, entries: Iterable[Entry]) -> Compared:
    """Compare what files define with what is recorded."""
    entries = tuple(entries)
    changes, pending, faults, left_out = [], [], [], []
    for kind in KINDS:
        own = [entry for entry in entries if entry.kind is kind]
        if not own:
            continue
        ids = ids_of(reader, (kind.subject_of(entry.event) for entry in own))
        recorded = _recorded(reader, kind, list(ids.values()))
        names = {entry.name for entry in own}
        for entry in own:
            change = _change(entry, recorded)
            changes.append(change)
            if change.state is State.CHANGED and kind.fixed_by:
                faults.append(_never_changes(reader, entry, change, names))
            elif change.state is not State.SAME:
                pending.append((entry, _identified(reader.site, entry, recorded)))
        left_out.append(_left_out(reader, kind, ids))
    return Compared(tuple(changes), tuple(pending), tuple(one for one in left_out if one.count), tuple(faults))


def _recorded(reader: Reader, kind: Kind, ids: list[int]) -> _Recorded:
    recorded = _Recorded()
    for said in said_of(reader, ids, (kind.event_type,)):
        key = kind.key_of(said.event)
        recorded.last[key] = said
        if said.counts:
            recorded.counts[key] = said
    return recorded


def _change(entry: Entry, recorded: _Recorded) -> Change:
    before = recorded.counts.get(entry.kind.key_of(entry.event))
    fields: tuple[FieldChange, ...] = ()
    if before is not None:
        fields = tuple(_field_changes(entry.kind, before.event, entry.event))
    state = State.NEW if before is None else State.CHANGED if fields else State.SAME
    return Change(
        section=entry.kind.section, name=entry.name, state=state, fields=fields, file=entry.file, line=entry.line
    )


def _field_changes(kind: Kind, old: Event, new: Event) -> Iterator[FieldChange]:
    for one in fields_of(kind.event_type):
        if one.name not in kind.left_out:
            yield from _differences(getattr(old, one.name), getattr(new, one.name), one.name)


def _differences(old: object, new: object, where: str) -> Iterator[FieldChange]:
    """Where two values differ, as deep inside as it can be named."""
    if old == new:
        return
    if _is_record(old) and type(old) is type(new):
        for one in dataclasses.fields(old):  # type: ignore[arg-type]  # _is_record says so
            yield from _differences(getattr(old, one.name), getattr(new, one.name), f"{where}.{one.name}")
    elif isinstance(old, tuple) and isinstance(new, tuple) and any(map(_is_record, (*old, *new))):
        yield from _differences_in_list(old, new, where)
    else:
        yield FieldChange(field=where, old=shown(old), new=shown(new))


def _differences_in_list(old: tuple[object, ...], new: tuple[object, ...], where: str) -> Iterator[FieldChange]:
    """Entries of a list are told apart by their first field: the operation, the characteristic, the place."""
    was, now = {_called(one): one for one in old}, {_called(one): one for one in new}
    for called, one in was.items():
        if called in now:
            yield from _differences(one, now[called], f"{where}[{called}]")
        else:
            yield FieldChange(field=f"{where}[{called}]", old="there", new="")
    for called in now:
        if called not in was:
            yield FieldChange(field=f"{where}[{called}]", old="", new="there")
    if list(was) != list(now) and was.keys() == now.keys():
        yield FieldChange(field=where, old=shown(tuple(was)), new=shown(tuple(now)))


def _is_record(value: object) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _called(record: object) -> str:
    first = dataclasses.fields(record)[0].name  # type: ignore[arg-type]  # only called for records
    return str(getattr(record, first))


def shown(value: object) -> str:
    """A value as a file would have it, in one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Subject):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _never_changes(reader: Reader, entry: Entry, change: Change, names: Collection[str]) -> Fault:
    what = entry.kind.section.removesuffix("s")
    told = "; ".join(
        f"{one.field}: {one.old or 'nothing'} → {one.new or 'nothing'}" for one in change.fields[:FIELDS_SHOWN]
    )
    further = len(change.fields) - FIELDS_SHOWN
    more = f" and {further} more" if further > 0 else ""
    reason = (
        f"{what} {entry.name} is recorded otherwise ({told}{more}), and a {what} never changes, so that what was "
        f"recorded under it keeps its meaning; define the change as {_free_revision(reader, entry, names)}"
    )
    first = change.fields[0].field
    return Fault(
        file=entry.file,
        line=line_of(entry.node, entry.line, first),
        field=f"{entry.where}.{first}",
        rule=entry.kind.fixed_by,
        reason=reason,
    )


def _free_revision(reader: Reader, entry: Entry, names: Collection[str]) -> str:
    """The next revision that neither the files nor the plant have."""
    subject_type, name = type(entry.kind.subject_of(entry.event)), next_revision(entry.name, names)
    while ids_of(reader, [subject_named(subject_type, name, own_issuer=reader.site.issuer)]):
        name = next_revision(name, names)
    return name


_REVISION = re.compile(r"^(?P<stem>.*[/\-_ .])(?P<revision>\d{1,6}|[A-Z])$")


def next_revision(name: str, taken: Collection[str] = ()) -> str:
    """A name for the next revision of what has a name: `R-PUMP/2` → `R-PUMP/3`, `FT-4500/C` → `FT-4500/D`."""
    found = _REVISION.match(name)
    if found is None:
        following = f"{name}/2"
    else:
        revision = found["revision"]
        if revision.isdigit():
            after = f"{int(revision) + 1:0{len(revision)}d}"
        else:
            after = "AA" if revision == "Z" else chr(ord(revision) + 1)
        following = f"{found['stem']}{after}"
    return next_revision(following, taken) if following in taken else following


def _identified(site: Site, entry: Entry, recorded: _Recorded) -> Event:
    """The event, with an id that follows from its content and from what it replaces.

    So the same files applied twice, or at the same moment by two people, make the same ids; and to go back to what was
    defined before the last change is a new event all the same.
    """
    before = recorded.last.get(entry.kind.key_of(entry.event))
    # The time of what holds until it is replaced is that of applying, and no part of what is said.
    told = entry.event if entry.kind.is_history else replace(entry.event, event_time=_ANY_TIME)
    content = captured(told).payload.decode()
    replaced = "" if before is None else str(before.event.event_id)
    return replace(entry.event, event_id=uuid5(_NAMESPACE, f"{site.name}\n{replaced}\n{content}"))


def _left_out(reader: Reader, kind: Kind, ids: dict[Subject, int]) -> LeftOut:
    in_files = set(ids.values())
    others = [one for one in subject_ids(reader, kind.listing) if one not in in_files]
    own = f"{escaped(reader.site.issuer)}:"
    first = names_of(reader, others[:LEFT_OUT_SHOWN])
    names = tuple(str(one).removeprefix(own) if isinstance(one, Part) else str(one) for one in first)
    return LeftOut(section=kind.section, count=len(others), names=names)
