"""/api/v1/recalls: what would be called back, what is, and what became of it; to settle and to hold it.

A recall is opened, told of, decided and closed by events: POST /api/v1/events.
"""

from collections.abc import Sequence
from dataclasses import make_dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import msgspec
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import refusal_of, requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, may
from asbuilt.accounts.signing import NotSigned, signed
from asbuilt.api.bodies import body_of
from asbuilt.api.problems import SAFE, Problem, answering_problems, malformed, takes
from asbuilt.api.wire import PARQUET, decoded, format_of, json_response, only, rows_response
from asbuilt.capture.answers import Refusal
from asbuilt.capture.capture import WHOLE_OR_NOT, Submission
from asbuilt.core.events.event import Event, Evidence
from asbuilt.exchange.recalls.settling import By, IndexDiffers, NothingToHold, Record, Settling, hold_all, settle
from asbuilt.ledger.codec import captured
from asbuilt.ledger.database import Site
from asbuilt.projections.fleet.index import Freshness
from asbuilt.queries.recall.asking import seeds_from
from asbuilt.queries.recall.report import MemberView, RecallRow, members, recalls, report
from asbuilt.queries.recall.scope import CERTAIN_DOWN_TO, scope_of
from asbuilt.queries.recall.suspects import Grouping, Question, Suspect, counted_in, questions, suspects


class SimulationWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a recall with some seeds would cover: fields of seeds as in RecallOpened; counted by `by`, or listed."""

    seeds: list[dict[str, Any]]
    by: tuple[Grouping, ...] = ()
    certain_down_to: Evidence = CERTAIN_DOWN_TO
    ever: bool = False


class SimulationFound(msgspec.Struct, frozen=True):
    """What a recall would cover: at most `affected`, certainly `certain`, at least `at_least` units and lots.

    questions: what would settle what is only possible. groups: counted, where that was asked for. index: how fresh the
    genealogy index was that found it; null: found by SQL alone, which finds the same.
    """

    affected: int
    certain: int
    at_least: int
    questions: list[Question]
    suspects: list[Suspect] = []
    groups: list[dict[str, Any]] = []
    index: Freshness | None = None
    count: int = 0


class SignatureGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person signs: the name and the password of his login."""

    user: str
    password: str


class SettlingWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the scope of a recall is settled. signature: of the person who answers for it; without it nobody signed."""

    meaning: str = "approved"
    signature: SignatureGiven | None = None
    certain_down_to: Evidence = CERTAIN_DOWN_TO
    ever: bool = False
    operator: str = ""


class ScopeSettled(msgspec.Struct, frozen=True):
    """What a recall covers, settled."""

    recall: str
    units: int
    lots: int
    certain: int
    digest: str
    meaning: str
    signed_by: str


class RecallHeld(msgspec.Struct, frozen=True):
    """How many units and lots were held that were not held before."""

    held: int


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def recalls_list(request: ActorRequest) -> HttpResponseBase:
    """Recalls, the newest first."""
    only(request, "format")
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        return rows_response(recalls(reader), RecallRow, format_of(request), name="recalls")


@takes("POST")
@requires(Action.READ)
@answering_problems
def simulate(request: ActorRequest) -> HttpResponseBase:
    """What a recall would cover. Nothing is recorded."""
    only(request, "format")
    form, opened = format_of(request, PARQUET), plant()
    site = opened.site(request.actor.site)
    with body_of(request) as raw:
        wanted = decoded(raw, SimulationWanted)
    if len(set(wanted.by)) < len(wanted.by):
        raise malformed("by names a grouping twice; give each once - at `$.by`")
    meant = seeds_from(wanted.seeds, own_issuer=site.issuer)
    with opened.database.reading(site) as reader:
        index = opened.indexes.of(reader)
        scope = scope_of(reader, meant, certain_down_to=wanted.certain_down_to, ever=wanted.ever, index=index)
        head: dict[str, object] = {
            "affected": len(scope),
            "certain": scope.certain,
            "at_least": scope.at_least,
            "questions": questions(reader, scope),
            "index": None if scope.by_index is None else scope.by_index.freshness,
        }
        if not wanted.by:
            return rows_response(suspects(reader, scope), Suspect, form, name="suspects", head=head)
        kind = make_dataclass("Group", [*((str(one), str) for one in wanted.by), ("affected", int)], frozen=True)
        rows = (kind(*group, count) for group, count in counted_in(reader, scope, wanted.by))
        return rows_response(rows, kind, form, name="groups", head=head)


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def one_recall(request: ActorRequest, name: str) -> HttpResponseBase:
    """A recall: scope, holds, notices, dispositions, effectiveness, and how long each step took."""
    only(request)
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        return json_response(report(reader, name))


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def members_list(request: ActorRequest, name: str) -> HttpResponseBase:
    """Everything that a recall covers, as it stands."""
    only(request, "format")
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        return rows_response(members(reader, name), MemberView, format_of(request, PARQUET), name="members")


@takes("POST")
@requires(Action.READ)
@answering_problems
def freeze(request: ActorRequest, name: str) -> HttpResponseBase:
    """List what the seeds of a recall reach, and freeze the list. Asked again, it lists what has been added since."""
    only(request)
    _needs(request, Action.CAPTURE_RECALLS)
    opened = plant()
    site = opened.site(request.actor.site)
    with body_of(request) as raw:
        wanted = decoded(raw or b"{}", SettlingWanted)
    signed_by = _signed(request, wanted.signature)
    asked = Settling(
        meaning=wanted.meaning,
        signed_by=signed_by,
        certain_down_to=wanted.certain_down_to,
        ever=wanted.ever,
        index=opened.indexes.folder(site),
    )
    by = By(source="api", operator=wanted.operator)
    try:
        done = settle(
            opened.database, site, name, asked, by=by, record=_record(request, site, signed_by), now=datetime.now(UTC)
        )
    except IndexDiffers as problem:
        raise Problem(HTTPStatus.CONFLICT, "index-differs", "Nothing is settled", str(problem)) from None
    frozen = done.frozen
    answer = ScopeSettled(
        recall=str(frozen.recall),
        units=frozen.units,
        lots=frozen.lots,
        certain=frozen.certain,
        digest=frozen.digest,
        meaning=frozen.meaning,
        signed_by=frozen.signed_by,
    )
    return json_response(answer, status=HTTPStatus.CREATED)


@takes("POST")
@requires(Action.READ)
@answering_problems
def hold(request: ActorRequest, name: str) -> HttpResponseBase:
    """Hold everything that a recall covers and that is not held for it yet."""
    only(request)
    _needs(request, Action.CAPTURE_QUALITY)
    opened = plant()
    site = opened.site(request.actor.site)
    try:
        count = hold_all(
            opened.database, site, name, by=By(source="api"), record=_record(request, site), now=datetime.now(UTC)
        )
    except NothingToHold as problem:
        raise Problem(HTTPStatus.CONFLICT, "refused", "Nothing is held", str(problem), broken=()) from None
    return json_response(RecallHeld(count), status=HTTPStatus.CREATED)


def _needs(request: ActorRequest, action: Action) -> None:
    if not may(request.actor.role, action):
        raise PermissionDenied(refusal_of(request.actor, action))


def _signed(request: ActorRequest, given: SignatureGiven | None) -> str:
    """Who signed; empty for nobody. Raises Problem 403 when the signature is not taken."""
    if given is None:
        return ""
    site, action = request.actor.site, Action.CAPTURE_RECALLS
    try:
        return signed(given.user, given.password, site=site, action=action, request=request)
    except NotSigned as problem:
        raise Problem(HTTPStatus.FORBIDDEN, "not-signed", "Nothing is signed", str(problem)) from None


def _record(request: ActorRequest, site: Site, signed_by: str = "") -> Record:
    """Records events in one call; raises Problem 409 with the rules when they are refused."""

    def record(events: Sequence[Event]) -> None:
        submission = Submission(
            events=tuple(map(captured, events)), actor=request.actor.name, atomic=True, signed_by=signed_by
        )
        answers = plant().collector.capture(site, submission)
        broken = [why for one in answers if isinstance(one, Refusal) for why in one.broken if why.rule != WHOLE_OR_NOT]
        if broken:
            detail = "; ".join(f"{why.rule}: {why.reason}" for why in broken)
            raise Problem(HTTPStatus.CONFLICT, "refused", "Refused by a rule", detail, broken=broken)

    return record
