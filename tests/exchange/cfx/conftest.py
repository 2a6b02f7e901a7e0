"""A plant that takes in CFX messages, and the published examples."""

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.identifiers.subjects import part_named
from asbuilt.exchange.cfx.findings import CfxReport
from asbuilt.exchange.cfx.importing import Intake, import_kept, import_messages
from asbuilt.ledger.codec import stored_event
from tests.exchange.cfx.made import lines
from tests.world import World

REPOSITORY = Path(__file__).parents[3]
NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


class Floor:
    """A plant, and what machines tell it."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder

    def intake(self, *, part: str = "", operation: str = "") -> Intake:
        return Intake(
            database=self.world.database,
            site=self.world.site,
            actor=ActorName("tests"),
            clock=lambda: NOW,
            part=part_named(part, own_issuer=self.world.site.issuer) if part else None,
            operation=operation,
        )

    def hears(self, *messages, **more) -> CfxReport:
        """Take in messages, one a line."""
        return self.reads(lines(*messages), **more)

    def reads(self, text, *, name="messages.jsonl", **more) -> CfxReport:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return import_messages(self.intake(**more), [path])

    def pipes(self, text, **more) -> CfxReport:
        return import_messages(self.intake(**more), ["-"], stdin=io.BytesIO(text.encode("utf-8")))

    def goes_over_again(self, **more) -> CfxReport:
        return import_kept(self.intake(**more))

    def events(self, kind) -> list:
        """Everything recorded of a type, in order."""
        sql = "SELECT payload FROM event WHERE event_type = $1 AND site_id = $2 ORDER BY sequence"
        rows = self.world.rows(sql, kind.__name__, self.world.site.site_id)
        return [stored_event(bytes(payload)) for (payload,) in rows]

    def count(self) -> int:
        ((found,),) = self.world.rows("SELECT count(*) FROM event WHERE site_id = $1", self.world.site.site_id)
        return found


@pytest.fixture
def floor(world, tmp_path) -> Floor:
    return Floor(world, tmp_path)


@pytest.fixture
def boards(floor) -> Floor:
    """With two boards of panel PANEL7."""
    floor.world.units("BOARD/PANEL7-1", "BOARD/PANEL7-2")
    return floor


@pytest.fixture(scope="session")
def examples() -> list[dict]:
    """The published examples of messages, without their envelopes."""
    return [json.loads(line) for line in published("examples.jsonl").splitlines()]


@pytest.fixture(scope="session")
def messages() -> list[str]:
    """The names of all published messages."""
    return json.loads(published("messages.json"))


def published(name: str) -> str:
    default = REPOSITORY.parent / "shared" / "standards"
    file = Path(os.environ.get("ASBUILT_STANDARDS") or default) / "cfx" / name
    if not file.is_file():
        reason = f"what was published is not at {file}; set ASBUILT_STANDARDS"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return file.read_text(encoding="utf-8")
