"""Fixtures of all tests: the folder of real files, and a Chromium.

What a user's machine lacks is skipped with the reason; where `CI` is set, the same lack is a failure.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent

# A law is no timed test: on a busy machine the same example takes longer.
settings.register_profile("kerong", deadline=None)
settings.load_profile("kerong")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests begin first: no worker is left alone with a long one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def lacking(reason: str) -> NoReturn:
    """Skips the test for `reason`, or fails it where CI is set: there nothing may be left out."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must not go without: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files beside the checkout (`KERONG_SHARED`, default ../shared)."""
    folder = Path(os.environ.get("KERONG_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        lacking(f"the folder of real files is not there ({folder.name}/data beside the checkout, or KERONG_SHARED)")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Debian's Chromium, or the one that the environment variable CHROMIUM names."""
    path = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    if not path.exists():
        lacking(f"no Chromium at {path} (Debian: apt-get install chromium; elsewhere set CHROMIUM)")
    return path


@pytest.fixture(scope="session")
def chromium(chromium_path: Path) -> "Iterator[Browser]":
    """A headless Chromium driven by Playwright, one for the session; open a context per test."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, and Django would refuse the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium_path), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session", autouse=True)
def _the_ledger_is_emptied_between_tests() -> Iterator[None]:
    """A test that commits empties all tables afterwards: the ledger's triggers, which forbid it, stand aside then."""
    from django.db import connection
    from django.test import TransactionTestCase

    cases: Any = TransactionTestCase
    emptied = cases._fixture_teardown

    def without_walls(case: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = replica")
                emptied(case)
                cursor.execute("SET session_replication_role = DEFAULT")
                return
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            walls = cursor.fetchall()
            for name, _ in walls:
                cursor.execute(f'DROP TRIGGER "{name}"')
            emptied(case)
            for _, statement in walls:
                cursor.execute(statement)

    cases._fixture_teardown = without_walls
    yield
    cases._fixture_teardown = emptied
