"""The page on which a work order is released, if wanted with serial numbers that are held for it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, action_for, may
from asbuilt.capture.ranges import RangeRequest, reserve_range
from asbuilt.capture.repeats import id_of_key, record_once
from asbuilt.capture.serials import SERIALS_MAX
from asbuilt.core.events.identity import RangeKind
from asbuilt.core.events.production import WorkOrderReleased
from asbuilt.core.identifiers.names import Operation
from asbuilt.core.identifiers.subjects import WorkOrder, part_named
from asbuilt.ledger.database import Site
from asbuilt.web.addresses import order_page
from asbuilt.web.forms import DIGITS_MAX, SOURCE, Form, raise_refusals, recorder, sent, tried
from asbuilt.web.reading import answering_pages
from asbuilt.web.words import shown_count

ORDER_FIELDS = ("work_order", "part", "quantity", "overrun_max", "sales_order", "last_operation")
FIELDS = (*ORDER_FIELDS, "range_number", "range_count")
MOST = 10**DIGITS_MAX - 1


@require_safe
@requires(action_for(WorkOrderReleased))
@answering_pages
def new_order(request: ActorRequest) -> HttpResponse:
    """The empty form; `part`: for which part, as the page of a part leads here."""
    typed = dict.fromkeys(FIELDS, "") | {"part": request.GET.get("part", "").strip()}
    return _page(request, Form("release", typed))


def _page(request: ActorRequest, form: Form) -> HttpResponse:
    context = {"form": form, "may_issue": may(request.actor.role, Action.ISSUE_SERIALS)}
    return render(request, "asbuilt/release.html", context, status=422 if form.is_refused else 200)


@require_POST
@requires(action_for(WorkOrderReleased))
@answering_pages
def release(request: ActorRequest) -> HttpResponse:
    """Release a work order; then hold a range of serial numbers for it, when one is named."""
    form = sent("release", request.POST, *FIELDS)
    number, wants_range = form.needed("work_order"), bool(form.typed["range_number"] or form.typed["range_count"])
    form.needed("part")
    quantity = form.whole("quantity", least=1, most=MOST)
    overrun_max = form.whole("overrun_max", least=0, most=MOST) if form.typed["overrun_max"] else 0
    count = 0
    if wants_range:
        form.needed("range_number")
        count = form.whole("range_count", least=1, most=SERIALS_MAX) if form.typed["range_count"] else quantity
        if count > SERIALS_MAX or not may(request.actor.role, Action.ISSUE_SERIALS):
            text = _("Write a whole number from {least} to {most}.")
            form.problems["range_count"] = text.format(least=1, most=shown_count(SERIALS_MAX))
    site = plant().site(request.actor.site)

    def recording() -> bool:
        _record(request, form, site, quantity, overrun_max)
        if wants_range:
            form.done = _("Work order {number} is released.").format(number=number), order_page(number)
            _reserve(request, form, site, count)
        return True

    if tried(form, recording) is None:
        return _page(request, form)
    messages.success(request, _("Work order {number} is released.").format(number=number))
    return redirect(order_page(number))


def _record(request: ActorRequest, form: Form, site: Site, quantity: int, overrun_max: int) -> None:
    typed = form.typed
    event = WorkOrderReleased(
        event_id=id_of_key(f"release\0{site.name}\0{form.key}", 0),
        event_time=datetime.now(UTC),
        source=SOURCE,
        work_order=WorkOrder(typed["work_order"]),
        part=part_named(typed["part"], own_issuer=site.issuer),
        quantity=quantity,
        sales_order=typed["sales_order"],
        overrun_max=overrun_max,
        last_operation=Operation(typed["last_operation"]),
    )
    opened = plant()
    raise_refusals(record_once(opened.database, site, [event], actor=request.actor.name, record=recorder(site)))


def _reserve(request: ActorRequest, form: Form, site: Site, count: int) -> None:
    """Hold the next serial numbers of the part for the order. Sent twice, it is the same range."""
    typed = form.typed
    wanted = RangeRequest(
        part=part_named(typed["part"], own_issuer=site.issuer),
        range_number=typed["range_number"],
        kind=RangeKind.WORK_ORDER,
        holder=typed["work_order"],
        count=count,
        source=SOURCE,
    )
    reserve_range(
        plant().database,
        site,
        wanted,
        actor=request.actor.name,
        record=recorder(site),
        now=datetime.now(UTC),
        event_id=id_of_key(f"release\0{site.name}\0{form.key}", 1),
    )
