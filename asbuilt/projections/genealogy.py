"""installation, setup_window and declared_component."""

from datetime import datetime

from asbuilt.core.events.event import Evidence
from asbuilt.core.identifiers.names import Location, Operation, ReferenceDesignator, Slot, Uom
from asbuilt.core.identifiers.subjects import Lot, Station, Subject, Unit
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.records.genealogy import DeclaredComponent, Installation, SetupWindow
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import (
    Ids,
    Projection,
    by_sequence,
    millionths,
    moment_or_none,
    quantity_of,
    time_of,
)

INSTALLATION = Table(
    "installation",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("parent_id", "bigint"),
        ("component_id", "bigint"),
        ("binds", "smallint"),
        ("unit_in_lot", "smallint"),
        ("reference_designator", "text"),
        ("quantity", "bigint"),
        ("uom", "text"),
        ("operation", "text"),
        ("evidence", "text"),
        ("installed_at", "bigint"),
        ("removed_sequence", "bigint"),
        ("removed_at", "bigint"),
        ("removal_reason", "text"),
        ("destination", "text"),
    ),
)

_LINK_COLUMNS = """
SELECT sequence, parent_id, component_id, reference_designator, quantity, uom, operation, evidence, installed_at,
       removed_sequence, removed_at, removal_reason, destination
FROM installation
"""
# Reads what is at the places where a batch installs something.
LINKS_AT_PLACES = f"""{_LINK_COLUMNS}
WHERE parent_id = ANY($1) AND reference_designator = ANY($2) AND removed_sequence IS NULL
"""
# Reads the links that a batch ends.
LINKS_BETWEEN = f"""{_LINK_COLUMNS}
WHERE parent_id = ANY($1) AND component_id = ANY($2) AND removed_sequence IS NULL
"""
# Reads the links that corrections concern, and those of the same parents.
LINKS_OF_EVENTS = f"""{_LINK_COLUMNS}
WHERE parent_id = ANY($1) AND (sequence = ANY($2) OR removed_sequence = ANY($2) OR removed_sequence IS NULL)
"""
# Reads every link that units ever had (serves merging their records).
LINKS_OF_UNITS = f"""{_LINK_COLUMNS} WHERE parent_id = ANY($1)
UNION {_LINK_COLUMNS} WHERE component_id = ANY($1)
"""
# Walks down the open links from some roots, each node once, however deep (serves rules that ask for contents).
# CROSS JOIN keeps SQLite to this order, or it reads all links.
CONTENTS = """
WITH RECURSIVE below (subject_id) AS (
    SELECT subject_id FROM subject WHERE subject_id = ANY($1)
    UNION
    SELECT link.component_id FROM below CROSS JOIN installation AS link
    WHERE link.parent_id = below.subject_id AND link.removed_sequence IS NULL
)
SELECT link.parent_id, link.component_id FROM below CROSS JOIN installation AS link
WHERE link.parent_id = below.subject_id AND link.removed_sequence IS NULL
"""
# Finds line-fed lots among some lots that units have consumed: fed at a station while the unit passed it.
FED_LOTS = """
SELECT DISTINCT operation_run.unit_id, setup_window.lot_id
FROM setup_window JOIN operation_run ON operation_run.station_id = setup_window.station_id
 AND operation_run.completed_at >= setup_window.loaded_at
 AND (setup_window.unloaded_at IS NULL OR operation_run.completed_at < setup_window.unloaded_at)
WHERE setup_window.lot_id = ANY($1) AND operation_run.unit_id = ANY($2)
"""
# The lots that units went into (serves the check of what line-fed material a shipped unit holds).
LOTS_WITH_UNITS = """
SELECT DISTINCT parent_id FROM installation WHERE site_id = $1 AND unit_in_lot = 1 AND removed_sequence IS NULL
"""
# Which lots some units and lots are, or went into (serves the check of what line-fed material a shipped unit holds).
LOTS_MADE_OF = """
WITH RECURSIVE above (subject_id) AS (
    SELECT subject_id FROM subject WHERE subject_id = ANY($1)
    UNION
    SELECT link.parent_id FROM above CROSS JOIN installation AS link CROSS JOIN subject AS lot
    WHERE link.component_id = above.subject_id AND link.removed_sequence IS NULL
      AND lot.subject_id = link.parent_id AND lot.kind = 4
)
SELECT above.subject_id FROM above CROSS JOIN subject
WHERE subject.subject_id = above.subject_id AND subject.kind = 4
"""
# Which of some lots are referred to by anything.
LOTS_IN_USE = """
SELECT component_id FROM installation WHERE component_id = ANY($1)
UNION SELECT parent_id FROM installation WHERE parent_id = ANY($1)
UNION SELECT lot_id FROM setup_window WHERE lot_id = ANY($1)
UNION SELECT subject_id FROM hold WHERE subject_id = ANY($1)
UNION SELECT subject_id FROM alias WHERE subject_id = ANY($1)
UNION SELECT parent_id FROM declared_component WHERE parent_id = ANY($1)
UNION SELECT lot_id FROM lot_run WHERE lot_id = ANY($1)
"""


def installation_row(link: Installation, ids: Ids, site_id: int) -> Row:
    return (
        link.sequence,
        site_id,
        ids[link.parent],
        ids[link.component],
        int(link.binds_component),
        int(link.is_unit_in_lot),
        link.reference_designator,
        millionths(link.quantity),
        link.uom,
        link.operation,
        link.evidence.value,
        time_of(link.installed_at),
        link.removed_sequence,
        time_of(link.removed_at),
        link.removal_reason,
        link.destination,
    )


def load_links_at_places(loading: Loading, parent_ids: list[int], places: list[str]) -> None:
    _load_links(loading, loading.reader.rows(LINKS_AT_PLACES, parent_ids, places))


def load_links_between(loading: Loading, parent_ids: list[int], component_ids: list[int]) -> None:
    _load_links(loading, loading.reader.rows(LINKS_BETWEEN, parent_ids, component_ids))


def load_links_of_events(loading: Loading, parent_ids: list[int], sequences: list[int]) -> None:
    _load_links(loading, loading.reader.rows(LINKS_OF_EVENTS, parent_ids, sequences))


def load_links_of_units(loading: Loading, unit_ids: list[int]) -> None:
    _load_links(loading, loading.reader.rows(LINKS_OF_UNITS, unit_ids))


def _load_links(loading: Loading, rows: list[Row]) -> None:
    names = loading.named(value for row in rows for value in row[1:3])
    for row in rows:
        link = Installation(
            sequence=row[0],
            parent=_unit_or_lot(names[row[1]]),
            component=_unit_or_lot(names[row[2]]),
            reference_designator=ReferenceDesignator(row[3]),
            quantity=quantity_of(row[4]),
            uom=Uom(row[5]),
            operation=Operation(row[6]),
            evidence=Evidence(row[7]),
            installed_at=moment_of(row[8]),
            removed_sequence=row[9],
            removed_at=moment_or_none(row[10]),
            removal_reason=row[11],
            destination=Location(row[12]),
        )
        loading.known.installations.loaded[link.sequence] = link
        loading.known.index_link(link)


def _unit_or_lot(subject: Subject) -> Unit | Lot:
    assert isinstance(subject, Unit | Lot), "links join units and lots"
    return subject


def contents(loading: Loading, root_ids: list[int]) -> list[tuple[int, int]]:
    """The open links below some roots, as (parent_id, component_id)."""
    return [(parent_id, component_id) for parent_id, component_id in loading.reader.rows(CONTENTS, root_ids)]


def load_children(loading: Loading, links: list[tuple[int, int]]) -> None:
    names = loading.named(subject_id for link in links for subject_id in link)
    for parent_id, component_id in links:
        loading.known.children.setdefault(names[parent_id], set()).add(names[component_id])


def lots_with_units(loading: Loading) -> list[int]:
    """The lots of the site that units went into."""
    return [lot_id for (lot_id,) in loading.reader.rows(LOTS_WITH_UNITS, loading.reader.site.site_id)]


def lots_made_of(loading: Loading, subject_ids: list[int]) -> list[int]:
    """Those of some units and lots that are lots, and the lots they went into."""
    return sorted(lot_id for (lot_id,) in loading.reader.rows(LOTS_MADE_OF, subject_ids))


def load_fed_lots(loading: Loading, lot_ids: list[int], unit_ids: list[int]) -> set[int]:
    """Read which of some lots were fed into some units, and return the lots."""
    rows = loading.reader.rows(FED_LOTS, lot_ids, unit_ids)
    names = loading.named(subject_id for row in rows for subject_id in row)
    for unit_id, lot_id in rows:
        unit, lot = names[unit_id], names[lot_id]
        assert isinstance(unit, Unit), "units pass stations"
        assert isinstance(lot, Lot), "lots are fed"
        loading.known.fed_lots.setdefault(unit, set()).add(lot)
    return {lot_id for _, lot_id in rows}


def load_lots_in_use(loading: Loading, lot_ids: list[int]) -> None:
    rows = loading.reader.rows(LOTS_IN_USE, lot_ids)
    for lot in loading.named(lot_id for (lot_id,) in rows).values():
        if isinstance(lot, Lot):
            loading.known.lots_in_use.add(lot)


SETUP_WINDOW = Table(
    "setup_window",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("station_id", "bigint"),
        ("slot", "text"),
        ("lot_id", "bigint"),
        ("loaded_at", "bigint"),
        ("place", "smallint"),
        ("quantity", "bigint"),
        ("uom", "text"),
        ("remaining", "bigint"),
        ("unloaded_sequence", "bigint"),
        ("unloaded_at", "bigint"),
    ),
)

_WINDOW_COLUMNS = """
SELECT sequence, station_id, slot, lot_id, loaded_at, place, quantity, uom, remaining, unloaded_sequence, unloaded_at
FROM setup_window
"""
# Reads what is being fed at the stations where a batch loads or unloads.
OPEN_WINDOWS = f"""{_WINDOW_COLUMNS}
WHERE station_id = ANY($1) AND slot = ANY($2) AND unloaded_sequence IS NULL
"""
# Reads when some lots were fed at some stations (serves the check of what a unit passed in the same batch).
WINDOWS_OF_LOTS = f"{_WINDOW_COLUMNS} WHERE lot_id = ANY($1) AND station_id = ANY($2)"
# Reads when some lots were fed anywhere (serves working out what is left of them).
WINDOWS_OF_LOTS_ANYWHERE = f"{_WINDOW_COLUMNS} WHERE lot_id = ANY($1)"
# Reads where some lots are being fed (serves the check that a reel is at one place).
OPEN_WINDOWS_OF_LOTS = f"{_WINDOW_COLUMNS} WHERE lot_id = ANY($1) AND unloaded_sequence IS NULL"
# Reads the windows that corrections concern.
WINDOWS_OF_EVENTS = f"""{_WINDOW_COLUMNS}
WHERE lot_id = ANY($1) AND (sequence = ANY($2) OR unloaded_sequence = ANY($2))
"""
# Reads what was fed since from slots that a correction would leave loaded.
WINDOWS_SINCE = f"{_WINDOW_COLUMNS} WHERE station_id = ANY($1) AND slot = ANY($2) AND sequence > $3"

# Reads what was fed at the stations where a batch completes operations, in the time in which it does. In two pieces,
# for each has an index of its own: what is still fed, and what was taken away since.
WINDOWS_FEEDING = f"""{_WINDOW_COLUMNS}
WHERE station_id = ANY($1) AND unloaded_sequence IS NULL AND loaded_at <= $3
UNION ALL
{_WINDOW_COLUMNS}
WHERE station_id = ANY($1) AND unloaded_at > $2 AND loaded_at <= $3
"""


def setup_window_row(window: SetupWindow, ids: Ids, site_id: int) -> Row:
    return (
        window.sequence,
        site_id,
        ids[window.station],
        window.slot,
        ids[window.lot],
        time_of(window.loaded_at),
        window.place,
        millionths(window.quantity),
        window.uom,
        millionths(window.remaining),
        window.unloaded_sequence,
        time_of(window.unloaded_at),
    )


def load_windows_of_lots(loading: Loading, lot_ids: list[int], station_ids: list[int]) -> set[int]:
    """Read when lots were fed at stations, and return which of the lots were."""
    rows = loading.reader.rows(WINDOWS_OF_LOTS, lot_ids, station_ids)
    _load_windows(loading, rows)
    return {lot_id for _, _, _, lot_id, *_ in rows}


def load_windows_of_lots_anywhere(loading: Loading, lot_ids: list[int]) -> None:
    _load_windows(loading, loading.reader.rows(WINDOWS_OF_LOTS_ANYWHERE, lot_ids))


def load_open_windows_of_lots(loading: Loading, lot_ids: list[int]) -> None:
    _load_windows(loading, loading.reader.rows(OPEN_WINDOWS_OF_LOTS, lot_ids))


def load_open_windows(loading: Loading, station_ids: list[int], slots: list[str]) -> None:
    _load_windows(loading, loading.reader.rows(OPEN_WINDOWS, station_ids, slots))


def load_windows_of_events(loading: Loading, lot_ids: list[int], sequences: list[int]) -> None:
    _load_windows(loading, loading.reader.rows(WINDOWS_OF_EVENTS, lot_ids, sequences))


def load_windows_since(loading: Loading, station_ids: list[int], slots: list[str], sequence: int) -> None:
    _load_windows(loading, loading.reader.rows(WINDOWS_SINCE, station_ids, slots, sequence))


def load_windows_feeding(loading: Loading, station_ids: list[int], since: datetime, until: datetime) -> None:
    rows = loading.reader.rows(WINDOWS_FEEDING, station_ids, time_of(since), time_of(until))
    _load_windows(loading, rows)


def _load_windows(loading: Loading, rows: list[Row]) -> None:
    names = loading.named(value for row in rows for value in (row[1], row[3]))
    for sequence, station_id, slot, lot_id, loaded_at, place, quantity, uom, remaining, ended, unloaded_at in rows:
        station, lot = names[station_id], names[lot_id]
        assert isinstance(station, Station), "material is fed at stations"
        assert isinstance(lot, Lot), "lots are fed"
        window = SetupWindow(
            sequence=sequence,
            station=station,
            slot=Slot(slot),
            lot=lot,
            loaded_at=moment_of(loaded_at),
            place=place,
            quantity=quantity_of(quantity),
            uom=Uom(uom),
            remaining=quantity_of(remaining),
            unloaded_sequence=ended,
            unloaded_at=moment_or_none(unloaded_at),
        )
        loading.known.setup_windows.loaded[sequence] = window
        loading.known.windows_of.setdefault((station, window.slot), set()).add(sequence)


DECLARED_COMPONENT = Table(
    "declared_component",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("parent_id", "bigint"),
        ("scheme", "text"),
        ("value", "text"),
        ("value_key", "text"),
        ("supplier", "text"),
        ("quantity", "bigint"),
        ("uom", "text"),
        ("declared_at", "bigint"),
    ),
)

# Reads the declarations that corrections concern.
_DECLARED_COLUMNS = """
SELECT sequence, parent_id, scheme, value, supplier, quantity, uom, declared_at FROM declared_component
"""
DECLARATIONS = f"{_DECLARED_COLUMNS} WHERE sequence = ANY($1)"
# Reads what documents say is in units (serves merging their records).
DECLARATIONS_OF_UNITS = f"{_DECLARED_COLUMNS} WHERE parent_id = ANY($1)"


def declared_component_row(declared: DeclaredComponent, ids: Ids, site_id: int) -> Row:
    return (
        declared.sequence,
        site_id,
        ids[declared.parent],
        declared.scheme,
        declared.value,
        normal_form(declared.value),
        declared.supplier,
        millionths(declared.quantity),
        declared.uom,
        time_of(declared.declared_at),
    )


def load_declarations(loading: Loading, sequences: list[int]) -> None:
    _load_declarations(loading, loading.reader.rows(DECLARATIONS, sequences))


def load_declarations_of_units(loading: Loading, unit_ids: list[int]) -> None:
    _load_declarations(loading, loading.reader.rows(DECLARATIONS_OF_UNITS, unit_ids))


def _load_declarations(loading: Loading, rows: list[Row]) -> None:
    names = loading.named(row[1] for row in rows)
    for sequence, parent_id, scheme, value, supplier, quantity, uom, declared_at in rows:
        loading.known.declared_components.loaded[sequence] = DeclaredComponent(
            sequence=sequence,
            parent=_unit_or_lot(names[parent_id]),
            scheme=scheme,
            value=value,
            supplier=supplier,
            quantity=quantity_of(quantity),
            uom=Uom(uom),
            declared_at=moment_of(declared_at),
        )


PROJECTIONS: tuple[Projection, ...] = (
    Projection(
        INSTALLATION,
        lambda known: known.installations,
        installation_row,
        by_sequence,
        ends=lambda link: not link.is_open,
    ),
    Projection(
        SETUP_WINDOW,
        lambda known: known.setup_windows,
        setup_window_row,
        by_sequence,
        ends=lambda window: not window.is_open,
    ),
    Projection(DECLARED_COMPONENT, lambda known: known.declared_components, declared_component_row, by_sequence),
)
