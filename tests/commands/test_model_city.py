"""Declared models on the registers of a city, from past days to a card in the pack and to a run's table."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from kerong.cli import app
from kerong.engine.score.card import from_json
from kerong.rulebook import load
from kerong.rulebook.cards import text_of
from kerong.rulebook.digests import digests_of
from kerong.rulebook.lint import lint
from kerong.rulebook.said import Text
from kerong.store.packs import read_pack


def said_by(*arguments: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, [str(one) for one in arguments])
    return found.exit_code, found.output


@pytest.fixture(scope="session")
def fitted(registers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The card of need of the city of these tests."""
    out = tmp_path_factory.mktemp("cards") / "need.toml"
    code, told = said_by(
        *("model", "fit-city", registers, "--region", "demo", "--model", "need", "--from", "2023-12-31"),
        *("--every", "quarter", "--out", out, "--source", "试验|a trial"),
    )
    assert code == 0, told
    return out


def test_a_card_that_was_fitted_on_a_city_is_content_of_its_pack(fitted: Path) -> None:
    texts = read_pack("demo") | {"cards/need.toml": fitted.read_text("utf-8")}
    card = load(texts).cards["need"]
    assert card.source == Text("试验", "a trial")
    assert from_json(json.dumps(dict(card.held))).rows > 0
    assert text_of(card.held, card.model, card.source, card.values, card.fitted_from) == fitted.read_text("utf-8")


def test_a_card_carries_the_digests_of_its_sample_and_of_its_model(fitted: Path) -> None:
    book = load(read_pack("demo") | {"cards/need.toml": fitted.read_text("utf-8")})
    card = book.cards["need"]
    assert set(card.fitted_from) == {"sample", "model", "facts"}
    assert {key: card.fitted_from[key] for key in ("model", "facts")} == digests_of(book.models["need"], book)
    assert [one for one in lint(book) if one.check == "card" and one.rule == "need"] == []


def test_a_card_may_be_judged_by_the_outcome_of_another_model_that_reads_all_that_it_reads(registers: Path) -> None:
    words = ("--from", "2024-06-30", "--to", "2024-07-31", "--draws", "20")
    code, told = said_by("model", "proof-city", registers, "--region", "demo", "--model", "hazard_6m", *words)
    assert code == 0, told
    assert told.startswith("hazard_6m/everybody")
    both = ("model", "proof-city", registers, "--region", "demo", "--model", "hazard_6m", "--card")
    code, other = said_by(*both, "hazard", *words)
    assert code == 0, other
    assert other.startswith("hazard/everybody")
    assert other.partition("decisions")[0].split(": ")[1] == told.partition("decisions")[0].split(": ")[1]
    for card, said in (("credit", "reads what hazard_6m does not"), ("hazrd", "did you mean hazard?")):
        code, refused = said_by(*both, card, *words)
        assert code != 0
        assert said in refused


def test_a_run_carries_the_readings_of_every_card_and_the_cards(run: Path) -> None:
    credit = pl.read_parquet(run / "credit.parquet")
    book = load(read_pack("demo"))
    assert set(credit["card"].unique()) == set(book.cards)
    firms = pl.read_parquet(run / "enterprises.parquet").height
    assert credit.height == firms * len(book.cards)
    for name in book.cards:
        card = from_json((run / "models" / f"{name}.json").read_text("utf-8"))
        own = credit.filter(pl.col("card") == name)
        base = {segment.name: segment.base for segment in card.segments}
        parts = [f"points_{line}" for line in card.line_names]
        total = own.select(pl.col("segment").replace_strict(base, return_dtype=pl.Int32) + pl.sum_horizontal(parts))
        assert total.to_series().to_list() == own["points"].to_list()
        assert (own["points_low"] <= own["points"]).all()
        assert (own["points"] <= own["points_high"]).all()


def test_the_index_of_the_day_of_the_run_in_its_history_is_that_of_its_scores(registers: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    code, told = run_assess(registers, out)
    assert code == 0, told
    history, scores = pl.read_parquet(out / "history" / "index.parquet"), pl.read_parquet(out / "scores.parquet")
    last = history.filter(pl.col("on") == pl.col("on").max())
    columns = ["enterprise_id", "points", "points_high", "coverage_bp", "rank"]
    assert last.select(columns).equals(scores.select(columns))
    assert history["on"].n_unique() == 3
    assert history.equals(history.sort("enterprise_id", "on"))


def run_assess(registers: Path, out: Path) -> tuple[int, str]:
    return said_by("assess", registers, "--region", "demo", "--out", out, "--history", 2)


def test_a_run_without_history_has_none(run: Path) -> None:
    assert not (run / "history").exists()


def test_the_stage_is_held_against_the_truth_of_the_city(registers: Path) -> None:
    code, told = said_by("model", "proof-stage", registers, "--region", "demo", "--json")
    assert code == 0, told
    found = json.loads(told)
    assert 0 < found["right"]["low"] <= found["right"]["value"] <= found["right"]["high"] < 1
    assert sum(row["rows"] for row in found["counts"]) > 100


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model", "nede", "--from", "2023-12-31"), "declares no model nede; did you mean need?"),
        (("--model", "stage", "--from", "2023-12-31"), "is a formula"),
        (("--model", "need", "--from", "2025-06-01"), "outcomes take 6 months"),
        (("--model", "need", "--from", "2023-12-31", "--every", "week"), "--every is month"),
    ],
)
def test_what_cannot_be_fitted_ends_in_one_line(
    arguments: tuple[str, ...], said: str, registers: Path, tmp_path: Path
) -> None:
    out = tmp_path / "card.toml"
    code, told = said_by("model", "fit-city", registers, "--region", "demo", "--out", out, *arguments)
    assert code != 0
    assert said in told
    assert not out.exists()
