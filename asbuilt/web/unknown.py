"""What is shown when a text names several things, or nothing."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render

from asbuilt.accounts.actors import ActorRequest
from asbuilt.ledger.database import Reader
from asbuilt.queries.find import Found, find


def unanswered(request: ActorRequest, reader: Reader, text: str) -> HttpResponse:
    """For the address of a unit or lot that names no single one: the choices, or what begins so, and the find box."""
    return choices_page(request, find(reader, text), own_issuer=reader.site.issuer)


def choices_page(request: ActorRequest, found: Found, *, own_issuer: str) -> HttpResponse:
    """What a text names, to choose from. Several things: 300. None: 404."""
    status = HTTPStatus.MULTIPLE_CHOICES if found.count else HTTPStatus.NOT_FOUND
    context = {"found": found, "find_text": found.text, "own_issuer": own_issuer}
    return render(request, "asbuilt/find.html", context, status=status)
