"""GET /api/v1/bills-of-material, work-centers, equipment, codes and units/…/as-designed: what is defined here."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.problems import SAFE, answering_problems, malformed, takes
from asbuilt.api.queries import meant_in_path
from asbuilt.api.wire import format_of, json_response, only, rows_response
from asbuilt.ledger.database import Reader
from asbuilt.queries import bills as bill_queries
from asbuilt.queries import resources
from asbuilt.queries.bills import BillLineView, BillView
from asbuilt.queries.comparing.comparison import designed_lines
from asbuilt.queries.comparing.differences import DesignedLine
from asbuilt.queries.resources import CodeView, EquipmentView, WorkCenterView


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def as_designed(request: ActorRequest, name: str) -> HttpResponseBase:
    """The lines of the bill of materials that hold for a unit, with what is installed; as CSV and NDJSON only those."""
    only(request, "levels", "format")
    form, opened, levels = format_of(request), plant(), request.GET.get("levels", "one")
    if levels not in ("one", "all"):
        raise malformed(f"levels is {levels!r}; it is one or all")
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        if levels == "all":
            lines = designed_lines(reader, meant_in_path(reader, "units", name))
            return rows_response(lines, DesignedLine, form, name="lines")
        found = bill_queries.as_designed(reader, meant_in_path(reader, "units", name))
    if form == "json":
        return json_response(found)
    return rows_response(found.lines, BillLineView, form, name="as-designed")


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def bills(request: ActorRequest) -> HttpResponseBase:
    """Bills of materials, of all parts or of one, in the order in which they were defined."""
    only(request, "part_number", "format")
    part_number = request.GET.get("part_number", "")
    return _listed(
        request, lambda reader: bill_queries.bills(reader, part_number=part_number), BillView, "bills_of_material"
    )


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def work_centers(request: ActorRequest) -> HttpResponseBase:
    """Work centers."""
    only(request, "format")
    return _listed(request, resources.work_centers, WorkCenterView, "work_centers")


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def equipment(request: ActorRequest) -> HttpResponseBase:
    """Stations that were defined."""
    only(request, "format")
    return _listed(request, resources.equipment, EquipmentView, "equipment")


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def codes(request: ActorRequest) -> HttpResponseBase:
    """Codes, of all lists or of one."""
    only(request, "code_list", "format")
    code_list = request.GET.get("code_list", "")
    return _listed(request, lambda reader: resources.codes(reader, code_list=code_list), CodeView, "codes")


def _listed(request: ActorRequest, rows: Callable[[Reader], Iterable[Any]], kind: type, name: str) -> HttpResponseBase:
    form, opened = format_of(request), plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        return rows_response(rows(reader), kind, form, name=name)
