"""What every template knows."""

from functools import partial
from typing import cast

from django.http import HttpRequest

from asbuilt.accounts.actors import ActorRequest, VisitorRequest
from asbuilt.queries.identity import open_duplicate_count
from asbuilt.web.navigation import links_for
from asbuilt.web.reading import NO_PLANT, reading
from asbuilt.web.words import ROLE_WORDS

COUNTED_MAX = 99


def shell(request: HttpRequest) -> dict[str, object]:
    """For the frame of the page: actor, role_word, sites (where one may work), navigation. Nothing to strangers.

    open_questions: how many duplicates wait for a decision; asked for only when the navigation is drawn.
    """
    visitor = cast("VisitorRequest", request)
    actor = getattr(visitor, "actor", None)
    if actor is None:
        return {}
    match = request.resolver_match
    return {
        "actor": actor,
        "role_word": ROLE_WORDS[actor.role],
        "sites": visitor.sites,
        "navigation": links_for(actor.role, match.view_name if match else ""),
        "open_questions": partial(_open_questions, cast("ActorRequest", request)),
    }


def _open_questions(request: ActorRequest) -> str:
    """The number of open questions as the navigation says it; nothing when there is none, or it cannot be had."""
    try:
        with reading(request) as reader:
            count = open_duplicate_count(reader, most=COUNTED_MAX + 1)
    except NO_PLANT:
        return ""
    return f"{COUNTED_MAX}+" if count > COUNTED_MAX else str(count or "")
