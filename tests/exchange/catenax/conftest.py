"""A plant to import into, on SQLite or PostgreSQL, and the standard's own samples and schemas."""

import io
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from asbuilt.core.identifiers.names import ActorName
from asbuilt.exchange.catenax.exporting import export_documents
from asbuilt.exchange.catenax.findings import ImportReport
from asbuilt.exchange.catenax.importing import import_documents
from asbuilt.ledger.database import Database, Site
from asbuilt.ledger.opening import open_database, open_keeper
from asbuilt.queries.as_built import as_built, flattened
from asbuilt.queries.identity import DuplicateView, open_duplicates
from asbuilt.queries.naming import unit_or_lot_meant
from asbuilt.queries.where_used import where_used

OWN_BPNL = "BPNL00000000LYON"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SERVER = "postgresql://127.0.0.1:5432"
REPOSITORY = Path(__file__).parents[3]


@dataclass
class Plant:
    """A site, and what the tests ask of it."""

    database: Database
    site: Site
    folder: Path
    files: Counter = field(default_factory=Counter)

    def reads(self, *paths, **more) -> ImportReport:
        """Import files and folders."""
        clock = more.pop("clock", lambda: NOW)
        return import_documents(self.database, self.site, paths, actor=ActorName("tests"), clock=clock, **more)

    def imports(self, *documents, name="documents.json", **more) -> ImportReport:
        """Import documents: one as it is, several as an array."""
        path = self.folder / name
        path.write_text(json.dumps(documents[0] if len(documents) == 1 else documents), encoding="utf-8")
        return self.reads(path, **more)

    def imports_text(self, text, *, name="documents.json", **more) -> ImportReport:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return self.reads(path, **more)

    def pipes(self, text, **more) -> ImportReport:
        return self.reads("-", stdin=io.BytesIO(text.encode("utf-8")), **more)

    def as_built(self, name, **more):
        with self.database.reading(self.site) as reader:
            return as_built(reader, unit_or_lot_meant(reader, name), **more)

    def contents(self, name) -> list[tuple]:
        """What is in a unit or lot: (level, name, evidence) of every component, in the order of the record."""
        return [(one.level, one.name, one.evidence) for one in flattened(self.as_built(name))]

    def names_below(self, name) -> set[str]:
        return {one.name for one in flattened(self.as_built(name))}

    def names_above(self, name) -> set[str]:
        with self.database.reading(self.site) as reader:
            found = list(where_used(reader, unit_or_lot_meant(reader, name)))
        return {one.unit or f"{one.issuer}:{one.part_number}/{one.lot_number}" for one in found}

    def name_of(self, text) -> str:
        with self.database.reading(self.site) as reader:
            return unit_or_lot_meant(reader, text).name

    def exports(self, name, **more) -> list[dict]:
        with self.database.reading(self.site) as reader:
            return list(export_documents(reader, unit_or_lot_meant(reader, name), **more))

    def open_questions(self) -> tuple[DuplicateView, ...]:
        """What arrived under the number of a unit that exists and is not decided."""
        with self.database.reading(self.site) as reader:
            return open_duplicates(reader).duplicates

    def event_count(self) -> int:
        with self.database.reading(self.site) as reader:
            ((count,),) = reader.rows("SELECT count(*) FROM event")
        return count

    def events(self) -> list[tuple]:
        """Every event as recorded, without when and in which order."""
        with self.database.reading(self.site) as reader:
            rows = reader.rows("SELECT event_id, payload FROM event")
        return sorted((str(event_id), bytes(payload)) for event_id, payload in rows)


def _plant(url: str, folder: Path) -> Plant:
    keeper = open_keeper(url)
    keeper.migrate()
    keeper.add_site("LYON", OWN_BPNL)
    keeper.close()
    database = open_database(url)
    return Plant(database, database.site("LYON"), folder)


@pytest.fixture
def plant(tmp_path) -> Iterator[Plant]:
    made = _plant(f"sqlite:///{tmp_path / 'plant.sqlite'}", tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def other_plant(tmp_path) -> Iterator[Plant]:
    """A second plant, empty like the first."""
    (tmp_path / "other").mkdir()
    made = _plant(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path / "other")
    yield made
    made.database.close()


@pytest.fixture
def postgresql_plant(tmp_path) -> Iterator[Plant]:
    name = f"asbuilt_catenax_{uuid4().hex[:12]}"
    try:
        server = psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as problem:
        missing(f"no PostgreSQL on 127.0.0.1:5432: {problem}")
    with server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            made = _plant(f"{SERVER}/{name}", tmp_path)
            yield made
            made.database.close()
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.slow])])
def any_plant(request) -> Plant:
    """The same on both databases."""
    return request.getfixturevalue("plant" if request.param == "sqlite" else "postgresql_plant")


@pytest.fixture(scope="session")
def standards() -> Path:
    """The aspect models as published, with their schemas and samples."""
    default = REPOSITORY.parent / "shared" / "standards"
    folder = Path(os.environ.get("ASBUILT_STANDARDS") or default) / "catenax"
    if not folder.is_dir():
        missing(f"the published aspect models are not at {folder}; set ASBUILT_STANDARDS")
    return folder


def missing(reason: str) -> None:
    """Skip a test that lacks something, except where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
