"""The tokens by which feeds are pushed; never their text."""

from kerong.web.base.models import FeedToken


def feed_tokens() -> list[FeedToken]:
    """All tokens, by feed, the newest of each first."""
    return list(FeedToken.objects.select_related("made_by"))
