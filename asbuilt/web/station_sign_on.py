"""Who works at a station: signed on there with badge and PIN, for the pages of stations and nothing else."""

import time
from urllib.parse import unquote

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from asbuilt.accounts.actors import Actor, ActorKind, ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.badges import bearer_of, signed_on
from asbuilt.accounts.configuration import SignOn
from asbuilt.accounts.lockout import LockedOut
from asbuilt.accounts.people import person_at, roles_of
from asbuilt.accounts.roles import Action, may
from asbuilt.web.addresses import station_page
from asbuilt.web.reading import answering_pages
from asbuilt.web.verdicts import Tone, Verdict, not_taken

WORKING, ASKED = "station-working", "station-asked"
"""Where the login of a tablet keeps who has signed on, until when (Unix time), and whose PIN is waited for."""
PANEL = "asbuilt/parts/station_sign_on.html"
RENEWED_EVERY_S = 30
"""A sign-on is prolonged by a scan, and written down so often at most."""
SETTING = ("operation", "tool", "program", "operator")
"""What a station keeps in its address besides its name."""


def working(request: ActorRequest) -> Actor | None:
    """Who works at the station, and may; None when somebody has to scan a badge first.

    Who signed on with a badge, until nothing was scanned for a while; else who is logged in, where that is enough.
    """
    if request.actor.kind is not ActorKind.PERSON:
        return request.actor
    kept = request.session.get(WORKING)
    if kept is None and ASKED not in request.session:
        return request.actor if settings.STATION_SIGN_ON is SignOn.LOGIN else None
    name, until = kept or ("", 0.0)
    now = time.time()
    if now > until:
        return None
    user = User.objects.filter(username=name, is_active=True).prefetch_related("memberships").first()
    found = None if user is None else _at_site(user, request)
    if found is not None and until - now < settings.STATION_IDLE_S - RENEWED_EVERY_S:
        request.session[WORKING] = (name, now + settings.STATION_IDLE_S)
    return found


def scanned_by_another(request: ActorRequest, who: Actor) -> bool:
    """Whether what comes was scanned while somebody else worked there, and waited for a connection since.

    Source: 21 CFR 11.10(g): nobody records under the name of another.
    """
    return request.POST.get("by", "") not in ("", who.name)


def turned_away(request: ActorRequest, station: str) -> HttpResponse:
    """The page that asks for a badge: whose, where what was scanned waits for the person who scanned it."""
    by = request.POST.get("by", "")
    if not by:
        return asked(request, station, Verdict(Tone.READY, text=_("Scan your badge.")))
    said = _("This was scanned by {name}. It waits here until {name} signs on again.").format(name=by)
    return asked(request, station, not_taken("", said))


def badge_scanned(request: ActorRequest, station: str, text: str) -> HttpResponse | None:
    """The page that waits for the PIN, when it is a badge that was scanned; None when it is anything else."""
    bearer = bearer_of(text) if request.actor.kind is ActorKind.PERSON else None
    if bearer is None:
        return None
    request.session.pop(WORKING, None)
    request.session[ASKED] = bearer.get_username()
    return asked(request, station, Verdict(Tone.READY, _shown(bearer), _("Type your PIN.")), is_badge=True)


@sensitive_post_parameters("pin")
@require_POST
@requires(Action.CAPTURE_PRODUCTION)
@answering_pages
def sign_on(request: ActorRequest, name: str) -> HttpResponse:
    """The PIN that was waited for: who it is works at the station from now on."""
    station, waited_for = unquote(name), request.session.get(ASKED, "")
    if not waited_for:
        return redirect(_page(request, station))
    try:
        user = signed_on(waited_for, request.POST.get("pin", ""), request=request)
    except LockedOut:
        said = _("Too many wrong PINs. Wait a quarter of an hour, or ask somebody else to go on.")
        return asked(request, station, not_taken("", said))
    if user is None:
        return asked(request, station, not_taken("", _("The badge and the PIN do not fit. Type the PIN again.")))
    if _at_site(user, request) is None:
        said = _("{name} may not work at stations of {site}. Ask an administrator.")
        return asked(request, station, not_taken("", said.format(name=user.get_username(), site=request.actor.site)))
    request.session.cycle_key()
    del request.session[ASKED]
    request.session[WORKING] = (user.get_username(), time.time() + settings.STATION_IDLE_S)
    return redirect(_page(request, station))


@require_POST
@requires(Action.CAPTURE_PRODUCTION)
@answering_pages
def sign_off(request: ActorRequest, name: str) -> HttpResponse:
    """Nobody works at the station any more; where a login is enough, whoever is logged in does."""
    for key in (WORKING, ASKED):
        request.session.pop(key, None)
    return redirect(_page(request, unquote(name)))


def asked(request: ActorRequest, station: str, verdict: Verdict, *, is_badge: bool = False) -> HttpResponse:
    """The page that asks for a badge or for the PIN to it, or its middle for the script. is_badge: it came just now."""
    context = {
        "station": station,
        "setting": _setting(request),
        "verdict": verdict,
        "who": None,
        "shown_name": "",
        "waits_for_pin": ASKED in request.session,
        "is_badge": is_badge,
        "digits": "123456789",
        "may_go_on": settings.STATION_SIGN_ON is SignOn.LOGIN,
        "panel": PANEL,
    }
    return render(request, PANEL if request.htmx else "asbuilt/station.html", context)


def _at_site(user: User, request: ActorRequest) -> Actor | None:
    """The person at the site of the tablet; None who has no role there that works at stations."""
    role = roles_of(user).get(request.actor.site)
    if role is None or not may(role, Action.CAPTURE_PRODUCTION):
        return None
    return person_at(user, request.actor.site, role)


def _shown(user: User) -> str:
    return user.get_full_name() or user.get_username()


def _page(request: ActorRequest, station: str) -> str:
    return station_page(station, **_setting(request))


def _setting(request: ActorRequest) -> dict[str, str]:
    return {one: (request.POST.get(one) or request.GET.get(one) or "").strip() for one in SETTING}
