"""Our own JavaScript, without a browser."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import asbuilt

JS = Path(asbuilt.__file__).parent / "web" / "static" / "asbuilt" / "js"
CSS = JS.parent / "css"


@pytest.mark.slow
def test_the_modules_keep_to_their_types():
    if shutil.which("tsc") is None:
        reason = "there is no tsc; apt-get install node-typescript"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    config = Path(__file__).with_name("tsconfig.json")
    run = subprocess.run(["tsc", "-p", str(config)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_every_module_is_checked_and_says_what_it_is_for():
    for path in JS.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("// @ts-check\n"), path.name
        assert re.search(r"^(/\*\*|// \w)", text.split("\n", 1)[1], re.MULTILINE), path.name


def test_no_module_evaluates_text_or_writes_markup():
    for path in JS.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML|document\.write|insertAdjacentHTML", text), (
            path.name
        )


def test_colours_are_named_in_one_place_only():
    for path in CSS.glob("*.css"):
        if path.name != "tokens.css":
            assert not re.search(r"#[0-9a-f]{3,8}\b(?![^{]*\{)", path.read_text(encoding="utf-8")), path.name


def test_nothing_is_put_in_capitals():
    for path in CSS.glob("*.css"):
        assert "text-transform" not in path.read_text(encoding="utf-8"), path.name


def test_every_token_used_is_defined():
    text = "".join(path.read_text(encoding="utf-8") for path in CSS.glob("*.css"))
    used, defined = set(re.findall(r"var\((--[\w-]+)\)", text)), set(re.findall(r"^\s*(--[\w-]+):", text, re.MULTILINE))
    assert used <= defined
