"""Edges from files: each line its own, and what is wrong with one named by file, line and field."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.names import ReferenceDesignator, Uom
from asbuilt.core.identifiers.subjects import SubjectKind, unit_named
from asbuilt.core.identifiers.text import NameProblem, checked_name
from asbuilt.exchange.genealogy.edges import KINDS, Edge, Name
from asbuilt.exchange.genealogy.rows import Columns, Row, rows_in
from asbuilt.exchange.intake.findings import Concern, Remarks, quoted
from asbuilt.exchange.intake.sources import Source
from asbuilt.exchange.intake.values import moment, quantity

EDGE_COLUMNS = Columns(
    names=(
        "parent",
        "component",
        "reference_designator",
        "quantity",
        "uom",
        "from",
        "until",
        "reason",
        "evidence",
        "parent_kind",
        "component_kind",
    ),
    needed=("parent", "component"),
    aliases={
        "child": "component",
        "child_kind": "component_kind",
        "position": "reference_designator",
        "installed_at": "from",
        "removed_at": "until",
        "to": "until",
    },
)
REMOVED = "removed by the genealogy set"
"""Reason of a removal for which a set gives none."""


@dataclass(frozen=True, slots=True)
class Lines:
    """How lines are read. since: when an edge begins that does not say so."""

    own_issuer: str
    since: datetime | None
    findings: Remarks

    def edges(self, files: Iterable[Source]) -> list[Edge]:
        """The edges of all files, in their order; what is wrong with others is refused."""
        rows = (row for source in files for row in rows_in(source, EDGE_COLUMNS, self.findings))
        return [edge for row in rows if (edge := self._edge(row)) is not None]

    def _edge(self, row: Row) -> Edge | None:
        before = len(self.findings.refusals)
        parent, component = self.name(row, "parent"), self.name(row, "component")
        since, until = self._since(row), self._time(row, "until")
        amount, uom = self._quantity(row), self._name(row, "uom")
        designator, evidence = self._name(row, "reference_designator"), self._evidence(row)
        reason = self._name(row, "reason") or REMOVED
        if parent is None or component is None or since is None or len(self.findings.refusals) > before:
            return None
        if until is not None and until <= since:
            self._refuse(row, "until", Concern.TIME, f"{row.text('until')} is not after from; check the two")
            return None
        return Edge(
            file=row.file,
            line=row.line,
            parent=parent,
            component=component,
            reference_designator=ReferenceDesignator(designator),
            quantity=amount,
            uom=Uom(uom),
            since=since,
            until=until,
            reason=reason,
            evidence=evidence,
        )

    def name(self, row: Row, field: str) -> Name | None:
        """The unit or lot that a field names; None after refusing what names none."""
        text = row.text(field)
        if not text:
            self._refuse(row, field, Concern.IDENTITY, "is empty; write it as part/number or issuer:part/number")
            return None
        try:
            unit = unit_named(text, own_issuer=self.own_issuer)
        except NameProblem as problem:
            self._refuse(row, field, Concern.IDENTITY, str(problem))
            return None
        return Name(unit.part, unit.name, self._kind(row, f"{field}_kind"))

    def _kind(self, row: Row, field: str) -> SubjectKind | None:
        text = row.text(field).lower()
        if text and text not in KINDS:
            self._refuse(row, field, Concern.IDENTITY, f"{quoted(text)} is neither unit nor lot")
            return None
        return KINDS.get(text)

    def _since(self, row: Row) -> datetime | None:
        if row.text("from"):
            return self._time(row, "from")
        if self.since is None:
            self._refuse(row, "from", Concern.TIME, "is empty; say when it begins there, or by --since for all")
            return None
        return self.since

    def _time(self, row: Row, field: str) -> datetime | None:
        text = row.text(field)
        if not text:
            return None
        found = moment(text)
        if found is None:
            self._refuse(row, field, Concern.TIME, f"{quoted(text)} is no time; write it as 2026-03-02T06:00:00Z")
            return None
        return found.at

    def _quantity(self, row: Row) -> Decimal | None:
        text = row.text("quantity")
        if not text:
            return None
        try:
            found = quantity(Decimal(text))
        except InvalidOperation:
            found = "is no number; write it with a point, as 0.25"
        if isinstance(found, str) or found.assumed:
            reason = found if isinstance(found, str) else "has more than 6 decimal places; use a smaller uom"
            self._refuse(row, "quantity", Concern.QUANTITY, f"{quoted(text)} {reason}")
            return None
        return found.value

    def _name(self, row: Row, field: str) -> str:
        text = row.text(field)
        try:
            return checked_name(text, what=field) if text else ""
        except NameProblem as problem:
            self._refuse(row, field, Concern.TEXT, str(problem))
            return ""

    def _evidence(self, row: Row) -> Evidence:
        text = row.text("evidence").lower()
        if text and text not in list(Evidence):
            known = ", ".join(Evidence)
            self._refuse(row, "evidence", Concern.TEXT, f"{quoted(text)} is no evidence; it is one of {known}")
            return Evidence.DECLARED
        return Evidence(text) if text else Evidence.DECLARED

    def _refuse(self, row: Row, field: str, concern: Concern, reason: str) -> None:
        self.findings.refuse(row.place(field), concern, reason)
