"""Files, folders and standard input as definition events, each with the place it stands at."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from asbuilt.core.events.event import Event
from asbuilt.exchange.definitions.csv_text import table
from asbuilt.exchange.definitions.kinds import BY_SECTION, KINDS, Kind
from asbuilt.exchange.definitions.nodes import Fault, Faults, Mapping, Node, Scalar, did_you_mean, spot_of
from asbuilt.exchange.definitions.nodes import Sequence as Items
from asbuilt.exchange.definitions.shapes import Json, fields_of, record
from asbuilt.exchange.definitions.yaml_text import parsed
from asbuilt.exchange.intake.findings import Remarks
from asbuilt.exchange.intake.sources import Source, decoded_text, sources, why
from asbuilt.ledger.codec import Decoder, Malformed

ENDINGS = (".yaml", ".yml", ".csv")
FILE_BYTES_MAX = 10_000_000
"""Some 50,000 parts; larger files are split."""

NOT_YET = UUID(int=0)
"""Stands for the id of an event until it is known what it replaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A definition in a file. name: as written there. event: without an id of its own."""

    kind: Kind
    name: str
    event: Event
    file: str
    line: int
    node: Node

    @property
    def where(self) -> str:
        return f"{self.kind.section}.{self.name}"

    def fault(self, reason: str, *, rule: str = "") -> Fault:
        """A fault of this entry, at the field that the reason names."""
        spot, plain = spot_of(self.node, self.line, reason)
        return Fault(file=self.file, line=spot.line, field=f"{self.where}{spot.path}", rule=rule, reason=plain)


@dataclass(frozen=True, slots=True)
class Contents:
    """What some files define, in the order in which it is recorded, and what is wrong with them."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads files for one site. at: the time of what happens by being applied."""

    decoder: Decoder
    at: datetime

    def entries(self, root: Mapping, faults: Faults) -> Iterator[Entry]:
        for section, node in root.items.items():
            kind = BY_SECTION.get(section)
            if kind is None:
                reason = f"there is no section {section}; {did_you_mean(section, list(BY_SECTION))}"
                faults.note(root.lines[section], section, reason)
            elif isinstance(node, Mapping):
                yield from self._of_kind(kind, node, faults)
            elif not (isinstance(node, Scalar) and node.is_nothing):
                faults.note(
                    node.line, section, f"is a mapping: below it, each {kind.name} with a colon, then its fields"
                )

    def _of_kind(self, kind: Kind, section: Mapping, faults: Faults) -> Iterator[Entry]:
        for name, node in section.items.items():
            line = section.lines[name]
            for one in node.items if isinstance(node, Items) and kind.key else (node,):
                found = self._entry(kind, name, one, line, faults)
                if found is not None:
                    yield found

    def _entry(self, kind: Kind, name: str, node: Node, line: int, faults: Faults) -> Entry | None:
        where = f"{kind.section}.{name}"
        if isinstance(node, Scalar) and node.is_nothing:
            node = Mapping(line)
        if not isinstance(node, Mapping):
            faults.note(node.line, where, "is a mapping: its fields, one a line, as in docs/concepts/definitions.md")
            return None
        fields = tuple(one for one in fields_of(kind.event_type) if one.name not in kind.left_out)
        line = node.line if kind.key else line
        before = len(faults.found)
        values = record(node, fields, where, faults)
        if len(faults.found) > before:
            return None
        sent: dict[str, Json] = {"event_time": self.at.isoformat(), **values, kind.name: name}
        sent |= {"type": kind.event_type.__name__, "event_id": str(NOT_YET)}
        try:
            event = self.decoder.one(json.dumps(sent).encode()).event
        except Malformed as problem:
            spot, reason = spot_of(node, line, str(problem))
            faults.note(spot.line, f"{where}{spot.path}", reason)
            return None
        return Entry(kind=kind, name=name, event=event, file=faults.file, line=line, node=node)


def read(paths: Sequence[str | Path], *, own_issuer: str, at: datetime, stdin: BinaryIO) -> Contents:
    """What files and folders define. at: the time of definitions that say none, with a zone."""
    remarks = Remarks()
    reader = _Reader(Decoder(own_issuer), at)
    entries: list[Entry] = []
    faults: list[Fault] = []
    with sources(paths, stdin=stdin, findings=remarks, endings=ENDINGS) as files:
        for source in files:
            noted = Faults(source.name)
            root = _root(source, noted)
            if root is not None:
                entries.extend(reader.entries(root, noted))
            faults.extend(noted.found)
    faults[:0] = [Fault(file=one.file, line=0, field="", reason=one.reason) for one in remarks.refusals]
    return Contents(tuple(_ordered(_once(entries, faults))), tuple(faults))


def read_text(text: str, *, name: str, own_issuer: str, at: datetime) -> Contents:
    """What a text in YAML defines. name: what it is called in faults."""
    noted = Faults(name)
    root = _yaml(text, noted)
    entries = [] if root is None else list(_Reader(Decoder(own_issuer), at).entries(root, noted))
    return Contents(tuple(_ordered(_once(entries, noted.found))), tuple(noted.found))


def _root(source: Source, faults: Faults) -> Mapping | None:
    """The sections of a file, whatever its format."""
    try:
        size = source.path.stat().st_size
        if size > FILE_BYTES_MAX:
            faults.note(0, "", f"holds {size:,} bytes; at most {FILE_BYTES_MAX:,} are read from one file: split it")
            return None
        text = decoded_text(source.path.read_bytes())
    except (OSError, UnicodeError) as problem:
        faults.note(0, "", why(problem))
        return None
    return _csv(text, Path(source.name).stem, faults) if source.name.lower().endswith(".csv") else _yaml(text, faults)


def _csv(text: str, stem: str, faults: Faults) -> Mapping | None:
    kind = BY_SECTION.get(stem)
    if kind is None:
        reason = f"a table is named after its section, and there is no {stem}; {did_you_mean(stem, list(BY_SECTION))}"
        faults.note(0, "", reason)
        return None
    section = table(text, kind, faults)
    return None if section is None else Mapping(1, {stem: section}, {stem: 1})


def _yaml(text: str, faults: Faults) -> Mapping | None:
    before = len(faults.found)
    root = parsed(text, faults)
    if root is None or (isinstance(root, Scalar) and root.is_nothing):
        if len(faults.found) == before:
            faults.note(0, "", f"is empty; it has sections: {', '.join(BY_SECTION)}")
        return None
    if not isinstance(root, Mapping):
        faults.note(root.line, "", f"begins with sections: {', '.join(f'{one}:' for one in BY_SECTION)}")
        return None
    return root


def _once(entries: Iterable[Entry], faults: list[Fault]) -> list[Entry]:
    """Each definition once; a second one of the same is a fault."""
    found: dict[object, Entry] = {}
    for entry in entries:
        first = found.setdefault((entry.kind.section, *entry.kind.key_of(entry.event)), entry)
        if first is not entry:
            reason = f"is defined already in {first.file}:{first.line}, as {first.name}; keep one"
            faults.append(Fault(file=entry.file, line=entry.line, field=entry.where, reason=reason))
    return list(found.values())


def _ordered(entries: Iterable[Entry]) -> list[Entry]:
    """In the order in which kinds rely on each other, and routings by when they apply."""
    places = {kind.section: place for place, kind in enumerate(KINDS)}

    def place(one: Entry) -> tuple[int, datetime]:
        moment: datetime | None = getattr(one.event, one.kind.sorted_by) if one.kind.sorted_by else None
        return places[one.kind.section], moment or one.event.event_time

    return sorted(entries, key=place)
