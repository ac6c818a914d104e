"""The inbox of whoever is logged in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kerong.web.base.forms import whole_of
from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.selectors.messages import inbox, message_address
from kerong.web.base.services.message import messages_read


def messages(request: HttpRequest) -> HttpResponse:
    """What the person was told, the newest first."""
    number = whole_of(request.GET.get("page", "")) or 1
    return render(
        request, "public/messages.html", {"inbox": inbox(person(request), run_or_404(), number, today=today())}
    )


@require_POST
def message_open(request: HttpRequest, message_id: int) -> HttpResponse:
    """Marks a message as read and goes where it leads; a foreign one answers 404."""
    region = run_or_404().rulebook.region.name
    address = message_address(person(request), region, message_id)
    if address is None:
        raise Http404
    messages_read(person(request), region, [message_id], now=timezone.now())
    return redirect(address or "messages")


@require_POST
def messages_all_read(request: HttpRequest) -> HttpResponse:
    """Marks all as read."""
    messages_read(person(request), run_or_404().rulebook.region.name, None, now=timezone.now())
    return redirect("messages")
