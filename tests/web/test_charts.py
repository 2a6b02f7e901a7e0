"""Control charts as drawings and as tables, and the grid of serial numbers and tests."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from asbuilt.core.events.event import Measurement
from asbuilt.core.events.production import OperationCompleted
from asbuilt.queries.charts.run_rules import RANGE, RULE_SETS
from asbuilt.web.charts import DRAWN, RULE_WORDS
from asbuilt.web.drawn_chart import Mark, drawn, shown
from tests.databases import made_database
from tests.web import plant
from tests.web.looking import content_of
from tests.world import World

HOSTILE = 'flow <b>"x"</b>'
CHART = "/charts?part_number=PCB&operation=ICT&characteristic="
COUNT = DRAWN + 10


@pytest.fixture(scope="module")
def line(reader) -> Iterator[Client]:
    """A process that jumps at its last point."""
    with made_database("sqlite") as made:
        plant.add_sites(made)
        with made.opened() as database:
            world = World(database, database.site(plant.SITE))
            world.units(*(f"PCB/{number}" for number in range(1, COUNT + 1)))
            for number in range(1, COUNT + 1):
                value = Decimal("9.0") if number == COUNT else Decimal("5.0") + Decimal(number % 3) / 10
                one = Measurement(characteristic=HOSTILE, value=value, uom="V", upper_limit=Decimal("5.5"))
                result = "failed" if number == COUNT else "passed"
                world.captures(OperationCompleted, f"PCB/{number}", operation="ICT", result=result, measurements=(one,))
        with plant.serving(made.url):
            yield reader


def chart_of(client: Client, more: str = "", **given) -> str:
    return content_of(client.get(CHART + "flow %3Cb%3E%22x%22%3C/b%3E" + more, **given))


def test_a_point_out_of_control_is_named_and_leads_to_its_unit(line):
    markup = chart_of(line)
    assert markup.count('<svg class="chart-drawing"') == 2
    jumped = re.search(rf'<a href="([^"]+)" tabindex="-1"><title>PCB/{COUNT} · 9\.0 · WE1', markup)
    assert jumped
    assert line.get(jumped[1]).status_code == 200
    assert re.search(r'<text class="chart-rule"[^>]*>WE1 N1', markup)
    assert "one point beyond 3 sigma" in markup
    assert "Cpk" in markup
    assert "<b>" not in markup
    assert markup.count('data-label="Value"') == DRAWN, "the table tells every point that is drawn"


def test_older_points_are_a_page_away_and_limits_stay(line):
    newest = chart_of(line)
    assert f"points 11 – {COUNT} of {COUNT}" in newest
    older = re.search(r'href="([^"]+)" rel="prev"', newest)[1].replace("&amp;", "&")
    markup = content_of(line.get(older))
    assert f"points 1 – 10 of {COUNT}" in markup
    assert re.findall("UCL [0-9.]+", markup) == re.findall("UCL [0-9.]+", newest)


def test_subgroups_are_charted_with_all_of_their_units(line):
    markup = chart_of(line, "&chart=xbar-r&subgroup_size=3")
    assert "Means of subgroups" in markup
    assert "PCB/1</a> <a" in markup.replace("\n", "")


def test_what_cannot_be_charted_is_said(line):
    assert "was not measured at ICT" in content_of(line.get(f"{CHART}nothing"))
    assert "characteristic is missing" in content_of(line.get("/charts?part_number=PCB&operation=ICT"))


def test_without_a_choice_there_is_what_was_measured_lately(line):
    markup = content_of(line.get("/charts"))
    assert "flow &lt;b&gt;" in markup
    (path,) = re.findall(r'<a href="(/charts\?[^"]+)">flow', markup)
    assert line.get(path.replace("&amp;", "&")).status_code == 200
    assert 'href="/tests?part_number=LYON%3APCB&amp;operation=ICT"' in content_of(line.get("/tests"))


def test_the_grid_says_in_words_what_failed(line):
    markup = content_of(line.get("/tests?part_number=PCB&operation=ICT"))
    assert re.search(rf"PCB/{COUNT}.*?</tr>", markup, re.DOTALL)[0].count("failed") == 2
    assert f">{COUNT}</a>" in markup
    assert 'rel="next"' in markup


def test_it_is_told_in_german(line):
    markup = chart_of(line, headers={"Accept-Language": "de"})
    assert "ein Punkt jenseits von 3 Sigma" in markup
    assert re.search(r"OEG \d+,\d", markup)


def test_every_rule_has_words():
    assert set(RULE_WORDS) == {one.number for rules in RULE_SETS.values() for one in rules} | {RANGE.number}


def test_far_limits_do_not_press_the_points_into_a_line():
    marks = [Mark(Decimal(value), (), "/", "") for value in (1, 2, 3)]
    near, far = (drawn(marks, [("limit", "max", Decimal(limit))]) for limit in (4, 4000))
    assert len(near.lines) == 1
    assert far.lines == ()
    assert float(far.spots[0].y) - float(far.spots[2].y) > 150
    assert len({spot.y for spot in drawn([marks[0]], []).spots}) == 1
    with translation.override("de"):
        assert shown(Decimal("0.0000012345678")) == "0,00000123457"
