"""An office for each test."""

from pathlib import Path

import pytest

from tests.intake.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with an empty archive."""
    return Office(tmp_path)
