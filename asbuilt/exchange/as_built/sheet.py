"""What the as-built record says on paper: every component, operation, result, defect and override, in English.

Paper is read far from the screen it came from, and the same record has to give the same bytes; so its language and
its zone (UTC) are fixed, and no time of printing stands on it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import chain

from asbuilt.core.states.records.identity import Status
from asbuilt.queries.as_built import AsBuilt, ComponentView, MeasurementView, OperationView, flattened
from asbuilt.queries.defects import DefectView

FILE_NAME = "as-built.json"
INDENT_MAX = 8
"""Levels that are drawn further in; deeper ones stand at the same edge, with their level beside them."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LOUD = frozenset({Status.SCRAPPED, Status.ON_HOLD, Status.FAILED, Status.RETURNED, "wrong", "not_delivered"})
"""Statuses of components that need a look; bold on paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A text in a table. note: a smaller text below it. indent: levels that it stands further in."""

    text: str
    note: str = ""
    mono: bool = False
    loud: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled table. widths: shares of the width. empty: what stands there without rows."""

    title: str
    head: Sequence[str]
    widths: Sequence[float]
    rows: list[list[Cell]]
    empty: str


def sheet(record: AsBuilt, attached: bytes) -> dict[str, object]:
    """The values that record.typ sets. attached: the record as JSON, whose digest is printed."""
    newest = newest_in(record)
    return {
        "title": f"As-built record of {record.name}",
        "name": record.name,
        "kind": f"As-built record of a {record.kind}",
        "number": record.serial_number or record.lot_number,
        "date": {"year": newest.year, "month": newest.month, "day": newest.day}
        | {"hour": newest.hour, "minute": newest.minute, "second": newest.second},
        "file_name": FILE_NAME,
        "file_note": f"The as-built record of {record.name} as JSON",
        "facts": [
            {"name": name, "text": text, "mono": mono} for name, text, mono in _facts(record, newest, attached) if text
        ],
        "sections": [asdict(one) for one in _sections(record)],
    }


def newest_in(record: AsBuilt) -> datetime:
    """When the newest of what the record tells happened, in UTC; 1970 when it tells nothing."""
    components = list(flattened(record))
    times: list[datetime | None] = [EPOCH, *(one.installed_at for one in components)]
    times += [one.overridden_at for one in record.overrides]
    things: list[AsBuilt | ComponentView] = [record, *components]
    for thing in things:
        times += [one.completed_at for one in thing.operations]
        for defect in thing.defects:
            times += [defect.found_at, defect.decided_at, defect.repaired_at, defect.settled_at]
    return max(one for one in times if one is not None).astimezone(UTC)


def _facts(record: AsBuilt, newest: datetime, attached: bytes) -> Iterator[tuple[str, str, bool]]:
    yield "Name", record.name, True
    yield "Part number", f"{record.part_number} {_revision(record.revision)}".strip(), False
    yield "Description", record.description, False
    yield "Issued by", record.issuer, False
    yield "Now marked as", record.marked_as, True
    yield "As of", "the newest that is recorded" if record.at is None else _when(record.at), False
    yield "Newest fact", "" if newest == EPOCH else _when(newest), False
    yield "Status when printed", _words(record.status), False
    yield "Components", f"{record.component_count:,} on {record.depth} levels" if record.component_count else "0", False
    inside = (one for component in flattened(record) for one in component.defects)
    open_defects = sum(one.is_open for one in chain(record.defects, inside))
    yield "Open defects", str(open_defects), False
    yield "Overrides of the interlock", str(len(record.overrides)), False
    yield "Attached", f"{FILE_NAME}, {len(attached):,} bytes, SHA-256 {sha256(attached).hexdigest()}", False


def _sections(record: AsBuilt) -> Iterator[Section]:
    components = list(flattened(record))
    things = [(record.name, record.operations, record.defects)]
    things += [(one.name, one.operations, one.defects) for one in components]
    yield Section(
        title="Components",
        head=("Component", "Position", "Quantity", "Fitted at", "Status"),
        widths=(4.4, 1.6, 1.1, 2.4, 1.3),
        rows=[_component(one) for one in components],
        empty="No component is recorded.",
    )
    yield Section(
        title="Operations and results",
        head=("Operation", "Result", "Value", "Limits", "Completed"),
        widths=(3.6, 1.2, 1.8, 1.8, 2.4),
        rows=[row for name, operations, _ in things for one in operations for row in _operation(name, one)],
        empty="No operation is recorded.",
    )
    defects = [one for _, _, found in things for one in found]
    if defects:
        yield Section(
            title="Defects",
            head=("Defect", "Code and place", "Found", "Decided", "Settled"),
            widths=(2.6, 2, 2, 2.4, 2),
            rows=[_defect(one) for one in defects],
            empty="",
        )
    if record.overrides:
        yield Section(
            title="Overrides of the interlock",
            head=("Unit", "Operation", "Rules", "By", "When"),
            widths=(3, 1.6, 1.4, 3, 2),
            rows=[
                [
                    Cell(text=one.unit, mono=True),
                    Cell(text=one.operation, note=one.station),
                    Cell(text=", ".join(one.rules), loud=True),
                    Cell(text=one.by, note=one.reason),
                    Cell(text=_when(one.overridden_at), note="declared wrong since" if one.is_corrected else ""),
                ]
                for one in record.overrides
            ],
            empty="",
        )


def _component(one: ComponentView) -> list[Cell]:
    said = (one.description, _revision(one.revision), f"now marked {one.marked_as}" if one.marked_as else "")
    counted = "1" if one.kind == "unit" else ""  # how much of a lot a slot fed is not always known
    quantity = counted if one.quantity is None else f"{one.quantity:f} {one.uom}".strip()
    lot = "lot " if one.kind == "lot" else ""
    level = f"level {one.level}" if one.level > INDENT_MAX else ""
    return [
        Cell(
            text=lot + one.name,
            note=" · ".join(text for text in (*said, level) if text),
            mono=True,
            indent=min(one.level, INDENT_MAX) - 1,
        ),
        Cell(text=one.reference_designator),
        Cell(text=quantity),
        Cell(text=_when(one.installed_at), note=" · ".join(t for t in (one.operation, _words(one.evidence)) if t)),
        Cell(text=_words(one.status), loud=one.status in LOUD),
    ]


def _operation(name: str, one: OperationView) -> Iterator[list[Cell]]:
    """A row of the operation, and one of each of its results."""
    attempt = f", attempt {one.attempt}" if one.attempt > 1 else ""
    by = (one.station, one.operator, one.tool, one.program)
    yield [
        Cell(text=f"{one.operation}{attempt}", note=name, loud=True),
        Cell(text=_words(one.result), note=one.defect, loud=one.result != "passed"),
        Cell(text=""),
        Cell(text=one.specification),
        Cell(text=_when(one.completed_at), note=" · ".join(text for text in by if text)),
    ]
    for result in one.measurements:
        value = " ".join(t for t in (_number(result.value), result.text, result.uom) if t)
        yield [
            Cell(text=result.characteristic, indent=1),
            Cell(text="within" if result.passed else "outside", loud=not result.passed),
            Cell(text=value, note=result.file_name),
            Cell(text=_limits(result)),
            Cell(text="", note=f"SHA-256 {result.file_digest}" if result.file_digest else ""),
        ]


def _limits(one: MeasurementView) -> str:
    if one.lower_limit is None and one.upper_limit is None:
        return ""
    if one.upper_limit is None:
        return f"≥ {_number(one.lower_limit)} {one.uom}".strip()
    if one.lower_limit is None:
        return f"≤ {_number(one.upper_limit)} {one.uom}".strip()
    return f"{_number(one.lower_limit)} to {_number(one.upper_limit)} {one.uom}".strip()


def _defect(one: DefectView) -> list[Cell]:
    what = one.code or one.characteristic or "not said"
    decided = _words(one.disposition) or ("undecided" if one.is_open else "")
    repaired = " ".join(text for text in (one.repair, one.replaced) if text)
    return [
        Cell(text=one.number, note=one.unit, mono=True),
        Cell(text=what, note=" · ".join(text for text in (one.position, one.component, one.note) if text)),
        Cell(text=_when(one.found_at), note=" · ".join(text for text in (one.operation, one.found_by) if text)),
        Cell(text=decided, note=" · ".join(text for text in (one.decided_by, one.reason, repaired) if text)),
        Cell(
            text="open" if one.settled_at is None else _when(one.settled_at),
            note=_words(one.settled_by),
            loud=one.is_open,
        ),
    ]


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _words(word: str) -> str:
    return word.replace("_", " ")


def _revision(revision: str) -> str:
    return f"Rev {revision}" if revision else ""


def _when(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
