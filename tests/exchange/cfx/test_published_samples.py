"""Every published example is kept word for word, and accounted for."""

import json
from uuid import UUID

import pytest

from asbuilt.core.events.messages import MessageReceived
from asbuilt.exchange.cfx.catalogue import MAPPED
from tests.exchange.cfx.conftest import REPOSITORY
from tests.exchange.cfx.made import SMT, lines


@pytest.fixture
def enveloped(examples):
    return [
        {
            "MessageName": one["class"],
            "Version": "1.7",
            "TimeStamp": "2026-03-02T08:00:00+01:00",
            "UniqueID": str(UUID(int=number + 10**6)),
            "Source": SMT,
            "MessageBody": one["json"],
        }
        for number, one in enumerate(examples)
    ]


@pytest.mark.parametrize("part", ["", "BOARD"])
def test_every_example_is_mapped_or_preserved_and_a_second_run_repeats_all(floor, enveloped, part):
    floor.world.part("BOARD")
    report = floor.hears(*enveloped, part=part)
    assert report.messages == len(enveloped) == 106
    assert sum(report.mapped.values()) + sum(report.preserved.values()) == 106
    assert report.refused_messages == 0
    assert set(report.mapped) <= set(MAPPED)
    kept = floor.events(MessageReceived)
    assert [json.loads(one.content) for one in kept] == enveloped
    before = floor.count()
    again = floor.hears(*enveloped, part=part)
    assert (again.repeated_messages, again.recorded, floor.count()) == (106, 0, before)


def test_what_the_examples_say_of_units_is_recorded(floor, enveloped):
    floor.world.part("BOARD")
    report = floor.hears(*enveloped, part="BOARD")
    assert report.events["OperationStarted"] == 2
    assert report.events["OperationCompleted"] == 3
    assert report.events["ComponentInstalled"] == 2
    assert report.events["MaterialLoaded"] == 7
    assert [one.identifier for one in report.unknown] == ["PN123456789"]
    assert [one.message_type.rpartition(".")[2] for one in report.waiting] == ["UnitsProcessed"]
    assert {one.rule for one in report.refusals} == {"GEN-004", "GEN-007"}


MAPPED_EXAMPLES = """
    Materials.Management: BlockMaterialsRequest MaterialsInitialized MaterialsSplit
    Materials.Management.MSDManagement: MaterialsExpired MaterialsRestored
    Materials.Storage: MaterialsLoaded SplicePointDetected
    Production: UnitsArrived UnitsInitialized WorkCompleted WorkStarted
    Production.Application: MaterialsApplied MaterialsUnapplied
    Production.Assembly: UnitsPersonalized
    Production.LoadingAndUnloading: UnitsLoaded
    Production.TestAndInspection: UnitsTested
"""


def test_which_examples_become_events_in_a_plant_that_knows_their_part_only(floor, enveloped):
    """The others are of types that are kept only, or about units, orders and packages of which nobody has told."""
    floor.world.part("BOARD")
    families = [line.split(": ") for line in MAPPED_EXAMPLES.strip().splitlines()]
    expected = {f"CFX.{family.strip()}.{name}": 1 for family, names in families for name in names.split()}
    assert floor.hears(*enveloped, part="BOARD").mapped == expected


def test_what_becomes_of_every_published_message_is_documented(messages):
    document = (REPOSITORY / "docs" / "concepts" / "cfx.md").read_text(encoding="utf-8")
    understood, _, kept = document.partition("## What is kept only")
    short = {name: f"`{name.rpartition('.')[2]}`" for name in messages}
    assert len(short) == 182
    assert [name for name in messages if name not in MAPPED and short[name] not in kept] == []
    assert [name for name in MAPPED if f"{name.rpartition('.')[2]}`" not in understood] == []


def test_examples_without_an_envelope_are_kept_too(floor, examples):
    report = floor.reads(lines(*(one["json"] for one in examples)))
    assert sum(report.preserved.values()) == report.messages == 106


@pytest.mark.parametrize("indent", [None, 2])
def test_each_alone_and_all_in_one_array_is_the_same(floor, enveloped, indent):
    floor.world.part("BOARD")
    report = floor.reads(json.dumps(enveloped, indent=indent), name="all.json")
    assert (report.messages, report.refused_messages) == (106, 0)
    for number, one in enumerate(enveloped):
        (floor.folder / f"{number:03}.json").write_text(json.dumps(one, indent=2), encoding="utf-8")
        again = floor.reads(json.dumps(one, indent=2), name=f"{number:03}.json")
        assert (again.messages, again.repeated_messages) == (1, 1)
