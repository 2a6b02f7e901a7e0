"""Lists in one shape: columns, filters in the address, pages from the server, the same as CSV, j, k and Enter.

A list is an entry of LISTS: what it is called, by what it is filtered, its columns, and how a page of it is read. The
address of a filtered list is the list: whoever keeps it has kept the filter.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.ledger.database import Reader
from asbuilt.queries.listings import (
    EVERY,
    IdleRow,
    LotFilter,
    LotRow,
    OperationRow,
    Page,
    every,
    idle_units,
    lots,
    operations,
)
from asbuilt.queries.naming import NotFound
from asbuilt.queries.resources import EquipmentView, equipment_page
from asbuilt.queries.wire import csv_header, csv_row
from asbuilt.web.addresses import list_of, order_page, page_of, setup_page, tests_with
from asbuilt.web.asking import whole
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.templatetags.asbuilt import MomentStyle, moment, name_link, pill, serial, short_name, status
from asbuilt.web.words import Tone, shown_quantity

ON_A_PAGE = 50
ROUTINGS_ON_A_PAGE = 10
IN_MEMORY_MAX = 1024 * 1024
STUCK_AFTER = timedelta(hours=24)

Cell = str | SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column. says: a cell of a row, for the site's own issuer; labelled: whether a narrow page repeats its name."""

    word: str | Promise
    says: Callable[[Any, str], Cell]
    is_number: bool = False
    labelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A filter. options: what there is to choose from, by value; without any it is typed."""

    name: str
    word: str | Promise
    options: Mapping[str, str | Promise] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list. row: what a line of its CSV holds. read: a page by filters, where it begins and how many rows."""

    name: str
    word: str | Promise
    about: str | Promise
    icon: str
    filters: tuple[Choice, ...]
    columns: tuple[Column, ...]
    row: type
    read: Callable[[Reader, dict[str, str], int | None, int], Page[Any]]
    order: str | Promise
    page: int = ON_A_PAGE


def _part(full_name: str, description: str, own_issuer: str) -> SafeString:
    number = serial(short_name(full_name, own_issuer))
    return format_html('{} <span class="cell-note">{}</span>', number, description) if description else number


def _day(row: LotRow, _own: str) -> str:
    return "" if row.expires_on is None else date_format(row.expires_on, "Y-m-d")


def _kind(row: OperationRow, _own: str) -> Cell:
    words = {"main": "", "optional": _("optional"), "rework": _("rework")}
    return pill(words[row.kind], Tone.REWORK) if row.kind == "rework" else words[row.kind]


def _result(row: IdleRow, _own: str) -> Cell:
    return pill(_("failed"), Tone.FAIL) if row.last_result == "failed" else _("passed") if row.last_result else ""


def _serials(names: Iterable[str]) -> SafeString:
    return format_html_join(", ", "{}", ((serial(name),) for name in names))


LOTS = Listing(
    name="lots",
    word=gettext_lazy("Lots"),
    about=gettext_lazy("Groups of material, with what is left of them."),
    icon="boxes",
    row=LotRow,
    order=gettext_lazy("The newest first"),
    read=lambda reader, asked, after, limit: lots(reader, LotFilter(**asked), after=after, limit=limit),
    filters=(
        Choice(name="part_number", word=gettext_lazy("Part number")),
        Choice(name="supplier", word=gettext_lazy("Supplier")),
        Choice(name="supplier_lot", word=gettext_lazy("Supplier's lot")),
        Choice(name="status", word=gettext_lazy("Status"), options={"on_hold": gettext_lazy("On hold")}),
    ),
    columns=(
        Column(word=gettext_lazy("Lot"), says=lambda row, _own: name_link(page_of("lot", row.lot), row.lot_number)),
        Column(
            word=gettext_lazy("Part"),
            says=lambda row, own: _part(row.lot.partition("/")[0], row.description, own),
        ),
        Column(word=gettext_lazy("Status"), says=lambda row, _own: status(row.status)),
        Column(
            word=gettext_lazy("Quantity"),
            says=lambda row, _own: shown_quantity(row.quantity, row.uom),
            is_number=True,
            labelled=True,
        ),
        Column(
            word=gettext_lazy("Left"),
            says=lambda row, _own: shown_quantity(row.remaining, row.uom),
            is_number=True,
            labelled=True,
        ),
        Column(word=gettext_lazy("Supplier"), says=lambda row, _own: row.supplier),
        Column(
            word=gettext_lazy("Supplier's lot"),
            says=lambda row, _own: serial(row.supplier_lot) if row.supplier_lot else "",
            labelled=True,
        ),
        Column(word=gettext_lazy("Expires"), says=_day, labelled=True),
    ),
)
OPERATIONS = Listing(
    name="operations",
    word=gettext_lazy("Operations"),
    about=gettext_lazy("The steps of every routing, with where and with what they are done."),
    icon="route",
    row=OperationRow,
    order=gettext_lazy("Routing by routing"),
    page=ROUTINGS_ON_A_PAGE,
    read=lambda reader, asked, after, limit: operations(reader, **asked, after=after, limit=limit),
    filters=(
        Choice(name="part_number", word=gettext_lazy("Part number")),
        Choice(name="station", word=gettext_lazy("Station")),
    ),
    columns=(
        Column(
            word=gettext_lazy("Operation"),
            says=lambda row, _own: name_link(tests_with(part_number=row.part, operation=row.operation), row.operation),
        ),
        Column(word=gettext_lazy("Part"), says=lambda row, own: _part(row.part, row.description, own)),
        Column(word=gettext_lazy("Kind"), says=_kind),
        Column(
            word=gettext_lazy("Stations"),
            says=lambda row, own: _serials(short_name(one, own) for one in row.stations),
            labelled=True,
        ),
        Column(
            word=gettext_lazy("Program"),
            says=lambda row, _own: serial(row.program) if row.program else "",
            labelled=True,
        ),
        Column(word=gettext_lazy("Tool"), says=lambda row, _own: row.tool_class, labelled=True),
        Column(word=gettext_lazy("Routing"), says=lambda row, _own: serial(row.routing), labelled=True),
        Column(
            word=gettext_lazy("In force since"),
            says=lambda row, _own: moment(row.effective_from, MomentStyle.DATE),
            labelled=True,
        ),
    ),
)
EQUIPMENT = Listing(
    name="equipment",
    word=gettext_lazy("Stations"),
    about=gettext_lazy("The stations that were defined, with where they stand."),
    icon="factory",
    row=EquipmentView,
    order=gettext_lazy("In the order in which they became known"),
    read=lambda reader, asked, after, limit: equipment_page(reader, **asked, after=after, limit=limit),
    filters=(Choice(name="work_center", word=gettext_lazy("Work center")),),
    columns=(
        Column(word=gettext_lazy("Station"), says=lambda row, _own: name_link(setup_page(row.station), row.station)),
        Column(
            word=gettext_lazy("Work center"),
            says=lambda row, _own: serial(row.work_center) if row.work_center else "",
            labelled=True,
        ),
        Column(word=gettext_lazy("Kind"), says=lambda row, _own: row.equipment_class, labelled=True),
        Column(word=gettext_lazy("Description"), says=lambda row, _own: row.description),
    ),
)
STUCK = Listing(
    name="stuck",
    word=gettext_lazy("Stuck units"),
    about=gettext_lazy("Units of open orders about which nothing was heard for 24 hours."),
    icon="hourglass",
    row=IdleRow,
    order=gettext_lazy("The newest units first"),
    read=lambda reader, _asked, after, limit: idle_units(
        reader, now=datetime.now(UTC), longer=STUCK_AFTER, after=after, limit=limit
    ),
    filters=(),
    columns=(
        Column(
            word=gettext_lazy("Unit"),
            says=lambda row, own: name_link(page_of("unit", row.unit), short_name(row.unit, own)),
        ),
        Column(
            word=gettext_lazy("Work order"),
            says=lambda row, _own: name_link(order_page(row.work_order), row.work_order),
        ),
        Column(word=gettext_lazy("Last operation"), says=lambda row, _own: row.last_operation, labelled=True),
        Column(word=gettext_lazy("Result"), says=_result),
        Column(word=gettext_lazy("Where"), says=lambda row, _own: row.location),
        Column(word=gettext_lazy("Last event"), says=lambda row, _own: moment(row.last_event_time), labelled=True),
    ),
)
LISTS = (LOTS, OPERATIONS, EQUIPMENT, STUCK)
"""Every list in this shape, in the order of their tabs."""


@require_safe
@requires(Action.READ)
@answering_pages
def listed(request: ActorRequest, listing: Listing) -> HttpResponseBase:
    """A page of a list, or with `format=csv` all of it as a file with values as they are recorded."""
    asked = {one.name: request.GET.get(one.name, "").strip() for one in listing.filters}
    for one in listing.filters:
        if one.options is not None and asked[one.name] not in one.options:
            asked[one.name] = ""
    if request.GET.get("format") == "csv":
        return _file(request, listing, asked)
    after = whole(request.GET, "after") or None
    found: Page[Any] = Page(rows=(), next=None)
    problem = ""
    with reading(request) as reader:
        own_issuer = reader.site.issuer
        try:
            found = listing.read(reader, asked, after, listing.page)
        except NotFound as wrong:
            problem = str(wrong)
        rows = [[(column, column.says(row, own_issuer)) for column in listing.columns] for row in found.rows]
    context = {
        "listing": listing,
        "tabs": [(one, list_of(one.name)) for one in LISTS],
        "filters": [(one, asked[one.name]) for one in listing.filters],
        "rows": rows,
        "problem": problem,
        "is_filtered": any(asked.values()),
        "is_first": after is None,
        "here": list_of(listing.name),
        "first": list_of(listing.name, **asked),
        "next": list_of(listing.name, **asked, after=str(found.next)) if found.next is not None else "",
        "csv": list_of(listing.name, **asked, format="csv"),
    }
    return render(request, "asbuilt/list.html", context)


def _file(request: ActorRequest, listing: Listing, asked: dict[str, str]) -> HttpResponseBase:
    kept = SpooledTemporaryFile(max_size=IN_MEMORY_MAX)  # noqa: SIM115 - the answer closes it
    kept.write(csv_header(listing.row).encode())
    with reading(request) as reader:
        try:
            for row in every(lambda after: listing.read(reader, asked, after, EVERY)):
                kept.write(csv_row(row).encode())
        except NotFound as wrong:
            kept.close()
            return HttpResponse(str(wrong), status=404, content_type="text/plain; charset=utf-8")
    kept.seek(0)
    return FileResponse(
        kept, as_attachment=True, filename=f"{listing.name}.csv", content_type="text/csv; charset=utf-8"
    )
