"""The genealogy index, and counting by it."""

import csv
import io

from tests.cli.events import pumps
from tests.cli.test_keeping import spoil

LOT = "GLUE-1/L7"


def some_lot(cli) -> str:
    """A lot that something contains."""
    cli.captures(pumps())
    return LOT


def test_units_are_counted_by_where_they_are(cli):
    lot = some_lot(cli)
    affected = cli.json("where-used", lot)["affected"]
    shown = cli.run("where-used", lot, "--by", "status,customer", "--json")
    assert "counted by SQL: there is no index" in shown.stderr
    assert "built, up to event" in cli.run("index", "build").stdout
    assert "followed 0 events" in cli.run("index", "build").stdout
    found = cli.json("where-used", lot, "--by", "status,customer")
    assert found["affected"] == len(affected) > 0
    assert {(one["status"], one["customer"]): one["affected"] for one in found["groups"]} == {
        group: sum((one["status"], one["customer"]) == group for one in affected)
        for group in {(one["status"], one["customer"]) for one in affected}
    }
    assert found["index"]["events_since"] == 0
    checked = cli.run("where-used", lot, "--by", "work-order", "--ever", "--check")
    assert "SQL counts the same" in checked.stderr
    rows = list(csv.DictReader(io.StringIO(cli.run("where-used", lot, "--by", "status", "--format", "csv").stdout)))
    assert sum(int(row["affected"]) for row in rows) == len(affected)


def test_it_says_how_far_it_goes(cli):
    cli.run("index", "status", exits=1)
    some_lot(cli)
    cli.run("index", "build", "--anew")
    found = cli.json("index", "status")
    assert found["events_since"] == 0
    assert found["links"] > 0
    assert "up to event" in cli.run("index", "status").stdout


def test_what_cannot_be_counted_by_is_refused(cli):
    lot = some_lot(cli)
    assert "give some of status" in cli.run("where-used", lot, "--by", "colour", exits=2).stderr
    cli.run("where-used", lot, "--by", "status,status", exits=2)
    cli.run("where-used", lot, "--check", exits=2)


def test_a_difference_is_found_and_a_rebuild_ends_it(alone, own):
    """A row that was changed behind the ledger's back after the index was built."""
    lot = some_lot(alone)
    alone.run("index", "build")
    spoil(own, "DELETE FROM installation")
    shown = alone.run("where-used", lot, "--by", "status", "--check", exits=1)
    assert "by the index, 0 by SQL" in shown.stderr
    alone.run("index", "build", "--anew")
    alone.run("rebuild", exits=1)
    assert "there is no index" in alone.run("where-used", lot, "--by", "status").stderr
    alone.run("index", "build")
    assert "SQL counts the same" in alone.run("where-used", lot, "--by", "status", "--check").stderr
