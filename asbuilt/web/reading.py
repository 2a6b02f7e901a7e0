"""How a page gets at the plant, and what is shown when that cannot be had."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from http import HTTPStatus
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from asbuilt.accounts.actors import Actor, ActorRequest
from asbuilt.accounts.plant import plant
from asbuilt.accounts.problems import AccountProblem
from asbuilt.ledger.database import Reader, Unavailable, UnsafeDatabase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

NO_PLANT = (AccountProblem, Unavailable, UnsafeDatabase)
"""What stands in the way of every answer: no such site, a busy database, an unsafe one or none."""


@contextmanager
def reading(request: ActorRequest) -> Iterator[Reader]:
    """The plant as it is at this moment, at the actor's site. Raises one of NO_PLANT."""
    open_reader: Reader | None = getattr(request, "open_reader", None)
    if open_reader is not None:  # a page drawn while it is read: the frame around it asks in the same moment
        yield open_reader
        return
    actor: Actor | None = request.actor
    if actor is None:  # the door has turned strangers away; should it ever not, nothing is read for them
        raise PermissionDenied
    opened = plant()
    with opened.database.reading(opened.site(actor.site)) as reader:
        request.open_reader = reader
        try:
            yield reader
        finally:
            request.open_reader = None


def answering_pages(view: View) -> View:
    """Answer with a page that says what to do when the plant cannot be had; a bug goes on to the error handler."""

    @wraps(view)
    def answering(request: ActorRequest, *arguments: object, **named: object) -> HttpResponseBase:
        try:
            return view(request, *arguments, **named)
        except NO_PLANT as problem:
            return _no_plant(request, problem)

    return answering  # type: ignore[return-value]


def _no_plant(request: ActorRequest, problem: Exception) -> HttpResponse:
    is_forbidden = isinstance(problem, AccountProblem)
    status = HTTPStatus.FORBIDDEN if is_forbidden else HTTPStatus.SERVICE_UNAVAILABLE
    context = {
        "layout": "asbuilt/base.html",
        "title": _("No such site here") if is_forbidden else _("The record cannot be read right now"),
        "detail": str(problem),
        "status": status.value,
    }
    return render(request, "asbuilt/errors/error.html", context, status=status)
