"""Tries waiting print jobs again, in a thread beside the server: the printer comes back, and the label comes out."""

import logging
import threading
from datetime import UTC, datetime

from asbuilt.accounts.plant import plant
from asbuilt.exchange.labels.printing import work_off
from asbuilt.exchange.labels.serving import printing_at
from asbuilt.ledger.database import Unavailable, UnsafeDatabase

LOOKED_AFTER_S = 2.0
"""How often it is looked whether a job is due; the shortest wait of a job is longer."""

IN_TROUBLE_S = 30.0
"""How long is waited after the database could not be had."""

_EXPECTED = (Unavailable, UnsafeDatabase)

log = logging.getLogger(__name__)


def start_printing() -> None:
    """Begin. The thread ends with the process; a job that it is sending then is asked about, not sent again."""
    threading.Thread(target=_work, name="printing", daemon=True).start()


def _work() -> None:
    pause = threading.Event()
    while True:
        try:
            for site in plant().database.sites():
                work_off(printing_at(site, clock=lambda: datetime.now(UTC)))
        except Exception as problem:  # it must go on, whatever one job does
            log.warning("print jobs wait: %s", problem, exc_info=not isinstance(problem, _EXPECTED))
            pause.wait(IN_TROUBLE_S)
        pause.wait(LOOKED_AFTER_S)
