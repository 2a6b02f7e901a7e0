"""The list of parts, and the page of one: how its serial numbers are written, who holds ranges, what is void."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from secrets import randbelow

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action, may
from asbuilt.core.events.definitions import Tracking
from asbuilt.core.events.identity import RangeKind
from asbuilt.core.identifiers.serial_format import FormatProblem, SerialContext, issuing
from asbuilt.core.identifiers.subjects import Part, part_named
from asbuilt.core.identifiers.text import NameProblem
from asbuilt.ledger.database import Reader
from asbuilt.queries.bills import bill_now
from asbuilt.queries.naming import NotFound
from asbuilt.queries.parts import PartFilter, PartView
from asbuilt.queries.parts import part as part_view
from asbuilt.queries.parts import parts as part_rows
from asbuilt.queries.serials import (
    Paged,
    SerialRangeView,
    VoidedSerial,
    low_ranges_of,
    next_serials,
    ranges_of,
    voided_of,
)
from asbuilt.web.addresses import part_action, parts_as_csv, parts_with
from asbuilt.web.asking import SEQUENCE_MAX, whole
from asbuilt.web.forms import Form
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.unknown import unanswered
from asbuilt.web.words import HOLDER_WORDS, REQUIREMENT_WORDS, TRACKING_WORDS, UNIQUE_WORDS

PARTS_ON_A_PAGE = 50
RANGES_SHOWN = 20
VOIDED_SHOWN = 20
NEXT_SHOWN = 3
BILL_LINES_SHOWN = 200

SAMPLE_LINE = "L1"
"""The line in an example of a serial whose format names one."""

ISSUE_FIELDS = ("count", "work_order", "revision", "location", "line")
RESERVE_FIELDS = ("range_number", "kind", "holder", "reserve_count", "low_watermark")
VOID_FIELDS = ("serial_numbers", "reason")


@require_safe
@requires(Action.READ)
@answering_pages
def parts(request: ActorRequest) -> HttpResponse:
    """The list of parts, page by page, with its filters in the address."""
    asked = {"q": request.GET.get("q", "").strip(), "tracking": request.GET.get("tracking", "").strip()}
    if asked["tracking"] not in set(Tracking):
        asked["tracking"] = ""
    wanted, problem = PartFilter(**asked), ""
    with reading(request) as reader:
        try:
            page = part_rows(reader, wanted, after=request.GET.get("after", ""), limit=PARTS_ON_A_PAGE)
        except ValueError:
            problem = _("This page of the list cannot be found; here is the first one.")
            page = part_rows(reader, wanted, limit=PARTS_ON_A_PAGE)
        own_issuer = reader.site.issuer
    context = {
        "parts": [(one, TRACKING_WORDS[one.tracking]) for one in page.parts],
        "wanted": wanted,
        "is_filtered": any(asked.values()),
        "is_first": problem or not request.GET.get("after"),
        "first": parts_with(**asked),
        "next": parts_with(**asked, after=page.next) if page.next else "",
        "csv": parts_as_csv(**asked),
        "trackings": [(one.value, TRACKING_WORDS[one]) for one in Tracking],
        "own_issuer": own_issuer,
        "problem": problem,
    }
    return render(request, "asbuilt/parts.html", context)


@require_safe
@requires(Action.READ)
@answering_pages
def part(request: ActorRequest, name: str) -> HttpResponse:
    """A part: its serial profile, the next serial numbers, ranges and voided numbers. `ranges`, `voided`: a page."""
    return part_page(request, name)


@dataclass(frozen=True, slots=True)
class Example:
    """The serials that would be issued next. notes: what of them is made up. problem: why there are none."""

    serials: list[str]
    notes: list[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ListedRange:
    """A range in the list, and where its serials are fetched."""

    view: SerialRangeView
    holder: object
    csv: str


def part_page(request: ActorRequest, name: str, sent: Form | None = None) -> HttpResponse:
    """The page of a part with its forms; `sent` is one that came back, with what was typed."""
    with reading(request) as reader:
        try:
            view = part_view(reader, meant_part(reader, name))
        except (NotFound, NameProblem):
            return unanswered(request, reader, name)
        context = _context(reader, view, request.GET, now=datetime.now(UTC))
    may_issue = view.is_serialized and may(request.actor.role, Action.ISSUE_SERIALS)
    forms = {form.name: form for form in (*_fresh_forms(view), *([sent] if sent is not None else []))}
    context |= {"may_issue": may_issue, "forms": forms, "kinds": HOLDER_WORDS.items()}
    return render(request, "asbuilt/part.html", context, status=200 if sent is None else 422)


def meant_part(reader: Reader, name: str) -> Part:
    """The part of a name in a path: issuer:part, or the part number of an own one. Raises NameProblem."""
    return part_named(name, own_issuer=reader.site.issuer)


def _fresh_forms(view: PartView) -> tuple[Form, ...]:
    return (
        Form("issue", dict.fromkeys(ISSUE_FIELDS, "") | {"revision": view.revision}),
        Form("reserve", dict.fromkeys(RESERVE_FIELDS, "") | {"kind": RangeKind.LINE.value, "low_watermark": "0"}),
        Form("void", dict.fromkeys(VOID_FIELDS, "")),
    )


def _context(reader: Reader, view: PartView, query: QueryDict, *, now: datetime) -> dict[str, object]:
    part = Part(view.issuer, view.part_number)
    bill = bill_now(reader, part, now)
    context: dict[str, object] = {
        "bill": bill,
        "bill_lines": [] if bill is None else bill.lines[:BILL_LINES_SHOWN],
        "bill_lines_shown": BILL_LINES_SHOWN,
        "part": view,
        "own_issuer": reader.site.issuer,
        "tracking": TRACKING_WORDS[view.tracking],
        "units": view.part_number if view.issuer == reader.site.issuer else f"{view.issuer}:{view.part_number}",
    }
    if not view.is_serialized:
        return context
    ranges = ranges_of(reader, part, before=_before(query, "ranges"), limit=RANGES_SHOWN)
    voided = voided_of(reader, part, before=_before(query, "voided"), limit=VOIDED_SHOWN)
    return context | {
        "requirements": _requirements(view),
        "unique_within": UNIQUE_WORDS[view.unique_within],
        "example": _example(reader, view, now),
        "names_line": issuing(view.serial_format).names("line"),
        "ranges": [_listed(one, view) for one in ranges.rows],
        "low": low_ranges_of(reader, part),
        "ranges_pages": _pages(view, "ranges", ranges, query),
        "voided": voided.rows,
        "voided_pages": _pages(view, "voided", voided, query),
    }


def _before(query: QueryDict, name: str) -> int:
    return whole(query, name) or SEQUENCE_MAX


def _pages(
    view: PartView, name: str, page: Paged[SerialRangeView] | Paged[VoidedSerial], query: QueryDict
) -> dict[str, str]:
    """Where the first and the next page of one of the lists are; the other list stays where it is."""
    other = {"ranges", "voided"} - {name}
    kept = {one: str(query[one]) for one in other if one in query}
    return {
        "first": f"{part_action('part', view.part, **kept)}#{name}" if name in query else "",
        "next": f"{part_action('part', view.part, **kept, **{name: str(page.next)})}#{name}" if page.next else "",
    }


def _requirements(view: PartView) -> Sequence[tuple[str, object]]:
    return (
        (_("At receipt"), REQUIREMENT_WORDS[view.at_receipt]),
        (_("When built in"), REQUIREMENT_WORDS[view.at_build]),
        (_("At shipment"), REQUIREMENT_WORDS[view.at_shipment]),
    )


def _listed(one: SerialRangeView, view: PartView) -> ListedRange:
    return ListedRange(
        view=one,
        holder=HOLDER_WORDS[one.kind],
        csv=part_action("range-serials", view.part, range=one.range_number, format="csv"),
    )


def _example(reader: Reader, view: PartView, now: datetime) -> Example:
    """The next serials as an issue would write them today."""
    serial_format = issuing(view.serial_format)
    context = SerialContext(day=now.date(), site=reader.site.name, random_below=randbelow)
    notes = []
    if serial_format.names("line"):
        context = replace(context, line=SAMPLE_LINE)
        notes.append(_("for a line named {line}").format(line=SAMPLE_LINE))
    if serial_format.names("random"):
        notes.append(_("an example: some of the characters are drawn when it is issued"))
    try:
        found = next_serials(reader, view, context, count=NEXT_SHOWN)
    except FormatProblem as problem:
        return Example([], notes, str(problem))
    if not found:
        return Example([], notes, _("There is no number left in this format; define a wider one."))
    return Example(found, notes)
