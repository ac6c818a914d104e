"""A small assessed city, made once for all tests of commands."""

from pathlib import Path

import pytest

from kerong.lab.city import make_city, write_city
from kerong.store.packs import read_pack
from tests.commands.runs import assessed


@pytest.fixture(scope="session")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The registers of a city of 250 firms."""
    folder = tmp_path_factory.mktemp("city") / "registers"
    write_city(make_city(250, 11, texts=read_pack("demo")), folder)
    return folder


@pytest.fixture(scope="session")
def run(registers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of that city on 2025-06-30."""
    return assessed(registers, tmp_path_factory.mktemp("runs") / "run")
