"""YAML, as far as people write it: mappings, lists and texts, each with its line.

Only the parser's events are used, never its types: what a text means is decided by the field it is written for. So
`on`, `007`, `1e5` and `12:30` stay what they are, and there is nothing to construct. Anchors, aliases and tags are
refused: they are how a small file becomes a huge one.
"""

from dataclasses import dataclass, field

import yaml

from asbuilt.exchange.definitions.nodes import Faults, Mapping, Node, Scalar, Sequence

DEPTH_MAX = 16
NODES_MAX = 1_000_000
_TOO_DEEP = f"this is nested more than {DEPTH_MAX} deep; no definition is"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class _Stop(Exception):
    """What follows cannot be read any more; a fault says why."""


@dataclass(slots=True)
class _Builder:
    """Puts values into what was opened last. keys: the key that waits for its value, for each open mapping."""

    faults: Faults
    lines_before: int
    open: list[Mapping | Sequence] = field(default_factory=list)
    keys: list[Scalar | None] = field(default_factory=list)
    root: Node | None = None
    count: int = 0

    def take(self, event: yaml.Event) -> None:
        assert event.start_mark is not None, "every event of a parser has its place"
        line = event.start_mark.line + 1 + self.lines_before
        if isinstance(event, yaml.AliasEvent):
            self.stop(line, f"*{event.anchor} refers to another place of the file; write it out where it is meant")
        elif isinstance(event, yaml.ScalarEvent):
            self.check(event, line)
            self.put(Scalar(event.value, line, is_plain=not event.style))
        elif isinstance(event, _STARTS):
            self.check(event, line)
            self.begin(Mapping(line) if isinstance(event, yaml.MappingStartEvent) else Sequence(line))
        elif isinstance(event, _ENDS):
            self.open.pop()
            self.keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self.stop(line, "a second document begins here (---); write it into a file of its own")

    def stop(self, line: int, reason: str) -> None:
        self.faults.note(line, self.where(), reason)
        raise _Stop

    def check(self, event: yaml.NodeEvent, line: int) -> None:
        """Stop at what is not wanted in any file."""
        self.count += 1
        if event.anchor is not None:
            self.stop(line, f"&{event.anchor} marks a place to be referred to; write it out where it is meant")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.stop(line, f"the tag {tag} asks for a type; leave it out, the field says what it holds")
        if self.count > NODES_MAX:
            self.stop(line, f"the file holds more than {NODES_MAX:,} values; split it")

    def begin(self, node: Mapping | Sequence) -> None:
        self.put(node)
        if len(self.open) == DEPTH_MAX:
            self.stop(node.line, _TOO_DEEP)
        self.open.append(node)
        self.keys.append(None)

    def put(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        into, key = self.open[-1], self.keys[-1]
        if isinstance(into, Sequence):
            into.items.append(node)
        elif key is not None:
            self.keys[-1] = None
            self.enter(into, key, node)
        elif isinstance(node, Scalar):
            self.keys[-1] = node
        else:
            self.stop(node.line, "a key is a single text")

    def enter(self, into: Mapping, key: Scalar, node: Node) -> None:
        if key.text in into.items:
            reason = f"{key.text} stands here twice, first in line {into.lines[key.text]}; keep one"
            self.faults.note(key.line, self.where(), reason)
            return
        into.items[key.text] = node
        into.lines[key.text] = key.line

    def where(self) -> str:
        """The keys that lead to what is open."""
        return ".".join(key.text for one in self.path() if (key := one) is not None)

    def path(self) -> list[Scalar | None]:
        found: list[Scalar | None] = []
        for outer, inner in zip(self.open, self.open[1:], strict=False):
            if isinstance(outer, Mapping):
                found.extend(Scalar(name, 0) for name, value in outer.items.items() if value is inner)
        return found


def parsed(text: str, faults: Faults, *, lines_before: int = 0) -> Node | None:
    """The value that a text holds; None when it holds none, or is not YAML, which is then a fault."""
    builder = _Builder(faults, lines_before)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except _Stop:
        return None
    except UnicodeEncodeError as problem:
        line = text.count("\n", 0, problem.start) + 1 + lines_before
        faults.note(line, "", "half a character stands here (a lone surrogate); write the file anew as UTF-8")
        return None
    except yaml.reader.ReaderError as problem:
        faults.note(
            text.count("\n", 0, problem.position) + 1 + lines_before,
            "",
            f"a character that no text holds: {problem.reason}",
        )
        return None
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        faults.note(mark.line + 1 + lines_before if mark else 0, builder.where(), _reason(problem, text, mark))
        return None
    return builder.root


def _reason(problem: yaml.MarkedYAMLError, text: str, mark: yaml.Mark | None) -> str:
    """What is wrong. PyYAML 6.0.4 and later read ahead of their events, and stop at 1,000 levels by themselves."""
    if "nesting" in (problem.problem or ""):
        return _TOO_DEEP
    said = ", ".join(part for part in (problem.context, problem.problem) if part)
    return f"is not YAML: {said}{_hint(text, mark)}"


def _hint(text: str, mark: yaml.Mark | None) -> str:
    lines = text.splitlines()
    here = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    indented = here[: len(here) - len(here.lstrip())]
    if "\t" in indented:
        return "; indent with blanks, not with a tab"
    return "; a text that begins so stands in quotes" if mark is not None and _at(here, mark) in "%@`" else ""


def _at(line: str, mark: yaml.Mark) -> str:
    return line[mark.column : mark.column + 1] or " "
