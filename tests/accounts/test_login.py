from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from asbuilt.accounts.people import create_user, withdraw_role
from asbuilt.accounts.roles import Role
from tests.accounts.django_plant import PASSWORD, form_mark, log_in

LOGIN_COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture
def anna(accounts):
    return create_user("anna", PASSWORD, "Lyon plant", Role.QUALITY, full_name="Anna Weber")


def test_logging_in_and_out(client, anna):
    answer = log_in(client, "anna")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "Anna Weber" in client.get("/").content.decode()
    client.post("/logout", {"csrfmiddlewaretoken": form_mark(client)})
    assert client.get("/").status_code == 302
    assert Session.objects.count() == 0


def test_logging_out_takes_a_form_not_a_link(client, anna):
    log_in(client, "anna")
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 403
    assert client.get("/").status_code == 200


def test_the_login_cookie_is_closed_to_scripts_and_other_sites(client, anna):
    log_in(client, "anna")
    cookie = client.cookies[LOGIN_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["max-age"] == 12 * 60 * 60


def test_each_login_has_a_key_of_its_own(client, anna):
    log_in(client, "anna")
    first = client.cookies[LOGIN_COOKIE].value
    client.post("/logout", {"csrfmiddlewaretoken": form_mark(client)})
    log_in(client, "anna")
    assert client.cookies[LOGIN_COOKIE].value != first


def test_the_login_form_itself_needs_its_mark(client, anna):
    answer = client.post("/login", {"username": "anna", "password": PASSWORD})
    assert answer.status_code == 403
    assert "Please load the page again" in answer.content.decode()


def test_logins_that_ran_out_are_taken_away_by_the_next_one(client, anna):
    log_in(client, "anna")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/").status_code == 302
    log_in(client, "anna")
    assert Session.objects.count() == 1


def test_who_is_logged_in_already_goes_on(client, anna):
    log_in(client, "anna")
    assert client.get("/login?next=/find?q=7")["Location"] == "/find?q=7"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil"]
)
def test_a_link_to_elsewhere_does_not_travel_on_the_login(client, anna, elsewhere):
    assert log_in(client, "anna", next=elsewhere)["Location"] == "/"


def test_a_wrong_password_and_an_unknown_name_look_the_same(client, anna):
    wrong = log_in(client, "anna", "wrong horse battery")
    unknown = log_in(client, "nobody", "wrong horse battery")
    assert wrong.status_code == unknown.status_code == 200
    assert _alert(wrong) == _alert(unknown)
    assert "correct username and password" in _alert(wrong)


def test_a_user_without_any_role_is_told_whom_to_ask(client, anna):
    withdraw_role("anna", "Lyon plant")
    answer = log_in(client, "anna")
    assert answer.status_code == 200
    assert "Ask an administrator" in _alert(answer)
    assert LOGIN_COOKIE not in client.cookies


def test_five_wrong_passwords_lock_the_name_out_and_say_for_how_long(client, anna):
    for _ in range(4):
        assert log_in(client, "anna", "wrong horse battery").status_code == 200
    fifth = log_in(client, "anna", "wrong horse battery")
    assert fifth.status_code == 429
    assert "Try again in 15 minutes" in _alert(fifth)
    assert 890 <= int(fifth["Retry-After"]) <= 900
    right = log_in(client, "anna")
    assert right.status_code == 429
    assert LOGIN_COOKIE not in client.cookies


def test_one_wrong_password_less_locks_nobody_out(client, anna):
    for _ in range(4):
        log_in(client, "anna", "wrong horse battery")
    assert log_in(client, "anna").status_code == 302
    assert AccessAttempt.objects.count() == 0


def test_trying_on_does_not_prolong_the_lock_out(client, anna):
    _lock_out(client)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=10))
    answer = log_in(client, "anna", "wrong horse battery")
    assert "Try again in 5 minutes" in _alert(answer)


def test_after_the_time_said_the_right_password_opens_again(client, anna):
    _lock_out(client)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert log_in(client, "anna").status_code == 302


def test_another_name_from_the_same_address_is_not_locked_out(client, anna):
    create_user("ben", PASSWORD, "Lyon plant", Role.OPERATOR)
    _lock_out(client)
    assert log_in(client, "ben").status_code == 302


def test_what_was_typed_is_nowhere_kept(client, anna):
    log_in(client, "anna", "wrong horse battery")
    attempt = AccessAttempt.objects.get()
    assert "wrong horse" not in f"{attempt.get_data} {attempt.post_data} {attempt.username} {attempt.path_info}"


def _lock_out(client):
    for _ in range(5):
        log_in(client, "anna", "wrong horse battery")


def _alert(answer) -> str:
    page = answer.content.decode()
    return page[page.index('role="alert"') : page.index("</form>")].split("</div>")[0]
