"""Events as JSON and back: one decoder for what clients send, one canonical form for what is stored and hashed.

Canonical form: UTF-8 JSON, keys sorted, no white space, fields with their default value left out, decimals as
strings digit for digit, times with their zone, subjects spelled with their issuer. Stored bytes are hashed as they
stand and never written anew.
"""

import dataclasses
import typing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec

from asbuilt.core.events.bills import BillLine
from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.events.defects import Defect
from asbuilt.core.events.event import Characteristic, Event, EventProblem, Measurement
from asbuilt.core.events.production import BrokenRule, OperationCompleted
from asbuilt.core.events.recalls import RecallSeed
from asbuilt.core.events.routes import RouteComponent, RouteOperation
from asbuilt.core.events.setups import SetupSlot
from asbuilt.core.identifiers.subjects import Subject
from asbuilt.core.identifiers.text import NAME_MAX, NameProblem, checked_name, checked_text
from asbuilt.ledger.explaining import explained
from asbuilt.ledger.spelling import subject_named
from asbuilt.ledger.values import check_decimal, check_limits, check_moment, check_moments, check_values

V = TypeVar("V")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_FREE_TEXTS = frozenset(
    {"reason", "explanation", "description", "defect", "text", "content", "note", "action", "override_reason"}
)
"""Fields that hold sentences; all other texts are names."""

_VERBATIM = frozenset({"content"})
"""Fields that hold what others wrote, word for word: nothing is cut off or checked in them but their length."""

_NESTED: tuple[type, ...] = (
    Characteristic,
    Measurement,
    Defect,
    RouteComponent,
    RouteOperation,
    BillLine,
    SetupSlot,
    RecallSeed,
    BrokenRule,
)
"""Value types that events hold; one that holds another comes after it."""


class Malformed(ValueError):
    """JSON that is no event; the text names the field (as a JSONPath) and says what was expected."""


@dataclasses.dataclass(frozen=True, slots=True)
class Captured:
    """An event with its canonical bytes."""

    event: Event
    payload: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Sent:
    """What a client sent: the event, its canonical bytes, and the site it claims to be for ('' when it says none)."""

    event: Event
    payload: bytes
    site: str


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z of a time with a zone."""
    return (moment - EPOCH) // _MICROSECOND


def moment_of(microseconds_since_epoch: int) -> datetime:
    """The UTC time of a number of microseconds since 1970-01-01T00:00:00Z."""
    return EPOCH + timedelta(microseconds=microseconds_since_epoch)


def as_uuid(value: UUID | bytes) -> UUID:
    """A UUID as either database gives it: PostgreSQL as such, SQLite as 16 bytes."""
    return value if isinstance(value, UUID) else UUID(bytes=value)


def _mirror(record: type, *, tag: str | None = None) -> type[msgspec.Struct]:
    """A msgspec struct of the same fields as a dataclass: it decodes fast and knows unknown fields."""
    hints = typing.get_type_hints(record)
    required: list[tuple[str, Any]] = []
    optional: list[tuple[str, Any, Any]] = []
    for field in dataclasses.fields(record):
        kind = _mirrored(hints[field.name])
        if field.default is dataclasses.MISSING:
            required.append((field.name, kind))
        else:
            optional.append((field.name, kind, field.default))
    if tag is not None:
        optional.append(("site", str, ""))
    return msgspec.defstruct(
        record.__name__,
        [*required, *optional],
        tag_field=None if tag is None else "type",
        tag=tag,
        kw_only=True,
        omit_defaults=True,
        forbid_unknown_fields=True,
    )


def _mirrored(hint: Any) -> Any:
    """The type a field has in the mirror: a subject is its spelling, a nested dataclass a mirror too."""
    if hint in _NESTED_MIRRORS:
        return _NESTED_MIRRORS[hint]
    arguments = typing.get_args(hint)
    if _is_list(hint):
        return tuple[_mirrored(arguments[0]), ...]  # type: ignore[misc]
    subject = _subject_kind(hint)
    if subject is not None:
        text = Annotated[str, msgspec.Meta(description=f"{subject.what}: {_first_line(subject)}")]
        return text if hint is subject else text | None
    return hint


def _is_list(hint: Any) -> bool:
    """Whether it is tuple[X, ...]."""
    return typing.get_origin(hint) is tuple and typing.get_args(hint)[1:] == (...,)


def _subject_kind(hint: Any) -> type[Subject] | None:
    """The kind of subject a field names, if it names one."""
    for kind in (hint, *typing.get_args(hint)):
        if isinstance(kind, type) and issubclass(kind, Subject):
            return kind
    return None


def _first_line(documented: object) -> str:
    return (documented.__doc__ or "").partition("\n")[0]


_NESTED_MIRRORS: dict[type, type[msgspec.Struct]] = {}
for _nested in _NESTED:
    _NESTED_MIRRORS[_nested] = _mirror(_nested)

_MIRRORS: dict[type[Event], type[msgspec.Struct]] = {kind: _mirror(kind, tag=kind.__name__) for kind in EVENT_TYPES}
_ANY_EVENT: Any = typing.Union[tuple(_MIRRORS.values())]  # noqa: UP007 - built from the list


@dataclasses.dataclass(frozen=True, slots=True)
class _Shape:
    """How one event type is built from its mirror, and what is checked on the way."""

    kind: type[Event]
    fields: tuple[str, ...]
    read: Callable[[Any], tuple[Any, ...]]
    nested: tuple[str, ...]
    subjects: tuple[tuple[str, type[Subject]], ...]
    subject_lists: tuple[tuple[str, type[Subject]], ...]
    texts: tuple[str, ...]
    decimals: tuple[str, ...]
    moments: tuple[str, ...]
    """Times besides event_time."""


def _shape(kind: type[Event]) -> _Shape:
    hints = typing.get_type_hints(kind)
    names = tuple(field.name for field in dataclasses.fields(kind))
    named = tuple((name, found) for name in names if (found := _subject_kind(hints[name])) is not None)
    return _Shape(
        kind=kind,
        fields=names,
        read=attrgetter(*names),
        nested=tuple(name for name in names if _is_list_of_nested(hints[name])),
        subjects=tuple(one for one in named if not _is_list(hints[one[0]])),
        subject_lists=tuple(one for one in named if _is_list(hints[one[0]])),
        texts=tuple(name for name in names if _is_text(hints[name]) and name not in _VERBATIM),
        decimals=tuple(name for name in names if hints[name] == Decimal | None),
        moments=tuple(name for name in names if hints[name] == datetime | None),
    )


def _is_list_of_nested(hint: Any) -> bool:
    return _is_list(hint) and typing.get_args(hint)[0] in _NESTED_MIRRORS


def _is_text(hint: Any) -> bool:
    return hint is str or getattr(hint, "__supertype__", None) is str


@dataclasses.dataclass(frozen=True, slots=True)
class _NestedShape:
    """How a nested value is built from its mirror; `lists` of texts, of subjects and of further nested values."""

    kind: type
    texts: tuple[str, ...]
    text_lists: tuple[str, ...]
    subjects: tuple[tuple[str, type[Subject]], ...]
    subject_lists: tuple[tuple[str, type[Subject]], ...]
    nested: tuple[str, ...]
    decimals: tuple[str, ...]
    moments: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Whether all it holds is what JSON holds."""
        return not (self.text_lists or self.subjects or self.subject_lists or self.nested)


def _nested_shape(kind: type) -> _NestedShape:
    hints = typing.get_type_hints(kind)
    lists = {name: found[0] for name, hint in hints.items() if (found := _list_arguments(hint))}
    kinds = {name: _subject_kind(lists.get(name, hint)) for name, hint in hints.items()}
    return _NestedShape(
        kind=kind,
        texts=tuple(name for name, hint in hints.items() if _is_text(hint)),
        text_lists=tuple(name for name, hint in lists.items() if _is_text(hint)),
        subjects=tuple((name, found) for name, found in kinds.items() if found is not None and name not in lists),
        subject_lists=tuple((name, found) for name, found in kinds.items() if found is not None and name in lists),
        nested=tuple(name for name, hint in lists.items() if hint in _NESTED_MIRRORS),
        decimals=tuple(name for name, hint in hints.items() if hint == Decimal | None),
        moments=tuple(name for name, hint in hints.items() if hint == datetime | None),
    )


def _list_arguments(hint: Any) -> tuple[Any, ...]:
    """What a list is of, be it optional or not."""
    found = [one for one in (hint, *typing.get_args(hint)) if _is_list(one)]
    return typing.get_args(found[0]) if found else ()


_NESTED_SHAPES: dict[type, _NestedShape] = {kind: _nested_shape(kind) for kind in _NESTED}
_SHAPES_OF_MIRRORS = {_NESTED_MIRRORS[kind]: shape for kind, shape in _NESTED_SHAPES.items()}
_SHAPES: dict[str, _Shape] = {kind.__name__: _shape(kind) for kind in EVENT_TYPES}


_ENCODER = msgspec.json.Encoder(order="sorted")
_ONE = msgspec.json.Decoder(_ANY_EVENT)
_MANY = msgspec.json.Decoder(list[_ANY_EVENT])
_LISTS: dict[type, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(list[mirror])  # type: ignore[valid-type]  # mirrors are made at run time, above
    for kind, mirror in _NESTED_MIRRORS.items()
}


@dataclasses.dataclass(frozen=True, slots=True)
class Decoder:
    """Decodes events of one site. Names written without an issuer get the site's own."""

    own_issuer: str

    def one(self, raw: bytes) -> Sent:
        """The one event in a JSON object. Raises Malformed."""
        return _sent(_decoded(_ONE, raw), self.own_issuer, path="$")

    def many(self, raw: bytes) -> list[Sent]:
        """The events in a JSON array. Raises Malformed, naming the index of the first bad one."""
        mirrors = _decoded(_MANY, raw)
        return [_sent(mirror, self.own_issuer, path=f"$[{index}]") for index, mirror in enumerate(mirrors)]


def stored_event(payload: bytes) -> Event:
    """The event in canonical bytes read from the ledger."""
    # Stored payloads spell every issuer, so that the site's own is never needed.
    return _built(_decoded(_ONE, payload), "?", path="$")


def captured(event: Event) -> Captured:
    """An event made by this program, with its canonical bytes. Raises Malformed as for one sent by a client."""
    shape = _SHAPES[type(event).__name__]
    values = dict(zip(shape.fields, shape.read(event), strict=True))
    mirror = _as_mirror(event, shape, values)
    try:
        if _has_blank_ends(shape, values):
            # Blanks at the ends are not stored, whoever writes them: what is read again must be what was folded.
            event = _built(mirror, "?", path="$")
        else:
            _check(event, shape, values)
    except (NameProblem, EventProblem) as problem:
        raise Malformed(str(problem)) from None
    return Captured(event=event, payload=_ENCODER.encode(mirror))


def _has_blank_ends(shape: _Shape, values: dict[str, Any]) -> bool:
    texts = [values[name] for name in shape.texts]
    for name in shape.nested:
        for one in values[name]:
            texts.extend(_texts_in(one))
    return any(text and (text[0].isspace() or text[-1].isspace()) for text in texts)


def _texts_in(nested: Any) -> list[str]:
    shape = _NESTED_SHAPES[type(nested)]
    texts = [getattr(nested, name) for name in shape.texts]
    for name in shape.text_lists:
        texts.extend(getattr(nested, name) or ())
    for name in shape.nested:
        for one in getattr(nested, name):
            texts.extend(_texts_in(one))
    return texts


def _as_mirror(event: Event, shape: _Shape, values: dict[str, Any]) -> msgspec.Struct:
    spelled: dict[str, Any] = {name: str(values[name]) for name, _ in shape.subjects if values[name] is not None}
    spelled |= {name: tuple(map(str, values[name])) for name, _ in shape.subject_lists}
    nested = {name: tuple(_nested_as_mirror(one) for one in values[name]) for name in shape.nested}
    return _MIRRORS[type(event)](**{**values, **spelled, **nested})


def _nested_as_mirror(nested: Any) -> msgspec.Struct:
    shape = _NESTED_SHAPES[type(nested)]
    values = {field.name: getattr(nested, field.name) for field in dataclasses.fields(nested)}
    for name, _ in shape.subjects:
        values[name] = None if values[name] is None else str(values[name])
    for name, _ in shape.subject_lists:
        values[name] = tuple(map(str, values[name]))
    for name in shape.nested:
        values[name] = tuple(map(_nested_as_mirror, values[name]))
    return _NESTED_MIRRORS[shape.kind](**values)


def _decoded(decoder: Any, raw: bytes) -> Any:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as problem:
        raise Malformed(explained(str(problem), raw)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise Malformed(f"not JSON: {problem}") from None
    except RecursionError:
        raise Malformed("not JSON that any event has: nested too deeply") from None


def _sent(mirror: Any, own_issuer: str, *, path: str) -> Sent:
    site = mirror.site
    mirror.site = ""
    event = _built(mirror, own_issuer, path=path)
    return Sent(event=event, payload=_ENCODER.encode(mirror), site=site)


def _built(mirror: msgspec.Struct, own_issuer: str, *, path: str) -> Event:
    """The event of a mirror; names in the mirror are brought to their full spelling on the way."""
    shape = _SHAPES[type(mirror).__name__]
    values = dict(zip(shape.fields, shape.read(mirror), strict=True))
    for name, kind in shape.subjects:
        text = values[name]
        if text is not None:
            try:
                values[name] = subject_named(kind, text, own_issuer=own_issuer)
            except NameProblem as problem:
                raise Malformed(f"{problem} - at `{path}.{name}`") from None
            setattr(mirror, name, str(values[name]))
    for name, kind in shape.subject_lists:
        values[name] = _subjects_named(kind, values[name], own_issuer, f"{path}.{name}")
        setattr(mirror, name, tuple(map(str, values[name])))
    for name in shape.texts:
        value = values[name]
        if value and (value[0].isspace() or value[-1].isspace()):
            values[name] = value.strip()
            setattr(mirror, name, values[name])
    for name in shape.nested:
        if values[name]:
            at = f"{path}.{name}"
            values[name] = tuple(_nested_built(one, own_issuer, f"{at}[{n}]") for n, one in enumerate(values[name]))
    try:
        event = shape.kind(**values)
        _check(event, shape, values)
    except (NameProblem, EventProblem) as problem:
        raise Malformed(f"{problem} - at `{path}`") from None
    return event


def _subjects_named(kind: type[Subject], texts: tuple[str, ...], own_issuer: str, path: str) -> tuple[Subject, ...]:
    found = []
    for place, text in enumerate(texts):
        try:
            found.append(subject_named(kind, text, own_issuer=own_issuer))
        except NameProblem as problem:
            raise Malformed(f"{problem} - at `{path}[{place}]`") from None
    return tuple(found)


def _nested_built(mirror: msgspec.Struct, own_issuer: str, path: str) -> Any:
    shape = _SHAPES_OF_MIRRORS[type(mirror)]
    for name in shape.texts:
        text = getattr(mirror, name)
        if text and (text[0].isspace() or text[-1].isspace()):
            setattr(mirror, name, text.strip())
    values = {name: getattr(mirror, name) for name in mirror.__struct_fields__}
    if not shape.is_plain:
        _fill_in(values, mirror, shape, own_issuer, path)
    return shape.kind(**values)


def _fill_in(values: dict[str, Any], mirror: msgspec.Struct, shape: _NestedShape, own_issuer: str, path: str) -> None:
    """Put subjects and further nested values for their mirrors, and write them there in full."""
    for name in shape.text_lists:
        if values[name]:
            values[name] = tuple(text.strip() for text in values[name])
            setattr(mirror, name, values[name])
    try:
        for name, kind in shape.subjects:
            if values[name] is not None:
                values[name] = subject_named(kind, values[name], own_issuer=own_issuer)
                setattr(mirror, name, str(values[name]))
        for name, kind in shape.subject_lists:
            values[name] = tuple(subject_named(kind, text, own_issuer=own_issuer) for text in values[name])
            setattr(mirror, name, tuple(map(str, values[name])))
    except NameProblem as problem:
        raise Malformed(f"{problem} - at `{path}.{name}`") from None
    for name in shape.nested:
        at = f"{path}.{name}"
        values[name] = tuple(_nested_built(one, own_issuer, f"{at}[{n}]") for n, one in enumerate(values[name]))


def _check(event: Event, shape: _Shape, values: dict[str, Any]) -> None:
    """Raise NameProblem or EventProblem for what no type can express."""
    check_moment(event.event_time, what="event_time")
    check_moments(event, shape.moments)
    for name in shape.texts:
        value = values[name]
        if value and (len(value) > NAME_MAX or not value.isprintable()):
            if name in _FREE_TEXTS:
                checked_text(value, what=name)
            else:
                checked_name(value, what=name)
    for name in shape.decimals:
        check_decimal(values[name], what=name)
    if isinstance(event, OperationCompleted) and event.values:
        check_values(event.values)
    for name in shape.nested:
        for nested in values[name]:
            _check_nested(nested)
    event.check()


def _check_nested(nested: Any) -> None:
    if isinstance(nested, Characteristic | Measurement):
        check_limits(nested)
        return
    shape = _NESTED_SHAPES[type(nested)]
    for name in shape.texts:
        if getattr(nested, name):
            (checked_text if name in _FREE_TEXTS else checked_name)(getattr(nested, name), what=name)
    for name in shape.text_lists:
        for text in getattr(nested, name) or ():
            checked_name(text, what=name)
    for name in shape.decimals:
        check_decimal(getattr(nested, name), what=name)
    check_moments(nested, shape.moments)
    for name in shape.nested:
        for one in getattr(nested, name):
            _check_nested(one)


def text_of(values: tuple[Any, ...]) -> str:
    """Operations of a routing, or lines of a bill, as canonical JSON."""
    return _ENCODER.encode(tuple(map(_nested_as_mirror, values))).decode()


@lru_cache(maxsize=1024)
def values_from(kind: type[V], text: str) -> tuple[V, ...]:
    """The same from canonical JSON. They are frozen, so that one reading serves all batches."""
    return tuple(_nested_built(mirror, "?", "$") for mirror in _LISTS[kind].decode(text))


def event_schemas(*, ref_template: str) -> dict[str, Any]:
    """JSON Schema of every event type as it is sent, by name, and of `Event`: any of them."""
    mirrors = [_MIRRORS[kind] for kind in EVENT_TYPES]
    references, schemas = msgspec.json.schema_components(mirrors, ref_template=ref_template)
    for kind in EVENT_TYPES:
        schemas[kind.__name__]["description"] = _first_line(kind)
    tags = {kind.__name__: reference["$ref"] for kind, reference in zip(EVENT_TYPES, references, strict=True)}
    union = {"anyOf": list(references), "discriminator": {"propertyName": "type", "mapping": tags}}
    return {**schemas, "Event": union}
