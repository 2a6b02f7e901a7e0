"""How the site is put together: settings, log, start-up."""

import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection

from asbuilt.accounts.configuration import read_environment
from asbuilt.site.logs import OneLine
from asbuilt.site.settings import accounts_database
from asbuilt.site.static_version import static_version


def settings_with(tmp_path: Path, expression: str, **environment: str) -> str:
    """What `expression` is in the settings of a process with this environment."""
    code = f"import asbuilt.site.settings as settings; print({expression})"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASBUILT_")}
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**clean, "ASBUILT_HOME": str(tmp_path / "home"), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


def test_django_has_nothing_to_say_against_it():
    assert run_checks() == []


def test_no_migration_is_missing(capsys):
    call_command("makemigrations", check=True, dry_run=True)


def test_looking_at_the_settings_leaves_nothing_behind(tmp_path):
    settings_with(tmp_path, "settings.STATIC_URL")
    assert list(tmp_path.iterdir()) == []


def test_the_accounts_survive_a_power_cut():
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_the_accounts_file_is_closed_to_others():
    path = Path(connection.settings_dict["NAME"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_on_postgresql_django_uses_the_schema_accounts_of_the_same_database():
    url = "postgresql://app:s%20cret@db.lyon:5433/plant?sslmode=require&options=-c%20statement_timeout%3D5s"
    assert accounts_database(read_environment({"HOME": "/h", "ASBUILT_DATABASE_URL": url})) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "plant",
        "USER": "app",
        "PASSWORD": "s cret",
        "HOST": "db.lyon",
        "PORT": "5433",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"sslmode": "require", "options": "-c statement_timeout=5s -c search_path=accounts"},
    }


@pytest.mark.slow
def test_with_tls_cookies_travel_by_tls_only(tmp_path):
    looked_at = "settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS"
    assert settings_with(tmp_path, looked_at, ASBUILT_TLS="1") == "__Host-asbuilt-login True 31536000"
    assert settings_with(tmp_path, looked_at) == "asbuilt-login False 0"


@pytest.mark.slow
def test_a_forwarded_protocol_is_believed_only_from_a_proxy_we_were_told_of(tmp_path):
    looked_at = "hasattr(settings, 'SECURE_PROXY_SSL_HEADER')"
    assert settings_with(tmp_path, looked_at, ASBUILT_TLS="proxy") == "True"
    assert settings_with(tmp_path, looked_at, ASBUILT_TLS="1") == "False"


@pytest.mark.slow
def test_it_does_not_start_with_assertions_off(tmp_path):
    run = subprocess.run(
        [sys.executable, "-O", "-c", "import asbuilt.site.wsgi"],
        env={**os.environ, "ASBUILT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "does not start under python -O" in run.stderr


def test_the_static_version_changes_with_any_file(tmp_path):
    (tmp_path / "a.css").write_text("a")
    first = static_version(tmp_path)
    assert static_version(tmp_path) == first
    (tmp_path / "a.css").write_text("b")
    second = static_version(tmp_path)
    (tmp_path / "a.css").rename(tmp_path / "b.css")
    assert len({first, second, static_version(tmp_path)}) == 3
    assert settings.STATIC_URL.startswith("/static/")


def test_a_line_break_cannot_forge_a_line_of_the_log():
    record = logging.LogRecord("door", logging.WARNING, "", 0, "user %s", ("anna\r\n2026 ERROR all is lost",), None)
    assert "\n" not in OneLine().format(record)
    assert "anna\\r\\n2026" in OneLine().format(record)
