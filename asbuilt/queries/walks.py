"""The SQL that walks the genealogy: down for as-built, up for where-used.

Each walk meets every node once (UNION), so it ends whatever the links, and is cut off at no depth and no number.
The outermost join always starts from what the walk found: SQLite is held to that order by CROSS JOIN.
"""

from dataclasses import dataclass
from enum import Enum

from asbuilt.core.events.event import Evidence
from asbuilt.projections.fleet.reading import STRENGTH
from asbuilt.projections.fleet.tables import STRENGTHS


class Moment(Enum):
    """Which links count: those open now, those open at a time, or all that ever were."""

    NOW = "now"
    AT = "at"
    EVER = "ever"


_LINK_HOLDS = {
    Moment.NOW: "link.removed_sequence IS NULL",
    Moment.AT: "link.installed_at <= $2 AND (link.removed_at IS NULL OR link.removed_at > $2)",
    Moment.EVER: "1 = 1",
}
_PASS_HOLDS = {Moment.NOW: "1 = 1", Moment.AT: "run.completed_at <= $2", Moment.EVER: "1 = 1"}

# A unit consumed a line-fed lot when it passed the station while the lot was loaded there.
_FED = """run.completed_at >= setup.loaded_at
    AND (setup.unloaded_at IS NULL OR run.completed_at < setup.unloaded_at)"""

_LINK_COLUMNS = """link.sequence, link.parent_id, link.component_id, link.reference_designator, link.quantity, link.uom,
       link.operation, link.evidence, link.installed_at, link.removed_at"""


def _down(moment: Moment) -> str:
    return f"""
WITH RECURSIVE below (subject_id) AS (
    SELECT subject_id FROM subject WHERE subject_id = ANY($1)
    UNION
    SELECT link.component_id FROM below CROSS JOIN installation AS link
    WHERE link.parent_id = below.subject_id AND {_LINK_HOLDS[moment]}
)
SELECT {_LINK_COLUMNS}
FROM below CROSS JOIN installation AS link
WHERE link.parent_id = below.subject_id AND {_LINK_HOLDS[moment]}
ORDER BY link.parent_id, link.reference_designator, link.sequence
"""


# Every link below some units or lots (serves as-built). $1 roots, $2 time.
LINKS_BELOW: dict[Moment, str] = {moment: _down(moment) for moment in (Moment.NOW, Moment.AT)}


def _fed_to(moment: Moment) -> str:
    return f"""
SELECT run.unit_id, station.name, setup.slot, setup.lot_id, run.operation, run.completed_at
FROM operation_run AS run
CROSS JOIN setup_window AS setup
CROSS JOIN subject AS station
WHERE run.unit_id = ANY($1) AND setup.station_id = run.station_id AND {_FED}
  AND station.subject_id = run.station_id AND {_PASS_HOLDS[moment]}
ORDER BY run.unit_id, run.completed_at, setup.slot
"""


# Line-fed lots that some units consumed, by operation (serves as-built). $1 units, $2 time.
FED_TO: dict[Moment, str] = {moment: _fed_to(moment) for moment in (Moment.NOW, Moment.AT)}


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is read of a link, and of a unit that passed a station while a lot was loaded."""

    of_link: str
    of_pass: str


_DESCRIBED = _Columns(
    """link.component_id, link.parent_id, link.reference_designator, link.quantity, link.uom, link.evidence,
       link.installed_at, link.removed_at""",
    "setup.lot_id, run.unit_id, setup.slot, NULL, '', 'setup_window', run.completed_at, NULL",
)
_BARE = _Columns(
    f"link.component_id, link.parent_id, {STRENGTH}",
    f"setup.lot_id, run.unit_id, {STRENGTHS[Evidence.SETUP_WINDOW]}",
)


def _up_sqlite(moment: Moment, columns: _Columns) -> str:
    return f"""
WITH RECURSIVE affected (subject_id) AS (
    SELECT subject_id FROM subject WHERE subject_id = ANY($1)
    UNION
    SELECT link.parent_id FROM affected CROSS JOIN installation AS link
    WHERE link.component_id = affected.subject_id AND {_LINK_HOLDS[moment]}
    UNION
    SELECT run.unit_id FROM affected CROSS JOIN setup_window AS setup CROSS JOIN operation_run AS run
    WHERE setup.lot_id = affected.subject_id AND run.station_id = setup.station_id AND {_FED}
      AND {_PASS_HOLDS[moment]}
)
{_edges_sqlite(moment, columns)}
"""


def _up_postgresql(moment: Moment, columns: _Columns) -> str:
    return f"""
WITH RECURSIVE affected (subject_id) AS (
    SELECT subject_id FROM subject WHERE subject_id = ANY($1)
    UNION
    SELECT above.subject_id FROM affected CROSS JOIN LATERAL (
        SELECT link.parent_id AS subject_id FROM installation AS link
        WHERE link.component_id = affected.subject_id AND {_LINK_HOLDS[moment]}
        UNION ALL
        SELECT run.unit_id FROM setup_window AS setup JOIN operation_run AS run ON run.station_id = setup.station_id
        WHERE setup.lot_id = affected.subject_id AND {_FED} AND {_PASS_HOLDS[moment]}
    ) AS above
)
{_edges_postgresql(moment, columns)}
"""


def _edges_sqlite(moment: Moment, columns: _Columns) -> str:
    return f"""
SELECT {columns.of_link}
FROM affected CROSS JOIN installation AS link
WHERE link.component_id = affected.subject_id AND {_LINK_HOLDS[moment]}
UNION ALL
SELECT {columns.of_pass}
FROM affected CROSS JOIN setup_window AS setup CROSS JOIN operation_run AS run
WHERE setup.lot_id = affected.subject_id AND run.station_id = setup.station_id AND {_FED}
  AND {_PASS_HOLDS[moment]}
"""


def _edges_postgresql(moment: Moment, columns: _Columns) -> str:
    """With arrays, because the planner does not know how many a walk finds, and joined it with the whole index."""
    return f"""
SELECT {columns.of_link}
FROM installation AS link
WHERE link.component_id = ANY(ARRAY(SELECT subject_id FROM affected)) AND {_LINK_HOLDS[moment]}
UNION ALL
SELECT {columns.of_pass}
FROM setup_window AS setup JOIN operation_run AS run ON run.station_id = setup.station_id
WHERE setup.lot_id = ANY(ARRAY(SELECT subject_id FROM affected)) AND {_FED} AND {_PASS_HOLDS[moment]}
"""


# Every step upwards from some units or lots (serves where-used). $1 seeds, $2 time.
# Gives component_id, parent_id, reference_designator, quantity, uom, evidence, installed_at, removed_at.
STEPS_ABOVE: dict[str, dict[Moment, str]] = {
    "sqlite": {moment: _up_sqlite(moment, _DESCRIBED) for moment in Moment},
    "postgresql": {moment: _up_postgresql(moment, _DESCRIBED) for moment in Moment},
}
# The same steps with nothing but how surely each is known (serves what a recall covers). $1 seeds.
# Gives component_id, parent_id, the place of the evidence in Evidence.
EDGES_ABOVE: dict[str, dict[Moment, str]] = {
    "sqlite": {moment: _up_sqlite(moment, _BARE) for moment in (Moment.NOW, Moment.EVER)},
    "postgresql": {moment: _up_postgresql(moment, _BARE) for moment in (Moment.NOW, Moment.EVER)},
}


def _between(moment: Moment) -> str:
    return f"""
SELECT {_DESCRIBED.of_link} FROM installation AS link
WHERE link.parent_id = ANY($1) AND link.component_id + 0 = ANY($2) AND {_LINK_HOLDS[moment]}
"""


# The links between some parents and some components (serves saying through what each is reached). "+ 0", here and
# below, keeps the planner from the components: one lot of them may be in everything.
LINKS_BETWEEN: dict[Moment, str] = {moment: _between(moment) for moment in (Moment.NOW, Moment.EVER)}
# The lots among some that units consumed from a slot (serves the same).
FED_BETWEEN = f"""
SELECT {_DESCRIBED.of_pass}
FROM operation_run AS run CROSS JOIN setup_window AS setup
WHERE run.unit_id = ANY($1) AND setup.station_id = run.station_id AND setup.lot_id + 0 = ANY($2) AND {_FED}
"""
