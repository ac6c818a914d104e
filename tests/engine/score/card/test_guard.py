"""What knows the outcome is refused under any name, and an honest sheet passes."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from kerong.engine.problems import sentence
from kerong.engine.score.card.calibration import folds
from kerong.engine.score.card.guard import _fine, check, information_value
from kerong.engine.score.card.plan import Characteristic, Plan
from kerong.engine.score.card.sample import Sample

ROWS = 2_000
START = date(2005, 1, 1)
Truth = NDArray[np.bool_]
Columns = dict[str, Any]
City = tuple[Columns, Truth]


def planned(*names: str, believed: str | None = None) -> Plan:
    return Plan("made_up", tuple(Characteristic(name, believed=believed) for name in names))


def sampled(columns: Columns, bad: Truth, late: Sequence[str] = (), undated: Sequence[str] = ()) -> Sample:
    """One decision a day; all known on the day before, but `late` a year after it, and `undated` nobody knows when."""
    days = [START + timedelta(days=number) for number in range(len(bad))]
    rows = pl.DataFrame(
        {"subject": [f"s{number:05}" for number in range(len(bad))], "on": days, "outcome": bad, **columns}
    )
    known = {
        name: pl.Series([day + timedelta(days=365 if name in late else -1) for day in days], dtype=pl.Date)
        for name in columns
        if name not in undated
    }
    return Sample(rows, known)


@pytest.fixture
def city() -> City:
    """An honest number, and outcomes that depend on it a little."""
    rng = np.random.default_rng(3)
    honest = rng.normal(size=ROWS)
    return {"honest": honest}, rng.random(ROWS) < 1 / (1 + np.exp(-honest))


def kinds(found: pl.DataFrame) -> set[tuple[str, str]]:
    return set(found.select("column", "kind").rows())


def test_what_was_known_at_the_decision_passes(city: City) -> None:
    columns, bad = city
    forbidden = {"loss": pl.Series(bad * np.random.default_rng(1).random(ROWS))}
    assert check(sampled(columns, bad), planned("honest"), forbidden).is_empty()


def test_a_value_known_after_its_decision_is_refused_with_count_and_first_case(
    city: City,
) -> None:
    columns, bad = city
    found = check(sampled(columns, bad, late=["honest"]), planned("honest"), {})
    assert kinds(found) == {("honest", "characteristic_known_later")}
    row = found.row(0, named=True)
    assert (row["severity"], row["value"], row["enterprise_id"]) == (
        "refused",
        "2000; 2005-01-01 < 2006-01-01",
        "s00000",
    )
    assert "honest" in sentence(row, "zh")
    assert "not usable" in sentence(row, "en")


def test_a_value_of_which_nobody_knows_when_it_was_known_is_refused(city: City) -> None:
    columns, bad = city
    found = check(sampled(columns, bad, undated=["honest"]), planned("honest"), {})
    assert kinds(found) == {("honest", "characteristic_without_known_day")}


@pytest.mark.parametrize(
    "disguise",
    [
        lambda loss: loss,
        lambda loss: -np.log1p(loss) * 7 + 3,
        lambda loss: np.floor(loss * 200),
        lambda loss: np.where(loss > 0, loss, np.nan),
    ],
    ids=["renamed", "turned round and bent", "rounded", "missing among the good"],
)
def test_a_forbidden_column_in_disguise_is_refused(disguise: Callable[[Any], Any], city: City) -> None:
    columns, bad = city
    loss = np.where(bad, np.random.default_rng(4).random(ROWS), 0.0)
    sample = sampled({**columns, "innocent": disguise(loss)}, bad)
    found = check(sample, planned("honest", "innocent"), {"loss": pl.Series(loss)})
    assert ("innocent", "characteristic_twin") in kinds(found)
    assert not any(column == "honest" for column, _ in kinds(found))


def test_a_flag_made_from_a_forbidden_column_is_refused(city: City) -> None:
    columns, bad = city
    term = np.random.default_rng(5).integers(1, 100, ROWS).astype(float)
    sample = sampled({**columns, "long": (term >= 60).astype(float)}, bad)
    assert kinds(check(sample, planned("honest", "long"), {"term": pl.Series(term)})) == {
        ("long", "characteristic_made_from")
    }


def test_a_code_that_stands_for_a_forbidden_code_is_refused(city: City) -> None:
    columns, bad = city
    status = np.random.default_rng(6).choice(["paid", "late", "lost"], ROWS)
    other = pl.Series(status).replace_strict({"paid": "k", "late": "b", "lost": "x"})
    sample = sampled({**columns, "code": other}, bad)
    found = check(sample, planned("honest", "code"), {"status": pl.Series(status)})
    assert kinds(found) == {("code", "characteristic_twin")}


def test_a_forbidden_column_under_its_own_name_is_refused(city: City) -> None:
    columns, bad = city
    found = check(sampled(columns, bad), planned("honest"), {"honest": pl.Series(columns["honest"])})
    assert kinds(found) == {("honest", "characteristic_forbidden")}


def test_a_number_that_is_unbelievably_good_alone_is_refused_unless_the_sheet_says_why(
    city: City,
) -> None:
    _, bad = city
    shape = np.where(bad, 0.0, 1.0) * np.random.default_rng(7).choice([-3, 3], ROWS)  # neither rising nor falling
    sample = sampled({"shape": shape + np.random.default_rng(8).normal(size=ROWS) * 0.3}, bad)
    assert kinds(check(sample, planned("shape"), {})) == {("shape", "characteristic_too_good")}
    assert check(sample, planned("shape", believed="the register itself decides"), {}).is_empty()


def test_firms_that_stand_there_month_after_month_are_not_taken_for_knowledge() -> None:
    """A number of each firm that tells nothing, few events, many months: read by its own rows it would know much."""
    rng = np.random.default_rng(13)
    firms, months = 600, 10
    debt = np.repeat(rng.normal(size=firms), months)
    bad = np.repeat(rng.random(firms) < 0.05, months)
    subjects = [f"f{firm:04}" for firm in range(firms) for _ in range(months)]
    days = [START + timedelta(days=30 * month) for _ in range(firms) for month in range(months)]
    rows = pl.DataFrame({"subject": subjects, "on": days, "outcome": bad, "debt": debt})
    found = check(Sample(rows, {"debt": rows["on"]}), planned("debt"), {})
    assert "characteristic_too_good" not in set(found["kind"])
    codes = _fine(rows["debt"])
    good, worse = (np.bincount(codes[bad == which], minlength=64) + 0.5 for which in (False, True))
    shares = good / good.sum(), worse / worse.sum()
    assert ((shares[0] - shares[1]) * np.log(shares[0] / shares[1])).sum() > 1
    assert abs(information_value(codes, bad, folds(rows["subject"], 2, 0))) < 0.5


def test_many_categories_are_no_skill(city: City) -> None:
    columns, bad = city
    street = np.random.default_rng(9).integers(0, 900, ROWS).astype(str)
    sample = sampled({**columns, "street": street}, bad)
    assert check(sample, planned("honest", "street"), {}).is_empty()


def test_a_number_that_follows_the_time_until_the_outcome_is_refused(
    city: City,
) -> None:
    columns, bad = city
    rng = np.random.default_rng(10)
    lasted = rng.integers(30, 2_000, ROWS)
    came = pl.Series(
        [
            START + timedelta(days=int(n) + int(d)) if b else None
            for n, (d, b) in enumerate(zip(lasted, bad, strict=True))
        ],
        dtype=pl.Date,
    )
    drawn = np.where(bad, lasted, rng.integers(30, 2_000, ROWS)) / 30.0  # among the good it says nothing
    sample = sampled({**columns, "months": drawn}, bad)
    assert kinds(check(sample, planned("honest", "months"), {}, came)) == {("months", "characteristic_follows_outcome")}


def test_with_few_outcomes_the_guard_says_that_it_cannot_see_skill() -> None:
    bad = np.arange(200) < 5
    found = check(sampled({"x": np.arange(200.0)}, bad), planned("x"), {})
    assert found.select("kind", "severity").rows() == [("guard_without_outcomes", "noted")]


def sba(shared: Path) -> tuple[pl.DataFrame, Truth]:
    """The loans in the order of a sample, by number, and which were charged off."""
    read = pl.read_csv(shared / "data" / "usa" / "sba_balanced30000.csv.gz", infer_schema=False, encoding="utf8-lossy")
    table = read.sort("loan_nr_chk_dgt")
    return table, (table["mis_status"] == "CHGOFF").to_numpy()


def of_sba(table: pl.DataFrame, bad: Truth, columns: dict[str, pl.Series]) -> Sample:
    """Everything declared as known on the day of approval: what a false sheet would say."""
    on = table["approval_date"].str.to_date()
    rows = pl.DataFrame({"subject": table["loan_nr_chk_dgt"], "on": on, "outcome": bad, **columns})
    return Sample(rows, dict.fromkeys(columns, on))


HONEST = ("no_emp", "create_job", "retained_job", "gr_appv", "sba_appv", "approval_fy", "naics")


def test_honest_columns_of_sba_pass_the_guard(shared: Path) -> None:
    table, bad = sba(shared)
    sample = of_sba(table, bad, {name: table[name].cast(pl.Float64) for name in HONEST})
    forbidden = {"term": sample_column(table, "term"), "lost": sample_column(table, "chg_off_prin_gr")}
    assert check(sample, planned(*HONEST), forbidden, sample_column(table, "chg_off_date")).is_empty()


def test_the_term_of_sba_is_refused_by_its_content_even_where_no_column_is_forbidden(shared: Path) -> None:
    table, bad = sba(shared)
    sample = of_sba(table, bad, {"months_agreed": table["term"].cast(pl.Float64)})
    found = check(sample, planned("months_agreed"), {})
    assert kinds(found) == {("months_agreed", "characteristic_too_good")}
    assert "不可信" in sentence(found.row(0, named=True), "zh")
    assert "leak" in sentence(found.row(0, named=True), "en")


@pytest.mark.parametrize("name", ["term", "chg_off_date", "chg_off_prin_gr", "balance_gross"])
def test_columns_of_sba_that_know_the_outcome_are_refused_under_other_names(name: str, shared: Path) -> None:
    table, bad = sba(shared)
    forbidden = {name: sample_column(table, name)}
    held = forbidden[name].cast(pl.Int32) if forbidden[name].dtype == pl.Date() else forbidden[name]
    sample = of_sba(table, bad, {"innocent": held.cast(pl.Float64)})
    found = check(sample, planned("innocent"), forbidden)
    assert ("innocent", "characteristic_twin") in kinds(found)
    twin = found.filter(kind="characteristic_twin").row(0, named=True)
    assert "换了名字" in sentence(twin, "zh")
    assert "under another name" in sentence(twin, "en")


def sample_column(table: pl.DataFrame, name: str) -> pl.Series:
    return table[name].str.to_date() if name == "chg_off_date" else table[name].cast(pl.Float64)


def test_a_forbidden_column_blurred_by_noise_is_noted_for_somebody_to_explain(city: City) -> None:
    columns, bad = city
    rng = np.random.default_rng(8)
    term = rng.normal(size=ROWS)
    blurred = {"much": term + rng.normal(0, 0.4, ROWS), "little": term + rng.normal(0, 1.5, ROWS)}
    found = check(sampled({**columns, **blurred}, bad), planned("honest", *blurred), {"term": pl.Series(term)})
    assert kinds(found) == {("much", "characteristic_near_forbidden")}
    row = found.row(0, named=True)
    assert row["severity"] == "noted"
    assert "term" in sentence(row, "en")
    assert "禁用列" in sentence(row, "zh")


def test_a_forbidden_column_split_into_parts_that_are_innocent_alone_is_refused(city: City) -> None:
    columns, bad = city
    rng = np.random.default_rng(14)
    term, coin = rng.normal(size=ROWS), rng.normal(size=ROWS) * 2
    parts = {"one": term + coin, "other": term - coin}
    found = check(sampled({**columns, **parts}, bad), planned("honest", *parts), {"term": pl.Series(term)})
    (row,) = found.iter_rows(named=True)
    assert (row["kind"], row["severity"]) == ("characteristics_rebuild_forbidden", "refused")
    assert row["column"].startswith("o")
    assert "term" in sentence(row, "en")
    assert "禁用列" in sentence(row, "zh")


def test_parts_that_come_near_a_forbidden_column_are_noted_and_honest_ones_are_not(city: City) -> None:
    columns, bad = city
    rng = np.random.default_rng(15)
    term, coin = rng.normal(size=ROWS), rng.normal(size=ROWS) * 2
    blurred = {"one": term + coin + rng.normal(size=ROWS) * 0.5, "other": term - coin}
    found = check(sampled({**columns, **blurred}, bad), planned("honest", *blurred), {"term": pl.Series(term)})
    assert found.select("kind", "severity").rows() == [("characteristics_near_forbidden", "noted")]
    many = {f"x{at}": rng.normal(size=ROWS) for at in range(60)}
    assert check(sampled({**columns, **many}, bad), planned("honest", *many), {"term": pl.Series(term)}).is_empty()


def test_characteristics_that_tell_together_when_the_outcome_came_are_refused(city: City) -> None:
    columns, bad = city
    rng = np.random.default_rng(16)
    lasted, coin = rng.integers(30, 2_000, ROWS), rng.normal(size=ROWS) * 3_000
    day = [START + timedelta(days=at + int(days)) for at, days in enumerate(lasted)]
    came = pl.Series([one if is_bad else None for one, is_bad in zip(day, bad, strict=True)], dtype=pl.Date)
    parts = {"one": lasted + coin, "other": lasted - coin}
    found = check(sampled({**columns, **parts}, bad), planned("honest", *parts), {}, came)
    assert "characteristics_follow_outcome" in set(found["kind"])
    assert not {"one", "other"} & set(found.filter(kind="characteristic_follows_outcome")["column"])
    shuffled = {name: rng.permutation(column) for name, column in parts.items()}
    assert check(sampled({**columns, **shuffled}, bad), planned("honest", *shuffled), {}, came).is_empty()
