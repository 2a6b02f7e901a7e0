"""The command as a whole."""

import os
import subprocess
import sys

import click
import pytest

from asbuilt import __version__
from asbuilt.cli.main import SECTIONS, VERBS, command
from tests.cli.events import pumps
from tests.databases import server

HELP = """
import sys
from click.testing import CliRunner
from asbuilt.cli.main import command
shown = CliRunner().invoke(command, ["--help"]).output
assert "as-built" in shown
print(sorted(name for name in sys.modules if name.partition(".")[0] in {"django", "psycopg", "apsw", "rich", "msgspec"}))
"""


def test_help_waits_for_nothing():
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_lists_every_verb_once(bare):
    shown = bare.run("--help").stdout
    for title, verbs in SECTIONS:
        assert f"{title}:" in shown
        for name, verb in verbs.items():
            assert sum(line.split()[:1] == [name] for line in shown.splitlines()) == 1
            assert verb.help.endswith(".")


@pytest.mark.parametrize("name", sorted(VERBS))
def test_every_verb_explains_itself(bare, name):
    shown = bare.run(name, "--help").stdout
    assert f"Usage: asbuilt {name}" in shown.replace("command", "asbuilt", 1)
    verb = command.get_command(click.Context(command), name)
    commands = verb.commands.values() if isinstance(verb, click.Group) else [verb]
    assert all(one.help for one in commands)


def test_the_version_is_shown(bare):
    assert bare.run("--version").stdout == f"asbuilt {__version__}\n"


def test_an_unknown_verb_or_option_is_a_usage_error(bare):
    assert "No such command" in bare.run("recal", exits=2).stderr
    assert "No such option" in bare.run("units", "--colour", exits=2).stderr


def test_it_does_not_run_without_assertions():
    code = "from asbuilt.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "does not start under python -O" in done.stderr


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"ASBUILT_HOME": "var"}, "ASBUILT_HOME is 'var'; give the whole path"),
        ({"ASBUILT_DATABASE_URL": "mysql://secret@host/x"}, "ASBUILT_DATABASE_URL (mysql) cannot be used"),
        ({"ASBUILT_LOG_LEVEL": "LOUD"}, "ASBUILT_LOG_LEVEL is 'LOUD'"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(bare, setting, said):
    bare.environment.update(setting)
    shown = bare.run("units", exits=2).stderr
    assert said in shown
    assert "secret" not in shown
    assert len(shown.splitlines()) == 1


def test_a_database_that_is_not_there_says_how_to_make_it(bare):
    shown = bare.run("units", exits=4).stderr
    assert "there is no database at" in shown
    assert "asbuilt init" in shown


def test_a_server_that_does_not_answer_is_said_at_once_without_the_password(bare):
    bare.environment["ASBUILT_DATABASE_URL"] = "postgresql://anna:secret@127.0.0.1:1/plant"
    shown = bare.run("unit", "X/1", exits=4).stderr
    assert "127.0.0.1" in shown
    assert "secret" not in shown
    assert len(shown.splitlines()) == 1


def test_a_file_that_is_no_database_is_not_used(bare):
    (bare.folder / "home").mkdir()
    (bare.folder / "home" / "asbuilt.sqlite3").write_text("nonsense " * 1000)
    for verb in ("units", "init", "migrate"):
        shown = bare.run(verb, exits=4).stderr
        assert "is no SQLite database, or is damaged" in shown
        assert len(shown.splitlines()) == 1


def test_a_home_that_cannot_be_made_is_said(bare):
    (bare.folder / "file").touch()
    bare.environment["ASBUILT_HOME"] = str(bare.folder / "file" / "home")
    assert "Not a directory" in bare.run("init", exits=2).stderr


def test_a_bug_keeps_its_traceback(bare, monkeypatch):
    monkeypatch.setattr("asbuilt.cli.sites.open_checked", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bare.run("sites", "list")


@pytest.mark.postgresql
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_login_with_the_applications_rights_only_is_enough_to_work_and_not_to_migrate(alone, own):
    name = f"asbuilt_test_login_{os.getpid()}"
    with server() as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN IN ROLE asbuilt_app")
        try:
            alone.real("migrate")
            host = own.url.partition("://")[2].rpartition("@")[2]
            alone.environment["ASBUILT_DATABASE_URL"] = f"postgresql://{name}@{host}"
            alone.captures(pumps())
            assert alone.json("unit", "PUMP-200/1")["status"] == "shipped"
            alone.real("user", "add", "anna", "--role", "viewer", stdin="correct horse battery")
            for verb in (("migrate",), ("sites", "add", "ROME", "--issuer", "X")):
                assert "use the login that owns the database" in alone.run(*verb, exits=4).stderr
        finally:
            connection.execute(f"DROP ROLE {name}")
