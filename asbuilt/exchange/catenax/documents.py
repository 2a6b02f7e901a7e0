"""Finds the aspect documents in whatever they come wrapped in.

Seen in the wild, and all read: a document alone or in an array; the TestDataContainer of the Tractus-X test sets
(`catenaXId`, `bpnl`, payloads in lists under aspect URNs); the import format of Trace-X (`assets`, `assetMetaInfo`,
`submodels` of `aspectType` and `payload`); `catenaXId` with `aspects`, as a list or under aspect names; results of
the Item Relationship Service. So nothing depends on one container: an object is searched until something in it says
which aspect it is, by name or by its fields.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asbuilt.exchange.catenax.aspects import Aspect, AspectName, aspect_named, shapes_of
from asbuilt.exchange.catenax.reading import Piece, holds_items
from asbuilt.exchange.intake.findings import Place

DEPTH_MAX = 30
"""Containers nested deeper than this are not searched."""

ID_KEYS = ("catenaXId", "globalAssetId")
_BPNL_KEYS = ("bpnl", "bpn", "manufacturerId", "BPNL", "BPN")
_TYPE_KEYS = ("aspectType", "semanticId", "aspect", "aspectModel", "modelUrn", "x-samm-aspect-model-urn", "idShort")
_PAYLOAD_KEYS = ("payload", "submodelPayload", "content", "data", "value")
_LIST_KEYS = frozenset({"assets", "submodels", "aspects", "submodelPayloads", "items", "twins", "digitalTwins"})
_ABOUT_THE_CONTAINER = frozenset({"assetMetaInfo"})


@dataclass(frozen=True, slots=True)
class Context:
    """What containers say about the documents in them."""

    catenax_id: object = None
    bpnl: object = None

    def within(self, value: Mapping[str, object]) -> "Context":
        about = value.get("assetMetaInfo")
        levels = (value, about) if isinstance(about, dict) else (value,)
        return Context(
            catenax_id=_first(levels, ID_KEYS, self.catenax_id),
            bpnl=_first(levels, _BPNL_KEYS, self.bpnl),
        )


def _first(levels: tuple[Mapping[str, object], ...], keys: tuple[str, ...], default: object) -> object:
    for level in levels:
        for key in keys:
            if isinstance(level.get(key), str):
                return level[key]
    return default


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An aspect document that is imported. version: as said, '' when nothing says it."""

    aspect: Aspect
    version: str
    payload: object
    place: Place
    context: Context


@dataclass(frozen=True, slots=True)
class NotRead:
    """Something of a container that is not imported, by the name of its aspect or its key."""

    name: str


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """Something that should be or hold a document, and nothing in it says which."""

    place: Place


Found = Document | NotRead | Unrecognised


def documents_in(piece: Piece) -> Iterator[Found]:
    """The documents of a piece of a file, with what else is there."""
    yield from _item(piece.value, piece.place, Context(), depth=0)


def _item(value: object, place: Place, context: Context, *, depth: int) -> Iterator[Found]:
    """An element of a list of items, or a whole file: it must hold something."""
    found = False
    for one in _search(value, place, context, depth=depth, names_the_unknown=True):
        found = True
        yield one
    if not found:
        yield Unrecognised(place)


def _search(value: object, place: Place, context: Context, *, depth: int, names_the_unknown: bool) -> Iterator[Found]:
    if depth > DEPTH_MAX:
        return
    if isinstance(value, list):
        for number, element in enumerate(value):
            yield from _search(element, place / number, context, depth=depth + 1, names_the_unknown=names_the_unknown)
    elif isinstance(value, dict) and _is_schema(value):
        yield NotRead("JSON Schema")
    elif isinstance(value, dict):
        wrapped = _wrapped(value, place, context)
        if wrapped:
            yield from wrapped
            return
        context = context.within(value)
        for key, member in value.items():
            yield from _member(key, member, place / key, context, depth=depth + 1, names_the_unknown=names_the_unknown)


def _is_schema(value: dict[str, object]) -> bool:
    """Whether this is the schema of a document and not one: they lie in the same folders of the published models."""
    return isinstance(value.get("$schema"), str) and isinstance(value.get("properties"), dict)


def _wrapped(value: dict[str, object], place: Place, context: Context) -> list[Found]:
    """The documents of an object that says itself what it is, or has the fields of an aspect."""
    declared = next((named for key in _TYPE_KEYS if (named := _declared(value.get(key)))), None)
    payload_key = next((key for key in _PAYLOAD_KEYS if isinstance(value.get(key), dict | list)), None)
    if declared and payload_key:
        return list(_payloads(declared, value[payload_key], place / payload_key, context.within(value)))
    shapes = [shape for shape in shapes_of(value, file_name=place.file) if declared is None or shape.aspect]
    if declared and shapes:
        return [_document(declared, value, place, context)]
    return [_document(shape, value, place, context) for shape in shapes]


def _declared(value: object) -> AspectName | None:
    """The aspect a type field names: a text, or an AAS reference with the URN as the value of a key."""
    if isinstance(value, dict) and isinstance(value.get("keys"), list):
        return next(
            (named for key in value["keys"] if isinstance(key, dict) and (named := _declared(key.get("value")))), None
        )
    return aspect_named(value)


def _payloads(named: AspectName, value: object, place: Place, context: Context) -> Iterator[Found]:
    """One payload, or a list of them; each may be wrapped once more."""
    if isinstance(value, list):
        for number, element in enumerate(value):
            yield from _payloads(named, element, place / number, context)
        return
    if isinstance(value, dict) and not any(shapes_of(value, file_name=place.file)):
        inner = next((key for key in _PAYLOAD_KEYS if isinstance(value.get(key), dict)), None)
        if inner:
            yield _document(named, value[inner], place / inner, context.within(value))
            return
    yield _document(named, value, place, context)


def _document(named: AspectName, payload: object, place: Place, context: Context) -> Found:
    if named.aspect is None:
        return NotRead(named.name)
    return Document(aspect=named.aspect, version=named.version, payload=payload, place=place, context=context)


def _member(
    key: str, member: object, place: Place, context: Context, *, depth: int, names_the_unknown: bool
) -> Iterator[Found]:
    """What a container holds under a key. names_the_unknown: whether what is not recognised is worth a word."""
    if not isinstance(member, dict | list) or key in _ABOUT_THE_CONTAINER:
        return
    named = aspect_named(key)
    if named:
        yield from _payloads(named, member, place, context)
    elif isinstance(member, list) and names_the_unknown and (key in _LIST_KEYS or holds_items(key)):
        for number, element in enumerate(member):
            yield from _item(element, place / number, context, depth=depth + 1)
    else:
        found = list(_search(member, place, context, depth=depth + 1, names_the_unknown=False))
        yield from found
        if not found and names_the_unknown:
            yield NotRead(key)
