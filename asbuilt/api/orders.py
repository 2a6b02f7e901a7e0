"""GET /api/v1/work-orders, and …/{number}: which orders there are, and what has become of one."""

from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.problems import SAFE, answering_problems, malformed, takes
from asbuilt.api.wire import format_of, json_response, only, rows_response, whole
from asbuilt.queries.orders import OrderFilter, OrderRow, OrderStatus, every_order, order, orders
from asbuilt.queries.units import PAGE_MAX

ORDERS_SHOWN = 100
_AFTER_MAX = 2**62
_FILTERS = ("status", "part_number", "sales_order")


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def orders_list(request: ActorRequest) -> HttpResponseBase:
    """Work orders, the newest first."""
    only(request, *_FILTERS, "after", "limit", "format")
    asked, form = request.GET, format_of(request)
    wanted = OrderFilter(**{name: asked.get(name, "") for name in _FILTERS})
    if wanted.status and wanted.status not in set(OrderStatus):
        raise malformed(f"status is {wanted.status!r}; it is {', '.join(OrderStatus)}")
    if form != "json" and ("limit" in asked or "after" in asked):
        raise malformed(f"{form} gives all work orders that are chosen; limit and after are for the pages of JSON")
    after = whole(request, "after", most=_AFTER_MAX)
    limit = whole(request, "limit", least=1, most=PAGE_MAX) or ORDERS_SHOWN
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        if form == "json":
            return json_response(orders(reader, wanted, after=after, limit=limit))
        return rows_response(every_order(reader, wanted), OrderRow, form, name="work_orders")


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def one_order(request: ActorRequest, name: str) -> HttpResponseBase:
    """A work order with its counts, the units by status, the progress at its operations, its ranges and holds."""
    only(request)
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        return json_response(order(reader, name))
