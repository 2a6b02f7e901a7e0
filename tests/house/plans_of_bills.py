"""Likely parameters of the statements that say what parts are made of, and what is defined beside them."""

from tests.house.filled import Filled


def of_bills(filled: Filled) -> dict[str, tuple[object, ...]]:
    """What parts are made of, and the lists of what is defined."""
    site, unit = filled.site.site_id, filled.one("unit")
    return {
        "queries.bills.BIRTH": (unit,),
        "queries.bills.BILL_AT": (filled.one("part"), 10**18),
        "queries.bills.BILLS": (site, 0, filled.some("part")),
        "queries.bills.INSTALLED": (unit,),
        "queries.bills.DESCRIPTIONS": (site, ["PART7", "PART8"]),
        "queries.comparing.comparison.BIRTHS": (filled.some("unit"),),
        "queries.comparing.bills_at.BILL_TIMES": (filled.some("part"),),
        "queries.comparing.bills_at.BILLS_BY_ID": (filled.some("bill"),),
        "projections.around_records.FED_PARTS": (filled.some("unit"),),
        "queries.completeness.UNITS_OF_ORDER": (filled.ids["work_order"][7], 0, 200),
        "queries.resources.WORK_CENTERS": (site, filled.ids["work_center"][-50], 10),
        "queries.resources.EQUIPMENT": (site, filled.ids["tool"][-50], 10),
        "queries.resources.CODES": (site, 0, filled.some("code_list", 1)),
    }
