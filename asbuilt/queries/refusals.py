"""What the interlock refused, which rules make most of it, and what was done in spite of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from asbuilt.core.events.production import BrokenRule, OperationRefused, Phase
from asbuilt.core.rules.catalogue import RULES
from asbuilt.ledger.codec import stored_event
from asbuilt.ledger.database import Reader, Row
from asbuilt.queries.charts.series import rounded
from asbuilt.queries.naming import spelled
from asbuilt.queries.overrides import OverrideView, overrides_in
from asbuilt.queries.pareto import SHARE_PLACES
from asbuilt.queries.shop_floor import Scope, WorkFilter, restricted, scope_of
from asbuilt.queries.windows import Window

TITLES = {rule.number: rule.title for rule in RULES}

# The refusals in a time window (serves the list of refusals). CROSS JOIN keeps SQLite to this order.
REFUSALS = """
SELECT refusal.subject_id, issuer.name, part.name, subject.name, station.name, refusal.rules, event.actor, event.payload
FROM operation_refusal AS refusal CROSS JOIN subject CROSS JOIN subject AS part CROSS JOIN subject AS issuer
CROSS JOIN event
LEFT JOIN subject AS station ON station.subject_id = refusal.station_id
WHERE refusal.site_id = $1 AND refusal.refused_at >= $2 AND refusal.refused_at < $3
  AND ($4 = '' OR refusal.operation = $4) AND ($5 = 1 OR refusal.station_id = ANY($6)) AND refusal.rules LIKE $7
  AND subject.subject_id = refusal.subject_id AND ($8 = 1 OR subject.scope_id = ANY($9))
  AND part.subject_id = subject.scope_id AND issuer.subject_id = part.scope_id AND event.sequence = refusal.sequence
ORDER BY refusal.refused_at, refusal.sequence
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """An operation that was refused: its start or completion. by: who sent it. operator: who was to do it, if said.

    unit, or lot and how much of it: what was to be worked on. rules: numbers of those it broke; reasons: with what was
    said to the operator.
    """

    refused_at: datetime
    unit: str
    lot: str
    quantity: Decimal | None
    operation: str
    phase: Phase
    station: str
    tool: str
    program: str
    operator: str
    by: str
    source: str
    rules: tuple[str, ...]
    reasons: tuple[BrokenRule, ...]
    refused_event_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """How often a rule was in the way. share: of all reasons; cumulative_share: with all that were more frequent.

    A refusal for two reasons counts once under each. units: or lots.
    """

    rule: str
    title: str
    refusals: int
    units: int
    share: Decimal
    cumulative_share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalReport:
    """What the interlock did in a window of time, oldest first; the reasons, most frequent first."""

    since: datetime | None
    until: datetime | None
    zone: str
    refusals: list[RefusalView]
    reasons: list[ReasonCount]
    overrides: list[OverrideView]


def refusal_report(reader: Reader, wanted: WorkFilter, window: Window, *, rule: str = "") -> RefusalReport:
    """Refusals, their reasons, and overrides; of one rule when it is named.

    Raises NotFound for a part or station that is not known.
    """
    values = _values(reader, scope_of(reader, wanted, window), rule.strip().upper())
    rows = reader.rows(REFUSALS, *values)
    return RefusalReport(
        since=window.first,
        until=window.end,
        zone=window.zone_name,
        refusals=[_refusal(row) for row in rows],
        reasons=_ranked((row[0], json.loads(row[5])) for row in rows),
        overrides=overrides_in(reader, values),
    )


def _values(reader: Reader, scope: Scope, rule: str) -> tuple[object, ...]:
    pattern = f'%"{rule}"%' if rule else "%"
    window = scope.window
    stations, parts = restricted(scope.station_ids), restricted(scope.part_ids)
    return (reader.site.site_id, window.since, window.until, scope.operation, *stations, pattern, *parts)


def _ranked(found: Iterable[tuple[int, list[str]]]) -> list[ReasonCount]:
    counts: dict[str, int] = {}
    units: dict[str, set[int]] = {}
    for subject_id, rules in found:
        for rule in rules:
            counts[rule] = counts.get(rule, 0) + 1
            units.setdefault(rule, set()).add(subject_id)
    total, so_far, ranked = sum(counts.values()), 0, []
    for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        so_far += count
        ranked.append(
            ReasonCount(
                rule=rule,
                title=TITLES.get(rule, ""),
                refusals=count,
                units=len(units[rule]),
                share=rounded(Fraction(count, total), SHARE_PLACES),
                cumulative_share=rounded(Fraction(so_far, total), SHARE_PLACES),
            )
        )
    return ranked


def _refusal(row: Row) -> RefusalView:
    event = stored_event(bytes(row[7]))
    assert isinstance(event, OperationRefused), "a row of operation_refusal is of a refusal"
    return RefusalView(
        refused_at=event.event_time.astimezone(UTC),
        unit=spelled(row[1], row[2], row[3]) if event.unit is not None else "",
        lot=spelled(row[1], row[2], row[3]) if event.lot is not None else "",
        quantity=event.quantity,
        operation=event.operation,
        phase=event.phase,
        station=row[4] or "",
        tool=event.tool,
        program=event.program,
        operator=event.operator,
        by=row[6],
        source=event.source,
        rules=tuple(json.loads(row[5])),
        reasons=event.reasons,
        refused_event_id=event.refused_event_id,
    )
