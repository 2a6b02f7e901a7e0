"""Compares somebody else's closures with those of the record, set by set."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.exchange.genealogy.given import Given, given_closures
from asbuilt.exchange.genealogy.importing import EDGE_FILES
from asbuilt.exchange.genealogy.known import kind_word
from asbuilt.exchange.genealogy.reading import Lines
from asbuilt.exchange.intake.findings import Finding, Place, Remarks
from asbuilt.exchange.intake.sources import sources
from asbuilt.ledger.codec import EPOCH
from asbuilt.ledger.database import Database, Reader, Site
from asbuilt.queries.closures import ROOTS_AT_ONCE, Direction, closures_of_ids, kinds_of
from asbuilt.queries.naming import KEPT_RECORDS
from asbuilt.queries.whereabouts import Places

MISSING, EXTRA, UNKNOWN = "missing", "extra", "unknown"

Subject = Unit | Lot


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureDifference:
    """Where a closure differs. file and line say where the set has it.

    difference: missing (in the set, not on record), extra (on record, not in the set), or unknown: what the closure is
    of is not on record at all.
    """

    difference: str
    direction: str
    of: str
    of_kind: str
    member: str
    member_kind: str
    file: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureComparison:
    """How a set of closures and the record differ at a time. closures: how many were compared."""

    at: datetime
    closures: int
    equal: int
    missing: int
    extra: int
    unknown: int
    refused: int
    differences: list[ClosureDifference]
    refusals: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


def compare(
    database: Database,
    site: Site,
    paths: Iterable[str | Path],
    *,
    at: datetime,
    directions: Iterable[Direction] = tuple(Direction),
    stdin: BinaryIO | None = None,
) -> ClosureComparison:
    """Compare the closures of a set with those of the record at a time; paths as for an import.

    The set gives its edges, whose closures are then worked out here and not by the record, or its closures. Only those
    it gives are compared. Lines that cannot be understood, or contradict each other, are refused and left out.
    """
    findings = Remarks()
    with sources(paths, stdin=stdin or sys.stdin.buffer, findings=findings, endings=EDGE_FILES) as files:
        given = given_closures(database, site, files, at=at, lines=Lines(site.issuer, EPOCH, findings))
    wanted = [key for key in given.closures if key[0] in tuple(directions)]
    differences: list[ClosureDifference] = []
    with database.reading(site) as reader:
        compared = _Compared(reader, given, at)
        for start in range(0, len(wanted), ROOTS_AT_ONCE):
            differences.extend(compared.some(wanted[start : start + ROOTS_AT_ONCE]))
    wrong = {(one.direction, one.of_kind, one.of) for one in differences}
    counts = {word: sum(one.difference == word for one in differences) for word in (MISSING, EXTRA, UNKNOWN)}
    return ClosureComparison(
        at=at,
        closures=len(wanted),
        equal=len(wanted) - len(wrong),
        missing=counts[MISSING],
        extra=counts[EXTRA],
        unknown=counts[UNKNOWN],
        refused=len(findings.refusals),
        differences=differences,
        refusals=findings.refusals,
        warnings=findings.warnings,
    )


class _Compared:
    """Compares closures of a set with a view of the record."""

    def __init__(self, reader: Reader, given: Given, at: datetime) -> None:
        self._reader = reader
        self._given = given
        self._at = at
        self._places = Places(reader)
        ids = sorted(given.existing.values())
        kept = {row[0]: row[1] for row in reader.rows(KEPT_RECORDS, ids)}
        # What was merged into another record is that record.
        self._ids = {subject: kept.get(one, one) for subject, one in given.existing.items()}

    def some(self, keys: list[tuple[Direction, Subject]]) -> Iterator[ClosureDifference]:
        for direction in Direction:
            here = [of for way, of in keys if way is direction]
            known = [of for of in here if of in self._ids]
            reached = closures_of_ids(self._reader, direction, self._at, sorted({self._ids[of] for of in known}))
            for of in here:
                if of in self._ids:
                    yield from self._one(direction, of, set(reached[self._ids[of]]))
                else:
                    yield self._difference(
                        UNKNOWN, direction, of, of, next(iter(self._members(direction, of).values()))
                    )

    def _members(self, direction: Direction, of: Subject) -> dict[Subject, Place]:
        return self._given.closures[direction, of]

    def _one(self, direction: Direction, of: Subject, recorded: set[int]) -> Iterator[ClosureDifference]:
        given = self._members(direction, of)
        there = {self._ids[member] for member in given if member in self._ids}
        for member, place in given.items():
            if member not in self._ids or self._ids[member] not in recorded:
                yield self._difference(MISSING, direction, of, member, place)
        extra = sorted(recorded - there)
        if not extra:
            return
        names = self._places.names(extra)
        kinds = kinds_of(self._reader, extra)
        for one in extra:
            yield ClosureDifference(
                difference=EXTRA,
                direction=direction.value,
                of=str(of),
                of_kind=kind_word(of),
                member=names[one],
                member_kind=kinds[one],
                file="",
                line="",
            )

    def _difference(
        self, difference: str, direction: Direction, of: Subject, member: Subject, place: Place
    ) -> ClosureDifference:
        return ClosureDifference(
            difference=difference,
            direction=direction.value,
            of=str(of),
            of_kind=kind_word(of),
            member="" if difference == UNKNOWN else str(member),
            member_kind="" if difference == UNKNOWN else kind_word(member),
            file=place.file,
            line=place.pointer,
        )
