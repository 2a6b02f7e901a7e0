"""Pages travel compressed: over a plant's wireless network the first view of a tablet is a third as heavy."""

from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml"})
"""What a browser reads. Data for programs goes as it is, and fonts and PDFs are compressed in themselves."""

AS_THEY_ARE = frozenset({HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED})


class PageCompression(GZipMiddleware):
    """Compresses what pages are made of, for browsers that take it.

    Django hides the length of a page by some random bytes and masks the mark of its forms anew each time, so that its
    secrets cannot be guessed from the lengths of compressed pages (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind not in COMPRESSED or response.status_code in AS_THEY_ARE:
            return response
        return super().process_response(request, response)
