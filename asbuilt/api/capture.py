"""POST /api/v1/events: the way in."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import msgspec
from django.http import HttpResponse

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import refusal_of, requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, action_for, may
from asbuilt.api.bodies import body_of, is_of_known_length
from asbuilt.api.problems import Problem, answering_problems, malformed, takes
from asbuilt.api.wire import events_sent, flag, is_ndjson, json_response, only
from asbuilt.capture.answers import Acknowledgement, Answer, Outcome, Refusal
from asbuilt.capture.capture import EVENTS_MAX, Submission
from asbuilt.capture.noted import is_overriding
from asbuilt.core.rules.rule import Broken
from asbuilt.ledger.codec import Captured, Sent


class AnswerView(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one event. rule and reason: the first broken rule of a refused one; broken: all of them."""

    event_id: UUID
    outcome: Outcome
    sequence: int | None = None
    record_time: datetime | None = None
    subject_version: int | None = None
    rule: str = ""
    reason: str = ""
    broken: tuple[Broken, ...] = ()


class CaptureAnswer(msgspec.Struct, frozen=True):
    """The answers to a call, in the order of its events, and how many there are of each kind."""

    recorded: int
    repeated: int
    refused: int
    answers: list[AnswerView]


@takes("POST")
@requires(Action.READ)
@answering_problems
def events(request: ActorRequest) -> HttpResponse:
    """Capture one event or a batch. With ?atomic=true it is recorded whole or not at all."""
    only(request, "atomic")
    atomic = flag(request, "atomic")
    if atomic and is_ndjson(request) and not is_of_known_length(request):
        detail = "lines to be recorded whole or not at all need a Content-Length: without it, lines cut off do not show"
        raise Problem(HTTPStatus.LENGTH_REQUIRED, "length-required", "The length is missing", detail)
    with body_of(request) as raw:
        return _capture(request, raw, atomic=atomic)


def _capture(request: ActorRequest, raw: bytes, *, atomic: bool) -> HttpResponse:
    """Decode, decide, record, answer."""
    site = plant().site(request.actor.site)
    sent, is_single = events_sent(request, raw, site.issuer)
    check_batch(sent, request)
    submission = Submission(
        events=tuple(Captured(one.event, one.payload) for one in sent),
        actor=request.actor.name,
        atomic=atomic,
        may_override=may(request.actor.role, Action.OVERRIDE_INTERLOCK),
        may_work=may(request.actor.role, Action.CAPTURE_PRODUCTION),
    )
    answers = plant().collector.capture(site, submission) if sent else []
    body = answered(answers)
    # A list is answered one by one; what was asked for as a whole is either done or in conflict with the rules.
    conflict = body.refused and (atomic or is_single)
    return json_response(body, status=HTTPStatus.CONFLICT if conflict else HTTPStatus.OK)


def check_batch(sent: Sequence[Sent], request: ActorRequest) -> None:
    """Refuse the whole call when it is too long, for another site, or holds what the role may not capture."""
    actor = request.actor
    if len(sent) > EVENTS_MAX:
        raise malformed(f"{len(sent)} events at once; at most {EVENTS_MAX} are taken: send several batches")
    for index, one in enumerate(sent):
        if one.site and one.site != actor.site:
            detail = (
                f"event {index} is for site {one.site!r}; this token is for {actor.site!r}: use a token of that site"
            )
            raise Problem(HTTPStatus.FORBIDDEN, "wrong-site", "Another site", detail, index=index, field="site")
    # Who overrides the interlock decides on the work, and need not be somebody who does it.
    overrides = may(actor.role, Action.OVERRIDE_INTERLOCK)
    for event_type in {type(one.event) for one in sent if not (overrides and is_overriding(one.event))}:
        action = action_for(event_type)
        if not may(actor.role, action):
            detail = f"{event_type.__name__}: {refusal_of(actor, action)}"
            raise Problem(HTTPStatus.FORBIDDEN, "not-allowed", "Not allowed", detail)


def answered(answers: Sequence[Answer]) -> CaptureAnswer:
    views = [_refused(answer) if isinstance(answer, Refusal) else _acknowledged(answer) for answer in answers]
    counts = {outcome: sum(view.outcome is outcome for view in views) for outcome in Outcome}
    return CaptureAnswer(
        recorded=counts[Outcome.RECORDED],
        repeated=counts[Outcome.REPEATED],
        refused=counts[Outcome.REFUSED],
        answers=views,
    )


def _acknowledged(answer: Acknowledgement) -> AnswerView:
    return AnswerView(
        event_id=answer.event_id,
        outcome=answer.outcome,
        sequence=answer.sequence,
        record_time=answer.record_time,
        subject_version=answer.subject_version,
    )


def _refused(answer: Refusal) -> AnswerView:
    first = answer.broken[0]
    return AnswerView(
        event_id=answer.event_id, outcome=Outcome.REFUSED, rule=first.rule, reason=first.reason, broken=answer.broken
    )
