"""Region packs as texts."""

from pathlib import Path

import pytest

from kerong.store.packs import PackError, read_pack, region_names


def pack(folder: Path, name: str, sheet: str, **files: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "region.toml").write_text(sheet, "utf-8")
    for file, text in files.items():
        path = folder / name / "registers" / f"{file}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


def test_a_base_gives_its_files_and_the_packs_own_replace_them(tmp_path: Path) -> None:
    pack(tmp_path, "base", "abstract = true", tax="base", loan="base")
    pack(tmp_path, "town", 'extends = "base"', tax="town")
    texts = read_pack("town", tmp_path)
    assert texts["registers/tax.toml"] == "town"
    assert texts["registers/loan.toml"] == "base"
    assert texts["region.toml"] == 'extends = "base"'
    assert list(texts) == sorted(texts)


def test_a_folder_with_a_sheet_is_a_region_and_finds_its_base_beside_it(tmp_path: Path) -> None:
    pack(tmp_path, "base", "abstract = true", tax="base")
    pack(tmp_path, "town", 'extends = "base"')
    assert read_pack(str(tmp_path / "town"))["registers/tax.toml"] == "base"


def test_bases_are_no_regions_to_run(tmp_path: Path) -> None:
    pack(tmp_path, "base", "abstract = true")
    pack(tmp_path, "town", "")
    names = region_names(tmp_path)
    assert "town" in names
    assert "base" not in names
    assert {"demo", "usa"} <= set(region_names())


def test_an_unknown_region_names_those_that_exist() -> None:
    with pytest.raises(PackError, match=r"no region “atlantis”; there are: .*demo.*usa"):
        read_pack("atlantis")


def test_packs_in_a_circle_are_an_error(tmp_path: Path) -> None:
    pack(tmp_path, "one", 'extends = "two"')
    pack(tmp_path, "two", 'extends = "one"')
    with pytest.raises(PackError, match="circle"):
        read_pack("one", tmp_path)


@pytest.mark.parametrize("text", ["a = " + "[" * 10_000, "a = " + "9" * 5_000, "a = \x00"])
def test_a_sheet_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "region.toml").write_text(text, "utf-8")
    with pytest.raises(PackError, match=r"region\.toml"):
        read_pack(str(tmp_path))
