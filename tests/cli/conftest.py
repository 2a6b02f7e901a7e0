"""The command line on a database of its own."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asbuilt.cli.main import command
from tests.cli.events import Events, pumps
from tests.databases import Made

PROGRAM = Path(sys.executable).with_name("asbuilt")


class Cli:
    """Runs verbs, within this process (quick) or as a real one."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment = environment
        self.folder = folder

    def run(self, *arguments: object, exits: int = 0, stdin: str | bytes | None = None) -> Result:
        """Within this process; fails when it ends otherwise than expected."""
        foreign = {name: None for name in os.environ if name.startswith("ASBUILT_")}
        result = CliRunner().invoke(
            command, [str(one) for one in arguments], env={**foreign, **self.environment}, input=stdin
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == exits, f"{arguments}: {result.exit_code}\n{result.output}"
        return result

    def json(self, *arguments: object, exits: int = 0) -> dict:
        """The JSON a verb writes."""
        return json.loads(self.run(*arguments, "--format", "json", exits=exits).stdout)

    def real(
        self, *arguments: object, exits: int = 0, stdin: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """As a real process."""
        done = subprocess.run(
            [PROGRAM, *(str(one) for one in arguments)],
            env=self.real_environment(**environment),
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == exits, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def real_environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ASBUILT_")}
        return {**kept, **self.environment, **more}

    def captures(self, events: Events) -> None:
        """Record events that the rules allow."""
        self.run("capture", "-", "--refusals", self.folder / "none", stdin=events.ndjson())


def cli_on(made: Made, folder: Path, *, site: str = "") -> Cli:
    settings = {"ASBUILT_HOME": str(folder / "home"), "ASBUILT_DATABASE_URL": made.url}
    return Cli(settings | ({"ASBUILT_SITE": site} if site else {}), folder)


@pytest.fixture
def cli(opened, tmp_path) -> Cli:
    """The command line on a site of its own, on both kinds of database."""
    return cli_on(opened.made, tmp_path, site=opened.new_site().name)


@pytest.fixture(scope="module")
def plant(opened, tmp_path_factory) -> Cli:
    """Two pumps to ask about; nothing more is to be recorded."""
    asked = cli_on(opened.made, tmp_path_factory.mktemp("plant"), site=opened.new_site().name)
    asked.captures(pumps())
    return asked


@pytest.fixture
def alone(own, tmp_path) -> Cli:
    """The command line on a database of its own with the one site LYON, to be damaged or shared."""
    return cli_on(own, tmp_path)


@pytest.fixture
def bare(tmp_path) -> Cli:
    """The command line on an empty home: SQLite that is still to be made."""
    return Cli({"ASBUILT_HOME": str(tmp_path / "home")}, tmp_path)


@pytest.fixture(autouse=True)
def the_collector_of_garbage_as_it_was() -> Iterator[None]:
    """Long verbs let it look less often; the tests after this one shall not notice."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
