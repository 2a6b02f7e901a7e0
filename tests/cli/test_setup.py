"""Making a database, sites, people and tokens, as real processes: Django is started once a process."""

import json
import stat

import pytest

from tests.cli.conftest import Cli
from tests.databases import empty_database, made_database, server_lock

PASSWORD = "correct horse battery"


@pytest.fixture
def empty(kind, tmp_path):
    """The command line on a database without anything in it."""
    # Roles belong to the whole server, and are made at the first migration.
    with made_database(kind), empty_database(kind) as url, server_lock(url):
        yield Cli({"ASBUILT_HOME": str(tmp_path / "home"), "ASBUILT_DATABASE_URL": url}, tmp_path)


@pytest.mark.slow
def test_init_makes_everything_and_may_be_repeated(empty):
    shown = empty.real("init", "--site", "LYON", "--issuer", "ACME").stdout
    assert "Added site LYON; numbers written without an issuer are of issuer ACME." in shown
    assert "asbuilt serve" in shown
    assert "The database is there, with LYON (issuer ACME)." in empty.real("init").stdout
    assert "Site LYON (issuer ACME) is there." in empty.real("init", "--site", "LYON").stdout
    shown = empty.real("init", "--site", "LYON", "--issuer", "OTHER", exits=1).stderr
    assert "issuer ACME, which never changes" in shown
    assert empty.real("migrate").stdout == "The ledger was up to date.\n"
    assert empty.json("units")["units"] == []
    story_of_people_and_tokens(empty)


def story_of_people_and_tokens(cli):
    cli.real("user", "add", "anna", "--role", "quality", "--full-name", "Anna K.", stdin=f"{PASSWORD}\n")
    cli.real("user", "add", "ben", "--role", "operator", ASBUILT_PASSWORD=PASSWORD)
    again = cli.real("user", "add", "Anna", "--role", "viewer", stdin=PASSWORD, exits=1)
    assert "there is a user Anna already" in again.stderr
    assert "not safe" in cli.real("user", "add", "carl", "--role", "viewer", stdin="12345\n", exits=1).stderr
    assert "no password given" in cli.real("user", "add", "carl", "--role", "viewer", exits=2).stderr
    assert "'boss' is not one of" in cli.real("user", "add", "carl", "--role", "boss", exits=2).stderr
    cli.real("user", "password", "anna", stdin="another horse battery\n")
    cli.real("user", "role", "ben", "supervisor")
    cli.real("user", "deactivate", "anna")
    assert "there is no user dora" in cli.real("user", "activate", "dora", exits=1).stderr
    users = json.loads(cli.real("user", "list", "--json").stdout)["users"]
    assert [(user["username"], user["roles"], user["is_active"]) for user in users] == [
        ("anna", {"LYON": "quality"}, False),
        ("ben", {"LYON": "supervisor"}, True),
    ]
    cli.real("user", "role", "ben", "none")
    cli.real("user", "activate", "anna")
    assert "quality at LYON" in cli.real("user", "list").stdout

    made = cli.real("token", "add", "CAL-07", "--role", "operator", "--expires", "2099-01-01")
    token = made.stdout.strip()
    assert token.startswith("asb_")
    assert token not in made.stderr
    assert "there is or was a token cal-07" in cli.real("token", "add", "cal-07", "--role", "viewer", exits=1).stderr
    cli.real("token", "revoke", "CAL-07")
    assert "there is no token CAL-08" in cli.real("token", "revoke", "CAL-08", exits=1).stderr
    listed = cli.real("token", "list", "--json").stdout
    assert token not in listed
    (kept,) = json.loads(listed)["tokens"]
    assert (kept["name"], kept["role"], kept["revoked_at"] is None) == ("CAL-07", "operator", False)
    assert kept["created_by"].startswith("cli:")


def test_init_without_anything_said(bare):
    shown = bare.real("init").stdout
    assert "Added site MAIN; numbers written without an issuer are of issuer OWN." in shown
    home = bare.folder / "home"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "accounts.sqlite3").stat().st_mode) == 0o600


def test_init_with_a_database_named_says_to_name_it_again(bare):
    url = f"sqlite:///{bare.folder}/elsewhere.sqlite3"
    assert "export ASBUILT_DATABASE_URL" in bare.real("init", "--database", url).stdout
    bare.environment["ASBUILT_DATABASE_URL"] = url
    assert bare.json("units")["units"] == []


def test_accounts_that_are_not_made_say_how_to_make_them(cli):
    cli.environment["ASBUILT_SITE"] = ""
    shown = cli.real("user", "list", exits=4).stderr
    assert "run `asbuilt migrate`" in shown
    assert len(shown.splitlines()) == 1


def test_names_that_cannot_be_taken_are_refused(bare):
    assert "site is empty" in bare.real("init", "--site", " ", exits=2).stderr


def test_sites_are_added_and_listed(alone):
    alone.run("sites", "add", "GRAZ", "--issuer", "OTHER")
    assert "there is a site GRAZ already" in alone.run("sites", "add", "GRAZ", "--issuer", "OTHER", exits=1).stderr
    assert "Missing option '--issuer'" in alone.run("sites", "add", "ROME", exits=2).stderr
    listed = alone.json("sites", "list")["sites"]
    assert [(site["name"], site["issuer"]) for site in listed] == [("LYON", "ACME"), ("GRAZ", "OTHER")]
    assert "GRAZ" in alone.run("sites", "list").stdout
