"""What failing units have in common: the question as a form, the findings in plain language, the units of one."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.ledger.database import Reader
from asbuilt.queries.commonality.choosing import CaseRule, Line
from asbuilt.queries.commonality.factors import Factor
from asbuilt.queries.commonality.ranking import (
    Commonality,
    CommonalityQuestion,
    CommonFinding,
    commonality,
    exposed_units,
)
from asbuilt.queries.naming import NotFound
from asbuilt.queries.shop_floor import WorkFilter
from asbuilt.queries.windows import Misasked, Window, window_of
from asbuilt.web.addresses import commonality_as_csv, commonality_with, page_of
from asbuilt.web.asking import one_of
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.words import Tone, shown_count, shown_share

FINDINGS_SHOWN = 25
UNITS_SHOWN = 200
LINES_MAX = 300
"""Units of a list in an address; longer lists are for the command line, or HTTP."""

FACTOR_WORDS: dict[Factor, Promise] = {
    Factor.LOT: gettext_lazy("lot"),
    Factor.SUPPLIER: gettext_lazy("supplier"),
    Factor.PART: gettext_lazy("part"),
    Factor.PATH: gettext_lazy("way through the structure"),
    Factor.POSITION: gettext_lazy("place"),
    Factor.SLOT: gettext_lazy("slot"),
    Factor.STATION: gettext_lazy("station"),
    Factor.TOOL: gettext_lazy("tool"),
    Factor.PROGRAM: gettext_lazy("program"),
    Factor.OPERATOR: gettext_lazy("operator"),
    Factor.WORK_ORDER: gettext_lazy("work order"),
    Factor.DAY: gettext_lazy("day"),
    Factor.SHIFT: gettext_lazy("shift"),
    Factor.WEEK: gettext_lazy("week"),
}
_TEXTS = ("cases", "defect", "failed", "characteristic", "part_number", "controls", "since", "until")
HARD, UNLIKELY, DOUBTFUL = Decimal("0.01"), Decimal("0.05"), Decimal("0.2")
RARE = Decimal("1e-9")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A finding in plain language. strength: how far chance explains it; same: values that the same units have."""

    finding: CommonFinding
    factor: str | Promise
    counts: str
    chance: str
    strength: str
    tone: Tone
    same: tuple[str, ...]
    units: str


@require_safe
@requires(Action.READ)
@answering_pages
def common(request: ActorRequest) -> HttpResponse:
    """The findings for the failing units that the address chooses; `factor` and `value`: the units of one."""
    asked = {name: request.GET.get(name, "").replace("\r\n", "\n").strip() for name in _TEXTS}
    by = one_of(Factor, request.GET.get("by", ""), otherwise=Factor.LOT) if request.GET.get("by") else None
    drill = request.GET.get("factor", ""), request.GET.get("value", "")
    filters = asked | {"by": "" if by is None else by.value}
    context: dict[str, object] = {
        "wanted": filters,
        "is_asked": any(asked.values()),
        "factors": [(one.value, FACTOR_WORDS[one]) for one in Factor],
        "csv": "" if asked["cases"] or asked["controls"] else commonality_as_csv(**filters),
    }
    if any(asked.values()):
        try:
            question = _question(asked, by)
            window = window_of(asked["since"], asked["until"], "UTC")
            with reading(request) as reader:
                context["own_issuer"] = reader.site.issuer
                if all(drill):
                    context |= _units(reader, question, window, drill)
                else:
                    context |= _findings(
                        commonality(reader, question, window, index=plant().indexes.of(reader)), filters
                    )
        except (Misasked, NotFound) as wrong:
            context["problem"] = str(wrong)
    context["back"] = commonality_with(**filters) if all(drill) else ""
    return render(request, "asbuilt/commonality.html", context)


def _question(asked: dict[str, str], by: Factor | None) -> CommonalityQuestion:
    rule = CaseRule(
        units=_lines(asked["cases"]),
        controls=_lines(asked["controls"]),
        defect=asked["defect"],
        failed=asked["failed"],
        characteristic=asked["characteristic"],
        work=WorkFilter(part_number=asked["part_number"]),
    )
    return CommonalityQuestion(rule=rule, by=() if by is None else (by,), limit=FINDINGS_SHOWN)


def _lines(text: str) -> tuple[Line, ...] | None:
    """The units of a list by its lines. Raises Misasked when there are too many for an address."""
    lines = tuple(Line(place, one.strip()) for place, one in enumerate(text.split("\n"), start=1) if one.strip())
    if len(lines) > LINES_MAX:
        text = _("At most {most} units at a time; these are {count}. The command asbuilt commonality takes any number.")
        raise Misasked(text.format(most=shown_count(LINES_MAX), count=shown_count(len(lines))))
    return lines or None


def _findings(found: Commonality, filters: dict[str, str]) -> dict[str, object]:
    readings = [reading_of(one, found, filters) for one in found.findings]
    return {
        "found": found,
        "readings": readings,
        "none_stands_out": not any(one.tone is not Tone.NEUTRAL for one in readings),
        "further": max(0, found.tested - len(readings)),
    }


def reading_of(one: CommonFinding, found: Commonality, filters: dict[str, str]) -> Reading:
    """A finding in words that say no more than its figures do."""
    text = _("Of {cases} failing units {with_it} have it; of {controls} others {others_with_it} do.")
    strength, tone = _strength(one)
    return Reading(
        finding=one,
        factor=FACTOR_WORDS[one.factor],
        counts=text.format(
            cases=shown_count(found.cases),
            with_it=shown_count(one.cases_with),
            controls=shown_count(found.controls),
            others_with_it=shown_count(one.controls_with),
        ),
        chance=_chance(one.chance),
        strength=strength,
        tone=tone,
        same=tuple(f"{FACTOR_WORDS[value.factor]} {value.value}" for value in one.same_units),
        units=commonality_with(**filters, factor=one.factor, value=one.value),
    )


def _chance(chance: Decimal) -> str:
    """How often blind drawing gives as many failing units with the value, or more."""
    if chance >= Decimal("0.5"):
        return _("Drawing failing units blindly gives as many, or more, at least every other time.")
    if chance < RARE:
        return _("Drawing failing units blindly gives as many less than once in {times} times.").format(
            times=shown_count(10**9)
        )
    times = int(Decimal(f"{1 / chance:.2g}"))
    return _("Drawing failing units blindly gives as many, or more, about once in {times} times.").format(
        times=shown_count(times)
    )


def _strength(one: CommonFinding) -> tuple[str, Tone]:
    """What remains of that when it is held against the number of things compared."""
    if one.adjusted > DOUBTFUL:
        return _("With so many things compared, one like this is expected by chance alone."), Tone.NEUTRAL
    share = shown_share(one.adjusted) if one.adjusted >= Decimal("0.001") else _("less than 0.1 %")
    text = _("Of the findings from the first to this one, about {share} are expected to be mere chance.")
    tone = Tone.FAIL if one.adjusted <= HARD else Tone.HOLD if one.adjusted <= UNLIKELY else Tone.NEUTRAL
    return text.format(share=share), tone


def _units(reader: Reader, question: CommonalityQuestion, window: Window, drill: tuple[str, str]) -> dict[str, object]:
    try:
        factor = Factor(drill[0])
    except ValueError:
        raise Misasked(f"{drill[0]!r} is no factor; there is {', '.join(Factor)}") from None
    rows = exposed_units(reader, question, window, factor=factor, value=drill[1], index=plant().indexes.of(reader))
    return {
        "drill": (FACTOR_WORDS[factor], drill[1]),
        "drill_count": len(rows),
        "exposed": [(one, page_of("unit", one.unit)) for one in rows[:UNITS_SHOWN]],
        "failing_count": sum(one.is_case for one in rows),
    }
