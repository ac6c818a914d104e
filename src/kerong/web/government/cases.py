"""The task box, the list of cases and the page of one case with its moves.

Officials and analysts come here, and whoever may apply: a firm, an institution that is paid, each with its own cases.
"""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kerong.web.base.forms import fen_of, refused_keep, refused_take, whole_of
from kerong.web.base.pages import file_saved, person, run_or_404, today
from kerong.web.base.permissions import FULL_VIEW
from kerong.web.base.selectors import attachments, case_pages
from kerong.web.base.selectors.calls import appliable
from kerong.web.base.selectors.cases import VIEWS
from kerong.web.base.selectors.due import days_of
from kerong.web.base.selectors.tasks import tasks
from kerong.web.base.services.access import access_record
from kerong.web.base.services.attachment import MOST_BYTES, attachment_add
from kerong.web.base.services.case import LONGEST_NOTE, CaseRefused, Payee, Wish, case_move
from kerong.web.base.services.ledger import LedgerBusy, LedgerRefused
from kerong.web.base.uploads import is_too_large

READ = "case"
MOST_TASKS = 200
PUBLIC = "notices"


def task_box(request: HttpRequest) -> HttpResponse:
    """What waits for the person, and the cases that they may see."""
    published, user, day = run_or_404(), person(request), today()
    view = request.GET.get("view", "")
    context: dict[str, object] = {"views": VIEWS, "view": view if view in VIEWS else "mine"}
    if context["view"] == "mine":
        context["tasks"] = tasks(user, published, today=day, most=MOST_TASKS)
        context["appliable"] = appliable(user, published, today=day)
    else:
        number = whole_of(request.GET.get("page", "")) or 1
        context["list"] = case_pages.case_list(user, published, view, number, today=day)
    return render(request, "government/tasks.html", context)


def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case; a foreign id and a missing one answer the same 404, and every read of a firm's case is recorded."""
    published, user = run_or_404(), person(request)
    refused = refused_take(request, f"case {case_id}")
    found = case_pages.case_view(user, published, case_id, today=today(), seen_version=refused.version)
    if found is None:
        raise Http404
    held = found.page.line.case
    own = user.role not in FULL_VIEW
    access_record(user, READ, "own_data" if own else "public_duty", held.enterprise_id)
    context = {
        "view": found,
        "page": found.page,
        "case": held,
        "refused": refused,
        "longest": LONGEST_NOTE,
        "attached": attachments.of_case(held.pk),
        "may_attach": attachments.may_attach(user, held),
        "kinds": attachments.ACCEPTED,
    }
    return render(request, "government/case.html", context)


@require_POST
def move(request: HttpRequest, case_id: int, move: str) -> HttpResponse:
    """Moves a case on; what is refused is said on its page, and what was typed stands there."""
    user, published, given = person(request), run_or_404(), request.POST
    version = whole_of(given.get("version", "")) or 0
    form = PUBLIC if given.get("from") == PUBLIC else f"case {case_id}"
    back = redirect("notices") if form == PUBLIC else redirect("case", case_id=case_id)
    region = published.rulebook.region.name
    try:
        moved = case_move(user, region, case_id, wished(move, given), today=today(), days=days_of(published))
    except (CaseRefused, LedgerRefused, LedgerBusy) as error:
        if form != PUBLIC and not case_pages.is_visible(user, region, case_id):
            raise Http404 from error
        is_old = isinstance(error, CaseRefused) and error.key in ("case.refused.version", "case.refused.state")
        refused_keep(request, form, error, part=str(case_id) if form == PUBLIC else move, version=version * is_old)
        return back
    if moved is None:
        raise Http404
    access_record(user, READ, "public_duty" if user.role in FULL_VIEW else "own_data", moved.enterprise_id)
    return back


def wished(name: str, given: Mapping[str, str]) -> Wish:
    """The wish as a form gives it (`seen`: the amount that the page showed). Raises CaseRefused for no amount."""
    typed = fen_of(given["fen"]) if "fen" in given else whole_or_none(given.get("seen", ""))
    names = ("payee_name", "bank", "account")
    payee = Payee(*(given.get(one, "").strip() for one in names)) if any(one in given for one in names) else None
    return Wish(
        name,
        whole_of(given.get("version", "")) or 0,
        note=given.get("note", ""),
        fen=typed,
        payee=payee,
        stage=whole_of(given.get("stage", "")),
        score=whole_of(given.get("score", "")),
    )


def whole_or_none(text: str) -> int | None:
    """An amount in fen as a hidden box carries it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


@require_POST
def attach(request: HttpRequest, case_id: int) -> HttpResponse:
    """Adds a file to a case; why one is not taken is said on the case's page."""
    user, region = person(request), run_or_404().rulebook.region.name
    try:
        if is_too_large(request):
            raise CaseRefused("attachment.refused.size", most=MOST_BYTES >> 20)
        file = request.FILES.get("file")
        if file is None:
            raise CaseRefused("attachment.refused.none")
        added = attachment_add(user, region, case_id, file.name or "", file.read())
    except (CaseRefused, LedgerBusy) as error:
        if not case_pages.is_visible(user, region, case_id):
            raise Http404 from error
        refused_keep(request, f"case {case_id}", error, part="attach")
    else:
        if added is None:
            raise Http404
    return redirect(f"{reverse('case', kwargs={'case_id': case_id})}#attachments")


def attachment(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """A file of a case, to be saved and never shown in place."""
    user = person(request)
    found = attachments.opened_file(user, run_or_404().rulebook.region.name, attachment_id)
    if found is None:
        raise Http404
    access_record(user, READ, "public_duty" if user.role in FULL_VIEW else "own_data", found.enterprise_id)
    return file_saved(found)
