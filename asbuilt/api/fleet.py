"""GET /api/v1/index, and where-used counted: how far the genealogy index goes, and what it counts."""

from dataclasses import make_dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import msgspec
from django.http.response import HttpResponseBase

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action
from asbuilt.api.problems import SAFE, Problem, answering_problems, malformed, takes
from asbuilt.api.wire import json_response, only, rows_response
from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.index import Freshness
from asbuilt.projections.fleet.tables import Grouping
from asbuilt.queries.fleet.counts import Question, counts_by_index, counts_by_sql, in_order
from asbuilt.queries.fleet.status import status_of
from asbuilt.queries.naming import Named


class WhereUsedCounted(msgspec.Struct, frozen=True):
    """What contains a unit or lot, counted by `by`; each group has a member for each of them, and `affected`.

    affected: how many there are in all. index: how fresh the genealogy index was that counted them; null: counted by
    SQL, which counts the same.
    """

    name: str
    at: str | None
    ever: bool
    affected: int
    groups: list[dict[str, Any]]
    index: Freshness | None = None
    count: int = 0


@takes(*SAFE)
@requires(Action.READ)
@answering_problems
def index_status(request: ActorRequest) -> HttpResponseBase:
    """How far the genealogy index of the site goes, and how much was recorded since."""
    only(request)
    opened = plant()
    with opened.database.reading(opened.site(request.actor.site)) as reader:
        index = opened.indexes.of(reader)
        if index is None:
            what = "no index of this ledger is there; everything is answered by SQL. Build one: asbuilt index build"
            raise Problem(HTTPStatus.NOT_FOUND, "not-found", "There is no genealogy index", what)
        return json_response(status_of(reader, index))


def groupings(text: str) -> tuple[Grouping, ...]:
    """What is counted by, separated by commas. Raises Problem 400."""
    words = [word.strip() for word in text.split(",")]
    if len(set(words)) < len(words) or not set(words) <= set(Grouping):
        raise malformed(f"by is {text!r}; give some of {', '.join(Grouping)}, once each, with commas")
    return tuple(map(Grouping, words))


def counted_response(
    reader: Reader, named: Named, by: tuple[Grouping, ...], *, at: datetime | None, ever: bool, form: str
) -> HttpResponseBase:
    """What contains a unit or lot, counted: by the index where there is one, else by SQL, which counts the same."""
    asked = Question(named=named, by=by, at=at, ever=ever)
    index = plant().indexes.of(reader)
    if index is None:
        counts, fresh = counts_by_sql(reader, asked), None
    else:
        counts, fresh = counts_by_index(reader, index, asked)
    kind = make_dataclass("Group", [*((one.value, str) for one in by), ("affected", int)], frozen=True)
    head: dict[str, object] = {
        "name": named.name,
        "at": None if at is None else at.isoformat(),
        "ever": ever,
        "affected": counts.total(),
        "index": fresh,
    }
    rows = (kind(*group, count) for group, count in in_order(counts))
    return rows_response(rows, kind, form, name="groups", head=head)
