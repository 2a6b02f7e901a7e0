"""GET /api/v1/defects: what is wrong with units."""

from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.problems import SAFE, answering_problems, malformed, takes
from asbuilt.api.queries import meant_in_path
from asbuilt.api.wire import flag, format_of, json_response, only, rows_response, whole
from asbuilt.queries.defects import DECISIONS, DefectFilter, DefectPage, DefectView, defects, defects_of, every_defect
from asbuilt.queries.units import PAGE_MAX

DEFECTS_SHOWN = 100
_AFTER_MAX = 2**62
_FILTERS = ("part_number", "operation", "station", "code", "disposition")


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def defects_list(request: ActorRequest) -> HttpResponseBase:
    """Defects of units, those that are open, or with `settled` all; of one unit always all, the open ones first."""
    only(request, "unit", *_FILTERS, "settled", "after", "limit", "format")
    asked, form = request.GET, format_of(request)
    wanted = DefectFilter(**{name: asked.get(name, "") for name in _FILTERS}, settled=flag(request, "settled"))
    if wanted.disposition not in ("", *DECISIONS):
        raise malformed(f"disposition is {wanted.disposition!r}; it is one of {', '.join(DECISIONS)}")
    is_paged = "limit" in asked or "after" in asked
    after = whole(request, "after", most=_AFTER_MAX) or 0
    limit = whole(request, "limit", least=1, most=PAGE_MAX) or DEFECTS_SHOWN
    opened = plant()
    page = DefectPage(defects=(), next=None)
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        if asked.get("unit"):
            if is_paged or "settled" in asked or any(asked.get(name) for name in _FILTERS):
                raise malformed("unit gives all the defects of that unit; leave the other parameters out")
            page = DefectPage(defects=defects_of(reader, meant_in_path(reader, "units", asked["unit"])), next=None)
            found = iter(page.defects)
        elif form == "json":
            page, found = defects(reader, wanted, after=after, limit=limit), iter(())
        elif is_paged:
            raise malformed(f"{form} gives all defects that are chosen; limit and after are for the pages of JSON")
        else:
            found = every_defect(reader, wanted)
        return json_response(page) if form == "json" else rows_response(found, DefectView, form, name="defects")
