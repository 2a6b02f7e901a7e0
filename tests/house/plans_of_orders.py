"""Likely parameters of the statements about work orders."""

from tests.house.filled import Filled

EVER = (-(2**62), 2**62)


def of_orders(filled: Filled) -> dict[str, tuple[object, ...]]:
    site, chosen = filled.site.site_id, (0, filled.some("part"), "", 0, 50)
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
        "queries.orders.ALL_ORDERS": (site, 2**62, *chosen),
        "queries.orders.OPEN_ORDERS": (site, 2**62, *chosen),
        "queries.orders.CLOSED_ORDERS": (site, 2**62, *chosen),
        "queries.orders.ORDER": (order,),
        "queries.orders.SPLIT_OFF": (order,),
        "queries.orders.HOLDS": (order,),
        "queries.orders.UNITS_BY_STATUS": (order,),
        "queries.orders.PROGRESS": (order,),
        "queries.serials.RANGES_OF_ORDER": (order,),
    }
