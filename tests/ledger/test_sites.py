"""Plants in one database do not see each other."""

import uuid

import pytest

from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitMoved
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.database import Names, Unavailable
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.catalogue import TABLES
from asbuilt.queries.history import history
from asbuilt.queries.naming import Named, NotFound
from asbuilt.queries.units import UnitFilter, units
from asbuilt.queries.units import unit as unit_of
from tests.world import World

EVERY_TABLE = (
    "event",
    "subject",
    "serial_counter",
    "print_job",
    "definitions_version",
    *(table.name for table in TABLES),
)


@pytest.fixture
def neighbour(opened) -> World:
    return World(opened.database, opened.new_site(issuer="BOSCH"))


def id_of(world: World, name: str) -> int:
    ((subject_id,),) = world.rows(
        "SELECT subject_id FROM subject WHERE site_id = $1 AND kind = 3 AND name_key = $2", world.site.site_id, name
    )
    return subject_id


def test_the_same_numbers_are_other_units_next_door(world, neighbour):
    for plant in (world, neighbour):
        plant.unit("ACME:PUMP-200/1", location=plant.site.name)
    world.captures(UnitMoved, "ACME:PUMP-200/1", location="CELL-4")
    assert world.unit_view("ACME:PUMP-200/1").location == "CELL-4"
    assert neighbour.unit_view("ACME:PUMP-200/1").location == neighbour.site.name
    assert len(neighbour.history("ACME:PUMP-200/1")) == 1


def test_what_is_next_door_is_not_known(world, neighbour):
    world.unit("PUMP-200/1")
    with pytest.raises(NotFound):
        neighbour.unit_view("ACME:PUMP-200/1")
    assert neighbour.refusals(UnitMoved, "ACME:PUMP-200/1", location="CELL-4") == ["IDN-001"]
    with neighbour.database.reading(neighbour.site) as reader:
        assert units(reader, UnitFilter()).units == ()
        assert units(reader, UnitFilter(q="1")).units == ()
        assert reader.recorded([entry.event_id for entry in world.history("PUMP-200/1")]) == {}


def test_own_names_have_the_sites_own_issuer(world, neighbour):
    assert str(world.unit("PUMP-200/1")) == "ACME:PUMP-200/1"
    assert str(neighbour.unit("PUMP-200/1")) == "BOSCH:PUMP-200/1"
    assert neighbour.unit_view("PUMP-200/1").issuer == "BOSCH"


def test_row_level_security_is_a_second_wall(world, neighbour, kind):
    """Even a statement that forgets to ask for its site finds nothing of another."""
    if kind == "sqlite":
        pytest.skip("SQLite has no row-level security; its statements name the site")
    world.unit("PUMP-200/1")
    for table in EVERY_TABLE:
        if table == "enterprise_serial":
            continue  # what is unique among all sites is seen by all of them
        assert neighbour.rows(f"SELECT 1 FROM {table}") == [], table
    named = Named(id_of(world, "1"), SubjectKind.UNIT, "ACME", "PUMP-200", "1")
    with neighbour.database.reading(neighbour.site) as reader:
        with pytest.raises(NotFound):
            unit_of(reader, named)
        assert list(history(reader, named)) == []
        assert Directory(reader, Names()).subjects([named.subject_id]) == {}


def test_row_level_security_refuses_rows_for_another_site(world, neighbour, kind):
    if kind == "sqlite":
        pytest.skip("SQLite has no row-level security; its statements name the site")
    world.unit("PUMP-200/1")
    for change in (
        "INSERT INTO event_subject (subject_id, sequence, site_id) VALUES (1, 1, $1)",
        "INSERT INTO subject (subject_id, site_id, kind, scope_id, name, name_key) VALUES (-1, $1, 1, 0, 'X', 'X')",
    ):
        with pytest.raises(Exception, match="row-level security"):
            _run(neighbour, change, world.site.site_id)
    _run(neighbour, "DELETE FROM unit_state", None)
    _run(neighbour, "UPDATE subject SET version = version + 1", None)
    assert world.unit_view("PUMP-200/1").version == 1


def test_a_transaction_that_names_no_site_sees_nothing(world, own_database, kind):
    if kind == "sqlite":
        pytest.skip("SQLite has no row-level security; its statements name the site")
    world.unit("PUMP-200/1")
    with world.database._connected() as connection:
        for table in EVERY_TABLE:
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]


def test_a_site_that_is_not_there_is_named(world):
    with pytest.raises(LookupError, match="there is no site 'GRAZ' here; there is SITE-"):
        world.database.site("GRAZ")


def test_ids_kept_in_the_process_are_kept_by_site(world, neighbour):
    world.part("ACME:PUMP-200")
    neighbour.part("ACME:PUMP-200")
    for plant in (world, neighbour):
        plant.captures(UnitCommissioned, "ACME:PUMP-200/1")
    ids = {name[0]: kept for name, kept in world.database.known_names().items() if name[1:2] == (SubjectKind.PART,)}
    assert ids[world.site.site_id] != ids[neighbour.site.site_id]


def test_the_same_event_id_may_be_used_by_both(world, neighbour):
    event_id = uuid.uuid4()
    for plant in (world, neighbour):
        plant.unit("PUMP-200/1")
        plant.captures(UnitMoved, "PUMP-200/1", location="CELL-4", event_id=event_id)


def _run(world: World, sql: str, parameter: object) -> None:
    with world.database.writing(world.site) as writer:
        writer.run(sql, *([] if parameter is None else [parameter]))


def test_a_closed_database_says_so(own_database, kind):
    if kind == "sqlite":
        pytest.skip("opens its file again")
    own_database.close()
    with pytest.raises(Unavailable):
        own_database.sites()
