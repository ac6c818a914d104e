"""Where the data come from: the list that everybody sees, and for those who keep the data a page per source."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.pages import lang_of, run_or_404
from kerong.web.base.permissions import ROUTES, role_of
from kerong.web.base.selectors import registers as listed
from kerong.web.base.selectors.archive import city
from kerong.web.base.selectors.batches import register_page


def registers(request: HttpRequest) -> HttpResponse:
    """Every source: whose it is, on which legal basis, how often it comes; how good it is only for its keepers."""
    published, found = run_or_404(), city()
    page = listed.registers(found) if found else None
    declared = listed.declared(published.rulebook)
    context = {
        "declared": declared,
        "listed": sorted(page.sources, key=lambda source: source.feed) if page else declared,
        "page": page,
        "city": found,
        "is_keeper": role_of(request.user) in ROUTES["register"],
    }
    return render(request, "public/registers.html", context)


def register(request: HttpRequest, name: str) -> HttpResponse:
    """One source: its cards over time, its batches, its problems, what was decided."""
    published, found = run_or_404(), city()
    bare = next((item for item in listed.declared(published.rulebook) if item.feed == name), None)
    if bare is None:
        raise Http404
    page = register_page(found, name, lang_of(request)) if found else None
    context = {"page": page, "source": page.source if page else bare, "city": found}
    return render(request, "public/register.html", context)
