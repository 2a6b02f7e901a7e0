"""P02: what was acknowledged survives that the power goes, on a disk of our own whose power can be cut."""

import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.reliability.conftest import soak
from tests.reliability.power import Cluster, Disk, disk, lacking, tell, wait_until_gone, with_children
from tests.reliability.server import Plant, Server, prepare
from tests.reliability.test_P01_kill import WRITERS, begin, check, lost
from tests.reliability.writers import Account, Writer, together

pytestmark = [pytest.mark.soak, pytest.mark.skipif(lacking() is not None, reason=str(lacking()))]


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine with its disk, database and server, all of which lose their power together."""

    disk: Disk
    cluster: Cluster | None
    server: Server

    def lose_power(self) -> None:
        """Stop every process where it is, end all writing, and let nothing of what was in memory be."""
        pids = with_children(self.server.pid)
        if self.cluster is not None:
            pids += with_children(self.cluster.pid)
        tell(pids, signal.SIGSTOP)
        self.disk.cut_power()
        self.server.kill()
        tell(pids, signal.SIGKILL)
        wait_until_gone(pids)
        self.disk.unmount()

    def come_back(self) -> None:
        self.disk.mount()
        if self.cluster is not None:
            self.cluster.start()
        self.server.start()


@contextmanager
def machine(kind: str, **how: object) -> Iterator[Machine]:
    # Not in pytest's folder, into which the user postgres may not look.
    place = Path(tempfile.mkdtemp(prefix="asbuilt-power-", dir="/var/tmp"))
    place.chmod(0o755)
    try:
        with disk(place) as under:
            cluster, url = None, f"sqlite:///{under.folder}/asbuilt.sqlite3"
            if kind == "postgresql":
                cluster = Cluster(under.folder, place / "run")
                cluster.start()
                url = cluster.make_database()
            home = under.folder / "home"
            home.mkdir(mode=0o700)
            plant = Plant(kind, url, home)
            prepare(plant)
            server = Server(plant, log=place / "server.log", **how)
            made = Machine(under, cluster, server.start())
            try:
                yield made
            finally:
                server.close()
                if cluster is not None:
                    pids = with_children(cluster.pid)
                    tell(pids, signal.SIGKILL)
                    wait_until_gone(pids)
    finally:
        with suppress(OSError):
            shutil.rmtree(place)


def cut(made: Machine, chance: random.Random, *, cuts: int) -> Account:
    """Writers write while the power goes at random moments and comes back."""
    begin(made.server, WRITERS)
    token = made.server.plant.lines[0].token
    writers = [
        Writer(made.server.port, token, f"PUMP-200/{number}", random.Random(chance.random()))
        for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for _ in range(cuts):
        time.sleep(chance.uniform(0.05, 0.8))
        made.lose_power()
        made.come_back()
    time.sleep(0.3)
    return together(writers)


def test_P02_what_was_acknowledged_survives_a_power_cut(kind, chance):
    cuts = soak(30)
    with machine(kind, unchecked=True) as made:
        account = cut(made, chance, cuts=cuts)
        check(account, made.server.plant)
    print(f"{cuts} power cuts, {len(account.acknowledged)} acknowledged, lost 0")


def test_P02_control_a_database_that_does_not_wait_for_the_disk_loses(kind, chance):
    door = {"application": "tests.reliability.doors:application", "ASBUILT_TEST_DOOR": "unsafe"}
    with machine(kind, **door) as made:
        account = cut(made, chance, cuts=8)
        assert lost(account, made.server.plant)
