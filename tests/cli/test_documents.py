"""What docs/operating tells people to type does run, and names what there is."""

import json
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


MATERIALS = DOCUMENTS.parent / "concepts" / "materials-and-kits.md"


@pytest.fixture(scope="module")
def materials(tmp_path_factory) -> tuple[Path, list[str]]:
    """The folder in which each block of the page ran on the plant of the first one, and what each told."""
    folder = tmp_path_factory.mktemp("materials")
    blocks = BLOCK.findall(MATERIALS.read_text("utf-8"))
    return folder, [run(script, folder, folder / "home", ASBUILT_SITE="LYON") for _, script in blocks]


def test_the_examples_of_mixes_kits_and_disassembly_tell_the_truth(materials):
    _, mixed, split, kitted, used_again, elsewhere = materials[1]
    assert "3 lots, 350" in mixed
    assert all(lot in mixed for lot in ("RESIN/R1", "HARDENER/H1", "FILLER/F1", "200 g", "100 g", "50 g"))
    assert [line.split()[1] for line in split.splitlines()[3:]] == [
        "RES-10K/REEL1-A",
        "RES-10K/REEL1-B",
        "RES-10K/REEL1-C",
        "RES-10K/TRAY-9",
    ]
    assert kitted.count("kitted") == 2
    assert re.findall(r"^\d {2,}(\S+)", used_again, re.MULTILINE) == ["GLUE/M1", "PCB/7", "PUMP/2"]
    assert used_again.endswith("components  0\n")
    assert "PCB/7" in elsewhere
    assert "equal     1" in elsewhere


def test_expiry_supplier_and_evidence_go_along(materials):
    tmp_path, home = materials[0], materials[0] / "home"
    environment = {"ASBUILT_SITE": "LYON"}
    lot = run("asbuilt lot GLUE/M1 --json", tmp_path, home, **environment)
    assert json.loads(lot)["expires_on"] == "2030-03-31"
    tray = json.loads(run("asbuilt lot RES-10K/TRAY-9 --json", tmp_path, home, **environment))
    assert (tray["supplier"], tray["supplier_lot"], tray["quantity"]) == ("Zellora", "Z-77", "1000")
    there = json.loads(run("asbuilt where-used HARDENER/H1 --json", tmp_path, home, ASBUILT_SITE="GRAZ"))
    assert [(one["unit"], one["evidence"]) for one in there["affected"]] == [("", "scanned"), ("ACME:PCB/7", "scanned")]
    ever = json.loads(run("asbuilt where-used PCB/7 --ever --json", tmp_path, home, **environment))
    assert [one["unit"] for one in ever["affected"]] == ["ACME:PUMP/1", "ACME:PUMP/2"]
    assert run("asbuilt unit FAN/3 --json", tmp_path, home, **environment).count('"location": "STORE-2"') == 1
