"""A folder that offices put files into: a file is given once it is whole, and once."""

import os
from pathlib import Path

from kerong.store.watched import Watched


def written(path: Path, text: str, at: float) -> Path:
    path.write_text(text, "utf-8")
    os.utime(path, (at, at))
    return path


def test_a_file_that_is_still_being_written_waits_until_it_is_quiet(tmp_path: Path) -> None:
    file, watched = written(tmp_path / "tax.csv", "a", 100), Watched(quiet_s=5)
    assert watched.at_rest([file], 104) == []
    written(file, "ab", 104)
    assert watched.at_rest([file], 106) == []
    assert watched.at_rest([file], 109) == [file]


def test_a_file_is_given_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    file, watched = written(tmp_path / "tax.csv", "a", 100), Watched(quiet_s=5)
    assert watched.at_rest([file], 200) == [file]
    assert watched.at_rest([file], 300) == []
    written(file, "b", 310)
    assert watched.at_rest([file], 320) == [file]


def test_a_file_that_went_away_meanwhile_is_no_error(tmp_path: Path) -> None:
    assert Watched().at_rest([tmp_path / "gone.csv"], 1e9) == []
