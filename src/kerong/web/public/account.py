"""Logging in and out, by allauth: its forms, its limits of attempts, its checks of where to go next."""

from typing import Any

from allauth.account.views import LoginView, LogoutView

from kerong.web.base.services.people import DEMO_PASSWORD, demo_people


class PortalLogin(LoginView):  # type: ignore[misc]
    """The log-in page; where the settings say demo it lists the demo log-ins."""

    template_name = "account/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Context of the page, with the demo log-ins in a demo."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["demo_logins"] = demo_people()
        context["demo_password"] = DEMO_PASSWORD
        return context


login = PortalLogin.as_view()
logout = LogoutView.as_view(http_method_names=["post"])
