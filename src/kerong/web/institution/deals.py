"""The list of deals and the page of one deal with its moves, for everybody who is part of deals.

A bank, a guarantor, an insurer, a fund, a firm and the office come here, each to its own; what they may do is read
from the table of the deal's kind.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kerong.web.base.deal_wishes import REFUSALS, deal_wished, files_of
from kerong.web.base.forms import Refusal, Refused, refused_keep, refused_take, whole_of
from kerong.web.base.pages import file_saved, person, run_or_404, today
from kerong.web.base.selectors import attachments
from kerong.web.base.selectors.deal_forms import detail_fields
from kerong.web.base.selectors.deal_openings import openable, openable_on
from kerong.web.base.selectors.deal_pages import deal_view, is_visible
from kerong.web.base.selectors.deal_shared import preview_of
from kerong.web.base.selectors.deals import VIEWS, deal_list
from kerong.web.base.selectors.due import days_of
from kerong.web.base.services.access import access_record
from kerong.web.base.services.case import LONGEST_NOTE
from kerong.web.base.services.deal import deal_move
from kerong.web.base.services.deal_attachment import deal_attach, may_attach
from kerong.web.base.services.deal_trying import Tried, deal_tried
from kerong.web.base.services.group_line import own_lines

READ = "deal"
PURPOSES = {"enterprise": "own_data", "official": "public_duty"}
OLD_PAGE = ("case.refused.version", "case.refused.state")


def deals(request: HttpRequest) -> HttpResponse:
    """The deals that a person is part of, by where they stand, those due first."""
    published, user = run_or_404(), person(request)
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else VIEWS[0]
    number = whole_of(request.GET.get("page", "")) or 1
    found = deal_list(user, published, view, request.GET.get("state", ""), number, today=today())
    context = {"views": VIEWS, "view": view, "list": found, "openable": openable(user, published)}
    context["lines"] = own_lines(user, published.rulebook.region.name)
    return render(request, "institution/deals.html", context)


def deal(request: HttpRequest, deal_id: int) -> HttpResponse:
    """One deal; a foreign id and a missing one answer the same 404, and every read of a firm's deal is recorded."""
    return _page(request, deal_id, refused_take(request, f"deal {deal_id}"))


def _page(request: HttpRequest, deal_id: int, refused: Refused, tried: Tried | None = None) -> HttpResponse:
    published, user = run_or_404(), person(request)
    found = deal_view(user, published, deal_id, today=today(), seen_version=refused.version)
    if found is None:
        raise Http404
    held = found.line.deal
    preview = None if tried is None else preview_of(held, tried)
    access_record(user, READ, PURPOSES.get(user.role, "own_business"), held.enterprise_id)
    context = {
        "view": found,
        "deal": held,
        "refused": refused,
        "longest": LONGEST_NOTE,
        "attached": attachments.of_deal(deal_id),
        "may_attach": may_attach(held),
        "kinds": attachments.ACCEPTED,
        "preview": preview,
        "openable": openable_on(user, published, held),
    }
    return render(request, "institution/deal.html", context)


@require_POST
def move(request: HttpRequest, deal_id: int, move: str) -> HttpResponse:
    """Moves a deal on, or only tries it; what is refused is said on its page, and what was typed stands there.

    Files are laid in first: they stay where the move itself is refused.
    """
    user, published, given = person(request), run_or_404(), request.POST
    region, form, part = published.rulebook.region.name, f"deal {deal_id}", given.get("part", move)
    version = whole_of(given.get("version", "")) or 0
    day, days = today(), days_of(published)
    try:
        laid = deal_attach(user, region, deal_id, files_of(request))
        if laid is None:
            raise Http404
        chosen = [file for file in attachments.of_deal(deal_id) if file in laid or given.get(f"document_{file.pk}")]
        documents = [f"{file.title} ({file.digest[:12]})" for file in chosen]
        wish = deal_wished(move, given, published, documents, detail_fields(user, published, deal_id, move))
        if given.get("try"):
            tried = deal_tried(user, region, deal_id, wish, today=day, days=days, published=published)
            if tried is None:
                raise Http404
            typed = Refused("", {**given.dict(), **{f"document_{file.pk}": "1" for file in chosen}}, 0, part)
            return _page(request, deal_id, typed, tried)
        moved = deal_move(user, region, deal_id, wish, today=day, days=days, published=published)
    except REFUSALS as error:
        if not is_visible(user, region, deal_id):
            raise Http404 from error
        refused_keep(request, form, error, part=part, version=version * _is_old(error))
        return redirect("deal", deal_id=deal_id)
    if moved is None:
        raise Http404
    access_record(user, READ, PURPOSES.get(user.role, "own_business"), moved.enterprise_id)
    return redirect("deal", deal_id=deal_id)


def _is_old(error: Refusal | Exception) -> bool:
    return getattr(error, "key", "") in OLD_PAGE


@require_POST
def attach(request: HttpRequest, deal_id: int) -> HttpResponse:
    """Adds a file to a deal; why one is not taken is said on the deal's page."""
    user, region = person(request), run_or_404().rulebook.region.name
    try:
        files = files_of(request, "file")
        if deal_attach(user, region, deal_id, files) is None:
            raise Http404
    except REFUSALS as error:
        if not is_visible(user, region, deal_id):
            raise Http404 from error
        refused_keep(request, f"deal {deal_id}", error, part="attach")
    return redirect(f"{reverse('deal', kwargs={'deal_id': deal_id})}#attachments")


def attachment(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """A file of a deal, to be saved and never shown in place."""
    user = person(request)
    found = attachments.file_of_deal(user, run_or_404().rulebook.region.name, attachment_id)
    if found is None:
        raise Http404
    access_record(user, READ, PURPOSES.get(user.role, "own_business"), found.enterprise_id)
    return file_saved(found)
