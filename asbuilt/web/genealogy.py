"""Parts of trees that are fetched when they are opened, and lists of components too long for a tree."""

from itertools import islice

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.identifiers.text import normal_form
from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import ComponentView, as_built
from asbuilt.queries.naming import Ambiguous, Named, NotFound, meant
from asbuilt.web.addresses import components_of, in_query, name_in
from asbuilt.web.asking import as_of, whole
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.tree import natural
from asbuilt.web.unit_page import genealogy_of
from asbuilt.web.unknown import unanswered

COMPONENTS_ON_A_PAGE = 100

KINDS = {"unit": SubjectKind.UNIT, "lot": SubjectKind.LOT}


def _named(reader: Reader, request: ActorRequest, name: str) -> Named:
    """The unit, or lot if `kind` says so, that a path names. Raises NotFound or Ambiguous."""
    kind = KINDS.get(request.GET.get("kind", ""), SubjectKind.UNIT)
    return meant(reader, name_in(name), kinds=(kind,))


@require_safe
@requires(Action.READ)
@answering_pages
def branch(request: ActorRequest, name: str) -> HttpResponse:
    """What is in a component, as the rows of a tree below it."""
    with reading(request) as reader:
        try:
            named = _named(reader, request, name)
        except (NotFound, Ambiguous):
            return unanswered(request, reader, name_in(name))
        asked = as_of(request.GET)
        genealogy = genealogy_of(as_built(reader, named, at=asked.at), asked, reader)
    return render(request, "asbuilt/parts/branches.html", {"branches": genealogy.branches})


@require_safe
@requires(Action.READ)
@answering_pages
def components(request: ActorRequest, name: str) -> HttpResponse:
    """What is directly in a unit or lot, as a list. `part_number`: only components of this part."""
    with reading(request) as reader:
        try:
            named = _named(reader, request, name)
        except (NotFound, Ambiguous):
            return unanswered(request, reader, name_in(name))
        asked = as_of(request.GET)
        record = as_built(reader, named, at=asked.at)
        own_issuer = reader.site.issuer
    part_number = request.GET.get("part_number", "")
    found = sorted((one for one in record.components if _is_of(one, part_number)), key=_order)
    page = whole(request.GET, "page", least=1)
    start = (page - 1) * COMPONENTS_ON_A_PAGE
    query = {**in_query(asked.at), "kind": record.kind, "part_number": part_number}
    context = {
        "record": record,
        "own_issuer": own_issuer,
        "as_of": asked,
        "part_number": part_number,
        "components": list(islice(found, start, start + COMPONENTS_ON_A_PAGE)),
        "first": start + 1,
        "last": min(start + COMPONENTS_ON_A_PAGE, len(found)),
        "count": len(found),
        "previous": components_of(record.name, **query, page=str(page - 1)) if page > 1 else "",
        "next": components_of(record.name, **query, page=str(page + 1))
        if start + COMPONENTS_ON_A_PAGE < len(found)
        else "",
    }
    return render(request, "asbuilt/components.html", context)


def _is_of(component: ComponentView, part_number: str) -> bool:
    """Whether a component is of a part that is spelled `part` or `issuer:part`; of any when none is asked for."""
    spellings = {component.part_number, f"{component.issuer}:{component.part_number}"}
    return not part_number or normal_form(part_number) in {normal_form(spelling) for spelling in spellings}


def _order(component: ComponentView) -> tuple[object, ...]:
    return (component.part_number, natural(component.reference_designator), natural(component.serial_number))
