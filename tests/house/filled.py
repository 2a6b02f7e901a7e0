"""A plant full of rows, as the planner of a database sees it: true in number and spread, not in meaning."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from asbuilt.ledger.append import EVENT
from asbuilt.ledger.database import Database, Row, Site, Table, Writer
from asbuilt.ledger.subjects import SUBJECT
from asbuilt.projections.bills import BILL_STATE
from asbuilt.projections.catalogue import EVENT_SUBJECT
from asbuilt.projections.corrections import CORRECTION
from asbuilt.projections.defects import DEFECT
from asbuilt.projections.definitions import LOT_STATE, PART_STATE, ROUTING_STATE, SERIAL_PROFILE, SPECIFICATION_STATE
from asbuilt.projections.genealogy import DECLARED_COMPONENT, INSTALLATION, SETUP_WINDOW
from asbuilt.projections.identity import ALIAS, DUPLICATE, LABEL_PRINT, MARKING, MERGED_UNIT, UNIT_STATE
from asbuilt.projections.lots import LOT_RUN
from asbuilt.projections.messages import MESSAGE
from asbuilt.projections.orders import WORK_ORDER_HOLD, WORK_ORDER_STATE
from asbuilt.projections.panels import PANEL_PLACE
from asbuilt.projections.production import (
    INTERLOCK_OVERRIDE,
    OPERATION_REFUSAL,
    OPERATION_RUN,
    OPERATION_START,
)
from asbuilt.projections.quality import HOLD
from asbuilt.projections.recalls import RECALL_MEMBER, RECALL_NOTICE, RECALL_STATE
from asbuilt.projections.resources import (
    CODE_STATE,
    EQUIPMENT_STATE,
    OPERATOR_QUALIFICATION,
    TOOL_CALIBRATION,
    WORK_CENTER_STATE,
)
from asbuilt.projections.serials import ENTERPRISE_SERIAL, SERIAL_NUMBER, SERIAL_RANGE
from asbuilt.projections.setups import SETUP_ACTIVATION, SETUP_LIST_STATE

COUNT = 6000
"""Rows in every table."""

SUBJECTS = (("issuer", 1, 40), ("part", 2, COUNT), ("unit", 3, COUNT), ("lot", 4, COUNT))
OTHERS = (
    ("work_order", 5, COUNT),
    ("specification", 6, COUNT),
    ("station", 7, 40),
    ("routing", 8, COUNT),
    ("tool", 9, COUNT),
    ("operator", 10, COUNT),
    ("bill", 11, COUNT),
    ("work_center", 12, COUNT),
    ("code_list", 13, 40),
    ("setup_list", 14, COUNT),
    ("recall", 15, COUNT),
)
BLOB = bytes(32)


@dataclass(frozen=True)
class Filled:
    """The ids of what was made, by kind."""

    site: Site
    ids: dict[str, range]

    def some(self, kind: str, count: int = 5) -> list[int]:
        ids = self.ids[kind]
        return [ids[place * (len(ids) // count)] for place in range(count)]

    def one(self, kind: str) -> int:
        return self.ids[kind][len(self.ids[kind]) // 2]


def fill(database: Database, site: Site) -> Filled:
    """Write COUNT rows into every table of a site."""
    ids: dict[str, range] = {}
    first = 1
    for kind, _, count in (*SUBJECTS, *OTHERS):
        ids[kind] = range(first, first + count)
        first += count
    filled = Filled(site, ids)
    with database.writing(site) as writer:
        writer.insert(SUBJECT, list(_subjects(filled)))
        _write(writer, EVENT, _events(filled))
        _write(writer, EVENT_SUBJECT, ((unit, number + 1, site.site_id) for number, unit in enumerate(ids["lot"])))
        for table, rows in _states(filled):
            _write(writer, table, rows)
        _write(writer, PRINT_JOB, _jobs(filled))
        for table, rows in (
            *(*_work(filled), *_intervals(filled), *_serials(filled)),
            *(_messages(filled), _panels(filled), _order_holds(filled), _lot_runs(filled)),
            *_recalls(filled),
        ):
            _write(writer, table, rows)
        writer.run(
            "INSERT INTO serial_counter (part_id, site_id, next_number) SELECT part_id, site_id, 7 FROM part_state"
        )
    return filled


def _write(writer: Writer, table, rows: Iterable[Row]) -> None:
    writer.insert(table, list(rows))


def _subjects(filled: Filled) -> Iterator[Row]:
    site = filled.site.site_id
    scopes: dict[str, Sequence[int]] = {
        "part": filled.ids["issuer"],
        "unit": filled.ids["part"][:200],
        "lot": filled.ids["part"][200:400],
    }
    for name, kind, _ in (*SUBJECTS, *OTHERS):
        scope = scopes.get(name, [0])
        for number, subject_id in enumerate(filled.ids[name]):
            yield subject_id, site, kind, scope[number % len(scope)], f"{name}{number}", f"{name}{number}".upper()


def _events(filled: Filled) -> Iterator[Row]:
    for number, unit in enumerate(filled.ids["unit"]):
        time = number * 10**6
        identity = (number + 1, filled.site.site_id, UUID(int=number), "UnitMoved", time, time, "anna", "")
        yield *identity, unit, 1, BLOB, b'{"type":"UnitMoved"}', BLOB


def _states(filled: Filled) -> Iterator[tuple]:
    site, ids = filled.site.site_id, filled.ids
    yield (
        PART_STATE,
        (
            (part, site, "", "", "serialized", "", "", f"{part:014}", "not_asked", "not_asked", 0)
            for part in ids["part"]
        ),
    )
    yield LOT_STATE, ((lot, site, None, 0, 0, "", "", "", "", None, None, "[]", 0) for lot in ids["lot"])
    yield SPECIFICATION_STATE, ((one, site, "[]") for one in ids["specification"])
    yield ROUTING_STATE, ((one, site, ids["part"][n], n, "[]") for n, one in enumerate(ids["routing"]))
    yield BILL_STATE, ((one, site, ids["part"][n], n, "[]") for n, one in enumerate(ids["bill"]))
    yield WORK_CENTER_STATE, ((one, site, "", "") for one in ids["work_center"])
    yield EQUIPMENT_STATE, ((one, site, ids["work_center"][0], "", "") for one in ids["tool"])
    yield CODE_STATE, ((ids["code_list"][n % 40], f"C{n}", site, f"C{n}", "", 0) for n in range(COUNT))
    yield TOOL_CALIBRATION, ((n, site, one, "ICT", n, "2027-01-31", 1, "") for n, one in enumerate(ids["tool"]))
    yield OPERATOR_QUALIFICATION, ((n, site, one, "solder", n, None, 0) for n, one in enumerate(ids["operator"]))
    yield WORK_ORDER_STATE, (_order(n, site, one, ids) for n, one in enumerate(ids["work_order"]))
    yield (
        UNIT_STATE,
        (
            (unit, site, "", order, "in_process", "in_house", "CELL", "", "", "", None, None, "[]", 0, "", "", 0)
            for unit, order in zip(ids["unit"], ids["work_order"], strict=True)
        ),
    )
    yield MERGED_UNIT, ((unit, site, unit + COUNT // 2, n, "r", n) for n, unit in enumerate(ids["unit"][: COUNT // 2]))
    yield MARKING, ((n, site, unit, unit + COUNT // 2, 1, "r", n) for n, unit in enumerate(ids["unit"][: COUNT // 2]))
    yield DUPLICATE, (_duplicate(site, n, unit) for n, unit in enumerate(ids["unit"]))
    yield LABEL_PRINT, ((n, site, unit, "unit", "P", 1, "", "", n) for n, unit in enumerate(ids["unit"]))
    yield ALIAS, ((n, site, unit, "imei", "", f"v{n}", f"V{n}") for n, unit in enumerate(ids["unit"]))


PRINT_JOB = Table(
    "print_job",
    (
        *(("site_id", "integer"), ("number", "bigint"), ("event_id", "uuid"), ("subject_id", "bigint")),
        *((name, "text") for name in ("template", "printer", "address")),
        *(
            ("copies", "integer"),
            *((name, "text") for name in ("content", "zpl", "reason", "actor", "source", "state")),
        ),
        *(("attempts", "integer"), ("claim", "integer"), ("requested_at", "bigint"), ("next_try_at", "bigint")),
        *(("sent_at", "bigint"), ("recorded", "smallint"), ("problem", "text"), ("settled_by", "text")),
    ),
)


def _jobs(filled: Filled) -> Iterator[Row]:
    """Nearly all are printed, as in life."""
    for n, unit in enumerate(filled.ids["unit"]):
        what = (filled.site.site_id, n + 1, UUID(int=n), unit, "unit", "P", "P:1", 1, "", "", "", "anna", "")
        yield *what, *(("failed", 1, 1, n, n, None, 0) if n % 100 == 0 else ("sent", 1, 1, n, None, n, 1)), "", ""


def _serials(filled: Filled) -> Iterator[tuple]:
    site, ids = filled.site.site_id, filled.ids
    wide = ["part"] * 99 + ["site"]
    any_step = ["optional"] * 3
    yield (
        SERIAL_PROFILE,
        ((part, site, "", "", *any_step, wide[n % 100], "") for n, part in enumerate(ids["part"])),
    )
    yield (
        SERIAL_RANGE,
        ((n, site, part, "R1", "line", "L1", 1, 100, 10, "########", n, None) for n, part in enumerate(ids["part"])),
    )
    yield (
        SERIAL_NUMBER,
        ((n, site, ids["part"][n // 30], unit, n % 30 + 1, 0, "") for n, unit in enumerate(ids["unit"])),
    )
    yield ENTERPRISE_SERIAL, ((n, site, unit, f"P{n}", f"UNIT{n}") for n, unit in enumerate(ids["unit"]))


def _messages(filled: Filled) -> tuple:
    site, stations = filled.site.site_id, filled.ids["station"]
    return MESSAGE, ((n, site, stations[n % 40], "T", f"t{n // 4}", f"T{n // 4}") for n in range(1, COUNT))


def _order(n: int, site: int, one: int, ids: dict[str, range]) -> Row:
    """An order; one in 50 is open, and every tenth was split off another."""
    ended = (None, None, None, None) if n % 50 == 0 else (n, 1, 1, 0)
    before = ids["work_order"][n - 1] if n % 10 == 9 else None
    return one, site, ids["part"][n], 5, "", 0, "", int(n % 50 == 0), 0, 1, "", before, *ended


def _order_holds(filled: Filled) -> tuple:
    site, orders = filled.site.site_id, filled.ids["work_order"]
    resumed = [(None, None, "") if n % 50 == 0 else (n, n, "r") for n in range(COUNT)]
    return WORK_ORDER_HOLD, ((n, site, one, "r", n, *resumed[n]) for n, one in enumerate(orders))


def _panels(filled: Filled) -> tuple:
    site, units = filled.site.site_id, filled.ids["unit"]
    return PANEL_PLACE, ((n, site, f"P{n // 8}", f"P{n // 8}", f"{n % 8}", f"{n % 8}", units[n]) for n in range(COUNT))


def _duplicate(site: int, n: int, unit: int) -> Row:
    decided = (None, "", None, "", None) if n % 100 == 0 else (n, "rejected", None, "r", n)
    return (n, site, str(n), unit, "", "", "", "", "", "", n, *decided)


def _work(filled: Filled) -> Iterator[tuple]:
    site, ids = filled.site.site_id, filled.ids
    stations = ids["station"]
    yield (
        OPERATION_START,
        ((n, site, unit, "OP", stations[n % 40], n, None if n % 50 == 0 else n) for n, unit in enumerate(ids["unit"])),
    )
    yield (
        OPERATION_RUN,
        (
            (n, site, unit, "OP", stations[n % 40], None, None, None, n * 10**6, "passed")
            for n, unit in enumerate(ids["unit"])
        ),
    )
    work = [(n, site, unit, "OP", "start", stations[n % 40]) for n, unit in enumerate(ids["unit"])]
    yield OPERATION_REFUSAL, ((*one, "anna", '["PRO-011"]', one[0] * 10**6) for one in work)
    yield INTERLOCK_OVERRIDE, ((*one, UUID(int=one[0]), '["PRO-011"]', one[0] * 10**6) for one in work)


def _intervals(filled: Filled) -> Iterator[tuple]:
    site, ids = filled.site.site_id, filled.ids
    stations = ids["station"]
    yield (
        INSTALLATION,
        (
            (n, site, unit, lot, 0, 0, f"A{n % 9}", None, "", "", "scanned", n, None, None, "", "")
            for n, (unit, lot) in enumerate(zip(ids["unit"], ids["lot"], strict=True))
        ),
    )
    yield (
        SETUP_WINDOW,
        (
            (
                n,
                site,
                stations[n % 40],
                f"F{n // 40}",
                lot,
                n * 10**6,
                1,
                None,
                "",
                None,
                None if n % 60 == 0 else n,
                None if n % 60 == 0 else n,
            )
            for n, lot in enumerate(ids["lot"])
        ),
    )
    lists = ids["setup_list"]
    yield SETUP_LIST_STATE, ((one, site, stations[n % 40], None, None, "", "", "[]") for n, one in enumerate(lists))
    ended = (None if n < 40 else n for n in range(COUNT))
    yield (
        SETUP_ACTIVATION,
        ((n, site, stations[n % 40], lists[n], None, n * 10**6, end, end) for n, end in enumerate(ended)),
    )
    yield (
        DECLARED_COMPONENT,
        ((n, site, unit, "s", f"v{n}", f"V{n}", "", None, "", n) for n, unit in enumerate(ids["unit"])),
    )
    yield (
        HOLD,
        (
            (n, site, "QH", unit, "r", n, None if n % 200 == 0 else n, None if n % 200 == 0 else n, "")
            for n, unit in enumerate(ids["unit"])
        ),
    )
    yield DEFECT, (_defect(n, site, unit) for n, unit in enumerate(ids["unit"]))
    yield CORRECTION, ((n, site, n, "did_not_occur", "x", "[]", n) for n in range(1, COUNT))


def _lot_runs(filled: Filled) -> tuple:
    site, ids = filled.site.site_id, filled.ids
    orders = ids["work_order"]
    return LOT_RUN, ((n, site, lot, "OP-1", None, orders[n], 0, 9, 0, 0, 0, n) for n, lot in enumerate(ids["lot"]))


def _recalls(filled: Filled) -> Iterator[tuple]:
    """One in 100 is open; each covers one unit."""
    site, ids = filled.site.site_id, filled.ids
    closed = [None if n % 100 == 0 else n for n in range(COUNT)]
    yield (
        RECALL_STATE,
        (
            (one, site, "r", "[]", 0, n, n, None, None, 0, 0, 0, "", "", closed[n], closed[n], "")
            for n, one in enumerate(ids["recall"])
        ),
    )
    pairs = list(zip(ids["recall"], ids["unit"], strict=True))
    yield RECALL_MEMBER, ((one, unit, site, 1, n, "", "", None, None) for n, (one, unit) in enumerate(pairs))
    yield RECALL_NOTICE, ((n, site, one, "C", "", "", n, None, None, "") for n, one in enumerate(ids["recall"]))


def _defect(n: int, site: int, unit: int) -> Row:
    """A defect that was found by a test; one in 200 is open."""
    settled = (None, None, "") if n % 200 == 0 else (n, n, "retest")
    found = (n, 1, site, unit, f"D{n}", "ICT", None, "BRIDGE", "U7", "", 1, "", "", n)
    return (*found, "", "", "ICT", "", None, None, None, None, None, "", "", *settled)
