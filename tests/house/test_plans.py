"""No statement that serves the floor reads a table whole, on either database, for the application's own role.

Every SQL text of the ledger, the projections and the queries is either planned here or listed with the reason why it may
read everything.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import psycopg
import pytest

import asbuilt.ledger
import asbuilt.projections
import asbuilt.queries
from asbuilt.ledger.postgresql import _delete_sql, _insert_sql, _upsert_sql
from asbuilt.ledger.sqlite import _delete_sql as _delete_sqlite
from asbuilt.ledger.sqlite import _upsert_sql as _upsert_sqlite
from asbuilt.projections.identity import UNIT_STATE
from asbuilt.queries import units, walks
from tests.databases import made_database
from tests.house.filled import COUNT, Filled, fill
from tests.house.plans_of_bills import of_bills
from tests.house.plans_of_board import of_board
from tests.house.plans_of_commonality import of_commonality
from tests.house.plans_of_fleet import PIECES_OF_FLEET, WHOLE_SITE, of_fleet
from tests.house.plans_of_orders import of_orders
from tests.house.plans_of_recalls import PIECES_OF_RECALLS, of_recalls
from tests.house.plans_of_setups import PIECES_OF_SETUPS, of_setups

WHOLE = {
    "ledger.verify.CHAINS": "verify reads the whole ledger",
    "ledger.verify.STRAYS": "verify reads the whole ledger",
    "ledger.verify.FRAME": "verify reads every part and station once",
    **dict.fromkeys(WHOLE_SITE, "building the index reads the whole site"),
    "ledger.postgresql.SAFETY_SETTINGS": "reads settings, at start",
    "ledger.postgresql.NEXT_SEQUENCES": "reads no table",
    "ledger.sqlite.TAKE_NUMBERS": "writes one row by its key",
    "ledger.sqlite.DEFINITIONS_CHANGED": "writes one row by its key",
    "ledger.postgresql.DEFINITIONS_CHANGED": "writes one row by its key",
    "ledger.postgresql.TAKE_NUMBERS": "writes one row by its key",
    "ledger.sqlite.MAKE_COUNTER": "writes one row by its key",
    "ledger.postgresql.MAKE_COUNTER": "writes one row by its key",
}
"""What may read a table whole, and why."""

PIECES = {
    *PIECES_OF_FLEET,
    *PIECES_OF_RECALLS,
    *PIECES_OF_SETUPS,
    "projections.genealogy._LINK_COLUMNS",
    "projections.panels._PLACE_COLUMNS",
    "projections.identity._MARKING_COLUMNS",
    "projections.identity._MERGE_COLUMNS",
    "projections.genealogy._DECLARED_COLUMNS",
    "projections.production._START_COLUMNS",
    "projections.production._RUN_COLUMNS",
    "queries.identity._COLUMNS",
    "queries.defects.COLUMNS",
    "queries.orders._COLUMNS",
    "queries.overrides._OVERRIDE_COLUMNS",
    "queries.print_jobs._COLUMNS",
    "queries.parts._COLUMNS",
    "queries.serials._COLUMNS",
    "projections.genealogy._WINDOW_COLUMNS",
    "projections.resources._CODE_COLUMNS",
    "queries.bills._COLUMNS",
    "projections.quality._HOLD_COLUMNS",
    "projections.serials._NUMBER_COLUMNS",
    "projections.serials._RANGE_COLUMNS",
    "queries.units.UNIT_COLUMNS",
}
"""Beginnings of statements."""

SEQUENCES = [7, 77, 777]
"""Of some events."""


def arguments(name: str, filled: Filled) -> tuple[object, ...]:
    """Likely parameters of a statement."""
    floors = (
        *(of_ledger, of_print_jobs, of_definitions, of_projections, of_genealogy),
        *(of_board, of_fleet, of_recalls, of_commonality, of_identity, of_messages, of_orders, of_panels, of_bills),
        *(of_shop_floor, of_queries),
    )
    return {one: values for floor in floors for one, values in floor(filled).items()}[name]


def of_ledger(filled: Filled) -> dict[str, tuple[object, ...]]:
    site, unit, some_units = filled.site.site_id, filled.one("unit"), filled.some("unit")
    return {
        "ledger.postgresql.FIND_NAMES": (site, [3, 3], filled.some("part", 2), ["UNIT7", "UNIT8"]),
        "ledger.postgresql.FIND_EVENTS": (site, [UUID(int=7), UUID(int=8)]),
        "ledger.postgresql.LOCK": (some_units,),
        "ledger.postgresql.NEXT_NUMBER": (filled.one("part"),),
        "ledger.postgresql.SKIP_NUMBERS": (filled.one("part"), 9),
        "ledger.sqlite.NEXT_NUMBER": (filled.one("part"),),
        "ledger.sqlite.SKIP_NUMBERS": (filled.one("part"), 9),
        "ledger.sqlite.DEFINITIONS_VERSION": (site,),
        "ledger.postgresql.MOVE_HEADS": (some_units, [2] * 5, [bytes(32)] * 5),
        "ledger.sqlite.FIND_NAME": (site, "UNIT7", 3, filled.ids["part"][7]),
        "ledger.sqlite.FIND_NAMES": (site, f'[[3, {filled.ids["part"][7]}, "UNIT7"]]'),
        "ledger.sqlite.FIND_EVENT": (site, bytes(16)),
        "ledger.sqlite.FIND_HEAD": (unit, site),
        "ledger.sqlite.MOVE_HEAD": (unit, 2, bytes(32)),
        "ledger.looking.HEADS": (some_units,),
        "ledger.subjects.SUBJECTS": (some_units,),
        "ledger.verify.NAMES": (unit,),
    }


def of_definitions(filled: Filled) -> dict[str, tuple[object, ...]]:
    return {
        "projections.definitions.PART_STATES": (filled.some("part"),),
        "projections.definitions.LOT_STATES": (filled.some("lot"),),
        "projections.definitions.SPECIFICATION_STATES": (filled.some("specification"),),
        "projections.definitions.ROUTINGS_OF_PARTS": (filled.some("part"),),
        "projections.bills.BILLS_OF_PARTS": (filled.some("part"),),
        "projections.bills.BILLS": (filled.some("bill"),),
        "projections.resources.WORK_CENTERS": (filled.some("work_center"),),
        "projections.resources.EQUIPMENT": (filled.some("tool"),),
        "projections.resources.ANY_CODE": (filled.one("code_list"),),
        "projections.resources.CODES": (filled.some("code_list", 1), ["C7", "C47"]),
        "projections.resources.CALIBRATIONS_OF_TOOLS": (filled.some("tool"),),
        "projections.resources.QUALIFICATIONS_OF_OPERATORS": (filled.some("operator"),),
        "projections.definitions.ROUTINGS": (filled.some("routing"),),
        "projections.definitions.LATEST_BIRTH": (filled.one("part"),),
    }


def of_print_jobs(filled: Filled) -> dict[str, tuple[object, ...]]:
    site, unit = filled.site.site_id, filled.one("unit")
    what = (unit, "unit", "P", "P:1", 1, "", "", "", "anna", "")
    return {
        "ledger.print_jobs.READ": (site, 7),
        "ledger.print_jobs.BY_EVENT_ID": (UUID(int=7), site),
        "ledger.print_jobs.LAST_NUMBER": (site,),
        "ledger.print_jobs.QUEUE": (site, COUNT + 1, UUID(int=COUNT + 1), *what, 0, 0),
        "ledger.print_jobs.CLAIM": (site, 7, 0, 0),
        "ledger.print_jobs.FINISH": (site, 7, 1, "sent", "", None, 0),
        "ledger.print_jobs.REFUSED": (site, 7, ""),
        "ledger.print_jobs.RECORDED": (site, 7),
        "ledger.print_jobs.NOT_RECORDED": (site, 7, ""),
        "ledger.print_jobs.RETRY": (site, 7, 0, "", ""),
        "ledger.print_jobs.SETTLE_PRINTED": (site, 7, "", "anna", 0),
        "ledger.print_jobs.SETTLE_NOT_PRINTED": (site, 7, "anna", 0),
        "ledger.print_jobs.OPEN": (unit, "unit", 0),
        "ledger.print_jobs.DUE": (site, 100),
        "ledger.print_jobs.OUTSTANDING": (site,),
        "ledger.print_jobs.KEPT": (unit,),
        "queries.print_jobs.PRINT_JOBS": (site, COUNT, 100),
        "queries.print_jobs.OPEN_JOBS": (site, COUNT, 100),
        "queries.print_jobs.JOBS_OF_SUBJECT": (unit, COUNT, 100),
        "queries.print_jobs.LAST_PRINTED": (unit, "unit"),
        "queries.units.MARKED_AS": (unit,),
        "queries.units.GTIN_OF_PART": (unit,),
    }


def of_projections(filled: Filled) -> dict[str, tuple[object, ...]]:
    unit = filled.one("unit")
    some_units, sequences = filled.some("unit"), SEQUENCES
    return {
        "projections.corrections.CORRECTED_EVENTS": (sequences,),
        "projections.corrections.HISTORY": (unit, COUNT),
        "projections.identity.UNIT_STATES": (some_units,),
        "projections.identity.ALIASES": (some_units,),
        "projections.identity.MARKINGS_BY_NAME": (some_units,),
        "projections.identity.DUPLICATES_OF_UNITS": (some_units,),
        "projections.identity.LABEL_PRINTS": (some_units,),
        "projections.identity.MERGES_BY_DUPLICATE": (some_units,),
        "projections.identity.MERGES_OF_UNITS": (some_units,),
        "projections.identity.MARKINGS_OF_UNITS": (some_units,),
        **of_work(filled),
    }


def of_work(filled: Filled) -> dict[str, tuple[object, ...]]:
    some_units, sequences = filled.some("unit"), [7, 77, 777]
    return {
        "projections.production.OPEN_STARTS": (some_units,),
        "projections.production.STARTS_OF_EVENTS": (some_units, sequences),
        "projections.production.STARTS_OF_UNITS": (some_units,),
        "projections.production.RUNS_OF_UNITS": (some_units,),
        "projections.production.RUNS": (sequences,),
        "projections.quality.OPEN_HOLDS": (some_units,),
        "projections.quality.HOLDS_OF_SUBJECTS": (some_units,),
        "projections.quality.HELD": (filled.site.site_id,),
        "projections.defects.DEFECTS_OF_UNITS": (some_units,),
        "projections.serials.RANGES_AT": (filled.one("part"), 7, 9),
        "projections.serials.RANGES_NAMED": (filled.some("part"), ["R1", "R2"]),
        "projections.serials.FORMATS": (filled.one("part"),),
        "projections.serials.RANGES_OF_EVENTS": (sequences,),
        "projections.serials.NUMBERS": (filled.some("part"), [7, 8]),
        "projections.serials.NUMBERS_OF_UNITS": (some_units,),
        "projections.serials.NUMBERS_OF_EVENTS": (sequences,),
        "projections.serials.ENTERPRISE_OF_EVENTS": (sequences,),
        "projections.serials.WIDE_PROFILE": (filled.site.site_id,),
        "projections.serials.BEARERS": (filled.site.site_id, ["UNIT7", "UNIT8"]),
        "projections.serials.ELSEWHERE": (["UNIT7", "UNIT8"], filled.site.site_id),
        "projections.rebuild.EVENTS": (filled.site.site_id, COUNT // 2, 10),
    }


def of_genealogy(filled: Filled) -> dict[str, tuple[object, ...]]:
    site, some_units, some_lots, sequences = filled.site.site_id, filled.some("unit"), filled.some("lot"), SEQUENCES
    return {
        "projections.genealogy.LINKS_AT_PLACES": (some_units, ["A1", "A2"]),
        "projections.genealogy.LINKS_BETWEEN": (some_units, some_lots),
        "projections.genealogy.LINKS_OF_EVENTS": (some_units, sequences),
        "projections.genealogy.LINKS_OF_UNITS": (some_units,),
        "projections.genealogy.DECLARATIONS_OF_UNITS": (some_units,),
        "projections.genealogy.CONTENTS": (some_units,),
        "projections.genealogy.FED_LOTS": (some_lots, some_units),
        "projections.genealogy.LOTS_MADE_OF": (some_lots,),
        "projections.genealogy.LOTS_IN_USE": (some_lots,),
        "projections.genealogy.OPEN_WINDOWS": (filled.some("station"), ["F1", "F2"]),
        "projections.genealogy.WINDOWS_OF_LOTS": (some_lots, filled.some("station")),
        "projections.genealogy.LOTS_WITH_UNITS": (site,),
        "projections.genealogy.WINDOWS_OF_EVENTS": (some_lots, sequences),
        "projections.genealogy.WINDOWS_SINCE": (filled.some("station", 1), ["F1", "F2"], COUNT - 9),
        "projections.genealogy.WINDOWS_FEEDING": (filled.some("station", 1), COUNT - 9, COUNT * 10**6),
        "projections.genealogy.DECLARATIONS": (sequences,),
        **of_setups(filled),
    }


def of_defined(filled: Filled) -> dict[str, tuple[object, ...]]:
    listings = {"PARTS": "part", "SERIAL_PROFILES": "part", "SPECIFICATIONS": "specification", "ROUTINGS": "routing"}
    listings |= {"TOOLS": "tool", "OPERATORS": "operator", "BILLS": "bill", "WORK_CENTERS": "work_center"}
    listings |= {"EQUIPMENT": "tool", "CODES": "code_list", "SETUP_LISTS": "setup_list"}
    return {
        **{f"queries.definitions.{name}": (filled.site.site_id, filled.one(of), 500) for name, of in listings.items()},
        "queries.definitions.SAID_OF": (filled.some("part"), ["PartDefined", "SerialProfileDefined"]),
    }


def of_queries(filled: Filled) -> dict[str, tuple[object, ...]]:
    site, unit, lot = filled.site.site_id, filled.one("unit"), filled.one("lot")
    some_units, some_lots, when = filled.some("unit"), filled.some("lot"), COUNT // 2 * 10**6
    return {
        "queries.as_built.THINGS": (some_units,),
        "queries.as_built.LOT_HOLDS": (some_lots,),
        "queries.as_built.RUNS": (some_units, when),
        "queries.as_built.DECLARED": (some_units, when),
        "queries.as_built.DELIVERED": (site, ["V7", "V8"]),
        "queries.as_built.SPECIFICATIONS": (site, ["SPECIFICATION7"]),
        **of_defined(filled),
        "queries.closures.SUBJECTS_AFTER": (site, filled.ids["unit"][-9], 3, 5),
        "queries.closures.CONTAINED": (some_units, when),
        "queries.closures.KINDS": (some_units,),
        "queries.find.NAMED_SO": (site, "WORK_ORDER7", 5),
        "queries.find.LAST_SUBJECT": (),
        "queries.find.PACKED_IN": (filled.ids["unit"][-9], site, "BOX-1"),
        "queries.find.HELD": (site, 8),
        "queries.find.HAD_BY": (filled.ids["unit"][-9], site, "CUSTOMER7"),
        "queries.find.HELD_UNDER": (site, "H-7", 8),
        "queries.find.DEFECTS_NAMED": (site, "D7", 8),
        "queries.find.KINDS_OF": (some_units,),
        "queries.history.HISTORY": (unit, 0, 500, some_units),
        "queries.lots.LOT": (lot,),
        "queries.naming.BY_NUMBER": (site, "UNIT7", [3]),
        "queries.naming.KEPT_RECORDS": (some_units,),
        "queries.naming.BY_MARKING": (site, "UNIT4007"),
        "queries.naming.BY_ALIAS": (site, "V7", [3]),
        "queries.naming.BY_GTIN_AND_NUMBER": (site, f"{filled.ids['part'][7]:014}", "UNIT7", [3]),
        "queries.units.UNITS_BY_ID": (some_units,),
        "queries.units.UNITS_NEWEST": (site, 2**62, 50, *no_filter()),
        "queries.units.UNITS_OF_PART": (filled.ids["part"][7], 2**62, 50, *no_filter()),
        "queries.units.UNITS_OF_ORDER": (filled.ids["work_order"][7], 2**62, 50, *no_filter()),
        "queries.units.UNITS_BEGINNING": (site, "UNIT77", "UNIT77\U0010ffff", "", 0, 50, *no_filter()),
        "queries.units.IDS_BY_NAME": (site, "PART7", 2),
        "queries.units.PARTS_OF_ISSUER": (site, "PART7", "ISSUER7"),
        "queries.units.ALIASES": (some_units,),
        "queries.units.OPEN_LINK": (unit,),
        "queries.units.FULL_NAMES": (some_units,),
        "queries.units.ABOVE": (unit,),
        "queries.whereabouts.UNITS_NOW": (some_units,),
        "queries.whereabouts.LOTS_NOW": (some_lots,),
        "queries.whereabouts.PARTS": (filled.some("part"),),
        "queries.whereabouts.NAMES": (some_units,),
    }


def of_identity(filled: Filled) -> dict[str, tuple[object, ...]]:
    site, unit, part = filled.site.site_id, filled.one("unit"), filled.one("part")
    return {
        "queries.identity.OPEN_DUPLICATES": (site, 0, 100),
        "queries.identity.DUPLICATE_ASKED": (site, "7"),
        "queries.identity.OPEN_COUNT": (site, 100),
        "queries.identity.DUPLICATES_OF_UNIT": (unit,),
        "queries.identity.MARKINGS": (filled.some("unit"),),
        "queries.identity.MERGED_INTO": (unit,),
        "queries.parts.PARTS_BEGINNING": (site, "PART77", "PART77\U0010ffff", "", 0, 50, ""),
        "queries.parts.PARTS_OF_NUMBER": (site, "PART7"),
        "queries.serials.RANGES": (site, 0, filled.some("part")),
        "queries.serials.RANGES_OF_PART": (part, 2**62, 20),
        "queries.serials.LOW_RANGES_OF_PART": (part,),
        "queries.serials.RANGE_NAMED": (part, "R1"),
        "queries.serials.VOIDED_OF_PART": (part, 2**62, 20),
    }


def of_messages(filled: Filled) -> dict[str, tuple[object, ...]]:
    site = filled.site.site_id
    return {
        "projections.messages.MESSAGES": ([7, 8],),
        "queries.defects.OPEN_DEFECTS": (site, 0, 0, 100, "", "", 1, [], 1, [], "undecided"),
        "queries.defects.ALL_DEFECTS": (site, COUNT // 2, 1, 100, "", "", 1, [], 1, [], ""),
        "queries.defects.DEFECTS_OF_UNIT": (filled.one("unit"),),
        "queries.defects_at.DEFECTS_OF_UNITS": (filled.some("unit"), 9),
        "queries.defects_at.UNITS_OF_DEFECTS": (filled.some("unit"), 9),
        "queries.defects_at.HISTORY": (filled.some("unit"), 9),
        "queries.messages.OF_TRANSACTIONS": (site, ["T7", "T8"]),
        "queries.messages.ALL": (site, COUNT // 2, 10),
    }


def of_panels(filled: Filled) -> dict[str, tuple[object, ...]]:
    site = filled.site.site_id
    return {
        "projections.panels.PLACES_OF_PANELS": (site, ["P7", "P8"]),
        "projections.panels.PLACES_OF_UNITS": (filled.some("unit"),),
        "queries.panels.BOARDS": (site, "P7"),
        "queries.units.PANEL_PLACE": (filled.one("unit"),),
    }


def of_shop_floor(filled: Filled) -> dict[str, tuple[object, ...]]:
    """Of the time in which a hundred operations were completed."""
    first = COUNT // 2 * 10**6
    window = (filled.site.site_id, first, first + 10**8)
    stations, orders = filled.some("station", 1), filled.some("work_order")
    completions = (*window, "OP", filled.some("part"), 0, stations, 1, orders)
    return {
        "queries.characteristic.COMPLETIONS": completions,
        "queries.characteristic.FIRST_COMPLETIONS": completions,
        "queries.characteristic.LAST_COMPLETIONS": completions,
        "queries.recent.RECENT_RUNS": (filled.site.site_id, first, 100, ["OP"], filled.one("unit")),
        "queries.recent.RECENT_EVENTS": ([7, 77, 777],),
        "queries.refusals.REFUSALS": (*window, "OP", 0, stations, '%"PRO-011"%', 1, []),
        "queries.overrides.OVERRIDES": (*window, "OP", 0, stations, "%", 1, []),
        "queries.overrides.MERGED_RECORDS": (filled.some("unit"),),
        "queries.overrides.OVERRIDES_OF": (filled.some("unit"), first),
        "queries.pareto.PAYLOADS": ([7, 77, 777],),
        "queries.stuck.OPEN_STARTS": (filled.site.site_id, 777, "", 1, [], 0, stations, 1, orders),
        "queries.stuck.IDLE_UNITS": (filled.some("unit"), COUNT),
        "queries.yields.RUNS_OF_UNITS": (filled.some("unit"), first),
        "queries.yields.UNITS_WORKED_ON": (*window, "", 1, [], 0, stations, 1, orders),
        "queries.lot_yields.LOT_RUNS": (*window, "", 1, [], 1, [], 1, []),
        "queries.lot_pareto.LOT_FAILURES": (*window, "", 1, [], 1, [], 1, []),
    }


def no_filter() -> tuple[object, ...]:
    return (1, [], 1, [], "", "", "", "")


def statements(kind: str) -> dict[str, str]:
    """Every SQL text of the three floors that reads or locks, by module and name; of a dialect, when it has one."""
    other = "postgresql" if kind == "sqlite" else "sqlite"
    found = {}
    for floor in (asbuilt.ledger, asbuilt.projections, asbuilt.queries):
        for info in pkgutil.walk_packages(floor.__path__, f"{floor.__name__}."):
            module = importlib.import_module(info.name)
            place = info.name.removeprefix("asbuilt.")
            if place != f"ledger.{other}":
                for name, text in _texts(module, kind):
                    found.setdefault(text, f"{place}.{name}")
    return {name: text for text, name in found.items()}


def _texts(module, kind: str) -> Iterator[tuple[str, str]]:
    imported = {
        alias.asname or alias.name
        for node in ast.parse(Path(module.__file__).read_text()).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for name, value in vars(module).items():
        if (
            name not in imported
            and isinstance(value, str)
            and re.match(r"\s*(SELECT|UPDATE|INSERT|WITH|DELETE)\b", value)
        ):
            yield name, value
    if module is walks:
        for moment in walks.Moment:
            yield f"STEPS_ABOVE.{moment.value}", walks.STEPS_ABOVE[kind][moment]
        for moment, text in walks.EDGES_ABOVE[kind].items():
            yield f"EDGES_ABOVE.{moment.value}", text
        for name in ("LINKS_BELOW", "FED_TO", "LINKS_BETWEEN"):
            for moment, text in getattr(walks, name).items():
                yield f"{name}.{moment.value}", text


def planned(kind: str) -> list[str]:
    return sorted(statements(kind).keys() - WHOLE.keys() - PIECES)


@pytest.fixture(scope="module")
def full(kind):
    """A plant full of rows, with what the planner knows of them."""
    with made_database(kind) as made:
        made.add_site("LYON")
        with made.opened() as database:
            filled = fill(database, database.site("LYON"))
        if kind == "postgresql":
            with psycopg.connect(made.url, autocommit=True) as owner:
                owner.execute("VACUUM ANALYZE")
        careful = replace(made, url=made.url + indexes_only(kind))
        with careful.opened() as database, database.reading(filled.site) as reader:
            yield reader, filled, made


def indexes_only(kind: str) -> str:
    """On tables this small PostgreSQL rather reads everything; told not to, it shows whether it could do without."""
    if kind == "sqlite":
        return ""
    settings = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_bitmapscan")
    return "?options=" + quote(" ".join(f"-c {setting}=off" for setting in settings))


def whole_reads(reader, sql: str, values: tuple[object, ...]) -> list[str]:
    """The steps of a plan that read a table or an index from end to end."""
    if reader.dialect == "sqlite":
        steps = [row[3] for row in reader.rows(f"EXPLAIN QUERY PLAN {sql}", *values)]
        harmless = r"SCAN (\w+|\(.*\)|\w+ VIRTUAL TABLE.*|CONSTANT ROW|\d+-ROW VALUES CLAUSE)$"
        tables = {name for (name,) in reader.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return [
            step
            for step in steps
            if step.startswith("SCAN ")
            and not (re.match(harmless, step) and _table_in(sql, step.split()[1]) not in tables)
        ]
    steps = [row[0] for row in reader.rows(f"EXPLAIN {sql}", *values)]
    found = [step.strip() for step in steps if "Seq Scan on" in step]
    for step, following in zip(steps, [*steps[1:], ""], strict=True):
        if re.search(r"Index (Only )?Scan .*using", step) and "Index Cond" not in following and "Cond" not in following:
            found.append(step.strip())
    return found


def _table_in(sql: str, alias: str) -> str:
    """The table that an alias stands for in a statement."""
    named = re.search(rf"\b(\w+) AS {alias}\b", sql)
    return named[1] if named else alias


def test_every_excuse_is_for_a_statement_there_is():
    assert {*statements("sqlite"), *statements("postgresql")} >= WHOLE.keys() | PIECES


def test_nothing_is_read_whole(full, kind):
    reader, filled, _ = full
    texts = statements(kind)
    read = {name: whole_reads(reader, texts[name], arguments(name, filled)) for name in planned(kind)}
    assert {name: steps for name, steps in read.items() if steps} == {}


def test_a_table_read_whole_would_be_seen(full):
    """The negative control."""
    reader, _, _ = full
    by_place = "SELECT unit_id FROM unit_state WHERE location = $1"
    assert whole_reads(reader, by_place, ("CELL",)) != []
    assert whole_reads(reader, "SELECT parent_id FROM installation WHERE component_id + 0 = $1", (7,)) != []


def test_rows_are_replaced_and_deleted_by_their_keys(full, kind):
    reader, filled, made = full
    if kind == "sqlite":
        unit = filled.one("unit")
        assert whole_reads(reader, _delete_sqlite(UNIT_STATE), (unit,)) == []
        assert "ON CONFLICT (unit_id)" in _upsert_sqlite(UNIT_STATE)
        return
    with psycopg.connect(made.url, options="-c search_path=asbuilt -c role=asbuilt_app") as connection:
        connection.execute(f"SET asbuilt.site_id = {filled.site.site_id}")
        cursor = psycopg.RawCursor(connection)
        plan = cursor.execute(f"EXPLAIN {_delete_sql(UNIT_STATE)}", ([7, 8],)).fetchall()
        assert not [row for row in plan if "Seq Scan" in row[0]], plan
    assert _insert_sql(UNIT_STATE) in _upsert_sql(UNIT_STATE)


def test_row_level_security_lets_ranges_of_text_use_the_index(full, kind):
    """A policy is asked before any condition that could leak; comparisons of text are known not to."""
    if kind == "sqlite":
        pytest.skip("SQLite has no row-level security")
    reader, filled, _ = full
    plan = "\n".join(
        row[0]
        for row in reader.rows(f"EXPLAIN {units.UNITS_BEGINNING}", *arguments("queries.units.UNITS_BEGINNING", filled))
    )
    assert re.search(r"Index Cond: .*name_key >= 'UNIT77'", plan), plan
