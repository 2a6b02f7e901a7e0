"""The subject that a text in an event spells."""

from collections.abc import Callable
from functools import lru_cache

from asbuilt.core.identifiers.subjects import (
    BillOfMaterials,
    CodeList,
    Lot,
    Operator,
    Part,
    Recall,
    Routing,
    SetupList,
    Specification,
    Station,
    Subject,
    Tool,
    Unit,
    WorkCenter,
    WorkOrder,
    lot_named,
    part_named,
    unit_named,
)


def subject_named(kind: type[Subject], text: str, *, own_issuer: str) -> Subject:
    """The subject of a kind that a text spells. Raises NameProblem."""
    in_part = _NAMED_IN_PART.get(kind)
    return _site_wide(_SITE_WIDE[kind], text) if in_part is None else in_part(text, own_issuer=own_issuer)


@lru_cache(maxsize=4096)
def _site_wide(kind: Callable[[str], Subject], name: str) -> Subject:
    # Few and often used; they are frozen, so that one object serves all events.
    return kind(name)


_NAMED_IN_PART: dict[type[Subject], Callable[..., Subject]] = {Unit: unit_named, Lot: lot_named, Part: part_named}
_SITE_WIDE: dict[type[Subject], Callable[[str], Subject]] = {
    WorkOrder: WorkOrder,
    Specification: Specification,
    Station: Station,
    Routing: Routing,
    BillOfMaterials: BillOfMaterials,
    WorkCenter: WorkCenter,
    CodeList: CodeList,
    Tool: Tool,
    Operator: Operator,
    SetupList: SetupList,
    Recall: Recall,
}
