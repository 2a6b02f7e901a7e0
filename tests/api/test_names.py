"""How a unit or lot is named in a path: as marked, however it is marked."""

import pytest

from asbuilt.core.events.identity import AliasAssigned
from asbuilt.core.identifiers.subjects import Part, Unit
from tests.api.talk import case, escaped, event, problem

HOSTILE = [
    "a/b",
    "/a",
    "a/",
    "a//b",
    "50%",
    "%2F",
    "%252F",
    "%",
    "a%41b",
    "#7",
    "a?b=c",
    "a&b",
    "a;b",
    "a+b",
    "a b",
    "a:b",
    ":",
    "'",
    '"',
    "'; DROP TABLE event; --",
    "<script>alert(1)</script>",
    "\\",
    "..",
    ".",
    "a..b",
    "$1",
    "{name}",
    "ÄÖÜß",
    "Å",
    "é",
    "序列号",
    "מספר",
    "\U0001d7d8\U0001d7d9",
    "🏭",
    "ﬁ",
    "İ",
    "\u017f",
    "x" * 200,
    "ä" * 200,
    "null",
    "0",
    "-1",
    "1e5",
]
SUBPATHS = ("", "/record", "/history", "/as-built", "/where-used")


@pytest.fixture
def recorded(api) -> list[Unit]:
    """Units and lots with hostile serial and part numbers, sent as a client sends them."""
    units = [Unit(Part("ACME", "PUMP-200"), serial) for serial in HOSTILE]
    units += [Unit(Part("SUP:1/a%", part), "7") for part in HOSTILE]
    for start in range(0, len(units), 50):
        chunk = units[start : start + 50]
        parts = {
            str(unit.part): event("PartDefined", part=str(unit.part), tracking="serialized_and_lot") for unit in chunk
        }
        api.captures(*parts.values())
        api.captures(*(event("UnitCommissioned", unit=str(unit)) for unit in chunk))
        api.captures(*(event("LotDefined", lot=str(unit)) for unit in chunk))
    return units


def test_a_unit_is_found_by_its_full_name_whatever_is_in_it(api, recorded):
    for unit in recorded:
        name = escaped(str(unit))
        with case(unit):
            found = api.json(f"units/{name}")
            assert (found["unit"], found["serial_number"]) == (str(unit), unit.serial_number)
            assert (found["issuer"], found["part_number"]) == (unit.issuer, unit.part_number)
            assert api.json(f"lots/{name}")["lot_number"] == unit.serial_number


def test_everything_about_it_is_found_too(api, recorded):
    for unit in recorded[::5]:
        for kind in ("units", "lots"):
            for path in SUBPATHS[2:]:
                with case(unit, kind, path):
                    assert api.json(f"{kind}/{escaped(str(unit))}{path}")["name"] == str(unit)
        assert api.json(f"units/{escaped(str(unit))}/record")["unit"]["unit"] == str(unit)


def test_every_name_an_answer_gives_leads_back(api, recorded):
    for row in api.rows("units"):
        with case(row["unit"]):
            assert api.json(f"units/{escaped(row['unit'])}")["unit"] == row["unit"]
    for serial in HOSTILE:
        with case(serial):
            found = [
                row["serial_number"] for row in api.json("units", q=serial, part_number="PUMP-200", limit=1000)["units"]
            ]
            assert serial in found


def test_a_number_that_ends_like_a_question_is_named_with_its_slash_escaped(api, world):
    world.units("PUMP-200/1", "PUMP-200/1%2Fhistory", "PUMP-200/record")
    assert api.json("units/record")["unit"] == "ACME:PUMP-200/record"
    assert api.json("units/PUMP-200/1/history")["name"] == "ACME:PUMP-200/1"
    assert api.json("units/PUMP-200%2F1%252Fhistory")["serial_number"] == "1/history"
    assert api.json("units/PUMP-200/1%252Fhistory/history")["name"] == "ACME:PUMP-200/1/history"


@pytest.mark.parametrize(
    "name",
    [
        "ACME:PUMP-200/000123",
        "PUMP-200/000123",
        "pump-200/000123",
        "PUMP-200/ 000123 ",
        "000123",
        "acme:Pump-200/000123",
    ],
)
def test_slashes_need_no_escape_and_case_and_blanks_do_not_count(api, world, name):
    world.unit("PUMP-200/000123")
    assert api.json(f"units/{escaped(name)}")["unit"] == "ACME:PUMP-200/000123"
    assert api.json(f"units/{name.replace(' ', '%20')}/history")["count"] == 1


def test_a_name_that_means_several_things_is_answered_with_the_choices(api, world):
    world.units("PUMP-200/7", "PCB-10/7", "SUP:PUMP-200/7", "PUMP-200/8")
    for path in SUBPATHS:
        found = problem(api.get(f"units/7{path}"), 409)
        assert found["title"] == "The name means several things"
        assert [one["name"] for one in found["choices"]] == ["ACME:PUMP-200/7", "ACME:PCB-10/7", "SUP:PUMP-200/7"]
        assert found["choices"][0] == {
            "kind": "unit",
            "name": "ACME:PUMP-200/7",
            "issuer": "ACME",
            "part_number": "PUMP-200",
            "number": "7",
        }
        for choice in found["choices"]:
            assert api.get(f"units/{escaped(choice['name'])}{path}").status_code == 200
    # Without an issuer the site's own is meant.
    assert api.json("units/PUMP-200/7")["unit"] == "ACME:PUMP-200/7"


def test_an_alias_names_what_bears_it(api, world):
    world.units("PUMP-200/1", "PUMP-200/2", "PUMP-200/3")
    world.captures(AliasAssigned, "PUMP-200/1", scheme="imei", value="356938035643809")
    world.captures(AliasAssigned, "PUMP-200/1", scheme="url", value="https://id.example/01/0950?x=1#2")
    for number in ("2", "3"):
        world.captures(AliasAssigned, f"PUMP-200/{number}", scheme="customer", value="C/1")
    assert api.json("units/356938035643809")["serial_number"] == "1"
    assert api.json("units/imei:356938035643809/history")["name"] == "ACME:PUMP-200/1"
    assert api.json(f"units/{escaped('https://id.example/01/0950?x=1#2')}")["serial_number"] == "1"
    found = problem(api.get("units/C/1"), 409)
    assert [one["number"] for one in found["choices"]] == ["2", "3"]


def test_a_unit_and_a_lot_of_one_number_are_told_apart_by_the_path(api, world):
    world.part("VALVE-5", tracking="serialized_and_lot")
    api.captures(event("UnitCommissioned", unit="VALVE-5/7"), event("LotDefined", lot="VALVE-5/7"))
    assert api.json("units/7")["unit"] == "ACME:VALVE-5/7"
    assert api.json("lots/7")["lot"] == "ACME:VALVE-5/7"
    assert api.json("lots/7/history")["history"][0]["type"] == "LotDefined"


@pytest.mark.parametrize(
    "name", ["PUMP-200/404", "404", "NONE/1", "ACME:PUMP-200/", "/", "%20", "%FF%FE", "x" * 3000, "PUMP-200"]
)
def test_an_unknown_name_is_a_problem_that_says_so(api, world, name):
    world.unit("PUMP-200/1")
    for path in SUBPATHS:
        found = problem(api.get(f"units/{name}{path}"), 404)
        assert found["title"] in ("Not known here", "Not found")


def test_a_name_with_a_nul_is_no_name(api, world):
    world.unit("PUMP-200/1")
    for kind in ("units", "lots"):
        for path in (*SUBPATHS[:1], *SUBPATHS[2:]):
            problem(api.get(f"{kind}/PUMP-200/1%00{path}"), 400)


def test_a_unit_whose_commissioning_did_not_occur_is_not_there_but_its_history_is(api, world):
    wrong = world.captures(_commissioned(world), "PUMP-200/1")
    world.corrects(wrong)
    for path in ("", "/record"):
        assert "its commissioning was declared wrong" in problem(api.get(f"units/PUMP-200/1{path}"), 404)["detail"]
    assert [one["type"] for one in api.json("units/PUMP-200/1/history")["history"]] == [
        "UnitCommissioned",
        "EventCorrected",
    ]


def _commissioned(world):
    from asbuilt.core.events.identity import UnitCommissioned

    world.part("PUMP-200")
    return UnitCommissioned
