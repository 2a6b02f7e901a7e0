"""What the environment says. Pure: the mapping is handed in by the faces (site, cli), nobody below reads it."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import parse_qs, urlsplit

from asbuilt.accounts.printers import Printer, PrinterProblem, printers_in

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SQLITE = "sqlite:///"
STATION_IDLE = 15
"""After so many minutes without a scan a badge has to be scanned again."""
DAY = 24 * 60
SECRET_KEY_MIN = 32
"""Shortest secret key accepted, in characters."""


class ConfigurationProblem(ValueError):
    """A setting that cannot be used; its text names the variable and the mend."""


class SignOn(StrEnum):
    """Who works at a station page."""

    LOGIN = "login"
    """Who is logged in; a badge takes over from that person."""
    BADGE = "badge"
    """Who has signed on with badge and PIN; without that nothing is recorded."""


class Tls(StrEnum):
    """Who speaks TLS with the browser."""

    OFF = "0"
    """Nobody: plain http, for one machine or a closed line."""
    OURSELVES = "1"
    PROXY = "proxy"
    """A proxy in front of us, which sets (and never passes on) X-Forwarded-Proto."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The environment, understood.

    printers, digital_link_stem, enterprise: how labels are printed and marked; empty: none, and the standard's own.
    ledger_url: where the ledger is, as the ledger opens it: postgresql://… or sqlite:////whole/path.
    secret_key: None when none is set; secret_key_of() then keeps one in home.
    index: where genealogy indexes are kept, when not in home.
    station_sign_on, station_idle: who works at a station page, and after how many minutes without a scan a badge has to
    be scanned again.
    """

    home: Path
    ledger_url: str
    secret_key: str | None
    allowed_hosts: tuple[str, ...]
    tls: Tls
    debug: bool
    log_level: str
    printers: tuple[Printer, ...] = ()
    digital_link_stem: str = ""
    enterprise: str = ""
    index: Path | None = None
    station_sign_on: SignOn = SignOn.LOGIN
    station_idle: int = STATION_IDLE

    @property
    def is_postgresql(self) -> bool:
        return not self.ledger_url.startswith(SQLITE)

    @property
    def accounts_path(self) -> Path:
        """Django's own SQLite file; not used with PostgreSQL."""
        return self.home / "accounts.sqlite3"

    @property
    def index_home(self) -> Path:
        """The folder with the genealogy index of each site."""
        return self.index or self.home / "index"

    @property
    def secret_key_path(self) -> Path:
        return self.home / "secret-key"


def read_environment(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`. Raises ConfigurationProblem.

    Read: ASBUILT_HOME, ASBUILT_DATABASE_URL, ASBUILT_SECRET_KEY, ASBUILT_ALLOWED_HOSTS, ASBUILT_TLS, ASBUILT_DEBUG,
    ASBUILT_LOG_LEVEL, ASBUILT_PRINTERS, ASBUILT_DIGITAL_LINK_STEM, ASBUILT_ENTERPRISE, ASBUILT_INDEX,
    ASBUILT_STATION_SIGN_ON, ASBUILT_STATION_IDLE; XDG_DATA_HOME and HOME for the default of the first. An empty
    variable counts as unset.
    """
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    home = _home(given)
    return Settings(
        home=home,
        ledger_url=_ledger_url(given.get("ASBUILT_DATABASE_URL"), home),
        secret_key=_secret_key(given.get("ASBUILT_SECRET_KEY")),
        allowed_hosts=_hosts(given.get("ASBUILT_ALLOWED_HOSTS")),
        tls=_tls(given.get("ASBUILT_TLS", Tls.OFF)),
        debug=_switch("ASBUILT_DEBUG", given.get("ASBUILT_DEBUG", "0")),
        log_level=_log_level(given.get("ASBUILT_LOG_LEVEL", "INFO")),
        printers=_printers(given.get("ASBUILT_PRINTERS", "")),
        digital_link_stem=given.get("ASBUILT_DIGITAL_LINK_STEM", ""),
        enterprise=given.get("ASBUILT_ENTERPRISE", ""),
        index=_absolute("ASBUILT_INDEX", given["ASBUILT_INDEX"], given) if "ASBUILT_INDEX" in given else None,
        station_sign_on=_sign_on(given.get("ASBUILT_STATION_SIGN_ON", SignOn.LOGIN)),
        station_idle=_minutes("ASBUILT_STATION_IDLE", given.get("ASBUILT_STATION_IDLE", str(STATION_IDLE))),
    )


def secret_key_of(settings: Settings) -> str:
    """The secret key that was set, or the one kept in home, made at the first start. Raises ConfigurationProblem."""
    if settings.secret_key is not None:
        return settings.secret_key
    path = settings.secret_key_path
    if not path.exists():
        make_home(settings)
        _keep_new_secret_key(path)
    if path.stat().st_mode & 0o077:
        raise ConfigurationProblem(f"{path} can be read by others; run: chmod 600 {path}")
    key = path.read_text(encoding="ascii").strip()
    if len(key) < SECRET_KEY_MIN:
        raise ConfigurationProblem(f"{path} holds no usable key; delete it for a new one (all log in anew)")
    return key


def make_home(settings: Settings) -> None:
    """Make the home folder when there is none, closed to others."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)


def _keep_new_secret_key(path: Path) -> None:
    # Two processes may start at once: each writes its own file, the first link wins and both read that one.
    with NamedTemporaryFile("w", dir=path.parent, prefix=".secret-key-", encoding="ascii") as draft:
        draft.write(secrets.token_urlsafe(48) + "\n")
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft.name)


def _home(given: Mapping[str, str]) -> Path:
    if "ASBUILT_HOME" in given:
        return _absolute("ASBUILT_HOME", given["ASBUILT_HOME"], given)
    if "XDG_DATA_HOME" in given:
        return _absolute("XDG_DATA_HOME", given["XDG_DATA_HOME"], given) / "asbuilt"
    if "HOME" in given:
        return Path(given["HOME"]) / ".local" / "share" / "asbuilt"
    raise ConfigurationProblem("there is no HOME; set ASBUILT_HOME to the folder where asbuilt keeps its files")


def _absolute(name: str, text: str, given: Mapping[str, str]) -> Path:
    if text.startswith("~/") and "HOME" in given:
        return Path(given["HOME"]) / text[2:]
    path = Path(text)
    if not path.is_absolute():
        raise ConfigurationProblem(f"{name} is {text!r}; give the whole path, beginning with /")
    return path


def _ledger_url(url: str | None, home: Path) -> str:
    if url is None:
        return f"{SQLITE}{home / 'asbuilt.sqlite3'}"
    scheme, _, rest = url.partition("://")
    if scheme in {"postgresql", "postgres"}:
        parts = urlsplit(url)
        if not parts.path.strip("/") and "dbname" not in parse_qs(parts.query):
            raise ConfigurationProblem("ASBUILT_DATABASE_URL names no database; write postgresql://USER@HOST/DATABASE")
        return url
    if scheme == "sqlite" and rest.startswith("//"):
        return url
    # The URL may hold a password, so only its scheme is repeated.
    raise ConfigurationProblem(
        f"ASBUILT_DATABASE_URL ({scheme}) cannot be used; write postgresql://USER@HOST/DATABASE or "
        "sqlite:////WHOLE/PATH, or unset it for SQLite in ASBUILT_HOME"
    )


def _secret_key(text: str | None) -> str | None:
    if text is not None and len(text) < SECRET_KEY_MIN:
        raise ConfigurationProblem(
            f"ASBUILT_SECRET_KEY is {len(text)} characters long; give {SECRET_KEY_MIN} or more random ones, or unset it"
        )
    return text


def _hosts(text: str | None) -> tuple[str, ...]:
    if text is None:
        return LOCAL_HOSTS
    return tuple(host.strip() for host in text.split(",") if host.strip())


def _tls(text: str) -> Tls:
    if text not in set(Tls):
        raise ConfigurationProblem(f"ASBUILT_TLS is {text!r}; it is one of {', '.join(Tls)}")
    return Tls(text)


def _sign_on(text: str) -> SignOn:
    if text not in set(SignOn):
        raise ConfigurationProblem(f"ASBUILT_STATION_SIGN_ON is {text!r}; it is one of {', '.join(SignOn)}")
    return SignOn(text)


def _minutes(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= DAY:
        raise ConfigurationProblem(f"{name} is {text!r}; it is a number of minutes from 1 to {DAY}")
    return int(text)


def _switch(name: str, text: str) -> bool:
    if text not in {"0", "1"}:
        raise ConfigurationProblem(f"{name} is {text!r}; it is 1 (on) or 0 (off)")
    return text == "1"


def _log_level(text: str) -> str:
    level = text.upper()
    if level not in LOG_LEVELS:
        raise ConfigurationProblem(f"ASBUILT_LOG_LEVEL is {text!r}; it is one of {', '.join(LOG_LEVELS)}")
    return level


def _printers(text: str) -> tuple[Printer, ...]:
    try:
        return printers_in(text)
    except PrinterProblem as problem:
        raise ConfigurationProblem(f"ASBUILT_PRINTERS: {problem}") from problem
