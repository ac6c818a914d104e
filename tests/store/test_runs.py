"""Runs on disk: whole or not there, and never in the place of something else."""

from pathlib import Path

import polars as pl
import pytest

from kerong.store.runs import NotARun, code_hash, parquet_bytes, peak_memory_mb, read_run, write_run

TABLES = {"scores": pl.DataFrame({"points": [1, 2]}), "rows/loan": pl.DataFrame({"fen": [3]})}
DOCUMENTS = {"manifest.json": '{"run_id": "1", "region": "demo"}', "rulebook/policies/a.toml": "name = 'a'"}


def test_a_run_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    write_run(tmp_path / "run", TABLES, DOCUMENTS)
    run = read_run(tmp_path / "run")
    assert run.tables == ["rows/loan", "scores"]
    assert run.table("scores").equals(TABLES["scores"])
    assert run.scan("rows/loan").collect().equals(TABLES["rows/loan"])
    assert run.manifest == {"run_id": "1", "region": "demo"}
    assert run.rulebook() == {"policies/a.toml": "name = 'a'"}
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_later_run_replaces_an_earlier_one_whole(tmp_path: Path) -> None:
    write_run(tmp_path / "run", TABLES, DOCUMENTS)
    write_run(tmp_path / "run", {"scores": TABLES["scores"]}, DOCUMENTS)
    assert read_run(tmp_path / "run").tables == ["scores"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_folder_of_somebody_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(NotARun, match=r"thesis\.docx"):
        write_run(tmp_path, TABLES, DOCUMENTS)
    assert (tmp_path / "thesis.docx").exists()


@pytest.mark.parametrize("precious", ["data.parquet", "notes.json", "deep/table.parquet"])
def test_a_folder_with_a_manifest_of_something_else_is_not_overwritten(tmp_path: Path, precious: str) -> None:
    (tmp_path / precious).parent.mkdir(exist_ok=True)
    (tmp_path / precious).write_text("years of work")
    (tmp_path / "manifest.json").write_text('{"name": "an extension of a browser"}')
    with pytest.raises(NotARun, match="is not a run"):
        write_run(tmp_path, TABLES, DOCUMENTS)
    assert (tmp_path / precious).read_text() == "years of work"


def test_a_run_with_all_that_assess_writes_is_replaced(tmp_path: Path) -> None:
    folders = ("rows/loan", "statistics/s", "networks/n", "history/index", "history/pace")
    documents = {**DOCUMENTS, "models/m.json": "{}", "models/tested/m.json": "{}", "rulebook/channels/c.toml": ""}
    write_run(tmp_path / "run", dict.fromkeys(folders, TABLES["scores"]), documents)
    write_run(tmp_path / "run", TABLES, DOCUMENTS)
    assert read_run(tmp_path / "run").tables == ["rows/loan", "scores"]


def test_a_link_is_not_followed_to_where_it_leads(tmp_path: Path) -> None:
    for name, target in (("broken", "nowhere"), ("whole", "there")):
        (tmp_path / "there").mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(target)
        with pytest.raises(NotARun, match="is not a run"):
            write_run(tmp_path / name, TABLES, DOCUMENTS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken", "there", "whole"]


def test_a_run_that_appears_while_another_is_written_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, rename = tmp_path / "run", Path.rename
    others = iter([True])

    def raced(path: Path, goal: Path) -> Path:
        if goal == target and next(others, False):
            write_run(target, {}, DOCUMENTS)
        return rename(path, goal)

    monkeypatch.setattr(Path, "rename", raced)
    write_run(target, TABLES, DOCUMENTS)
    assert read_run(target).tables == ["rows/loan", "scores"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_breaking_off_between_two_names_brings_the_old_run_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, rename = tmp_path / "run", Path.rename
    write_run(target, {}, DOCUMENTS)
    stops = iter([True])

    def broken_off(path: Path, goal: Path) -> Path:
        if goal == target and next(stops, False):
            raise KeyboardInterrupt
        return rename(path, goal)

    monkeypatch.setattr(Path, "rename", broken_off)
    with pytest.raises(KeyboardInterrupt):
        write_run(target, TABLES, DOCUMENTS)
    assert read_run(target).tables == []
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_run_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotARun, match="outside"):
        write_run(tmp_path / "run", TABLES, {**DOCUMENTS, "../escaped.json": "{}"})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_manifest_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(NotARun, match="is not a run"):
        read_run(tmp_path)


def test_equal_tables_give_equal_bytes_however_they_are_chunked() -> None:
    whole = pl.DataFrame({"a": list(range(1000)), "b": ["x"] * 1000})
    pieces = pl.concat([whole.head(300), whole.slice(300)], rechunk=False)
    assert parquet_bytes(pieces) == parquet_bytes(whole)


def test_the_hash_of_the_code_is_stable_and_memory_is_counted() -> None:
    assert code_hash() == code_hash()
    assert 1 < peak_memory_mb() < 1_000_000
