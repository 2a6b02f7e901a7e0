"""Definitions by the command line. What files may say is tested with the exchange itself."""

import json

import pytest

from tests.exchange.definitions.files import COUNT, PLANT


@pytest.fixture
def plant_yaml(tmp_path):
    path = tmp_path / "plant.yaml"
    path.write_text(PLANT, encoding="utf-8")
    return path


def test_a_diff_first_then_recorded_then_the_same(cli, plant_yaml):
    shown = cli.run("definitions", "apply", plant_yaml, "--dry-run").stdout
    assert "+ routings R-PUMP/1" in shown
    cli.run("definitions", "check", plant_yaml, exits=1)
    assert f"{COUNT} recorded" in cli.run("definitions", "apply", plant_yaml, "--yes").stdout
    assert f"same     {COUNT}" in cli.run("definitions", "apply", plant_yaml, "--yes").stdout
    cli.run("definitions", "check", plant_yaml)


def test_it_asks_before_it_records(cli, plant_yaml):
    asked = cli.run("definitions", "apply", plant_yaml, stdin="n\n", exits=1)
    assert f"Record {COUNT} definitions?" in asked.stderr
    cli.run("definitions", "check", plant_yaml, exits=1)
    assert f"{COUNT} recorded" in cli.run("definitions", "apply", plant_yaml, stdin="y\n").stdout


def test_a_change_is_shown_field_by_field_and_what_is_only_here_is_listed(cli, plant_yaml):
    cli.run("definitions", "apply", plant_yaml, "--yes")
    plant_yaml.write_text("parts: {PCB-10: {description: Main board, revision: on}}", encoding="utf-8")
    shown = cli.run("definitions", "apply", plant_yaml, "--yes").stdout
    assert "~ parts PCB-10\n    description: Board → Main board\n" in shown
    assert "only here: parts" in shown
    assert "PUMP-200" in shown


def test_faults_go_to_stderr_with_file_line_and_field(cli, plant_yaml):
    plant_yaml.write_text(PLANT.replace("attempts_max: 2", "attempts_max: two"), encoding="utf-8")
    shown = cli.run("definitions", "apply", plant_yaml, "--yes", exits=3)
    line = PLANT.splitlines().index("      attempts_max: 2") + 1
    assert (
        f"{plant_yaml}:{line}: routings.R-PUMP/1.operations[2].attempts_max: 'two' is not a whole number"
        in shown.stderr
    )
    assert "Nothing was recorded" in shown.stderr
    cli.run("definitions", "check", plant_yaml, exits=3)


def test_the_report_as_json(cli, plant_yaml):
    report = json.loads(cli.run("definitions", "apply", plant_yaml, "--json", "--yes").stdout)
    assert (report["new"], report["recorded"], report["faults"]) == (COUNT, COUNT, [])
    report = json.loads(cli.run("definitions", "check", plant_yaml, "--json").stdout)
    assert (report["same"], report["changes"][0]["state"]) == (COUNT, "same")


def test_nobody_is_asked_through_a_pipe(cli, plant_yaml):
    assert "--yes only" in cli.run("definitions", "apply", plant_yaml, "--json", exits=2).stderr
    assert "--yes only" in cli.run("definitions", "apply", "-", stdin=PLANT, exits=2).stderr
    assert f"{COUNT} recorded" in cli.run("definitions", "apply", "-", "--yes", stdin=PLANT).stdout


def test_what_is_written_out_is_the_same(cli, plant_yaml, tmp_path):
    cli.run("definitions", "apply", plant_yaml, "--yes")
    out = tmp_path / "out.yaml"
    out.write_bytes(cli.run("definitions", "export").stdout_bytes)
    cli.run("definitions", "check", out)
    assert cli.run("definitions", "export", "tools").stdout.startswith("tools:\n  TQ-1:\n")
    assert "there is no section tool" in cli.run("definitions", "export", "tool", exits=2).stderr
