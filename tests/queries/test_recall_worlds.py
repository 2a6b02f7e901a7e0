"""The bounds of a recall hold in every world that the evidence leaves open.

A component that is one of several is in exactly one of them; what is backflushed, or known for the order only, is there or
not. Each combination is a world. What is certain is affected in all of them, what is possible in some, and no world has
fewer affected than the bound says.
"""

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asbuilt.core.events.event import Evidence
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.queries.recall.asking import seed_of, seeds_from
from asbuilt.queries.recall.scope import scope_of
from asbuilt.queries.recall.suspects import suspects
from tests.world import World, short

SURE = (Evidence.SCANNED, Evidence.KITTED, Evidence.DECLARED)
OPEN = (Evidence.BACKFLUSHED, Evidence.ORDER_LEVEL)
WORLDS_MAX = 600

Link = tuple[int, int, Evidence]
"""Component, parent and evidence; the parent has the greater number, so that nothing is inside itself."""


@st.composite
def plants(draw) -> tuple[int, list[Link]]:
    """How many units there are, and what is in what. A unit that is surely somewhere is nowhere else."""
    count = draw(st.integers(2, 6))
    links: list[Link] = []
    for component in range(count - 1):
        above = st.integers(component + 1, count - 1)
        kind = draw(st.sampled_from(("nowhere", "sure", "open", "one of")))
        if kind == "sure":
            links.append((component, draw(above), draw(st.sampled_from(SURE))))
        elif kind == "open":
            links.append((component, draw(above), draw(st.sampled_from(OPEN))))
        elif kind == "one of":
            parents = draw(st.lists(above, min_size=1, max_size=3, unique=True))
            links.extend((component, parent, Evidence.ALTERNATIVE) for parent in parents)
    return count, links


def worlds(links: list[Link]) -> list[list[tuple[int, int]]]:
    """What may be in what, world by world."""
    choices = []
    for component in sorted({component for component, _, _ in links}):
        own = [(parent, evidence) for one, parent, evidence in links if one == component]
        if own[0][1] is Evidence.ALTERNATIVE:
            choices.append([((component, parent),) for parent, _ in own])
        elif own[0][1] in OPEN:
            choices.append([(), ((component, own[0][0]),)])
        else:
            choices.append([((component, own[0][0]),)])
    return [[pair for chosen in combination for pair in chosen] for combination in product(*choices)]


def affected(seeds: set[int], pairs: list[tuple[int, int]]) -> set[int]:
    reached = set(seeds)
    while True:
        more = {parent for component, parent in pairs if component in reached} - reached
        if not more:
            return reached
        reached |= more


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plant=plants(), seed_count=st.integers(1, 2), data=st.data())
def test_bounds_hold_in_every_world(opened, plant, seed_count, data):
    count, links = plant
    world = World(opened.database, opened.new_site())
    world.units(*(f"U/{n}" for n in range(count)))
    for component, parent, evidence in links:
        world.captures(ComponentInstalled, f"U/{parent}", component=f"U/{component}", evidence=evidence)
    seeds = data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=seed_count))
    with world.database.reading(world.site) as reader:
        meant = seeds_from([seed_of(f"unit=U/{n}") for n in sorted(seeds)], own_issuer=world.site.issuer)
        scope = scope_of(reader, meant)
        found = {int(short(one.name).partition("/")[2]): one.certainty for one in suspects(reader, scope)}
    possible = worlds(links)[:WORLDS_MAX]
    in_each = [affected(seeds, pairs) for pairs in possible]
    assert set(found) == set().union(*in_each)
    certain = {one for one, certainty in found.items() if certainty == "certain"}
    assert all(certain <= one for one in in_each)
    assert len(certain) <= scope.at_least <= min(map(len, in_each))
