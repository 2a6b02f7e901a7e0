"""Which defects make most of the failures."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from asbuilt.ledger.database import Reader
from asbuilt.queries.attempts import Run
from asbuilt.queries.charts.series import rounded
from asbuilt.queries.measured import Completed, Specifications, completed, first_outside

SHARE_PLACES = 6

# What was recorded by some events (serves the defects of failed operations).
PAYLOADS = "SELECT sequence, payload FROM event WHERE sequence = ANY($1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectCount:
    """A defect at an operation, with its share of all failures and that of it and all more frequent ones.

    defect, position: code and reference designator, as reported. characteristic: where no defect was reported, the
    first that was outside its limits. All empty: failed, and nothing said why. failures: failed attempts that found it;
    one that found several counts for each of them.
    """

    operation: str
    defect: str
    position: str
    characteristic: str
    failures: int
    units: int
    share: Decimal
    cumulative_share: Decimal


@dataclass(slots=True)
class _Count:
    failures: int = 0
    units: int = 0
    last_unit: int | None = None


class Pareto:
    """Counts failed runs by their defects. Runs come unit by unit."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._specifications = Specifications(reader)
        self._counts: dict[tuple[str, str, str, str], _Count] = {}

    def add(self, failed: Sequence[Run]) -> None:
        """Count some failed runs."""
        if not failed:
            return
        payloads: dict[int, bytes] = dict(self._reader.rows(PAYLOADS, [run.sequence for run in failed]))
        for run in failed:
            for code, position, characteristic in sorted(self._found(completed(payloads[run.sequence]))):
                count = self._counts.setdefault((run.operation, code, position, characteristic), _Count())
                count.failures += 1
                count.units += count.last_unit != run.unit_id
                count.last_unit = run.unit_id

    def _found(self, event: Completed) -> set[tuple[str, str, str]]:
        """Code, position and characteristic of what a failed attempt found, each once."""
        if event.defects:
            return {(one.code, one.position, "") for one in event.defects}
        return {(event.defect, "", "" if event.defect else first_outside(event, self._specifications))}

    def ranked(self) -> list[DefectCount]:
        """The defects, most frequent first, those as frequent by name."""
        total = sum(count.failures for count in self._counts.values())
        ranked, so_far = [], 0
        for key, count in sorted(self._counts.items(), key=lambda one: (-one[1].failures, one[0])):
            so_far += count.failures
            operation, defect, position, characteristic = key
            ranked.append(
                DefectCount(
                    operation=operation,
                    defect=defect,
                    position=position,
                    characteristic=characteristic,
                    failures=count.failures,
                    units=count.units,
                    share=rounded(Fraction(count.failures, total), SHARE_PLACES),
                    cumulative_share=rounded(Fraction(so_far, total), SHARE_PLACES),
                )
            )
        return ranked
