"""Which unit, lot or order a text means: never guessed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.identifiers.text import normal_form
from asbuilt.ledger.database import Reader, Row

CHOICES_SHOWN = 50

_UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_ESCAPED = re.compile(r"%(25|2F|3A)", re.IGNORECASE)

# Finds the units or lots with a serial or lot number, whatever their part (serves naming by number alone).
BY_NUMBER = """
SELECT subject.subject_id, subject.kind, issuer.name, part.name, subject.name
FROM subject
JOIN subject AS part ON part.subject_id = subject.scope_id
JOIN subject AS issuer ON issuer.subject_id = part.scope_id
WHERE subject.site_id = $1 AND subject.name_key = $2 AND subject.kind = ANY($3) AND subject.version > 0
ORDER BY subject.subject_id
"""
# Finds the units that are or were marked with a serial number, whatever their key, with what they are marked as.
BY_MARKING = """
SELECT unit.subject_id, unit.kind, issuer.name, part.name, unit.name, marked_issuer.name, marked_part.name
FROM subject AS marked CROSS JOIN marking CROSS JOIN subject AS marked_part CROSS JOIN subject AS marked_issuer
CROSS JOIN subject AS unit CROSS JOIN subject AS part CROSS JOIN subject AS issuer
WHERE marked.site_id = $1 AND marked.name_key = $2 AND marked.kind = 3
  AND marking.marked_as_id = marked.subject_id AND marked_part.subject_id = marked.scope_id
  AND marked_issuer.subject_id = marked_part.scope_id AND unit.subject_id = marking.unit_id
  AND part.subject_id = unit.scope_id AND issuer.subject_id = part.scope_id
ORDER BY unit.subject_id
"""
# Finds the units or lots with a further name.
BY_ALIAS = """
SELECT subject.subject_id, subject.kind, issuer.name, part.name, subject.name, alias.scheme
FROM alias
JOIN subject ON subject.subject_id = alias.subject_id
JOIN subject AS part ON part.subject_id = subject.scope_id
JOIN subject AS issuer ON issuer.subject_id = part.scope_id
WHERE alias.site_id = $1 AND alias.value_key = $2 AND subject.kind = ANY($3)
ORDER BY subject.subject_id
"""


# Finds the units or lots with a number among those of the parts with a GTIN (serves scans).
BY_GTIN_AND_NUMBER = """
SELECT subject.subject_id, subject.kind, issuer.name, part.name, subject.name
FROM part_state
CROSS JOIN subject
CROSS JOIN subject AS part
CROSS JOIN subject AS issuer
WHERE part_state.site_id = $1 AND part_state.gtin = $2 AND part_state.gtin <> ''
  AND subject.site_id = $1 AND subject.name_key = $3 AND subject.kind = ANY($4)
  AND subject.scope_id = part_state.part_id AND subject.version > 0
  AND part.subject_id = subject.scope_id AND issuer.subject_id = part.scope_id
ORDER BY subject.subject_id
"""
# Finds the records into which some records were merged.
KEPT_RECORDS = """
SELECT merged_unit.duplicate_id, unit.subject_id, unit.kind, issuer.name, part.name, unit.name
FROM merged_unit CROSS JOIN subject AS unit CROSS JOIN subject AS part CROSS JOIN subject AS issuer
WHERE merged_unit.duplicate_id = ANY($1) AND unit.subject_id = merged_unit.unit_id
  AND part.subject_id = unit.scope_id AND issuer.subject_id = part.scope_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the things a text may mean."""

    kind: str
    name: str
    issuer: str
    part_number: str
    number: str


@dataclass(frozen=True, slots=True)
class Named:
    """The one unit or lot that a text means."""

    subject_id: int
    kind: SubjectKind
    issuer: str
    part_number: str
    number: str

    @property
    def name(self) -> str:
        return spelled(self.issuer, self.part_number, self.number)

    @property
    def choice(self) -> Choice:
        return Choice(
            kind=self.kind.name.lower(),
            name=self.name,
            issuer=self.issuer,
            part_number=self.part_number,
            number=self.number,
        )


@dataclass(frozen=True, slots=True)
class _Spelling:
    """A name that something bears: its own, or one it was marked with later."""

    meant: Named
    issuer: str
    part_number: str


class NotFound(LookupError):
    """Nothing of that name is known here."""


class Ambiguous(LookupError):
    """The text means several things; `choices` are what it may mean."""

    def __init__(self, text: str, choices: tuple[Choice, ...]) -> None:
        super().__init__(f"{text!r} names {len(choices)} things here; say which, by its full name")
        self.choices = choices


def spelled(issuer: str, part_number: str, number: str) -> str:
    """The full name: issuer:part/number."""
    return f"{escaped(issuer)}:{escaped(part_number)}/{number.replace('%', '%25')}"


def escaped(text: str) -> str:
    if "%" in text or "/" in text or ":" in text:
        return text.replace("%", "%25").replace("/", "%2F").replace(":", "%3A")
    return text


def unit_meant(reader: Reader, text: str) -> Named:
    """The unit that a text means: issuer:part/serial, part/serial, an alias, or a serial number that only one unit has.

    Raises NotFound, or Ambiguous with the choices.
    """
    return meant(reader, text, kinds=(SubjectKind.UNIT,))


def unit_or_lot_meant(reader: Reader, text: str) -> Named:
    """The unit or lot that a text means. Raises NotFound, or Ambiguous with the choices."""
    return meant(reader, text, kinds=(SubjectKind.UNIT, SubjectKind.LOT))


def lot_meant(reader: Reader, text: str) -> Named:
    """The lot that a text means. Raises NotFound, or Ambiguous with the choices."""
    return meant(reader, text, kinds=(SubjectKind.LOT,))


def meant(reader: Reader, text: str, *, kinds: tuple[SubjectKind, ...]) -> Named:
    """The one thing of these kinds that a text means. Raises NotFound, or Ambiguous with the choices."""
    text = text.strip()
    what = " or ".join(kind.name.lower() for kind in kinds)
    if not text:
        raise NotFound(f"no {what} is named; give issuer:part/number, part/number, a number or an alias")
    if not text.isprintable():
        raise NotFound(f"{text!r} holds a control or invisible character, so no {what} has that name; check the scan")
    found = _kept(reader, _by_full_name(reader, text, kinds) or _by_alias_or_number(reader, text, kinds))
    if not found:
        raise NotFound(f"no {what} {text!r} is known here; check the scan, or search for part of it with `units --q`")
    if len(found) > 1:
        raise Ambiguous(text, tuple(one.choice for one in found[:CHOICES_SHOWN]))
    return found[0]


def bearing(reader: Reader, names: Iterable[str], *, kinds: tuple[SubjectKind, ...]) -> list[Named]:
    """The units and lots that have one of these as a further name."""
    found: dict[int, Named] = {}
    for name in names:
        for row in reader.rows(BY_ALIAS, reader.site.site_id, normal_form(name), [*kinds]):
            found.update((one.subject_id, one) for one in _named([row[:5]]))
    return list(found.values())


def of_part(reader: Reader, part_number: str, number: str, *, kinds: tuple[SubjectKind, ...]) -> list[Named]:
    """The units and lots with a serial or lot number, of parts with a part number, whoever issued it."""
    rows = reader.rows(BY_NUMBER, reader.site.site_id, normal_form(number), [*kinds])
    return [one for one in _named(rows) if normal_form(one.part_number) == normal_form(part_number)]


def of_gtin(reader: Reader, gtin: str, number: str, *, kinds: tuple[SubjectKind, ...]) -> list[Named]:
    """The units and lots with a serial or lot number, of the parts with a GTIN of 14 digits."""
    rows = reader.rows(BY_GTIN_AND_NUMBER, reader.site.site_id, gtin, normal_form(number), [*kinds])
    return _named(rows)


def _kept(reader: Reader, found: list[Named]) -> list[Named]:
    """Each thing once, by the record that stays where several were merged."""
    if not found:
        return found
    rows = reader.rows(KEPT_RECORDS, [one.subject_id for one in found])
    kept = {row[0]: one for row, one in zip(rows, _named([row[1:] for row in rows]), strict=True)}
    staying = (kept.get(one.subject_id, one) for one in found)
    return list({one.subject_id: one for one in staying}.values())


def _by_full_name(reader: Reader, text: str, kinds: tuple[SubjectKind, ...]) -> list[Named]:
    """Those whose part and number the text spells. A slash may also belong to the number or, unescaped, to the part."""
    found = [
        one
        for part_text, number in _cuts(text, "/")
        for one in _with_number(reader, normal_form(_plain(number)), kinds)
        if _is_part_of(one, part_text)
    ]
    own = [one for one in found if normal_form(one.issuer) == normal_form(reader.site.issuer)]
    chosen = own if own and ":" not in text.partition("/")[0] else found
    return list({one.meant.subject_id: one.meant for one in chosen}.values())


def _with_number(reader: Reader, number: str, kinds: tuple[SubjectKind, ...]) -> list[_Spelling]:
    """What has a serial or lot number, by its key or by what it is or was marked as."""
    site_id = reader.site.site_id
    keyed = _named(reader.rows(BY_NUMBER, site_id, number, [*kinds]))
    found = [_Spelling(one, one.issuer, one.part_number) for one in keyed]
    if SubjectKind.UNIT in kinds:
        for row in reader.rows(BY_MARKING, site_id, number):
            found.extend(_Spelling(one, row[5], row[6]) for one in _named([row[:5]]))
    return found


def _is_part_of(one: _Spelling, part_text: str) -> bool:
    if normal_form(_plain(part_text)) == normal_form(one.part_number):
        return True
    return any(
        normal_form(_plain(issuer)) == normal_form(one.issuer)
        and normal_form(_plain(part)) == normal_form(one.part_number)
        for issuer, part in _cuts(part_text, ":")
    )


def _cuts(text: str, separator: str) -> Iterator[tuple[str, str]]:
    start = text.find(separator)
    while start >= 0:
        if start > 0 and start < len(text) - 1:
            yield text[:start], text[start + 1 :]
        start = text.find(separator, start + 1)


def _by_alias_or_number(reader: Reader, text: str, kinds: tuple[SubjectKind, ...]) -> list[Named]:
    site_id = reader.site.site_id
    found: dict[int, Named] = {}
    for value, scheme in _alias_readings(text):
        for row in reader.rows(BY_ALIAS, site_id, normal_form(value), [*kinds]):
            if not scheme or row[5] == scheme:
                found.update((one.subject_id, one) for one in _named([row[:5]]))
    number = normal_form(_plain(text))
    found.update((one.meant.subject_id, one.meant) for one in _with_number(reader, number, kinds))
    return list(found.values())


def _alias_readings(text: str) -> Iterator[tuple[str, str]]:
    """The text as an alias value, bare or behind its scheme; a bare UUID is also meant as its URN."""
    yield text, ""
    if _UUID.match(text):
        yield f"urn:uuid:{text}", ""
    scheme, colon, value = text.partition(":")
    if colon and value:
        yield value, scheme


def _named(rows: Iterable[Row]) -> list[Named]:
    return [Named(row[0], SubjectKind(row[1]), row[2], row[3], row[4]) for row in rows]


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "%" in text else text
