"""A disk whose power can be cut: an ext4 file system in a file, mounted over a loop device.

The cut is ext4's own shutdown: from that moment nothing reaches the disk any more, also not what the kernel holds in
memory. Needs root, loop devices and mkfs.ext4.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.reliability.server import HOST, free_port

SHUTDOWN = 0x8004587D
"""EXT4_IOC_SHUTDOWN of linux/ext4.h."""
WITHOUT_THE_JOURNAL = 2
"""EXT4_GOING_FLAGS_NOLOGFLUSH: nothing is written any more, as after the power went."""
SIZE = "1G"
GONE_TIMEOUT_S = 30
PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"


def lacking() -> str | None:
    """Why the power cannot be cut on this machine; None where it can."""
    if os.geteuid() != 0:
        return "cutting the power of a disk needs root"
    if not Path("/dev/loop-control").exists():
        return "cutting the power of a disk needs loop devices"
    if shutil.which("mkfs.ext4", path=PATH) is None:
        return "cutting the power of a disk needs mkfs.ext4 (Debian: e2fsprogs)"
    return None


def run(*command: object, **more: object) -> None:
    environment = {**os.environ, "PATH": PATH}
    # Into a file and not a pipe: a server that a command leaves behind would hold the pipe open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [str(one) for one in command],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=environment,
            **more,
        )
        said.seek(0)
        assert done.returncode == 0, (command, said.read().decode())


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk and where it is mounted."""

    image: Path
    folder: Path

    def mount(self) -> None:
        run("mount", "-o", "loop", self.image, self.folder)

    def unmount(self) -> None:
        run("umount", self.folder)

    def cut_power(self) -> None:
        """From here on nothing is written any more; who writes on gets an error."""
        place = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(place, SHUTDOWN, struct.pack("I", WITHOUT_THE_JOURNAL))
        finally:
            os.close(place)


@contextlib.contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """A mounted disk with a file in this folder behind it."""
    made = Disk(folder / "disk.img", folder / "disk")
    made.folder.mkdir()
    run("truncate", "-s", SIZE, made.image)
    run("mkfs.ext4", "-q", made.image)
    made.mount()
    try:
        yield made
    finally:
        made.unmount()


class Cluster:
    """A PostgreSQL server with its data on that disk."""

    def __init__(self, place: Path, run_folder: Path) -> None:
        """run_folder: for what a machine has forgotten when it comes back, as it has /run."""
        self._data, self._run = place / "postgresql", run_folder
        self._port = free_port()
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
        self._data.mkdir()
        shutil.chown(self._data, "postgres", "postgres")
        self._as_postgres("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "-D", self._data)

    def _as_postgres(self, program: str, *arguments: object) -> None:
        run("runuser", "-u", "postgres", "--", self._programs / program, *arguments, cwd="/")

    def start(self) -> None:
        shutil.rmtree(self._run, ignore_errors=True)
        self._run.mkdir()
        shutil.chown(self._run, "postgres", "postgres")
        options = f"-p {self._port} -c listen_addresses={HOST} -c unix_socket_directories={self._run}"
        log = self._run / "log"
        try:
            self._as_postgres("pg_ctl", "-D", self._data, "-w", "-s", "-l", log, "-o", options, "start")
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n{log.read_text()}") from problem

    def make_database(self) -> str:
        """The URL of an empty database."""
        server = f"postgresql://postgres@{HOST}:{self._port}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE plant")
        return f"{server}/plant"

    @property
    def pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().splitlines()[0])


def with_children(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for one in found:
        with contextlib.suppress(FileNotFoundError):
            found += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
    return found


def tell(pids: list[int], what: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)


def wait_until_gone(pids: list[int]) -> None:
    """Until these, who need not be our own children, are no processes any more, nor zombies that still have their number."""
    deadline = time.monotonic() + GONE_TIMEOUT_S
    while left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline, f"processes {left} do not end"
        time.sleep(0.01)
