"""Likely parameters of the statements about what stations are set up with."""

from tests.house.filled import COUNT, Filled

SEQUENCES = [7, 77, 777]

PIECES_OF_SETUPS = ("projections.setups._ACTIVATION_COLUMNS", "projections.lots._RUN_COLUMNS")
"""Parts of statements, asked by none by themselves."""


def of_setups(filled: Filled) -> dict[str, tuple[object, ...]]:
    some_lots, station, late = filled.some("lot"), filled.some("station", 1), (COUNT - 9) * 10**6
    return {
        "projections.genealogy.WINDOWS_OF_LOTS_ANYWHERE": (some_lots,),
        "projections.genealogy.OPEN_WINDOWS_OF_LOTS": (some_lots,),
        "projections.setups.SETUP_LISTS": (filled.some("setup_list"),),
        "projections.setups.ACTIVATIONS_WITHIN": (station, late, late + 9),
        "projections.setups.ACTIVATIONS_OF_EVENTS": (station, SEQUENCES),
        "projections.setups.PASSES": (SEQUENCES, station, late),
        "projections.lots.RUNS_OF_LOTS": (some_lots,),
        "projections.lots.RUNS_UNDER": (filled.some("work_order"),),
        "queries.setups.STATIONS": (filled.site.site_id, "STATION", 10),
        "queries.setups.LISTS_OF_STATION": (filled.site.site_id, "STATION7", 10),
        "queries.setups.SETUP_LISTS": (filled.site.site_id, filled.ids["setup_list"][-50], 10),
    }
