"""The data steward's desk: what waits, files that come in, one batch, and what is decided about it."""

from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kerong.web.base.pages import lang_of, person
from kerong.web.base.selectors.archive import City, city, city_or_404
from kerong.web.base.selectors.batches import batch_page, exported_quarantine
from kerong.web.base.selectors.batches import desk as waiting
from kerong.web.base.services.access import access_record
from kerong.web.base.services.batch import (
    BatchRefused,
    batch_decide,
    batch_upload,
    may_publish,
    receipt_lines,
    refusal_words,
)
from kerong.web.base.uploads import is_too_large
from kerong.web.base.words import word


def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a steward, and the form for a file."""
    found = city()
    context = {"city": found, "desk": waiting(found, lang_of(request)) if found else None}
    return render(request, "steward/desk.html", context)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Takes a file and shows its receipt."""
    found, lang = city_or_404(), lang_of(request)
    if is_too_large(request):
        return _desk(request, found, word("batch.refused.size", lang), 413)
    file = request.FILES.get("file")
    if not isinstance(file, TemporaryUploadedFile):
        return _desk(request, found, word("batch.refused.file", lang), 422)
    said: dict[str, object] = {
        name: request.POST[name].strip() for name in ("as_of", "period", "rows") if request.POST.get(name, "").strip()
    }
    feed = request.POST.get("feed", "")
    receipt = batch_upload(person(request), found, Path(file.temporary_file_path()), file.name or "", feed, said)
    context = {"receipt": receipt, "lines": receipt_lines(receipt, found, lang)}
    return render(request, "steward/receipt.html", context, status=422 if receipt.state == "refused" else 200)


def batch(request: HttpRequest, batch_id: str) -> HttpResponse:
    """One batch: what it is, what its gates found, its rows in quarantine, and what can be decided."""
    return _batch(request, city_or_404(), batch_id)


@require_POST
def decide(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Publishes, rejects or withdraws; the log keeps who and why."""
    found, lang = city_or_404(), lang_of(request)
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    try:
        batch_decide(person(request), found, act, batch_id, reason)
    except BatchRefused as error:
        return _batch(request, found, batch_id, refusal_words(error, lang), 422)
    return redirect("batch", batch_id=batch_id)


def quarantine(request: HttpRequest, batch_id: str) -> HttpResponse:
    """The rows that are set aside as a spreadsheet; the export goes into the log of reads."""
    name, content = exported_quarantine(city_or_404(), batch_id)
    access_record(person(request), "export", "public_duty")
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _desk(request: HttpRequest, found: City, refusal: str, status: int) -> HttpResponse:
    context = {"city": found, "desk": waiting(found, lang_of(request)), "refusal": refusal}
    return render(request, "steward/desk.html", context, status=status)


def _batch(request: HttpRequest, found: City, batch_id: str, refusal: str = "", status: int = 200) -> HttpResponse:
    page, user = batch_page(found, batch_id, lang_of(request)), person(request)
    context = {
        "page": page,
        "batch": page.line.batch,
        "refusal": refusal,
        "is_steward": user.role == "steward",
        "may_publish": may_publish(user, page.line.batch),
    }
    return render(request, "steward/batch.html", context, status=status)
