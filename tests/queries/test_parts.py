"""Parts with the profile that holds, their next serials, ranges and voided numbers."""

from datetime import date

import pytest

from asbuilt.core.events.definitions import SerialProfileDefined
from asbuilt.core.events.identity import DuplicateReported, SerialNumberVoided, SerialRangeReserved, UnitCommissioned
from asbuilt.core.identifiers.serial_format import SerialContext
from asbuilt.core.identifiers.subjects import Part, part_named
from asbuilt.queries.identity import duplicate_asked, open_duplicate_count
from asbuilt.queries.naming import NotFound
from asbuilt.queries.parts import PAGE_MAX, PartFilter, PartView, every_part, part, parts
from asbuilt.queries.serials import low_ranges_of, next_serials, range_named, ranges_of, serials_in, voided_of
from tests.capture.test_serials import issue
from tests.world import World

CONTEXT = SerialContext(day=date(2026, 3, 2), site="ACME", line="L1", random_below=lambda below: below - 1)


def pump(name: str = "PUMP-200") -> Part:
    return part_named(name, own_issuer="ACME")


def view(world: World, name: str = "PUMP-200") -> PartView:
    with world.database.reading(world.site) as reader:
        return part(reader, pump(name))


def listed(world: World, *, limit: int = 2, **wanted: str) -> list[str]:
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        with world.database.reading(world.site) as reader:
            page = parts(reader, PartFilter(**wanted), after=after, limit=limit)
        found.extend(one.part for one in page.parts)
        after = page.next
    return found


def following(world: World, name: str = "PUMP-200", count: int = 3) -> list[str]:
    with world.database.reading(world.site) as reader:
        return next_serials(reader, part(reader, pump(name)), CONTEXT, count=count)


def reserve(world: World, number: str, first: int, count: int = 10, **more) -> None:
    world.captures(
        SerialRangeReserved,
        "PUMP-200",
        range_number=number,
        kind="line",
        holder="L1",
        first_number=first,
        count=count,
        **more,
    )


def test_parts_are_listed_by_number_each_on_one_page(world):
    for number in ("PUMP-200", "PCB-10", "BOLT:9", "ZULU", "AXLE"):
        world.part(number.replace(":", "%3A"))
    world.part("OTHER:PCB-10", tracking="lot")
    assert listed(world) == [
        "ACME:AXLE",
        "ACME:BOLT%3A9",
        "ACME:PCB-10",
        "OTHER:PCB-10",
        "ACME:PUMP-200",
        "ACME:ZULU",
    ]
    assert listed(world, q="pcb") == ["ACME:PCB-10", "OTHER:PCB-10"]
    assert listed(world, tracking="lot") == ["OTHER:PCB-10"]
    assert listed(world, q="nothing") == []
    with world.database.reading(world.site) as reader:
        assert [one.part for one in every_part(reader, PartFilter())] == listed(world)


@pytest.mark.parametrize("after", ["nonsense", "PCB:x", "PCB:" + "7" * 19])
def test_what_is_no_page_is_refused(world, after):
    with world.database.reading(world.site) as reader, pytest.raises(ValueError, match="not the `next`"):
        parts(reader, PartFilter(), after=after)
    with world.database.reading(world.site) as reader, pytest.raises(ValueError, match="between 1 and"):
        parts(reader, PartFilter(), limit=PAGE_MAX + 1)


def test_a_part_says_which_profile_holds(world):
    world.part("PUMP-200", serial_format="P-######", description="Pump")
    world.captures(
        SerialProfileDefined, "PUMP-200", serial_format="P{number:4}", at_receipt="mandatory", unique_within="site"
    )
    found = view(world)
    assert (found.serial_format, found.at_receipt, found.at_build, found.unique_within) == (
        "P{number:4}",
        "mandatory",
        "optional",
        "site",
    )
    assert found.next_number == 1
    issue(world, "PUMP-200", 2)
    assert view(world).next_number == 3


def test_a_part_without_serials_has_no_format(world):
    world.part("CAP-100N", tracking="lot")
    assert (view(world, "CAP-100N").serial_format, view(world, "CAP-100N").is_serialized) == ("", False)
    with pytest.raises(NotFound, match="not defined here"):
        view(world, "PUMP-404")
    with pytest.raises(NotFound, match="not defined here"):
        view(world, "OTHER:CAP-100N")


def test_the_next_serials_are_those_an_issue_gives(world):
    world.part("PUMP-200", serial_format="P{year:2}{number:4}")
    world.unit("PUMP-200/P260002")
    world.captures(SerialNumberVoided, "PUMP-200/P260003", reason="Torn")
    foreseen = following(world)
    assert foreseen == ["P260001", "P260004", "P260005"]
    assert issue(world, "PUMP-200", 3) == foreseen
    assert following(world, count=1) == ["P260006"]


def test_a_format_that_runs_out_has_fewer_next_serials(world):
    world.part("PUMP-200", serial_format="P{number:1}")
    issue(world, "PUMP-200", 7)
    assert following(world) == ["P8", "P9"]
    issue(world, "PUMP-200", 2)
    assert following(world) == []


def test_ranges_and_voided_serials_are_read_page_by_page(world):
    world.part("PUMP-200", serial_format="P{number:4}")
    reserve(world, "R1", 1, low_watermark=9)
    reserve(world, "R2", 11)
    reserve(world, "R3", 21, count=2)
    world.captures(UnitCommissioned, "PUMP-200/P0001")
    for serial in ("P0002", "P0900", "P0003"):
        world.captures(SerialNumberVoided, f"PUMP-200/{serial}", reason=f"Torn {serial}")
    with world.database.reading(world.site) as reader:
        first = ranges_of(reader, pump(), limit=2)
        second = ranges_of(reader, pump(), before=first.next, limit=2)
        voided = voided_of(reader, pump(), limit=2)
        rest = voided_of(reader, pump(), before=voided.next, limit=2)
        assert low_ranges_of(reader, pump()) == 1
        assert list(serials_in(range_named(reader, pump(), "R3"), CONTEXT)) == ["P0021", "P0022"]
        with pytest.raises(NotFound, match="no range 'R4'"):
            range_named(reader, pump(), "R4")
        assert ranges_of(reader, pump("PCB-404"), limit=2).rows == ()
    assert [one.range_number for one in (*first.rows, *second.rows)] == ["R3", "R2", "R1"]
    (low,) = second.rows
    assert (low.used, low.voided, low.left, low.below_watermark, second.next) == (1, 2, 7, True, None)
    assert [(one.serial_number, one.number) for one in (*voided.rows, *rest.rows)] == [
        ("P0003", 3),
        ("P0900", None),
        ("P0002", 2),
    ]
    assert (rest.rows[0].reason, rest.rows[0].actor, rest.next) == ("Torn P0002", "anna", None)


def test_a_question_is_asked_by_its_report(world):
    world.unit("PUMP-200/1")
    report = world.captures(DuplicateReported, "PUMP-200/1", supplier="Elektra")
    with world.database.reading(world.site) as reader:
        assert duplicate_asked(reader, report.event_id).supplier == "Elektra"
        assert duplicate_asked(reader, world.new_id()) is None
        assert open_duplicate_count(reader, most=100) == 1
        assert open_duplicate_count(reader, most=0) == 0
