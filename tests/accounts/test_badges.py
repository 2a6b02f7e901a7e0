"""Badges and PINs: who may have which, and whose they are."""

import pytest
from django.test import RequestFactory

from asbuilt.accounts.badges import bearer_of, give_badge, signed_on, withdraw_badge
from asbuilt.accounts.lockout import LockedOut
from asbuilt.accounts.models import Badge
from asbuilt.accounts.people import create_user, set_active
from asbuilt.accounts.problems import AccountProblem
from asbuilt.accounts.roles import Role
from tests.accounts.django_plant import PASSWORD

CODE, PIN = "EMP-004711", "2748"


@pytest.fixture
def rf() -> RequestFactory:
    return RequestFactory()


@pytest.fixture
def nora(accounts) -> str:
    create_user("nora", PASSWORD, "LYON", Role.OPERATOR)
    return "nora"


def test_a_badge_says_who_it_is_and_the_pin_that_it_is_true(nora, rf):
    give_badge("Nora", f" {CODE} ", PIN)
    assert bearer_of(CODE).username == "nora"
    assert bearer_of(f"]C1{CODE}").username == "nora", "a scanner may send the symbology first"
    assert signed_on("nora", PIN, request=rf.post("/")).username == "nora"
    assert signed_on("nora", "2749", request=rf.post("/")) is None
    assert signed_on("nobody", PIN, request=rf.post("/")) is None


def test_neither_the_code_nor_the_pin_is_kept(nora):
    give_badge("nora", CODE, PIN)
    (kept,) = Badge.objects.all()
    assert CODE not in (kept.digest, kept.pin)
    assert PIN not in kept.pin.split("$")
    assert kept.pin.startswith("argon2")


def test_another_badge_takes_the_place_of_the_first(nora, rf):
    give_badge("nora", CODE, PIN)
    give_badge("nora", "EMP-004712", "90125")
    assert bearer_of(CODE) is None
    assert signed_on("nora", PIN, request=rf.post("/")) is None
    withdraw_badge("nora")
    assert bearer_of("EMP-004712") is None
    with pytest.raises(AccountProblem, match="has no badge"):
        withdraw_badge("nora")


@pytest.mark.parametrize(
    ("code", "pin", "why"),
    [
        ("12345", PIN, "6 characters or more"),
        (CODE, "123", "4 to 12 digits"),
        (CODE, "27a8", "4 to 12 digits"),
        (CODE, "٢٧٤٨", "4 to 12 digits"),
        (CODE, "0000", "guessed at once"),
        (CODE, "3456", "guessed at once"),
    ],
)
def test_a_badge_that_is_none_is_refused(nora, code, pin, why):
    with pytest.raises(AccountProblem, match=why):
        give_badge("nora", code, pin)
    assert not Badge.objects.exists()


def test_one_card_is_one_persons(nora):
    create_user("otto", PASSWORD, "LYON", Role.OPERATOR)
    give_badge("nora", CODE, PIN)
    with pytest.raises(AccountProblem, match="somebody else's"):
        give_badge("otto", CODE, "5931")
    assert bearer_of(CODE).username == "nora"


def test_who_may_not_log_in_any_more_signs_on_nowhere(nora, rf):
    give_badge("nora", CODE, PIN)
    set_active("nora", active=False)
    assert signed_on("nora", PIN, request=rf.post("/")) is None


def test_who_guesses_pins_is_locked_out_and_the_login_is_not(nora, rf, client):
    give_badge("nora", CODE, PIN)
    for _ in range(4):
        assert signed_on("nora", "1379", request=rf.post("/")) is None
    assert signed_on("nora", PIN, request=rf.post("/")) is not None, "a right one ends the count"
    for _ in range(4):
        assert signed_on("nora", "1379", request=rf.post("/")) is None
    for pin in ("1379", PIN):
        with pytest.raises(LockedOut):
            signed_on("nora", pin, request=rf.post("/"))
    assert client.login(request=rf.post("/login"), username="nora", password=PASSWORD)


def test_a_pin_is_no_password(nora, rf, client):
    give_badge("nora", CODE, PIN)
    assert not client.login(request=rf.post("/login"), username="nora", password=PIN)
    assert not client.login(request=rf.post("/login"), username="badge:nora", password=PIN)
