"""How allauth behaves here: people are entered by the city, nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class PortalAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-in and log-out only; their banners are left out because the page itself shows who is in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by himself."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No banner for logging in and out."""
