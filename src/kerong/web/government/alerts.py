"""The desk of alerts: what waits, one alert with its history, its moves, and the list as CSV.

Officials see all; an institution's officers come here too and see those that their institution owns.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kerong.web.base.pages import lang_of, person, run_or_404
from kerong.web.base.selectors import alerts as alerted
from kerong.web.base.selectors.alerts_export import as_csv
from kerong.web.base.services.access import access_record
from kerong.web.base.services.alert import LONGEST_NOTE, AlertRefused, Wish, alert_move

READ = "monitoring"  # in the log that the firm sees: it tells who looked, and not that there is an alert
DUTY, OWN_BUSINESS = "public_duty", "own_business"


def desk(request: HttpRequest) -> HttpResponse:
    """Alerts that wait, overdue ones first; counts; how good each kind is."""
    published, user, question = run_or_404(), person(request), alerted.Question.of(request.GET.dict())
    found = alerted.desk(published, user, question, lang_of(request))
    if user.institution:
        _record(request, found.lines)
    context = {"desk": found, "question": question, "views": alerted.VIEWS, "day": alerted.day_of(published)}
    return render(request, "government/alerts.html", context)


def alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """One alert: what was seen, what has been done, what may be done now."""
    found = alerted.alert(run_or_404(), person(request), alert_id, lang_of(request))
    if found is None:
        raise Http404
    _record(request, [found.line])
    refused = request.session.pop("alert_refused", "")
    return render(request, "government/alert.html", {"page": found, "refused": refused, "longest": LONGEST_NOTE})


@require_POST
def move(request: HttpRequest, alert_id: int, move: str) -> HttpResponse:
    """Moves an alert on; what is refused is said on the page of the alert."""
    user, published, given = person(request), run_or_404(), request.POST
    version = given.get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    wish = Wish(move, number, given.get("note", ""), given.get("detail", ""))
    request.session["alert_refused"] = ""
    try:
        moved = alert_move(user, alert_id, wish, published.rulebook.region.name)
    except AlertRefused as error:
        request.session["alert_refused"] = str(error)
    else:
        if moved is None:
            raise Http404
        access_record(user, READ, OWN_BUSINESS if user.institution else DUTY, moved.subject)
    return redirect("alert", alert_id=alert_id)


def export(request: HttpRequest) -> HttpResponse:
    """The list that was asked for as CSV, every row that the reader may see; the export goes into the log of reads."""
    published, user, lang = run_or_404(), person(request), lang_of(request)
    held = alerted.found_alerts(published, user, alerted.Question.of(request.GET.dict()))
    lines = alerted.lines(published, held, user)
    if user.institution:
        _record(request, lines)
    else:
        access_record(user, "export", DUTY)
    answer = HttpResponse(as_csv(published, lines, lang), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="alerts-{published.on}.csv"'
    return answer


def _record(request: HttpRequest, lines: list[alerted.AlertLine]) -> None:
    """One line in the log of reads for every firm that was shown."""
    user = person(request)
    for subject, consent in {line.item.subject: line.reach.consent if line.reach else None for line in lines}.items():
        purpose = consent.purpose if consent else OWN_BUSINESS if user.institution else DUTY
        access_record(user, READ, purpose, subject, consent)
