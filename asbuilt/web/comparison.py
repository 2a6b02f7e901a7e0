"""How a unit differs from its design, or from itself at another time; and how complete its record is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.roles import Action
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.states.completeness import Matter
from asbuilt.ledger.database import Reader
from asbuilt.queries.comparing.comparison import Against, Baseline, Comparison, compare
from asbuilt.queries.comparing.differences import DifferenceView
from asbuilt.queries.completeness import Completeness, RequirementView, completeness
from asbuilt.queries.naming import Ambiguous, Named, NotFound, meant
from asbuilt.queries.windows import Misasked
from asbuilt.web.addresses import in_query, name_in
from asbuilt.web.asking import AsOf, as_of
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.unknown import unanswered
from asbuilt.web.words import DIFFERENCE_WORDS, MATTER_WORDS, Said

ROWS_SHOWN = 500
"""Differences drawn; the file has all of them."""
THEN = "then"
"""Compared with a time that is given beside it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A difference in the words of the page."""

    said: Said
    of: DifferenceView

    @property
    def expected_places(self) -> str:
        return ", ".join(self.of.expected_places)

    @property
    def found_places(self) -> str:
        return ", ".join(self.of.found_places)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that has to be recorded, in the words of the page."""

    of: RequirementView

    @property
    def matter(self) -> str | Promise:
        return MATTER_WORDS[self.of.matter]

    @property
    def what(self) -> str:
        """The part or operation; nothing where it is the bill or routing itself, which the word says."""
        return self.of.what if self.of.matter in (Matter.COMPONENT, Matter.OPERATION) else ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the page was asked: the time to look at, what to compare with, and the time where that is one."""

    at: AsOf
    against: str
    then: AsOf

    @property
    def baseline(self) -> Against | None:
        """None while a time is to be compared with, and none was given."""
        return self.then.at if self.against == THEN else Baseline(self.against)

    @property
    def download(self) -> dict[str, str]:
        """The parameters of the same question over HTTP."""
        asked = {"format": "csv", "against": self.against, "at": _iso(self.at.at)}
        return asked | ({"against": _iso(self.then.at)} if self.against == THEN else {})


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()


@require_safe
@requires(Action.READ)
@answering_pages
def comparison(request: ActorRequest, name: str) -> HttpResponse:
    """Differences from the bill of materials, from now, or from another time."""
    with reading(request) as reader:
        try:
            named = meant(reader, name_in(name), kinds=(SubjectKind.UNIT,))
        except (NotFound, Ambiguous):
            return unanswered(request, reader, name_in(name))
        asked = _asked(request.GET)
        found, problem = _compared(reader, named, asked)
        complete = _complete(reader, named)
        own_issuer = reader.site.issuer
    rows = [] if found is None else [Row(DIFFERENCE_WORDS[one.difference], one) for one in found.differences]
    context: dict[str, Any] = {
        "named": named,
        "own_issuer": own_issuer,
        "asked": asked,
        "found": found,
        "problem": problem,
        "rows": rows[:ROWS_SHOWN],
        "left_out": len(rows) - ROWS_SHOWN,
        "complete": complete,
        "missing": [] if complete is None else [Missing(one) for one in complete.missing[:ROWS_SHOWN]],
        "more_missing": 0 if complete is None else complete.missing_count - ROWS_SHOWN,
        "back": in_query(asked.at.at),
        "download": asked.download,
    }
    return render(request, "asbuilt/comparison.html", context)


def _complete(reader: Reader, named: Named) -> Completeness | None:
    """How complete the record of a unit is now; None when nothing is asked of it."""
    try:
        return completeness(reader, named)
    except NotFound:
        return None


def _asked(query: QueryDict) -> _Asked:
    at = as_of(query)
    against = query.get("against", "")
    given = QueryDict(mutable=True)
    given.update({"at": query.get(THEN, ""), "zone": query.get("zone", "")})
    known = {*Baseline, THEN}
    return _Asked(at, against if against in known else Baseline.DESIGNED.value, as_of(given, zone=at.zone))


def _compared(reader: Reader, named: Named, asked: _Asked) -> tuple[Comparison | None, str]:
    """The differences, or why there is nothing to compare, and what to do."""
    problem = asked.at.problem or asked.then.problem
    against = asked.baseline
    if problem or against is None:
        return None, problem or _("Say which time to compare with.")
    try:
        return compare(reader, named, against=against, at=asked.at.at), ""
    except NotFound:
        return None, _("No bill of materials applies to this unit. Compare it with another time.")
    except Misasked:
        return None, _("Both sides are the same moment. Say which other time to look at.")
