"""Below the faces nothing knows the time, chance or the environment; core knows nothing but itself."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT, parsed, place, python_files

BELOW_THE_FACES = python_files(
    "asbuilt/core", "asbuilt/ledger", "asbuilt/projections", "asbuilt/capture", "asbuilt/queries"
)

FORBIDDEN_MODULES = {"random", "secrets", "time", "os", "locale", "getpass", "socket", "platform"}
FORBIDDEN_CALLS = {
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "date.today",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid1",
    "uuid4",
    "os.environ",
    "os.getenv",
    "time.time",
    "time.monotonic",
}
SQL_CLOCKS = re.compile(
    r"\b(now\(\)|current_timestamp|current_date|clock_timestamp\(\)|random\(\)|gen_random_uuid\(\)|datetime\('now')",
    re.IGNORECASE,
)
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|DROP|ALTER|CREATE)\b")


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def impurities(path: Path) -> list[str]:
    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names if name.name.partition(".")[0] in FORBIDDEN_MODULES]
        elif isinstance(node, ast.ImportFrom):
            found += [node.module] if (node.module or "").partition(".")[0] in FORBIDDEN_MODULES else []
            found += [name.name for name in node.names if name.name in FORBIDDEN_CALLS]
        elif isinstance(node, ast.Attribute):
            name = dotted(node)
            found += [name] if any(name == one or name.endswith(f".{one}") for one in FORBIDDEN_CALLS) else []
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_CLOCKS.search(node.value):
            found.append(node.value.strip()[:40])
    return found


@pytest.mark.parametrize("path", BELOW_THE_FACES, ids=place)
def test_no_clock_no_chance_no_environment(path):
    assert impurities(path) == []


def test_the_schema_has_no_clock_either():
    for path in sorted((ROOT / "asbuilt/ledger/schema").rglob("*.sql")):
        assert not SQL_CLOCKS.search(path.read_text(encoding="utf-8")), place(path)


def test_an_impure_file_would_be_seen(tmp_path):
    """The negative control."""
    path = tmp_path / "impure.py"
    for line in (
        "import random",
        "from time import time",
        "import os.path",
        "x = datetime.datetime.now()",
        "x = date.today()",
        "from uuid import uuid4",
        "x = uuid.uuid4()",
        "SQL = 'SELECT now()'",
    ):
        parsed.cache_clear()
        path.write_text(line)
        assert impurities(path), line
    parsed.cache_clear()


@pytest.mark.parametrize("path", python_files("asbuilt/queries"), ids=place)
def test_queries_write_nothing(path):
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not WRITES.match(node.value), node.value


@pytest.mark.parametrize("path", BELOW_THE_FACES, ids=place)
def test_nobody_catches_everything_below_a_face(path):
    """But for the collector, which hands what it caught to the caller that waits."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ExceptHandler) and path.name != "collector.py":
            names = {dotted(one) for one in ast.walk(node.type)} if node.type else {"everything"}
            is_raised_again = any(isinstance(one, ast.Raise) and one.exc is None for one in ast.walk(node))
            assert not names & {"everything", "Exception", "BaseException"} or is_raised_again, node.lineno


@pytest.mark.slow
def test_the_import_contracts_are_kept():
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert "0 broken" in run.stdout


def test_the_package_does_not_start_without_its_assertions():
    run = subprocess.run(
        [sys.executable, "-O", "-c", "import asbuilt.cli.main"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert "does not start under python -O" in run.stderr
