"""What is really in the database, asked without the server."""

from collections.abc import Iterator
from contextlib import contextmanager

from asbuilt.ledger.codec import as_uuid
from asbuilt.ledger.database import Reader
from asbuilt.ledger.opening import open_database
from asbuilt.ledger.verify import verify
from asbuilt.projections.rebuild import rebuild
from tests.reliability.server import Plant


@contextmanager
def reading(plant: Plant, site: str) -> Iterator[Reader]:
    """One look at a site."""
    database = open_database(plant.url)
    try:
        with database.reading(database.site(site)) as reader:
            yield reader
    finally:
        database.close()


def recorded(plant: Plant, site: str) -> list[str]:
    """The ids of all events of a site, in order."""
    with reading(plant, site) as reader:
        rows = reader.rows("SELECT event_id FROM event WHERE site_id = $1 ORDER BY sequence", reader.site.site_id)
        return [str(as_uuid(event_id)) for (event_id,) in rows]


def findings(plant: Plant, site: str) -> list[str]:
    """What `verify` says of a site; nothing is good."""
    with reading(plant, site) as reader:
        return [str(finding) for finding in verify(reader)]


def differences(plant: Plant, site: str) -> int:
    """Rows that are not as a replay of the ledger gives them (P09)."""
    database = open_database(plant.url)
    try:
        return len(rebuild(database, database.site(site), keep=False).differences)
    finally:
        database.close()
