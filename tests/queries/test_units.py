"""A unit as it stands, and lists of units."""

from itertools import product

import pytest

from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.identity import AliasAssigned, UnitCommissioned
from asbuilt.core.events.inventory import UnitMoved, UnitPacked, UnitShipped
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.states.identity import status_of
from asbuilt.core.states.records.identity import Custody, LifeCycle, Status
from asbuilt.queries.naming import NotFound
from asbuilt.queries.units import PAGE_MAX, STATUS, UnitFilter, UnitRow, every_unit, units
from tests.world import World, short


def listed(world: World, *, limit: int = 3, **wanted: str) -> list[str]:
    """All units that a filter lets pass, page by page."""
    found: list[UnitRow] = []
    after: str | None = ""
    while after is not None:
        with world.database.reading(world.site) as reader:
            page = units(reader, UnitFilter(**wanted), after=after, limit=limit)
        assert len(page.units) <= limit
        found.extend(page.units)
        after = page.next
    assert len({one.unit for one in found}) == len(found), "a unit is on one page only"
    return [short(one.unit) for one in found]


def facts_of_a_unit():
    """Every combination of what the status depends on."""
    return product(
        LifeCycle, Custody, (False, True), (False, True), (False, True), ("", "OP-10"), ("", "passed", "failed")
    )


def test_the_status_is_the_first_that_holds_in_the_order_of_the_list():
    for life_cycle, custody, is_held, is_installed, is_packed, operation, result in facts_of_a_unit():
        holds = {
            Status.SCRAPPED: life_cycle is LifeCycle.SCRAPPED,
            Status.ON_HOLD: is_held,
            Status.SHIPPED: custody is Custody.SHIPPED,
            Status.INSTALLED: is_installed,
            Status.FAILED: result == "failed",
            Status.RETURNED: custody is Custody.RETURNED,
            Status.PACKED: is_packed,
            Status.IN_PROCESS: bool(operation),
            Status.ISSUED: life_cycle is LifeCycle.ISSUED,
            Status.AVAILABLE: True,
        }
        status = status_of(
            life_cycle=life_cycle,
            custody=custody,
            is_held=is_held,
            is_installed=is_installed,
            is_packed=is_packed,
            last_operation=operation,
            last_result=result,
        )
        assert status is next(one for one in Status if holds[one])


def test_the_status_in_sql_is_the_same(world):
    cases, expected = [], []
    for life_cycle, custody, is_held, is_installed, is_packed, operation, result in facts_of_a_unit():
        cases.append(
            f"SELECT {len(cases)} AS number, '{life_cycle.value}' AS life_cycle, '{custody.value}' AS custody, "
            f"'{'[1]' if is_held else '[]'}' AS open_holds, CAST({'7' if is_installed else 'NULL'} AS bigint) AS installed_in, "
            f"'{'BOX' if is_packed else ''}' AS container, '{operation}' AS last_operation, '{result}' AS last_result"
        )
        expected.append(
            status_of(
                life_cycle=life_cycle,
                custody=custody,
                is_held=is_held,
                is_installed=is_installed,
                is_packed=is_packed,
                last_operation=operation,
                last_result=result,
            )
        )
    told: list[str] = []
    for start in range(0, len(cases), 100):
        union = " UNION ALL ".join(cases[start : start + 100])
        rows = world.rows(f"SELECT {STATUS} FROM ({union}) AS unit_state ORDER BY number")
        told.extend(status for (status,) in rows)
    assert told == expected


def test_lists_give_every_unit_once_whatever_the_page(world):
    world.units(*[f"PUMP-200/{number:03d}" for number in range(8)], *[f"PCB-10/{number:03d}" for number in range(5)])
    everything = {f"PUMP-200/{number:03d}" for number in range(8)} | {f"PCB-10/{number:03d}" for number in range(5)}
    for limit in (1, 2, 5, 13, 14):
        assert set(listed(world, limit=limit)) == everything
        assert set(listed(world, limit=limit, q="00")) == everything
    with world.database.reading(world.site) as reader:
        assert {short(one.unit) for one in every_unit(reader, UnitFilter())} == everything


def test_a_beginning_is_found_in_order_of_serial_number_and_in_any_spelling(world):
    world.units("PUMP-200/AB-12", "PUMP-200/ab-1", "PCB-10/AB-12", "PUMP-200/B-1", "PUMP-200/ÄB-1")
    assert listed(world, q="ab-1", limit=1) == ["PUMP-200/ab-1", "PUMP-200/AB-12", "PCB-10/AB-12"]
    assert listed(world, q=" A B-12") == ["PUMP-200/AB-12", "PCB-10/AB-12"]
    assert listed(world, q="äb") == ["PUMP-200/ÄB-1"]
    assert listed(world, q="zzz") == []


def test_lists_are_restricted_by_what_is_asked(world):
    world.order("WO-1", part="PUMP-200")
    world.unit("PUMP-200/1", work_order="WO-1", location="CELL-4")
    world.unit("PUMP-200/2", work_order="WO-1")
    world.unit("PUMP-200/3")
    world.unit("BOSCH:PUMP-200/4")
    world.captures(UnitPacked, "PUMP-200/2", container="BOX-1")
    world.captures(HoldPlaced, "PUMP-200/3", hold="QH-1", reason="audit")
    world.captures(UnitShipped, "BOSCH:PUMP-200/4", customer="St. Anna")
    assert listed(world, work_order="wo-1", limit=1) == ["PUMP-200/2", "PUMP-200/1"]
    assert listed(world, part_number="pump-200", limit=1) == ["PUMP-200/4", "PUMP-200/3", "PUMP-200/2", "PUMP-200/1"]
    assert listed(world, part_number="ACME:PUMP-200") == ["PUMP-200/3", "PUMP-200/2", "PUMP-200/1"]
    assert listed(world, part_number="NONE") == []
    assert listed(world, status="on_hold") == ["PUMP-200/3"]
    assert listed(world, location="CELL-4") == ["PUMP-200/1"]
    assert listed(world, customer="St. Anna", q="4") == ["PUMP-200/4"]
    assert listed(world, container="BOX-1", work_order="WO-1") == ["PUMP-200/2"]
    assert listed(world, container="BOX-1", status="issued") == []


@pytest.mark.parametrize(("after", "limit"), [("x", 10), ("", 0), ("", PAGE_MAX + 1), ("1.5", 10), ("-1", 10)])
def test_a_page_that_cannot_be_is_refused(world, after, limit):
    with world.database.reading(world.site) as reader, pytest.raises(ValueError, match=r"limit|next"):
        units(reader, UnitFilter(), after=after, limit=limit)


def test_a_unit_is_shown_with_its_place_and_names(world):
    world.units("RACK/1", "PUMP-200/1", "PCB-10/7")
    world.captures(ComponentInstalled, "RACK/1", component="PUMP-200/1", reference_designator="SLOT-1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    world.captures(AliasAssigned, "PCB-10/7", scheme="imei", value="490154203237518", issuer="GSMA")
    view = world.unit_view("PCB-10/7")
    assert (view.installed_in, view.reference_designator, view.in_unit) == ("ACME:PUMP-200/1", "A1", "ACME:RACK/1")
    assert [(one.scheme, one.value, one.issuer) for one in view.aliases] == [("imei", "490154203237518", "GSMA")]
    assert (view.version, view.status, view.life_cycle) == (2, "installed", "issued")


def test_a_unit_whose_commissioning_was_declared_wrong_is_not_there_but_has_a_history(world):
    world.part("PUMP-200")
    commissioned = world.captures(UnitCommissioned, "PUMP-200/1")
    world.corrects(commissioned)
    with pytest.raises(NotFound, match=r"its commissioning was declared wrong, or its number voided"):
        world.unit_view("PUMP-200/1")
    assert [entry.type for entry in world.history("PUMP-200/1")] == ["UnitCommissioned", "EventCorrected"]
    assert listed(world) == []


def test_history_tells_who_what_and_what_of_it_no_longer_counts(world):
    world.units("PUMP-200/1", "PCB-10/7")
    moved = world.captures(UnitMoved, "PUMP-200/1", location="CELL-4", operator="bert", source="SCANNER-7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7")
    correction = world.corrects(moved)
    _, wrong, installed, corrected = world.history("PUMP-200/1")
    assert (wrong.actor, wrong.operator, wrong.source) == ("anna", "bert", "SCANNER-7")
    assert (wrong.corrected_by, wrong.correction_reason) == (correction.event_id, "did_not_occur")
    assert wrong.correction_explanation == "scanned at the wrong station"
    assert (installed.role, installed.subject) == ("subject", "ACME:PUMP-200/1")
    assert (corrected.type, corrected.subject_version) == ("EventCorrected", 4)
    concerned = world.history("PCB-10/7")[-1]
    assert (concerned.role, concerned.subject, concerned.type) == ("concerned", "ACME:PUMP-200/1", "ComponentInstalled")
