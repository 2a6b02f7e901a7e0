"""Signing on at a station with badge and PIN: whose name stands on what is done there."""

import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.test import Client, override_settings

from asbuilt.accounts.badges import give_badge, withdraw_badge
from asbuilt.accounts.configuration import SignOn
from asbuilt.accounts.people import create_user, set_active, withdraw_role
from asbuilt.accounts.roles import Role
from asbuilt.core.events.production import OperationStarted
from asbuilt.web import station_sign_on
from asbuilt.web.addresses import station_action
from tests.accounts.django_plant import PASSWORD
from tests.databases import Made, made_database
from tests.web import plant
from tests.web.acting import browser_of, send
from tests.web.looking import see
from tests.web.test_stations import STATION, Worker, record_floor, recorded

NORA, OTTO = "EMP-004711", "EMP-004712"
PINS = {NORA: "2748", OTTO: "5931"}


@pytest.fixture
def floor(accounts) -> Iterator[Made]:
    with made_database("sqlite") as made:
        record_floor(made)
        with plant.serving(made.url):
            create_user("nora", PASSWORD, plant.SITE, Role.SUPERVISOR, full_name="Nora Lind")
            create_user("otto", PASSWORD, plant.SITE, Role.OPERATOR, full_name="Otto Maier")
            for name, code in (("nora", NORA), ("otto", OTTO)):
                give_badge(name, code, PINS[code])
            yield made


@pytest.fixture
def tablet(floor) -> Client:
    """A tablet that is logged in as an operator."""
    return browser_of(Role.OPERATOR)


@pytest.fixture
def badge_needed() -> Iterator[None]:
    with override_settings(STATION_SIGN_ON=SignOn.BADGE):
        yield


class Team(Worker):
    """People who share a tablet."""

    def pin(self, digits: str) -> str:
        action = station_action("station-sign-on", self.station)
        answer = send(self.client, action, self.hidden('id="station-pin"'), pin=digits)
        return self.answered(self.client.get(answer["Location"]) if answer.status_code == 302 else answer)

    def signs_on(self, code: str) -> str:
        assert self.scan(code) == "ready"
        assert "Type your PIN." in self.markup
        return self.pin(PINS[code])


def starts(made: Made, unit: str) -> list[tuple[str, str]]:
    """Who began the work on a unit: the operator in the event, and the actor of the ledger."""
    with made.opened() as database:
        at = plant.Plant(database, database.site(plant.SITE))
        entries = [one for one in at.history(unit) if one.type == OperationStarted.__name__]
    return [(one.event["operator"], one.actor) for one in entries]


def test_what_is_done_bears_the_name_of_who_signed_on(tablet, floor):
    team = Team(tablet)
    assert team.signs_on(NORA) == "ready"
    assert "Nora Lind" in team.markup
    assert team.scan("HOUSE/1") == "ok"
    assert team.signs_on(OTTO) == "ready"
    assert team.scan("HOUSE/2") == "ok"
    assert (starts(floor, "HOUSE/1"), starts(floor, "HOUSE/2")) == ([("nora", "nora")], [("otto", "otto")])


def test_without_a_badge_who_is_logged_in_works_and_goes_on_after_signing_off(tablet, floor):
    team = Team(tablet)
    assert team.scan("HOUSE/1") == "ok"
    team.signs_on(NORA)
    send(tablet, station_action("station-sign-off", STATION), team.hidden('id="station-sign-off"'))
    assert Team(tablet).scan("HOUSE/2") == "ok"
    assert [starts(floor, unit)[0][1] for unit in ("HOUSE/1", "HOUSE/2")] == ["operator", "operator"]


@pytest.mark.usefixtures("badge_needed")
def test_where_a_badge_is_needed_nothing_is_recorded_without(tablet, floor):
    team = Team(tablet)
    assert "Scan your badge." in team.markup
    assert team.scan("HOUSE/1") == "ready"
    assert team.scan(NORA) == "ready"
    for wrong in ("1379", "2748 ", "x"):
        assert team.pin(wrong) == "stop"
    assert starts(floor, "HOUSE/1") == []
    form = {"text": "HOUSE/1", "unit": "", "key": "0198c0de-0000-7000-8000-000000000001"}
    send(tablet, station_action("station-scan", STATION), form)
    send(tablet, station_action("station-complete", STATION), {"unit": "HOUSE/1", "result": "passed", **form})
    assert recorded(floor, "HOUSE/1", OperationStarted) == []


def test_a_wrong_pin_says_so_and_signs_nobody_on(tablet, floor):
    team = Team(tablet)
    team.scan(NORA)
    assert team.pin("1379") == "stop"
    assert "do not fit" in team.markup
    assert team.scan("HOUSE/1") == "ready", "it waits for the PIN, and takes no unit"
    assert starts(floor, "HOUSE/1") == []
    assert team.pin(PINS[NORA]) == "ready"
    assert "Nora Lind" in team.markup


def test_who_guesses_is_locked_out(tablet):
    team = Team(tablet)
    team.scan(NORA)
    for _ in range(5):
        team.pin("1379")
    assert "Too many wrong PINs" in team.markup
    assert team.pin(PINS[NORA]) == "stop", "the right one is not looked at for a while"


def test_after_a_while_without_a_scan_the_badge_is_asked_for_again(tablet, floor, monkeypatch):
    """Only the clock of signing on goes faster: nobody waits a quarter of an hour for a test."""
    team = Team(tablet)
    team.signs_on(NORA)
    clock = SimpleNamespace(time=time.time)
    monkeypatch.setattr(station_sign_on, "time", clock)  # of signing on alone: sessions keep the clock of the machine
    began = time.time()
    clock.time = lambda: began + 14 * 60
    assert team.scan("HOUSE/1") == "ok"
    clock.time = lambda: began + 28 * 60
    assert team.scan("HOUSE/1") == "ok", "a scan prolongs it"
    clock.time = lambda: began + 44 * 60
    assert team.scan("HOUSE/2") == "ready"
    assert "Scan your badge." in team.markup
    assert starts(floor, "HOUSE/2") == []


def test_what_one_has_scanned_is_never_recorded_for_another(tablet, floor):
    """Scans that waited for a connection come late, when somebody else may have signed on."""
    team = Team(tablet)
    team.signs_on(OTTO)
    assert team.scan("HOUSE/1", by="nora") == "stop"
    assert "It waits here until nora signs on again." in team.markup
    assert starts(floor, "HOUSE/1") == []
    team.signs_on(NORA)
    assert team.scan("HOUSE/1", by="nora") == "ok"
    assert starts(floor, "HOUSE/1") == [("nora", "nora")]


@pytest.mark.parametrize("change", ["withdrawn", "inactive", "no role"])
def test_who_may_no_longer_is_stopped_at_once(tablet, floor, change):
    team = Team(tablet)
    team.signs_on(NORA)
    if change == "inactive":
        set_active("nora", active=False)
    elif change == "no role":
        withdraw_role("nora", plant.SITE)
    else:
        withdraw_badge("nora")
    assert (team.scan("HOUSE/1") == "ok") == (change == "withdrawn"), "the card is gone, the person is there"
    assert "nora" not in {actor for _, actor in starts(floor, "HOUSE/1")} or change == "withdrawn"


def test_a_badge_opens_no_other_page(tablet):
    """Nora is a supervisor; the tablet stays what it is."""
    Team(tablet).signs_on(NORA)
    assert "open-recall" not in see(tablet, "/recall-scope?seeds=unit%3DHOUSE%2F1").text
    assert tablet.post("/open-recall").status_code == 403
    assert "Nora Lind" not in tablet.get("/units").content.decode()


def test_the_rights_at_the_station_are_those_of_the_badge(tablet, floor):
    """An operator may not override the interlock; the supervisor who signs on may."""
    team = Team(tablet)
    team.scan("HOUSE/1")
    assert team.scan("BRD/8") == "stop"
    team.signs_on(NORA)
    assert Team(tablet).scan("HOUSE/1") == "ok"


def test_whoever_has_no_role_here_is_told(tablet, floor):
    create_user("gast", PASSWORD, "Graz plant", Role.OPERATOR)
    give_badge("gast", "EMP-004713", "7412")
    team = Team(tablet)
    team.scan("EMP-004713")
    assert team.pin("7412") == "stop"
    assert "gast may not work at stations of" in team.markup
