"""What a scanned or typed text may lead to: everything it names, and what begins so. Indexed lookups only."""

from dataclasses import dataclass
from itertools import islice

from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.identifiers.text import NameProblem, checked_name, normal_form
from asbuilt.core.states.records.identity import Status
from asbuilt.ledger.database import Reader
from asbuilt.queries.lots import lot
from asbuilt.queries.naming import Ambiguous, Choice, Named, NotFound, escaped, meant
from asbuilt.queries.serials import is_void
from asbuilt.queries.units import UnitFilter, UnitRow, unit, units

BEGINNING_SHOWN = 12
"""Units given whose serial number begins with a text that names nothing."""

CONTAINERS_AMONG = 50_000
"""Newest subjects among which a container is looked for, because there is no index on it."""

HELD_SHOWN = 8
HELD_READ = 50
"""Open holds looked at for those that are shown."""

WITHDRAWN = "withdrawn"
"""Status of what was declared wrong: it has a history and no state."""

VOID = "void"
"""Status of a serial that was voided: no unit ever bears it."""

STATELESS = frozenset({WITHDRAWN, VOID})

_KINDS = {"unit": SubjectKind.UNIT, "lot": SubjectKind.LOT}

# Finds a work order, parts or a recall by name (serves the find box).
NAMED_SO = "SELECT name FROM subject WHERE site_id = $1 AND name_key = $2 AND kind = $3 ORDER BY subject_id"
# The last of all subjects (serves looking among the newest).
LAST_SUBJECT = "SELECT max(subject_id) FROM subject"
# Whether one of the newest units is packed in a container (serves the find box).
PACKED_IN = """
SELECT container FROM unit_state WHERE unit_id > $1 AND site_id = $2 AND container = $3 LIMIT 1
"""
# The customer of one of the newest units (serves the find box).
HAD_BY = "SELECT customer FROM unit_state WHERE unit_id > $1 AND site_id = $2 AND customer = $3 LIMIT 1"
# What is or was held under a number, the open ones first (serves the find box).
HELD_UNDER = """
SELECT subject_id, min(CASE WHEN released_sequence IS NULL THEN 0 ELSE 1 END) AS is_over, count(*) OVER ()
FROM hold WHERE site_id = $1 AND hold = $2 GROUP BY subject_id ORDER BY is_over, subject_id DESC LIMIT $3
"""
# The units that have a defect of a number, the open ones first (serves the find box).
DEFECTS_NAMED = """
SELECT unit_id, number, code, CASE WHEN settled_sequence IS NULL THEN 0 ELSE 1 END AS is_settled
FROM defect WHERE site_id = $1 AND number = $2 ORDER BY is_settled, unit_id DESC LIMIT $3
"""
# What units and lots are, by id.
KINDS_OF = """
SELECT subject.subject_id, subject.kind, issuer.name, part.name, subject.name
FROM subject CROSS JOIN subject AS part CROSS JOIN subject AS issuer
WHERE subject.subject_id = ANY($1) AND part.subject_id = subject.scope_id AND issuer.subject_id = part.scope_id
"""
# Units and lots that are on hold, the newest first (serves the start page).
HELD = """
SELECT held.subject_id, subject.kind, issuer.name, part.name, subject.name
FROM (
    SELECT DISTINCT subject_id FROM hold WHERE site_id = $1 AND released_sequence IS NULL
    ORDER BY subject_id DESC LIMIT $2
) AS held
CROSS JOIN subject CROSS JOIN subject AS part CROSS JOIN subject AS issuer
WHERE subject.subject_id = held.subject_id AND part.subject_id = subject.scope_id
  AND issuer.subject_id = part.scope_id
ORDER BY held.subject_id DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A unit or lot that a text names. status: as the unit or lot stands, or one of STATELESS."""

    kind: str
    name: str
    issuer: str
    part_number: str
    number: str
    description: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFound:
    """What is, or was, held under a number: `count` units and lots, some of them here, the open ones first."""

    hold: str
    is_open: bool
    count: int
    held: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectFound:
    """A defect of a unit."""

    unit: Match
    number: str
    code: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything a text names. beginning: units whose serial number begins so, when it names nothing.

    problem: why the text can be the name of nothing; empty when it could be.
    """

    text: str
    matches: tuple[Match, ...] = ()
    work_orders: tuple[str, ...] = ()
    part_numbers: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    recalls: tuple[str, ...] = ()
    holds: tuple[HoldFound, ...] = ()
    defects: tuple[DefectFound, ...] = ()
    customers: tuple[str, ...] = ()
    beginning: tuple[UnitRow, ...] = ()
    problem: str = ""

    @property
    def count(self) -> int:
        """How many things the text names."""
        return (
            len(self.matches)
            + len(self.work_orders)
            + len(self.part_numbers)
            + len(self.containers)
            + len(self.recalls)
            + sum(one.count for one in self.holds)
            + len(self.defects)
            + len(self.customers)
        )


def find(reader: Reader, text: str) -> Found:
    """Everything that a text names as it is typed. What a scan says beyond that: `queries.scans`."""
    text = text.strip()
    first = _named_by(reader, text)
    if first.count:
        return first
    if "%" in text:  # meant as such
        escaped_text = _named_by(reader, text.replace("%", "%25"))
        if escaped_text.count:
            return escaped_text
    return first


def _named_by(reader: Reader, text: str) -> Found:
    try:
        checked_name(text, what="text")
    except NameProblem as problem:
        return Found(text=text, problem=str(problem))
    site_id, key = reader.site.site_id, normal_form(text)
    found = Found(
        text=text,
        matches=matches(reader, text),
        work_orders=tuple(row[0] for row in reader.rows(NAMED_SO, site_id, key, SubjectKind.WORK_ORDER)),
        part_numbers=tuple({row[0]: None for row in reader.rows(NAMED_SO, site_id, key, SubjectKind.PART)}),
        recalls=tuple(row[0] for row in reader.rows(NAMED_SO, site_id, key, SubjectKind.RECALL)),
        holds=holds_numbered(reader, text),
        defects=defects_numbered(reader, text),
    )
    if found.count:
        return found
    beginning = _beginning(reader, text)
    if beginning:
        return Found(text=text, beginning=beginning)
    return Found(text=text, containers=containers_named(reader, text), customers=customers_named(reader, text))


def matches(reader: Reader, text: str) -> tuple[Match, ...]:
    """The units and lots that a text names."""
    try:
        return (match_of(reader, meant(reader, text, kinds=tuple(_KINDS.values()))),)
    except NotFound:
        return ()
    except Ambiguous as ambiguous:
        return tuple(match_of(reader, _chosen(reader, choice)) for choice in ambiguous.choices)


def exact_name(issuer: str, part_number: str, number: str) -> str:
    """The full name with every slash of the number escaped, so that it can be cut in one way only."""
    return f"{escaped(issuer)}:{escaped(part_number)}/{number.replace('%', '%25').replace('/', '%2F')}"


def _chosen(reader: Reader, choice: Choice) -> Named:
    name = exact_name(choice.issuer, choice.part_number, choice.number)
    return meant(reader, name, kinds=(_KINDS[choice.kind],))


def match_of(reader: Reader, named: Named) -> Match:
    """A unit or lot as one of the things a text may mean."""
    kind = named.kind.name.lower()
    description, status = "", WITHDRAWN
    try:
        found = unit(reader, named) if named.kind is SubjectKind.UNIT else lot(reader, named)
        description, status = found.description, str(found.status)
    except NotFound:
        # It has a history and no state.
        status = VOID if is_void(reader, named.subject_id) else WITHDRAWN
    return Match(
        kind=kind,
        name=named.name,
        issuer=named.issuer,
        part_number=named.part_number,
        number=named.number,
        description=description,
        status=status,
    )


def _beginning(reader: Reader, text: str) -> tuple[UnitRow, ...]:
    """Units whose serial number begins with the text, or with what stands behind the part number."""
    page = units(reader, UnitFilter(q=text), limit=BEGINNING_SHOWN)
    part_number, slash, start = text.rpartition("/")
    if not page.units and slash and part_number and normal_form(start):
        page = units(reader, UnitFilter(q=start, part_number=part_number), limit=BEGINNING_SHOWN)
    return page.units


def containers_named(reader: Reader, text: str) -> tuple[str, ...]:
    """The container of this name, if one of the newest units is packed in it."""
    ((last,),) = reader.rows(LAST_SUBJECT)
    if last is None:
        return ()
    return tuple(row[0] for row in reader.rows(PACKED_IN, last - CONTAINERS_AMONG, reader.site.site_id, text))


def customers_named(reader: Reader, text: str) -> tuple[str, ...]:
    """The customer of this name, if one of the newest units went there."""
    ((last,),) = reader.rows(LAST_SUBJECT)
    if last is None:
        return ()
    return tuple(row[0] for row in reader.rows(HAD_BY, last - CONTAINERS_AMONG, reader.site.site_id, text))


def holds_numbered(reader: Reader, text: str) -> tuple[HoldFound, ...]:
    """What is or was held under a number: of a hold, a nonconformance report, a recall."""
    rows = reader.rows(HELD_UNDER, reader.site.site_id, text, HELD_SHOWN)
    if not rows:
        return ()
    known = _matches_by_id(reader, [row[0] for row in rows])
    held_so = tuple(known[row[0]] for row in rows)
    return (HoldFound(hold=text, is_open=rows[0][1] == 0, count=rows[0][2], held=held_so),)


def defects_numbered(reader: Reader, text: str) -> tuple[DefectFound, ...]:
    """The units that have a defect of this number; some of them, where they are many."""
    rows = reader.rows(DEFECTS_NAMED, reader.site.site_id, text, HELD_SHOWN)
    known = _matches_by_id(reader, [row[0] for row in rows]) if rows else {}
    return tuple(
        DefectFound(unit=known[unit_id], number=number, code=code, is_open=not is_settled)
        for unit_id, number, code, is_settled in rows
    )


def _matches_by_id(reader: Reader, subject_ids: list[int]) -> dict[int, Match]:
    rows = reader.rows(KINDS_OF, sorted(set(subject_ids)))
    return {row[0]: match_of(reader, Named(row[0], SubjectKind(row[1]), row[2], row[3], row[4])) for row in rows}


def held(reader: Reader, *, limit: int = HELD_SHOWN) -> tuple[Match, ...]:
    """Units and lots on hold, the newest first. What was scrapped while on hold waits for nobody any more."""
    rows = reader.rows(HELD, reader.site.site_id, HELD_READ)
    found = (match_of(reader, Named(row[0], SubjectKind(row[1]), row[2], row[3], row[4])) for row in rows)
    return tuple(islice((match for match in found if match.status == Status.ON_HOLD), limit))
