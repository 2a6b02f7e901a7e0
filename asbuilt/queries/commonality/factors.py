"""What units may have in common."""

from enum import StrEnum

from asbuilt.core.events.event import Evidence


class Factor(StrEnum):
    """What units may have in common."""

    LOT = "lot"
    SUPPLIER = "supplier"
    PART = "part"
    PATH = "path"
    POSITION = "position"
    SLOT = "slot"
    STATION = "station"
    TOOL = "tool"
    PROGRAM = "program"
    OPERATOR = "operator"
    WORK_ORDER = "work-order"
    DAY = "day"
    SHIFT = "shift"
    WEEK = "week"


IN_UNIT = frozenset((Factor.LOT, Factor.SUPPLIER, Factor.PART, Factor.PATH, Factor.POSITION, Factor.SLOT))
"""What is known from the components; the rest from the work."""
GRADES = tuple(Evidence)
"""Grades of evidence, best first."""
RECORDED = -1
"""Stands for the grade of what was recorded with the work itself."""
SHIFTS = ("06:00", "14:00", "22:00")
"""When shifts begin."""

Key = tuple[Factor, str]
"""A factor and the normal form of its value."""
