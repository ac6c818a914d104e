"""The town's run, made once, and the town on a fresh database."""

from pathlib import Path

import pytest

from tests.web.cases.town import Town, run_of


@pytest.fixture(scope="session")
def grants_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the town's pack."""
    return run_of(tmp_path_factory.mktemp("grants"))


@pytest.fixture
def town(db: None, grants_run: Path) -> Town:
    """The town with budgets and no call."""
    return Town.open(grants_run)
