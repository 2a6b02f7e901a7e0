"""Serial × test: the last result of each characteristic, how often it was taken, and page after page."""

from decimal import Decimal

import pytest

from asbuilt.core.events.definitions import SpecificationDefined
from asbuilt.core.events.event import Characteristic, Measurement
from asbuilt.core.events.production import OperationCompleted
from asbuilt.queries.naming import NotFound
from asbuilt.queries.results_grid import measurables, results_grid
from asbuilt.queries.windows import Misasked


def rail(value: str) -> Measurement:
    return Measurement(characteristic="rail 5V", value=Decimal(value), uom="V", upper_limit=Decimal("5.2"))


@pytest.fixture
def tested(world):
    limits = Characteristic(characteristic="noise", uom="mV", upper_limit=Decimal(3))
    world.captures(SpecificationDefined, "ICT/A", characteristics=(limits,))
    world.units("PCB/1", "PCB/2", "PCB/3", "PUMP/1")
    world.captures(OperationCompleted, "PCB/1", operation="ICT", result="failed", measurements=(rail("5.4"),))
    world.captures(OperationCompleted, "PCB/1", operation="ICT", measurements=(rail("5.1"),))
    world.captures(OperationCompleted, "PCB/2", operation="ICT", specification="ICT/A", values=(Decimal(4),))
    world.captures(OperationCompleted, "PUMP/1", operation="EOL", measurements=(rail("5"),))
    return world


def grid(world, **asked):
    with world.database.reading(world.site) as reader:
        return results_grid(reader, **{"part_number": "PCB", "operation": "ICT"} | asked)


def test_cells_hold_the_last_result_and_how_often_it_was_taken(tested):
    found = grid(tested)
    assert set(found.columns) == {"rail 5V", "noise"}
    told = {
        row.unit.rpartition("/")[2]: {
            name: (cell.number, cell.passed, cell.attempts)
            for name, cell in zip(found.columns, row.cells, strict=True)
            if cell
        }
        for row in found.rows
    }
    assert told == {"1": {"rail 5V": (Decimal("5.1"), True, 2)}, "2": {"noise": (Decimal(4), False, 1)}}
    assert [(row.attempts, row.passed) for row in found.rows] == [(1, False), (2, True)]


def test_pages_follow_each_other(tested):
    first = grid(tested, limit=1)
    second = grid(tested, limit=1, after=first.next)
    assert [row.unit.rpartition("/")[2] for row in (*first.rows, *second.rows)] == ["2", "1"]
    assert second.next is None


def test_a_grid_is_of_one_part_at_one_operation(tested):
    with pytest.raises(Misasked, match="name both"):
        grid(tested, operation="")
    with pytest.raises(NotFound, match="EOL was completed on no unit"):
        grid(tested, operation="EOL")
    with pytest.raises(NotFound, match="no part"):
        grid(tested, part_number="nothing")


def test_what_was_measured_lately_can_be_chosen(tested):
    with tested.database.reading(tested.site) as reader:
        found = [
            (one.part.rpartition(":")[2], one.operation, one.characteristic, one.results) for one in measurables(reader)
        ]
    assert found == [("PCB", "ICT", "noise", 1), ("PCB", "ICT", "rail 5V", 2), ("PUMP", "EOL", "rail 5V", 1)]
