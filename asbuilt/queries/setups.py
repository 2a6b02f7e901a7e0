"""What stations are set up with: the lists, which is in force where, and what is loaded, verified and left there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from asbuilt.core.events.setups import SetupSlot
from asbuilt.core.identifiers.subjects import Part, Station
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.genealogy import SetupWindow
from asbuilt.core.states.records.setups import Feed
from asbuilt.core.states.setups import (
    SlotCheck,
    SlotStatus,
    in_force_at,
    is_unusable,
    list_in_force,
    listed_slots,
    other_slots,
)
from asbuilt.ledger.codec import moment_of, values_from
from asbuilt.ledger.database import Names, Reader
from asbuilt.ledger.subjects import Directory
from asbuilt.projections import definitions, genealogy, setups
from asbuilt.projections.loading import Loading
from asbuilt.queries.naming import NotFound
from asbuilt.queries.resources import PAGE, pages

LOW_UNITS = 20
"""For fewer units than this, what is left in a slot is called low, when nobody says otherwise."""

# A page of the setup lists of a site in the order in which they were defined, with what is in force.
SETUP_LISTS = """
SELECT state.setup_list_id, list.name, station.name, issuer.name, part.name, routing.name, state.operation,
       state.program, state.slots, (
           SELECT active.activated_at FROM setup_activation AS active
           WHERE active.station_id = state.station_id AND active.ended_sequence IS NULL
             AND active.setup_list_id = state.setup_list_id
       ), (
           SELECT work_order.name FROM setup_activation AS active CROSS JOIN subject AS work_order
           WHERE active.station_id = state.station_id AND active.ended_sequence IS NULL
             AND active.setup_list_id = state.setup_list_id AND work_order.subject_id = active.work_order_id
       )
FROM setup_list_state AS state CROSS JOIN subject AS list CROSS JOIN subject AS station
LEFT JOIN subject AS part ON part.subject_id = state.part_id
LEFT JOIN subject AS issuer ON issuer.subject_id = part.scope_id
LEFT JOIN subject AS routing ON routing.subject_id = state.routing_id
WHERE state.site_id = $1 AND state.setup_list_id > $2
  AND list.subject_id = state.setup_list_id AND station.subject_id = state.station_id
ORDER BY state.setup_list_id LIMIT $3
"""
# A page of the stations of a site for which setup lists were defined, by name, with how many (serves the pages).
STATIONS = """
SELECT station.name_key, station.subject_id, count(*)
FROM setup_list_state AS state CROSS JOIN subject AS station
WHERE state.site_id = $1 AND station.subject_id = state.station_id AND station.name_key > $2
GROUP BY station.name_key, station.subject_id ORDER BY station.name_key LIMIT $3
"""
# The newest setup lists that were defined for a station (serves the choice of one).
LISTS_OF_STATION = """
SELECT list.name FROM subject AS station CROSS JOIN setup_list_state AS state CROSS JOIN subject AS list
WHERE station.site_id = $1 AND station.kind = 7 AND station.name_key = $2 AND state.station_id = station.subject_id
  AND list.subject_id = state.setup_list_id
ORDER BY state.setup_list_id DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupListView:
    """A setup list. slots: how many. in_force_since: None when it is not in force; then work_order is empty."""

    setup_list: str
    station: str
    part: str
    routing: str
    operation: str
    program: str
    slots: int
    in_force_since: datetime | None
    work_order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadView:
    """A lot in a slot. quantity: what it began with; left: what is left as worked out; None: nobody knows.

    is_usable: it is neither on hold nor expired.
    """

    lot: str
    loaded_at: datetime
    quantity: Decimal | None
    used: Decimal
    left: Decimal | None
    open_holds: tuple[str, ...]
    expires_on: str
    is_usable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """A slot: what the list asks for, what is loaded, and how it stands. quantity: what a unit uses, in `uom`.

    left: of all loads. units_left: for how many units that suffices; is_low: for fewer than was asked.
    """

    slot: str
    status: SlotStatus
    part: str
    alternates: tuple[str, ...]
    reference_designators: tuple[str, ...]
    is_optional: bool
    is_counted: bool
    quantity: Decimal | None
    uom: str
    loads: tuple[LoadView, ...]
    left: Decimal | None
    units_left: int | None
    is_low: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedView:
    """What was counted when a lot was unloaded under the setup. scatter: what should have been left, less that."""

    slot: str
    lot: str
    unloaded_at: datetime
    remaining: Decimal
    scatter: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupView:
    """How a station is set up. setup_list: empty when none is in force.

    may_run: nothing of the list is missing, wrong, on hold or expired, and what is counted suffices for one more unit.
    Slots are those of the list, in its order, and then what is loaded besides.
    """

    station: str
    setup_list: str
    work_order: str
    since: datetime | None
    part: str
    operation: str
    program: str
    may_run: bool
    slots: tuple[SlotView, ...]
    counted: tuple[CountedView, ...]


def setup_lists(reader: Reader) -> Iterator[SetupListView]:
    """The setup lists of the site."""
    for row in pages(reader, SETUP_LISTS):
        _, name, station, issuer, part, routing, operation, program, slots, since, order = row
        yield SetupListView(
            setup_list=name,
            station=station,
            part="" if part is None else str(Part(issuer, part)),
            routing=routing or "",
            operation=operation,
            program=program,
            slots=len(values_from(SetupSlot, slots)),
            in_force_since=None if since is None else moment_of(since),
            work_order=order or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StationView:
    """A station and its setup, without what was counted. setup_lists: how many were defined for it."""

    setup: SetupView
    setup_lists: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPage:
    """Some stations, and after which name the next page begins (empty: this is the last)."""

    stations: tuple[StationView, ...]
    next: str


def setup(reader: Reader, name: str, *, at: datetime, low_units: int = LOW_UNITS) -> SetupView:
    """How a station is set up at a time. Raises NotFound for a station at which nothing was ever done."""
    station = Station(name)
    loading = _loading(reader)
    loading.directory.find([station])
    station_ids = loading.ids([station])
    if not station_ids:
        raise NotFound(f"station {name} is not known here; check the name")
    spelled = Directory(reader, Names()).subjects(station_ids)  # as it was first written, not as it was asked for
    station = next(one for one in spelled.values() if isinstance(one, Station))
    known = loading.known
    setups.load_activations_within(loading, station_ids, at, at)
    active = in_force_at(known, station, at)
    since = at if active is None else min(active.activated_at, at)
    genealogy.load_windows_feeding(loading, station_ids, since, at)
    checks = _checks(known, station, at)
    counted = [one for one in known.setup_windows if one.station == station and one.remaining is not None]
    feeds = _read_feeds(loading, checks, counted, at)
    seen = _seen(known, station, checks, feeds, at=at, low_units=low_units)
    return replace(seen, counted=tuple(_counted(one, feeds) for one in sorted(counted, key=lambda one: one.sequence)))


def stations(reader: Reader, *, at: datetime, after: str = "", limit: int = 25) -> StationPage:
    """A page of the stations for which setup lists were defined, by name, each with its setup at a time.

    after: `next` of the page before. Asked for all of the page at once, whatever the number of stations.
    Raises ValueError for a limit outside 1…1000.
    """
    if not 1 <= limit <= PAGE:
        raise ValueError(f"limit {limit} must be between 1 and {PAGE}")
    rows = reader.rows(STATIONS, reader.site.site_id, after, limit + 1)
    loading, page = _loading(reader), rows[:limit]
    named, station_ids = loading.named(row[1] for row in page), sorted(row[1] for row in page)
    if station_ids:
        setups.load_activations_within(loading, station_ids, at, at)
        genealogy.load_windows_feeding(loading, station_ids, at, at)
    known = loading.known
    by_id = {one: station for one, station in named.items() if isinstance(station, Station)}
    checked = {station: _checks(known, station, at) for station in by_id.values()}
    feeds = _read_feeds(loading, [one for checks in checked.values() for one in checks], [], at)
    seen = {
        station: _seen(known, station, checks, feeds, at=at, low_units=LOW_UNITS) for station, checks in checked.items()
    }
    found = tuple(StationView(setup=seen[by_id[row[1]]], setup_lists=row[2]) for row in page)
    return StationPage(stations=found, next=page[-1][0] if len(rows) > limit else "")


def lists_of(reader: Reader, station: str, *, limit: int) -> tuple[str, ...]:
    """The names of the setup lists that were defined for a station, the newest first, at most `limit`."""
    rows = reader.rows(LISTS_OF_STATION, reader.site.site_id, Station(station).name_key, limit)
    return tuple(name for (name,) in rows)


def _loading(reader: Reader) -> Loading:
    return Loading(reader, Directory(reader, Names()), Known())


def _checks(known: Known, station: Station, at: datetime) -> list[SlotCheck]:
    """Every slot of the list in force at a station, and what is loaded besides."""
    found = list_in_force(known, station, at)
    checks = [] if found is None else listed_slots(known, found, at)
    return checks + other_slots(known, station, found, at)


def _read_feeds(loading: Loading, checks: list[SlotCheck], counted: list[SetupWindow], at: datetime) -> dict[int, Feed]:
    """What is left of what feeds the slots; their lots are read besides."""
    loads = [one for check in checks for one in check.loaded]
    feeds = setups.reckoned(loading, [*loads, *counted], until=at)
    unread = loading.ids(one.lot for one in loads if loading.known.lot(one.lot) is None)
    if unread:
        definitions.load_lots(loading, unread)
    return feeds


def _seen(
    known: Known, station: Station, checks: list[SlotCheck], feeds: dict[int, Feed], *, at: datetime, low_units: int
) -> SetupView:
    active, found = in_force_at(known, station, at), list_in_force(known, station, at)
    slots = tuple(_slot(known, one, feeds, at=at, low_units=low_units) for one in checks)
    is_missing = any(one.stops_the_line or _is_unusable(known, one, at) for one in checks)
    return SetupView(
        station=str(station),
        setup_list="" if active is None else str(active.setup_list),
        work_order="" if active is None or active.work_order is None else str(active.work_order),
        since=None if active is None else active.activated_at,
        part="" if found is None or found.part is None else str(found.part),
        operation="" if found is None else found.operation,
        program="" if found is None else found.program,
        may_run=not is_missing and not any(one.is_counted and one.units_left == 0 for one in slots),
        slots=slots,
        counted=(),
    )


def _is_unusable(known: Known, check: SlotCheck, at: datetime) -> bool:
    """Whether what feeds a slot of the list is on hold or expired."""
    return check.wanted is not None and any(is_unusable(known, one.lot, at) for one in check.loaded)


def _slot(known: Known, check: SlotCheck, feeds: dict[int, Feed], *, at: datetime, low_units: int) -> SlotView:
    wanted = check.wanted
    left = _sum(feeds[one.sequence].left for one in check.loaded)
    quantity = None if wanted is None else wanted.quantity
    units_left = None if left is None or quantity is None else max(0, int(left // quantity))
    return SlotView(
        slot=check.slot,
        status=check.status,
        part="" if wanted is None else str(wanted.part),
        alternates=() if wanted is None else tuple(map(str, wanted.alternates)),
        reference_designators=() if wanted is None else wanted.reference_designators,
        is_optional=wanted is not None and wanted.is_optional,
        is_counted=wanted is not None and wanted.is_counted,
        quantity=quantity,
        uom="" if wanted is None else wanted.uom,
        loads=tuple(_load(known, one, feeds[one.sequence], at) for one in check.loaded),
        left=left,
        units_left=units_left,
        is_low=units_left is not None and units_left < low_units,
    )


def _sum(quantities: Iterable[Decimal | None]) -> Decimal | None:
    """All of them together; None when there are none, or one of them is not known."""
    found = list(quantities)
    known = [one for one in found if one is not None]
    return sum(known, Decimal(0)) if found and len(known) == len(found) else None


def _load(known: Known, window: SetupWindow, feed: Feed, at: datetime) -> LoadView:
    lot = known.lot(window.lot)
    return LoadView(
        lot=str(window.lot),
        loaded_at=window.loaded_at,
        quantity=feed.start,
        used=feed.used,
        left=feed.left,
        open_holds=() if lot is None else lot.open_holds,
        expires_on="" if lot is None or lot.expires_on is None else lot.expires_on.isoformat(),
        is_usable=not is_unusable(known, window.lot, at),
    )


def _counted(window: SetupWindow, feeds: dict[int, Feed]) -> CountedView:
    left = feeds[window.sequence].left
    assert window.remaining is not None, "only those are asked for"
    assert window.unloaded_at is not None, "it was counted when it was unloaded"
    return CountedView(
        slot=window.slot,
        lot=str(window.lot),
        unloaded_at=window.unloaded_at,
        remaining=window.remaining,
        scatter=None if left is None else left - window.remaining,
    )
