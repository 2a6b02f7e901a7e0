"""GS1 Digital Link URIs read. Source: GS1 Digital Link Standard: URI Syntax (1.4 and later); RFC 3986.

The key and its qualifiers stand in the path, behind whatever the domain has there; attributes stand in the query.
Every fault has one of these codes, or one of those of elements.py:

    input-too-long, uri-character, not-a-web-uri, uri-host         the URI as such
    no-primary-key, compressed-digital-link                        no GS1 key found in the path
    percent-encoding, value-empty, unknown-ai                      its parts
    qualifier-order, qualifier-not-allowed                         the path behind the key
    repeated-ai, attribute-not-allowed, attribute-belongs-in-path, ambiguous-query     the query
"""

import re
from collections.abc import Sequence

from asbuilt.core.identifiers.gs1.application_identifiers import AIS, Ai, shown
from asbuilt.core.identifiers.gs1.elements import INPUT_MAX
from asbuilt.core.identifiers.gs1.pairs import faults_between
from asbuilt.core.identifiers.gs1.writing import digital_link
from asbuilt.core.identifiers.reading import Element, Fault, Reading, Scheme

_SYMBOLOGY = re.compile(r"\](?:Q1|d1|J0)")  # QR Code, Data Matrix, DotCode without FNC1: how a plain URI is announced
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_URI = re.compile(r"https?://(?P<host>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9\-.:\[\]]+")
_PERCENT_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DIGITS = re.compile(r"[0-9]+")
_BEHIND_SEMICOLON = re.compile(r";[0-9]+=")
_COMPRESSED = re.compile(r"(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9_-]{10,}")
_GTIN = "01"
_SHORT_GTINS = (8, 12, 13)
_GTIN_LENGTH = 14


def read_digital_link(uri: str) -> Reading:
    """The GS1 Digital Link `uri`, with http or https, any domain and any path before the key.

    A GTIN of 8, 12 or 13 digits is filled up to 14. Parameters whose names are not digits are the domain's own and
    left out, as is the fragment. Words for AIs (`/gtin/`), withdrawn from the standard, are not taken, nor is the
    compressed form. `+` in the query is a blank, which no value may have; it is written %2B.
    """
    if len(uri) > INPUT_MAX:
        return _refused("input-too-long", f"{len(uri)} characters were read; at most {INPUT_MAX} are accepted")
    uri = _SYMBOLOGY.sub("", uri, count=1) if uri.startswith("]") else uri
    if not _CHARACTERS.fullmatch(uri):
        return _refused("uri-character", f"holds characters that no URI may hold: {shown(uri)}")
    found = _URI.fullmatch(uri)
    if found is None:
        return _refused("not-a-web-uri", f"must begin with https:// or http://: {shown(uri)}")
    if not _HOST.fullmatch(found["host"]):
        return _refused("uri-host", f"has no domain, or one with characters that are not allowed: {shown(uri)}")
    segments = found["path"].split("/")
    start = _place_of_key(segments)
    if start is None:
        return _without_key(segments)
    path, faults = _from_path(segments[start:])
    query, more = _from_query(found["query"] or "")
    faults += _faults_of_sequence([ai.ai for ai, _ in path]) + more + _faults_of_attributes(path, query)
    return _reading([*path, *query], faults)


def _reading(values: Sequence[tuple[Ai, str]], faults: list[Fault]) -> Reading:
    elements = tuple(Element(ai.ai, value) for ai, value in values)
    broken = [fault for ai, value in values if not ai.accepts(value) for fault in ai.faults_of(value)]
    faults = faults + broken
    if not any(fault.code == "unknown-ai" for fault in faults):
        faults += faults_between(elements)
    return Reading(
        scheme=Scheme.DIGITAL_LINK,
        elements=elements,
        digital_link=None if faults else digital_link(elements),
        faults=tuple(dict.fromkeys(faults)),
    )


def _refused(code: str, message: str) -> Reading:
    return Reading(scheme=Scheme.DIGITAL_LINK, faults=(Fault(code, message),))


def _place_of_key(segments: Sequence[str]) -> int | None:
    """Where the last primary key stands that is followed by nothing but pairs of AI and value; None if nowhere."""
    for place in range(len(segments) - 2, 0, -2):
        ai = AIS.get(segments[place])
        if ai is None:
            return None
        if ai.qualifiers is not None:
            return place
    return None


def _without_key(segments: Sequence[str]) -> Reading:
    if _COMPRESSED.fullmatch(segments[-1]):
        return _refused(
            "compressed-digital-link", "this looks like a compressed Digital Link; resolve it to its full form"
        )
    return _refused(
        "no-primary-key", "the path does not end in a GS1 key and its qualifiers, such as /01/09521234543213"
    )


def _from_path(segments: Sequence[str]) -> tuple[list[tuple[Ai, str]], list[Fault]]:
    """The AIs of the path, which are known to be AIs, with their values."""
    values: list[tuple[Ai, str]] = []
    faults: list[Fault] = []
    for id_, raw in zip(segments[::2], segments[1::2], strict=True):
        faults += _faults_of_encoding(id_, raw)
        values.append((AIS[id_], _value(id_, raw)))
    return values, faults


def _from_query(query: str) -> tuple[list[tuple[Ai, str]], list[Fault]]:
    values: list[tuple[Ai, str]] = []
    faults: list[Fault] = []
    for parameter in query.split("&"):
        name, equals, raw = parameter.partition("=")
        id_ = _decoded(name)
        is_numeric = _DIGITS.fullmatch(id_) is not None
        if ";" in parameter and (is_numeric or _BEHIND_SEMICOLON.search(parameter)):
            faults.append(
                Fault("ambiguous-query", f"; may part or be part of a value; write & or %3B: {shown(parameter)}")
            )
        elif not (equals and is_numeric):
            continue  # the domain's own
        elif id_ not in AIS:
            faults.append(Fault("unknown-ai", f"there is no AI {shown(id_)}; names of digits are reserved for AIs"))
        else:
            faults += _faults_of_encoding(id_, raw)
            values.append((AIS[id_], _value(id_, raw.replace("+", " "))))
    return values, faults


def _value(id_: str, raw: str) -> str:
    value = _decoded(raw)
    if id_ == _GTIN and len(value) in _SHORT_GTINS:
        return value.zfill(_GTIN_LENGTH)
    return value


def _decoded(raw: str) -> str:
    """Percent-decoded octet by octet: no GS1 value has characters beyond ASCII."""
    return _PERCENT_ENCODED.sub(lambda found: chr(int(found[1], 16)), raw) if "%" in raw else raw


def _faults_of_encoding(id_: str, raw: str) -> list[Fault]:
    if _STRAY_PERCENT.search(raw):
        return [Fault("percent-encoding", f"AI {id_} has % without two hexadecimal digits; write it %25: {shown(raw)}")]
    return []


def _faults_of_sequence(path: Sequence[str]) -> list[Fault]:
    """Behind the key its qualifiers: all of one of its sequences, in the order of that, none of them twice."""
    key, *qualifiers = path
    sequences = AIS[key].qualifiers or ()
    if any(_is_in_order(qualifiers, sequence) for sequence in sequences):
        return []
    if any(set(qualifiers) <= set(sequence) for sequence in sequences):
        return [Fault("qualifier-order", f"the qualifiers of AI {key} stand in the wrong order or twice")]
    ways = " or ".join(", ".join(sequence) for sequence in sequences if sequence) or "none"
    return [Fault("qualifier-not-allowed", f"AI {key} may have these qualifiers, in this order: {ways}")]


def _is_in_order(qualifiers: Sequence[str], sequence: Sequence[str]) -> bool:
    return list(qualifiers) == [id_ for id_ in sequence if id_ in qualifiers]


def _faults_of_attributes(path: Sequence[tuple[Ai, str]], query: Sequence[tuple[Ai, str]]) -> list[Fault]:
    key, *qualifiers = [ai for ai, _ in path]
    taken = {ai.ai for ai, _ in path}
    places = [sequence for sequence in key.qualifiers or () if {ai.ai for ai in qualifiers} <= set(sequence)]
    faults: list[Fault] = []
    for ai, _ in query:
        if ai.ai in taken:
            faults.append(Fault("repeated-ai", f"AI {ai.ai} stands in the URI more than once"))
        elif any(ai.ai in sequence for sequence in places):
            faults.append(Fault("attribute-belongs-in-path", f"AI {ai.ai} is a qualifier and must stand in the path"))
        elif not ai.is_attribute:
            faults.append(Fault("attribute-not-allowed", f"AI {ai.ai} may not stand in the query of a Digital Link"))
        taken.add(ai.ai)
    return faults
