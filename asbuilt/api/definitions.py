"""POST /api/v1/definitions: what a plant has, as a file."""

from datetime import UTC, datetime
from http import HTTPStatus

from django.http import HttpResponse

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import refusal_of, requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, action_for, may
from asbuilt.api.bodies import body_of
from asbuilt.api.problems import Problem, answering_problems, malformed, takes
from asbuilt.api.wire import flag, json_response, only
from asbuilt.exchange.definitions.applying import carry_out
from asbuilt.exchange.definitions.applying import plan as planned
from asbuilt.exchange.definitions.reading import FILE_BYTES_MAX, Contents, read_text
from asbuilt.exchange.intake.sources import decoded_text

BODY = "request"
"""What a request is called where a report names a file."""


@takes("POST")
@requires(Action.CAPTURE_DEFINITIONS)
@answering_problems
def definitions(request: ActorRequest) -> HttpResponse:
    """Make the plant have what a body in YAML says, all or nothing; with ?dry_run=true only say what would change."""
    only(request, "dry_run")
    dry_run = flag(request, "dry_run")
    opened = plant()
    site = opened.site(request.actor.site)
    with body_of(request) as raw:
        contents = read_text(_text(raw), name=BODY, own_issuer=site.issuer, at=datetime.now(UTC))
        _check_role(request, contents)
        found = planned(opened.database, site, contents)
        report = found.report
        if found.is_ready and not dry_run:
            report = carry_out(opened.database, site, found, actor=request.actor.name, clock=lambda: datetime.now(UTC))
    return json_response(report, status=HTTPStatus.CONFLICT if report.faults else HTTPStatus.OK)


def _text(raw: bytes) -> str:
    if len(raw) > FILE_BYTES_MAX:
        raise malformed(f"the body has {len(raw)} bytes; at most {FILE_BYTES_MAX} of definitions are read at once")
    try:
        return decoded_text(raw)
    except UnicodeError as problem:
        raise malformed(f"not UTF-8: {problem}") from None


def _check_role(request: ActorRequest, contents: Contents) -> None:
    for event_type in {entry.kind.event_type for entry in contents.entries}:
        action = action_for(event_type)
        if not may(request.actor.role, action):
            detail = f"{event_type.__name__}: {refusal_of(request.actor, action)}"
            raise Problem(HTTPStatus.FORBIDDEN, "not-allowed", "Not allowed", detail)
