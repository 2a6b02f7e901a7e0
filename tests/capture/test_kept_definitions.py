"""What a process has read of the definitions of a plant holds until anybody, anywhere, changes one of them."""

import inspect
import re
from datetime import date
from decimal import Decimal

import pytest

from asbuilt.core.events.definitions import (
    OperatorQualified,
    QualificationRevoked,
    RoutingDefined,
    SpecificationDefined,
    ToolCalibrated,
)
from asbuilt.core.events.event import Characteristic
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.subjects import Specification
from asbuilt.projections import bills, definitions, resources
from asbuilt.projections.catalogue import PROJECTIONS
from asbuilt.projections.rebuild import rebuild
from tests.world import World

HERE = {"station": "ICT-1", "tool": "FIX-7", "operator": "anna"}


@pytest.fixture
def line(opened) -> World:
    """A plant whose only operation asks for a calibrated tool, a qualified operator and two measurements."""
    world = World(opened.database, opened.new_site())
    world.part("PUMP-200")
    world.captures(
        SpecificationDefined,
        specification="SPEC-1",
        characteristics=(Characteristic(characteristic="U"), Characteristic(characteristic="I")),
    )
    step = RouteOperation(
        operation="OP-10",
        tool_class="FIXTURE",
        qualifications=("TEST",),
        specification=Specification("SPEC-1"),
        is_repeatable=True,
    )
    world.captures(RoutingDefined, routing="R-1", part="PUMP-200", operations=(step,))
    world.captures(ToolCalibrated, tool="FIX-7", tool_class="FIXTURE", due_on=date(2099, 1, 1))
    world.captures(OperatorQualified, person="anna", qualification="TEST")
    world.units("PUMP-200/1")
    return world


@pytest.fixture
def elsewhere(line, opened):
    """The same plant at the same moment, as another process has it open."""
    with opened.made.opened() as database:
        other = World(database, database.site(line.site.name))
        other._ids = line._ids
        yield lambda: at_the_same_moment(other, line)


def at_the_same_moment(other: World, line: World) -> World:
    line.now = other.now = max(other.now, line.now)
    return other


def starts(world: World) -> list[str]:
    return world.refusals(OperationStarted, "PUMP-200/1", operation="OP-10", **HERE)


def test_what_another_process_changed_is_known_at_once(line, elsewhere):
    line.captures(OperationStarted, "PUMP-200/1", operation="OP-10", **HERE)
    elsewhere().captures(QualificationRevoked, person="anna", qualification="TEST", reason="lapsed")
    assert starts(line) == ["PRO-018"]
    elsewhere().captures(OperatorQualified, person="anna", qualification="TEST")
    line.captures(OperationStarted, "PUMP-200/1", operation="OP-10", **HERE)


def test_a_correction_of_a_definition_is_known_elsewhere(line, elsewhere):
    assert line.captures(OperationStarted, "PUMP-200/1", operation="OP-10", **HERE)
    failed = elsewhere().captures(
        ToolCalibrated, tool="FIX-7", tool_class="FIXTURE", due_on=date(2099, 1, 1), passed=False
    )
    assert starts(line) == ["PRO-017"]
    elsewhere().corrects(failed)
    line.captures(OperationStarted, "PUMP-200/1", operation="OP-10", **HERE)


def test_what_was_not_defined_is_not_kept_as_absent(line, elsewhere):
    line.captures(OperationStarted, "PUMP-200/1", operation="OP-10", **HERE)
    here = {**HERE, "tool": "FIX-8"}
    assert line.refusals(OperationStarted, "PUMP-200/1", operation="OP-10", **here) == ["PRO-017"]
    elsewhere().captures(ToolCalibrated, tool="FIX-8", tool_class="FIXTURE", due_on=date(2099, 1, 1))
    line.captures(OperationStarted, "PUMP-200/1", operation="OP-10", **here)


def test_a_refused_definition_changes_nothing_that_is_kept(line):
    line.captures(OperationStarted, "PUMP-200/1", operation="OP-10", **HERE)
    before = version(line)
    good = line.event(ToolCalibrated, tool="FIX-7", tool_class="FIXTURE", due_on=date(2099, 1, 1), passed=False)
    bad = line.event(OperationStarted, "PUMP-200/1", operation="OP-99", **HERE)
    line.submit(good, bad, atomic=True)
    assert version(line) == before
    line.captures(OperationStarted, "PUMP-200/1", operation="OP-10", **HERE)


def test_what_happens_to_units_changes_no_definition(line):
    before = version(line)
    line.captures(OperationStarted, "PUMP-200/1", operation="OP-10", **HERE)
    line.units("PUMP-200/2")
    assert version(line) == before


def test_a_rebuilt_plant_is_read_again(line):
    line.captures(OperationStarted, "PUMP-200/1", operation="OP-10", **HERE)
    before = version(line)
    assert rebuild(line.database, line.site).differences == ()
    assert version(line) > before
    line.captures(
        OperationCompleted,
        "PUMP-200/1",
        operation="OP-10",
        specification="SPEC-1",
        values=(Decimal(1), Decimal(2)),
        **HERE,
    )


def test_every_table_that_is_kept_counts_its_changes():
    """Whoever keeps rows of a table has to see to it that whoever writes that table says so."""
    counted = {projection.table.name for projection in PROJECTIONS if projection.is_definition}
    kept = set()
    for module in (bills, definitions, resources):
        for statement in re.findall(r"loading\.definitions\((\w+),", inspect.getsource(module)):
            kept |= set(re.findall(r"(?:FROM|JOIN) (\w+)", getattr(module, statement)))
    assert {"routing_state", "bill_state", "tool_calibration"} <= kept <= counted


def version(world: World) -> int:
    with world.database.reading(world.site) as reader:
        return reader.definitions_version
