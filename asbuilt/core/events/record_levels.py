"""How much the record of each unit of a part has to hold: what is known of its components, and of what was done to it.

The levels rise, and each asks for what the one before it asks for. They follow the idea of IPC-1782 (traceability of
electronic products): a maker and a customer agree on a level for material and on one for the process, instead of on a
list of fields. They are named by their meaning, are not the tables of that standard, and claim no conformity with it.
"""

from enum import StrEnum

from asbuilt.core.events.event import Evidence


class ComponentRecord(StrEnum):
    """What has to be known of each component that the bill of materials lists and that is not optional."""

    NOT_ASKED = "not_asked"
    """Nothing."""
    ORDER = "order"
    """Which lot or unit it is, if only for the order: whatever the evidence, but for one of several."""
    UNIT = "unit"
    """Which lot or unit went into this unit: also booked, declared by a partner, or fed by the line."""
    PLACE = "place"
    """Which lot or unit is at each place: read, picked for this unit, or fed from a slot while it passed."""
    READ = "read"
    """Which lot or unit is at each place, read from the component itself."""


class ProcessRecord(StrEnum):
    """What has to be known of each operation of the routing that is neither optional nor rework."""

    NOT_ASKED = "not_asked"
    """Nothing."""
    PASSED = "passed"
    """That it has passed. What is measured under its specification is asked when it passes (PRO-021)."""
    STATION = "station"
    """That it has passed, and at which station."""


BY_PLACE = frozenset({ComponentRecord.PLACE, ComponentRecord.READ})
"""Levels at which each place is asked for by itself; below, each line of the bill is."""

_FOR_ORDER = frozenset(Evidence) - {Evidence.ALTERNATIVE}
SUFFICIENT: dict[ComponentRecord, frozenset[Evidence]] = {
    ComponentRecord.ORDER: _FOR_ORDER,
    ComponentRecord.UNIT: _FOR_ORDER - {Evidence.ORDER_LEVEL},
    ComponentRecord.PLACE: frozenset({Evidence.SCANNED, Evidence.KITTED, Evidence.SETUP_WINDOW}),
    ComponentRecord.READ: frozenset({Evidence.SCANNED}),
}
"""The evidence by which a component is recorded at a level."""
