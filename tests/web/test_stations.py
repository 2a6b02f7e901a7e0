"""A station: scan, fit, measure, pass or fail; what stops it, and what is done all the same."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client

from asbuilt.accounts.roles import Role
from asbuilt.core.events.definitions import RoutingDefined, SpecificationDefined, Tracking
from asbuilt.core.events.event import Characteristic
from asbuilt.core.events.production import InterlockOverridden, OperationCompleted, OperationRefused, OperationStarted
from asbuilt.core.events.quality import HoldPlaced
from asbuilt.core.events.routes import RouteComponent, RouteOperation
from asbuilt.core.identifiers.subjects import Part, Specification, Station
from asbuilt.queries.naming import escaped
from asbuilt.web.addresses import station_action, station_page
from tests.databases import Made, made_database
from tests.web import plant
from tests.web.acting import browser_of, send
from tests.web.looking import see
from tests.web.plant import SCRIPT

STATION = "ASM-9"
BOARD, SCREW = Part("LYON", "BRD"), Part("LYON", "SCREW")
STEPS = (
    RouteOperation(
        operation="FIT",
        stations=(Station(STATION),),
        components=(
            RouteComponent(reference_designator="A1", part=BOARD),
            RouteComponent(reference_designator="S1", part=SCREW, quantity=Decimal(4)),
        ),
        specification=Specification("TQ/1"),
    ),
    RouteOperation(operation="CLEAN", stations=(Station("WASH-9"),)),
)
TIMED = 40
"""Scans of which the time is taken, and as many that are sent without a page."""
BARE_STEP = RouteOperation(operation="LOOK", stations=(Station(STATION),))
TORQUE = Characteristic(characteristic="torque", uom="N.m", lower_limit=Decimal("0.5"), upper_limit=Decimal("0.7"))


def record_floor(made: Made) -> None:
    """A routing of two steps; two housings, one with a hostile serial number; a board, one on hold, and screws."""
    plant.add_sites(made)
    with made.opened() as database:
        floor = plant.Plant(database, database.site(plant.SITE))
        for part in ("HOUSE", "BRD", "SCREW"):
            floor.part(part, tracking=Tracking.LOT if part == "SCREW" else Tracking.SERIALIZED)
        floor.captures(SpecificationDefined, "TQ/1", characteristics=(TORQUE,))
        floor.captures(RoutingDefined, "R-9", part="HOUSE", operations=STEPS)
        floor.captures(RoutingDefined, "R-8", part=floor.part("RACE"), operations=STEPS)
        floor.captures(RoutingDefined, "R-7", part=floor.part("BARE"), operations=(BARE_STEP, STEPS[1]))
        units = (*("HOUSE/1", "HOUSE/2", f"HOUSE/{escaped(SCRIPT)}"), *(f"RACE/{n}" for n in (1, 2)))
        for name in (*units, *(f"BARE/{n}" for n in (1, 2)), "BRD/7", "BRD/8", "BRD/9"):
            floor.unit(name)
        floor.captures(RoutingDefined, "R-6", part=floor.part("TIMED"), operations=(BARE_STEP, STEPS[1]))
        floor.units(*(f"TIMED/{n}" for n in range(2 * TIMED)))
        floor.lot("SCREW/L1", quantity=1000)
        floor.captures(HoldPlaced, "BRD/8", hold="H-1", reason="seal leak")


@pytest.fixture
def floor(accounts) -> Iterator[Made]:
    with made_database("sqlite") as made:
        record_floor(made)
        with plant.serving(made.url):
            yield made


class Worker:
    """Somebody at a station. What the page shows is read after each scan."""

    def __init__(self, client: Client, station: str = STATION) -> None:
        self.client, self.station, self.markup = client, station, ""
        self.answered(client.get(station_page(station)))

    def answered(self, answer) -> str:
        assert answer.status_code == 200
        self.markup = answer.content.decode()
        (tone,) = re.findall(r'data-tone="(\w+)"', self.markup)
        return tone

    def hidden(self, form: str) -> dict[str, str]:
        (part,) = re.findall(rf"<form[^>]*{form}.*?</form>", self.markup, re.DOTALL)
        return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', part))

    def scan(self, text: str, **typed: str) -> str:
        form = self.hidden('id="station-scan"')
        return self.answered(send(self.client, station_action("station-scan", self.station), form, text=text, **typed))

    def end(self, result: str, **typed: str) -> str:
        form = self.hidden('id="station-complete"')
        action = station_action("station-complete", self.station)
        return self.answered(send(self.client, action, form, result=result, **typed))


def recorded(made: Made, unit: str, *kinds: type) -> list[dict]:
    with made.opened() as database:
        at = plant.Plant(database, database.site(plant.SITE))
        return [one.event for one in at.history(unit) if one.type in {kind.__name__ for kind in kinds}]


def test_a_unit_is_begun_fitted_measured_and_passed_by_scans(floor):
    worker = Worker(browser_of(Role.OPERATOR))
    assert worker.scan("HOUSE/1") == "ok"
    assert "Still needed: BRD at A1" in worker.markup
    assert worker.scan("BRD/7") == "ok"
    assert "Still needed: SCREW at S1" in worker.markup
    assert worker.scan("SCREW/L1") == "ok"
    assert worker.end("passed") == "stop", "the torque is not measured yet"
    assert "PRO-021" in worker.markup
    assert worker.end("passed", **{"value-0": "0,61"}) == "ok"
    assert "Next: CLEAN" in worker.markup
    (begun, done) = recorded(floor, "HOUSE/1", OperationStarted, OperationCompleted)
    assert (begun["operation"], begun["station"], begun["operator"]) == ("FIT", STATION, "operator")
    assert (done["values"], done.get("result", "passed")) == (["0.61"], "passed")
    washer = Worker(worker.client, "WASH-9")
    assert [washer.scan("HOUSE/1"), washer.scan("HOUSE/1")] == ["ok", "ok"], "what needs nothing is passed by a scan"
    assert "The routing is done." in washer.markup


def test_what_is_wrong_is_stopped_with_what_to_do(floor):
    worker = Worker(browser_of(Role.OPERATOR))
    assert worker.scan("NOWHERE-1") == "stop"
    assert "Nothing is known here by this name" in worker.markup
    assert worker.scan("SCREW/L1") == "stop"
    assert "Scan first the unit" in worker.markup
    worker.scan("HOUSE/1")
    assert worker.scan("BRD/8") == "stop"
    assert "H-1" in worker.markup
    assert "override-reason" not in worker.markup, "a hold is ended by quality, not overridden"
    assert 'data-unit="LYON:HOUSE/1"' in worker.markup, "the unit stays the one that is worked on"
    assert worker.end("passed", **{"value-0": "0.x"}) == "stop"
    assert "is no number" in worker.markup
    assert recorded(floor, "HOUSE/1", OperationCompleted) == []


def test_a_failed_unit_has_a_defect_with_its_place(floor):
    worker = Worker(browser_of(Role.OPERATOR))
    worker.scan("HOUSE/1")
    assert worker.end("failed", code="CRACK", position="A1") == "stop"
    assert "FIT failed" in worker.markup
    (done,) = recorded(floor, "HOUSE/1", OperationCompleted)
    assert (done["result"], done["defects"]) == ("failed", [{"code": "CRACK", "position": "A1"}])


def test_a_value_outside_its_limits_fails_what_was_said_to_pass(floor):
    worker = Worker(browser_of(Role.OPERATOR))
    for scan in ("HOUSE/1", "BRD/7", "SCREW/L1"):
        worker.scan(scan)
    assert worker.end("passed", **{"value-0": "0.9"}) == "stop"
    assert "FIT failed" in worker.markup


def test_only_who_may_overrides_and_it_stays_on_the_unit(floor):
    worker = Worker(browser_of(Role.OPERATOR), "WASH-9")
    assert worker.scan("HOUSE/1") == "stop"
    assert "PRO-014" in worker.markup
    assert "override-reason" not in worker.markup
    assert worker.scan("HOUSE/1", override_reason="I want to") == "stop"
    assert "PRO-024" in worker.markup
    boss = Worker(browser_of(Role.SUPERVISOR), "WASH-9")
    assert boss.scan("HOUSE/1") == "stop"
    again = boss.hidden("verdict-override")
    assert boss.scan(again["text"], override_reason="ASM-9 is down, NC-7") == "ok"
    (told,) = recorded(floor, "HOUSE/1", InterlockOverridden)
    assert told["reason"] == "ASM-9 is down, NC-7"
    assert recorded(floor, "HOUSE/1", OperationRefused) != []


def test_the_same_form_sent_twice_is_done_once(floor):
    client = browser_of(Role.OPERATOR)
    worker = Worker(client)
    form = worker.hidden('id="station-scan"')
    for _ in range(2):
        worker.answered(send(client, station_action("station-scan", STATION), form, text="HOUSE/1"))
    assert len(recorded(floor, "HOUSE/1", OperationStarted)) == 1


def test_a_hostile_serial_number_is_shown_as_it_is(floor):
    worker = Worker(browser_of(Role.OPERATOR))
    assert worker.scan(f"HOUSE/{escaped(SCRIPT)}") == "ok"
    assert "<script>alert" not in worker.markup


def test_a_station_is_chosen_and_who_only_reads_does_not_work(floor):
    client = browser_of(Role.VIEWER)
    see(client, "/stations")
    answer = client.get("/stations", {"station": STATION})
    assert (answer.status_code, answer["Location"]) == (302, station_page(STATION))
    assert client.get(station_page(STATION)).status_code == 403
