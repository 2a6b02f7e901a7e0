"""What is generated is current, complete and true."""

import json
import re

import pytest
from click.testing import CliRunner

from asbuilt.capture.capture import CAPTURE_RULES
from asbuilt.cli.reference import event_list, reference, relations, rule_book, schema
from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.rules.catalogue import RULES
from asbuilt.ledger.codec import Decoder
from asbuilt.ledger.migrations import MIGRATIONS, migration_sql
from tests.house.sources import ROOT

FOLDER = ROOT / "docs/reference"


@pytest.mark.parametrize(("name", "made"), [("rules.md", rule_book), ("events.md", event_list), ("schema.md", schema)])
def test_a_page_is_current(name, made):
    assert (FOLDER / name).read_text(encoding="utf-8") == made(), "write it anew: asbuilt reference"


def test_a_stale_page_is_named(tmp_path):
    run = CliRunner().invoke(reference, ["--folder", str(tmp_path)])
    assert run.exit_code == 0, run.output
    assert CliRunner().invoke(reference, ["--check", "--folder", str(tmp_path)]).exit_code == 0
    (tmp_path / "events.md").write_text("old")
    run = CliRunner().invoke(reference, ["--check", "--folder", str(tmp_path)])
    assert run.exit_code == 1
    assert f"{tmp_path}/events.md is stale; write it anew with `asbuilt reference`" in run.output
    (tmp_path / "schema.md").unlink()
    assert "events.md and " in CliRunner().invoke(reference, ["--check", "--folder", str(tmp_path)]).output


def test_every_example_can_be_sent():
    examples = re.findall(r"```json\n(.*?)\n```", event_list(), re.DOTALL)
    events = [Decoder("ACME").one(example.encode()).event for example in examples]
    assert [type(event) for event in events] == list(EVENT_TYPES)
    assert len({event.event_id for event in events}) == len(events)


def test_every_example_shows_all_that_is_required_and_something_more():
    for example in re.findall(r"```json\n(.*?)\n```", event_list(), re.DOTALL):
        fields = json.loads(example)
        assert {"type", "event_id", "event_time"} < fields.keys()


def test_links_between_the_pages_lead_somewhere():
    events = event_list()
    for target in re.findall(r"\(events\.md#(\w+)\)", rule_book()):
        assert re.search(rf"^## {target}$", events, re.IGNORECASE | re.MULTILINE), target
    for target in re.findall(r"\(\.\./\.\./([\w/.]+)\)", rule_book()):
        assert (ROOT / target).exists(), target
    assert len(re.findall(r"^\| \*\*[A-Z]", rule_book(), re.MULTILINE)) == len(RULES) + len(CAPTURE_RULES)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_table_and_column_has_a_comment(dialect):
    for migration in MIGRATIONS:
        found = relations(migration_sql(dialect, migration))
        assert found
        for relation in found:
            assert relation.comment, relation.name
            assert [column.name for column in relation.columns if not column.comment] == [], relation.name
