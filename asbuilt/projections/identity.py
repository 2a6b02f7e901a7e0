"""unit_state, alias, marking, duplicate, merged_unit and label_print."""

import json
from uuid import UUID

from asbuilt.core.events.identity import DuplicateDecision
from asbuilt.core.identifiers.names import Container, Location
from asbuilt.core.identifiers.subjects import Lot, Subject, Unit, WorkOrder
from asbuilt.core.identifiers.text import normal_form
from asbuilt.core.states.records.identity import (
    Alias,
    Custody,
    Duplicate,
    LabelPrint,
    LifeCycle,
    Marking,
    Merge,
    UnitState,
)
from asbuilt.ledger.codec import moment_of
from asbuilt.ledger.database import Row, Table
from asbuilt.projections.loading import Loading
from asbuilt.projections.projection import (
    Ids,
    Projection,
    by_sequence,
    by_subject,
    date_or_none,
    day_of,
    id_of,
    moment_or_none,
    time_of,
)

UNIT_STATE = Table(
    "unit_state",
    (
        ("unit_id", "bigint"),
        ("site_id", "integer"),
        ("revision", "text"),
        ("work_order_id", "bigint"),
        ("life_cycle", "text"),
        ("custody", "text"),
        ("location", "text"),
        ("container", "text"),
        ("customer", "text"),
        ("shipment", "text"),
        ("expires_on", "text"),
        ("installed_in", "bigint"),
        ("open_holds", "text"),
        ("commissioned_at", "bigint"),
        ("last_operation", "text"),
        ("last_result", "text"),
        ("last_event_time", "bigint"),
    ),
)

# Reads the units around a batch (serves every capture).
UNIT_STATES = """
SELECT unit_id, revision, work_order_id, life_cycle, custody, location, container, customer, shipment, expires_on,
       installed_in, open_holds, commissioned_at, last_operation, last_result, last_event_time
FROM unit_state WHERE unit_id = ANY($1)
"""


# Looked up once a unit and batch; a dictionary is several times faster than the enum's own call.
_LIFE_CYCLES = {one.value: one for one in LifeCycle}
_CUSTODIES = {one.value: one for one in Custody}


def unit_row(state: UnitState, ids: Ids, site_id: int) -> Row:
    return (
        ids[state.unit],
        site_id,
        state.revision,
        id_of(state.work_order, ids),
        state.life_cycle.value,
        state.custody.value,
        state.location,
        state.container,
        state.customer,
        state.shipment,
        day_of(state.expires_on),
        id_of(state.installed_in, ids),
        holds_text(state.open_holds),
        time_of(state.commissioned_at),
        state.last_operation,
        state.last_result,
        time_of(state.last_event_time),
    )


def load_units(loading: Loading, unit_ids: list[int]) -> list[UnitState]:
    """Read the states of units into Known, and give them."""
    rows = loading.reader.rows(UNIT_STATES, unit_ids)
    names = loading.named(value for row in rows for value in (row[0], row[2], row[10]) if value is not None)
    states = [_unit_state(row, names) for row in rows]
    for state in states:
        loading.known.units.loaded[state.unit] = state
    return states


def _unit_state(row: Row, names: dict[int, Subject]) -> UnitState:
    unit, order, parent = names[row[0]], names.get(row[2]), names.get(row[10])
    assert isinstance(unit, Unit), "unit_state rows are about units"
    return UnitState(
        unit=unit,
        revision=row[1],
        work_order=order if isinstance(order, WorkOrder) else None,
        life_cycle=_LIFE_CYCLES[row[3]],
        custody=_CUSTODIES[row[4]],
        location=Location(row[5]),
        container=Container(row[6]),
        customer=row[7],
        shipment=row[8],
        expires_on=date_or_none(row[9]),
        installed_in=parent if isinstance(parent, Unit | Lot) else None,
        open_holds=holds_from(row[11]),
        commissioned_at=moment_of(row[12]),
        last_operation=row[13],
        last_result=row[14],
        last_event_time=moment_of(row[15]),
    )


def holds_text(open_holds: tuple[str, ...]) -> str:
    """Hold numbers as the JSON array kept in open_holds."""
    return json.dumps(open_holds, ensure_ascii=False) if open_holds else "[]"


def holds_from(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


ALIAS = Table(
    "alias",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("subject_id", "bigint"),
        ("scheme", "text"),
        ("issuer", "text"),
        ("value", "text"),
        ("value_key", "text"),
    ),
)

# Reads the further names of the units and lots a batch names anew.
ALIASES = "SELECT sequence, subject_id, scheme, issuer, value FROM alias WHERE subject_id = ANY($1)"


def alias_row(alias: Alias, ids: Ids, site_id: int) -> Row:
    subject_id = ids[alias.subject]
    return (alias.sequence, site_id, subject_id, alias.scheme, alias.issuer, alias.value, normal_form(alias.value))


def load_aliases(loading: Loading, subject_ids: list[int]) -> None:
    rows = loading.reader.rows(ALIASES, subject_ids)
    names = loading.named(row[1] for row in rows)
    for sequence, subject_id, scheme, issuer, value in rows:
        subject = names[subject_id]
        assert isinstance(subject, Unit | Lot), "only units and lots have aliases"
        alias = Alias(sequence=sequence, subject=subject, scheme=scheme, issuer=issuer, value=value)
        loading.known.aliases.loaded[sequence] = alias


MARKING = Table(
    "marking",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("unit_id", "bigint"),
        ("marked_as_id", "bigint"),
        ("claims", "smallint"),
        ("reason", "text"),
        ("marked_at", "bigint"),
    ),
)

_MARKING_COLUMNS = "SELECT sequence, unit_id, marked_as_id, claims, reason, marked_at FROM marking"
# Reads which units bear the names that a batch uses and no unit has for its key.
MARKINGS_BY_NAME = f"{_MARKING_COLUMNS} WHERE marked_as_id = ANY($1)"
# Reads what the units were marked as that a batch marks anew.
MARKINGS_OF_UNITS = f"{_MARKING_COLUMNS} WHERE unit_id = ANY($1)"


def marking_row(marking: Marking, ids: Ids, site_id: int) -> Row:
    unit_id, marked_as_id = ids[marking.unit], ids[marking.marked_as]
    marked_at = time_of(marking.marked_at)
    return (marking.sequence, site_id, unit_id, marked_as_id, int(marking.claims), marking.reason, marked_at)


def load_markings_by_name(loading: Loading, subject_ids: list[int]) -> None:
    _load_markings(loading, loading.reader.rows(MARKINGS_BY_NAME, subject_ids))


def load_markings_of_units(loading: Loading, unit_ids: list[int]) -> None:
    _load_markings(loading, loading.reader.rows(MARKINGS_OF_UNITS, unit_ids))


def _load_markings(loading: Loading, rows: list[Row]) -> None:
    names = loading.named(value for row in rows for value in row[1:3])
    for sequence, unit_id, marked_as_id, claims, reason, marked_at in rows:
        unit, marked_as = names[unit_id], names[marked_as_id]
        assert isinstance(unit, Unit), "units are marked"
        assert isinstance(marked_as, Unit), "a marking is a part and serial number"
        marking = Marking(
            sequence=sequence,
            unit=unit,
            marked_as=marked_as,
            claims=bool(claims),
            reason=reason,
            marked_at=moment_of(marked_at),
        )
        loading.known.markings.loaded[sequence] = marking
        loading.known.index_marking(marking)


DUPLICATE = Table(
    "duplicate",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("question", "text"),
        ("unit_id", "bigint"),
        ("supplier", "text"),
        ("document", "text"),
        ("location", "text"),
        ("scheme", "text"),
        ("value", "text"),
        ("description", "text"),
        ("reported_at", "bigint"),
        ("resolved_sequence", "bigint"),
        ("decision", "text"),
        ("other_unit_id", "bigint"),
        ("resolution", "text"),
        ("resolved_at", "bigint"),
    ),
)

# Reads the duplicates reported of the units about which a batch decides.
DUPLICATES_OF_UNITS = """
SELECT sequence, question, unit_id, supplier, document, location, scheme, value, description, reported_at,
       resolved_sequence, decision, other_unit_id, resolution, resolved_at
FROM duplicate WHERE unit_id = ANY($1)
"""


def duplicate_row(duplicate: Duplicate, ids: Ids, site_id: int) -> Row:
    return (
        duplicate.sequence,
        site_id,
        str(duplicate.question),
        ids[duplicate.unit],
        duplicate.supplier,
        duplicate.document,
        duplicate.location,
        duplicate.scheme,
        duplicate.value,
        duplicate.description,
        time_of(duplicate.reported_at),
        duplicate.resolved_sequence,
        "" if duplicate.decision is None else duplicate.decision.value,
        id_of(duplicate.other_unit, ids),
        duplicate.resolution,
        time_of(duplicate.resolved_at),
    )


def load_duplicates_of_units(loading: Loading, unit_ids: list[int]) -> None:
    rows = loading.reader.rows(DUPLICATES_OF_UNITS, unit_ids)
    names = loading.named(value for row in rows for value in (row[2], row[12]) if value is not None)
    for row in rows:
        unit, other = names[row[2]], names.get(row[12])
        assert isinstance(unit, Unit), "duplicates are reported of units"
        loading.known.duplicates.loaded[row[0]] = Duplicate(
            sequence=row[0],
            question=UUID(row[1]),
            unit=unit,
            supplier=row[3],
            document=row[4],
            location=Location(row[5]),
            scheme=row[6],
            value=row[7],
            description=row[8],
            reported_at=moment_of(row[9]),
            resolved_sequence=row[10],
            decision=DuplicateDecision(row[11]) if row[11] else None,
            other_unit=other if isinstance(other, Unit) else None,
            resolution=row[13],
            resolved_at=moment_or_none(row[14]),
        )


MERGED_UNIT = Table(
    "merged_unit",
    (
        ("duplicate_id", "bigint"),
        ("site_id", "integer"),
        ("unit_id", "bigint"),
        ("sequence", "bigint"),
        ("reason", "text"),
        ("merged_at", "bigint"),
    ),
)

_MERGE_COLUMNS = "SELECT duplicate_id, unit_id, sequence, reason, merged_at FROM merged_unit"
# Reads into what the records were merged that a batch names and that no longer stand by themselves.
MERGES_BY_DUPLICATE = f"{_MERGE_COLUMNS} WHERE duplicate_id = ANY($1)"
# Reads what was merged into the units that a batch merges.
MERGES_OF_UNITS = f"{_MERGE_COLUMNS} WHERE unit_id = ANY($1)"


def merge_row(merge: Merge, ids: Ids, site_id: int) -> Row:
    return (ids[merge.duplicate], site_id, ids[merge.unit], merge.sequence, merge.reason, time_of(merge.merged_at))


def load_merges_by_duplicate(loading: Loading, subject_ids: list[int]) -> None:
    _load_merges(loading, loading.reader.rows(MERGES_BY_DUPLICATE, subject_ids))


def load_merges_of_units(loading: Loading, unit_ids: list[int]) -> None:
    _load_merges(loading, loading.reader.rows(MERGES_OF_UNITS, unit_ids))


def _load_merges(loading: Loading, rows: list[Row]) -> None:
    names = loading.named(value for row in rows for value in row[:2])
    for duplicate_id, unit_id, sequence, reason, merged_at in rows:
        duplicate, unit = names[duplicate_id], names[unit_id]
        assert isinstance(duplicate, Unit), "units are merged"
        assert isinstance(unit, Unit), "into units"
        loading.known.merges.loaded[duplicate] = Merge(
            duplicate=duplicate, unit=unit, sequence=sequence, reason=reason, merged_at=moment_of(merged_at)
        )


LABEL_PRINT = Table(
    "label_print",
    (
        ("sequence", "bigint"),
        ("site_id", "integer"),
        ("subject_id", "bigint"),
        ("template", "text"),
        ("printer", "text"),
        ("copies", "integer"),
        ("job", "text"),
        ("reason", "text"),
        ("printed_at", "bigint"),
    ),
)

# Reads the labels of the units and lots of which a batch reports further ones.
LABEL_PRINTS = """
SELECT sequence, subject_id, template, printer, copies, job, reason, printed_at
FROM label_print WHERE subject_id = ANY($1)
"""


def label_print_row(one: LabelPrint, ids: Ids, site_id: int) -> Row:
    printed = (one.template, one.printer, one.copies, one.job, one.reason, time_of(one.printed_at))
    return (one.sequence, site_id, ids[one.subject], *printed)


def load_label_prints(loading: Loading, subject_ids: list[int]) -> None:
    rows = loading.reader.rows(LABEL_PRINTS, subject_ids)
    names = loading.named(row[1] for row in rows)
    for sequence, subject_id, template, printer, copies, job, reason, printed_at in rows:
        subject = names[subject_id]
        assert isinstance(subject, Unit | Lot), "units and lots have labels"
        label = LabelPrint(
            sequence=sequence,
            subject=subject,
            template=template,
            printer=printer,
            copies=copies,
            job=job,
            reason=reason,
            printed_at=moment_of(printed_at),
        )
        loading.known.label_prints.loaded[sequence] = label
        loading.known.index_label_print(label)


PROJECTIONS: tuple[Projection, ...] = (
    Projection(UNIT_STATE, lambda known: known.units, unit_row, by_subject),
    Projection(ALIAS, lambda known: known.aliases, alias_row, by_sequence),
    Projection(MARKING, lambda known: known.markings, marking_row, by_sequence),
    Projection(DUPLICATE, lambda known: known.duplicates, duplicate_row, by_sequence),
    Projection(MERGED_UNIT, lambda known: known.merges, merge_row, by_subject),
    Projection(LABEL_PRINT, lambda known: known.label_prints, label_print_row, by_sequence),
)
