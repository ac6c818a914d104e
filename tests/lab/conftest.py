"""One dirty and one clean city, drawn once for the tests of the laboratory."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kerong.lab import CLEAN, City, Page, make_city, write_city
from kerong.store.packs import read_pack

FIRMS = 700


@pytest.fixture(scope="session")
def texts() -> Mapping[str, str]:
    return read_pack("demo")


@pytest.fixture(scope="session")
def city(texts: Mapping[str, str]) -> City:
    return make_city(FIRMS, 7, texts=texts)


@pytest.fixture(scope="session")
def clean_city(texts: Mapping[str, str]) -> City:
    return make_city(FIRMS, 7, texts=texts, rates=CLEAN)


@pytest.fixture(scope="session")
def folder(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dirty city on disk."""
    path = tmp_path_factory.mktemp("city")
    write_city(city, path)
    return path


@pytest.fixture(scope="session")
def pages(city: City) -> list[Page]:
    """Every file of the dirty city."""
    return list(city.pages())
