"""Recalls: the list, what one would cover, the page of one, and its steps: open, freeze, hold, tell, decide, close."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import requires
from asbuilt.accounts.plant import plant
from asbuilt.accounts.roles import Action, may
from asbuilt.core.events.recalls import RecallDisposition, RecallSeed
from asbuilt.ledger.codec import Malformed
from asbuilt.ledger.database import Reader
from asbuilt.queries.naming import Ambiguous, NotFound
from asbuilt.queries.recall.asking import seed_of, seeds_from
from asbuilt.queries.recall.report import MemberPage, RecallReport, RecallStatus, member_page, report
from asbuilt.queries.recall.report import recalls as recall_rows
from asbuilt.queries.recall.scope import Scope, scope_of
from asbuilt.queries.recall.suspects import Grouping, counted_in, questions, suspects
from asbuilt.web import seeds
from asbuilt.web.addresses import members_as_csv, recall_page, seeds_tried
from asbuilt.web.addresses import page_of as page_of_subject
from asbuilt.web.asking import whole
from asbuilt.web.forms import Form
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.recall_sentences import disposition_word, milestone_word
from asbuilt.web.unknown import unanswered
from asbuilt.web.words import RECALL_WORDS, Said, shown_count

SHOWN = 50
"""Units and lots on a page; all of them are in the file."""

GROUPS = (Grouping.CERTAINTY, Grouping.STATUS, Grouping.CUSTOMER, Grouping.LOCATION)
OPEN_FIELDS = ("seeds", "number", "reason", "is_drill")
FRESH = {
    "freeze": ("meaning", "password", "and_hold"),
    "hold": (),
    "notice": ("customer", "reference", "medium"),
    "answer": ("customer", "note"),
    "decide": ("names", "disposition", "reference"),
    "close": ("reason",),
}
"""The forms on the page of a recall, with their fields."""


@require_safe
@requires(Action.READ)
@answering_pages
def recalls(request: ActorRequest) -> HttpResponse:
    """The list of recalls, the newest first."""
    with reading(request) as reader:
        found = list(recall_rows(reader))
    context = {
        "recalls": [(one, RECALL_WORDS[one.status]) for one in found],
        "may_open": may(request.actor.role, Action.CAPTURE_RECALLS),
    }
    return render(request, "asbuilt/recalls.html", context)


@require_safe
@requires(Action.READ)
@answering_pages
def simulated(request: ActorRequest) -> HttpResponse:
    """What a recall would cover, counted by where it is now. A seed that was filled in joins those there are."""
    typed = request.GET.get("seeds", "").replace("\r\n", "\n").strip()
    added = seeds.built(request.GET)
    if added:
        lines = seed_lines(typed)
        return redirect(seeds_tried(lines if added in lines else [*lines, added]))
    return workbench(request, Form("open", dict.fromkeys(OPEN_FIELDS, "") | {"seeds": typed}))


def workbench(request: ActorRequest, form: Form) -> HttpResponse:
    """The page on which seeds are tried, and a recall of them is opened."""
    lines = seed_lines(form.typed["seeds"])
    context: dict[str, Any] = {
        "form": form,
        "seeds": form.typed["seeds"],
        "may_open": may(request.actor.role, Action.CAPTURE_RECALLS),
        "problem": seeds.nothing_said() if "kind" in request.GET else "",
        "told": seeds.told(lines),
        "kinds": seeds.builder(request.GET),
    }
    with reading(request) as reader:
        context["own_issuer"] = reader.site.issuer
        try:
            if lines:
                meant = meant_by(lines, reader.site.issuer)
                scope = scope_of(reader, meant, index=plant().indexes.of(reader))
                context |= {
                    "scope": scope,
                    "bounds": bounds(scope),
                    "groups": counted_in(reader, scope, GROUPS),
                    "questions": questions(reader, scope),
                    **_suspects(reader, scope, lines, first=min(whole(request.GET, "from"), len(scope))),
                }
        except (Malformed, NotFound, Ambiguous) as problem:
            context["problem"] = str(problem)
    return render(request, "asbuilt/recall_scope.html", context, status=422 if form.is_refused else 200)


def _suspects(reader: Reader, scope: Scope, lines: Sequence[str], *, first: int) -> dict[str, Any]:
    """A page of what a scope covers, from a place on."""
    shown = [(one, page_of_subject(one.kind, one.name)) for one in suspects(reader, scope, first=first, limit=SHOWN)]
    end = min(first + SHOWN, len(scope))
    return {
        "suspects": shown,
        "place": _("{first} to {last} of {all}").format(
            first=shown_count(min(first + 1, end)), last=shown_count(end), all=shown_count(len(scope))
        ),
        "is_first": first == 0,
        "first": seeds_tried(lines),
        "next": seeds_tried(lines, first=end) if end < len(scope) else "",
    }


def seed_lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def meant_by(lines: Sequence[str], own_issuer: str) -> tuple[RecallSeed, ...]:
    """The seeds that are written line by line. Raises Malformed."""
    return seeds_from([seed_of(line) for line in lines], own_issuer=own_issuer)


def bounds(scope: Scope) -> str:
    """How many are affected, in a sentence."""
    if scope.certain == len(scope):
        return _("{count} units and lots, all of them certainly.").format(count=shown_count(len(scope)))
    text = _("Certainly {certain}, at least {least}, at most {most} units and lots.")
    return text.format(
        certain=shown_count(scope.certain), least=shown_count(scope.at_least), most=shown_count(len(scope))
    )


@require_safe
@requires(Action.READ)
@answering_pages
def recall(request: ActorRequest, name: str) -> HttpResponse:
    """A recall: what it covers, what became of it, and what is to be done next."""
    return page_of(request, unquote(name))


def page_of(request: ActorRequest, number: str, returned: Form | None = None) -> HttpResponse:
    """The page of a recall with its forms; `returned` is one that came back, with what was typed."""
    after = whole(request.GET, "after") or None
    with reading(request) as reader:
        try:
            covered = member_page(reader, number, after=after, limit=SHOWN)
            if request.htmx.target == "members":  # a turned page of a long list: nothing is counted again
                context = _members(covered, number, reader.site.issuer, is_first=after is None)
                return render(request, "asbuilt/parts/recall_members.html", context)
            found = report(reader, number)
        except NotFound:
            return unanswered(request, reader, number)
        own_issuer = reader.site.issuer
    forms = {name: Form(name, dict.fromkeys(fields, "")) for name, fields in FRESH.items()}
    forms["freeze"].typed["meaning"] = _("approved")
    if returned is not None:
        forms[returned.name] = returned
    context = {
        **_told(found),
        **_members(covered, found.recall, own_issuer, is_first=after is None),
        **_clock(found),
        "csv": members_as_csv(found.recall),
        "forms": forms,
        "may_decide": found.status is not RecallStatus.CLOSED and may(request.actor.role, Action.CAPTURE_RECALLS),
        "may_hold": not found.is_drill and may(request.actor.role, Action.CAPTURE_QUALITY),
        "choices": [(one.value, disposition_word(one.value)) for one in RecallDisposition],
    }
    return render(request, "asbuilt/recall.html", context, status=200 if returned is None else 422)


def _members(page: MemberPage, number: str, own_issuer: str, *, is_first: bool) -> dict[str, Any]:
    """A page of the table, read by its key: the millionth row costs what the first does."""
    return {
        "members": [
            (one, page_of_subject(one.kind, one.name), disposition_word(one.disposition)) for one in page.members
        ],
        "own_issuer": own_issuer,
        "is_first": is_first,
        "first": recall_page(number),
        "next": recall_page(number, after=str(page.next)) if page.next is not None else "",
    }


def _clock(found: RecallReport) -> dict[str, Any]:
    """How long it took from the opening until the scope was settled; while it is not, how long it has taken so far."""
    at = {one.step: one.at for one in found.milestones}
    opened, settled = at["opened"], at.get("scope settled", at.get("closed"))
    so_far = int(((settled or now()) - opened).total_seconds())
    hours, rest = divmod(max(so_far, 0), 3600)
    return {
        "clock": f"{hours:02}:{rest // 60:02}:{rest % 60:02}",
        "clock_s": max(so_far, 0),
        "is_running": settled is None,
    }


def _told(found: RecallReport) -> dict[str, Any]:
    total = found.units + found.lots
    return {
        "recall": found,
        "said": RECALL_WORDS[found.status],
        "total": total,
        "decided": total - found.undecided,
        "dispositions": [(disposition_word(name), count) for name, count in found.dispositions.items() if name],
        "milestones": [(milestone_word(one.step), one, _duration(one.after_s)) for one in found.milestones],
        "digest": _digest(found),
        "share": "" if found.effectiveness is None else f"{found.effectiveness:.1%}",
    }


def _digest(found: RecallReport) -> Said | None:
    if found.digest_holds is None:
        return None
    return RECALL_WORDS["digest holds" if found.digest_holds else "digest broken"]


def _duration(seconds: int) -> str:
    hours, rest = divmod(max(seconds, 0), 3600)
    return _("{hours} h {minutes} min").format(hours=shown_count(hours), minutes=rest // 60)


def done(request: ActorRequest, said: str, path: str) -> HttpResponse:
    """Say what was done, on the page that shows it."""
    messages.success(request, said)
    return redirect(path)


def now() -> datetime:
    return datetime.now(UTC)
