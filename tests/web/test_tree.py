"""The tree folds what is alike, and never what has to be seen."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from asbuilt.queries.as_built import ComponentView
from asbuilt.web.tree import MEMBERS_SHOWN, ROWS_AT_A_LEVEL, Branch, Tree, exceptions_in, natural, places
from asbuilt.web.words import Tone

WHEN = datetime(2026, 11, 4, tzinfo=UTC)


def component(number: str = "", *, lot: str = "", part: str = "CELL", **more) -> ComponentView:
    """A component in its place."""
    given = {
        "level": 1,
        "kind": "lot" if lot else "unit",
        "reference_designator": "",
        "issuer": "LYON",
        "part_number": part,
        "description": "",
        "serial_number": number,
        "lot_number": lot,
        "name": f"LYON:{part}/{number or lot}",
        "marked_as": "",
        "revision": "",
        "quantity": None,
        "uom": "",
        "operation": "",
        "evidence": "scanned",
        "installed_at": WHEN,
        "status": "available" if lot else "installed",
    }
    return ComponentView(**{**given, **more})


def drawn(*components: ComponentView) -> list[Branch]:
    return Tree(list(components), own_issuer="LYON", query={}).branches("unit", "LYON:RACK/1")


def rows(branches: list[Branch]) -> int:
    return sum(1 + rows(branch.branches) for branch in branches)


def test_places_are_counted_as_people_do_and_ranges_drawn_together():
    group = [
        component(str(n), reference_designator=place)
        for n, place in enumerate(["C10", "C2", "C1", "C3", "X", "C12", "C11"])
    ]
    assert places(group) == "C1–C3, C10–C12, X"
    assert sorted(["C10", "C2", "B7"], key=natural) == ["B7", "C2", "C10"]
    many = [component(str(n), reference_designator=f"C{n * 2}") for n in range(9)]
    assert places(many) == "C0, C2, C4 … C16"


def test_places_filled_from_one_lot_are_one_row():
    (row,) = drawn(*(component(lot="L1", reference_designator=f"C{n}", quantity=Decimal(1)) for n in range(12)))
    assert (row.times, row.places, row.number, row.amount) == (12, "C0–C11", "L1", "")
    assert row.note.startswith("C0, C1, C2")
    (glue,) = drawn(*(component(lot="L1", quantity=Decimal("0.4"), uom="mL") for _ in range(2)))
    assert glue.amount == "0.8 mL"


def test_serialized_siblings_are_folded_and_can_be_opened():
    (row,) = drawn(*(component(str(n)) for n in range(5)))
    assert row.times == 5
    assert [member.number for member in row.branches] == ["0", "1", "2", "3", "4"]
    assert len(drawn(*(component(str(n)) for n in range(4)))) == 4


@pytest.mark.parametrize(
    "exception", [{"status": "on_hold"}, {"status": "failed"}, {"evidence": "alternative"}, {"evidence": "order_level"}]
)
def test_an_exception_is_never_folded_away(exception):
    branches = drawn(*(component(str(n)) for n in range(50)), component("bad", **exception))
    assert len(branches) == 2
    bad = next(branch for branch in branches if branch.number == "bad")
    assert bad.said[0].tone is not Tone.NEUTRAL


def test_two_lots_or_two_kinds_of_evidence_are_two_rows():
    assert len(drawn(component(lot="L1"), component(lot="L2"))) == 2
    assert len(drawn(component(lot="L1"), component(lot="L1", evidence="kitted"))) == 2


def test_a_component_known_by_name_only_says_whose_it_is():
    declared = component(
        part="", kind="declared", issuer="Zellwerk", name="urn:7", status="not_delivered", evidence="declared"
    )
    (row,) = drawn(declared)
    assert (row.label, row.number, row.path) == ("From Zellwerk", "urn:7", "")
    assert [str(said.word) for said in row.said] == ["Not delivered"]


def test_an_exception_deep_inside_opens_the_way_to_it():
    deep = component("1", components=[component("2", level=2, components=[component("3", level=3, status="on_hold")])])
    (outer,) = drawn(deep)
    assert outer.is_open
    assert outer.branches[0].is_open
    assert not outer.branches[0].branches[0].opens


def test_very_many_are_drawn_in_part_and_lead_to_the_rest():
    (row,) = drawn(*(component(str(n)) for n in range(10_000)))
    assert rows([row]) == 1 + MEMBERS_SHOWN
    assert row.left_out == 10_000 - MEMBERS_SHOWN
    assert row.more == "/components/LYON:RACK/1?kind=unit&part_number=LYON%3ACELL"


def test_very_many_kinds_are_drawn_in_part_with_the_exceptions():
    parts = [component(str(n), part=f"P{n}") for n in range(1000)]
    parts[900] = component("held", part="P900", status="on_hold")
    branches = drawn(*parts)
    assert len(branches) == ROWS_AT_A_LEVEL + 1
    assert branches[0].number == "held"
    assert branches[-1].left_out == 1000 - ROWS_AT_A_LEVEL


def test_what_is_too_much_to_draw_is_fetched_when_it_is_opened():
    shelves = [
        component(
            f"S{n}", part=f"SHELF{n}", components=[component(f"{n}-{m}", part=f"P{m}", level=2) for m in range(30)]
        )
        for n in range(20)
    ]
    branches = drawn(*shelves)
    assert rows(branches) < 300
    assert branches[0].branches
    assert branches[-1].load == "/branches/LYON:SHELF19/S19?kind=unit"
    assert branches[-1].below == 30


def test_a_record_of_any_depth_is_drawn():
    chain = component("0", level=3000, status="on_hold")
    for level in range(2999, 0, -1):
        chain = component(str(level), level=level, components=[chain])
    branches = drawn(chain)
    assert rows(branches) < 20
    while branches[0].branches:
        branches = branches[0].branches
    assert branches[0].load
    assert str(branches[0].said[-1].word) == "Exceptions inside"


def test_exceptions_are_counted_at_all_levels():
    held = component(
        "1", components=[component("2", level=2, status="on_hold"), component("3", level=2, status="failed")]
    )
    assert exceptions_in([held, component("4", status="on_hold")]) == {"on_hold": 2, "failed": 1}
