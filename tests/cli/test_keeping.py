"""Serial numbers, verify, rebuild."""

import apsw
import psycopg

from tests.cli.events import Events, pumps


def spoil(made, statement):
    """Change a database as someone with all rights can, past triggers and roles."""
    if made.kind == "sqlite":
        connection = apsw.Connection(str(made.path))
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.close()
        return
    with psycopg.connect(made.url, options="-c search_path=asbuilt") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)


def test_serials_are_issued_and_never_twice(cli):
    cli.captures(pumps())
    first = cli.run("serial", "issue", "--part", "PUMP-200", "--count", 3, "--work-order", "WO-1").stdout
    assert first.splitlines() == ["P26-000001", "P26-000002", "P26-000003"]
    again = cli.run("serial", "issue", "--part", "ACME:PUMP-200", "--count", 2, "--revision", "C").stdout
    assert again.splitlines() == ["P26-000004", "P26-000005"]
    unit = cli.json("unit", "P26-000005")
    assert (unit["status"], unit["revision"]) == ("issued", "C")
    assert cli.json("unit", "P26-000001")["work_order"] == "WO-1"


def test_serials_of_more_than_one_transaction(cli):
    events = Events()
    events.add("PartDefined", part="P")
    cli.captures(events)
    issued = cli.run("serial", "issue", "--part", "P", "--count", 5_100).stdout.splitlines()
    assert len(set(issued)) == 5_100
    assert issued[-1] == "00005100"


def test_serials_that_are_refused(cli):
    shown = cli.run("serial", "issue", "--part", "NOTHING", "--count", 1, exits=3)
    assert shown.stdout == ""
    assert "DEF-001: part ACME:NOTHING is not defined here" in shown.stderr
    cli.captures(pumps())
    shown = cli.run("serial", "issue", "--part", "PUMP-200", "--count", 1, "--work-order", "WO-9", exits=3)
    assert "PRO-001" in shown.stderr
    cli.run("serial", "issue", "--part", "PUMP-200", "--count", 0, exits=2)
    cli.run("serial", "issue", "--part", "a" * 500, "--count", 1, exits=2)


def test_a_ledger_as_it_was_written_is_internally_consistent_only(cli):
    cli.captures(pumps())
    shown = cli.run("verify").stdout
    assert "21 events of site" in shown
    assert "internally consistent only" in shown
    assert cli.json("verify") == {"findings": [], "count": 0}


def test_verify_names_the_broken_event(alone, own):
    alone.captures(pumps())
    shipped = next(entry for entry in alone.json("history", "PUMP-200/1")["history"] if entry["type"] == "UnitShipped")
    spoil(own, f"UPDATE event SET actor = 'nobody' WHERE sequence = {shipped['sequence']}")
    shown = alone.run("verify", exits=1)
    assert "1 faults in 21 events" in shown.stderr
    assert shipped["event_id"] in shown.stdout
    (finding,) = alone.json("verify", exits=1)["findings"]
    assert (finding["fault"], finding["event_id"]) == ("head", shipped["event_id"])


def test_rebuild_finds_nothing_to_mend(cli):
    cli.captures(pumps())
    assert "21 events of site" in cli.run("rebuild", "--check").stdout
    assert "no row differs" in cli.run("rebuild").stdout
    assert cli.json("rebuild", "--check") == {"events": 21, "differences": [], "count": 0}


def test_rebuild_mends_a_table_that_drifted(alone, own):
    alone.captures(pumps())
    spoil(own, "UPDATE unit_state SET location = 'NOWHERE' WHERE location <> ''")
    shown = alone.run("rebuild", "--check", exits=1)
    assert "left as they were" in shown.stderr
    assert "NOWHERE" in shown.stdout
    (difference,) = alone.json("rebuild", "--check", exits=1)["differences"]
    assert difference["table"] == "unit_state"
    assert "replaced by what was folded" in alone.run("rebuild", exits=1).stderr
    alone.run("rebuild", "--check")
    assert alone.json("unit", "PUMP-200/2")["location"] == "LINE-1"
