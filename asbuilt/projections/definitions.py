"""part_state, serial_profile, lot_state, specification_state and routing_state."""

import json
from collections.abc import Sequence
from decimal import Decimal

from asbuilt.core.events.definitions import Requirement, Tracking, UniqueWithin
from asbuilt.core.events.event import Characteristic
from asbuilt.core.events.record_levels import ComponentRecord, ProcessRecord
from asbuilt.core.events.routes import RouteOperation
from asbuilt.core.identifiers.names import Uom
from asbuilt.core.identifiers.subjects import Lot, Part, Routing, Specification
from asbuilt.core.states.records.definitions import LotState, PartState, SpecificationState
from asbuilt.core.states.records.routings import RoutingState
from asbuilt.core.states.records.serials import SerialProfile
from asbuilt.ledger.codec import microseconds, moment_of, text_of, values_from
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.identity import holds_from, holds_text
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import (
    Ids,
    Projection,
    by_subject,
    date_or_none,
    day_of,
    millionths,
    quantity_of,
    time_of,
)

PART_STATE = Table(
    "part_state",
    (
        ("part_id", "bigint"),
        ("site_id", "integer"),
        ("description", "text"),
        ("revision", "text"),
        ("tracking", "text"),
        ("uom", "text"),
        ("serial_format", "text"),
        ("gtin", "text"),
        ("component_record", "text"),
        ("process_record", "text"),
        ("is_complete_to_ship", "smallint"),
    ),
)

SERIAL_PROFILE = Table(
    "serial_profile",
    (
        ("part_id", "bigint"),
        ("site_id", "integer"),
        ("serial_format", "text"),
        ("received_format", "text"),
        ("at_receipt", "text"),
        ("at_build", "text"),
        ("at_shipment", "text"),
        ("unique_within", "text"),
        ("part_family", "text"),
    ),
)

# Reads the parts around a batch, with their serial profiles.
PART_STATES = """
SELECT part_state.part_id, part_state.description, part_state.revision, part_state.tracking, part_state.uom,
       part_state.serial_format, part_state.gtin, part_state.component_record, part_state.process_record,
       part_state.is_complete_to_ship, serial_profile.serial_format, serial_profile.received_format,
       serial_profile.at_receipt, serial_profile.at_build, serial_profile.at_shipment, serial_profile.unique_within,
       serial_profile.part_family
FROM part_state LEFT JOIN serial_profile ON serial_profile.part_id = part_state.part_id
WHERE part_state.part_id = ANY($1)
"""


def part_row(state: PartState, ids: Ids, site_id: int) -> Row:
    return (
        ids[state.part],
        site_id,
        state.description,
        state.revision,
        state.tracking.value,
        state.uom,
        state.serial_format,
        state.gtin,
        state.component_record.value,
        state.process_record.value,
        int(state.is_complete_to_ship),
    )


def load_parts(loading: Loading, part_ids: list[int]) -> None:
    rows = loading.definitions(PART_STATES, part_ids)
    names = loading.named(row[0] for row in rows)
    for part_id, description, revision, tracking, uom, serial_format, gtin, components, process, gate, *profile in rows:
        part = names[part_id]
        assert isinstance(part, Part), "part_state rows are about parts"
        loading.known.parts.loaded[part] = PartState(
            part=part,
            description=description,
            revision=revision,
            tracking=Tracking(tracking),
            uom=Uom(uom),
            serial_format=serial_format,
            gtin=gtin,
            component_record=ComponentRecord(components),
            process_record=ProcessRecord(process),
            is_complete_to_ship=bool(gate),
        )
        if profile[0] is not None:
            loading.known.serials.profiles.loaded[part] = _profile(part, profile)


def _profile(part: Part, columns: Sequence[str]) -> SerialProfile:
    serial_format, received_format, at_receipt, at_build, at_shipment, unique_within, part_family = columns
    return SerialProfile(
        part=part,
        serial_format=serial_format,
        received_format=received_format,
        at_receipt=Requirement(at_receipt),
        at_build=Requirement(at_build),
        at_shipment=Requirement(at_shipment),
        unique_within=UniqueWithin(unique_within),
        part_family=part_family,
    )


def profile_row(profile: SerialProfile, ids: Ids, site_id: int) -> Row:
    return (
        ids[profile.part],
        site_id,
        profile.serial_format,
        profile.received_format,
        profile.at_receipt.value,
        profile.at_build.value,
        profile.at_shipment.value,
        profile.unique_within.value,
        profile.part_family,
    )


LOT_STATE = Table(
    "lot_state",
    (
        ("lot_id", "bigint"),
        ("site_id", "integer"),
        ("quantity", "bigint"),
        ("used", "bigint"),
        ("scrapped", "bigint"),
        ("uom", "text"),
        ("supplier", "text"),
        ("supplier_lot", "text"),
        ("purchase_order", "text"),
        ("manufactured_on", "text"),
        ("expires_on", "text"),
        ("open_holds", "text"),
        ("defined_at", "bigint"),
    ),
)

# Reads the lots around a batch.
LOT_STATES = """
SELECT lot_id, quantity, used, uom, supplier, supplier_lot, purchase_order, manufactured_on, expires_on, open_holds,
       scrapped, defined_at
FROM lot_state WHERE lot_id = ANY($1)
"""


def lot_row(state: LotState, ids: Ids, site_id: int) -> Row:
    return (
        ids[state.lot],
        site_id,
        millionths(state.quantity),
        millionths(state.used),
        millionths(state.scrapped),
        state.uom,
        state.supplier,
        state.supplier_lot,
        state.purchase_order,
        day_of(state.manufactured_on),
        day_of(state.expires_on),
        holds_text(state.open_holds),
        microseconds(state.defined_at),
    )


def load_lots(loading: Loading, lot_ids: list[int]) -> None:
    rows = loading.reader.rows(LOT_STATES, lot_ids)
    names = loading.named(row[0] for row in rows)
    for row in rows:
        lot = names[row[0]]
        assert isinstance(lot, Lot), "lot_state rows are about lots"
        loading.known.lots.loaded[lot] = LotState(
            lot=lot,
            quantity=quantity_of(row[1]),
            used=quantity_of(row[2]) or Decimal(0),
            uom=Uom(row[3]),
            supplier=row[4],
            supplier_lot=row[5],
            purchase_order=row[6],
            manufactured_on=date_or_none(row[7]),
            expires_on=date_or_none(row[8]),
            open_holds=holds_from(row[9]),
            scrapped=quantity_of(row[10]) or Decimal(0),
            defined_at=moment_of(row[11]),
        )


SPECIFICATION_STATE = Table(
    "specification_state",
    (("specification_id", "bigint"), ("site_id", "integer"), ("characteristics", "text")),
)

# Reads the specifications around a batch.
SPECIFICATION_STATES = """
SELECT specification_id, characteristics FROM specification_state WHERE specification_id = ANY($1)
"""


def specification_row(state: SpecificationState, ids: Ids, site_id: int) -> Row:
    return (ids[state.specification], site_id, _characteristics_text(state.characteristics))


def _characteristics_text(characteristics: tuple[Characteristic, ...]) -> str:
    """JSON array of [characteristic, uom, nominal, lower_limit, upper_limit], decimals as strings.

    Resolution and whether it is required follow where they say anything; rows of before they existed have neither.
    """
    return json.dumps([_characteristic_values(one) for one in characteristics], ensure_ascii=False)


def _characteristic_values(one: Characteristic) -> list[str | bool | None]:
    limits = [_text(one.nominal), _text(one.lower_limit), _text(one.upper_limit)]
    is_plain = one.resolution is None and one.is_required
    return [one.characteristic, one.uom, *limits, *(() if is_plain else (_text(one.resolution), one.is_required))]


def characteristics_from(text: str) -> tuple[Characteristic, ...]:
    """The characteristics kept as JSON in specification_state."""
    return tuple(
        Characteristic(
            characteristic=name,
            uom=Uom(uom),
            nominal=_decimal(nominal),
            lower_limit=_decimal(lower),
            upper_limit=_decimal(upper),
            resolution=_decimal(further[0]) if further else None,
            is_required=further[1] if further else True,
        )
        for name, uom, nominal, lower, upper, *further in json.loads(text)
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def load_specifications(loading: Loading, specification_ids: list[int]) -> None:
    rows = loading.definitions(SPECIFICATION_STATES, specification_ids)
    names = loading.named(row[0] for row in rows)
    for specification_id, characteristics in rows:
        specification = names[specification_id]
        assert isinstance(specification, Specification), "specification_state rows are about specifications"
        loading.known.specifications.loaded[specification] = SpecificationState(
            specification=specification, characteristics=characteristics_from(characteristics)
        )


ROUTING_STATE = Table(
    "routing_state",
    (
        ("routing_id", "bigint"),
        ("site_id", "integer"),
        ("part_id", "bigint"),
        ("effective_from", "bigint"),
        ("operations", "text"),
    ),
)

# Reads how the parts around a batch are made.
ROUTINGS_OF_PARTS = """
SELECT routing_id, part_id, effective_from, operations FROM routing_state WHERE part_id = ANY($1)
"""
# Reads one routing, of whatever part (serves keeping its name to one content).
ROUTINGS = "SELECT routing_id, part_id, effective_from, operations FROM routing_state WHERE routing_id = ANY($1)"
# When the newest unit of a part came into being (serves defining its routing).
LATEST_BIRTH = """
SELECT max(born) FROM (
    SELECT max(unit_state.commissioned_at) AS born
    FROM subject JOIN unit_state ON unit_state.unit_id = subject.subject_id
    WHERE subject.scope_id = $1 AND subject.kind = 3
    UNION ALL
    SELECT max(lot_state.defined_at)
    FROM subject JOIN lot_state ON lot_state.lot_id = subject.subject_id
    WHERE subject.scope_id = $1 AND subject.kind = 4
) AS births
"""


def routing_row(state: RoutingState, ids: Ids, site_id: int) -> Row:
    return (
        ids[state.routing],
        site_id,
        ids[state.part],
        time_of(state.effective_from),
        text_of(state.operations),
    )


def load_routings_of_parts(loading: Loading, part_ids: list[int]) -> None:
    _load_routings(loading, loading.definitions(ROUTINGS_OF_PARTS, part_ids, by=1))


def routings_kept(loading: Loading, part_ids: list[int]) -> bool:
    """Whether any of the parts is made by a routing; asks the database for those that are not kept."""
    return bool(loading.definitions(ROUTINGS_OF_PARTS, part_ids, by=1))


def load_routings(loading: Loading, routing_ids: list[int]) -> None:
    _load_routings(loading, loading.reader.rows(ROUTINGS, routing_ids))


def _load_routings(loading: Loading, rows: list[Row]) -> None:
    names = loading.named(value for row in rows for value in row[:2])
    for routing_id, part_id, effective_from, operations in rows:
        routing, part = names[routing_id], names[part_id]
        assert isinstance(routing, Routing), "routing_state rows are about routings"
        assert isinstance(part, Part), "a routing is for a part"
        state = RoutingState(
            routing=routing,
            part=part,
            effective_from=moment_of(effective_from),
            operations=values_from(RouteOperation, operations),
        )
        loading.known.routings.loaded[routing] = state
        loading.known.index_routing(state)


def load_latest_births(loading: Loading, part_ids: list[int]) -> None:
    names = loading.named(part_ids)
    for part_id in part_ids:
        part, ((newest,),) = names[part_id], loading.reader.rows(LATEST_BIRTH, part_id)
        if isinstance(part, Part) and newest is not None:
            loading.known.latest_births[part] = moment_of(newest)


PROJECTIONS: tuple[Projection, ...] = (
    Projection(PART_STATE, lambda known: known.parts, part_row, by_subject, is_definition=True),
    Projection(SERIAL_PROFILE, lambda known: known.serials.profiles, profile_row, by_subject, is_definition=True),
    Projection(LOT_STATE, lambda known: known.lots, lot_row, by_subject),
    Projection(
        SPECIFICATION_STATE, lambda known: known.specifications, specification_row, by_subject, is_definition=True
    ),
    Projection(ROUTING_STATE, lambda known: known.routings, routing_row, by_subject, is_definition=True),
)
