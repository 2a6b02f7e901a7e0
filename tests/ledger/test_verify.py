"""P08: tampering is found, and the place is named."""

import random
from dataclasses import dataclass

import pytest

from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.inventory import UnitMoved, UnitShipped
from asbuilt.core.events.production import OperationCompleted
from asbuilt.ledger.append import EVENT
from asbuilt.ledger.digest import payload_digest
from asbuilt.ledger.verify import CHECKED_A_REPORT, Fault, verify
from tests.ledger.tampering import as_blob, edited, tampered

SEED = 20260302


@dataclass(frozen=True)
class Stored:
    """An event as it stands."""

    sequence: int
    subject_id: int
    version: int
    payload: bytes


@pytest.fixture
def plant(world):
    """Three pumps with a past: five events each, of which the fourth installs a board."""
    for number in (1, 2, 3):
        world.unit(f"PCB-10/{number}")
        pump = f"PUMP-200/{number}"
        world.unit(pump)
        world.captures(UnitMoved, pump, location="CELL-4", source="SCANNER-7")
        world.captures(UnitMoved, pump, location="CELL-5")
        world.captures(ComponentInstalled, pump, component=f"PCB-10/{number}")
        world.captures(UnitShipped, pump, customer="St. Anna")
    return world


def chain_of(world, name: str) -> list[Stored]:
    entries = world.history(name)
    rows = world.rows(
        "SELECT sequence, subject_id, subject_version, payload FROM event WHERE site_id = $1", world.site.site_id
    )
    return [Stored(*row[:3], bytes(row[3])) for entry in entries for row in rows if row[0] == entry.sequence]


def found(opened, world, *statements: str) -> list[tuple[str, int | None]]:
    with tampered(opened.made, world.site, *statements) as reader:
        return [(finding.fault, finding.sequence) for finding in verify(reader)]


def test_an_untouched_ledger_has_no_fault(plant):
    told: list[int] = []
    with plant.database.reading(plant.site) as reader:
        assert list(verify(reader, checked=told.append)) == []
        ((count,),) = reader.rows("SELECT count(*) FROM event WHERE site_id = $1", plant.site.site_id)
    assert told[-1] == count < CHECKED_A_REPORT


def test_an_edited_payload_is_found(opened, plant, kind):
    moved = chain_of(plant, "PUMP-200/2")[1]
    change = (
        f"UPDATE event SET payload = {edited('payload', 'CELL-4', 'CELL-9', kind)} WHERE sequence = {moved.sequence}"
    )
    assert found(opened, plant, change) == [(Fault.PAYLOAD, moved.sequence)]


def test_an_edited_payload_with_a_fitting_digest_breaks_the_chain(opened, plant, kind):
    for place in (1, 4):
        event = chain_of(plant, "PUMP-200/2")[place]
        forged = event.payload.replace(b"CELL-4", b"CELL-9").replace(b"St. Anna", b"St. Karl")
        change = (
            f"UPDATE event SET payload = {as_blob(forged, kind)}, "
            f"payload_digest = {as_blob(payload_digest(forged), kind)} WHERE sequence = {event.sequence}"
        )
        expected = Fault.HEAD if place == 4 else Fault.CHAIN
        assert found(opened, plant, change) == [(expected, event.sequence)]


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ("actor = 'mallory'", {Fault.CHAIN}),
        ("record_time = record_time - 1", {Fault.CHAIN}),
        ("record_time = record_time + 60000000", {Fault.CHAIN}),
        ("source = 'SCANNER-8'", {Fault.CHAIN, Fault.COLUMNS}),
        ("event_time = event_time + 1", {Fault.COLUMNS}),
        ("event_type = 'UnitScrapped'", {Fault.COLUMNS}),
        ("subject_version = 77", {Fault.GAP, Fault.CHAIN, Fault.HEAD}),
        ("sequence = 777777777", {Fault.CHAIN}),
        ("site_id = 777777777", {Fault.GAP, Fault.CHAIN, Fault.COLUMNS, Fault.STRAY}),
        ("subject_id = 777777777", {Fault.GAP, Fault.STRAY}),
    ],
)
def test_an_edited_column_is_found(opened, plant, change, faults):
    event = chain_of(plant, "PUMP-200/2")[1]
    findings = found(opened, plant, f"UPDATE event SET {change} WHERE sequence = {event.sequence}")
    assert {fault for fault, _ in findings}
    assert {fault for fault, _ in findings} <= faults


def test_an_exchanged_event_id_is_found(opened, plant, kind):
    event = chain_of(plant, "PUMP-200/2")[1]
    forged = as_blob(bytes(16), kind) if kind == "sqlite" else "'00000000-0000-0000-0000-000000000000'"
    change = f"UPDATE event SET event_id = {forged} WHERE sequence = {event.sequence}"
    assert found(opened, plant, change) == [(Fault.COLUMNS, event.sequence)]


def test_a_deleted_event_is_found(opened, plant):
    chain = chain_of(plant, "PUMP-200/2")
    change = f"DELETE FROM event WHERE sequence = {chain[2].sequence}"
    assert found(opened, plant, change) == [(Fault.GAP, chain[3].sequence)]


def test_a_cut_tail_is_found(opened, plant):
    chain = chain_of(plant, "PUMP-200/2")
    change = f"DELETE FROM event WHERE subject_id = {chain[0].subject_id} AND subject_version > 2"
    assert found(opened, plant, change) == [(Fault.HEAD, chain[1].sequence)]


def test_a_unit_without_any_of_its_events_is_found(opened, plant):
    change = f"DELETE FROM event WHERE subject_id = {chain_of(plant, 'PUMP-200/2')[0].subject_id}"
    assert found(opened, plant, change) == [(Fault.HEAD, None)]


def test_an_inserted_event_is_found(opened, plant):
    chain = chain_of(plant, "PUMP-200/2")
    values = {"sequence": "987654", "subject_version": "6", "event_id": "payload_digest"}
    columns = ", ".join(EVENT.column_names)
    for kind, event_id in (("sqlite", "zeroblob(16)"), ("postgresql", "'00000000-0000-0000-0000-000000000000'")):
        if opened.made.kind == kind:
            values["event_id"] = event_id
    picked = ", ".join(values.get(name, name) for name in EVENT.column_names)
    change = f"INSERT INTO event ({columns}) SELECT {picked} FROM event WHERE sequence = {chain[4].sequence}"
    findings = found(opened, plant, change)
    assert (Fault.HEAD, 987654) in findings
    assert (Fault.COLUMNS, 987654) in findings


def test_two_exchanged_events_are_found(opened, plant):
    first, second = chain_of(plant, "PUMP-200/2")[1:3]
    swap = [
        f"UPDATE event SET sequence = {1000 + first.sequence}, subject_version = 1000 WHERE sequence = {first.sequence}",
        f"UPDATE event SET subject_version = 2, sequence = {first.sequence} WHERE sequence = {second.sequence}",
        f"UPDATE event SET subject_version = 3, sequence = {second.sequence} WHERE subject_version = 1000",
    ]
    findings = found(opened, plant, *swap)
    assert {fault for fault, _ in findings} == {Fault.CHAIN}
    assert {sequence for _, sequence in findings} <= {one.sequence for one in chain_of(plant, "PUMP-200/2")}


@pytest.mark.parametrize("change", ["version = version + 1", "version = version - 1", "head_digest = {zeros}"])
def test_a_wrong_head_is_found(opened, plant, kind, change):
    last = chain_of(plant, "PUMP-200/2")[4]
    change = change.format(zeros=as_blob(bytes(32), kind))
    wrong = f"UPDATE subject SET {change} WHERE subject_id = {last.subject_id}"
    assert found(opened, plant, wrong) == [(Fault.HEAD, last.sequence)]


@pytest.mark.parametrize("change", ["name = '9', name_key = '9'", "name = '9'", "scope_id = 0", "kind = 4"])
def test_a_renamed_unit_is_found(opened, plant, change):
    first = chain_of(plant, "PUMP-200/2")[0]
    findings = found(opened, plant, f"UPDATE subject SET {change} WHERE subject_id = {first.subject_id}")
    assert (Fault.SUBJECT, first.sequence) in findings


@pytest.mark.parametrize("kind_number", [1, 2, 7])
def test_a_renamed_issuer_part_or_station_is_found(opened, plant, kind_number):
    plant.unit("RACK/1")
    passed = plant.captures(OperationCompleted, "RACK/1", operation="OP-10", station="SMT-1")
    change = f"UPDATE subject SET name = name || '9', name_key = name_key || '9' WHERE kind = {kind_number}"
    change += f" AND site_id = {plant.site.site_id}"
    findings = found(opened, plant, change)
    assert {fault for fault, _ in findings} == {Fault.SUBJECT}
    if kind_number == 7:
        assert findings == [(Fault.SUBJECT, plant.history("RACK/1")[-1].sequence)]
        assert passed.station is not None


@pytest.mark.parametrize(
    "forged", [b"\xff{}", b"{}", b"[" * 9876549, b'{"type":"UnitMoved","event_time":"2026-03-02T06:00:00"}']
)
def test_a_payload_that_is_no_event_at_all_is_found(opened, plant, kind, forged):
    first = chain_of(plant, "PUMP-200/2")[0]
    change = f"UPDATE event SET payload = {as_blob(forged, kind)} WHERE sequence = {first.sequence}"
    assert found(opened, plant, change) == [(Fault.PAYLOAD, first.sequence), (Fault.COLUMNS, first.sequence)]


def test_a_deleted_subject_is_found(opened, plant):
    chain = chain_of(plant, "PUMP-200/2")
    findings = found(opened, plant, f"DELETE FROM subject WHERE subject_id = {chain[0].subject_id}")
    assert {(Fault.STRAY, one.sequence) for one in chain} == set(findings)


def test_a_finding_names_the_unit_and_the_event(opened, plant):
    entry = plant.history("PUMP-200/2")[2]
    with tampered(
        opened.made, plant.site, f"UPDATE event SET actor = 'mallory' WHERE sequence = {entry.sequence}"
    ) as reader:
        (finding,) = verify(reader)
    assert finding.subject == "PUMP-200/2"
    assert finding.event_id == entry.event_id
    assert "one of the two was changed" in finding.message


def mutate_and_look(opened, world, chance: random.Random) -> None:
    """Change one thing somewhere in the record, and demand that it is found at that unit."""
    event = chance.choice(chain_of(world, f"PUMP-200/{chance.randint(1, 3)}"))
    column, kind = chance.choice([one for one in EVENT.columns if one[0] not in ("site_id", "subject_id")])
    if kind in ("bigint", "integer"):
        value = f"{column} + {chance.randint(10_000, 10**7)}"
    elif kind == "bytea":
        ((stored,),) = world.rows(f"SELECT {column} FROM event WHERE sequence = $1", event.sequence)
        spoilt = bytearray(stored)
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        value = as_blob(bytes(spoilt), opened.made.kind)
    elif kind == "uuid":
        raw = chance.randbytes(16)
        value = as_blob(raw, opened.made.kind) if opened.made.kind == "sqlite" else f"'{raw.hex()}'"
    else:
        value = f"{column} || 'x'"
    change = chance.choice([f"UPDATE event SET {column} = {value} WHERE", "DELETE FROM event WHERE"])
    assert found(opened, world, f"{change} sequence = {event.sequence}"), f"{change} {event}"


def test_a_hundred_random_changes_are_found(opened, plant):
    chance = random.Random(SEED)
    for _ in range(100):
        mutate_and_look(opened, plant, chance)


@pytest.mark.soak
def test_ten_thousand_random_changes_are_found(opened, plant):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(10_000):
        mutate_and_look(opened, plant, chance)
