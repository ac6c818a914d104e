"""Runs from an archive: `kerong assess ARCHIVE --known-by`, and what a run says of where its values come from."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from kerong.commands.lineage_points import traced_points
from kerong.engine.record.lineage import Tracer
from kerong.engine.score import from_json
from kerong.intake.run_facts import facts_of_run
from kerong.rulebook import load
from kerong.store.archive import Archive
from kerong.store.packs import read_pack
from kerong.store.runs import read_run
from tests.commands.runs import assessed, differences, kerong
from tests.intake.archived import AT, archived, sent

LATER = datetime(2025, 7, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def archive(registers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city of the other tests of commands as an archive."""
    place = tmp_path_factory.mktemp("archive") / "archive"
    archived(registers, load(read_pack("demo")), place)
    return place


@pytest.fixture(scope="module")
def first(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was known by the day on which all files had come."""
    out = tmp_path_factory.mktemp("runs") / "first"
    return assessed(archive, out, "--known-by", AT.date().isoformat())


def manifest(run: Path) -> dict[str, object]:
    told = json.loads((run / "manifest.json").read_text("utf-8"))
    assert isinstance(told, dict)
    return told


def test_a_run_of_an_archive_has_the_bytes_of_a_run_of_its_files(first: Path, run: Path) -> None:
    assert differences(run, first) == []


def test_a_late_batch_never_changes_a_run_of_before(
    archive: Path, first: Path, registers: Path, tmp_path: Path
) -> None:
    late = tmp_path / "staffing_2024.csv"
    lines = (registers / late.name).read_bytes().splitlines(keepends=True)
    late.write_bytes(b"".join(lines[: len(lines) // 2]))
    sent(Archive.opened(archive), load(read_pack("demo")), late, "staffing", LATER, LATER.date())
    again = assessed(archive, tmp_path / "again", "--known-by", AT.date().isoformat())
    now = assessed(archive, tmp_path / "now")
    assert differences(first, again) == []
    assert manifest(again)["run_id"] == manifest(first)["run_id"]
    assert manifest(now)["run_id"] != manifest(first)["run_id"]
    assert "enterprises.parquet" in differences(first, now)
    told = manifest(first)["archive"]
    assert isinstance(told, dict)
    assert told["known_by"] == AT.date().isoformat()
    assert {"id", "feed", "register", "file", "sha256", "periods"} <= set(told["batches"][0])


def test_a_value_leads_to_file_batch_and_line_in_both_languages(first: Path) -> None:
    row = pl.read_parquet(first / "enterprises.parquet").filter(pl.col("revenue_fen").is_not_null()).row(0, named=True)
    told = json.loads(kerong("lineage", str(first), row["enterprise_id"], "revenue_fen", "--json").stdout)
    assert told["value"] == row["revenue_fen"]
    counted = [line for line in told["rows"] if line["counts"]]
    assert [line["cells"]["revenue_fen"] for line in counted] == [row["revenue_fen"]]
    zh = kerong("lineage", str(first), row["enterprise_id"], "enterprise.revenue_fen").stdout
    en = kerong("lineage", str(first), row["enterprise_id"], "revenue_fen", "--lang", "en").stdout
    place = counted[0]
    assert f"{place['file']} 第 {place['line']} 行 ({place['batch']})" in zh
    assert f"{place['file']}, line {place['line']} ({place['batch']})" in en


def test_points_of_a_run_lead_to_values_and_rows(first: Path) -> None:
    scores = pl.read_parquet(first / "scores.parquet")
    book, run = load(read_run(first).rulebook()), read_run(first)
    scale = from_json((first / "scale.json").read_text("utf-8"))
    facts = facts_of_run(run, book, Path(str(run.manifest["source"])))
    firms = pl.read_parquet(first / "enterprises.parquet")
    networks = {name for net in book.networks.values() for name in net.fields}
    for row in scores[:: scores.height // 3].iter_rows(named=True):
        firm = firms.filter(pl.col("enterprise_id") == row["enterprise_id"]).row(0, named=True)
        given = {name: value for name, value in firm.items() if name.removesuffix("!error") in networks}
        tracer = Tracer(row["enterprise_id"], facts, book, date(2025, 6, 30), given)
        trace = traced_points("points", tracer, scale)
        assert trace.value == row["points"] == sum(int(str(part.value or 0)) for part in trace.parts)
        assert {part.field: part.value for part in trace.parts} == {part.field: row[part.field] for part in trace.parts}
    one = next(part for part in trace.parts if part.value is not None)
    told = json.loads(kerong("lineage", str(first), row["enterprise_id"], one.field, "--json").stdout)
    assert (told["kind"], told["value"], told["parts"][0]["kind"]) == ("points", one.value, "indicator")


def test_what_cannot_be_traced_ends_in_one_line(first: Path, tmp_path: Path) -> None:
    firm = pl.read_parquet(first / "enterprises.parquet")["enterprise_id"][0]
    for arguments, said in (
        (["nobody", "name"], "has no enterprise nobody"),
        ([firm, "nam"], "there is no field nam; did you mean name?"),
        ([firm, "name", "--registers", str(tmp_path)], "say with --registers where they are"),
    ):
        done = kerong("lineage", str(first), *arguments)
        assert done.returncode == 2
        assert said in done.stderr


def test_a_run_of_a_folder_is_traced_in_its_files_and_not_in_others(run: Path, registers: Path, tmp_path: Path) -> None:
    row = pl.read_parquet(run / "enterprises.parquet").filter(pl.col("revenue_fen").is_not_null()).row(0, named=True)
    told = json.loads(kerong("lineage", str(run), row["enterprise_id"], "revenue_fen", "--json").stdout)
    assert told["value"] == row["revenue_fen"]
    changed = tmp_path / "registers"
    shutil.copytree(registers, changed)
    path = changed / next(line["file"] for line in told["rows"] if line["counts"])
    path.write_bytes(path.read_bytes() + b"\n")
    done = kerong("lineage", str(run), row["enterprise_id"], "revenue_fen", "--registers", str(changed))
    assert f"{path.name} has changed since the run was made" in done.stderr


def test_a_folder_of_files_has_no_past(registers: Path, tmp_path: Path) -> None:
    done = kerong(
        "assess", str(registers), "--region", "demo", "--known-by", "2025-07-01", "--out", str(tmp_path / "run")
    )
    assert done.returncode == 2
    assert "only an archive remembers what was known by 2025-07-01" in done.stderr


def test_a_record_for_a_purpose_says_its_legal_basis_and_needs_consent(first: Path) -> None:
    firm = pl.read_parquet(first / "enterprises.parquet")["enterprise_id"][0]
    closed = json.loads(kerong("record", str(first), firm, "--purpose", "loan_application", "--json").stdout)
    assert closed["enterprise"] is None
    assert set(closed["withheld"].values()) == {"consent"}
    opened = kerong("record", str(first), firm, "--purpose", "loan_application", "--consented", "--lang", "en")
    assert "Guobanfa 2021 No. 52" in opened.stdout
    assert f"[enterprise_id]: {firm}" in opened.stdout
