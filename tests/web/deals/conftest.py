"""The run of a town that lends, made once, and the town on a fresh database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kerong.web.base.services.audit import deals_audit
from tests.web.cases.town import run_of
from tests.web.deals import capital, cover
from tests.web.deals.capital import CapitalTown
from tests.web.deals.town import FILES, LendingTown

TOWNS = {"town", "cover_town", "capital_town"}


@pytest.fixture(scope="session")
def lending_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the pack with a loan on offer and a pool."""
    return run_of(tmp_path_factory.mktemp("lending"), None, **FILES)


@pytest.fixture(scope="session")
def cover_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the lending town with guarantors and insurers and what they offer."""
    return run_of(tmp_path_factory.mktemp("cover"), None, **cover.files())


@pytest.fixture(scope="session")
def capital_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of a town with a lessor, funds and what stands on their money."""
    return run_of(tmp_path_factory.mktemp("capital"), None, **capital.FILES)


@pytest.fixture
def capital_town(db: None, capital_run: Path) -> CapitalTown:
    """The town with capital: two funds' books with CNY 10,000,000 each, and no deal."""
    return CapitalTown.open(capital_run)


@pytest.fixture(scope="session")
def grants_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the town that pays subsidies."""
    return run_of(tmp_path_factory.mktemp("grants"))


@pytest.fixture(autouse=True)
def audited(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did with deals, their replay is the stored ledger; but for tests that break it on purpose."""
    is_asked = not TOWNS.isdisjoint(request.fixturenames) and request.node.path.stem != "test_deal_audit"
    if is_asked:
        request.getfixturevalue("db")  # so that it is there until after this
    yield
    if is_asked:
        found = deals_audit().problems
        assert found.is_empty(), found.rows()


@pytest.fixture
def town(db: None, lending_run: Path) -> LendingTown:
    """The town with a pool of CNY 1,000,000 and no deal."""
    return LendingTown.open(lending_run)


@pytest.fixture
def cover_town(db: None, cover_run: Path) -> cover.CoverTown:
    """The town with guarantors and an insurer, each with money, and no deal."""
    return cover.CoverTown.open(cover_run)
