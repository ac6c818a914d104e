"""The run of a town that lends, made once, and the town on a fresh database."""

from pathlib import Path

import pytest

from tests.web.cases.town import run_of
from tests.web.deals import cover
from tests.web.deals.town import FILES, LendingTown


@pytest.fixture(scope="session")
def lending_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the pack with a loan on offer and a pool."""
    return run_of(tmp_path_factory.mktemp("lending"), None, **FILES)


@pytest.fixture(scope="session")
def cover_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the lending town with guarantors and insurers and what they offer."""
    return run_of(tmp_path_factory.mktemp("cover"), None, **cover.files())


@pytest.fixture(scope="session")
def grants_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the town that pays subsidies."""
    return run_of(tmp_path_factory.mktemp("grants"))


@pytest.fixture
def town(db: None, lending_run: Path) -> LendingTown:
    """The town with a pool of CNY 1,000,000 and no deal."""
    return LendingTown.open(lending_run)
