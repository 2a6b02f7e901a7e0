"""Number, function, test and rule book belong together; when one is missing, this says which."""

import ast
import re

import pytest

from asbuilt.capture.capture import CAPTURE_RULES
from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.rules.catalogue import RULES
from asbuilt.core.rules.rule import Rule
from tests.house.sources import ROOT, functions, parsed, python_files, source_of

ROOMS = {
    "IDN": ("identity",),
    "DEF": ("definitions",),
    "PRO": ("production", "orders", "lots", "setups"),
    "GEN": ("genealogy",),
    "INV": ("inventory",),
    "QUA": ("quality", "defects"),
    "REC": ("recalls",),
    "COR": ("corrections",),
}
"""The rooms a rule may live in, by its number."""


def stories_of(number: str, path) -> list[ast.FunctionDef]:
    return [node for node in functions(path) if node.name.startswith(f"test_{number.replace('-', '_')}_")]


def test_numbers_are_given_once_and_belong_to_a_room():
    numbers = [rule.number for rule in RULES] + [number for number, _ in CAPTURE_RULES]
    assert len(set(numbers)) == len(numbers)
    for rule in RULES:
        assert re.fullmatch(r"[A-Z]{3}-\d{3}", rule.number)
        assert rule.reason.__module__ in {f"asbuilt.core.rules.{room}" for room in ROOMS[rule.number[:3]]}, rule.number


def test_every_rule_that_is_written_is_in_the_list():
    listed = {rule.name for rule in RULES}
    for path in python_files("asbuilt/core/rules"):
        for node in functions(path):
            is_rule = any(
                isinstance(one, ast.Call) and getattr(one.func, "id", "") == "rule" for one in node.decorator_list
            )
            assert not is_rule or node.name in listed, node.name


def test_every_event_type_a_rule_judges_is_listed():
    assert {event for rule in RULES for event in rule.events} <= set(EVENT_TYPES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.number)
def test_a_rule_is_a_sentence(rule: Rule):
    """Its title is stated positively, and ends."""
    assert rule.title[0].isupper()
    assert rule.title.endswith(".")
    assert not re.search(r"\b(must|should|shall|may) not\b", rule.title), "say what holds"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.number)
def test_a_rule_has_a_story_that_keeps_it_and_one_that_breaks_it(rule: Rule):
    paths = sorted(
        path for room in ROOMS[rule.number[:3]] for path in (ROOT / "tests/core/rules").glob(f"test_{room}*.py")
    )
    path, tests = next((path, found) for path in paths if (found := stories_of(rule.number, path)) or path == paths[-1])
    wanted = f"test_{rule.number.replace('-', '_')}_{rule.name}"
    assert [node.name for node in tests if node.name == wanted], f"{path.name} lacks {wanted}"
    told = "\n".join(source_of(path, node) for node in tests)
    keeps = re.search(r"\.(captures|corrects|unit|units|lot|order|part)\(|\"recorded\"", told)
    assert keeps, f"no story keeps {rule.number}"
    assert f'"{rule.number}"' in told, f"no story breaks {rule.number}"
    assert re.search(r"reason|told", told), f"nobody reads the reason of {rule.number}"


@pytest.mark.parametrize("number", [number for number, _ in CAPTURE_RULES])
def test_a_rule_of_the_door_has_a_story(number: str):
    path = ROOT / "tests/capture/test_capture.py"
    told = "\n".join(source_of(path, node) for node in stories_of(number, path))
    assert f'"{number}"' in told
    assert '"recorded"' in told


def test_every_number_in_a_test_is_that_of_a_rule():
    known = {rule.number for rule in RULES} | {number for number, _ in CAPTURE_RULES}
    for path in python_files("tests/core/rules", "tests/capture"):
        for node in functions(path):
            found = re.match(r"test_([A-Z]{3})_(\d{3})_", node.name)
            assert not found or f"{found[1]}-{found[2]}" in known, node.name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.number)
def test_a_rule_is_in_the_rule_book(rule: Rule):
    book = (ROOT / "docs/reference/rules.md").read_text(encoding="utf-8")
    (line,) = [line for line in book.splitlines() if line.startswith(f"| **{rule.number}**")]
    assert rule.title in line
    assert f"test_{rule.number.replace('-', '_')}_{rule.name}" in line


def test_every_reason_says_what_to_do():
    """A reason has two halves: what is in the way, and after a colon or semicolon what to do about it."""
    for path in python_files("asbuilt/core/rules"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Return) and isinstance(node.value, ast.JoinedStr):
                text = source_of(path, node.value)
                assert re.search(r"[;:,] |\{there\}|\{cage\}|already", text), f"{path.name}:{node.lineno} {text}"
