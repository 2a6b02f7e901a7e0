"""Elements written out: as an element string, in brackets for people, and as a canonical GS1 Digital Link."""

from collections.abc import Collection, Sequence

from asbuilt.core.identifiers.gs1.application_identifiers import AIS, GS
from asbuilt.core.identifiers.reading import Element

CANONICAL_STEM = "https://id.gs1.org"
"""Domain of canonical GS1 Digital Link URIs (Digital Link: URI Syntax, section on canonical URIs)."""

_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_ESCAPES = {code: f"%{code:02X}" for code in range(128) if chr(code) not in _UNRESERVED}


def element_string(elements: Sequence[Element]) -> str:
    """The elements as a reader transmits them: those of predefined length first, then the others with GS between.

    The FNC1 in first position is not part of it. Source: General Specifications, 7.8.
    """
    predefined = [element for element in elements if _is_predefined(element)]
    others = [element for element in elements if not _is_predefined(element)]
    return "".join(map(_joined, predefined)) + GS.join(map(_joined, others))


def bracketed(elements: Sequence[Element]) -> str:
    """The elements in their order with each AI in brackets; an opening bracket inside a value gets a backslash."""
    return "".join(f"({element.id})" + element.value.replace("(", "\\(") for element in elements)


def digital_link(elements: Sequence[Element], *, stem: str = CANONICAL_STEM) -> str | None:
    """The canonical Digital Link URI of `elements`, or None when no URI can carry them.

    The first element that can be a primary key is; its qualifiers follow in the path in their order, all others stand
    in the query, sorted by AI. An AI that occurs twice is written once. There is no URI without a primary key, or
    where an AI may stand neither in the path nor in the query. Values are expected to be valid.
    """
    values: dict[str, str] = {}
    for element in elements:
        values.setdefault(element.id, element.value)
    for key in values:
        path = _path(key, values)
        if path is not None:
            break
    else:
        return None
    places = "".join([f"/{id_}/{_escaped(values[id_])}" for id_ in path])
    if len(path) == len(values):
        return stem.rstrip("/") + places
    query = "&".join([f"{id_}={_escaped(values[id_])}" for id_ in sorted(values) if id_ not in path])
    return f"{stem.rstrip('/')}{places}?{query}"


def _path(key: str, values: Collection[str]) -> list[str] | None:
    """The AIs of the path, `key` first, with as many qualifiers as leave only what may stand in the query; or None."""
    ai = AIS.get(key)
    if ai is None or ai.qualifiers is None:
        return None
    paths = [[key, *[id_ for id_ in sequence if id_ in values]] for sequence in ai.qualifiers]
    for path in sorted(paths, key=len, reverse=True):
        if all(id_ in path or (id_ in AIS and AIS[id_].is_attribute) for id_ in values):
            return path
    return None


def _joined(element: Element) -> str:
    return element.id + element.value


def _is_predefined(element: Element) -> bool:
    ai = AIS.get(element.id)
    return ai is not None and ai.is_predefined


def _escaped(value: str) -> str:
    """Percent-encoded but for the unreserved characters of RFC 3986, so that a value has one spelling."""
    if value.isascii():
        return value.translate(_ESCAPES)
    return "".join(f"%{byte:02X}" if chr(byte) not in _UNRESERVED else chr(byte) for byte in _bytes(value))


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")
