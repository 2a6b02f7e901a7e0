"""How much is measured."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Numbers of things: `small` for ten to fifteen minutes on two slow cores, `full` for an hour or two.

    `huge` has ten million units in one plant, 25 GB of SQLite: for `fleet` and `recalls`.
    """

    name: str
    batch_events: int
    """Events captured in batches."""
    single_rounds: int
    single_s: float
    """Rounds of single events from 64 clients, and how long each lasts."""
    affected: tuple[int, ...]
    """Affected units of the where-used questions."""
    grown_from: int
    grown_to: int
    """Affected units of the largest lot in the two plants whose costs are compared (a tenth more units)."""
    workload_rounds: int
    units: int = 0
    """Units of the plant that is asked about, where it has more than the affected ones take."""


SMALL = Size(
    name="small",
    batch_events=30_000,
    single_rounds=3,
    single_s=3.0,
    affected=(99, 999, 9_999, 99_999),
    grown_from=9_999,
    grown_to=99_999,
    workload_rounds=5,
)
FULL = Size(
    name="full",
    batch_events=30_000,
    single_rounds=7,
    single_s=6.0,
    affected=(99, 999, 9_999, 99_999, 999_999),
    grown_from=99_999,
    grown_to=999_999,
    workload_rounds=11,
)
SIZES = {one.name: one for one in (SMALL, FULL, replace(FULL, name="huge", units=10_000_000))}
