"""Whatever a machine sends, the import says what became of it, and a second run changes nothing."""

import json
import random
from uuid import UUID

import pytest

from asbuilt.exchange.cfx.catalogue import MAPPED
from tests.exchange.cfx.made import (
    ORDERS,
    SMT,
    WORK,
    installed,
    location,
    materials_installed,
    message,
    numeric,
    order,
    panel,
    reading,
    repaired,
    unblocking,
    unit_tested,
    units_tested,
    work_completed,
    work_started,
)
from tests.exchange.cfx.test_defects import defect, inspected

ODD = [
    None, "", " ", 0, -1, 1e300, 10**30, True, False, [], {}, [[]], "x" * 250, "a\u0000b", "\u200b", "ä/:%", "NaN",
    "2026-13-01T00:00:00", {"$type": 7}, {"Value": {"Value": []}}, ["R1", None, 3], "1e999999", -0.0,
]  # fmt: skip
RUNS = 60


def mutated(value, chance: random.Random):
    """The same with some of its values replaced by what should not be there."""
    if chance.random() < 0.04:
        return chance.choice(ODD)
    if isinstance(value, dict):
        return {key: mutated(one, chance) for key, one in value.items() if chance.random() > 0.02}
    if isinstance(value, list):
        return [mutated(one, chance) for one in value for _ in range(2 if chance.random() < 0.05 else 1)]
    return value


def sensible(examples):
    """One message of every type that is understood, and the published examples."""
    made = [
        work_started(
            panel(1, 2, Status="Pass"), body={"RecipeName": "TOP", "WorkOrderIdentifier": {"WorkOrderId": "W"}}
        ),
        units_tested(unit_tested("PANEL7", numeric("m", 1.5, low=1, high=2, limits_uom="mV"), position=1)),
        materials_installed(installed("PANEL7", "REEL1", "CAP", "R1", "R2", position=2)),
        message("Materials.Storage.MaterialsUnloaded", {"MaterialPackageIdentifiers": ["REEL1"]}),
        message("Materials.Storage.MaterialsEmpty", {"EmptyMaterials": [location("F1", "REEL1", "CAP", LaneNumber=1)]}),
        message("Production.UnitsDisqualified", {"Reason": "x", "Units": panel(1)}),
        work_completed(),
        message("Production.ReadingsRecorded", {"TransactionId": WORK, "Readings": [reading("depth", "1.5")]}),
        inspected(
            defect("BRIDGE", "U7", number="D-1", RelatedSymptoms=[{"SymptomCode": "S", "Description": "dark"}]),
            defect("SHIFT", "U8", number="D-2", Verification="DefectConfirmed", DefectImages=[{"ImageData": "AA=="}]),
            defect("MISSING", "C12", number="D-3", Verification="DefectRejected"),
            step="NotVerifiedYet",
        ),
        repaired("PANEL7", "D-1", "D-2", position=1),
        *unblocking("REEL1"),
        message(f"{ORDERS}.WorkOrdersCreated", {"NewOrders": [order("WO-7"), order("WO-8", Quantity="many")]}),
    ]
    made += [
        {"MessageName": one["class"], "TimeStamp": "2026-03-02T08:00:00Z", "Source": SMT, "MessageBody": one["json"]}
        for one in examples
        if one["class"] in MAPPED
    ]
    return made


def test_there_is_a_message_of_every_type_that_is_understood(examples):
    assert {one["MessageName"] for one in sensible(examples)} == set(MAPPED)


@pytest.mark.parametrize("seed", range(RUNS))
def test_every_message_is_accounted_for_whatever_is_in_it(boards, examples, seed):
    chance = random.Random(seed)
    some = [mutated(one, chance) for one in sensible(examples)]
    some = [one if isinstance(one, dict) else {} for one in some]
    for number, one in enumerate(some):
        if "UniqueID" not in one:
            one["UniqueID"] = str(UUID(int=seed * 1000 + number + 10**9))
    chance.shuffle(some)
    part = chance.choice(["", "BOARD"])
    report = boards.hears(*some, part=part)
    assert report.messages == len(some)
    assert sum(report.mapped.values()) + sum(report.preserved.values()) + report.refused_messages == len(some)
    before = boards.count()
    again = boards.hears(*some, part=part)
    assert (again.messages, again.refused_messages) == (len(some), report.refused_messages)
    settled = boards.count()
    assert boards.hears(*some, part=part).recorded == 0
    assert boards.count() == settled >= before
    json.dumps([vars_of(one) for one in report.refusals + report.warnings], ensure_ascii=False).encode()


def vars_of(finding):
    return [finding.file, finding.pointer, finding.rule, finding.reason]
