"""What an import of Catena-X documents has to say."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from asbuilt.exchange.catenax.values import CatenaXId
from asbuilt.exchange.intake.findings import Finding, Remarks


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDelivered:
    """A component that a document names and nothing known here is. Its containment is recorded as declared."""

    file: str
    pointer: str
    parent: CatenaXId
    component: CatenaXId
    business_partner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownParent:
    """The BOM of an item that is not known here. Nothing of it is recorded; import it again once the item is known."""

    file: str
    pointer: str
    parent: CatenaXId
    component_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of the documents; every list is complete.

    documents: documents understood, by aspect. not_read: what else the containers hold, by aspect or key.
    units, lots: those the documents name that exist now. links: lines of BOMs that the record now holds as links.
    delivered: links made now for components that earlier documents named before they were delivered.
    recorded, repeated: events. already_known: what the documents say and the record held already in another way.
    """

    documents: Mapping[str, int]
    not_read: Mapping[str, int]
    units: int
    lots: int
    links: int
    delivered: int
    recorded: int
    repeated: int
    already_known: int
    refusals: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    not_delivered: tuple[NotDelivered, ...]
    unknown_parents: tuple[UnknownParent, ...]

    @property
    def refused(self) -> int:
        """How many documents, components of documents and events were refused."""
        return len(self.refusals)


@dataclass(slots=True)
class Findings(Remarks):
    """The report while it is being written."""

    documents: Counter[str] = field(default_factory=Counter)
    not_read: Counter[str] = field(default_factory=Counter)
    units: int = 0
    lots: int = 0
    links: int = 0
    delivered: int = 0
    already_known: int = 0
    not_delivered: list[NotDelivered] = field(default_factory=list)
    unknown_parents: list[UnknownParent] = field(default_factory=list)

    def report(self) -> ImportReport:
        return ImportReport(
            documents=dict(sorted(self.documents.items())),
            not_read=dict(sorted(self.not_read.items())),
            units=self.units,
            lots=self.lots,
            links=self.links,
            delivered=self.delivered,
            recorded=self.recorded,
            repeated=self.repeated,
            already_known=self.already_known,
            refusals=tuple(self.refusals),
            warnings=tuple(self.warnings),
            not_delivered=tuple(self.not_delivered),
            unknown_parents=tuple(self.unknown_parents),
        )
