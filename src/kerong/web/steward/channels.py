"""The administrator's page of channels by which banks and treasuries call back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kerong.web.base.pages import person, run_or_404
from kerong.web.base.selectors.payments import channels, levels
from kerong.web.base.services.payment_callback import ChannelRefused, channel_close, channel_open


def payment_channels(request: HttpRequest) -> HttpResponse:
    """All channels of the region; a POST opens one, or gives it a new key, and shows the key this once."""
    region = run_or_404().rulebook.region.name
    context: dict[str, object] = {"levels": levels(region)}
    if request.method == "POST":
        name, level = request.POST.get("name", "").strip(), request.POST.get("level", "")
        try:
            context["made"], context["text"] = channel_open(person(request), name, region, level)
        except ChannelRefused as error:
            context |= {"refused": str(error), "typed": request.POST}
    return render(request, "steward/channels.html", {**context, "channels": channels(region)})


@require_POST
def close(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Ends a channel's key."""
    if not channel_close(person(request), channel_id):
        raise Http404
    return redirect("payment_channels")
