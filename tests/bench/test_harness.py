"""The harness of the benchmarks: honest rounds, agreeing answers, bounds that can be missed."""

from pathlib import Path

import pytest

from bench.claims import Claim, Program, Target
from bench.groups import GROUPS, claims_of
from bench.harness import BenchError, Row, measure, one_round, run
from bench.programs.cities import made
from tests.bench.works import MEGABYTES


def program(function: str, *arguments: str) -> Program:
    return Program(function, f"tests.bench.works:{function}", arguments)


def ignore(message: str) -> None:
    """Watches nothing."""


def measured(claim: Claim, scratch: Path) -> Row:
    return measure(claim, scratch, ignore, rounds=1)


def test_a_claim_faster_than_its_peer_says_how_many_times(tmp_path: Path) -> None:
    claim = Claim("quick", program("quick"), Target(times=2), peer=program("slow"))
    row = measured(claim, tmp_path)
    assert row.holds
    assert row.peer == "slow"
    assert row.ratio is not None
    assert row.ratio > 2


def test_a_claim_slower_than_its_peer_does_not_hold(tmp_path: Path) -> None:
    assert not measured(Claim("slow", program("slow"), Target(times=2), peer=program("quick")), tmp_path).holds


def test_preparation_is_left_out_of_the_seconds(tmp_path: Path) -> None:
    assert one_round(program("slow"), tmp_path).seconds == pytest.approx(0.2, abs=0.09)


def test_peak_memory_is_that_of_the_round_alone(tmp_path: Path) -> None:
    assert one_round(program("heavy"), tmp_path).peak_mb > MEGABYTES
    assert one_round(program("quick"), tmp_path).peak_mb < MEGABYTES


def test_a_memory_bound_can_be_missed(tmp_path: Path) -> None:
    assert not measured(Claim("heavy", program("heavy"), Target(memory_mb=100)), tmp_path).holds


def test_answers_that_differ_stop_the_comparison(tmp_path: Path) -> None:
    claim = Claim("differs", program("quick", "7"), Target(times=0.1), peer=program("quick", "8"))
    with pytest.raises(BenchError, match="not the same work"):
        measured(claim, tmp_path)


def test_a_program_that_fails_is_told_in_its_last_line(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="no registers there"):
        one_round(program("broken"), tmp_path)


def test_a_row_in_json_has_exactly_the_published_keys(tmp_path: Path) -> None:
    row = measured(Claim("quick", program("quick"), Target(seconds=1)), tmp_path).as_json()
    assert list(row) == ["name", "ours_s", "peer", "peer_s", "ratio", "peak_mb", "target", "holds"]
    assert row["peer"] is None
    assert row["holds"] is True


def test_all_is_every_claim_of_every_group_and_names_are_distinct() -> None:
    names = [claim.name for claim in claims_of("all")]
    assert len(names) == sum(map(len, GROUPS.values()))
    assert len(set(names)) == len(names)


def test_memory_that_the_starter_holds_is_not_counted(tmp_path: Path) -> None:
    held = bytearray(2 * MEGABYTES * 1024 * 1024)
    assert one_round(program("quick"), tmp_path).peak_mb < MEGABYTES
    assert len(held) > 0


def test_a_claim_of_minutes_is_measured_no_more_often_than_it_says(tmp_path: Path) -> None:
    told: list[str] = []
    measure(Claim("long", program("quick"), Target(seconds=5), rounds=2), tmp_path, told.append, rounds=5)
    assert told == ["long: round 1 of 2", "long: round 2 of 2"]


def test_what_was_prepared_in_a_named_folder_is_there_the_next_time(tmp_path: Path) -> None:
    scratch, times = tmp_path / "kept", []

    def make(half: Path) -> None:
        half.mkdir()
        times.append(half.name)

    def prepare(folder: Path) -> None:
        made(folder / "city", make)

    claim = Claim("kept", program("quick"), Target(seconds=5), prepare=prepare)
    for _ in range(2):
        assert [row.name for row in run([claim], ignore, 1, scratch)] == ["kept"]
    assert times == ["city.half"]
    assert (scratch / "city").is_dir()


def test_an_interrupted_preparation_is_made_anew(tmp_path: Path) -> None:
    def interrupted(half: Path) -> None:
        half.mkdir()
        (half / "first").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(tmp_path / "city", interrupted)
    assert not (tmp_path / "city").exists()
    made(tmp_path / "city", lambda half: half.mkdir())
    assert not list((tmp_path / "city").iterdir())
