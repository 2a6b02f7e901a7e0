"""The index lies in one file: whole or not there, of this ledger or refused, whoever is killed on the way."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import msgspec
import numpy as np
import pytest

from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.inventory import UnitMoved
from asbuilt.projections.fleet import files
from asbuilt.projections.fleet.files import BUILDING, CURRENT, HEADER_MAX, IndexBusy, IndexUnfit
from asbuilt.projections.fleet.index import build, folder_of, opened
from tests.world import World

BUILDER = """
import sys
from pathlib import Path
from asbuilt.ledger.opening import open_database
from asbuilt.projections.fleet.files import IndexBusy
from asbuilt.projections.fleet.index import build

url, site, home, rounds = sys.argv[1:]
database = open_database(url)
print("ready", flush=True)
sys.stdin.readline()
done = busy = 0
while done < int(rounds):
    try:
        build(database, database.site(site), Path(home), anew=done % 2 == 0)
        done += 1
    except IndexBusy:
        busy += 1
print(done, busy, flush=True)
"""


def begin(world: World) -> None:
    world.lot("CAP/L1")
    for number in range(20):
        world.unit(f"PCB/{number}")
        world.captures(ComponentInstalled, f"PCB/{number}", lot="CAP/L1", reference_designator="C1")


def builder(made, home, rounds: int) -> subprocess.Popen:
    words = [sys.executable, "-c", BUILDER, made.url, "LYON", str(home), str(rounds)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def look(world: World, home):
    """The index, every byte of it looked at."""
    with world.database.reading(world.site) as reader:
        index = opened(folder_of(home, world.site), reader)
    index.arrays.details()
    return index


def test_what_is_built_is_found_again(world, tmp_path):
    begin(world)
    built = build(world.database, world.site, tmp_path)
    index = look(world, tmp_path)
    assert (index.of, index.size) == (built.of, built.size)
    assert (index.arrays.links, len(index.arrays.ids)) == (built.links, built.subjects) == (20, 21)
    assert build(world.database, world.site, tmp_path).followed == 0


def test_an_index_of_nothing_serves_too(world, tmp_path):
    assert build(world.database, world.site, tmp_path).subjects == 0
    assert look(world, tmp_path).of.sequence == 0
    begin(world)
    assert build(world.database, world.site, tmp_path).links == 20


def test_there_is_none_before_it_is_built(world, tmp_path):
    with pytest.raises(IndexUnfit, match="there is no index"):
        look(world, tmp_path)


@pytest.mark.parametrize("damage", ["byte", "header", "cut", "foreign", "empty"])
def test_a_torn_or_foreign_file_is_refused_and_built_anew(world, tmp_path, damage):
    begin(world)
    build(world.database, world.site, tmp_path)
    path = folder_of(tmp_path, world.site) / CURRENT
    content = bytearray(path.read_bytes())
    if damage == "byte":
        content[HEADER_MAX + 5] ^= 1
    elif damage == "header":
        content[len(files.MAGIC) + 40] ^= 1
    path.unlink()  # who has it mapped keeps what it was
    whole = {"cut": content[:-1], "foreign": b"GIF89a" + content, "empty": b""}.get(damage, content)
    path.write_bytes(whole)
    with pytest.raises(IndexUnfit):
        look(world, tmp_path)
    assert build(world.database, world.site, tmp_path).followed is None
    assert look(world, tmp_path).arrays.links == 20


def test_every_byte_counts(world, tmp_path):
    begin(world)
    build(world.database, world.site, tmp_path)
    path = folder_of(tmp_path, world.site) / CURRENT
    content = path.read_bytes()
    with path.open("rb") as file:
        sections = files._read_header(file, path.parent).sections
    used = [place for one in sections for place in range(one.offset, one.offset + one.count, 7)]
    for place in used:
        torn = bytearray(content)
        torn[place] ^= 0x10
        path.unlink()
        path.write_bytes(torn)
        with pytest.raises(IndexUnfit, match="damaged"):
            look(world, tmp_path)


def test_the_index_of_another_ledger_is_refused(opened, tmp_path):
    one, other = (World(opened.database, opened.new_site()) for _ in range(2))
    begin(one)
    begin(other)
    build(one.database, one.site, tmp_path)
    shutil.copytree(folder_of(tmp_path, one.site), folder_of(tmp_path, other.site))
    with pytest.raises(IndexUnfit, match="of site"):
        look(other, tmp_path)
    assert build(other.database, other.site, tmp_path).followed is None


def test_the_index_of_a_ledger_that_went_another_way_is_refused(own, own_world, tmp_path):
    """A backup is restored, and other events are recorded since."""
    begin(own_world)
    if own.kind == "postgresql":
        pytest.skip("a copy of a file is quicker; what is compared is the same")
    own_world.database.close()
    backup = tmp_path / "backup"
    shutil.copytree(own.path.parent, backup)

    with own.opened() as database:
        world = World(database, database.site("LYON"))
        world.now = own_world.now
        world._ids = own_world._ids
        world.captures(UnitMoved, "PCB/1", location="CELL-4")
        build(database, world.site, tmp_path)
        assert look(world, tmp_path).of.sequence
        database.close()
    for path in own.path.parent.iterdir():
        path.unlink()
        if (backup / path.name).exists():
            shutil.copy(backup / path.name, path)

    with own.opened() as database:
        world = World(database, database.site("LYON"))
        with pytest.raises(IndexUnfit, match="another ledger"):
            look(world, tmp_path)  # the event is not there
        world.now = own_world.now
        world._ids = own_world._ids
        world.captures(UnitMoved, "PCB/2", location="CELL-4")
        with pytest.raises(IndexUnfit, match="another ledger"):
            look(world, tmp_path)  # another one is in its place


def test_two_builders_take_turns(own, own_world, tmp_path):
    begin(own_world)
    builders = [builder(own, tmp_path, 40) for _ in range(2)]
    for one in builders:
        one.stdin.write("begin\n")
        one.stdin.flush()
    counts = [tuple(map(int, one.communicate(timeout=60)[0].split())) for one in builders]
    assert [one.returncode for one in builders] == [0, 0]
    assert [done for done, _ in counts] == [40, 40]
    assert sum(busy for _, busy in counts) > 0, "they never met, so nothing was tried"
    assert look(own_world, tmp_path).arrays.links == 20


def test_a_second_builder_is_told(world, tmp_path):
    with files.building(folder_of(tmp_path, world.site)), pytest.raises(IndexBusy):
        build(world.database, world.site, tmp_path)
    build(world.database, world.site, tmp_path)


def killed(own, world, home, kills: int) -> int:
    """Kill builders at random moments; count those that left an index that cannot be opened."""
    chance, torn = random.Random(7), 0
    build(world.database, world.site, home)
    for _ in range(kills):
        process = builder(own, home, 10_000)
        process.stdin.write("begin\n")
        process.stdin.close()
        time.sleep(chance.uniform(0.0, 0.06))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        try:
            assert look(world, home).arrays.links == 20
        except IndexUnfit:
            torn += 1
    return torn


def test_a_builder_may_be_killed_at_any_moment(own, own_world, tmp_path):
    begin(own_world)
    assert killed(own, own_world, tmp_path, kills=12) == 0
    (folder_of(tmp_path, own_world.site) / BUILDING).write_bytes(b"left behind")
    build(own_world.database, own_world.site, tmp_path)
    assert not (folder_of(tmp_path, own_world.site) / BUILDING).exists()


def test_every_step_of_a_builder_may_be_its_last(world, tmp_path, monkeypatch):
    """What is there after each step is the old index or the new one; without the rename it would be torn."""
    begin(world)
    build(world.database, world.site, tmp_path)
    folder = folder_of(tmp_path, world.site)
    before = (folder / CURRENT).read_bytes()
    world.captures(UnitMoved, "PCB/1", location="CELL-4")

    class Killed(Exception):
        pass

    for step in ("_header_bytes", "_checksum"):

        def die(*_):
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(files, step, die)
            with files.building(folder), pytest.raises(Killed):
                files.write(folder, look_of(before), {"ids": np.arange(9)})
        assert (folder / CURRENT).read_bytes() == before


def look_of(content: bytes):
    return msgspec.json.decode(content[len(files.MAGIC) + 18 : HEADER_MAX].rstrip(b"\0"), type=files._Header).of


def test_a_builder_that_writes_in_place_is_found_out(own, own_world, tmp_path, monkeypatch):
    """The negative control: killed in the middle of writing, it leaves a torn file."""
    begin(own_world)
    build(own_world.database, own_world.site, tmp_path)
    path = folder_of(tmp_path, own_world.site) / CURRENT
    with path.open("r+b") as file:
        file.seek(HEADER_MAX)
        file.write(b"half of what was to be written")
    with pytest.raises(IndexUnfit, match="damaged"):
        look(own_world, tmp_path)
