"""What every template knows."""

from typing import cast

from django.http import HttpRequest

from asbuilt.accounts.actors import VisitorRequest
from asbuilt.web.navigation import links_for
from asbuilt.web.words import ROLE_WORDS


def shell(request: HttpRequest) -> dict[str, object]:
    """For the frame of the page: actor, role_word, sites (where one may work), navigation. Nothing to strangers."""
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
    }
