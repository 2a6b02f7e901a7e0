"""Where something went, as rows: what contains it, through what, how surely, and where that is now."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.queries.naming import Named
from asbuilt.queries.where_used import Affected
from asbuilt.web.addresses import page_of
from asbuilt.web.telling import facts, number
from asbuilt.web.templatetags.asbuilt import name_link, short_name
from asbuilt.web.words import EVIDENCE_WORDS, Said, shown_quantity, status_said


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A unit or lot that contains something. through: what it contains directly. where: the place it is at now.

    evidence_note: how surely it contains it, unless that was scanned.
    """

    level: int
    name: str
    path: str
    description: str
    through: str
    place: str
    amount: str
    evidence: Said
    evidence_note: str
    status: Said
    where: SafeString
    installed_at: datetime
    removed_at: datetime | None


def uses(affected: Iterable[Affected], own_issuer: str) -> list[Use]:
    """The rows of a where-used table."""
    return [_use(one, own_issuer) for one in affected]


def affected_name(one: Affected) -> str:
    """The full name of an affected unit or lot."""
    return one.unit or Named(0, SubjectKind.LOT, one.issuer, one.part_number, one.lot_number).name


def _use(one: Affected, own_issuer: str) -> Use:
    name = affected_name(one)
    return Use(
        level=one.level,
        name=short_name(name, own_issuer),
        path=page_of(one.kind, name),
        description=one.description,
        through=short_name(one.component, own_issuer) if one.level > 1 else "",
        place=one.reference_designator,
        amount=shown_quantity(one.quantity, one.uom),
        evidence=EVIDENCE_WORDS[one.evidence],
        evidence_note="" if one.evidence == Evidence.SCANNED else str(EVIDENCE_WORDS[one.evidence].word),
        status=status_said(one.status),
        where=_where(one, own_issuer),
        installed_at=one.installed_at,
        removed_at=one.removed_at,
    )


def _where(one: Affected, own_issuer: str) -> SafeString:
    inside = name_link(page_of("unit", one.in_unit), short_name(one.in_unit, own_issuer)) if one.in_unit else ""
    return facts(inside, one.customer, one.location, number(one.container))


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the affected units have a status."""

    said: Said
    count: int


def shares(affected: Sequence[Affected]) -> Iterator[Share]:
    """The affected units by status, the most frequent first."""
    for status, count in Counter(one.status for one in affected if one.kind == "unit").most_common():
        yield Share(status_said(status), count)
