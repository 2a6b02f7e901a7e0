import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from asbuilt.accounts.models import Membership
from asbuilt.accounts.people import create_user, give_role, list_users, set_active, set_password, withdraw_role
from asbuilt.accounts.problems import AccountProblem
from asbuilt.accounts.roles import Role
from tests.accounts.django_plant import PASSWORD, log_in

pytestmark = pytest.mark.usefixtures("accounts")


def test_a_new_user_has_one_role_at_one_site():
    person = create_user("anna", PASSWORD, " Lyon plant ", "quality", full_name="Anna Weber")
    assert person.roles == {"Lyon plant": Role.QUALITY}
    assert list_users() == [person]


def test_passwords_are_kept_as_argon2id():
    create_user("anna", PASSWORD, "Lyon", Role.VIEWER)
    kept = User.objects.get(username="anna").password
    assert kept.startswith("argon2$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("eleven char", "at least 12 characters"),
        ("q1w2e3r4t5y6", "too common"),
        ("198273645019", "entirely numeric"),
        ("annawebers-pw", "too similar to the username"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password, why):
    with pytest.raises(AccountProblem) as problem:
        create_user("annawebers", password, "Lyon", Role.VIEWER)
    assert why in str(problem.value)
    assert list_users() == []


def test_a_name_that_differs_only_in_case_is_taken():
    create_user("anna", PASSWORD, "Lyon", Role.VIEWER)
    with pytest.raises(AccountProblem, match="there is a user ANNA already"):
        create_user("ANNA", PASSWORD, "Lyon", Role.VIEWER)


@pytest.mark.parametrize("username", ["", "anna weber", "token:cal-07", "a" * 151])
def test_a_user_cannot_be_called_anything(username):
    with pytest.raises(AccountProblem):
        create_user(username, PASSWORD, "Lyon", Role.VIEWER)


def test_unknown_roles_sites_and_users_are_refused_by_name():
    with pytest.raises(AccountProblem, match="no role 'boss'; it is one of viewer, operator"):
        create_user("anna", PASSWORD, "Lyon", "boss")
    with pytest.raises(AccountProblem, match="site is empty"):
        create_user("anna", PASSWORD, " ", Role.VIEWER)
    with pytest.raises(AccountProblem, match="there is no user anna"):
        set_password("anna", PASSWORD)


def test_a_role_is_given_in_place_of_the_old_one_and_withdrawn():
    create_user("anna", PASSWORD, "Lyon", Role.VIEWER)
    give_role("anna", "Lyon", Role.SUPERVISOR)
    give_role("anna", "Graz", Role.AUDITOR)
    assert list_users()[0].roles == {"Graz": Role.AUDITOR, "Lyon": Role.SUPERVISOR}
    withdraw_role("anna", "Graz")
    assert list_users()[0].roles == {"Lyon": Role.SUPERVISOR}
    with pytest.raises(AccountProblem, match="has no role at Graz"):
        withdraw_role("anna", "Graz")


def test_a_new_password_ends_the_logins_made_with_the_old_one(client):
    create_user("anna", PASSWORD, "Lyon", Role.VIEWER)
    log_in(client, "anna")
    assert client.get("/").status_code == 200
    set_password("anna", "another horse battery")
    assert client.get("/").status_code == 302


def test_who_is_not_active_is_out_at_once_and_stays_out(client):
    create_user("anna", PASSWORD, "Lyon", Role.VIEWER)
    log_in(client, "anna")
    set_active("anna", active=False)
    assert client.get("/").status_code == 302
    assert log_in(client, "anna").status_code == 200
    set_active("anna", active=True)
    assert log_in(client, "anna").status_code == 302


def test_the_database_itself_keeps_to_known_roles_and_one_role_per_site():
    create_user("anna", PASSWORD, "Lyon", Role.VIEWER)
    anna = User.objects.get()
    for site, role in [("Graz", "boss"), ("", "viewer"), ("Lyon", "auditor")]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(user=anna, site=site, role=role)
