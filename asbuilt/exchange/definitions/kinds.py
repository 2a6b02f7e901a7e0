"""What a plant defines in files: one entry a kind, in the order in which kinds rely on each other."""

from dataclasses import dataclass

from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    CodeDefined,
    EquipmentDefined,
    OperatorQualified,
    PartDefined,
    QualificationRevoked,
    RoutingDefined,
    SerialProfileDefined,
    SetupListDefined,
    SpecificationDefined,
    ToolCalibrated,
    WorkCenterDefined,
)
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.subjects import Subject
from asbuilt.core.rules import definitions as rules
from asbuilt.queries import definitions as defined

SET_HERE = frozenset({"event_id", "event_time", "source", "operator"})
"""Fields that every event has; they are not written in a file, but for what belongs to the key of a kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of definition.

    section: its name in files. name: the field whose value is the key in a file. key: further fields that tell the
    definitions of one name apart. sorted_by: a field by whose value they are recorded, where that matters.
    fixed_by: the number of the rule by which it never changes once it is recorded. ended_by: what takes it back.
    """

    section: str
    event_type: type[Event]
    listing: str
    key: tuple[str, ...] = ()
    sorted_by: str = ""
    fixed_by: str = ""
    ended_by: type[Event] | None = None

    @property
    def name(self) -> str:
        return self.event_type.SUBJECT[0]

    @property
    def is_history(self) -> bool:
        """Whether every record stands for itself, at its time, and a later one does not replace it."""
        return "event_time" in self.key

    @property
    def left_out(self) -> frozenset[str]:
        """Fields of the event that are not written in a file."""
        return (SET_HERE | {self.name}) - set(self.key)

    def key_of(self, event: Event) -> tuple[object, ...]:
        """What tells a definition from all others of its kind."""
        return (self.subject_of(event), *(getattr(event, field) for field in self.key))

    def subject_of(self, event: Event) -> Subject:
        subject = event.subject
        assert subject is not None, "a definition is of something"
        return subject


KINDS: tuple[Kind, ...] = (
    Kind(section="parts", event_type=PartDefined, listing=defined.PARTS),
    Kind(section="serial_profiles", event_type=SerialProfileDefined, listing=defined.SERIAL_PROFILES),
    Kind(
        section="specifications",
        event_type=SpecificationDefined,
        listing=defined.SPECIFICATIONS,
        fixed_by=rules.specification_is_new.number,
    ),
    Kind(
        section="routings",
        event_type=RoutingDefined,
        listing=defined.ROUTINGS,
        sorted_by="effective_from",
        fixed_by=rules.routing_is_new.number,
    ),
    Kind(
        section="bills_of_material",
        event_type=BillOfMaterialsDefined,
        listing=defined.BILLS,
        sorted_by="effective_from",
        fixed_by=rules.bill_is_new.number,
    ),
    Kind(
        section="setup_lists",
        event_type=SetupListDefined,
        listing=defined.SETUP_LISTS,
        fixed_by=rules.setup_list_is_new.number,
    ),
    Kind(section="work_centers", event_type=WorkCenterDefined, listing=defined.WORK_CENTERS),
    Kind(section="equipment", event_type=EquipmentDefined, listing=defined.EQUIPMENT),
    Kind(section="codes", event_type=CodeDefined, listing=defined.CODES, key=("code",)),
    Kind(section="tools", event_type=ToolCalibrated, listing=defined.TOOLS, key=("event_time",)),
    Kind(
        section="operators",
        event_type=OperatorQualified,
        listing=defined.OPERATORS,
        key=("qualification", "event_time"),
        ended_by=QualificationRevoked,
    ),
)
"""Every kind. One that names another comes after it."""

BY_SECTION: dict[str, Kind] = {kind.section: kind for kind in KINDS}
