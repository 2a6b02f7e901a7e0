"""GET /api/v1/panels/{panel}, and POST …/events: what is on a panel, and what is done to all its boards by one scan."""

from http import HTTPStatus
from uuid import UUID

import msgspec
from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, may
from asbuilt.api.bodies import body_of
from asbuilt.api.capture import AnswerView, answered, check_batch
from asbuilt.api.problems import SAFE, answering_problems, takes
from asbuilt.api.wire import decoded, decoder_for, flag, json_response, only
from asbuilt.capture.capture import Submission
from asbuilt.core.rules.rule import Broken
from asbuilt.exchange.panels.boards import PanelWork, board_events
from asbuilt.ledger.codec import Captured
from asbuilt.queries.panels import panel as panel_named


class BoardAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of the event of one board. rule and reason: the first broken rule of a refused one."""

    position: str
    unit: str
    event_id: UUID
    outcome: str
    sequence: int | None = None
    rule: str = ""
    reason: str = ""
    broken: tuple[Broken, ...] = ()


class PanelAnswer(msgspec.Struct, frozen=True):
    """What became of the boards of a panel, in the order of their positions."""

    panel: str
    recorded: int
    repeated: int
    refused: int
    boards: list[BoardAnswer]


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def one_panel(request: ActorRequest, name: str) -> HttpResponseBase:
    """The boards on a panel now."""
    only(request)
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        return json_response(panel_named(reader, name))


@takes("POST")
@requires(Action.READ)
@answering_problems
def events(request: ActorRequest, name: str) -> HttpResponseBase:
    """Record the same of every board; each is judged on its own. With ?atomic=true all are recorded, or none."""
    only(request, "atomic")
    atomic = flag(request, "atomic")
    opened = plant()
    site = opened.site(request.actor.site)
    with body_of(request) as raw:
        work = decoded(raw, PanelWork)
    with opened.database.reading(site) as reader:
        found = panel_named(reader, name)
    made = board_events(work, found, decoder_for(site.issuer))
    check_batch([one.sent for one in made], request)
    submission = Submission(
        events=tuple(Captured(one.sent.event, one.sent.payload) for one in made),
        actor=request.actor.name,
        atomic=atomic,
        may_override=may(request.actor.role, Action.OVERRIDE_INTERLOCK),
        may_work=may(request.actor.role, Action.CAPTURE_PRODUCTION),
    )
    body = answered(opened.collector.capture(site, submission))
    boards = [_board(one.board.position, one.board.unit, view) for one, view in zip(made, body.answers, strict=True)]
    answer = PanelAnswer(found.panel, body.recorded, body.repeated, body.refused, boards)
    conflict = body.refused and (atomic or body.refused == len(boards))
    return json_response(answer, status=HTTPStatus.CONFLICT if conflict else HTTPStatus.OK)


def _board(position: str, unit: str, view: AnswerView) -> BoardAnswer:
    return BoardAnswer(
        position=position,
        unit=unit,
        event_id=view.event_id,
        outcome=view.outcome.value,
        sequence=view.sequence,
        rule=view.rule,
        reason=view.reason,
        broken=view.broken,
    )
