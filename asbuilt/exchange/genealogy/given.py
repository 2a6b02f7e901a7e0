"""Closures as a set gives them: worked out of its edges at an instant, or handed over as they are."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from asbuilt.core.identifiers.subjects import Lot, SubjectKind, Unit
from asbuilt.exchange.genealogy.checking import linked, sound
from asbuilt.exchange.genealogy.edges import Edge, Link, Name
from asbuilt.exchange.genealogy.known import Names, names_known
from asbuilt.exchange.genealogy.reading import Lines
from asbuilt.exchange.genealogy.rows import Columns, heading_of, rows_in
from asbuilt.exchange.intake.findings import Concern, Place, Remarks
from asbuilt.exchange.intake.sources import Source
from asbuilt.ledger.database import Database, Site
from asbuilt.queries.closures import Direction

CLOSURE_COLUMNS = Columns(
    names=("direction", "of", "member", "of_kind", "member_kind", "level"),
    needed=("direction", "of", "member"),
    aliases={},
)

Subject = Unit | Lot


@dataclass(slots=True)
class Given:
    """Closures to be compared with the record, by direction and what they are of, with the lines they come from.

    existing: ids of those units and lots that are on record.
    """

    closures: dict[tuple[Direction, Subject], dict[Subject, Place]] = field(default_factory=dict)
    existing: Mapping[Subject, int] = field(default_factory=dict)

    def add(self, direction: Direction, of: Subject, member: Subject, place: Place) -> None:
        self.closures.setdefault((direction, of), {}).setdefault(member, place)


def given_closures(database: Database, site: Site, files: Iterable[Source], *, at: datetime, lines: Lines) -> Given:
    """The closures in some files, each of which holds edges, or closures as `asbuilt genealogy export` writes them."""
    files = list(files)
    handed = [source for source in files if "member" in heading_of(source)]
    edges = lines.edges(source for source in files if source not in handed)
    claims = [claim for source in handed for claim in _claims(source, lines)]
    named = (
        *(name for edge in edges for name in (edge.parent, edge.component)),
        *(name for claim in claims for name in (claim.of, claim.member)),
    )
    # What is not on record by its name is missing from it, whichever of the two it is.
    names = names_known(database, site, named, otherwise=SubjectKind.UNIT)
    given = Given(existing=names.existing)
    _add_claims(given, claims, names, lines.findings)
    links = sound(linked(edges, names, lines.findings), lines.findings)
    _add_walked(given, [link for link in links if link.edge.holds_at(at)])
    return given


@dataclass(frozen=True, slots=True)
class _Claim:
    """A line that says that something is in a closure."""

    direction: Direction
    of: Name
    member: Name
    place: Place


def _claims(source: Source, lines: Lines) -> Iterable[_Claim]:
    for row in rows_in(source, CLOSURE_COLUMNS, lines.findings):
        of, member = lines.name(row, "of"), lines.name(row, "member")
        direction = row.text("direction").lower()
        if direction not in list(Direction):
            lines.findings.refuse(row.place("direction"), Concern.TEXT, "is neither down nor up")
        elif of is not None and member is not None:
            yield _Claim(Direction(direction), of, member, row.place("member"))


def _add_claims(given: Given, claims: Iterable[_Claim], names: Names, findings: Remarks) -> None:
    for claim in claims:
        of, member = names.meant(claim.of), names.meant(claim.member)
        for what, name, subject in (("of", claim.of, of), ("member", claim.member, member)):
            if subject is None:
                reason = f"whether {name} is a unit or a lot is not known here; say it in {what}_kind"
                findings.refuse(claim.place, Concern.IDENTITY, reason)
        if of is not None and member is not None:
            given.add(claim.direction, of, member, claim.place)


def _add_walked(given: Given, links: list[Link]) -> None:
    """The closures that follow from edges: down from what is in nothing, up from lots and from what holds nothing."""
    down: dict[Subject, dict[Subject, Edge]] = {}
    up: dict[Subject, dict[Subject, Edge]] = {}
    for link in links:
        down.setdefault(link.parent, {})[link.component] = link.edge
        up.setdefault(link.component, {})[link.parent] = link.edge
    for top in down:
        if top not in up:
            _walk(given, Direction.DOWN, top, down)
    for bottom in up:
        if isinstance(bottom, Lot) or bottom not in down:
            _walk(given, Direction.UP, bottom, up)


def _walk(given: Given, direction: Direction, root: Subject, edges: Mapping[Subject, Mapping[Subject, Edge]]) -> None:
    met = {root}
    waiting = deque([root])
    while waiting:
        for following, edge in edges.get(waiting.popleft(), {}).items():
            if following not in met:
                met.add(following)
                given.add(direction, root, following, edge.place())
                waiting.append(following)
