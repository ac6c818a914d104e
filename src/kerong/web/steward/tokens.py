"""The administrator's page of tokens by which feeds are pushed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kerong.web.base.pages import person, run_or_404
from kerong.web.base.selectors.feed_tokens import feed_tokens as listed
from kerong.web.base.selectors.registers import declared
from kerong.web.base.services.feed_token import TokenRefused, feed_token_make, feed_token_revoke


def feed_tokens(request: HttpRequest) -> HttpResponse:
    """All tokens; a POST makes one and shows it this once."""
    sources = declared(run_or_404().rulebook)
    context: dict[str, object] = {"sources": sources}
    if request.method == "POST":
        feed, label = request.POST.get("feed", ""), request.POST.get("label", "")
        try:
            context["made"], context["text"] = feed_token_make(
                person(request), feed, {source.feed for source in sources}, label
            )
        except TokenRefused as error:
            context["refused"] = str(error)
    return render(request, "steward/tokens.html", {**context, "tokens": listed()})


@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Ends a token."""
    if not feed_token_revoke(person(request), token_id):
        raise Http404
    return redirect("feed_tokens")
