"""`kerong model`: a sheet and a table make a readable card and an honest report, or a refusal that says why."""

import json
import os
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from kerong.cli import app
from kerong.engine.score.card import challengers

ROOT = Path(__file__).resolve().parents[2]
NIGHTLY = "KERONG_MODEL_REPORTS" in os.environ  # makes every document of docs/models anew, which takes minutes
SHEETS = ROOT / "docs" / "examples" / "models"

SHEET = """
name = "shop"
kind = "credit"
title = { zh = "小店", en = "Shops" }
meaning = { zh = "变坏的可能", en = "How likely it turns bad" }
limits = { zh = "虚构", en = "Made up" }
seed = 5
[table]
subject = "shop"
day = "asked"
[[column]]
name = "shop"
header = "Shop"
type = "text"
known = "decision"
[[column]]
name = "asked"
header = "Asked"
type = "date"
zero_day = 1960-01-01
known = "decision"
[[column]]
name = "sales"
header = "Sales"
type = "number"
missing = ["?"]
known = "decision"
[[column]]
name = "trade"
header = "Trade"
type = "text"
codes = { b = "bakery", c = "café" }
known = "decision"
[[column]]
name = "end"
header = "End"
type = "text"
known = "after"
reason = { zh = "结果", en = "the outcome" }
[[column]]
name = "lost"
header = "Lost"
type = "number"
known = "after"
reason = { zh = "损失", en = "the loss" }
[outcome]
column = "end"
bad = ["bad"]
good = ["good"]
[[characteristic]]
name = "sales"
title = { zh = "销售", en = "Sales" }
value = "row.sales"
[[characteristic]]
name = "trade"
title = { zh = "行业", en = "Trade" }
value = "row.trade"
[group]
trade = "row.trade"
[test]
way = "time"
until = 2004-12-31
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["model", *map(str, words)], env={"COLUMNS": "250"})


def shops(rows: int = 1_500) -> pl.DataFrame:
    """Shops that ask once a day from 2002-01-01 (day 15341 since 1960); more sales are safer."""
    rng = np.random.default_rng(2)
    sales = rng.integers(1, 100, rows)
    bad = rng.random(rows) < 1 / (1 + np.exp(sales / 25 - 1))
    return pl.DataFrame(
        {
            "Shop": [f"s{at}" for at in range(rows)],
            "Asked": [str(15_341 + at) for at in range(rows)],
            "Sales": [str(one) if one > 3 else "?" for one in sales],
            "Trade": rng.choice(["b", "c", "d"], rows),
            "End": np.where(bad, "bad", "good"),
            "Lost": np.where(bad, rng.integers(100, 9_000, rows), 0).astype(str),
        }
    )


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A table, its sheet, and the card that was fitted on it."""
    table, sheet, card = tmp_path / "shops.csv", tmp_path / "shop.toml", tmp_path / "card.json"
    shops().write_csv(table)
    sheet.write_text(SHEET, "utf-8")
    done = run("fit", table, "--sheet", sheet, "--out", card)
    assert done.exit_code == 0, done.output
    return table, sheet, card


Shop = tuple[Path, Path, Path]


def test_a_card_is_fitted_on_decisions_up_to_the_day_alone(shop: Shop) -> None:
    card = json.loads(shop[2].read_text("utf-8"))
    assert card["window"] == ["2002-01-01", "2004-12-31"]
    assert card["rows"] == 1_096
    assert {one["name"] for one in card["segments"][0]["lines"]} == {"sales", "trade"}


def test_a_report_tells_both_languages_with_intervals_and_keeps_numbers_as_json(shop: Shop, tmp_path: Path) -> None:
    table, sheet, card = shop
    done = run("report", table, "--sheet", sheet, "--card", card, "--out", tmp_path, "--draws", 20, "--prior", 2_000)
    assert done.exit_code == 0, done.output
    text = (tmp_path / "shop.md").read_text("utf-8")
    assert re.search(r"\| AUC \| 0\.\d{3} \(0\.\d{3} - 0\.\d{3}\) \|", text)
    assert "不能做什么" in text
    assert "What it cannot do" in text
    held = json.loads((tmp_path / "shop.json").read_text("utf-8"))
    assert held["metrics"]["prior"]["card"]["observed_rate"]["value"] == pytest.approx(0.2)
    assert held["metrics"]["sample"]["card"]["auc"]["value"] < 0.9


def test_the_same_table_in_another_order_makes_the_same_bytes(shop: Shop, tmp_path: Path) -> None:
    table, sheet, card = shop
    shuffled = tmp_path / "other.csv"
    shops().sample(fraction=1, shuffle=True, seed=3).write_csv(shuffled)
    other = tmp_path / "other.json"
    assert run("fit", shuffled, "--sheet", sheet, "--out", other).exit_code == 0
    assert other.read_bytes() == card.read_bytes()
    for name, source in (("one", table), ("two", shuffled)):
        done = run("report", source, "--sheet", sheet, "--card", card, "--out", tmp_path / name, "--draws", 20)
        assert done.exit_code == 0
    assert (tmp_path / "one" / "shop.json").read_bytes() == (tmp_path / "two" / "shop.json").read_bytes()


def test_without_lightgbm_the_report_says_so(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challengers, "has_lightgbm", lambda: False)
    table, sheet, card = shop
    assert run("report", table, "--sheet", sheet, "--card", card, "--out", tmp_path, "--draws", 20).exit_code == 0
    text = (tmp_path / "shop.md").read_text("utf-8")
    assert "not installed" in text
    assert "未安装" in text


def test_scores_add_up_and_another_base_rate_moves_no_points(shop: Shop, tmp_path: Path) -> None:
    table, sheet, card = shop
    files = [tmp_path / "a.parquet", tmp_path / "b.parquet", tmp_path / "c.csv"]
    for file, more in zip(files, ((), ("--prior", 2_000), ()), strict=True):
        assert run("score", table, "--sheet", sheet, "--card", card, "--out", file, *more).exit_code == 0
    one, other = (pl.read_parquet(file) for file in files[:2])
    base = json.loads(card.read_text("utf-8"))["segments"][0]["base"]
    assert (one["points"] == base + one["points_sales"] + one["points_trade"]).all()
    assert one["points"].equals(other["points"])
    assert one["probability_bp"].mean() > other["probability_bp"].mean()  # type: ignore[operator]
    assert files[2].read_text("utf-8").startswith("subject,on,segment,points")


def test_new_rows_without_a_column_of_the_outcome_are_read_alike_and_never_fitted_on(
    shop: Shop, tmp_path: Path
) -> None:
    table, sheet, card = shop
    new, files = tmp_path / "new.csv", (tmp_path / "old.parquet", tmp_path / "new.parquet")
    pl.read_csv(table, infer_schema=False).drop("End").write_csv(new)
    for rows, file in zip((table, new), files, strict=True):
        assert run("score", rows, "--sheet", sheet, "--card", card, "--out", file).exit_code == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert run("drift", new, "--sheet", sheet, "--card", card).exit_code == 0
    done = run("fit", new, "--sheet", sheet, "--out", tmp_path / "card2.json")
    assert done.exit_code != 0
    assert "no column End" in done.output


@pytest.mark.parametrize("rate", [0, 10_000])
def test_a_base_rate_of_nothing_or_everything_is_refused(rate: int, shop: Shop, tmp_path: Path) -> None:
    table, sheet, card = shop
    for command in ("report", "score"):
        done = run(command, table, "--sheet", sheet, "--card", card, "--out", tmp_path / "x.csv", "--prior", rate)
        assert done.exit_code == 2
        assert "base rate lies between 0 and 1" in done.output


def test_drift_is_told_by_line_and_year(shop: Shop) -> None:
    table, sheet, card = shop
    done = run("drift", table, "--sheet", sheet, "--card", card)
    assert done.exit_code == 0
    assert re.search(r"sales: PSI 0\.0\d\d .* stable", done.output)
    assert "2005 (365 rows)" in done.output


def test_a_copy_of_a_forbidden_column_under_another_name_is_refused_in_both_languages(
    shop: Shop, tmp_path: Path
) -> None:
    column = '[[column]]\nname = "fee"\nheader = "Fee"\ntype = "number"\nknown = "decision"\n[outcome]'
    line = '[[characteristic]]\nname = "fee"\ntitle = { zh = "费", en = "Fee" }\nvalue = "row.fee"\n[group]'
    sheet, table, card = tmp_path / "leak.toml", tmp_path / "leak.csv", tmp_path / "leak.json"
    sheet.write_text(SHEET.replace("[outcome]", column).replace("[group]", line), "utf-8")
    shops().with_columns(Fee=pl.col("Lost").cast(pl.Int64) * 3 + 7).write_csv(table)
    done = run("fit", table, "--sheet", sheet, "--out", card)
    assert done.exit_code == 2
    assert "换了名字也是同一列" in done.output
    assert "under another name" in done.output
    assert not card.exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('value = "row.sales"', 'value = "row.lost"', "known only after the decision"),
        ('value = "row.sales"', 'value = "row.slaes"', "row.sales"),
        ('reason = { zh = "损失", en = "the loss" }', "", "says why"),
        ('good = ["good"]', 'good = ["bad"]', "no value twice"),
        ('way = "time"\nuntil = 2004-12-31', 'way = "guess"', "one of time, column, folds"),
        ('day = "asked"', 'day = "shop"', "is no date"),
        ('value = "row.sales"', 'value = "days_between(row.asked, on)"', "only the days in its rows"),
    ],
)
def test_a_sheet_that_is_wrong_is_refused_with_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    sheet, table = tmp_path / "shop.toml", tmp_path / "shops.csv"
    sheet.write_text(SHEET.replace(old, new), "utf-8")
    shops(50).write_csv(table)
    done = run("fit", table, "--sheet", sheet, "--out", tmp_path / "card.json")
    assert done.exit_code == 2
    assert said in done.output
    assert re.search(r"shop\.toml:\d+: ", done.output)


def test_a_cell_that_cannot_be_read_is_refused_with_file_line_and_column(tmp_path: Path) -> None:
    sheet, table = tmp_path / "shop.toml", tmp_path / "shops.csv"
    sheet.write_text(SHEET, "utf-8")
    rows = shops(50)
    rows[4, "Sales"] = "many"
    rows.write_csv(table)
    done = run("fit", table, "--sheet", sheet, "--out", tmp_path / "card.json")
    assert done.exit_code == 2
    assert "shops.csv, line 6, column Sales" in done.output
    assert "第 6 行" in done.output


def test_a_card_of_another_model_and_a_table_without_a_column_are_refused(shop: Shop, tmp_path: Path) -> None:
    table, sheet, card = shop
    other = tmp_path / "other.json"
    other.write_text(card.read_text("utf-8").replace('"shop"', '"shed"'), "utf-8")
    assert "a card of shed" in run("score", table, "--sheet", sheet, "--card", other).output
    less = tmp_path / "less.csv"
    shops(50).drop("Trade").write_csv(less)
    assert "no column Trade" in run("score", less, "--sheet", sheet, "--card", card).output


def test_whoever_stands_in_the_other_file_or_twice_is_left_out_and_counted(shop: Shop, tmp_path: Path) -> None:
    _, sheet, card = shop
    twice, other = tmp_path / "twice.csv", tmp_path / "other.csv"
    pl.concat([shops(), shops().head(9)]).write_csv(twice)
    shops().tail(200).head(40).write_csv(other)
    done = run("fit", twice, "--sheet", sheet, "--out", tmp_path / "again.json", "--without", other)
    assert "9 rows repeat" in done.output
    assert "40 rows stand in the other file" in done.output
    assert json.loads((tmp_path / "again.json").read_text())["rows"] == json.loads(card.read_text())["rows"]


def ended(done: Result, *words: str) -> None:
    """The command said why in words and ended with a status; nothing was thrown at the reader."""
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    for word in words:
        assert word in done.output


def test_a_file_that_is_not_there_or_a_place_that_cannot_be_written_ends_in_a_line(shop: Shop, tmp_path: Path) -> None:
    table, sheet, card = shop
    nowhere, folder = tmp_path / "nowhere" / "x.csv", tmp_path
    ended(run("fit", nowhere, "--sheet", sheet), "No such file")
    ended(run("fit", table, "--sheet", nowhere), "No such file")
    ended(run("fit", table, "--sheet", folder), "Is a directory")
    ended(run("score", table, "--sheet", sheet, "--card", nowhere), "No such file")
    ended(run("fit", table, "--sheet", sheet, "--out", nowhere), "cannot be written")
    ended(run("fit", table, "--sheet", sheet, "--out", folder), "is a folder")
    ended(run("score", table, "--sheet", sheet, "--card", card, "--out", nowhere), "cannot be written")
    ended(run("score", table, "--sheet", sheet, "--card", card, "--out", tmp_path / "o.txt"), "neither")
    ended(run("report", table, "--sheet", sheet, "--card", card, "--out", card, "--draws", 20), "no folder")
    assert not [one for one in tmp_path.iterdir() if one.name.endswith(".half")]


def test_a_changed_card_is_refused_in_both_languages_and_writes_nothing(shop: Shop, tmp_path: Path) -> None:
    table, sheet, card = shop
    held = json.loads(card.read_text("utf-8"))
    held["segments"][0]["lines"][0]["bins"][0]["points"] = 2**62
    card.write_text(json.dumps(held), "utf-8")
    out = tmp_path / "scores.csv"
    ended(run("score", table, "--sheet", sheet, "--card", card, "--out", out), "这段文字不是评分卡", "no card")
    assert not out.exists()


def test_a_card_that_reads_what_the_sheet_no_longer_declares_is_refused(shop: Shop) -> None:
    table, sheet, card = shop
    renamed, retyped = ('name = "sales"\ntitle', 'name = "turnover"\ntitle'), ('"row.sales"', '"row.trade"')
    for old, new in (renamed, retyped):
        sheet.write_text(SHEET.replace(old, new), "utf-8")
        ended(run("drift", table, "--sheet", sheet, "--card", card), "fit the card anew")
    sheet.write_text(SHEET + '\n[[segment]]\nname = "large"\nwhen = "row.sales > 50"\n', "utf-8")
    held = json.loads(card.read_text("utf-8"))
    part = {**held["segments"][0], "name": "large", "condition": "row.sales > 60"}
    card.write_text(json.dumps({**held, "segments": [part, *held["segments"]]}), "utf-8")
    ended(run("drift", table, "--sheet", sheet, "--card", card), "fit the card anew")


@pytest.mark.parametrize("name", ["subject", "on", "outcome", "outcome_on", "held", "segment", "low", "high"])
def test_no_characteristic_takes_the_name_of_a_column_that_the_sample_has(shop: Shop, name: str) -> None:
    table, sheet, _ = shop
    sheet.write_text(SHEET.replace('name = "sales"\ntitle', f'name = "{name}"\ntitle'), "utf-8")
    ended(run("fit", table, "--sheet", sheet), name)


@pytest.mark.parametrize(
    "more",
    [
        "[scaling]\npoints = 4611686018427387904",
        "[scaling]\nodds = 1e300",
        "[fairness]\napprove_bp = 99999",
        "[fairness]\napprove_bp = 0",
    ],
)
def test_numbers_of_a_sheet_that_no_card_can_have_are_refused(shop: Shop, more: str) -> None:
    table, sheet, _ = shop
    sheet.write_text(f"{SHEET}\n{more}\n", "utf-8")
    ended(run("fit", table, "--sheet", sheet), "kerong model")


def test_a_share_of_characters_below_one_and_folds_beyond_reason_are_refused(shop: Shop) -> None:
    table, sheet, _ = shop
    for old, new in (
        ('header = "Trade"', 'header = "Trade"\nfirst = -3'),
        ('way = "time"\nuntil = 2004-12-31', 'way = "folds"\nfolds = 1000000000'),
    ):
        sheet.write_text(SHEET.replace(old, new), "utf-8")
        ended(run("fit", table, "--sheet", sheet), "was not loaded")


def test_a_report_without_rows_to_test_on_says_so(shop: Shop, tmp_path: Path) -> None:
    table, sheet, card = shop
    shops().head(1_000).write_csv(table)
    ended(run("report", table, "--sheet", sheet, "--card", card, "--out", tmp_path, "--draws", 20), "没有可供检验的行")


def test_a_table_in_another_encoding_is_refused_and_not_half_read(shop: Shop) -> None:
    table, sheet, _ = shop
    table.write_bytes("Shop,Asked,Sales,Trade,End,Lost\n龑,15341,5,䶮,bad,1\n".encode("gb18030"))
    ended(run("fit", table, "--sheet", sheet), "UTF-8")
