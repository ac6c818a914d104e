"""How well rows are linked on sets of which the truth is known; thresholds never look at it."""

from pathlib import Path

import polars as pl
import pytest

from kerong.commands.link import labelled
from kerong.engine.record.linkage import Key, Plan, deduplicated, fit, linked, standard_plan
from kerong.engine.record.linkage.grading import Share, graded, graded_sample, pairs_of_groups
from kerong.lab.linking import spelled_rows
from kerong.lab.rates import Rates
from kerong.store.packs import read_pack

SAMPLE = Path(__file__).with_name("sbir_pairs.csv")
SECOND = Path(__file__).with_name("sbir_pairs_second.csv")  # read after the model was changed for the last time
END = r",\s*([^,]+),\s*([A-Za-z]{2}),\s*(\d{5})(?:-\d+)?\s*$"


def test_an_interval_holds_its_share_and_narrows_with_the_pairs_that_were_seen() -> None:
    few, many = Share(9, 10), Share(900, 1000)
    assert few.interval[0] < many.interval[0] < 0.9 < many.interval[1] < few.interval[1]
    assert Share(0, 0).interval == (0.0, 1.0)


def test_persons_that_stand_twice_are_told_apart_as_surely_as_their_labels_do(shared: Path) -> None:
    rows = pl.read_csv(shared / "data" / "linkage" / "fake_1000.csv", infer_schema=False)
    plan = standard_plan(rows)
    model = fit(rows, None, plan, id_column="unique_id")
    found = deduplicated(rows, model, id_column="unique_id")
    grade = graded(found.pairs, pairs_of_groups(rows, "unique_id", "cluster"))
    assert grade.precision.value >= 0.99
    assert grade.recall.value >= 0.6
    sure = grade.calibration.filter(pl.col("from") == 0.9)
    assert sure["true"][0] >= 0.98


@pytest.mark.parametrize(("seed", "dirt"), [(7, 1.0), (20_261_121, 6.0)])
def test_rows_of_a_city_find_their_firms_without_a_code(seed: int, dirt: float) -> None:
    rows, enterprises, true = spelled_rows(300, seed, read_pack("suzhou"), Rates().scaled(dirt))
    found = linked(rows, enterprises, fit(rows, enterprises, standard_plan(rows, enterprises)))
    grade = graded(found.pairs, true)
    assert grade.precision.value >= 0.99
    assert grade.found.value >= 0.98


def test_no_threshold_of_the_model_has_a_better_f1_than_the_best() -> None:
    pairs = pl.DataFrame(
        {"left_id": ["a", "a", "b"], "right_id": ["b", "c", "c"], "decided": ["same", "review", "different"],
         "probability": [0.99, 0.5, 0.01], "weight": [9.0, 0.0, -9.0]}
    )  # fmt: skip
    grade = graded(pairs, pl.DataFrame({"left_id": ["a", "a"], "right_id": ["b", "c"]}))
    assert grade.best == (0.0, 1.0)
    assert grade.seen is not None
    assert (grade.seen.value, grade.found.value, grade.recall.value) == (1.0, 1.0, 0.5)


@pytest.mark.slow
def test_names_of_firms_that_were_read_one_by_one_are_linked_with_few_errors(shared: Path) -> None:
    awards = pl.read_csv(
        shared / "data" / "usa" / "sbir_awards_detailed.csv.gz", infer_schema=False, encoding="utf8-lossy"
    )
    firms = awards.select(name="comp_name", address="comp_address").unique().sort("name", "address")
    whole = pl.concat_str(pl.col("name").fill_null(""), pl.col("address").fill_null(""), separator="|")
    firms = firms.with_columns(
        id=whole,
        **{name: pl.col("address").str.extract(END, n) for n, name in enumerate(("city", "state", "zip"), 1)},
        address=pl.col("address").str.replace(END, ""),
    )
    found = deduplicated(firms, fit(firms, None, standard_plan(firms)))
    for sample in (SAMPLE, SECOND):
        grade = graded_sample(found.pairs, labelled(pl.read_csv(sample, infer_schema=False)))
        assert grade.precision.value >= 0.95
        assert grade.found.value >= 0.8


def test_the_sample_of_read_names_stands_for_its_strata() -> None:
    sample = pl.read_csv(SAMPLE, infer_schema=False)
    known = labelled(sample)
    assert len(known) == sample["same"].is_in(["0", "1"]).sum() == 177
    assert known["weight"].sum() == pytest.approx(sample.unique("stratum")["of"].cast(pl.Float64).sum())


def test_a_key_alone_decides_nothing_about_thresholds(shared: Path) -> None:
    rows = pl.read_csv(shared / "data" / "linkage" / "fake_1000.csv", infer_schema=False)
    plan = standard_plan(rows)
    narrow = fit(rows, None, Plan(plan.comparisons, (Key(("dob",)),)), id_column="unique_id")
    assert 0.9 <= narrow.upper <= 1.0
    assert 0.0 < narrow.lower <= 0.1
