"""Plants with real servers for the tests of promises."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.reliability.server import Line, Plant, Server, made_plant, serving

SITES = 40


def soak(size: int) -> int:
    """A size for release runs, scaled by ASBUILT_SOAK."""
    return max(1, int(size * float(os.environ.get("ASBUILT_SOAK", "1"))))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two server processes on one database: what one process keeps in order by itself, two have to agree on."""

    plant: Plant
    servers: tuple[Server, Server]

    @property
    def ports(self) -> list[int]:
        return [server.port for server in self.servers]


@pytest.fixture(scope="session")
def pair(kind) -> Iterator[Pair]:
    with made_plant(kind, sites=SITES) as plant, serving(plant) as first, serving(plant) as second:
        yield Pair(plant, (first, second))


@pytest.fixture
def line(pair) -> Line:
    """A site of its own for each test."""
    return pair.plant.new_line()


@pytest.fixture(scope="session")
def naive(kind) -> Iterator[Pair]:
    """Two processes of a server that checks before it writes, and nothing else: the negative control of races."""
    application = "tests.reliability.naive:application"
    how = {"application": application}
    with made_plant(kind) as plant, serving(plant, **how) as first, serving(plant, **how) as second:
        yield Pair(plant, (first, second))


@pytest.fixture
def seed() -> int:
    """Printed with a failure; ASBUILT_TEST_SEED repeats it."""
    seed = int(os.environ.get("ASBUILT_TEST_SEED", random.SystemRandom().randrange(2**32)))
    print(f"ASBUILT_TEST_SEED={seed}")
    return seed


@pytest.fixture
def chance(seed) -> random.Random:
    return random.Random(seed)
