"""Logging in and out, and choosing the site one works at."""

from django.contrib import auth
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from asbuilt.accounts.actors import ActorRequest, VisitorRequest
from asbuilt.accounts.authentication import SITE_KEY, requires
from asbuilt.accounts.people import roles_of
from asbuilt.accounts.roles import Action
from asbuilt.core.identifiers.names import SiteName


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: VisitorRequest) -> HttpResponse:
    """The login page. Five wrong passwords lock the name out for a while (lockout.py)."""
    if request.actor is not None:
        return redirect(_safe_next(request))
    form = AuthenticationForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        sites = list(roles_of(user))
        if sites:
            # Nothing else takes away the logins that ran out, and one that comes in can wait for it.
            Session.objects.filter(expire_date__lt=timezone.now()).delete()
            auth.login(request, user)
            request.session[SITE_KEY] = sites[0]
            return redirect(_safe_next(request))
        form.add_error(None, _("You have no role at any site yet. Ask an administrator for one."))
    return render(request, "asbuilt/login.html", {"form": form, "next": _asked_next(request)})


@require_POST
@requires(Action.READ)
def logout(request: ActorRequest) -> HttpResponse:
    """End the login."""
    auth.logout(request)
    return redirect("accounts:login")


@require_POST
@requires(Action.READ)
def choose_site(request: ActorRequest) -> HttpResponse:
    """Work at another of one's sites from now on."""
    site = SiteName(request.POST.get("site", ""))
    if site not in request.sites:
        raise PermissionDenied(_("You have no role at this site. Ask an administrator for one."))
    if request.actor.site != site:
        request.session[SITE_KEY] = site
    return redirect("web:home")


def _asked_next(request: HttpRequest) -> str:
    return request.POST.get("next", "") or request.GET.get("next", "")


def _safe_next(request: HttpRequest) -> str:
    """Where the visitor wanted to go, if that is here; a link to elsewhere must not travel on our login."""
    path = _asked_next(request)
    if url_has_allowed_host_and_scheme(path, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return path
    return reverse("web:home")
