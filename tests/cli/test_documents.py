"""What docs/operating tells people to type does run, and names what there is."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from asbuilt.accounts import configuration
from asbuilt.cli.main import VERBS
from tests.cli.conftest import PROGRAM
from tests.exchange.labels.printers import printer

DOCUMENTS = Path(__file__).parents[2] / "docs" / "operating"
COMMAND_LINE = (DOCUMENTS / "command-line.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```sh(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(script: str, folder: Path, home: Path | None, **settings: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASBUILT_")} | settings
    environment["PATH"] = f"{PROGRAM.parent}:{environment['PATH']}"
    if home is not None:
        environment["ASBUILT_HOME"] = str(home)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_every_example_runs(tmp_path):
    home = tmp_path / "var" / "demo"
    blocks = BLOCK.findall(COMMAND_LINE)
    assert len(blocks) > 10
    with printer() as line_3:
        for kind, script in blocks:
            if "jq" in script and shutil.which("jq") is None:
                continue
            here = script.replace("tcp://10.0.4.17:9100", line_3.url)
            run(here, tmp_path, None if kind else home, ASBUILT_PRINTERS=f"LINE-3={line_3.url}")
    assert len(line_3.taken) == 4
    assert "exit code 3" in run("asbuilt capture events.ndjson || echo exit code $?", tmp_path, home)

    ((_, backup),) = BLOCK.findall((DOCUMENTS / "databases.md").read_text(encoding="utf-8"))
    copy = tmp_path / "backup"
    copy.mkdir()
    run(backup.replace("/backup/", f"{copy}/"), tmp_path, home)
    assert run("asbuilt units --format ndjson", tmp_path, copy) == run("asbuilt units --format ndjson", tmp_path, home)
    run("asbuilt verify && asbuilt user list", tmp_path, copy)


def test_every_verb_is_documented():
    headings = ", ".join(re.findall(r"^### (.*)$", COMMAND_LINE, re.MULTILINE)).replace(" catenax", "").split(", ")
    assert {heading.split()[0] for heading in headings} == set(VERBS)


def test_every_setting_is_documented():
    text = (DOCUMENTS / "install.md").read_text(encoding="utf-8")
    read = set(re.findall(r'"(ASBUILT_[A-Z_]+)"', Path(configuration.__file__).read_text(encoding="utf-8")))
    assert {"ASBUILT_HOME", "ASBUILT_DATABASE_URL"} <= read
    assert {name for name in read if f"`{name}`" not in text} <= {"ASBUILT_DEBUG"}


@pytest.mark.parametrize("name", sorted(path.name for path in DOCUMENTS.glob("*.md")))
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", (DOCUMENTS / name).read_text(encoding="utf-8")):
        found = (DOCUMENTS / target).resolve()
        assert found.exists() or found.parent.name == "reference", f"{name} points to {target}"
