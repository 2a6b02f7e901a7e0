"""Locked out after too many wrong passwords: what the person is told, and when to try again (django-axes)."""

import math
from datetime import timedelta

from axes.helpers import get_client_ip_address
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


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
