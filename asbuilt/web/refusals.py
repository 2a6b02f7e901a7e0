"""The page of what the interlock stopped, which reasons make most of it, and what was done in spite of it."""

from datetime import UTC, date, datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.queries.naming import NotFound
from asbuilt.queries.refusals import RefusalReport, refusal_report
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.windows import Misasked, Window, window_of
from asbuilt.web.addresses import refusals_as_csv, refusals_with
from asbuilt.web.reading import answering_pages, reading

SHOWN = 100
"""Refusals and overrides that are shown, the newest; the file has all of them."""
DAYS = 7
_FILTERS = ("since", "until", "part_number", "operation", "station", "rule")


@require_safe
@requires(Action.READ)
@answering_pages
def refusals(request: ActorRequest) -> HttpResponse:
    """Refusals of a window of time, its filters in the address. Without `since`: of the last seven days."""
    asked = {name: request.GET.get(name, "").strip() for name in _FILTERS}
    report, problem = None, ""
    with reading(request) as reader:
        work = WorkFilter(**{name: asked[name] for name in ("part_number", "operation", "station")})
        try:
            report = refusal_report(reader, work, _window(asked), rule=asked["rule"])
        except (Misasked, NotFound) as wrong:
            problem = str(wrong)
        own_issuer = reader.site.issuer
    context = {
        "wanted": asked | {name: _day(asked[name]) for name in ("since", "until")},
        "is_filtered": any(asked.values()),
        "problem": problem,
        "days": DAYS,
        "all": refusals_with(**asked | {"rule": ""}),
        "csv": refusals_as_csv(**asked | {"since": asked["since"] or _since()}),
        "own_issuer": own_issuer,
        **_shown(report),
    }
    return render(request, "asbuilt/refusals.html", context)


def _day(text: str) -> str:
    """A day as a field for days takes it; nothing for what is none."""
    try:
        return date.fromisoformat(text[: len("2026-11-22")]).isoformat()
    except ValueError:
        return ""


def _window(asked: dict[str, str]) -> Window:
    return window_of(asked["since"] or _since(), asked["until"], "")


def _since() -> str:
    return (datetime.now(UTC) - timedelta(days=DAYS)).date().isoformat()


def _shown(report: RefusalReport | None) -> dict[str, object]:
    """The newest of both lists, the reasons by frequency, and how many there are in all."""
    if report is None:
        return {"refusals": [], "reasons": [], "overrides": [], "count": 0, "override_count": 0}
    return {
        "refusals": report.refusals[: -SHOWN - 1 : -1],
        "reasons": report.reasons,
        "overrides": report.overrides[: -SHOWN - 1 : -1],
        "count": len(report.refusals),
        "override_count": len(report.overrides),
    }
