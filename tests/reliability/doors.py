"""asbuilt with a fault built in: what a test must notice, or what it cannot wait for. ASBUILT_TEST_DOOR names the fault.

Served in place of asbuilt.site.wsgi by negative controls.
"""

import os
import threading
import time
from collections.abc import Callable

from asbuilt.capture import collector as collecting
from asbuilt.capture import serials
from asbuilt.capture.answers import Acknowledgement, Outcome
from asbuilt.ledger import postgresql, sqlite
from asbuilt.site.wsgi import application

__all__ = ["application"]

COMMIT_LATER_S = 0.05
SLOW_S = 0.25


def hasty() -> None:
    """Acknowledges before it commits: what a kill in between takes is lost."""
    really = collecting.Collector.capture

    def capture(self, site, submission):
        def later() -> None:
            time.sleep(COMMIT_LATER_S)
            really(self, site, submission)

        threading.Thread(target=later, daemon=True).start()
        now = self._clock()
        return [
            Acknowledgement(
                event_id=one.event.event_id, outcome=Outcome.RECORDED, sequence=1, record_time=now, subject_version=1
            )
            for one in submission.events
        ]

    collecting.Collector.capture = capture


def unsafe() -> None:
    """The database may tell that something is durable which is not, and the check for that is taken out."""

    def trusting(self) -> None:
        """Checks nothing."""

    sqlite.SqliteDatabase.check_safety = postgresql.PostgresqlDatabase.check_safety = trusting
    connect, as_app = sqlite._connect, postgresql.as_app

    def connect_unsafely(path, *, read_only):
        connection = connect(path, read_only=read_only)
        authorizer, connection.authorizer = connection.authorizer, None
        connection.execute("PRAGMA synchronous = OFF")
        connection.authorizer = authorizer
        return connection

    def configure_unsafely(connection) -> None:
        connection.execute("SET synchronous_commit = off")
        as_app(connection)

    sqlite._connect, postgresql.as_app = connect_unsafely, configure_unsafely


def _slow() -> None:
    really = collecting.Collector._record

    def record(self, site, group):
        time.sleep(SLOW_S)
        really(self, site, group)

    collecting.Collector._record = record


def crowded() -> None:
    """Every transaction takes a quarter of a second, and little may wait."""
    _slow()
    collecting.EVENTS_WAITING_MAX = 100


def small_blocks() -> None:
    """A serial issue is many transactions."""
    serials.PER_TRANSACTION = 200


def unbounded() -> None:
    """The same, and anything may wait."""
    _slow()
    collecting.EVENTS_WAITING_MAX = 10**9


DOORS: dict[str, Callable[[], None]] = {
    door.__name__: door for door in (hasty, unsafe, crowded, small_blocks, unbounded)
}

DOORS[os.environ["ASBUILT_TEST_DOOR"]]()
