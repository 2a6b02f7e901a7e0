"""Locked out after too many wrong passwords or PINs: what is told, and when to try again (django-axes)."""

import math
from datetime import timedelta

from axes.helpers import get_client_ip_address
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

AT_THE_MACHINE = "127.0.0.1"
"""Where whoever gives a password on the command line sits."""


class LockedOut(Exception):
    """Too many wrong passwords or PINs; even a right one is not looked at for a while."""


def authenticated(request: HttpRequest | None, *, username: str, **secret: str) -> User | None:
    """Whose password or PIN it is, for one deed and not for a login; None when it is wrong.

    Wrong ones are counted by name and address, a right one ends the count. request: with which it was sent; None: on
    the command line. Raises LockedOut.
    """
    # One of its own: django-axes answers the request of a login that is locked out with the login page.
    asking = HttpRequest()
    asking.META = {"REMOTE_ADDR": AT_THE_MACHINE} if request is None else dict(request.META)
    user = authenticate(asking, username=username, **secret)
    if getattr(asking, "axes_locked_out", False):
        raise LockedOut
    if not isinstance(user, User):
        return None
    reset(ip=get_client_ip_address(asking), username=username)
    return user


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict[str, str] | None) -> HttpResponse:
    """The login page with 429, the waiting time in its message and in Retry-After."""
    wait = _wait((credentials or {}).get("username", ""), get_client_ip_address(request))
    context = {"wait_minutes": math.ceil(wait / timedelta(minutes=1)), "next": request.POST.get("next", "")}
    answer = render(request, "asbuilt/login.html", context, status=429)
    answer["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return answer


def _wait(username: str, ip_address: str) -> timedelta:
    """How long until a password is looked at again; at least a minute, at most the whole cool-off."""
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(username=username, ip_address=ip_address)
    last = attempts.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    return min(max(last + cool_off - timezone.now(), timedelta(minutes=1)), cool_off)
