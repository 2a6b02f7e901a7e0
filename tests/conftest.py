"""A plant for each test, on both databases."""

import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest

from asbuilt.ledger.database import Database
from tests.databases import KINDS, Made, Opened, made_database, need_postgresql, opened_database
from tests.world import World

hypothesis.settings.register_profile(
    "asbuilt",
    max_examples=60,  # of each property, in a run of everything
    deadline=None,  # the machine is shared
    print_blob=True,  # a failure found elsewhere is run again from what it prints
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile("quick", hypothesis.settings.get_profile("asbuilt"), max_examples=8)
hypothesis.settings.load_profile(os.environ.get("ASBUILT_TEST_PROFILE", "asbuilt"))


def _stay_here(event: str, arguments: tuple[object, ...]) -> None:
    """No test reaches a printer, or anything else, outside of this machine."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        assert host.startswith("127.") or host in ("::1", "localhost"), f"a test connects to {host}"


sys.addaudithook(_stay_here)

_BOTH = [pytest.param(kind, marks=pytest.mark.postgresql if kind == "postgresql" else ()) for kind in KINDS]


@pytest.fixture(scope="session", params=_BOTH)
def kind(request) -> str:
    """Each test runs once on each kind of database."""
    if request.param == "postgresql":
        need_postgresql()
    return request.param


@pytest.fixture(scope="session")
def opened(kind) -> Iterator[Opened]:
    """The database of this test process; each test has a site of its own in it."""
    with opened_database(kind) as opened:
        yield opened


@pytest.fixture
def world(opened) -> World:
    """An empty plant."""
    return World(opened.database, opened.new_site())


@pytest.fixture(scope="session")
def pattern(kind) -> Iterator[Made]:
    """A migrated database to make copies of."""
    with made_database(kind) as made:
        yield made


@pytest.fixture
def own(kind, pattern) -> Iterator[Made]:
    """A database that a test may damage, with the site LYON."""
    with made_database(kind, like=pattern) as made:
        made.add_site("LYON")
        yield made


@pytest.fixture
def own_database(own) -> Iterator[Database]:
    with own.opened() as database:
        yield database


@pytest.fixture
def own_world(own_database) -> World:
    """An empty plant in a database that may be damaged."""
    return World(own_database, own_database.site("LYON"))
