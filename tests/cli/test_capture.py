"""Recording a file of events."""

import json
import os
import pwd
import signal
import subprocess
import sys
import time

import pytest

from asbuilt.cli import lines
from asbuilt.cli.lines import LINE_MAX, batches, read_lines
from tests.cli.conftest import PROGRAM
from tests.cli.events import Events, pumps


def summary(cli, *arguments, exits=0, stdin=None) -> dict:
    return json.loads(cli.run("capture", *arguments, "--json", exits=exits, stdin=stdin).stdout)


def refusals(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "events.ndjson"


def test_a_file_is_recorded(cli, file):
    file.write_text(pumps().ndjson(), encoding="utf-8")
    shown = cli.run("capture", file)
    assert "21 lines in" in shown.stdout
    assert "21 recorded, 0 repeated" in shown.stdout
    assert not file.with_name("events.ndjson.refused.ndjson").exists()
    assert cli.json("unit", "PUMP-200/1")["status"] == "shipped"


def test_running_it_again_records_nothing_twice(cli, file):
    file.write_text(pumps().ndjson(), encoding="utf-8")
    cli.run("capture", file)
    before = cli.run("history", "PUMP-200/1", "--format", "ndjson").stdout
    again = summary(cli, file)
    assert (again["recorded"], again["repeated"], again["refused"]) == (0, 21, 0)
    assert cli.run("history", "PUMP-200/1", "--format", "ndjson").stdout == before


def test_a_part_of_it_recorded_before_is_repeated_and_the_rest_recorded(cli, file):
    events = pumps()
    file.write_text(events.ndjson(), encoding="utf-8")
    head = "".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[:5])
    cli.run("capture", "-", stdin=head)
    again = summary(cli, file)
    assert (again["recorded"], again["repeated"]) == (16, 5)


def test_what_a_rule_refuses_goes_to_the_file_of_refusals(cli, file):
    events = pumps()
    wrong = events.add("UnitCommissioned", unit="NO-SUCH-PART/1")
    events.add("ComponentInstalled", unit="PUMP-200/2", component="PCB-10/1")
    file.write_text(events.ndjson(), encoding="utf-8")
    shown = cli.run("capture", file, exits=3)
    assert "line 22: DEF-001: part ACME:NO-SUCH-PART is not defined here" in shown.stderr
    assert "21 recorded, 0 repeated, 2 refused, 0 malformed" in shown.stdout
    first, second = refusals(file.with_name("events.ndjson.refused.ndjson"))
    assert (first["line"], first["outcome"], first["event_id"]) == (22, "refused", wrong["event_id"])
    assert [broken["rule"] for broken in first["broken"]] == ["DEF-001"]
    assert json.loads(first["sent"]) == wrong
    assert "GEN-001" in {broken["rule"] for broken in second["broken"]}


def test_refused_lines_can_be_mended_and_sent_again(cli, file, tmp_path):
    events = Events()
    events.add("UnitCommissioned", unit="PUMP-200/1")
    file.write_text(events.ndjson(), encoding="utf-8")
    cli.run("capture", file, "--refusals", tmp_path / "refused", exits=3)
    definition = Events(first=50)
    definition.add("PartDefined", part="PUMP-200")
    cli.captures(definition)
    (refused,) = refusals(tmp_path / "refused")
    assert summary(cli, "-", stdin=refused["sent"])["recorded"] == 1


GOOD = json.dumps(Events().add("PartDefined", part="P"))
MALFORMED = {
    "not JSON": (b'{"type": "PartDefined", ', "$", "not JSON"),
    "not UTF-8": (GOOD.replace("P", "\xff").encode("latin-1"), "$", "not JSON"),
    "a number": (b"42", "$", "Expected `object`"),
    "an array": (f"[{GOOD}]".encode(), "$", "jq -c '.[]'"),
    "unknown type": (GOOD.replace("PartDefined", "PartInvented").encode(), "$.type", "unknown event type"),
    "no type": (b'{"event_id": "x"}', "$.type", "missing required field `type`"),
    "missing field": (GOOD.replace('"part": "P"', '"source": "x"').encode(), "$.part", "missing required field"),
    "unknown field": (
        GOOD.replace('"part": "P"', '"part": "P", "colour": "red"').encode(),
        "$.colour",
        "unknown field",
    ),
    "wrong type": (GOOD.replace('"P"', "7").encode(), "$.part", "Expected `str`, got `int`"),
    "no zone": (GOOD.replace("+00:00", "").encode(), "$", "has no zone"),
    "no part": (GOOD.replace('"P"', '""').encode(), "$.part", "part number is empty"),
    "another site": (GOOD.replace('"part"', '"site": "ROME", "part"').encode(), "$.site", "is for site 'ROME'"),
    "NaN": (
        GOOD.replace('PartDefined", ', 'LotDefined", "quantity": "NaN", ')
        .replace('"part": "P"', '"lot": "P/1"')
        .encode(),
        "$",
        "is no number",
    ),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_line_that_is_no_event_is_named_with_its_field(cli, file, what):
    line, field, message = MALFORMED[what]
    other = json.dumps(Events(first=7).add("PartDefined", part="Q"))
    file.write_bytes(line + b"\n" + other.encode() + b"\n")
    shown = cli.run("capture", file, exits=3)
    assert shown.stderr.startswith("line 1: ")
    assert "1 recorded, 0 repeated, 0 refused, 1 malformed" in shown.stdout
    (noted,) = refusals(file.with_name("events.ndjson.refused.ndjson"))
    assert (noted["line"], noted["outcome"], noted["field"]) == (1, "malformed", field)
    assert message in noted["message"]
    if what != "not UTF-8":
        assert noted["sent"] == line.decode().strip()


def test_blank_lines_line_ends_and_a_byte_order_mark_do_not_matter(cli, file):
    first, second = (json.dumps(Events(number).add("PartDefined", part=f"P{number}")) for number in (1, 2))
    file.write_bytes(f"\ufeff\r\n{first}\r\n\n  \n{second}".encode())
    assert summary(cli, file)["recorded"] == 2


def test_an_empty_file_is_nothing_to_do(cli, file):
    file.touch()
    assert summary(cli, file)["lines"] == 0


def test_a_line_that_is_too_long_is_refused_and_the_next_is_read(cli, file):
    other = json.dumps(Events().add("PartDefined", part="Q"))
    file.write_bytes(b'{"type": "' + b"x" * (3 * LINE_MAX) + b'"}\n' + other.encode())
    assert "line 1: $: the line has" in cli.run("capture", file, exits=3).stderr
    (noted,) = refusals(file.with_name("events.ndjson.refused.ndjson"))
    assert f"at most {LINE_MAX} are taken" in noted["message"]
    assert len(noted["sent"]) < 1000
    assert cli.run("history", "Q/1", exits=1).stdout == ""


def test_a_line_as_long_as_allowed_is_taken(tmp_path):
    file = tmp_path / "lines"
    file.write_bytes(b"x" * LINE_MAX + b"\n" + b"y" * (LINE_MAX + 1) + b"\nz")
    with file.open("rb") as stream:
        assert [(line.number, line.size, line.is_too_long) for line in read_lines(stream)] == [
            (1, LINE_MAX, False),
            (2, LINE_MAX + 2, True),
            (3, 1, False),
        ]


def test_a_batch_is_bounded_by_lines_and_by_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "BATCH_BYTES", 100)
    monkeypatch.setattr(lines, "BATCH_LINES", 3)
    file = tmp_path / "lines"
    file.write_bytes(b"a\nb\nc\nd\n" + b"x" * 100 + b"\ny\n")
    with file.open("rb") as stream:
        sizes = [[line.number for line in batch] for batch in batches(read_lines(stream))]
    assert sizes == [[1, 2, 3], [4, 5], [6]]


def test_atomic_records_all_or_nothing(cli, file):
    events = Events()
    events.add("PartDefined", part="P")
    events.add("UnitCommissioned", unit="P/1")
    events.add("UnitCommissioned", unit="Q/1")
    file.write_text(events.ndjson(), encoding="utf-8")
    tally = summary(cli, file, "--atomic", exits=3)
    assert (tally["recorded"], tally["refused"]) == (0, 3)
    noted = refusals(file.with_name("events.ndjson.refused.ndjson"))
    assert [line["broken"][0]["rule"] for line in noted] == ["CAP-002", "CAP-002", "DEF-001"]
    cli.run("unit", "P/1", exits=1)
    file.write_text("".join(json.dumps(event) + "\n" for event in events.events[:2]), encoding="utf-8")
    assert summary(cli, file, "--atomic")["recorded"] == 2


def test_atomic_with_a_malformed_line_records_nothing(cli, file):
    file.write_text(f"{GOOD}\nnot JSON\n", encoding="utf-8")
    tally = summary(cli, file, "--atomic", exits=3)
    assert (tally["recorded"], tally["refused"], tally["malformed"]) == (0, 0, 1)


def test_atomic_is_for_files_that_fit_one_call(cli, file):
    file.write_text((GOOD + "\n") * 10_001, encoding="utf-8")
    assert "--atomic takes up to 10000 events" in cli.run("capture", file, "--atomic", exits=2).stderr


def test_what_cannot_be_read_or_written_is_a_usage_error(cli, file, tmp_path):
    assert "No such file" in cli.run("capture", tmp_path / "none", exits=2).stderr
    file.write_text("nonsense\n", encoding="utf-8")
    shown = cli.run("capture", file, "--refusals", tmp_path / "no" / "folder", exits=2)
    assert "name another file with --refusals" in shown.stderr


def test_many_refusals_are_told_briefly_and_kept_whole(cli, file):
    file.write_text("nonsense\n" * 500, encoding="utf-8")
    shown = cli.run("capture", file, exits=3)
    assert len(shown.stderr.splitlines()) == 11
    assert len(refusals(file.with_name("events.ndjson.refused.ndjson"))) == 500


def test_the_actor_is_who_runs_the_command(cli):
    cli.captures(pumps())
    (entry, *_) = cli.json("history", "PUMP-200/1")["history"]
    assert entry["actor"] == f"cli:{pwd.getpwuid(os.getuid()).pw_name}"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_run_that_is_killed_goes_on_when_it_is_run_again(alone, file):
    events = Events()
    events.add("PartDefined", part="P")
    for number in range(60_000):
        events.add("UnitCommissioned", unit=f"P/{number}")
    file.write_text(events.ndjson(), encoding="utf-8")
    killed = subprocess.Popen([PROGRAM, "capture", file], env=alone.real_environment(), stdout=subprocess.PIPE)
    while len(alone.json("units")["units"]) < 100:
        assert killed.poll() is None, "it ended before it could be killed"
        time.sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    tally = summary(alone, file)
    assert tally["repeated"] > 0
    assert tally["recorded"] > 0
    assert tally["recorded"] + tally["repeated"] == 60_001
    assert len(alone.run("units", "--format", "ndjson").stdout.splitlines()) == 60_000
    alone.run("verify")


# VmHWM and not ru_maxrss: that begins with the size of the process it was forked from, which is pytest.
PEAK = """
import re, sys
from pathlib import Path
from asbuilt.cli.main import command
command(sys.argv[1:], standalone_mode=False)
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
"""
CACHE_MB = 32
"""What SQLite may keep of the file in memory, of any file."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_memory_does_not_grow_with_the_file(alone, file):
    """Two hundred thousand lines take hardly more memory than two thousand."""
    peaks = []
    for part, count in (("A", 2_000), ("B", 200_000)):
        events = Events(first=count)
        definition = json.dumps(events.add("PartDefined", part=part))
        made = (json.dumps(events.add("UnitCommissioned", unit=f"{part}/{number}")) for number in range(count))
        with file.open("w") as out:
            out.write(definition + "\n")
            out.writelines(line + "\n" for line in made)
        events.events.clear()
        done = subprocess.run(
            [sys.executable, "-c", PEAK, "capture", file],
            env=alone.real_environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"{count + 1:,} recorded" in done.stdout
        peaks.append(int(done.stdout.split()[-1]))
    small, large = peaks
    assert large < small + CACHE_MB + 16, f"{small} MB for two thousand lines, {large} MB for two hundred thousand"
