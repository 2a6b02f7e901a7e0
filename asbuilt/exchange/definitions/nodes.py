"""A file as values that know in which line they stand, whatever its format."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

_PATH = re.compile(r" - at `\$([^`]*)`$")
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single text. is_plain: written without quotes."""

    text: str
    line: int
    is_plain: bool = True

    @property
    def is_nothing(self) -> bool:
        """Whether it stands for a value that is left out."""
        return self.is_plain and self.text in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Sequence:
    """Values one after the other."""

    line: int
    items: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Values by key. lines: of the keys."""

    line: int
    items: dict[str, "Node"] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a file. rule: the number of the rule that says so, '' when it cannot be read at all.

    field: section, name and field, as `routings.R-PUMP/2.operations[3].program`. line: from 1 on, 0: the file itself.
    """

    file: str
    line: int
    field: str
    rule: str = ""
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(one for one in (place, self.field, self.rule, self.reason) if one)


@dataclass(slots=True)
class Faults:
    """Collects what is wrong with one file."""

    file: str
    found: list[Fault] = field(default_factory=list)

    def note(self, line: int, where: str, reason: str) -> None:
        self.found.append(Fault(file=self.file, line=line, field=where, reason=reason))


@dataclass(frozen=True, slots=True)
class Spot:
    """A place inside a value: the path to it, and its line."""

    path: str
    line: int


def spot_of(node: Node, line: int, reason: str) -> tuple[Spot, str]:
    """Where a reason points to inside a value that begins at a line, and the reason without what only programs need."""
    found = _PATH.search(reason)
    if found is None:
        return _named_in(node, Spot("", line), reason), reason
    plain = reason[: found.start()]
    spot = Spot("", line)
    for name, index in _STEP.findall(found[1]):
        step = _child(node, name, index)
        if step is None:
            break
        node, line = step
        spot = Spot(f"{spot.path}[{index}]" if index else f"{spot.path}.{name}", line)
    return _named_in(node, spot, plain), plain


def _child(node: Node, name: str, index: str) -> tuple[Node, int] | None:
    if isinstance(node, Mapping) and name in node.items:
        return node.items[name], node.lines[name]
    if isinstance(node, Sequence) and index and int(index) < len(node.items):
        return node.items[int(index)], node.items[int(index)].line
    return None


def line_of(node: Node, line: int, field: str) -> int:
    """The line of a field inside a value that begins at a line: `operations[OP-030].program`; entries go by name."""
    for name, called in re.findall(r"(\w+)(?:\[([^\]]*)\])?", field):
        if not isinstance(node, Mapping) or name not in node.items:
            return line
        line = node.lines[name]
        node = node.items[name]
        if isinstance(node, Sequence) and called:
            inner = next((one for one in node.items if isinstance(one, Mapping) and _called(one) == called), None)
            if inner is None:
                return line
            node, line = inner, inner.line
    return line


def _called(inner: Mapping) -> str:
    """What an entry of a list is called: the value of its first field."""
    first = next(iter(inner.items.values()), None)
    return first.text if isinstance(first, Scalar) else ""


def _named_in(node: Node, spot: Spot, reason: str) -> Spot:
    """The value inside that a reason names, by the name of a list's entry and then by the name of a field."""
    words = set(_WORD.findall(reason))
    for path, inner in _entries(node):
        if _is_named(inner, reason):
            return _named_in(inner, Spot(f"{spot.path}.{path}", inner.line), reason)
    if isinstance(node, Mapping):
        # The first field says what the value is called, and its name may stand for that in a reason.
        first, *others = list(node.lines) or [""]
        name = next((one for one in (*others, first) if one in words), None)
        if name is not None:
            return Spot(f"{spot.path}.{name}", node.lines[name])
    return spot


def _entries(node: Node) -> Iterator[tuple[str, Mapping]]:
    if isinstance(node, Mapping):
        for name, value in node.items.items():
            if isinstance(value, Sequence):
                for index, inner in enumerate(value.items):
                    if isinstance(inner, Mapping):
                        yield f"{name}[{index}]", inner


def _is_named(inner: Mapping, reason: str) -> bool:
    """Whether a reason begins with what an entry of a list is called."""
    called = re.escape(_called(inner))
    return (
        bool(called) and re.search(rf"^(?:rework |quantity of )?{called}(?=[\s:])| of {called}\b", reason) is not None
    )


def did_you_mean(word: str, known: list[str]) -> str:
    """A suggestion to put behind `unknown …`, or what there is."""
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there is {', '.join(known)}"
