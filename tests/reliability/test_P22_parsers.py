"""P22: no input makes a parser do anything but answer. The small versions stand beside each parser's own tests."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reliability.conftest import soak

NAMES = [
    "scan",
    "elements",
    "bracketed",
    "digital-link",
    "epc-urn",
    "epc-tag",
    "envelope",
    "data-identifier",
    "hibc",
    "iccbba",
    "definitions",
]

has_atheris = importlib.util.find_spec("atheris") is not None


def fuzzed(name: str, runs: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a parser on so many inputs that atheris makes; anything raised ends it with an exit code."""
    command = [sys.executable, "-m", "tests.reliability.fuzz", name, f"-runs={runs}", "-max_len=400"]
    return ran(command, folder)


def ran(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """What makes a parser raise is written to the folder."""
    return subprocess.run(
        [*command, f"-artifact_prefix={folder}/"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.soak
@pytest.mark.skipif(not has_atheris, reason="there is no atheris; pip install atheris")
@pytest.mark.parametrize("name", NAMES)
def test_P22_no_input_raises(name, tmp_path):
    runs = soak(200_000)
    done = fuzzed(name, runs, tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
    found = re.search(r"Done (\d+) runs", done.stdout)
    assert found is not None
    assert int(found[1]) >= runs
    print(f"{name}: {found[1]} inputs, nothing raised")


@pytest.mark.soak
@pytest.mark.skipif(not has_atheris, reason="there is no atheris; pip install atheris")
def test_P22_control_a_parser_that_raises_is_seen(tmp_path):
    code = "import tests.reliability.fuzz as fuzz; fuzz.PARSERS['scan'] = lambda text: 1 / (len(text) < 3); fuzz.main()"
    command = [sys.executable, "-c", code, "scan", "-runs=20000"]
    done = ran(command, tmp_path)
    assert done.returncode != 0
    assert "ZeroDivisionError" in done.stdout
