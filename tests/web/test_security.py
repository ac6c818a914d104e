"""Headers, forms, redirects, log-in."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from kerong.web.base.models import User
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.people import DEMO_PASSWORD, demo_logins, demo_people_make

PAGES = ["/", "/rules/", "/account/login/", "/health/", "/nothing-here/", "/static/nothing-here.css"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers(published: Published, client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in headers["Cache-Control"]


def test_no_page_carries_a_script_or_a_style_of_its_own(as_role: Callable[[str], Client], ids: list[str]) -> None:
    client = as_role("official")
    for path in ["/", "/rules/", "/office/", "/enterprises/", "/office/quality/", f"/enterprises/{ids[0]}/"]:
        page = client.get(path).content.decode()
        inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page)
        assert not inline, path
        assert not re.search(r"<[a-z][^>]*\s(?:style|on[a-z]+)=", page), path


def test_a_form_without_its_token_is_refused_in_words(people: dict[str, User]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["enterprise"])
    answer = client.post("/consents/grant/", {"institution": "bank_river"})
    assert answer.status_code == 403
    assert "您不能打开这个页面" in answer.content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_language_switch_leads_nowhere_else(db: None, client: Client, target: str) -> None:
    answer = client.post("/language/", {"lang": "en", "next": target})
    assert answer.headers["Location"] == "/"
    assert answer.cookies["kerong_language"].value == "en"


def test_a_chosen_language_is_kept_and_a_strange_one_is_not(published: Published, client: Client) -> None:
    client.post("/language/", {"lang": "en", "next": "/rules/"})
    assert "Policies and products" in client.get("/rules/").content.decode()
    client.post("/language/", {"lang": "xx"})
    assert 'lang="en"' in client.get("/rules/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/"])
def test_logging_in_leads_nowhere_else(people: dict[str, User], client: Client, target: str) -> None:
    form = {"login": "one-official", "password": "a long enough password", "next": target}
    answer = client.post(f"/account/login/?next={target}", form)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/home/"


@pytest.mark.parametrize("name", ["a\0b", "x" * 20_000])
def test_a_name_that_no_field_holds_is_refused_in_words(people: dict[str, User], client: Client, name: str) -> None:
    answer = client.post("/account/login/", {"login": name, "password": "wrong"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_guessing_a_password_is_stopped(people: dict[str, User], client: Client) -> None:
    for _ in range(6):
        answer = client.post("/account/login/", {"login": "one-official", "password": "wrong"})
    assert answer.status_code in (200, 429)
    answer = client.post("/account/login/", {"login": "one-official", "password": "a long enough password"})
    assert answer.status_code != 302


def test_logging_out_needs_a_form(as_role: Callable[[str], Client]) -> None:
    client = as_role("official")
    assert client.get("/account/logout/").status_code == 405
    assert client.post("/account/logout/").status_code == 302
    assert client.get("/office/").status_code == 302


def test_demo_people_exist_only_in_a_demo(published: Published, client: Client, settings: Settings) -> None:
    settings.DEMO = True
    demo_people_make(published)
    assert ("official", DEMO_PASSWORD) in [(name, password) for _, name, password in demo_logins()]
    assert DEMO_PASSWORD in client.get("/account/login/").content.decode()
    settings.DEMO = False
    assert demo_logins() == []
    assert "demo-login" not in client.get("/account/login/").content.decode()


def test_making_demo_people_twice_changes_nothing(published: Published, settings: Settings) -> None:
    settings.DEMO = True
    demo_people_make(published)
    before = list(User.objects.order_by("pk").values())
    demo_people_make(published)
    assert list(User.objects.order_by("pk").values()) == before


def test_an_unexpected_failure_shows_a_page_and_no_trace(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kerong.web.public.views.ruled.groups", lambda *_, **__: 1 / 0)
    answer = Client(raise_request_exception=False).get("/rules/")
    assert answer.status_code == 500
    assert "出了差错" in answer.content.decode()
    assert "ZeroDivisionError" not in answer.content.decode()


def test_the_database_syncs_fully_and_keeps_foreign_keys(db: None) -> None:
    with connection.cursor() as cursor:
        told = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "foreign_keys")}
    assert told == {"synchronous": 2, "foreign_keys": 1}
