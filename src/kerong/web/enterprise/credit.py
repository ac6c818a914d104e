"""What a credit card says of one enterprise: for itself, and for institutions that it let in for that purpose.

The route stands only where the setting is on (credit reporting needs a licence); the gate sees to that.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.pages import lang_of, person, run_or_404, today
from kerong.web.base.permissions import reach
from kerong.web.base.selectors.carried import carried
from kerong.web.base.selectors.credit import credit_page
from kerong.web.base.services.access import access_record


def credit(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """The reading with its reasons. A foreign id, a missing one and what was not agreed to answer the same 404."""
    published, user = run_or_404(), person(request)
    granted = reach(user, enterprise_id, today())
    if granted is None:
        raise Http404
    found = credit_page(published, enterprise_id, granted, carried(published, granted), lang_of(request))
    if found is None:
        raise Http404
    access_record(user, "credit", granted.purpose, enterprise_id, granted.consent)
    return render(request, "enterprise/credit.html", {"page": found, "reach": granted, "firm": found.firm})
