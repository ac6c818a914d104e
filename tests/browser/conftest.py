"""A served portal with the demo people, and pages of a real browser in it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from kerong.web.base.selectors.published import current
from kerong.web.base.services.people import DEMO_PASSWORD, demo_people_make
from kerong.web.base.services.run import run_publish
from tests.conftest import lacking
from tests.web.conftest import city_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["city_run"]
ASSETS = ("tabler/tabler.min.css", "tabler/tabler.min.js", "htmx/htmx.min.js", "echarts/echarts.min.js")
Visit = Callable[..., "Page"]


@pytest.fixture
def portal(
    transactional_db: None,
    live_server: LiveServer,
    city_run: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The address of a portal that shows the small city, with the demo people."""
    if any(finders.find(f"vendor/{name}") is None for name in ASSETS):
        lacking("the browser assets are not there (./kerong makes them)")
    # Playwright keeps an event loop in this thread; the database is used from it on purpose
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.DEMO = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    run_publish(city_run)
    published = current()
    assert published is not None
    demo_people_make(published)
    return str(live_server.url)


@pytest.fixture
def visit(chromium: "Browser", portal: str) -> Iterator[Visit]:
    """Opens a page as a demo person ("" is nobody); what the console complains about fails the test at its end."""
    complaints: list[str] = []
    contexts = []

    def open_page(person: str = "", *, width: int = 1440, lang: str = "zh") -> "Page":
        context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=portal)
        contexts.append(context)
        context.add_cookies([{"name": "kerong_language", "value": lang, "url": portal}])
        page = context.new_page()
        page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if person:
            page.goto("/account/login/")
            page.fill("#id_login", person)
            page.fill("#id_password", DEMO_PASSWORD)
            page.click(".entrance-form button")
            page.wait_for_url(lambda address: "login" not in address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [text for text in complaints if "404 (Not Found)" not in text] == []
