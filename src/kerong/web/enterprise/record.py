"""What the city holds of one enterprise: every value with its origin, its ties, its rows, and objections to them."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kerong.web.base.pages import is_partial, lang_of, person, run_or_404, today
from kerong.web.base.permissions import ROUTES, Reach, reach
from kerong.web.base.selectors import lineage
from kerong.web.base.selectors import network as ties
from kerong.web.base.selectors import objections as objected
from kerong.web.base.selectors import record as recorded
from kerong.web.base.selectors import values as listed
from kerong.web.base.selectors.archive import city
from kerong.web.base.selectors.carried import Carried, carried
from kerong.web.base.selectors.contagion import coming_over
from kerong.web.base.selectors.facts import FactsGone
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.subjects import field_subject, row_subject
from kerong.web.base.services.access import access_record
from kerong.web.base.services.objection import (
    DAYS_TO_ANSWER,
    LONGEST_TEXT,
    ObjectionRefused,
    objection_make,
    objections_told,
)

MAX_SEARCH = 100
ROWS_PER_PAGE = 40


@dataclass(frozen=True)
class Asked:
    """One enterprise, and what its reader may see of it."""

    published: Published
    firm: dict[str, object]
    granted: Reach
    held: Carried
    marks: objected.Disputed

    @property
    def head(self) -> dict[str, object]:
        """Name and id for the head of a page."""
        name = self.firm.get("name") if self.held.has("name") else None
        return {"enterprise_id": self.firm["enterprise_id"], "name": name}

    @property
    def context(self) -> dict[str, object]:
        """What every template here needs."""
        return {"firm": self.head, "reach": self.granted, "held": self.held, "may_object": self.granted.own}


def values(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """Every value in groups, searchable; each leads to its origin."""
    asked = _asked(request, enterprise_id, "page", "profile")
    search = request.GET.get("q", "").strip()[:MAX_SEARCH]
    found = listed.values(asked.published, asked.firm, asked.held, asked.marks, search)
    context = {**asked.context, "values": found, "search": search}
    return render(request, "enterprise/values_list.html" if is_partial(request) else "enterprise/values.html", context)


def value(request: HttpRequest, enterprise_id: str, field: str) -> HttpResponse:
    """Where one value comes from; htmx asks for the panel alone."""
    asked = _asked(request, enterprise_id, "lineage", "profile")
    found = lineage.panel(asked.published, enterprise_id, field, asked.held, asked.marks, lang_of(request))
    if found is None:
        raise Http404
    context = {
        **asked.context,
        "panel": found,
        "opens_batch": person(request).role in ROUTES["batch"] and city() is not None,
        "longest": LONGEST_TEXT,
    }
    return render(request, "enterprise/panel.html" if is_partial(request) else "enterprise/value.html", context)


def network(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """Shares, sureties and persons around the enterprise; for itself its direct ties."""
    asked = _asked(request, enterprise_id, "network")
    lang, own = lang_of(request), asked.granted.own
    found = ties.pictures(asked.published, asked.firm, asked.held, asked.marks, own, lang)
    over = coming_over(asked.published, person(request), enterprise_id)
    return render(request, "enterprise/network.html", {**asked.context, "pictures": found, "over": over})


def record(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """Registers, conflicts, reads, purposes, objections."""
    asked = _asked(request, enterprise_id, "record")
    conflicts, more = recorded.conflicts_of(asked.published, enterprise_id, asked.held, asked.marks)
    registers = recorded.held_of(asked.published, enterprise_id)
    context = {
        **asked.context,
        "held_registers": [line for line in registers if line.rows],
        "empty_registers": [line for line in registers if not line.rows],
        "conflicts": conflicts,
        "more_conflicts": more,
        "reads": recorded.reads_by_day(enterprise_id),
        "purposes": list(asked.published.rulebook.purposes.values()),
        "objections": objected.objections_of(asked.published, enterprise_id, today(), person(request)),
        "days_to_answer": DAYS_TO_ANSWER,
        "refused": request.session.pop("objection_refused", ""),
    }
    answer = render(request, "enterprise/record.html", context)
    if asked.granted.own:
        objections_told(enterprise_id)
    return answer


def rows(request: HttpRequest, enterprise_id: str, register: str) -> HttpResponse:
    """Every row of one register that the city holds of the enterprise, a page at a time."""
    asked = _asked(request, enterprise_id, "record")
    known = asked.published.rulebook.registers.get(register)
    if known is None or register not in asked.held.columns:
        raise Http404
    try:
        found = lineage.rows_of_register(
            asked.published, enterprise_id, register, asked.held, asked.marks, lang_of(request)
        )
        gone = ""
    except FactsGone as error:
        found, gone = (), error.kind
    pages = max(1, -(-len(found) // ROWS_PER_PAGE))
    told = request.GET.get("page", "1")
    page = min(int(told), pages) if told.isascii() and told.isdigit() and told != "0" and len(told) < 9 else 1
    context = {
        **asked.context,
        "register": known,
        "rows": found[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE],
        "total": len(found),
        "page": page,
        "pages": pages,
        "gone": gone,
        "opens_batch": person(request).role in ROUTES["batch"] and city() is not None,
        "longest": LONGEST_TEXT,
    }
    return render(request, "enterprise/rows.html", context)


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Objects to a value or a row of the enterprise's own record; what is refused is said on the record's page."""
    user, published = person(request), run_or_404()
    asked = _of(published, user.enterprise_id, reach(user, user.enterprise_id, today()))
    form, found = request.POST, city()
    register, _, place = form.get("row", "").partition("|")
    subject = (
        row_subject(published, user.enterprise_id, register, place, asked.held)
        if register
        else field_subject(published, asked.firm, form.get("field", ""), asked.held)
    )
    if subject is None:
        raise Http404
    request.session["objection_refused"] = ""
    try:
        objection_make(user, subject, form.get("text", ""), today=today(), archive=found.archive if found else None)
    except ObjectionRefused as error:
        request.session["objection_refused"] = str(error)
    return redirect(f"{reverse('enterprise_record', kwargs={'enterprise_id': user.enterprise_id})}#objections")


def _asked(request: HttpRequest, enterprise_id: str, what: str, section: str = "") -> Asked:
    """What the reader asked for, recorded as a read. A foreign id, a missing one and a section that was not granted
    answer the same 404.
    """
    published, user = run_or_404(), person(request)
    granted = reach(user, enterprise_id, today())
    if granted is not None and section and not granted.covers(section):
        granted = None
    asked = _of(published, enterprise_id, granted)
    access_record(user, what, asked.granted.purpose, enterprise_id, asked.granted.consent)
    return asked


def _of(published: Published, enterprise_id: str, granted: Reach | None) -> Asked:
    firm = published.enterprise(enterprise_id) if granted else None
    if granted is None or firm is None:
        raise Http404
    return Asked(published, firm, granted, carried(published, granted), objected.disputed(enterprise_id))
