"""Likely parameters of the statements about work orders."""

from tests.house.filled import Filled

EVER = (-(2**62), 2**62)


def of_orders(filled: Filled) -> dict[str, tuple[object, ...]]:
    order, some_orders = filled.one("work_order"), filled.some("work_order")
    return {
        "projections.orders.WORK_ORDER_STATES": (some_orders,),
        "projections.orders.HOLDS_OF_ORDERS": (some_orders,),
        "projections.orders.UNITS_UNDER": (order, *EVER),
        "projections.orders.BELONGING_TO": (some_orders,),
        "projections.orders.SCRAPPED_UNDER": (some_orders,),
        "projections.serials.RANGES_OF_ORDER": (order,),
        "projections.serials.HIGHEST": (filled.one("part"), 1, 20),
        "projections.serials.USED_WITHIN": (filled.one("part"), 1, 20),
    }
