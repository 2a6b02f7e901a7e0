"""The API over both databases, in this process: what a client sends goes through everything but the socket."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from asbuilt.accounts import plant as plants
from asbuilt.accounts.fleet_index import IndexShelf
from asbuilt.accounts.plant import Plant
from asbuilt.accounts.roles import Role
from asbuilt.capture.collector import Collector
from tests.accounts.django_plant import accounts, client, django_started, start_django
from tests.api.talk import Api, new_api

__all__ = ["accounts", "client", "django_started"]

start_django()
logging.getLogger("django.request").setLevel(logging.ERROR)  # refusals are what is tested, not what is to be read


@pytest.fixture(scope="session")
def collector(opened) -> Iterator[Collector]:
    collector = Collector(opened.database, clock=lambda: datetime.now(UTC))
    yield collector
    collector.close()


@pytest.fixture
def served(opened, collector, accounts, monkeypatch, tmp_path) -> None:
    """The database of the test is served by this process."""
    shelf = IndexShelf(tmp_path / "index")
    monkeypatch.setattr(plants._Opened, "plant", Plant(opened.database, collector, shelf))


@pytest.fixture
def api(served, world) -> Api:
    """A system that may record everything at the site of `world`."""
    return new_api(world.site.name)


@pytest.fixture
def viewer(served, world) -> Api:
    return new_api(world.site.name, Role.VIEWER)


@pytest.fixture
def elsewhere(served, opened) -> Api:
    """The same at another site of the same database."""
    return new_api(opened.new_site().name)
