"""The town that pays subsidies and the one that lends, with inboxes; a durable database for kills and races."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.web.cases.conftest import grants_run
from tests.web.cases.town import Town
from tests.web.deals.conftest import lending_run
from tests.web.deals.town import LendingTown
from tests.web.ledger.conftest import real_database

__all__ = ["grants_run", "lending_run", "real_database"]


@pytest.fixture
def town(db: None, grants_run: Path, settings: Settings, tmp_path: Path) -> Town:
    """The town with budgets and a call, and a folder for what goes out."""
    settings.OUTBOX = tmp_path / "outbox"
    town = Town.open(grants_run)
    town.call()
    town.firm(1)
    return town


@pytest.fixture
def lending(db: None, lending_run: Path) -> LendingTown:
    """The town with a pool and no deal."""
    lending = LendingTown.open(lending_run)
    lending.firm(1)
    return lending


@pytest.fixture
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test is one transaction of one connection, which a worker between two tasks would drop."""
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
