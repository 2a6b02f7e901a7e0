"""The plant this process serves: its database, opened once, and the collector through which captures go."""

import atexit
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.conf import settings

from asbuilt.accounts.configuration import Settings
from asbuilt.accounts.fleet_index import IndexShelf
from asbuilt.accounts.problems import AccountProblem
from asbuilt.capture.collector import Collector
from asbuilt.ledger.database import Database, Site
from asbuilt.ledger.opening import open_database


@dataclass(slots=True)
class Plant:
    """An open database with its collector and genealogy indexes; sites are looked up once."""

    database: Database
    collector: Collector
    indexes: IndexShelf
    _sites: dict[str, Site] = field(default_factory=dict)

    def site(self, name: str) -> Site:
        """The site of that name. Raises AccountProblem: an account is of a site that this database does not have."""
        found = self._sites.get(name)
        if found is None:
            try:
                found = self._sites[name] = self.database.site(name)
            except LookupError as problem:
                raise AccountProblem(f"{problem}; add the site, or give the account a role at another") from problem
        return found

    def close(self) -> None:
        """Record what waits, then close the database."""
        self.collector.close()
        self.database.close()


class _Opened:
    """The one plant of this process."""

    lock = threading.Lock()
    plant: Plant | None = None


def plant() -> Plant:
    """The plant, opened at the first call. Raises UnsafeDatabase when it could lose what it acknowledges."""
    if _Opened.plant is None:
        with _Opened.lock:
            if _Opened.plant is None:
                database = open_database(environment().ledger_url)
                try:
                    database.check_safety()
                except BaseException:
                    database.close()  # every request tries anew, and each would leave connections and threads behind
                    raise
                collector = Collector(database, clock=lambda: datetime.now(UTC))
                _Opened.plant = Plant(database, collector, IndexShelf(environment().index_home))
                atexit.register(close_plant)
    return _Opened.plant


def environment() -> Settings:
    """What the environment of this process says."""
    found: Settings = settings.ENVIRONMENT
    return found


def close_plant() -> None:
    """Close the plant, if it is open; a later call of `plant` opens it anew."""
    with _Opened.lock:
        opened, _Opened.plant = _Opened.plant, None
    if opened is not None:
        opened.close()
