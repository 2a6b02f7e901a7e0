"""Repairs name the defects that were told before."""

from datetime import UTC, datetime

import pytest

from asbuilt.core.events.defects import DefectRepaired
from asbuilt.core.events.quality import HoldPlaced
from tests.exchange.cfx.made import repaired
from tests.exchange.cfx.test_defects import FOUND, defect, inspected

NAME = "CFX.Production.ReworkAndRepair.UnitsRepaired"


@pytest.fixture
def bridged(boards):
    """The board with a defect that its inspection named."""
    boards.hears(inspected(defect(number=FOUND)))
    return boards


def test_a_repair_repairs_the_defect_it_names(bridged):
    report = bridged.hears(repaired("PANEL7-1", FOUND))
    (event,) = bridged.events(DefectRepaired)
    assert (event.defect, event.action, event.note, event.operator) == (FOUND, "resoldered", "by hand", "BADGE7")
    assert event.event_time == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert (report.mapped, report.refusals) == ({NAME: 1}, ())


def test_a_repair_and_what_it_repairs_may_come_together(boards):
    report = boards.hears(repaired("PANEL7-1", FOUND), inspected(defect(number=FOUND)))
    assert report.refusals == ()
    assert [one.defect for one in boards.events(DefectRepaired)] == [FOUND]


def test_a_symptom_is_repaired_as_a_defect_is(bridged):
    bridged.hears(repaired("PANEL7-1", RelatedSymptomIdentifiers=[FOUND, FOUND]))
    assert [one.defect for one in bridged.events(DefectRepaired)] == [FOUND]


@pytest.mark.parametrize("result", ["UnableToRepair", "Error", "Aborted", None, 7, []])
def test_what_was_not_repaired_stays_open(bridged, result):
    report = bridged.hears(repaired("PANEL7-1", FOUND, result=result))
    assert bridged.events(DefectRepaired) == []
    assert report.preserved == {NAME: 1}
    assert "stays open" in report.warnings[0].reason


def test_what_is_beyond_repair_is_set_aside_and_not_scrapped(bridged):
    bridged.hears(repaired("PANEL7-1", FOUND, result="Scrap"))
    assert bridged.events(DefectRepaired) == []
    (hold,) = bridged.events(HoldPlaced)
    assert hold.reason == "told as beyond repair, and to be scrapped"


def test_a_repair_that_names_no_defect_is_kept_only(bridged):
    report = bridged.hears(repaired("PANEL7-1"))
    assert report.preserved == {NAME: 1}
    assert "names no defect" in report.warnings[0].reason


def test_a_defect_nobody_told_is_refused_by_the_rule_and_the_message_kept(bridged):
    report = bridged.hears(repaired("PANEL7-1", "other"))
    assert [one.rule for one in report.refusals] == ["QUA-011"]
    assert report.preserved == {NAME: 1}
