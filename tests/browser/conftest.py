"""A served portal with the demo people, and pages of a real browser in it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from kerong.web.base.models import User
from kerong.web.base.selectors.published import current
from kerong.web.base.services.people import demo_people_make
from kerong.web.base.services.run import run_publish
from tests.conftest import lacking
from tests.web.conftest import city_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["city_run"]
ASSETS = ("tabler/tabler.min.css", "tabler/tabler.min.js", "htmx/htmx.min.js", "echarts/echarts.min.js")
Visit = Callable[..., "Page"]
LAID_OUT = """async () => {
    if (document.readyState !== 'complete') await new Promise(done => addEventListener('load', done, { once: true }));
    await document.fonts.ready;
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


def laid_out(page: "Page") -> None:
    """Returns when the page has its files and fonts and was painted: by themselves pages load nothing after that."""
    page.evaluate(LAID_OUT)


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
def visit(chromium: "Browser", portal: str, settings: Settings) -> Iterator[Visit]:
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
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": _session_of(person, name), "url": portal}])
            page.goto("/home/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [text for text in complaints if "404 (Not Found)" not in text] == []


def _session_of(person: str, cookie: str) -> str:
    """A session of the person's own; that the form of the entrance gives one has a test of its own."""
    client = Client()
    client.force_login(User.objects.get(username=person))
    return str(client.cookies[cookie].value)
