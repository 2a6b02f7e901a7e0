import pytest
from hypothesis import given

from asbuilt.core.identifiers.subjects import (
    Issuer,
    Lot,
    Part,
    Station,
    SubjectKind,
    Unit,
    WorkOrder,
    lot_named,
    part_named,
    unit_named,
)
from asbuilt.core.identifiers.text import NameProblem
from tests.strategies import names


@given(names, names, names)
def test_every_name_is_read_as_it_is_written(issuer, part_number, number):
    part = Part(issuer, part_number)
    for own_issuer in ("ACME", issuer):
        read = part_named(str(part), own_issuer=own_issuer)
        assert (read.issuer, read.part_number) == (issuer, part_number)
        unit = unit_named(str(Unit(part, number)), own_issuer=own_issuer)
        assert (unit.issuer, unit.part_number, unit.serial_number) == (issuer, part_number, number)
        lot = lot_named(str(Lot(part, number)), own_issuer=own_issuer)
        assert (lot.issuer, lot.part_number, lot.lot_number) == (issuer, part_number, number)


@given(names, names, names)
def test_a_name_in_another_spelling_is_the_same_name(issuer, part_number, number):
    unit = Unit(Part(issuer, part_number), number)
    for other in (
        Unit(Part(f" {issuer} ", part_number), number),
        Unit(Part(issuer, " ".join(part_number)), number),
        Unit(Part(issuer, part_number), number.replace(" ", "")),
    ):
        assert other == unit
        assert hash(other) == hash(unit)


@pytest.mark.parametrize(
    ("text", "issuer", "part_number", "serial_number"),
    [
        ("PUMP-200/000123", "ACME", "PUMP-200", "000123"),
        ("BOSCH:PUMP-200/000123", "BOSCH", "PUMP-200", "000123"),
        ("PUMP-200/26:03/17", "ACME", "PUMP-200", "26:03/17"),
        ("BOSCH:PUMP%2F200/1", "BOSCH", "PUMP/200", "1"),
        ("urn%3Aepc:PUMP%3a200/1", "urn:epc", "PUMP:200", "1"),
        ("PUMP/100%25", "ACME", "PUMP", "100%"),
        ("PUMP/100%", "ACME", "PUMP", "100%"),
        ("PUMP/%41", "ACME", "PUMP", "%41"),
        ("  PUMP / 7 ", "ACME", "PUMP", "7"),
    ],
)
def test_a_unit_is_read(text, issuer, part_number, serial_number):
    unit = unit_named(text, own_issuer="ACME")
    assert (unit.issuer, unit.part_number, unit.serial_number) == (issuer, part_number, serial_number)


@pytest.mark.parametrize(
    "text", ["", "000123", "/000123", "PUMP-200/", ":PUMP-200/1", "BOSCH:/1", " / ", "PUMP/1\x1d2"]
)
def test_what_names_no_unit_is_not_guessed(text):
    with pytest.raises(NameProblem):
        unit_named(text, own_issuer="ACME")


def test_a_name_says_what_it_lacks():
    with pytest.raises(NameProblem, match="names no part; write it as part_number/number"):
        unit_named("000123", own_issuer="ACME")
    with pytest.raises(NameProblem, match="serial number is empty"):
        unit_named("PUMP-200/ ", own_issuer="ACME")
    with pytest.raises(NameProblem, match=r"part number holds a control or invisible character \(U\+001D\)"):
        part_named("PUMP\x1d200", own_issuer="ACME")
    with pytest.raises(NameProblem, match="lot number is 201 characters long; at most 200"):
        lot_named("CAP/" + "9" * 201, own_issuer="ACME")


def test_kinds_are_told_apart():
    part = Part("ACME", "PUMP")
    assert Unit(part, "1") != Lot(part, "1")
    assert WorkOrder("1") != Station("1")
    assert len({Unit(part, "1"), Lot(part, "1"), WorkOrder("1"), Station("1"), Unit(Part("acme", "pump"), "1")}) == 4
    assert Unit(part, "1") != "ACME:PUMP/1"


def test_parts_of_a_name_do_not_run_into_each_other():
    assert Part("AB", "C") != Part("A", "BC")
    assert Unit(Part("A", "B"), "CD") != Unit(Part("A", "BC"), "D")


def test_numbers_of_kinds_are_never_re_used():
    assert {kind.name: kind.value for kind in SubjectKind} == {
        "ISSUER": 1,
        "PART": 2,
        "UNIT": 3,
        "LOT": 4,
        "WORK_ORDER": 5,
        "SPECIFICATION": 6,
        "STATION": 7,
        "ROUTING": 8,
        "TOOL": 9,
        "OPERATOR": 10,
        "BILL_OF_MATERIALS": 11,
        "WORK_CENTER": 12,
        "CODE_LIST": 13,
        "SETUP_LIST": 14,
        "RECALL": 15,
    }


def test_a_subject_is_frozen_and_knows_its_scope():
    unit = Unit(Part("ACME", "PUMP"), "1")
    with pytest.raises(AttributeError, match="frozen"):
        unit.name = "2"
    assert unit.scope == Part("ACME", "PUMP")
    assert unit.scope.scope == Issuer("ACME")
    assert unit.scope.scope.scope is None
    assert repr(unit) == "Unit('ACME:PUMP/1')"
