"""What must hold of differences whatever is compared: of made-up structures, and of a plant after a made-up story.

The answers to compare with are dictionaries: by assembly, how much of what is at which place.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.subjects import Part
from asbuilt.queries.comparing.comparison import Baseline, Comparison, compare, differences
from asbuilt.queries.comparing.differences import DifferenceView, mirrored
from asbuilt.queries.comparing.structures import Assembly, Built, Designed, Fitted, Line
from asbuilt.queries.naming import unit_or_lot_meant
from tests.projections.model import Plant
from tests.projections.moves import LOTS, UNITS, Call, stories
from tests.projections.test_stories import QUICK, moments, play
from tests.world import World

PARTS = {name: Part("ACME", name) for name in "PQRS"}
PLACES = ("", "A1", "A2", "A3")
ROOT = "unit ACME:P/1"
Contents = dict[str, Counter]
"""By assembly, (name, place) and how much of it."""

fitted = st.builds(
    lambda part, number, place, quantity, evidence: Fitted(
        kind="lot" if quantity else "unit",
        name=f"ACME:{part}/{number}",
        part=PARTS[part],
        place=place,
        quantity=quantity,
        evidence=evidence,
    ),
    st.sampled_from("PQRS"),
    st.integers(1, 3),
    st.sampled_from(PLACES),
    st.sampled_from((None, None, Decimal(1), Decimal("2.5"))),
    st.sampled_from((Evidence.SCANNED, Evidence.KITTED, Evidence.DECLARED, Evidence.BACKFLUSHED)),
)
keys = st.sampled_from(
    [f"{kind} ACME:{part}/{number}" for kind in ("unit", "lot") for part in "PQR" for number in (1, 2)]
)
built = st.builds(
    lambda root, rest: Built(root=ROOT, inside={**rest, ROOT: root}),
    st.lists(fitted, max_size=6),
    st.dictionaries(keys, st.lists(fitted, min_size=1, max_size=4), max_size=4),
)


@st.composite
def designs(draw) -> Designed:
    """Bills with one part of one piece at each place, as the floor has most of them."""
    assemblies = {}
    for key in {ROOT, *draw(st.lists(keys, max_size=3))}:
        parts = draw(st.permutations(list(PARTS.values())))
        taken = draw(st.integers(0, 3))
        lines = [
            Line(
                item=str(number),
                allowed=(parts[number], parts[3]),
                places=(place,),
                quantity=Decimal(1),
                is_optional=draw(st.booleans()),
            )
            for number, place in enumerate(PLACES[1 : taken + 1])
        ]
        assemblies[key] = Assembly(bill_of_materials="B/1", lines=lines)
    return Designed(root=ROOT, assemblies=assemblies)


structures = built | designs()


def amount_said(link: Fitted) -> Decimal:
    return Decimal(1) if link.quantity is None else link.quantity


def contents(structure: Built) -> Contents:
    found: Contents = {}
    for key, links in structure.inside.items():
        inside = found.setdefault(key.partition(" ")[2], Counter())
        for link in links:
            inside[link.name, link.place] += amount_said(link)
    return found


def mended(expected: Contents, told: Iterable[DifferenceView]) -> Contents:
    """What is expected, after every difference was put right."""
    found = {assembly: Counter(inside) for assembly, inside in expected.items()}
    done = set()
    for one in told:
        if one.difference == "unproven":
            continue
        change = (
            one.assembly,
            one.expected,
            one.expected_places,
            one.found,
            one.found_places,
            one.difference == "moved",
        )
        if one.difference == "quantity_changed" and (*change[:5], True) in done:
            continue  # a component that was moved says its new quantity already
        done.add(change)
        inside = found.setdefault(one.assembly, Counter())
        if one.expected:
            inside[one.expected, "".join(one.expected_places)] -= one.expected_quantity or 1
        if one.found:
            inside[one.found, "".join(one.found_places)] += one.found_quantity or 1
    return {assembly: +inside for assembly, inside in found.items()}


@given(structures)
def test_nothing_differs_from_itself(one):
    assert differences(one, one) == []


@given(structures, structures)
def test_differences_seen_from_the_other_side_are_the_mirror_of_these(one, other):
    there, back = differences(one, other), differences(other, one)
    assert Counter(map(mirrored, there)) == Counter(back)
    assert Counter(map(mirrored, back)) == Counter(there)


@given(built, built)
def test_differences_are_all_there_is_between_two_times(one, other):
    """Put right, what was becomes what is, in every assembly that both have on the same way down."""
    told = differences(one, other)
    became, is_now = mended(contents(one), told), contents(other)
    for name in common(one, other):
        assert became.get(name, Counter()) == is_now.get(name, Counter()), name


def common(one: Built, other: Built) -> set[str]:
    """The names of the assemblies that two structures share, from the unit downwards, unless two kinds share a name."""
    reached, waiting = {ROOT}, [ROOT]
    while waiting:
        key = waiting.pop()
        below = {link.key for link in one.inside.get(key, ())} & {link.key for link in other.inside.get(key, ())}
        waiting += below - reached
        reached |= below
    names = Counter(key.partition(" ")[2] for key in {*one.inside, *other.inside, *reached})
    return {name for key in reached if names[name := key.partition(" ")[2]] == 1}


@given(designs(), built)
def test_what_differs_from_a_design_is_what_a_table_of_places_says(designed, found):
    """For bills that give each place one piece of a part or its alternate."""
    told: dict[str, Counter] = {}
    for one in differences(designed, found):
        place = "".join(one.expected_places or one.found_places)
        told.setdefault(one.assembly, Counter())[one.difference.value, place] += 1
    assembly = designed.assemblies[ROOT]
    links = [link for link in found.inside.get(ROOT, ()) if link.place]
    if len(links) < len(found.inside.get(ROOT, ())):
        return  # what has no place may fill any: see the test by story
    places = {line.places[0]: line for line in assembly.lines or ()}
    if any(link.place not in places for link in links):
        return  # what is at a place nobody knows may be meant for another
    expected: Counter = Counter()
    for place, line in places.items():
        here = [link for link in links if link.place == place]
        right = [link for link in here if link.part in line.allowed]
        expected["wrong_part", place] += len(here) - len(right)
        expected["alternate_used", place] += sum(link.part != line.part for link in right)
        expected["unproven", place] += sum(not link.is_proven for link in right)
        expected["missing", place] += not here and not line.is_optional
        amount = sum((amount_said(link) for link in right), Decimal(0))
        expected["wrong_quantity", place] += amount > 1
    assert told.get("ACME:P/1", Counter()) == +expected


def model_of(plant: Plant, root: str, when) -> dict[str, Counter]:
    """What is directly in a unit or lot and in all below it, from the events told in the simplest way."""
    edges = plant.below(root, when)
    found: dict[str, Counter] = {name: Counter() for name in {root, *(parent for parent, _ in edges)}}
    for link in plant.links:
        if link.holds(when) and link.what[0] in found:
            found[link.what[0]][link.what[1], link.what[2]] = 1
    for unit, station, passed in plant.passes:
        for window in plant.windows:
            feeds = window.begins <= passed and (window.ends is None or passed < window.ends)
            if unit in found and feeds and window.what[0] == station and (when is None or passed <= when):
                found[unit][window.what[2], f"{station} {window.what[1]}"] = 1
    for parent, _, value, declared_at in plant.declared:
        if parent in found and (parent, value) in edges and (when is None or declared_at <= when):
            found[parent][value, ""] = 1
    return found


def mirrored_in_time(world: World, name: str, one, other) -> tuple[Comparison, Comparison]:
    """Both comparisons of two times, either of which may be now (None)."""
    with world.database.reading(world.site) as reader:
        meant = unit_or_lot_meant(reader, name)
        return (
            compare(reader, meant, against=one or Baseline.NOW, at=other),
            compare(reader, meant, against=other or Baseline.NOW, at=one),
        )


def pairs(instants: list) -> Iterator[tuple]:
    for first, one in enumerate([None, *instants]):
        for other in [None, *instants][first + 1 :]:
            if one != other:
                yield one, other


def test_differences_at_random_times_are_those_of_dictionaries(opened):
    """After any story, with late events, corrections and merges, on both databases."""

    @settings(max_examples=QUICK[opened.made.kind])
    @given(calls=stories, instants=moments)
    def differences_are_those_of_dictionaries(calls: list[Call], instants: list) -> None:
        world = World(opened.database, opened.new_site())
        plant = play(world, calls).plant
        for name in (one for one in (*UNITS, *LOTS) if f"ACME:{one}" in {*plant.units, *plant.lots}):
            for one, other in pairs(instants):
                there, back = mirrored_in_time(world, name, one, other)
                assert Counter(map(mirrored, there.differences)) == Counter(back.differences)
                before, after = model_of(plant, f"ACME:{name}", one), model_of(plant, f"ACME:{name}", other)
                compare_with_model(there.differences, f"ACME:{name}", before, after)

    differences_are_those_of_dictionaries()


def compare_with_model(told: list[DifferenceView], root: str, before: Contents, after: Contents) -> None:
    reached, waiting = {root}, [root]
    while waiting:
        name = waiting.pop()
        ours, theirs = before.get(name, Counter()), after.get(name, Counter())
        here = [one for one in told if one.assembly == name and one.difference not in ("unproven", "quantity_changed")]
        gone = Counter((one.expected, "".join(one.expected_places)) for one in here if one.expected)
        come = Counter((one.found, "".join(one.found_places)) for one in here if one.found)
        assert (gone, come) == (ours - theirs, theirs - ours), name
        below = {one for one, _ in ours} & {one for one, _ in theirs}
        waiting += below - reached
        reached |= below
    assert {one.assembly for one in told} <= reached
