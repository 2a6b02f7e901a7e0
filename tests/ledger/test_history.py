"""History changes only by a new event: refused by trigger, and by the role of the application."""

import apsw
import psycopg
import pytest

from asbuilt.core.events.inventory import UnitMoved
from asbuilt.ledger.database import Unavailable
from asbuilt.ledger.migrations import MIGRATIONS, migration_sql
from asbuilt.projections.catalogue import TABLES
from tests.databases import server

HISTORY = ("event", "subject", "serial_counter", "definitions_version")
UNDER_WAY = ("print_job",)
"""Says what is to be done; what was done is an event."""
KEPT_BY_THE_KEEPER = {
    "site": "the plants of this database; only the keeper adds one, the application cannot write it",
    "schema_migration": "which migrations were applied; only the keeper writes it",
}
"""Tables that are neither history nor folded from it, and why."""

CHANGES = (
    "UPDATE event SET payload = payload",
    "UPDATE event SET actor = 'mallory' WHERE sequence < 0",
    "DELETE FROM event",
    "DELETE FROM event WHERE sequence < 0",
    "UPDATE subject SET name = 'X'",
    "UPDATE subject SET name_key = 'X' WHERE subject_id = 1",
    "UPDATE subject SET site_id = 99",
    "UPDATE subject SET version = version - 1",
    "UPDATE subject SET version = version",
    "DELETE FROM subject",
    "UPDATE serial_counter SET next_number = next_number - 1",
    "UPDATE serial_counter SET next_number = 1",
    "DELETE FROM serial_counter",
    "UPDATE definitions_version SET version = version - 1",
    "DELETE FROM definitions_version",
)
"""Statements that rewrite the record."""

SCHEMA_CHANGES = (
    "DROP TABLE event",
    "ALTER TABLE event ADD COLUMN hidden text",
    "CREATE TABLE shadow (sequence bigint)",
    "CREATE INDEX shadow ON event (actor)",
    "UPDATE site SET name = 'GRAZ'",
    "DELETE FROM site",
    "INSERT INTO site (site_id, name, issuer) VALUES (99, 'GRAZ', 'ACME')",
    "INSERT INTO schema_migration (name) VALUES ('0003_backdoor')",
    "DELETE FROM schema_migration",
)
ONLY_POSTGRESQL = (
    "TRUNCATE event CASCADE",
    "TRUNCATE subject CASCADE",
    "TRUNCATE serial_counter",
    "TRUNCATE definitions_version",
    "DROP TRIGGER event_is_not_changed ON event",
    "ALTER TABLE event DISABLE TRIGGER ALL",
    "ALTER TABLE event NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY own_site ON event",
    "CREATE POLICY mine ON event USING (true)",
    "SET session_replication_role = replica",
    "SELECT setval('event_sequence', 1)",
)
ONLY_SQLITE = (
    "INSERT OR REPLACE INTO event SELECT * FROM event",
    "REPLACE INTO event SELECT * FROM event LIMIT 1",
    "INSERT OR REPLACE INTO subject SELECT * FROM subject",
    "INSERT OR REPLACE INTO serial_counter SELECT part_id, site_id, 1 FROM serial_counter",
    "UPDATE OR REPLACE subject SET version = version + 1, subject_id = 1",
    "INSERT INTO event SELECT * FROM event WHERE 1 ON CONFLICT DO UPDATE SET actor = 'mallory'",
    "DROP TRIGGER event_is_not_updated",
    "PRAGMA writable_schema = ON",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA synchronous = OFF",
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA query_only = OFF",
    "ATTACH ':memory:' AS other",
)
REFUSALS = (
    apsw.AuthError,
    apsw.ConstraintError,
    psycopg.errors.InsufficientPrivilege,
    psycopg.IntegrityError,
)


def state_of(world):
    return {
        table: world.rows(f"SELECT * FROM {table} WHERE site_id = $1 ORDER BY 1", world.site.site_id)
        for table in HISTORY
    }


def with_a_past(world):
    world.part("PUMP-200", serial_format="########")
    world.unit("PUMP-200/1")
    world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    with world.database.writing(world.site) as writer:
        ((part_id,),) = writer.rows(
            "SELECT subject_id FROM subject WHERE site_id = $1 AND kind = 2", world.site.site_id
        )
        writer.take_numbers(part_id, 5)
    return world


def statements(kind: str) -> tuple[str, ...]:
    return CHANGES + SCHEMA_CHANGES + (ONLY_SQLITE if kind == "sqlite" else ONLY_POSTGRESQL)


def test_the_application_cannot_rewrite_history(world, kind):
    with_a_past(world)
    before = state_of(world)
    for statement in statements(kind):
        assert is_refused(world, statement), statement
    assert state_of(world) == before
    world.captures(UnitMoved, "PUMP-200/1", location="CELL-5")


def is_refused(world, statement: str) -> bool:
    try:
        with world.database.writing(world.site) as writer:
            writer.run(statement)
    except REFUSALS:
        return True
    return False


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM unit_state", "UPDATE unit_state SET location = 'X'", "UPDATE subject SET version = version + 1"],
)
def test_a_reader_cannot_write_at_all(world, statement):
    with_a_past(world)
    with pytest.raises((apsw.ReadOnlyError, Unavailable)):
        world.rows(statement)
    assert world.unit_view("PUMP-200/1").location == "CELL-4"


def test_triggers_refuse_even_the_keeper(own, own_world, kind):
    with_a_past(own_world)
    changes = [*CHANGES, *(ONLY_SQLITE[:6] if kind == "sqlite" else ONLY_POSTGRESQL[:3])]
    before = state_of(own_world)
    for statement in changes:
        if statement.endswith("< 0") and kind == "sqlite":
            continue  # its triggers fire by row, and there is none
        with pytest.raises((apsw.ConstraintError, psycopg.errors.IntegrityConstraintViolation), match="asbuilt: "):
            as_keeper(own, statement)
    assert state_of(own_world) == before


def test_without_the_triggers_the_keeper_could(own, own_world, kind):
    """The negative control: it is the triggers that refuse."""
    with_a_past(own_world)
    off = (
        "DROP TRIGGER event_is_not_updated"
        if kind == "sqlite"
        else "ALTER TABLE asbuilt.event DISABLE TRIGGER event_is_not_changed"
    )
    as_keeper(own, off)
    as_keeper(own, "UPDATE event SET actor = 'mallory'")
    assert {entry.actor for entry in own_world.history("PUMP-200/1")} == {"mallory"}


def as_keeper(own, statement: str) -> None:
    if own.kind == "sqlite":
        connection = apsw.Connection(str(own.path))
        connection.pragma("recursive_triggers", True)  # noqa: FBT003 - apsw's way
        connection.execute(statement)
        connection.close()
        return
    with psycopg.connect(own.url, options="-c search_path=asbuilt") as connection:
        connection.execute(statement)


def test_every_table_is_history_or_folded_from_it_or_the_keepers(world, kind):
    """P07: what is not listed here is found by looking into the database itself."""
    if kind == "sqlite":
        found = world.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    else:
        found = world.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'asbuilt'")
    tables = {name for (name,) in found}
    folded = {table.name for table in TABLES}
    assert tables == {*HISTORY, *folded, *UNDER_WAY, *KEPT_BY_THE_KEEPER}
    assert not folded & {*HISTORY, *KEPT_BY_THE_KEEPER}


def test_every_column_of_a_folded_table_is_compared_by_rebuild(world, kind):
    for table in TABLES:
        if kind == "sqlite":
            found = world.rows(f"SELECT name FROM pragma_table_info('{table.name}')")
        else:
            found = world.rows(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'asbuilt' AND table_name = $1",
                table.name,
            )
        assert {name for (name,) in found} == set(table.column_names), table.name


def test_every_table_with_a_site_is_walled_off(world, kind):
    if kind == "sqlite":
        pytest.skip("SQLite has no row-level security; its statements name the site")
    rows = world.rows(
        """
        SELECT relname, relrowsecurity AND relforcerowsecurity,
               EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polcmd = '*' AND polpermissive)
        FROM pg_class WHERE relnamespace = 'asbuilt'::regnamespace AND relkind = 'r'
        """
    )
    assert {name for name, forced, has_policy in rows if not (forced and has_policy)} == set(KEPT_BY_THE_KEEPER)


def test_the_application_role_owns_nothing_and_may_not_become_the_owner(world, kind):
    if kind == "sqlite":
        pytest.skip("SQLite has no roles; the authorizer stands in for them")
    assert world.rows("SELECT current_user, pg_has_role('asbuilt_app', 'asbuilt_owner', 'MEMBER')") == [
        ("asbuilt_app", False)
    ]
    owned = "SELECT count(*) FROM pg_class WHERE relowner = 'asbuilt_app'::regrole"
    assert world.rows(owned) == [(0,)]
    with server() as connection:
        attributes = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole FROM pg_roles WHERE rolname = 'asbuilt_app'"
        ).fetchall()
    assert attributes == [(False, False, False, False)]


def test_both_schemas_say_the_same():
    """The two dialects have the same tables with the same columns; only types differ."""
    for name in MIGRATIONS:
        shapes = [_shape(migration_sql(dialect, name)) for dialect in ("sqlite", "postgresql")]
        assert shapes[0] == shapes[1]


def _shape(text: str) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = {}
    table = ""
    for line in text.splitlines():
        words = line.split()
        if line.startswith("CREATE TABLE"):
            table = words[2]
            tables[table] = []
        elif line.startswith("    ") and words[0].islower() and table:
            tables[table].append(words[0])
        elif line.startswith(")"):
            table = ""
    return tables
