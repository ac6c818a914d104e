"""The desk of those who answer objections: what waits, overdue first, and what was decided."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.selectors import objections as objected
from kerong.web.base.selectors.archive import city
from kerong.web.base.services.objection import LONGEST_TEXT, ObjectionRefused, objection_move


def desk(request: HttpRequest) -> HttpResponse:
    """Objections that wait for an answer or a correction, and the last that were closed."""
    published = run_or_404()
    waiting, closed = objected.desk(published, today(), person(request))
    context = {
        "waiting": waiting,
        "closed": closed,
        "overdue": sum(line.is_overdue for line in waiting),
        "registers": published.rulebook.registers.values(),
        "refused": request.session.pop("objection_refused", ""),
        "longest": LONGEST_TEXT,
    }
    return render(request, "government/objections.html", context)


@require_POST
def move(request: HttpRequest, objection_id: int, move: str) -> HttpResponse:
    """Withdraws, upholds, refuses or corrects; what is refused is said on the page that comes next."""
    user, found, published = person(request), city(), run_or_404()
    source = request.POST.get("source", "")
    known = source if source in published.rulebook.registers else ""
    request.session["objection_refused"] = ""
    try:
        moved = objection_move(
            user, objection_id, move, request.POST.get("text", ""), known, archive=found.archive if found else None
        )
    except ObjectionRefused as error:
        request.session["objection_refused"] = str(error)
    else:
        if moved is None:
            raise Http404
    if user.enterprise_id:
        return redirect(f"{reverse('enterprise_record', kwargs={'enterprise_id': user.enterprise_id})}#objections")
    return redirect("objections")
