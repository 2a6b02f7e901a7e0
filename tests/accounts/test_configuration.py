import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from asbuilt.accounts.configuration import ConfigurationProblem, SignOn, Tls, read_environment, secret_key_of


def test_the_home_is_where_the_desktop_standard_puts_it():
    assert read_environment({"HOME": "/home/anna"}).home == Path("/home/anna/.local/share/asbuilt")
    assert read_environment({"HOME": "/home/anna", "XDG_DATA_HOME": "/data"}).home == Path("/data/asbuilt")
    assert read_environment({"HOME": "/home/anna", "ASBUILT_HOME": "/srv/asbuilt"}).home == Path("/srv/asbuilt")
    assert read_environment({"HOME": "/home/anna", "ASBUILT_HOME": "~/plant"}).home == Path("/home/anna/plant")


def test_without_a_database_url_the_ledger_is_a_file_in_home():
    settings = read_environment({"ASBUILT_HOME": "/srv/asbuilt", "ASBUILT_DATABASE_URL": " "})
    assert settings.ledger_url == "sqlite:////srv/asbuilt/asbuilt.sqlite3"
    assert not settings.is_postgresql
    assert settings.accounts_path == Path("/srv/asbuilt/accounts.sqlite3")


def test_postgresql_is_known_by_its_url():
    settings = read_environment({"HOME": "/h", "ASBUILT_DATABASE_URL": "postgresql://app@db/plant"})
    assert settings.is_postgresql
    assert settings.ledger_url == "postgresql://app@db/plant"


def test_only_this_machine_may_ask_unless_told_otherwise():
    assert read_environment({"HOME": "/h"}).allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
    assert read_environment({"HOME": "/h", "ASBUILT_ALLOWED_HOSTS": "mes.lyon, 10.0.0.7"}).allowed_hosts == (
        "mes.lyon",
        "10.0.0.7",
    )


def test_debug_and_tls_are_off_unless_told_otherwise():
    settings = read_environment({"HOME": "/h"})
    assert not settings.debug
    assert settings.tls is Tls.OFF
    assert settings.log_level == "INFO"


@pytest.mark.parametrize(
    ("variable", "value", "mend"),
    [
        ("ASBUILT_HOME", "plant", "beginning with /"),
        ("ASBUILT_DATABASE_URL", "mysql://root:secret@db/plant", "write postgresql://USER@HOST/DATABASE"),
        ("ASBUILT_DATABASE_URL", "sqlite:///plant.db", "sqlite:////WHOLE/PATH"),
        ("ASBUILT_DATABASE_URL", "postgresql://db:5432", "names no database"),
        ("ASBUILT_SECRET_KEY", "short", "32 or more random ones"),
        ("ASBUILT_TLS", "yes", "0, 1, proxy"),
        ("ASBUILT_DEBUG", "true", "1 (on) or 0 (off)"),
        ("ASBUILT_LOG_LEVEL", "loud", "DEBUG, INFO, WARNING"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_with_its_name_and_the_mend(variable, value, mend):
    with pytest.raises(ConfigurationProblem) as problem:
        read_environment({"HOME": "/h", variable: value})
    assert variable in str(problem.value)
    assert mend in str(problem.value)
    assert "secret" not in str(problem.value)


def test_without_any_home_the_message_says_which_variable_to_set():
    with pytest.raises(ConfigurationProblem, match="set ASBUILT_HOME"):
        read_environment({})


def test_the_secret_key_is_made_once_and_closed_to_others(tmp_path):
    settings = read_environment({"ASBUILT_HOME": str(tmp_path / "home")})
    key = secret_key_of(settings)
    assert len(key) >= 60
    assert secret_key_of(settings) == key
    assert stat.S_IMODE(settings.secret_key_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
    assert [path.name for path in settings.home.iterdir()] == ["secret-key"]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path):
    settings = read_environment({"ASBUILT_HOME": str(tmp_path)})
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: secret_key_of(settings), range(64)))
    assert len(keys) == 1


def test_a_secret_key_that_others_can_read_stops_the_start(tmp_path):
    settings = read_environment({"ASBUILT_HOME": str(tmp_path)})
    secret_key_of(settings)
    settings.secret_key_path.chmod(0o644)
    with pytest.raises(ConfigurationProblem, match="chmod 600"):
        secret_key_of(settings)


def test_a_secret_key_that_was_set_is_used(tmp_path):
    settings = read_environment({"ASBUILT_HOME": str(tmp_path), "ASBUILT_SECRET_KEY": "k" * 50})
    assert secret_key_of(settings) == "k" * 50
    assert not settings.secret_key_path.exists()


def test_who_works_at_stations_and_for_how_long():
    usual = read_environment({"HOME": "/h"})
    assert (usual.station_sign_on, usual.station_idle) == (SignOn.LOGIN, 15)
    strict = read_environment({"HOME": "/h", "ASBUILT_STATION_SIGN_ON": "badge", "ASBUILT_STATION_IDLE": "5"})
    assert (strict.station_sign_on, strict.station_idle) == (SignOn.BADGE, 5)


@pytest.mark.parametrize(
    ("name", "text"), [("SIGN_ON", "card"), ("IDLE", "0"), ("IDLE", "-5"), ("IDLE", "1441"), ("IDLE", "x")]
)
def test_a_wrong_setting_of_stations_is_named(name, text):
    with pytest.raises(ConfigurationProblem, match=f"ASBUILT_STATION_{name}"):
        read_environment({"HOME": "/h", f"ASBUILT_STATION_{name}": text})
