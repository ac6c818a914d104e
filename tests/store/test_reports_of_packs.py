"""How a pack's models were tested travels with the pack: a region's own record goes before its base's."""

from pathlib import Path

import pytest

from kerong.store.packs import PackError, reports_of


def _pack(folder: Path, name: str, extends: str, **records: str) -> None:
    (folder / name / "models").mkdir(parents=True)
    sheet = f'name = "{name}"\n' + (f'extends = "{extends}"\n' if extends else "")
    (folder / name / "region.toml").write_text(sheet, encoding="utf-8")
    for model, text in records.items():
        (folder / name / "models" / f"{model}.json").write_text(text, encoding="utf-8")


def test_a_region_has_its_own_records_and_those_of_its_base(tmp_path: Path) -> None:
    _pack(tmp_path, "land", "", credit="base", need="base")
    _pack(tmp_path, "town", "land", credit="own")
    assert reports_of("town", tmp_path) == {"credit": "own", "need": "base"}
    assert reports_of("land", tmp_path) == {"credit": "base", "need": "base"}


def test_a_pack_without_records_has_none(tmp_path: Path) -> None:
    _pack(tmp_path, "bare", "")
    assert reports_of("bare", tmp_path) == {}


def test_a_record_that_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    _pack(tmp_path, "land", "")
    (tmp_path / "land/models/credit.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PackError, match=r"credit\.json"):
        reports_of("land", tmp_path)
