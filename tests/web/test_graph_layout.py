"""Where the things of a genealogy graph stand: each once, none on another, in layers, always alike."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from asbuilt.web.graph_layout import HEIGHT, WIDTH, laid_out, levels


@st.composite
def graphs(draw):
    """Any links between some things, rings and loops among them."""
    count = draw(st.integers(1, 40))
    place = st.integers(0, count - 1)
    links = draw(st.lists(st.tuples(place, place), max_size=80))
    return count, draw(place), [one for one, _ in links], [other for _, other in links]


@given(graphs())
def test_everything_has_a_place_of_its_own(graph):
    _, root, above, below = graph
    linked = sorted({root, *above, *below})
    numbers = {one: place for place, one in enumerate(linked)}
    layout = laid_out(len(linked), numbers[root], [numbers[one] for one in above], [numbers[one] for one in below])
    assert layout.x[numbers[root]] == layout.y[numbers[root]] == 0
    far = layout.level != 0
    x, y = layout.x[far], layout.y[far]
    for place in range(len(x)):
        is_over = (np.abs(x - x[place]) < WIDTH) & (np.abs(y - y[place]) < HEIGHT)
        assert is_over.sum() == 1


@given(graphs())
def test_the_same_graph_is_always_drawn_alike(graph):
    one, other = laid_out(*graph), laid_out(*graph)
    assert (one.x.tolist(), one.y.tolist()) == (other.x.tolist(), other.y.tolist())


@st.composite
def assemblies(draw):
    """Links that lead downwards only: things with a higher number are in things with a lower one."""
    count = draw(st.integers(2, 40))
    pairs = st.tuples(st.integers(0, count - 2), st.integers(1, count - 1)).filter(lambda pair: pair[0] < pair[1])
    links = draw(st.lists(pairs, max_size=80))
    return count, draw(st.integers(0, count - 1)), [one for one, _ in links], [other for _, other in links]


def longest(start: int, links: dict[int, list[int]]) -> dict[int, int]:
    """By trying every way."""
    found = {start: 0}
    waiting = [start]
    while waiting:
        one = waiting.pop()
        for other in links.get(one, ()):
            if found[one] + 1 > found.get(other, 0):
                found[other] = found[one] + 1
                waiting.append(other)
    return found


@given(assemblies())
def test_what_is_in_a_thing_is_right_of_it_and_as_deep_as_the_longest_way(graph):
    count, root, above, below = graph
    into, out_of = {}, {}
    for one, other in zip(above, below, strict=True):
        into.setdefault(one, []).append(other)
        out_of.setdefault(other, []).append(one)
    down, up = longest(root, into), longest(root, out_of)
    level = levels(count, root, np.array(above, np.int64), np.array(below, np.int64))
    assert level.tolist() == [down.get(one, 0) or -up.get(one, 0) for one in range(count)]
    layout = laid_out(*graph)
    for one, other in zip(above, below, strict=True):
        if level[one] != level[other]:
            assert layout.x[one] < layout.x[other]


def test_a_layer_of_thousands_is_about_as_high_as_it_is_wide():
    count = 10_001
    layout = laid_out(count, 0, [0] * (count - 1), list(range(1, count)))
    height, width = np.ptp(layout.y), np.ptp(layout.x)
    assert 0.5 < height / width < 2


def test_things_stand_near_what_they_are_in():
    """Two boxes with ten parts each, whose numbers are mixed: the parts of one are not among those of the other."""
    above, below = [0, 0], [1, 2]
    for part in range(20):
        above.append(1 + part % 2)
        below.append(3 + part)
    layout = laid_out(23, 0, above, below)
    first, second = layout.y[3::2], layout.y[4::2]
    assert first.max() < second.min() or second.max() < first.min() or np.ptp(layout.x[3:]) > 0
    assert (np.mean(first) < np.mean(second)) == (layout.y[1] < layout.y[2])
