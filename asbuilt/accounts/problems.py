"""What can go wrong with an account, and the RFC 9457 answer to a machine that may not come in."""

import json

from django.http import HttpResponse

PROBLEM_JSON = "application/problem+json"


class AccountProblem(ValueError):
    """An account, role or token that cannot be made or changed; its text says what is wrong and what to do."""


def problem_response(status: int, *, title: str, detail: str) -> HttpResponse:
    """An RFC 9457 problem: {"type", "title", "status", "detail"}."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM_JSON)


def not_authenticated(detail: str, *, invalid_token: bool = False) -> HttpResponse:
    """401 with the challenge of RFC 6750, section 3."""
    response = problem_response(401, title="Not authenticated", detail=detail)
    error = ', error="invalid_token"' if invalid_token else ""
    response["WWW-Authenticate"] = f'Bearer realm="asbuilt"{error}'
    return response
