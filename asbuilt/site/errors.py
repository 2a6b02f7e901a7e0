"""What is shown when something is not there, not allowed or went wrong: a page to people, a problem to machines."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from asbuilt.accounts.authentication import API_PREFIX
from asbuilt.accounts.problems import problem_response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, without a page: the host name or the path itself may be what is wrong."""
    if _is_api(request):
        return problem_response(400, title="Bad request", detail="The request cannot be understood.")
    return HttpResponse("400 Bad request\n", status=HTTPStatus.BAD_REQUEST, content_type="text/plain")


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the reason."""
    detail = str(exception)
    if _is_api(request):
        return problem_response(403, title="Not allowed", detail=detail)
    return _page(request, HTTPStatus.FORBIDDEN, title=_("Not allowed"), detail=detail)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if _is_api(request):
        return problem_response(404, title="Not found", detail=f"There is nothing at {request.path}.")
    detail = _("There is nothing at this address. Search for the serial number, lot or order instead.")
    return _page(request, HTTPStatus.NOT_FOUND, title=_("Not found"), detail=detail)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; leans on nothing that may be broken."""
    if _is_api(request):
        return problem_response(500, title="Internal error", detail="Something went wrong here; the log says what.")
    return HttpResponse(render_to_string("asbuilt/errors/500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came without the mark that we gave out with it."""
    detail = _("This page was open for too long or comes from elsewhere. Go back, load it again and repeat the step.")
    if _is_api(request):
        return problem_response(403, title="Not allowed", detail=f"{reason} Send a token instead of cookies.")
    return _page(request, HTTPStatus.FORBIDDEN, title=_("Please load the page again"), detail=detail)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIX)


def _page(request: HttpRequest, status: HTTPStatus, *, title: str, detail: str) -> HttpResponse:
    inside = getattr(request, "actor", None) is not None
    layout = "asbuilt/base.html" if inside else "asbuilt/plain.html"
    context = {"layout": layout, "title": title, "detail": detail, "status": status.value}
    return render(request, "asbuilt/errors/error.html", context, status=status)
