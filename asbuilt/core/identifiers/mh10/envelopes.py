"""Messages for high-capacity symbols: ISO/IEC 15434:2019.

A message is the header `[)>` RS, one or more format envelopes, and EOT. An envelope is a two-character format code, GS,
data elements separated by GS, and RS.
"""

import re
from collections.abc import Callable
from typing import Final

from asbuilt.core.identifiers.mh10.control_characters import (
    EOT,
    FS,
    GS,
    HEADER,
    RS,
    US,
    has_real_control_characters,
    with_real_control_characters,
)
from asbuilt.core.identifiers.mh10.data_identifiers import SCAN_MAX, read_element, too_long, without_aim_prefix
from asbuilt.core.identifiers.mh10.lost_separators import only_reading
from asbuilt.core.identifiers.reading import Element, Fault, Reading, Scheme

_FORMAT_GS1: Final = "05"
_FORMAT_DATA_IDENTIFIERS: Final = "06"
_FORMATS_TEXT_ELEMENTS: Final = ("12", "DD")
"""12: ISO/IEC 15434; DD: the code used before it by the U.S. Department of Defense (MIL-STD-130N, 6.7)."""
_FORMATS_OTHER: Final = ("00", "01", "02", "03", "04", "07", "08", "09", "10", "11")
"""Reserved, transportation, EDI messages, free text, CII, binary data, structured data."""

_TEXT_ELEMENT = re.compile(r"([A-Z]{3}) ([!-~](?:[ -~]*[!-~])?)")
"""Text element identifier of three letters, a blank, the value: ATA Spec 2000, chapter 9."""


def read_envelope(text: str, *, gs1: Callable[[str], Reading]) -> Reading:
    """The message in `text`, with or without an AIM symbology identifier before it.

    gs1: reads the content of an envelope of format 05. Elements are named by data identifier (`25S`), text element
    identifier (`SER`) or application identifier (`01`). After a fault in the structure there are no elements; after a
    fault in an element there are the others.
    """
    if len(text) > SCAN_MAX:
        return _refused(too_long(text))
    # What a scanner adds to end the line is not the label's.
    text = without_aim_prefix(text).rstrip("\r\n")
    if not text.startswith(HEADER):
        return _refused(Fault("header-missing", f"an ISO/IEC 15434 message begins with {HEADER}; scan the 2D symbol"))
    restored = with_real_control_characters(text)
    if isinstance(restored, Fault):
        return _refused(restored)
    body = restored[len(HEADER) :]
    if not has_real_control_characters(body):
        return _without_separators(body, gs1)
    envelopes = _envelopes(body)
    if isinstance(envelopes, Fault):
        return _refused(envelopes)
    return _together([_read_envelope(envelope, gs1) for envelope in envelopes])


def _envelopes(body: str) -> list[str] | Fault:
    """What stands between the message header and trailer, divided; or what is wrong with the frame."""
    if not body.startswith(RS):
        return Fault("header-malformed", f"a record separator must follow {HEADER}; have the label corrected")
    message, eot, rest = body[1:].partition(EOT)
    if not eot:
        return Fault("trailer-missing", "the message does not end with RS and EOT; scan again or have it corrected")
    if rest:
        return Fault("data-after-end", "something follows the end of the message; scan one symbol at a time")
    if not message.endswith(RS):
        return Fault("trailer-missing", "the last envelope does not end with RS before EOT; have the label corrected")
    return message[:-1].split(RS)


def _read_envelope(envelope: str, gs1: Callable[[str], Reading]) -> Reading:
    code, separator, content = envelope[:2], envelope[2:3], envelope[3:]
    if not envelope:
        return _refused(Fault("empty-envelope", "an envelope holds nothing; have the label corrected"))
    if code in _FORMATS_OTHER:
        return _refused(Fault("unsupported-format", f"format {code} holds no identifiers that are read here"))
    if code not in {_FORMAT_GS1, _FORMAT_DATA_IDENTIFIERS, *_FORMATS_TEXT_ELEMENTS}:
        return _refused(Fault("unknown-format", f"{code!a} is no format of ISO/IEC 15434; check the label"))
    if separator != GS:
        return _refused(Fault("format-header-malformed", f"a group separator must follow format code {code}"))
    if FS in content or US in content:
        return _refused(Fault("wrong-separator", f"format {code} separates elements by GS, not by FS or US"))
    parts = content.split(GS)
    if "" in parts:
        return _refused(Fault("empty-element", "there is nothing between two separators; have the label corrected"))
    if code == _FORMAT_GS1:
        return gs1(content)
    read = read_element if code == _FORMAT_DATA_IDENTIFIERS else _read_text_element
    found = [read(part) for part in parts]
    return Reading(
        scheme=Scheme.ISO_15434,
        elements=tuple(one for one in found if isinstance(one, Element)),
        faults=tuple(one for one in found if isinstance(one, Fault)),
    )


def _read_text_element(text: str) -> Element | Fault:
    found = _TEXT_ELEMENT.fullmatch(text)
    if found is None:
        message = f"{text[:40]!a} is no text element: three letters, a blank and a value"
        return Fault("text-element-malformed", message)
    return Element(found[1], found[2])


def _without_separators(body: str, gs1: Callable[[str], Reading]) -> Reading:
    elements = only_reading(body, gs1=gs1)
    if elements is None:
        message = "the separators were lost between scanner and program; set the scanner to send control characters"
        return _refused(Fault("separators-lost", message))
    return Reading(scheme=Scheme.ISO_15434, elements=elements)


def _together(readings: list[Reading]) -> Reading:
    """All envelopes as one reading. The names of a single GS1 envelope stay; two would contradict each other."""
    faults = tuple(fault for reading in readings for fault in reading.faults)
    alone = readings[0] if len(readings) == 1 and not faults else None
    return Reading(
        scheme=Scheme.ISO_15434,
        elements=tuple(element for reading in readings for element in reading.elements),
        digital_link=alone.digital_link if alone else None,
        epc=alone.epc if alone else None,
        faults=faults,
    )


def _refused(fault: Fault) -> Reading:
    return Reading(scheme=Scheme.ISO_15434, faults=(fault,))
