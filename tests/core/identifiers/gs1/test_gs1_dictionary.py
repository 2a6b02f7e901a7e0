"""The table that is shipped is the table that GS1 publishes."""

import os
from pathlib import Path

import pytest

from asbuilt.core.identifiers.gs1.ai_table import AI_TABLE
from asbuilt.core.identifiers.gs1.application_identifiers import AIS
from asbuilt.core.identifiers.gs1.dictionary import Component, DictionaryProblem, entries
from asbuilt.core.identifiers.gs1.linters import LINTERS

REPOSITORY = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def published() -> str:
    folder = Path(os.environ.get("ASBUILT_STANDARDS") or REPOSITORY.parent / "shared" / "standards")
    dictionary = folder / "gs1" / "gs1-syntax-dictionary.txt"
    if not dictionary.is_file():
        reason = f"the GS1 syntax dictionary is not at {dictionary}; set ASBUILT_STANDARDS"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return dictionary.read_text(encoding="utf-8")


def test_the_table_is_the_published_one(published):
    assert entries(AI_TABLE) == entries(published)
    lines = [line for line in published.splitlines() if line and not line.startswith("#")]
    assert AI_TABLE.splitlines() == [" ".join(line.split()) for line in lines]


def test_every_linter_of_the_table_exists_and_no_other():
    named = {name for entry in entries(AI_TABLE) for part in entry.components for name in part.linters}
    assert named == set(LINTERS)


def test_the_predefined_lengths_are_those_of_the_general_specifications():
    by_prefix = {ai.ai[:2] for ai in AIS.values() if ai.is_predefined}
    assert by_prefix == {
        "00",
        "01",
        "02",
        "03",
        "20",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "41",
        *map(str, range(11, 14)),
        "15",
        "16",
        "17",
    }
    assert all(ai.minimum == ai.maximum for ai in AIS.values() if ai.is_predefined)
    assert all(
        len(ai.ai) + ai.maximum == {"0": 16, "1": 8, "2": 4, "3": 10, "4": 16}[ai.ai[0]]
        for ai in AIS.values()
        if ai.is_predefined and ai.ai != "00"
    )


def test_one_line():
    (entry,) = entries(
        "7011-7013 *? N6,yymmdd [N4],hhmi req=01+21,02,35nn req=37 ex=8111,394n dlpkey=22,10|235 # TEST # 1"
    )
    assert (entry.first, entry.last, entry.title) == ("7011", "7013", "TEST # 1")
    assert entry.is_predefined
    assert entry.is_attribute
    assert entry.components == (
        Component("N", 6, 6, is_optional=False, linters=("yymmdd",)),
        Component("N", 4, 4, is_optional=True, linters=("hhmi",)),
    )
    assert entry.requires == ((("01", "21"), ("02",), ("35nn",)), (("37",),))
    assert entry.excludes == ("8111", "394n")
    assert entry.qualifiers == (("22", "10"), ("235",))


def test_a_key_without_qualifiers_is_no_plain_ai():
    key, plain = entries("00 *? N18 dlpkey # SSCC\n# a comment\n\n90 X..30")
    assert key.qualifiers == ((),)
    assert plain.qualifiers is None
    assert (plain.title, plain.is_attribute) == ("", False)


@pytest.mark.parametrize(
    "line",
    ["01 * N14 sometimes=02", "01", "01 N..14 N2", "01 [N14] N2", "01 [N14", "01 N14]", "01 Q14"],
)
def test_what_does_not_follow_the_grammar_is_a_problem(line):
    with pytest.raises(DictionaryProblem):
        entries(line)


def test_pair_rules_mean_the_ais_that_there_are():
    assert AIS["3100"].excludes == {f"310{digit}" for digit in range(1, 6)}
    assert AIS["3921"].requires[0][1] == (
        AIS["21"].requires[0][0][0],
        frozenset(ai for ai in AIS if ai.startswith("31")),
    )
    assert AIS["250"].requires == (
        (
            (frozenset({"01"}), frozenset({"21"})),
            (frozenset({"03"}), frozenset({"21"})),
            (frozenset({"8006"}), frozenset({"21"})),
        ),
    )
