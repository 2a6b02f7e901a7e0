"""Duplicates from outside: the list of open questions, and the page on which one is looked at and decided."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, may
from asbuilt.capture.repeats import id_of_key, record_once
from asbuilt.core.events.event import Event
from asbuilt.core.events.identity import DuplicateDecision, DuplicateResolved, UnitsMerged
from asbuilt.core.identifiers.subjects import Part, SubjectKind, Unit, unit_named
from asbuilt.core.states.records.identity import Status
from asbuilt.ledger.database import Reader, Site
from asbuilt.queries.find import Match, find
from asbuilt.queries.identity import DuplicateView, duplicate_asked, open_duplicates
from asbuilt.queries.naming import Ambiguous, Named, NotFound, meant
from asbuilt.web.addresses import duplicate_page, duplicates_after
from asbuilt.web.asking import whole
from asbuilt.web.forms import SOURCE, Form, raise_refusals, recorder, sent, tried
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.side_by_side import Compared, compared
from asbuilt.web.words import DECISION_WORDS

QUESTIONS_ON_A_PAGE = 50
OTHERS_SHOWN = 5

DECISION_FIELDS = ("verdict", "other", "reason")


class Verdict(StrEnum):
    """What a quality engineer says of what arrived. Merging says `same_unit`, and makes two records one."""

    SAME_UNIT = "same_unit"
    MERGE = "merge"
    OTHER_UNIT = "other_unit"
    REJECTED = "rejected"


_NEEDS_OTHER = frozenset({Verdict.MERGE, Verdict.OTHER_UNIT})

VERDICTS: dict[Verdict, tuple[Promise, Promise]] = {
    Verdict.SAME_UNIT: (
        gettext_lazy("The unit on record"),
        gettext_lazy("It came back, or was told of twice. Nothing else changes."),
    ),
    Verdict.MERGE: (
        gettext_lazy("The unit on record, which has a second record"),
        gettext_lazy("The two records become one; the second is named below and not used again."),
    ),
    Verdict.OTHER_UNIT: (
        gettext_lazy("Another unit"),
        gettext_lazy("It was received or commissioned under a number of its own, named below."),
    ),
    Verdict.REJECTED: (
        gettext_lazy("Nothing that stays here"),
        gettext_lazy("It was sent back, or reported by mistake."),
    ),
}


@require_safe
@requires(Action.READ)
@answering_pages
def duplicates(request: ActorRequest) -> HttpResponse:
    """The open questions, the oldest first, page by page."""
    after = whole(request.GET, "after")
    with reading(request) as reader:
        page = open_duplicates(reader, after=after, limit=QUESTIONS_ON_A_PAGE)
        own_issuer = reader.site.issuer
    context = {
        "duplicates": page.duplicates,
        "own_issuer": own_issuer,
        "is_first": not after,
        "first": duplicates_after(),
        "next": "" if page.next is None else duplicates_after(page.next),
    }
    return render(request, "asbuilt/duplicates.html", context)


@require_safe
@requires(Action.READ)
@answering_pages
def duplicate(request: ActorRequest, question: UUID) -> HttpResponse:
    """A question: what is on record beside what arrived. `other`: a further record to compare with."""
    form = Form("decision", dict.fromkeys(DECISION_FIELDS, "") | {"other": request.GET.get("other", "").strip()})
    return _page(request, question, form)


@dataclass(frozen=True, slots=True)
class _Other:
    """The further record that was named, if it was understood. problem: why not."""

    named: Named | None = None
    problem: str = ""


def _page(request: ActorRequest, question: UUID, form: Form) -> HttpResponse:
    with reading(request) as reader:
        asked = _asked(reader, question)
        other = _other(reader, form.typed["other"])
        context = {
            "asked": asked,
            "own_issuer": reader.site.issuer,
            "compared": _compared(reader, asked, other.named),
            "others": [] if asked.decision else _other_records(reader, asked, other.named),
            "decision": DECISION_WORDS.get(asked.decision, ""),
        }
    context |= {
        "form": form,
        "compare_problem": other.problem,
        "verdicts": [(value.value, word, said) for value, (word, said) in VERDICTS.items()],
        "may_decide": may(request.actor.role, Action.REPAIR_IDENTITY),
    }
    is_sent = request.method == "POST"
    return render(request, "asbuilt/duplicate.html", context, status=422 if is_sent else 200)


def _asked(reader: Reader, question: UUID) -> DuplicateView:
    found = duplicate_asked(reader, question)
    if found is None:
        raise Http404
    return found


def _compared(reader: Reader, asked: DuplicateView, other: Named | None) -> Compared:
    return compared(reader, asked, meant(reader, asked.unit, kinds=(SubjectKind.UNIT,)), other)


def _other(reader: Reader, text: str) -> _Other:
    """The record that a text names."""
    if not text:
        return _Other()
    try:
        return _Other(meant(reader, text, kinds=(SubjectKind.UNIT,)))
    except NotFound:
        return _Other(None, _("No unit of this name is known here. Scan it again, or write part/serial."))
    except Ambiguous:
        return _Other(None, _("This names several units. Write it with its part: part/serial."))


def _other_records(reader: Reader, asked: DuplicateView, shown: Named | None) -> list[Match]:
    """Other records that bear the serial number or the further name of what arrived."""
    texts = [meant(reader, asked.unit, kinds=(SubjectKind.UNIT,)).number, asked.value]
    own = {asked.unit} | ({shown.name} if shown is not None else set())
    found = {
        match.name: match
        for text in texts
        if text
        for match in find(reader, text).matches
        if match.kind == "unit" and match.name not in own and match.status in set(Status)
    }
    return list(found.values())[:OTHERS_SHOWN]


@require_POST
@requires(Action.REPAIR_IDENTITY)
@answering_pages
def decide(request: ActorRequest, question: UUID) -> HttpResponse:
    """Decide a question; with a merge, both in one go or neither."""
    form = sent("decision", request.POST, *DECISION_FIELDS)
    verdict = form.one_of("verdict", Verdict)
    reason = form.needed("reason")
    if verdict in _NEEDS_OTHER:
        form.needed("other")
    opened = plant()
    site = opened.site(request.actor.site)
    with reading(request) as reader:
        unit = unit_named(_asked(reader, question).unit, own_issuer=site.issuer)
        other = _other(reader, form.typed["other"] if verdict in _NEEDS_OTHER else "")
    if other.problem:
        form.problems["other"] = other.problem

    def deciding() -> bool:
        events = _events(Verdict(verdict), unit, question, _unit(other.named), reason=reason, key=form.key, site=site)
        raise_refusals(record_once(opened.database, site, events, actor=request.actor.name, record=recorder(site)))
        return True

    if tried(form, deciding) is None:
        return _page(request, question, form)
    word, _said = VERDICTS[Verdict(verdict)]
    messages.success(request, _("Decided: {decision}").format(decision=word))
    return redirect(duplicate_page(question))


def _unit(named: Named | None) -> Unit | None:
    return None if named is None else Unit(Part(named.issuer, named.part_number), named.number)


def _events(
    verdict: Verdict, unit: Unit, question: UUID, other: Unit | None, *, reason: str, key: UUID, site: Site
) -> list[Event]:
    """The decision as events, the merge before it."""
    ids = [id_of_key(f"decision\0{site.name}\0{key}", place) for place in range(2)]
    now = datetime.now(UTC)
    is_merge = verdict is Verdict.MERGE
    decided = DuplicateResolved(
        event_id=ids[0],
        event_time=now,
        source=SOURCE,
        unit=unit,
        question=question,
        decision=DuplicateDecision.SAME_UNIT if is_merge else DuplicateDecision(verdict.value),
        other_unit=None if is_merge else other,
        reason=reason,
    )
    if not is_merge or other is None:
        return [decided]
    merged = UnitsMerged(event_id=ids[1], event_time=now, source=SOURCE, unit=unit, duplicate=other, reason=reason)
    return [merged, decided]
