"""What went wrong, as RFC 9457 problems: the only place where refusals and exceptions become HTTP statuses."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import TypeVar

import msgspec
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.problems import PROBLEM_JSON, AccountProblem
from asbuilt.capture.print_jobs import JobProblem, NoSuchJob, PrintRefused
from asbuilt.capture.serials import SerialsRefused
from asbuilt.core.identifiers.text import NameProblem
from asbuilt.exchange.as_built.pdf import TooLong
from asbuilt.exchange.labels.problems import LabelProblem, LabelsMissing
from asbuilt.exchange.typesetting import TypstMissing, Unprintable
from asbuilt.ledger.codec import Malformed
from asbuilt.ledger.database import Unavailable, UnsafeDatabase
from asbuilt.queries.naming import Ambiguous, NotFound
from asbuilt.queries.parquet import ParquetMissing
from asbuilt.queries.windows import Misasked

RETRY_AFTER_S = 1

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Problem(Exception):
    """A request that is answered with a problem. extensions: further members of the problem, RFC 9457 section 3.2."""

    def __init__(self, status: HTTPStatus, kind: str, title: str, detail: str, **extensions: object) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.title = title
        self.extensions = extensions

    def response(self) -> HttpResponse:
        """The problem as a response. Its type is a URN: it names the kind and leads nowhere."""
        body = {
            "type": f"urn:asbuilt:problem:{self.kind}",
            "title": self.title,
            "status": self.status.value,
            "detail": str(self),
            **self.extensions,
        }
        response = HttpResponse(msgspec.json.encode(body), status=self.status, content_type=PROBLEM_JSON)
        if self.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
            response["Retry-After"] = str(RETRY_AFTER_S)
        return response


def malformed(detail: str, **extensions: object) -> Problem:
    """400: what was sent cannot be understood; nothing of it was stored."""
    return Problem(HTTPStatus.BAD_REQUEST, "malformed", "The request cannot be understood", detail, **extensions)


def _problem(error: Exception) -> Problem | None:
    """The problem that an expected exception is answered with."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Malformed | NameProblem | Misasked):
        return malformed(str(error))
    if isinstance(error, NotFound | NoSuchJob):
        return Problem(HTTPStatus.NOT_FOUND, "not-found", "Not known here", str(error))
    if isinstance(error, Ambiguous):
        title = "The name means several things"
        return Problem(HTTPStatus.CONFLICT, "ambiguous", title, str(error), choices=error.choices)
    if isinstance(error, SerialsRefused):
        title = "No serial number was issued"
        return Problem(HTTPStatus.CONFLICT, "refused", title, str(error), broken=error.broken)
    if isinstance(error, AccountProblem):
        return Problem(HTTPStatus.FORBIDDEN, "no-site", "No such site here", str(error))
    if isinstance(error, Unavailable | UnsafeDatabase):
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "Cannot be done right now", str(error))
    return _problem_of_label(error)


_MISSING: dict[type[Exception], tuple[str, str]] = {
    ParquetMissing: ("parquet-missing", "Parquet is not installed"),
    TypstMissing: ("typst-missing", "PDF is not installed"),
    LabelsMissing: ("labels-missing", "Labels are not installed"),
}
"""Packages that are not for everybody, and what their absence is called."""


def _problem_of_label(error: Exception) -> Problem | None:
    if isinstance(error, PrintRefused):
        return Problem(HTTPStatus.CONFLICT, "refused", "Nothing was printed", str(error), broken=error.broken)
    if isinstance(error, JobProblem):
        return Problem(HTTPStatus.CONFLICT, "job", "Not possible with this print job", str(error))
    if isinstance(error, LabelProblem):
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "no-label", "There is no such label", str(error))
    if isinstance(error, Unprintable):
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "unprintable", "It cannot be printed", str(error))
    if isinstance(error, TooLong):
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "too-long", "The record is too long for a PDF here", str(error))
    kind, title = _MISSING.get(type(error), ("", ""))
    return Problem(HTTPStatus.NOT_IMPLEMENTED, kind, title, str(error)) if kind else None


_EXPECTED = (
    AccountProblem,
    ParquetMissing,
    Problem,
    Malformed,
    NameProblem,
    Misasked,
    NotFound,
    Ambiguous,
    SerialsRefused,
    PrintRefused,
    NoSuchJob,
    JobProblem,
    LabelProblem,
    LabelsMissing,
    Unprintable,
    TooLong,
    TypstMissing,
    Unavailable,
    UnsafeDatabase,
)


def takes(*methods: str) -> Callable[[View], View]:
    """Answer any other method of HTTP with a problem: nothing here is changed or deleted, only asked and added."""

    def restricted(view: View) -> View:
        @wraps(view)
        def taking(request: ActorRequest, *arguments: object, **named: object) -> HttpResponseBase:
            if request.method in methods:
                return view(request, *arguments, **named)
            allowed = ", ".join(methods)
            detail = f"{request.method} is not possible here, only {allowed}; what was recorded is never changed"
            problem = Problem(HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed", "Not possible", detail)
            response = problem.response()
            response["Allow"] = allowed
            return response

        return taking  # type: ignore[return-value]

    return restricted


SAFE = ("GET", "HEAD")
"""The methods that only ask."""


def answering_problems(view: View) -> View:
    """Answer expected exceptions of a view with problems; a bug goes on to the error handler."""

    @wraps(view)
    def answering(request: ActorRequest, *arguments: object, **named: object) -> HttpResponseBase:
        try:
            return view(request, *arguments, **named)
        except _EXPECTED as error:
            problem = _problem(error)
            assert problem is not None, "every expected exception has its problem"
            return problem.response()

    return answering  # type: ignore[return-value]
