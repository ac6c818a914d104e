"""Calls: officials open one for a rule, see who is entitled, and propose application-free grants to many at once."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kerong.web.base.forms import bp_of, day_of, refused_keep, refused_take, whole_of
from kerong.web.base.pages import lang_of, person, run_or_404, today
from kerong.web.base.selectors import calls as called
from kerong.web.base.selectors.due import days_of
from kerong.web.base.services.call import Stage, Terms, call_open
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.proposal import MOST, grants_propose

STAGES = range(1, 5)


def calls(request: HttpRequest) -> HttpResponse:
    """The calls, and the form for a new one."""
    published, day = run_or_404(), today()
    programmes = called.programmes(published.rulebook.region.name, day.year)
    context = {
        "lines": called.call_lines(published, today=day),
        "rules": called.openable(published, today=day),
        "programmes": programmes,
        "levels": sorted({level for levels in programmes.values() for level in levels}),
        "stages": STAGES,
        "year": day.year,
        "refused": refused_take(request, "call"),
    }
    return render(request, "government/calls.html", context)


@require_POST
def open_call(request: HttpRequest) -> HttpResponse:
    """Opens a call; what is refused is said on the page of calls, and what was typed stands there."""
    user, published, given = person(request), run_or_404(), request.POST
    rule, programme = given.get("rule", ""), given.get("programme", "")
    try:
        made = call_open(
            user, published.rulebook, rule, programme, today().year, terms_of(given), given.get("is_free") == "1"
        )
    except CaseRefused as error:
        refused_keep(request, "call", error)
        return redirect(f"{reverse('calls')}#open")
    return redirect("call", call_id=made.pk)


def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call: its terms, who is entitled and has no case, and how the sum stands beside the budgets."""
    found = called.call_view(run_or_404(), call_id, today=today())
    if found is None:
        raise Http404
    told = request.session.pop("proposed", None)
    context = {"view": found, "refused": refused_take(request, f"call {call_id}"), "most": MOST}
    context["told"] = told if told and told["call"] == call_id else None
    return render(request, "government/call.html", context)


@require_POST
def propose(request: HttpRequest, call_id: int) -> HttpResponse:
    """First the preview of what was chosen, with its sum beside the budgets; confirmed, the proposals themselves."""
    user, published, given, day = person(request), run_or_404(), request.POST, today()
    keys = None if given.get("all") == "1" else frozenset(given.getlist("chosen"))
    view = called.call_view(published, call_id, today=day, chosen=keys, most=MOST)
    if view is None:
        raise Http404
    if given.get("confirmed") != "1" and view.entitled:
        return render(request, "government/propose.html", {"view": view, "run_id": published.run_id})
    chosen = [(one.enterprise_id, one.row_key) for one in view.entitled]
    try:
        done = grants_propose(
            user, published, given.get("run_id", ""), view.line.call, chosen, today=day, days=days_of(published)
        )
    except CaseRefused as error:
        refused_keep(request, f"call {call_id}", error)
    else:
        refused = [(firm, why[lang_of(request)]) for firm, why in done.refused]
        request.session["proposed"] = {"call": call_id, "opened": done.opened, "refused": refused}
    return redirect("call", call_id=call_id)


def terms_of(given: QueryDict) -> Terms:
    """The terms as the form gives them. Raises CaseRefused for a day or a number that is none."""
    stages = [(_share(given.get(f"stage_{n}", "")), given.get(f"milestone_{n}", "").strip()) for n in STAGES]
    shares = {name.removeprefix("share_"): _share(given.get(name, "")) for name in given if name.startswith("share_")}
    return Terms(
        _day(given.get("opens_on", "")),
        _day(given.get("closes_on", "")),
        {level: share for level, share in shares.items() if share},
        [Stage(share, milestone) for share, milestone in stages if share],
        experts=_number(given, "experts"),
        pass_mark=_number(given, "pass_mark"),
        notice_days=_number(given, "notice_days", 5),
    )


def _share(text: str) -> int:
    if not text.strip():
        return 0
    found = bp_of(text)
    if found is None:
        raise CaseRefused("form.refused.share", value=text[:40])
    return found


def _number(given: QueryDict, name: str, default: int = 0) -> int:
    text = given.get(name, "").strip()
    found = whole_of(text) if text else default
    if found is None:
        raise CaseRefused("form.refused.number", value=text[:40])
    return found


def _day(text: str) -> date:
    found = day_of(text)
    if found is None:
        raise CaseRefused("form.refused.day")
    return found
