"""Likely parameters of the statements about the board."""

from tests.house.filled import Filled


def of_board(filled: Filled) -> dict[str, tuple[object, ...]]:
    site, ever, most = filled.site.site_id, (0, 2**62), 1000
    return {
        "queries.board.HELD_COUNT": (site, most),
        "queries.board.OPEN_DEFECT_COUNT": (site, most),
        "queries.board.REFUSAL_COUNT": (site, *ever, most),
        "queries.board.FIRST_ATTEMPTS": (site, *ever, most),
        "queries.results_grid.NEWEST_COMPLETIONS": (site, most),
        "queries.results_grid.UNITS_TESTED": (filled.one("part"), 2**62, "OP-10", 26),
        "queries.results_grid.TESTS_OF_UNITS": (filled.some("unit"), "OP-10"),
        "queries.listings.LOTS": (site, 2**62, 51, 1, [], "", "", 0),
        "queries.listings.ROUTINGS": (site, 0, 11, 1, []),
        "queries.listings.IDLE": (site, 2**62, 51, 2**62),
        "queries.resources.EQUIPMENT_PAGE": (site, 0, 51, 1, []),
        "queries.board.IDLE_COUNT": (site, 2**62, most),
    }
