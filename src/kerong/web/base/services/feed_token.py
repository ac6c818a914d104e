"""Tokens of feeds: made once and shown once, kept as hashes, revoked for good."""

import hashlib
import hmac
import secrets
from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kerong.web.base.models import FeedToken, Role, User

PREFIX = "kerong"
LONGEST_LABEL = 100


class TokenRefused(ValueError):
    """No such token can be made; the message is a key of the words."""


def feed_token_make(actor: User | None, feed: str, feeds: Collection[str], label: str = "") -> tuple[FeedToken, str]:
    """A new token of one of the city's `feeds`, and its text, which nobody can read again.

    `actor`: an administrator; None for a command on the machine itself. Raises PermissionDenied, TokenRefused.
    """
    if actor is not None and actor.role != Role.ADMIN:
        raise PermissionDenied
    if feed not in feeds:
        raise TokenRefused("tokens.refused.feed")
    key = secrets.token_hex(6)
    text = f"{PREFIX}_{key}_{secrets.token_urlsafe(32)}"
    label = " ".join(label.split())[:LONGEST_LABEL]
    return FeedToken.objects.create(feed=feed, label=label, key=key, digest=_digest(text), made_by=actor), text


def feed_token_revoke(actor: User | None, token_id: int) -> bool:
    """Ends a token at once; False where there is none with that id. Raises PermissionDenied."""
    if actor is not None and actor.role != Role.ADMIN:
        raise PermissionDenied
    found = FeedToken.objects.filter(pk=token_id)
    found.filter(revoked_at=None).update(revoked_at=timezone.now())
    return found.exists()


def feed_token_admits(feed: str, text: str) -> FeedToken | None:
    """The standing token of the feed that this text is; None where it is none, or of another feed."""
    _, _, rest = text.partition("_")
    found = FeedToken.objects.filter(key=rest.partition("_")[0][:16], feed=feed, revoked_at=None).first()
    # compared even where there is no such token: how long it takes tells nothing
    kept = found.digest if found else _digest("")
    if not hmac.compare_digest(kept, _digest(text)) or found is None:
        return None
    FeedToken.objects.filter(pk=found.pk).update(used_at=timezone.now())
    return found


def _digest(text: str) -> str:
    """SHA-256 suffices: a token is 256 random bits, which nobody guesses from a dictionary."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
