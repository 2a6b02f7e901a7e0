"""Headers of every answer: what a page may load, that nobody keeps a copy of it, and when the connection ends."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Only our own files; no inline script or style, no eval."""


class PageHeaders:
    """Sets the content security policy, and `Cache-Control: no-store` where a view says nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        if leaves_body_unread(request, response):
            response.headers["Connection"] = "close"
        return response


def leaves_body_unread(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the request may have been refused before its body was read: the server ends such a connection.

    A client that is not told (RFC 9112, 9.6) sends its next request into it, and gets no answer.
    """
    is_refused = response.status_code >= HTTPStatus.BAD_REQUEST
    sends_pieces = "HTTP_TRANSFER_ENCODING" in request.META
    return is_refused and (sends_pieces or response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
