"""Work orders: the list, the page of one, and what is done with it: split, hold, resume, close."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, action_for, may
from asbuilt.capture.repeats import id_of_key, record_once
from asbuilt.core.events.event import Event
from asbuilt.core.events.production import (
    SPLIT_UNITS_MAX,
    WorkOrderClosed,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderSplit,
)
from asbuilt.core.identifiers.subjects import WorkOrder, unit_named
from asbuilt.ledger.database import Reader, Site
from asbuilt.queries.naming import NotFound
from asbuilt.queries.orders import OrderFilter, OrderPage, OrderRow, OrderStatus, OrderView
from asbuilt.queries.orders import order as order_view
from asbuilt.queries.orders import orders as order_rows
from asbuilt.web.addresses import order_page, orders_as_csv, orders_with, part_action
from asbuilt.web.asking import whole
from asbuilt.web.forms import DIGITS_MAX, SOURCE, Form, raise_refusals, recorder, sent, tried
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.unknown import unanswered
from asbuilt.web.words import ORDER_WORDS, Said, shown_count

ORDERS_ON_A_PAGE = 50

SPLIT_FIELDS = ("into", "quantity", "units", "reason")
REASON_FIELDS = ("reason",)
CLOSE_FIELDS = ("reason", "good", "scrapped")
MOST = 10**DIGITS_MAX - 1


@require_safe
@requires(Action.READ)
@answering_pages
def orders(request: ActorRequest) -> HttpResponse:
    """The list of work orders, the newest first, page by page, with its filters in the address."""
    asked = {name: request.GET.get(name, "").strip() for name in ("status", "part_number", "sales_order")}
    if asked["status"] not in set(OrderStatus):
        asked["status"] = ""
    after = whole(request.GET, "after") or None
    page, problem = OrderPage(work_orders=(), next=None), ""
    with reading(request) as reader:
        try:
            page = order_rows(reader, OrderFilter(**asked), after=after, limit=ORDERS_ON_A_PAGE)
        except NotFound:
            problem = _("No part of this number is known here. Check how it is written.")
        own_issuer = reader.site.issuer
    context = {
        "orders": [(one, order_page(one.work_order), _said(one)) for one in page.work_orders],
        "wanted": asked,
        "is_filtered": any(asked.values()),
        "is_first": after is None,
        "first": orders_with(**asked),
        "next": orders_with(**asked, after=str(page.next)) if page.next else "",
        "csv": orders_as_csv(**asked),
        "statuses": [(one.value, ORDER_WORDS[one].word) for one in OrderStatus],
        "own_issuer": own_issuer,
        "problem": problem,
        "may_release": may(request.actor.role, action_for(WorkOrderReleased)),
    }
    return render(request, "asbuilt/orders.html", context)


def _said(order: OrderRow | OrderView) -> Said:
    return ORDER_WORDS[order.status]


@require_safe
@requires(Action.READ)
@answering_pages
def order(request: ActorRequest, name: str) -> HttpResponse:
    """A work order: what has become of its pieces, and what may be done with it."""
    return _page(request, unquote(name))


def _page(request: ActorRequest, name: str, returned: Form | None = None) -> HttpResponse:
    """The page of an order with its forms; `returned` is one that came back, with what was typed."""
    with reading(request) as reader:
        try:
            view = order_view(reader, name)
        except NotFound:
            return unanswered(request, reader, name)
        context = _context(reader, view)
    forms = {form.name: form for form in (*_fresh_forms(), *([returned] if returned is not None else []))}
    is_open = view.status is not OrderStatus.CLOSED
    context |= {
        "forms": forms,
        "is_open": is_open,
        "is_held": view.status is OrderStatus.HELD,
        "may_run": is_open and may(request.actor.role, Action.RUN_ORDERS),
        "may_close": is_open and may(request.actor.role, Action.CAPTURE_PRODUCTION),
    }
    return render(request, "asbuilt/order.html", context, status=200 if returned is None else 422)


def _fresh_forms() -> tuple[Form, ...]:
    return (
        Form("split", dict.fromkeys(SPLIT_FIELDS, "")),
        Form("hold", dict.fromkeys(REASON_FIELDS, "")),
        Form("resume", dict.fromkeys(REASON_FIELDS, "")),
        Form("close", dict.fromkeys(CLOSE_FIELDS, "")),
    )


def _context(reader: Reader, view: OrderView) -> dict[str, Any]:
    return {
        "order": view,
        "said": _said(view),
        "part_path": part_action("part", view.part),
        "split_from": order_page(view.split_from) if view.split_from else "",
        "split_off": [(one, order_page(one.work_order)) for one in view.split_off],
        "own_issuer": reader.site.issuer,
    }


@require_POST
@requires(Action.RUN_ORDERS)
@answering_pages
def split(request: ActorRequest, name: str) -> HttpResponse:
    """Give some of the pieces of an order to a new one."""
    form = sent("split", request.POST, *SPLIT_FIELDS)
    into, quantity = form.needed("into"), form.whole("quantity", least=1, most=MOST)
    lines = list(dict.fromkeys(line.strip() for line in form.typed["units"].split("\n") if line.strip()))
    if len(lines) > SPLIT_UNITS_MAX:
        text = _("At most {most} at a time; these are {count}.")
        form.problems["units"] = text.format(most=shown_count(SPLIT_UNITS_MAX), count=shown_count(len(lines)))

    def event(about: dict[str, Any], site: Site) -> Event:
        return WorkOrderSplit(
            **about,
            into=WorkOrder(into),
            quantity=quantity,
            units=tuple(unit_named(line, own_issuer=site.issuer) for line in lines),
            reason=form.typed["reason"],
        )

    said = _("{quantity} pieces go to order {number}.").format(quantity=shown_count(quantity), number=into)
    return _done(request, unquote(name), form, event, said)


@require_POST
@requires(Action.RUN_ORDERS)
@answering_pages
def hold(request: ActorRequest, name: str) -> HttpResponse:
    """Let an order wait."""
    form = sent("hold", request.POST, *REASON_FIELDS)
    reason = form.needed("reason")
    said = _("The order is held.")
    return _done(request, unquote(name), form, lambda about, _site: WorkOrderHeld(**about, reason=reason), said)


@require_POST
@requires(Action.RUN_ORDERS)
@answering_pages
def resume(request: ActorRequest, name: str) -> HttpResponse:
    """Let an order that is held go on."""
    form = sent("resume", request.POST, *REASON_FIELDS)
    reason = form.needed("reason")
    said = _("The order goes on.")
    return _done(request, unquote(name), form, lambda about, _site: WorkOrderResumed(**about, reason=reason), said)


@require_POST
@requires(Action.CAPTURE_PRODUCTION)
@answering_pages
def close(request: ActorRequest, name: str) -> HttpResponse:
    """Close an order."""
    form = sent("close", request.POST, *CLOSE_FIELDS)
    good, scrapped = (form.whole(one, least=0, most=MOST) if form.typed[one] else None for one in ("good", "scrapped"))

    def event(about: dict[str, Any], site: Site) -> Event:
        return WorkOrderClosed(**about, reason=form.typed["reason"], good=good, scrapped=scrapped)

    return _done(request, unquote(name), form, event, _("The order is closed."))


def _done(
    request: ActorRequest, name: str, form: Form, event: Callable[[dict[str, Any], Site], Event], said: str
) -> HttpResponse:
    """Record the one event of a form, once; or show the page again with what is wrong."""
    opened = plant()
    site = opened.site(request.actor.site)

    def recording() -> bool:
        about = {
            "event_id": id_of_key(f"order\0{site.name}\0{form.key}", 0),
            "event_time": datetime.now(UTC),
            "source": SOURCE,
            "work_order": WorkOrder(name),
        }
        made = event(about, site)
        raise_refusals(record_once(opened.database, site, [made], actor=request.actor.name, record=recorder(site)))
        return True

    if tried(form, recording) is None:
        return _page(request, name, form)
    messages.success(request, said)
    return redirect(order_page(name))
