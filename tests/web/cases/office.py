"""The town's portal: its clock shows the town's day, and what a client is told."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.web.cases.conftest import grants_run
from tests.web.cases.town import Town

__all__ = ["client_of", "grants_run", "office", "page_of", "said_after"]


@pytest.fixture
def office(db: None, grants_run: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Town:
    """The town, and a portal whose clock shows the town's day."""
    town = Town.open(grants_run)
    monkeypatch.setattr(timezone, "localdate", lambda: town.today)
    settings.DATA = tmp_path
    return town


def client_of(town: Town, who: str) -> Client:
    client = Client()
    client.force_login(town.people[who])
    return client


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def said_after(client: Client, path: str, **given: object) -> str:
    """What the page says that comes after the form."""
    answer = client.post(path, given, follow=True)
    assert answer.status_code == 200, path
    return str(answer.content.decode())
