"""How reasons name several things, and quantities."""

from collections.abc import Iterable
from decimal import Decimal


def listed(names: Iterable[object], *, last: str = "and") -> str:
    """Names as a list in a sentence: `A, B and C`."""
    *before, final = map(str, names)
    return f"{', '.join(before)} {last} {final}" if before else final


def either(names: Iterable[object]) -> str:
    """Names as a choice in a sentence: `A, B or C`."""
    return listed(names, last="or")


def shown(quantity: Decimal) -> str:
    """A quantity without trailing zeros."""
    return format(quantity.normalize(), "f")
