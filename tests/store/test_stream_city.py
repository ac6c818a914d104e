"""The files of a made-up city, dirty as they are, say in small blocks what they say whole."""

from pathlib import Path

import pytest

from kerong.lab import make_city, write_city
from kerong.store.files import whole
from kerong.store.packs import read_pack
from kerong.store.stream.blocks import READABLE, blocks_of, extension_of

FIRMS = 40


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("city")
    write_city(make_city(FIRMS, 7, texts=read_pack("demo")), folder)
    return sorted(path for path in folder.rglob("*") if extension_of(path.name) in READABLE)


def test_every_file_of_a_city_says_in_blocks_what_it_says_whole(files: list[Path]) -> None:
    assert {extension_of(file.name) for file in files} >= {".csv", ".xlsx", ".parquet"}
    for file in files:
        part, problems = whole(blocks_of(file.read_bytes(), file.name))
        small, told = whole(blocks_of(file, file.name, None, 7, 100))
        assert part.lines is not None
        assert small.lines is not None
        assert small.frame.equals(part.frame), file.name
        assert small.lines.equals(part.lines), file.name
        assert sorted(map(str, told)) == sorted(map(str, problems)), file.name
