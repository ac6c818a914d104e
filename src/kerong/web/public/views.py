"""What everybody may see: the region at a glance, the policies and products, and the state of the service."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from kerong.web.base.middleware import LANGUAGE_COOKIE, LANGUAGES
from kerong.web.base.pages import is_partial, lang_of, person, run_or_404
from kerong.web.base.permissions import FULL_VIEW, home_address, role_of
from kerong.web.base.selectors import overview as selected
from kerong.web.base.selectors import rules as ruled
from kerong.web.base.selectors import waterfalls as split
from kerong.web.base.selectors.published import current
from kerong.web.base.selectors.sources import has_sources, sources_page
from kerong.web.base.selectors.systems import kept, systems_page

A_YEAR_S = 365 * 24 * 3600


def overview(request: HttpRequest) -> HttpResponse:
    """The region on one page; officials see exact numbers, everybody else numbers under disclosure control."""
    published = current()
    if published is None:
        return render(request, "public/empty.html")
    measure = request.GET.get("measure", "firms")
    shown = selected.overview(published, measure, lang_of(request), exact=role_of(request.user) in FULL_VIEW)
    part = is_partial(request) and request.headers.get("HX-Target", "").endswith("#map")
    return render(request, "public/map.html" if part else "public/overview.html", {"overview": shown})


def rules(request: HttpRequest) -> HttpResponse:
    """All policies and products with how many enterprises meet each."""
    exact = role_of(request.user) in FULL_VIEW
    published = run_or_404()
    context = {
        "groups": ruled.groups(published, exact=exact),
        "waterfalls": split.cards(published, lang_of(request)),
        "region_has_sources": has_sources(published.rulebook),
        "is_compared": kept(published) is not None,
    }
    return render(request, "public/rules.html", context)


def rule(request: HttpRequest, name: str) -> HttpResponse:
    """One policy or product: its words, its numbers by date, what stops whom; officials see who meets it."""
    published = run_or_404()
    exact = role_of(request.user) in FULL_VIEW
    page = ruled.rule_page(published, ruled.rule_or_404(published, name), exact=exact)
    context = {
        "page": page,
        "rule": page.rule,
        "beneficiaries": ruled.beneficiaries(published, name) if exact else [],
        "waterfalls": split.of_rule(published, page.rule),
    }
    return render(request, "public/rule.html", context)


def waterfall(request: HttpRequest, name: str) -> HttpResponse:
    """Who bears or receives which part of an amount: layers in words, worked examples, numbers by date."""
    published = run_or_404()
    page = split.waterfall_page(published, split.waterfall_or_404(published, name), lang_of(request))
    return render(request, "public/waterfall.html", {"page": page, "waterfall": page.waterfall})


def sources(request: HttpRequest) -> HttpResponse:
    """What the region's sources say: published figures, checks, errors, tables, and measures that are no rules."""
    book = run_or_404().rulebook
    return render(request, "public/sources.html", {"page": sources_page(book) if has_sources(book) else None})


def systems(request: HttpRequest) -> HttpResponse:
    """The systems of several regions side by side on this city; `r` in the address names those that are shown."""
    exact = role_of(request.user) in FULL_VIEW
    found = kept(run_or_404())
    page = systems_page(found, request.GET.getlist("r"), lang_of(request), exact=exact) if found else None
    return render(request, "public/systems.html", {"page": page, "exact": exact})


def home(request: HttpRequest) -> HttpResponse:
    """Leads each role to its own face."""
    return redirect(home_address(person(request)))


def language(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen language in a cookie and returns to the page where it was chosen."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    answer = HttpResponseRedirect(target if safe else reverse("overview"))
    chosen = request.POST.get("lang", "")
    if chosen in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=A_YEAR_S, samesite="Lax", secure=request.is_secure())
    return answer


def health(request: HttpRequest) -> JsonResponse:
    """Is the database there, and which run is shown?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    published = current()
    return JsonResponse({"ok": True, "run": published.run_id if published else None})
