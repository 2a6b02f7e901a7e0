"""The page of a label: seen in true size, printed, and what became of the prints."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from asbuilt.accounts.actors import ActorRequest
from asbuilt.accounts.authentication import refusal_of, requires
from asbuilt.accounts.event_ids import new_event_id
from asbuilt.accounts.plant import plant
from asbuilt.accounts.printers import PrinterProblem
from asbuilt.accounts.roles import Action, may
from asbuilt.capture.print_jobs import JobProblem, NoSuchJob, PrintRefused
from asbuilt.capture.repeats import KeyUsed
from asbuilt.core.events.identity import COPIES_MAX
from asbuilt.core.identifiers.subjects import SubjectKind
from asbuilt.core.identifiers.text import NameProblem, checked_text
from asbuilt.core.states.records.labels import JobState
from asbuilt.exchange.labels import serving
from asbuilt.exchange.labels.content import Form
from asbuilt.exchange.labels.layout import Layout
from asbuilt.exchange.labels.making import LabelRequest, label_layout
from asbuilt.exchange.labels.printing import Plant, Wish, queue_label
from asbuilt.exchange.labels.problems import LabelProblem, LabelsMissing
from asbuilt.exchange.labels.symbols import Symbology
from asbuilt.exchange.labels.template import TEMPLATES, Template
from asbuilt.ledger.database import Reader
from asbuilt.queries.naming import Ambiguous, Named, NotFound, meant
from asbuilt.queries.print_jobs import Printed, PrintJobView, jobs_of, last_printed
from asbuilt.web.addresses import download_of, label_of, name_in
from asbuilt.web.asking import one_of
from asbuilt.web.reading import answering_pages, reading
from asbuilt.web.unknown import unanswered
from asbuilt.web.words import JOB_WORDS, Said, Tone

JOBS_SHOWN = 20

_TEMPLATES: dict[str, Promise] = {
    "unit": gettext_lazy("Mark of a unit, Data Matrix"),
    "unit-link": gettext_lazy("Mark of a unit, QR Code with Digital Link"),
    "part": gettext_lazy("Its part"),
    "lot": gettext_lazy("Lot"),
    "order": gettext_lazy("Its work order"),
    "carton": gettext_lazy("Its carton (SSCC)"),
}
_CONTENTS: dict[Form, str | Promise] = {
    Form.AUTO: gettext_lazy("GS1 where a GTIN is known, else ISO/IEC 15434"),
    Form.GS1: "GS1",
    Form.DIGITAL_LINK: "GS1 Digital Link",
    Form.ISO_15434: "ISO/IEC 15434",
}
_SYMBOLOGIES = {Symbology.DATA_MATRIX: "Data Matrix", Symbology.QR_CODE: "QR Code", Symbology.CODE_128: "Code 128"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is chosen on the page, and what was typed into it."""

    template: Template
    content: Form
    printer: str = ""
    copies: str = "1"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A symbol of the label, and what a reader made of it."""

    symbology: str
    identifier: str
    content: str


@dataclass(frozen=True, slots=True)
class Job:
    """A print job in the words of the page. can_retry, is_question: what a person can do about it."""

    view: PrintJobView
    said: Said
    can_retry: bool
    is_question: bool


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.READ)
@answering_pages
def label(request: ActorRequest, kind: str, name: str) -> HttpResponse:
    """The label of a unit or lot; a POST prints it."""
    text = name_in(name)
    with reading(request) as reader:
        try:
            named = meant(reader, text, kinds=(SubjectKind[kind.upper()],))
        except (NotFound, Ambiguous):
            return unanswered(request, reader, text)
    asked = _asked(request, kind)
    if request.method != "POST":
        return _page(request, kind, named, asked)
    _may_print(request)
    try:
        wish = _wish(request, asked)
        at = _here(request)
        job = serving.sent(at, queue_label(at, named, wish))
    except (PrintRefused, LabelProblem, LabelsMissing, PrinterProblem, KeyUsed, NameProblem, NotFound) as problem:
        return _page(request, kind, named, asked, problem=_told(problem))
    _tell(request, job)
    return redirect(label_of(kind, named.name, template=asked.template.name, content=asked.content.value))


@require_POST
@requires(Action.PRINT_LABELS)
@answering_pages
def settle_job(request: ActorRequest, number: int) -> HttpResponse:
    """What a person does about a job: try it again, or say what became of it. Then back to its label."""
    at, do = _here(request), request.POST.get("do", "")
    try:
        before = serving.job(at, number)
    except NoSuchJob as problem:
        raise Http404 from problem
    try:
        reason = checked_text(request.POST.get("reason", "").strip(), what="reason")
        if do == "retry":
            job = serving.retried(at, number, reason=reason)
        elif do in ("printed", "not-printed"):
            is_printed = do == "printed"
            job = serving.settled(at, number, is_printed=is_printed, actor=request.actor.name, reason=reason)
        else:
            raise Http404
        _tell(request, job)
    except (JobProblem, PrintRefused, NameProblem) as problem:
        messages.error(request, _told(problem))
    return redirect(label_of(before.kind, before.name, template=before.template))


def _asked(request: ActorRequest, kind: str) -> Asked:
    given = request.POST if request.method == "POST" else request.GET
    offered = _offered(kind)
    template = next((one for one in offered if one.name == given.get("template")), offered[0])
    return Asked(
        template=template,
        content=one_of(Form, given.get("content", ""), otherwise=Form.AUTO),
        printer=given.get("printer", ""),
        copies=given.get("copies", "1").strip(),
        reason=given.get("reason", "").strip(),
    )


def _offered(kind: str) -> list[Template]:
    return [one for one in TEMPLATES if one.is_of_lot == (kind == "lot")]


def _wish(request: ActorRequest, asked: Asked) -> Wish:
    """What the form asks for. Raises PrinterProblem, LabelProblem, NameProblem."""
    is_number = asked.copies.isascii() and asked.copies.isdigit() and len(asked.copies) <= len(str(COPIES_MAX))
    copies = int(asked.copies) if is_number else 0
    if not 1 <= copies <= COPIES_MAX:
        raise LabelProblem(_("Copies: give a whole number from 1 to {most}.").format(most=COPIES_MAX))
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = new_event_id()
    return Wish(
        key=key,
        template=asked.template.name,
        printer=serving.printer(asked.printer),
        actor=request.actor.name,
        marking=serving.marking(asked.content.value),
        copies=copies,
        reason=checked_text(asked.reason, what="reason"),
    )


def _page(request: ActorRequest, kind: str, named: Named, asked: Asked, *, problem: str = "") -> HttpResponse:
    with reading(request) as reader:
        layout, trouble, is_missing = _made(reader, named, asked)
        printed = last_printed(reader, named.subject_id, asked.template.name)
        jobs = [_job(view) for view in jobs_of(reader, named.subject_id, now=datetime.now(UTC), limit=JOBS_SHOWN)]
    chosen = {"template": asked.template.name, "content": asked.content.value}
    context = {
        "kind": kind,
        "named": named,
        "asked": asked,
        "templates": [
            (one.name, f"{_TEMPLATES[one.name]}, {one.width:g} × {one.height:g} mm") for one in _offered(kind)
        ],
        "contents": [(form.value, word) for form, word in _CONTENTS.items()],
        "layout": layout,
        "checked": _checked(layout),
        "trouble": trouble,
        "is_missing": is_missing,
        "preview": download_of(kind, "label", named.name, **chosen, format="svg"),
        "pdf": download_of(kind, "label", named.name, **chosen, format="pdf"),
        "zpl": download_of(kind, "label", named.name, **chosen, format="zpl"),
        "may_print": may(request.actor.role, Action.PRINT_LABELS),
        "printers": [one.name for one in serving.printers()],
        "printed": printed,
        "asks_reason": _asks_reason(kind, printed),
        "key": new_event_id(),
        "jobs": jobs,
        "problem": problem,
        "own_issuer": plant().site(request.actor.site).issuer,
    }
    return render(request, "asbuilt/label.html", context, status=409 if problem else 200)


def _asks_reason(kind: str, printed: Printed | None) -> bool:
    """Whether it is a reprint; each box of a lot has a label."""
    return kind == "unit" and printed is not None


def _made(reader: Reader, named: Named, asked: Asked) -> tuple[Layout | None, str, bool]:
    """The label laid out, or why there is none, and whether that is for want of a package."""
    try:
        wanted = LabelRequest(template=asked.template.name, marking=serving.marking(asked.content.value))
        return label_layout(reader, named, wanted, is_printed=False), "", False
    except LabelsMissing as problem:
        return None, str(problem), True
    except (LabelProblem, NotFound) as problem:
        return None, str(problem), False


def _checked(layout: Layout | None) -> list[Checked]:
    symbols = [] if layout is None else [placed.symbol for placed in layout.symbols]
    return [Checked(_SYMBOLOGIES[one.symbology], one.identifier, one.content.said) for one in symbols]


def _job(view: PrintJobView) -> Job:
    said = JOB_WORDS[view.state]
    is_unrecorded = view.state is JobState.SENT and not view.is_recorded
    if is_unrecorded:
        said = Said(_("Printed, not recorded"), Tone.HOLD)
    return Job(
        view=view,
        said=said,
        can_retry=view.state in (JobState.FAILED, JobState.GIVEN_UP),
        is_question=view.state is JobState.UNKNOWN or (is_unrecorded and bool(view.problem)),
    )


def _tell(request: ActorRequest, job: PrintJobView) -> None:
    said = _job(job).said
    text = f"{_('Job {number}').format(number=job.job)}: {said.word}"
    if job.problem:
        text = f"{text}. {job.problem}"
    (messages.success if job.is_recorded else messages.warning)(request, text)


def _told(problem: Exception) -> str:
    if isinstance(problem, PrintRefused):
        return "; ".join(one.reason for one in problem.broken)
    return str(problem)


def _here(request: ActorRequest) -> Plant:
    return serving.printing_at(plant().site(request.actor.site), clock=lambda: datetime.now(UTC))


def _may_print(request: ActorRequest) -> None:
    if not may(request.actor.role, Action.PRINT_LABELS):
        raise PermissionDenied(refusal_of(request.actor, Action.PRINT_LABELS))
