"""The supervisor board: what is open on the floor at this moment, and how much is right the first time.

The live part is asked for every few seconds and reads open rows only. What has to be counted from the history is kept
for a minute by each process, so that more screens, or a shorter pulse, cost no more counting.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.ledger.database import Reader
from asbuilt.queries.board import COUNT_MAX, FirstPass, FloorCounted, FloorNow, first_pass, floor_counted, floor_now
from asbuilt.queries.orders import OrderRow
from asbuilt.web.addresses import board_with, defects_with, list_of, order_page, refusals_with, tests_with, units_with
from asbuilt.web.asking import one_of
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.words import ORDER_WORDS, Said, shown_count

PULSE_S = 5
"""Seconds between two swaps of the live part."""
KEPT_S = 60
"""Seconds for which what was counted is kept."""
HOUR = timedelta(hours=1)
HOUR_RUNS_MAX = 2000
"""Completions, the newest of the last hour, that are looked at with every swap: 6 ms, see docs/concepts/board.md."""
OPERATIONS_SHOWN = 8


class Span(StrEnum):
    """The window against which the last hour is held."""

    SHIFT = "8h"
    DAY = "24h"
    WEEK = "7d"


SPANS: dict[Span, tuple[Promise, timedelta]] = {
    Span.SHIFT: (_("8 hours"), timedelta(hours=8)),
    Span.DAY: (_("24 hours"), timedelta(hours=24)),
    Span.WEEK: (_("7 days"), timedelta(days=7)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """First-pass yield with what it is of; `share` is None where nothing was tried for the first time."""

    firsts: int
    passed: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.passed) / Decimal(self.firsts) if self.firsts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationLine:
    """An operation on a part, now and in the window. is_lower: whether now falls behind the window."""

    part: str
    operation: str
    path: str
    now: Share
    window: Share

    @property
    def is_lower(self) -> bool:
        now, window = self.now.share, self.window.share
        return now is not None and window is not None and now < window


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """An order in work. good is None where it is too large to be counted for a board."""

    order: OrderRow
    path: str
    said: Said
    good: int | None


@require_safe
@requires(Action.READ)
@answering_pages
def board(request: ActorRequest) -> HttpResponse:
    """The board. span: the window compared with; wall: without the frame; live=0: it stands still. htmx: the leaf."""
    span = one_of(Span, request.GET.get("span", ""), otherwise=Span.DAY)
    asked = {"span": span.value, "wall": request.GET.get("wall", ""), "live": request.GET.get("live", "")}
    now = datetime.now(UTC)
    with reading(request) as reader:
        context = _floor(reader, span, now)
    is_live = asked["live"] != "0"
    context |= {
        "layout": "asbuilt/wall.html" if asked["wall"] else "asbuilt/base.html",
        "is_wall": bool(asked["wall"]),
        "is_live": is_live,
        "leaf": board_with(**asked),
        "pulse_s": PULSE_S,
        "toggle_live": board_with(**asked | {"live": "0" if is_live else ""}),
        "toggle_wall": board_with(**asked | {"wall": "" if asked["wall"] else "1"}),
        "spans": [(one.value, word, board_with(**asked | {"span": one})) for one, (word, _length) in SPANS.items()],
        "span": span.value,
        "span_word": SPANS[span][0],
    }
    template = "asbuilt/parts/floor.html" if request.htmx.target == "floor" else "asbuilt/board.html"
    return render(request, template, context)


def _floor(reader: Reader, span: Span, now: datetime) -> dict[str, object]:
    """What the leaf shows."""
    floor = floor_now(reader, now=now)
    counted = _counted(reader, span, now)
    last_hour = first_pass(reader, since=now - HOUR, until=now, most=HOUR_RUNS_MAX)
    lines = _operations(reader, last_hour, counted.first_pass)
    return {
        "floor": floor,
        "counted": counted,
        "now_share": _sum(last_hour),
        "window_share": _sum(counted.first_pass),
        "operations": lines[:OPERATIONS_SHOWN],
        "more_operations": max(0, len(lines) - OPERATIONS_SHOWN),
        "orders": [_order(one, counted) for one in floor.orders],
        "tiles": _tiles(floor, counted),
        "own_issuer": reader.site.issuer,
    }


def _counted(reader: Reader, span: Span, now: datetime) -> FloorCounted:
    """What was counted of the window within the last minute, by this process."""
    named = f"{settings.ENVIRONMENT.ledger_url}\0{reader.site.site_id}\0{span}"
    key = f"board:{hashlib.sha256(named.encode()).hexdigest()}"
    found: FloorCounted | None = cache.get(key)
    if found is None:
        found = floor_counted(reader, since=now - SPANS[span][1], now=now)
        cache.set(key, found, KEPT_S)
    return found


def _sum(found: tuple[FirstPass, ...]) -> Share:
    return Share(firsts=sum(one.firsts for one in found), passed=sum(one.passed for one in found))


def _operations(reader: Reader, last_hour: tuple[FirstPass, ...], window: tuple[FirstPass, ...]) -> list[OperationLine]:
    """The operations of both, those with the lowest yield first; of equal ones those with the most attempts."""
    nothing = Share(firsts=0, passed=0)
    hourly, widely = (
        {(one.part, one.operation): Share(firsts=one.firsts, passed=one.passed) for one in found}
        for found in (last_hour, window)
    )
    lines = [
        OperationLine(
            part=part,
            operation=operation,
            path=tests_with(part_number=part, operation=operation),
            now=hourly.get((part, operation), nothing),
            window=widely.get((part, operation), nothing),
        )
        for part, operation in sorted({**hourly, **widely})
    ]
    return sorted(lines, key=_rank)


def _rank(line: OperationLine) -> tuple[Fraction, int]:
    seen = line.window if line.window.firsts else line.now
    return Fraction(seen.passed, seen.firsts), -seen.firsts


def _order(order: OrderRow, counted: FloorCounted) -> OrderLine:
    return OrderLine(
        order=order,
        path=order_page(order.work_order),
        said=ORDER_WORDS[order.status],
        good=counted.good.get(order.work_order),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number on the board that leads to its list. tone: only where there is something to look at."""

    key: str
    word: Promise
    shown: str
    tone: str
    path: str


def _tiles(floor: FloorNow, counted: FloorCounted) -> list[Tile]:
    since = floor.refused_since.date().isoformat()
    return [
        _tile("stuck", _("Stuck units"), counted.idle, "hold", list_of("stuck")),
        _tile("units-held", _("Units on hold"), floor.units_held, "hold", units_with(status="on_hold")),
        _tile("lots-held", _("Lots on hold"), floor.lots_held, "hold", list_of("lots", status="on_hold")),
        _tile("undecided", _("Defects to decide"), floor.undecided, "fail", defects_with(disposition="undecided")),
        _tile("rework", _("In rework or repair"), floor.reworking + floor.repairing, "rework", defects_with()),
        _tile("refused", _("Stopped by the interlock, 8 hours"), floor.refusals, "fail", refusals_with(since=since)),
    ]


def _tile(key: str, word: Promise, count: int, tone: str, path: str) -> Tile:
    shown = f"{shown_count(COUNT_MAX)}+" if count > COUNT_MAX else shown_count(count)
    return Tile(key=key, word=word, shown=shown, tone=tone if count else "neutral", path=path)
