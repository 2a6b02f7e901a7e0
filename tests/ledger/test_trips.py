"""On a database server each question is a trip, and a capture makes few."""

import psycopg
import pytest

from asbuilt.core.events.definitions import RoutingDefined
from asbuilt.core.events.inventory import UnitShipped
from asbuilt.core.events.production import OperationCompleted, OperationStarted
from asbuilt.core.events.routes import RouteOperation
from asbuilt.ledger.database import Collision
from asbuilt.ledger.postgresql import PostgresqlReader
from asbuilt.ledger.subjects import SUBJECT
from tests.world import World

TRIPS = {"start": 4, "completion": 5, "shipment": 10}
"""Begin; names and what is recorded already; lock with all that is read of the unit; what is fitted; write, commit."""


@pytest.fixture
def trips(monkeypatch, kind):
    """Counts what a process waits for: statements of their own, and pipelines."""
    if kind == "sqlite":
        pytest.skip("SQLite has no server")
    made: list[str] = []
    in_pipeline = []
    execute, run = psycopg.RawCursor.execute, PostgresqlReader._run
    begin = psycopg.Connection.execute

    def counted_run(self, sql, *args, **kwargs):
        made.append(" ".join(sql.split())[:60])
        in_pipeline.append(sql)
        try:
            return run(self, sql, *args, **kwargs)
        finally:
            in_pipeline.pop()

    def counted_execute(self, sql, *args, **kwargs):
        if not in_pipeline:
            made.append(" ".join(str(sql).split())[:60])
        return execute(self, sql, *args, **kwargs)

    def counted_begin(self, sql, *args, **kwargs):
        made.append(str(sql)[:60])
        return begin(self, sql, *args, **kwargs)

    monkeypatch.setattr(PostgresqlReader, "_run", counted_run)
    monkeypatch.setattr(psycopg.RawCursor, "execute", counted_execute)
    monkeypatch.setattr(psycopg.Connection, "execute", counted_begin)
    return made


def test_an_operation_takes_few_trips(world, trips):
    world.part("PUMP-200")
    steps = tuple(RouteOperation(operation=name) for name in ("OP-10", "OP-20"))
    world.captures(RoutingDefined, routing="R-1", part="PUMP-200", operations=steps)
    world.units("PUMP-200/1", "PUMP-200/2")
    for name in ("PUMP-200/1", "PUMP-200/2"):
        trips.clear()
        world.captures(OperationStarted, name, operation="OP-10", station="S-1")
        started = list(trips)
        trips.clear()
        world.captures(OperationCompleted, name, operation="OP-10", station="S-1")
    assert len(started) == TRIPS["start"], started
    assert len(trips) <= TRIPS["completion"], trips


def test_what_is_put_off_is_there_for_the_next_question(world):
    with world.database.writing(world.site) as writer:
        (subject_id,) = writer.next_subject_ids(1)
        writer.insert(SUBJECT, [(subject_id, world.site.site_id, 1, 0, "NEWCO", "NEWCO")])
        assert writer.find_names([(1, 0, "NEWCO")]) == [subject_id]


def test_an_answer_is_not_older_than_what_was_written_since(world):
    name = "SELECT count(*) FROM subject WHERE site_id = $1 AND name_key = 'NEWCO' AND kind = 1"
    with world.database.writing(world.site) as writer:
        writer.ahead(name, world.site.site_id)
        (subject_id,) = writer.next_subject_ids(1)  # the question travels with this one
        writer.insert(SUBJECT, [(subject_id, world.site.site_id, 1, 0, "NEWCO", "NEWCO")])
        assert writer.rows(name, world.site.site_id) == [(1,)]


def test_sequences_follow_what_is_locked(world):
    """Those that travelled with an earlier question are let go, so that the events of a unit are in their order."""
    world.units("PUMP-200/1")
    ((unit_id,),) = world.rows("SELECT subject_id FROM subject WHERE site_id = $1 AND kind = 3", world.site.site_id)
    with world.database.writing(world.site) as writer:
        writer.sequences_ahead(1)
        writer.find_names([(1, 0, "ACME")])
        with world.database.reading(world.site):
            pass
        writer.lock([unit_id])
        (sequence,) = writer.next_sequences(1)
        ((newest,),) = writer.rows("SELECT max(sequence) FROM event WHERE site_id = $1", world.site.site_id)
    assert sequence > newest + (1 if writer.dialect == "postgresql" else 0)


def test_a_collision_is_told_at_the_end_and_the_next_capture_goes_on(world, kind):
    if kind == "sqlite":
        pytest.skip("SQLite writes at once, alone")
    world.units("PUMP-200/1")
    for _ in range(4):  # more often than a statement is asked before it is prepared
        with pytest.raises(Collision):
            name_twice(world)
        world.captures(OperationStarted, "PUMP-200/1", operation="OP-10")
        world.captures(OperationCompleted, "PUMP-200/1", operation="OP-10")


def name_twice(world: World) -> None:
    site_id = world.site.site_id
    with world.database.writing(world.site) as writer:
        ids = writer.next_subject_ids(2)
        writer.insert(SUBJECT, [(one, site_id, 1, 0, "TWICE", "TWICE") for one in ids])


def test_only_a_shipment_of_what_must_be_complete_asks_for_records(world, trips):
    """The gate costs nothing where no part asks for it, and one trip where one does."""
    world.part("PUMP-200")
    world.part("RACK-1", process_record="passed", is_complete_to_ship=True)
    world.captures(RoutingDefined, routing="R-1", part="RACK-1", operations=(RouteOperation(operation="OP-10"),))
    taken = {}
    for part in ("PUMP-200", "RACK-1"):
        world.units(f"{part}/1", f"{part}/2")
        world.captures(OperationCompleted, f"{part}/2", operation="OP-10")
        world.captures(OperationCompleted, f"{part}/1", operation="OP-10")
        world.captures(UnitShipped, f"{part}/1", customer="LYON")
        trips.clear()
        world.captures(UnitShipped, f"{part}/2", customer="LYON")
        taken[part] = list(trips)
    assert len(taken["PUMP-200"]) == TRIPS["shipment"], taken
    assert len(taken["RACK-1"]) == TRIPS["shipment"] + 1, taken
