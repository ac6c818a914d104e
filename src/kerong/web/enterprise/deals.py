"""Opening a deal: a firm applies on what the run offers it; whoever else the table lets open one does it here too."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from kerong.web.base.deal_wishes import REFUSALS, deal_wished, files_of
from kerong.web.base.forms import refused_keep, refused_take, whole_of
from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.selectors.attachments import ACCEPTED
from kerong.web.base.selectors.deal_openings import OpeningForm, opening_form
from kerong.web.base.selectors.due import days_of
from kerong.web.base.services.deal import Opening
from kerong.web.base.services.deal_attachment import deal_open_with

PARTY = "party_"


def deal_open(request: HttpRequest, kind: str) -> HttpResponse:
    """The form for a deal of a kind, and its opening; a kind that the person cannot open is not there."""
    user, published = person(request), run_or_404()
    product, base = request.GET.get("product", ""), whole_of(request.GET.get("base", ""))
    found = opening_form(user, published, kind, product, base, today=today())
    if found is None:
        raise Http404
    if request.method == "POST":
        return _opened(request, found)
    context = {"form": found, "kinds": ACCEPTED, "refused": refused_take(request, f"open {kind}")}
    return render(request, "enterprise/deal_open.html", context)


def _opened(request: HttpRequest, form: OpeningForm) -> HttpResponse:
    user, published, given = person(request), run_or_404(), request.POST
    asked = Opening(
        kind=form.kind.name,
        product=form.rule.name if form.rule is not None else given.get("product", ""),
        base=form.base.deal.pk if form.base is not None else whole_of(given.get("base", "")),
        firm=given.get("firm", "").strip(),
        parties={
            name.removeprefix(PARTY): str(code) for name, code in given.items() if name.startswith(PARTY) and code
        },
    )
    try:
        wish = deal_wished(form.move.name, given, published, (), form.fields)
        made = deal_open_with(
            *(user, published, given.get("run_id", ""), asked, wish, files_of(request)),
            today=today(),
            days=days_of(published),
        )
    except REFUSALS as error:
        refused_keep(request, f"open {form.kind.name}", error, part=form.move.name)
        asked_for = request.GET.urlencode()
        return redirect(reverse("deal_open", kwargs={"kind": form.kind.name}) + (f"?{asked_for}" if asked_for else ""))
    return redirect("deal", deal_id=made.pk)
