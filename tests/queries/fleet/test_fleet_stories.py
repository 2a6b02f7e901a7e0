"""Whatever happens, and however long ago the index was built: it finds what SQL finds, at every moment.

The stories are those of tests/projections: late events, corrections, removals, lots in lots, merges.
"""

import os
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.ledger.codec import microseconds
from asbuilt.projections.fleet.index import Index, build, folder_of, live, opened
from asbuilt.projections.fleet.live import Live
from asbuilt.projections.fleet.tables import Grouping
from asbuilt.queries.commonality.exposures import exposures_of
from asbuilt.queries.commonality.factors import Factor
from asbuilt.queries.commonality.gathering import Exposures
from asbuilt.queries.fleet.breakdown import counted
from asbuilt.queries.fleet.counts import Question, counts_by_sql
from asbuilt.queries.fleet.walk import reached
from asbuilt.queries.naming import Named, unit_or_lot_meant
from asbuilt.queries.recall.scope import CERTAIN_DOWN_TO, affected_by
from asbuilt.queries.recall.suspects import Grouping as RecallGrouping
from asbuilt.queries.recall.suspects import counted_in, suspects
from asbuilt.queries.walks import STEPS_ABOVE, Moment
from asbuilt.queries.where_used import _nearest
from asbuilt.queries.windows import window_of
from tests.projections.model import Record
from tests.projections.moves import LOTS, UNITS, Call, Story, stories
from tests.projections.test_stories import moments
from tests.world import World

QUICK = {"sqlite": 25, "postgresql": 6}


def by_sql(reader, named: Named, moment: Moment, time: int) -> dict[int, int]:
    """What the walk by SQL reaches, with the level of each."""
    parameters = (time,) if moment is Moment.AT else ()
    rows = reader.rows(STEPS_ABOVE[reader.dialect][moment], [named.subject_id], *parameters)
    return {subject_id: step.level for subject_id, step in _nearest(rows, named.subject_id).items()}


def by_index(now: Live, named: Named, moment: Moment, time: int) -> dict[int, int]:
    found = reached(now, [named.subject_id], moment, time=time)
    return dict(zip(now.ids(found.numbers).tolist(), found.levels().tolist(), strict=True))


def compare(reader, now: Live, named: Named, when: datetime | None, *, ever: bool) -> None:
    moment = Moment.EVER if ever else Moment.NOW if when is None else Moment.AT
    time = 0 if when is None else microseconds(when)
    assert by_index(now, named, moment, time) == by_sql(reader, named, moment, time), (named.name, when, ever)
    found = reached(now, [named.subject_id], moment, time=time).numbers
    asked = Question(named=named, by=tuple(Grouping), at=when, ever=ever)
    assert counted(now, found, asked.by) == counts_by_sql(reader, asked), (named.name, when, ever)


def compare_scopes(reader, index: Index, seeds: dict[int, int], *, ever: bool, limit: Evidence) -> None:
    """A recall covers the same, as surely, through the same and counted alike, whoever finds it."""
    asked = {"certain_down_to": limit, "ever": ever}
    by_rows = affected_by(reader, seeds, **asked)
    by_arrays = affected_by(reader, seeds, index=index, **asked)
    for name in ("ids", "levels", "through", "seeds", "is_certain"):
        assert getattr(by_arrays, name).tolist() == getattr(by_rows, name).tolist(), (name, seeds, ever, limit)
    assert (by_arrays.at_least, by_arrays.doubts) == (by_rows.at_least, by_rows.doubts)
    assert counted_in(reader, by_arrays, tuple(RecallGrouping)) == counted_in(reader, by_rows, tuple(RecallGrouping))
    assert list(suspects(reader, by_arrays)) == list(suspects(reader, by_rows))


def compare_exposures(reader, index: Index, units: list[int], until: dict[int, int]) -> None:
    """What units were exposed to is the same, whoever finds it."""
    asked = {"wanted": frozenset(Factor), "window": window_of("", "", "Europe/Paris"), "until": until}
    by_rows, by_arrays = (exposures_of(reader, units, index=one, **asked) for one in (None, index))
    found, known = told(by_arrays), told(by_rows)
    differing = {key: (found.get(key), known.get(key)) for key in found | known if found.get(key) != known.get(key)}
    assert not differing, (units, until)


def told(found: Exposures) -> dict:
    def those_with(key: int) -> list[tuple[int, int]]:
        places, grades = found.of(key)
        return list(zip(found.units[places].tolist(), grades.tolist(), strict=True))

    return {(*key, found.names[place]): those_with(place) for place, key in enumerate(found.keys)}


def known_names(reader) -> list[Named]:
    found = []
    for name in (*UNITS, *LOTS):
        try:
            found.append(unit_or_lot_meant(reader, name))
        except LookupError:
            continue
    return found


def compare_all(world: World, index: Index, when: list[datetime]) -> None:
    with world.database.reading(world.site) as reader:
        now = live(index, reader)
        for named in known_names(reader):
            for moment in (None, *when):
                compare(reader, now, named, moment, ever=False)
            compare(reader, now, named, None, ever=True)
        known = [named.subject_id for named in known_names(reader)]
        units = sorted({named.subject_id for named in known_names(reader) if named.kind is SubjectKind.UNIT})
        ends = [microseconds(moment) for moment in when] or [0]
        for until in ({}, {unit: ends[place % len(ends)] for place, unit in enumerate(units)}):
            compare_exposures(reader, index, units, until)
        for seeds in ({}, *({one: 0} for one in known), {one: place for place, one in enumerate(known)}):
            for ever, limit in ((False, CERTAIN_DOWN_TO), (True, Evidence.SCANNED), (False, Evidence.SETUP_WINDOW)):
                compare_scopes(reader, index, seeds, ever=ever, limit=limit)


def open_index(world: World, home: Path) -> Index:
    with world.database.reading(world.site) as reader:
        return opened(folder_of(home, world.site), reader)


def tell(world: World, calls: list[Call], built_after: int, followed_after: int, home: Path) -> list[Index]:
    """Let a story happen; give the index as built in the middle of it, and as it followed later."""
    record, indexes = Record(), []
    story = Story(world, record)
    for event in story.begin():
        record.add(event)
    for place, call in enumerate(calls):
        if place in (built_after % len(calls), followed_after % len(calls)):
            build(world.database, world.site, home)
            indexes.append(open_index(world, home))
        events = [story.event(move) for move in call.moves]
        for event, answer in zip(events, world.submit(*events, atomic=call.atomic), strict=True):
            if answer.outcome == "recorded":
                record.add(event)
    return indexes


def tell_stories(opened_database, count: int) -> None:
    places = st.integers(0, 23)

    @settings(max_examples=count)
    @given(calls=stories, built=places, followed=places, when=moments)
    def the_index_finds_what_sql_finds(calls: list[Call], built: int, followed: int, when: list[datetime]) -> None:
        world = World(opened_database.database, opened_database.new_site())
        with tempfile.TemporaryDirectory() as home:
            for index in tell(world, calls, built, followed, Path(home)):
                compare_all(world, index, when)
            build(world.database, world.site, Path(home))
            compare_all(world, open_index(world, Path(home)), when)

    the_index_finds_what_sql_finds()


def test_the_index_finds_what_sql_finds(opened):
    tell_stories(opened, QUICK[opened.made.kind])


@pytest.mark.soak
def test_the_index_finds_what_sql_finds_in_every_story(opened):
    tell_stories(opened, int(os.environ.get("ASBUILT_STORIES", "20000")))
