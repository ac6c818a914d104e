"""The page of one enterprise: for itself, for officials, and for institutions that it let in."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse

from kerong.web.base.pages import lang_of, person, run_or_404, today
from kerong.web.base.permissions import reach
from kerong.web.base.selectors import consents, dossier, figures_of_firm
from kerong.web.base.selectors.calls import appliable
from kerong.web.base.selectors.carried import carried
from kerong.web.base.selectors.credit import may_open
from kerong.web.base.selectors.deal_openings import openable
from kerong.web.base.selectors.objections import answers_untold, disputed
from kerong.web.base.selectors.systems import firm_under, kept
from kerong.web.base.services.access import access_record
from kerong.web.base.services.consent import ConsentRefused, consent_grant, consent_revoke

TERMS_DAYS = (30, 90, 180, 366)


def page(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """The dossier. A foreign id and a missing one answer the same 404; every read is recorded."""
    published, user = run_or_404(), person(request)
    granted = reach(user, enterprise_id, today())
    if granted is None:
        raise Http404
    held = carried(published, granted)
    found = dossier.dossier(published, enterprise_id, granted.provider, held)
    if found is None:
        raise Http404
    access_record(user, "page", granted.purpose, enterprise_id, granted.consent)
    context = {
        "dossier": found,
        "reach": granted,
        "held": held,
        "marks": disputed(enterprise_id),
        "shows_stage": held.has((published.rulebook.region.stage or "").removeprefix("enterprise.")),
        "profile": figures_of_firm.profile(published, found.enterprise),
        "radar": figures_of_firm.radar(found, lang_of(request), published.rulebook.region),
        "radar_words": figures_of_firm.radar_words(lang_of(request)),
        "show_profile": granted.covers("profile"),
        "show_score": granted.covers("score"),
        "show_offers": granted.covers("offers"),
        "shows_credit": may_open(published, granted),
        "shows_ties": granted.consent is None,
        "is_compared": granted.provider is None and kept(published) is not None,
    }
    if granted.own:
        context |= _own_side(request, enterprise_id)
    return render(request, "enterprise/page.html", context)


def systems(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """The same firm under the systems of several regions: what each would give it; every read is recorded."""
    published, user = run_or_404(), person(request)
    granted = reach(user, enterprise_id, today())
    firm = published.enterprise(enterprise_id) if granted else None
    if granted is None or firm is None:
        raise Http404
    access_record(user, "page", granted.purpose, enterprise_id, granted.consent)
    found = kept(published)
    lines = firm_under(found, enterprise_id) if found else []
    return render(request, "enterprise/systems.html", {"firm": firm, "lines": lines})


def grant(request: HttpRequest) -> HttpResponse:
    """Grants a consent; what is refused is said on the page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    user, form = person(request), request.POST
    term = form.get("term_days", "")
    refused = ""
    try:
        consent_grant(
            user,
            form.get("institution", ""),
            {item.code for item in run_or_404().rulebook.region.institutions},
            form.get("purpose", ""),
            form.getlist("sections"),
            today=today(),
            term_days=int(term) if term.isascii() and term.isdigit() and len(term) < 6 else 0,
        )
    except ConsentRefused as error:
        refused = str(error)
    request.session["consent_refused"] = refused
    return redirect(f"{_own_address(user.enterprise_id)}#consents")


def revoke(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Revokes a consent; it holds from the next request of anybody."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    user = person(request)
    if not consent_revoke(user, consent_id):
        raise Http404
    return redirect(f"{_own_address(user.enterprise_id)}#consents")


def _own_side(request: HttpRequest, enterprise_id: str) -> dict[str, object]:
    region = run_or_404().rulebook.region
    return {
        "consents": consents.consents_of(enterprise_id, today()),
        "reads": consents.reads_of(enterprise_id),
        "institutions": [item for item in region.institutions if item.kind in consents.READERS],
        "institution_titles": {item.code: item.title for item in region.institutions},
        "purposes": consents.PURPOSES,
        "sections": consents.SECTIONS,
        "terms_days": TERMS_DAYS,
        "answers": answers_untold(enterprise_id),
        "appliable": {
            one.call.rule: one.call.closes_on for one in appliable(person(request), run_or_404(), today=today())
        },
        "openable": {one.rule.name: one for one in openable(person(request), run_or_404()) if one.rule is not None},
        "consent_refused": request.session.pop("consent_refused", ""),
    }


def _own_address(enterprise_id: str) -> str:
    return reverse("enterprise", kwargs={"enterprise_id": enterprise_id})
