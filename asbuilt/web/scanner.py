"""The page on which a scanner is tried: each character that arrived, what the scan says, and what it means here."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.core.identifiers.gs1.application_identifiers import AIS
from asbuilt.core.identifiers.mh10.data_identifiers import DATA_IDENTIFIERS
from asbuilt.core.identifiers.reading import Element, Scheme
from asbuilt.queries.scans import Outcome, Resolution, resolve
from asbuilt.web.reading import answering_pages, reading

CHARACTERS_SHOWN = 400

_CONTROLS = {
    0x1D: "GS",
    0x1E: "RS",
    0x1F: "US",
    0x1C: "FS",
    0x04: "EOT",
    0x09: "TAB",
    0x0A: "LF",
    0x0D: "CR",
    0x00: "NUL",
}
_SCHEMES: dict[Scheme, str | Promise] = {
    Scheme.GS1: _("GS1 element string"),
    Scheme.DIGITAL_LINK: "GS1 Digital Link",
    Scheme.EPC_URN: "EPC URN",
    Scheme.EPC_BINARY: _("RFID tag (EPC)"),
    Scheme.ISO_15434: "ISO/IEC 15434",
    Scheme.MH10: "MH10.8.2",
    Scheme.HIBC: "HIBC",
    Scheme.ICCBBA: "ISBT 128",
    Scheme.PLAIN: _("Plain number"),
}
_OUTCOMES: dict[Outcome, tuple[str, Promise]] = {
    Outcome.KNOWN: ("pass", _("Known here")),
    Outcome.AMBIGUOUS: ("hold", _("Means several things")),
    Outcome.UNKNOWN: ("hold", _("In order, not known here")),
    Outcome.INVALID: ("fail", _("Not in order")),
}


@dataclass(frozen=True, slots=True)
class Character:
    """A character that arrived. shown: itself, or the name of what cannot be seen."""

    shown: str
    code: str
    name: str
    is_control: bool


@dataclass(frozen=True, slots=True)
class Line:
    """An identifier of a scan, with the title its standard gives it."""

    id: str
    title: str
    value: str


@require_safe
@requires(Action.READ)
@answering_pages
def scanner(request: ActorRequest) -> HttpResponse:
    """Try a scanner. `text`: what it sent."""
    text = request.GET.get("text", "")
    if not text:
        return render(request, "asbuilt/scanner.html", {})
    with reading(request) as reader:
        resolution = resolve(reader, text)
    tone, word = _OUTCOMES[resolution.outcome]
    context = {
        "scan_text": text,
        "characters": [_character(one) for one in text[:CHARACTERS_SHOWN]],
        "length": len(text),
        "shown": min(len(text), CHARACTERS_SHOWN),
        "resolution": resolution,
        "scheme": _SCHEMES[resolution.scheme],
        "lines": list(_lines(resolution)),
        "tone": tone,
        "outcome": word,
    }
    return render(request, "asbuilt/scanner.html", context)


def _character(one: str) -> Character:
    code = ord(one)
    control = _CONTROLS.get(code) or ("" if one.isprintable() else f"{code:02X}")
    name = unicodedata.name(one, "") or control
    return Character(
        shown=control or ("␠" if one == " " else one), code=f"U+{code:04X}", name=name, is_control=bool(control)
    )


def _lines(resolution: Resolution) -> Iterator[Line]:
    for element in resolution.elements:
        yield Line(element.id, _title(resolution.scheme, element), element.value)


def _title(scheme: Scheme, element: Element) -> str:
    """What the standard calls an element."""
    if scheme is Scheme.ISO_15434 and element.id in DATA_IDENTIFIERS:
        return DATA_IDENTIFIERS[element.id].title
    if element.id in AIS and scheme not in (Scheme.PLAIN, Scheme.HIBC, Scheme.ICCBBA):
        return AIS[element.id].title
    return ""
