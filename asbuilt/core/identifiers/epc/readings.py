"""EPCs as the common answer of all parsers of scans (GS1 EPC Tag Data Standard 1.13 and 2.3)."""

from dataclasses import replace

from asbuilt.core.identifiers.epc.codec import decoded
from asbuilt.core.identifiers.epc.elements import elements_named
from asbuilt.core.identifiers.epc.tags import Tag, binary_of
from asbuilt.core.identifiers.epc.urns import Pattern, Raw, named_by
from asbuilt.core.identifiers.reading import Fault, Reading, Scheme


def read_urn(text: str) -> Reading:
    """Read an EPC URN of any kind.

    A tag URN is taken only when a tag can hold it. A pattern names no single object and has no `epc`.
    """
    named = named_by(text.strip())
    if isinstance(named, Raw):
        return replace(read_hex(named.digits), scheme=Scheme.EPC_URN)
    if isinstance(named, Tag):
        packed = binary_of(named)
        named = packed if isinstance(packed, Fault) else named.identity
    if isinstance(named, Fault):
        return Reading(scheme=Scheme.EPC_URN, faults=(named,))
    epc = None if isinstance(named, Pattern) else named.urn
    return Reading(scheme=Scheme.EPC_URN, elements=elements_named(named), epc=epc)


def read_hex(text: str) -> Reading:
    """Read the EPC memory of a tag, in hexadecimal."""
    done = decoded(text)
    if isinstance(done, Fault):
        return Reading(scheme=Scheme.EPC_BINARY, faults=(done,))
    return Reading(scheme=Scheme.EPC_BINARY, elements=done.elements, epc=done.epc)
