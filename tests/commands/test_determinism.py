"""The same facts give the same bytes, whatever the order of rows and the number of threads."""

import os
from pathlib import Path

import pytest

from tests.commands.runs import assessed, differences, kerong, shuffled

FIRMS = 100_000 if "KERONG_NIGHTLY" in os.environ else 20_000
PLANTED = str(Path(__file__).with_name("planted.py"))


def city(folder: Path, firms: int) -> Path:
    done = kerong("synth", str(folder), "--firms", str(firms), "--seed", "7")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_a_large_shuffled_city_gives_the_same_bytes_on_one_and_on_two_threads(tmp_path: Path) -> None:
    registers = city(tmp_path / "city", FIRMS)
    first = assessed(registers, tmp_path / "first", threads=2)
    mixed = shuffled(registers, tmp_path / "shuffled", seed=1)
    second = assessed(mixed, tmp_path / "second", threads=1)
    assert differences(first, second) == []


def test_a_small_city_gives_the_same_bytes_and_a_planted_unordered_reduction_does_not(
    registers: Path, run: Path, tmp_path: Path
) -> None:
    second = assessed(shuffled(registers, tmp_path / "shuffled", seed=2), tmp_path / "second", threads=1)
    assert differences(run, second) == []
    planted = assessed(registers, tmp_path / "planted", program=(PLANTED,))
    assert "enterprises.parquet" in differences(run, planted)
