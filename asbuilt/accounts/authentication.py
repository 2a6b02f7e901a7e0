"""The door: every request gets an Actor here or is turned away.

Two ways in, never mixed:

* `Authorization: Bearer asb_…` is a device. It is bound to one site and role; cookies it may send are dropped unread.
* the login is a person. The site is one of those the person has a role at, kept with the login.

Everything is closed by default. Strangers are refused every path outside OPEN_VIEWS, whether it exists or not; a view
that does not say by `@requires` what it takes is refused to everybody.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from asbuilt.accounts.actors import Actor, ActorKind, VisitorRequest
from asbuilt.accounts.people import person_at, roles_of
from asbuilt.accounts.problems import AccountProblem, not_authenticated
from asbuilt.accounts.roles import Action, may
from asbuilt.accounts.tokens import device_with
from asbuilt.core.identifiers.names import SiteName

OPEN_VIEWS = frozenset({"accounts:login", "healthz"})
"""The views a stranger may see, by name. Static files are served before the door."""

API_PREFIX = "/api/"
SITE_KEY = "site"
"""Where the login keeps the chosen site."""

GetResponse = Callable[[HttpRequest], HttpResponseBase]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def requires(action: Action) -> Callable[[View], View]:
    """Say what a view takes. Views without it are refused; `Action.READ` is what every role has."""

    def mark(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]
        return view

    return mark


class DeviceTokens:
    """Recognises devices. Stands before all that reads cookies, and takes them away from a request with a token."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        visitor = cast("VisitorRequest", request)
        visitor.actor, visitor.sites = None, ()
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        try:
            visitor.actor = device_with(token.strip(), now=timezone.now())
        except AccountProblem as problem:
            return not_authenticated(str(problem), invalid_token=True)
        visitor.sites = (visitor.actor.site,)
        return self.get_response(request)


class FormProtection(CsrfViewMiddleware):
    """Cross-site request protection for those who come by cookie. A browser never adds a bearer token on its own."""

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        actor = cast("VisitorRequest", request).actor
        if actor is not None and actor.kind is ActorKind.DEVICE:
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class Door:
    """Recognises people by their login, turns strangers away and holds each view to the action it requires."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        visitor = cast("VisitorRequest", request)
        if visitor.actor is None:
            _recognise_person(visitor)
        if visitor.actor is None and not _is_open(request.path_info):
            return _turned_away(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> None:
        """Refuse what the actor's role does not allow. Raises PermissionDenied."""
        match = request.resolver_match
        if match is not None and match.view_name in OPEN_VIEWS:
            return
        actor = cast("VisitorRequest", request).actor
        action: Action | None = getattr(view, "action", None)
        if action is None:
            raise ImproperlyConfigured(f"{view} does not say what it requires; see @requires")
        if actor is None or not may(actor.role, action):
            raise PermissionDenied(refusal_of(actor, action))


def refusal_of(actor: Actor | None, action: Action) -> str:
    """Why, and what to do."""
    role = "stranger" if actor is None else actor.role
    text = _("The role %(role)s is not allowed to do this (%(action)s). Ask an administrator of your site.")
    return text % {"role": role, "action": action}


def _recognise_person(visitor: VisitorRequest) -> None:
    user = visitor.user
    if not isinstance(user, User) or not user.is_authenticated:
        return
    roles = roles_of(user)
    site = SiteName(visitor.session.get(SITE_KEY, ""))
    # A role withdrawn since the login is not replaced by one elsewhere: what is on the screen is of the first site.
    if site not in roles:
        return
    visitor.actor, visitor.sites = person_at(user, site, roles[site]), tuple(roles)


def _is_open(path: str) -> bool:
    try:
        return resolve(path).view_name in OPEN_VIEWS
    except Resolver404:
        return False


def _turned_away(request: HttpRequest) -> HttpResponse:
    if request.path_info.startswith(API_PREFIX):
        return not_authenticated("Send your token as 'Authorization: Bearer asb_…', or log in first.")
    if "Accept" in request.headers and not request.accepts("text/html"):
        return not_authenticated("Send your token as 'Authorization: Bearer asb_…', or log in with a browser.")
    if request.headers.get("HX-Request") == "true":
        # A part of a page was asked for after the login ran out: the whole page goes to the login, and comes back.
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        return HttpResponseClientRedirect(_login_then(page.path + (f"?{page.query}" if page.query else "")))
    return HttpResponseRedirect(_login_then(request.get_full_path() if request.method in {"GET", "HEAD"} else ""))


def _login_then(path: str) -> str:
    login = reverse("accounts:login")
    return login if path in {"", "/"} else f"{login}?{urlencode({'next': path})}"
