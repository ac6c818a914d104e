"""Batches: what is a repetition, what replaces what, and what comes back."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kerong.store.archive import (
    Archive,
    Batch,
    NotAnArchive,
    OpeningStands,
    Refused,
    Repeated,
)
from tests.store.archive.making import STEWARD, at, batch_of, delivered, line_count, rows_of, told_by


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(tmp_path / "archive", "china")


def test_a_file_sent_twice_is_found_and_changes_nothing(archive: Archive) -> None:
    first = delivered(archive, b"june")
    assert archive.same("tax", first.sha256) == first
    assert archive.same("social", first.sha256) is None
    before = line_count(archive.path)
    with pytest.raises(Repeated) as error:
        delivered(archive, b"june", file="another name.csv")
    assert error.value.batch == first.id
    assert line_count(archive.path) == before
    assert list((archive.path / "staging").iterdir()) == []


def test_a_file_that_was_rejected_or_withdrawn_may_be_sent_again(archive: Archive) -> None:
    for data, publish in ((b"held", False), (b"out", True)):
        first = delivered(archive, data, publish=publish)
        undo = archive.withdraw if publish else archive.reject
        undo(first.id, STEWARD, at(1), "sent by mistake")
        assert archive.same("tax", first.sha256) is None
        assert delivered(archive, data).id != first.id


def test_the_same_bytes_read_by_another_mapping_are_another_batch_and_count_once(archive: Archive) -> None:
    delivered(archive, b"june", extent="added", periods=(), mapping="yuan")
    again = delivered(archive, b"june", extent="added", periods=(), mapping="ten thousand yuan")
    assert [part.batch for part in archive.view().parts("tax")] == [again]


def test_a_correction_replaces_its_period_only(archive: Archive) -> None:
    delivered(archive, b"half-year", ("2025-05", "2025-06"), as_of="2025-07-01")
    delivered(archive, b"correction", ("2025-06",), as_of="2025-08-01")
    assert told_by(archive.view()) == {"2025-05": "half-year", "2025-06": "correction"}


def test_an_older_file_never_overwrites_a_newer_one(archive: Archive) -> None:
    delivered(archive, b"new", ("2025-06",), as_of="2025-08-01")
    delivered(archive, b"old", ("2025-05", "2025-06"), as_of="2025-07-01")
    delivered(archive, b"undated", ("2025-04", "2025-06"))
    assert told_by(archive.view()) == {"2025-04": "undated", "2025-05": "old", "2025-06": "new"}


def test_a_whole_file_replaces_all_that_was_said_as_of_earlier_days(archive: Archive) -> None:
    delivered(archive, b"march", ("whole",), extent="whole", as_of="2025-03-31")
    delivered(archive, b"may", ("whole",), extent="whole", as_of="2025-05-31")
    delivered(archive, b"april", ("whole",), extent="whole", as_of="2025-04-30")
    assert [part.batch.as_of for part in archive.view().parts("tax")] == [date(2025, 5, 31)]


def test_withdrawing_brings_the_former_batch_back_and_can_be_taken_back(archive: Archive) -> None:
    delivered(archive, b"first", as_of="2025-07-01")
    second = delivered(archive, b"second", as_of="2025-08-01")
    archive.withdraw(second.id, STEWARD, at(1), "wrong unit")
    assert told_by(archive.view()) == {"2025-06": "first"}
    archive.publish(second.id, STEWARD, at(2))
    assert told_by(archive.view()) == {"2025-06": "second"}


def test_what_is_held_or_rejected_counts_in_no_view(archive: Archive) -> None:
    held = delivered(archive, b"held", publish=False)
    assert archive.state(held.id) == "received"
    assert archive.view().parts("tax") == []
    archive.reject(held.id, STEWARD, at(1), "control total differs")
    assert archive.view().batches == ()
    assert pl.read_parquet(archive.row_paths(held.id)[0])["text"].to_list() == ["held"]


@pytest.mark.parametrize(
    ("steps", "refused"),
    [
        (["withdraw"], "archive_is_received"),
        (["publish", "publish"], "archive_is_published"),
        (["publish", "reject"], "archive_is_published"),
        (["reject", "publish"], "archive_is_rejected"),
        (["publish", "withdraw", "withdraw"], "archive_is_withdrawn"),
    ],
)
def test_a_step_that_does_not_fit_the_state_is_refused_and_writes_nothing(
    archive: Archive, steps: list[str], refused: str
) -> None:
    batch = delivered(archive, b"june", publish=False)
    for step in steps[:-1]:
        getattr(archive, step)(batch.id, STEWARD, at(1), "reason")
    before = line_count(archive.path)
    with pytest.raises(Refused) as error:
        getattr(archive, steps[-1])(batch.id, STEWARD, at(1), "reason")
    assert error.value.problem["kind"] == refused
    assert line_count(archive.path) == before


def test_rejecting_and_withdrawing_need_a_reason_and_every_act_a_name(archive: Archive) -> None:
    batch = delivered(archive, b"june")
    with pytest.raises(Refused, match="reason"):
        archive.withdraw(batch.id, STEWARD, at(1), "  ")
    with pytest.raises(Refused, match="by"):
        archive.withdraw(batch.id, "", at(1), "wrong")
    with pytest.raises(Refused, match="column at"):
        archive.withdraw(batch.id, STEWARD, at(1).replace(tzinfo=None), "wrong")


def test_a_supplement_adds_rows_wherever_its_parent_counts(archive: Archive) -> None:
    parent = delivered(archive, b"file", ("2025-05", "2025-06"), as_of="2025-07-01")
    delivered(archive, b"repair", ("2025-05", "2025-06"), kind="supplement", parent=parent.id)
    assert told_by(archive.view()) == {"2025-05": "file repair", "2025-06": "file repair"}
    delivered(archive, b"newer", ("2025-06",), as_of="2025-08-01")
    assert told_by(archive.view()) == {"2025-05": "file repair", "2025-06": "newer"}
    archive.withdraw(parent.id, STEWARD, at(1), "wrong")
    assert told_by(archive.view()) == {"2025-06": "newer"}


def test_a_supplement_of_another_feed_or_of_nothing_is_refused(archive: Archive) -> None:
    parent = delivered(archive, b"file")
    for told in ({"parent": "000009-0123456789ab"}, {"parent": parent.id, "feed": "other"}, {"parent": None}):
        with pytest.raises(Refused, match="parent"):
            delivered(archive, b"repair", kind="supplement", **told)


@pytest.mark.parametrize("extent", ["period", "whole"])
def test_an_opening_balance_is_replaced_only_with_a_reason(archive: Archive, extent: str) -> None:
    periods = ("2025-12",) if extent == "period" else ("whole",)
    opening = delivered(archive, b"opening", periods, kind="opening", extent=extent, as_of="2025-12-31")
    with pytest.raises(OpeningStands) as error:
        delivered(archive, b"later", periods, extent=extent, as_of="2026-01-31")
    assert error.value.openings == (opening.id,)
    later = delivered(archive, b"later", periods, extent=extent, as_of="2026-01-31", publish=False)
    assert archive.replaces(later) == {opening.id: periods}
    with pytest.raises(OpeningStands):
        archive.publish(later.id, STEWARD, at(1))
    assert list(told_by(archive.view()).values()) == ["opening"]
    archive.publish(later.id, STEWARD, at(1), "the bank restated its book")
    assert list(told_by(archive.view()).values()) == ["later"]


def test_what_a_batch_would_replace_is_told_before_it_is_sealed(archive: Archive) -> None:
    first = delivered(archive, b"first", ("2025-05", "2025-06"), as_of="2025-07-01")
    newer = batch_of(b"newer", ("2025-06", "2025-07"), as_of=date(2025, 8, 1))
    older = batch_of(b"older", ("2025-06", "2025-07"), as_of=date(2025, 6, 1))
    assert archive.replaces(newer) == {first.id: ("2025-06",)}
    assert archive.replaces(older) == {}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "税务 2025年6月.csv", "a\x00b\n.csv", "x\udc80", "C:\\x"]
)
def test_a_name_of_a_file_is_kept_as_it_is_and_leads_nowhere(archive: Archive, name: str) -> None:
    batch = delivered(archive, b"june", file=name, feed="../feed", register="../../register")
    found = archive.batch(batch.id)
    assert found.file == name.replace("\udc80", "\\udc80")
    inside = {path.relative_to(archive.path).parts[0] for path in archive.path.parent.rglob("*") if path.is_file()}
    assert inside == {"archive.json", "log.jsonl", "head.json", "lock", "batches"}
    assert archive.raw(batch.id).read_bytes() == b"june"
    assert archive.raw(batch.id).is_relative_to(archive.path)
    assert archive.verify() == []


@pytest.mark.parametrize("name", ["../batches", "..", "", "/etc", "000009-0123456789ab"])
def test_only_ids_of_the_log_open_a_batch(archive: Archive, name: str) -> None:
    delivered(archive, b"june")
    for ask in (archive.batch, archive.raw, archive.row_paths, archive.set_aside_paths, archive.state):
        with pytest.raises(Refused, match="archive_batch_unknown"):
            ask(name)


def test_profile_and_findings_are_kept_with_the_batch_and_not_in_the_log(archive: Archive) -> None:
    batch = delivered(archive, b"june", profile={"amount_fen": {"nulls": 3}}, findings=({"kind": "rows", "value": 31},))
    found = Archive.opened(archive.path).batch(batch.id)
    assert (found.profile, found.findings) == (batch.profile, batch.findings)
    assert "nulls" not in (archive.path / "log.jsonl").read_text("utf-8")
    assert archive.batches("tax") == [batch]
    assert archive.batches("other") == []


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"periods": ("2025-13",)}, "periods"),
        ({"periods": ("06-2025",)}, "periods"),
        ({"periods": ("2025-02-30",)}, "periods"),
        ({"extent": "some"}, "extent"),
        ({"kind": "late"}, "kind"),
        ({"rows": -1}, "rows"),
        ({"bytes": 5}, "sha256"),
        ({"sha256": "0" * 64}, "sha256"),
        ({"feed": ""}, "feed"),
        ({"profile": {"mean": float("nan")}}, "content"),
    ],
)
def test_a_batch_with_a_value_that_cannot_be_is_refused(archive: Archive, told: dict[str, object], field: str) -> None:
    with archive.staging() as staging:
        staging.keep_raw(b"june")
        with pytest.raises(Refused, match=field):
            archive.seal(staging, batch_of(b"june", **told))  # type: ignore[arg-type]
    assert line_count(archive.path) == 0
    assert archive.view().batches == ()


def test_rows_and_quarantine_are_read_back_as_they_were_written(archive: Archive) -> None:
    rows = [rows_of(b"one", ("2025-06",), 3), rows_of(b"two", ("2025-06",), 2)]
    aside = pl.DataFrame({"line": [9], "column": ["amount"], "kind": ["no_number"], "value": ["x"], "raw": ["{}"]})
    with archive.staging() as staging:
        staging.keep_raw(b"june")
        for frame in rows:
            staging.add_rows(frame)
        staging.add_set_aside(aside)
        batch = archive.seal(staging, batch_of(b"june", rows=5, set_aside=1), publish=True)
    (part,) = archive.view().parts("tax")
    assert pl.concat([pl.read_parquet(path) for path in part.paths]).equals(pl.concat(rows))
    assert pl.read_parquet(archive.set_aside_paths(batch.id)[0]).equals(aside)


def test_nothing_is_added_to_a_batch_that_was_sealed(archive: Archive) -> None:
    with archive.staging() as staging:
        staging.keep_raw(b"june")
        batch = archive.seal(staging, batch_of(b"june"))
        with pytest.raises(Refused, match="archive_staging_closed"):
            staging.add_rows(rows_of(b"june", ()))
        with pytest.raises(Refused, match="archive_staging_closed"):
            archive.seal(staging, batch_of(b"june"))
    assert archive.batches() == [batch]


def test_what_is_left_without_sealing_leaves_no_trace(archive: Archive) -> None:
    with archive.staging() as staging:
        staging.keep_raw(b"june")
    assert list((archive.path / "staging").iterdir()) == []
    assert archive.events() == []


def test_a_raw_file_is_copied_from_where_it_lies(archive: Archive, tmp_path: Path) -> None:
    source = tmp_path / "税.csv"
    source.write_bytes(b"a\n1\n" * 700_000)
    with archive.staging() as staging:
        sha256 = staging.keep_raw(source)
        told: Batch = batch_of(source.read_bytes())
        assert sha256 == told.sha256
        batch = archive.seal(staging, told)
    source.write_bytes(b"changed")
    assert archive.raw(batch.id).stat().st_size == batch.bytes == 2_800_000
    assert archive.verify() == []


def test_an_archive_is_made_in_a_free_place_only(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(NotAnArchive, match=r"thesis\.docx"):
        Archive.create(tmp_path, "china")
    for name in ("nothing", "thesis.docx", "."):
        with pytest.raises(NotAnArchive):
            Archive.opened(tmp_path / name)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotAnArchive):
        Archive.create(tmp_path / "link", "china")
    made = Archive.create(tmp_path / "deep" / "archive", "china")
    delivered(made, b"june")
    assert Archive.create(made.path, "china").events() == made.events()
    with pytest.raises(NotAnArchive, match="china"):
        Archive.create(made.path, "usa")
