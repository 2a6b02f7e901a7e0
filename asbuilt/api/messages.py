"""POST /api/v1/messages/cfx: messages of machines, kept and understood."""

from datetime import UTC, datetime

from django.http import HttpResponse

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.bodies import body_of
from asbuilt.api.problems import answering_problems, malformed, takes
from asbuilt.api.wire import json_response, only
from asbuilt.core.identifiers.subjects import part_named
from asbuilt.exchange.cfx.importing import Intake, import_text
from asbuilt.exchange.intake.sources import decoded_text

BODY = "request"
"""What a request is called where a report names a file."""


@takes("POST")
@requires(Action.IMPORT)
@answering_problems
def cfx(request: ActorRequest) -> HttpResponse:
    """Take one message, an array, or a line each. The answer says of all of them what became of them."""
    only(request, "part", "operation")
    opened = plant()
    site = opened.site(request.actor.site)
    part_number = request.GET.get("part", "").strip()
    intake = Intake(
        database=opened.database,
        site=site,
        actor=request.actor.name,
        clock=lambda: datetime.now(UTC),
        part=part_named(part_number, own_issuer=site.issuer) if part_number else None,
        operation=request.GET.get("operation", "").strip(),
    )
    with body_of(request) as raw:
        try:
            text = decoded_text(raw)
        except UnicodeError as problem:
            raise malformed(f"not UTF-8: {problem}") from None
        if not text.strip():
            raise malformed("the body is empty; send a message, an array of messages, or a message a line")
        return json_response(import_text(intake, text, name=BODY))
