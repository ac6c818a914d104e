"""What hangs together in a city: the registers tell one story about each firm."""

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from kerong.lab import City, make_city
from kerong.lab.sources import SOURCES
from kerong.lab.streams import stream
from kerong.lab.world import World


@pytest.fixture(scope="module")
def world(city: City) -> World:
    return city.world


def _built(world: World, register: str) -> pl.DataFrame:
    (source,) = [source for source in SOURCES if source.register == register]
    return source.build(world, stream(world.seed, register))


def _apart(one: pl.Series, other: pl.Series) -> float:
    """The largest relative difference of all but one in a hundred."""
    share = (one / other - 1).abs().quantile(0.99)
    assert share is not None
    return share


def test_twelve_tax_months_add_up_to_about_the_revenue_of_the_accounts(world: World) -> None:
    taxed = (
        _built(world, "tax").group_by("firm", pl.col("month").dt.year().alias("year")).agg(pl.col("sales_fen").sum())
    )
    accounts = _built(world, "accounts").filter(pl.col("revenue_fen") > 10_000_000, pl.col("year") > 2020)
    both = accounts.with_columns(pl.col("year").cast(pl.Int32)).join(taxed, on=["firm", "year"])
    assert len(both) > 1_000
    assert _apart(both["sales_fen"], both["revenue_fen"]) < 0.03


def test_invoices_of_a_firm_add_up_to_most_of_what_it_declared(world: World) -> None:
    sold = _built(world, "invoice").filter(pl.col("direction") == "out", pl.col("status") == "normal")
    taxed = _built(world, "tax").filter(pl.col("month") >= sold["issued_on"].dt.truncate("1mo").min())
    both = (
        sold.group_by("firm")
        .agg(pl.col("amount_fen").sum())
        .join(taxed.group_by("firm").agg(pl.col("sales_fen").sum()), on="firm")
    )
    share = int(both["amount_fen"].sum()) / int(both["sales_fen"].sum())
    assert 0.93 < share < 1.01


def test_insured_people_follow_the_staff_that_was_reported(world: World) -> None:
    insured = _built(world, "social_security").filter(pl.col("month").dt.month() == 12)
    insured = insured.with_columns(pl.col("month").dt.year().cast(pl.Int64).alias("year"))
    both = _built(world, "staffing").join(insured, on=["firm", "year"]).filter(pl.col("employees") >= 20)
    assert len(both) > 100
    assert ((both["insured"] / both["employees"]).is_between(0.85, 1.0)).all()


def test_totals_are_those_of_a_technology_city(world: World) -> None:
    firms, on = len(world.firms), world.window.on
    held = _built(world, "qualification").filter(pl.col("valid_until").is_null() | (pl.col("valid_until") >= on))
    holders = dict(held.group_by("kind").agg(pl.col("firm").n_unique() / firms).iter_rows())
    assert 0.15 <= holders["tech_sme"] <= 0.25
    assert 0.10 <= holders["high_tech"] <= 0.15
    assert 0.27 <= _built(world, "loan")["firm"].n_unique() / firms <= 0.33
    assert 0.05 <= _built(world, "equity_round")["firm"].n_unique() / firms <= 0.08


def test_about_one_to_three_per_cent_of_loans_do_not_perform(texts: Mapping[str, str]) -> None:
    loans = _built(make_city(12_000, 1, texts=texts).world, "loan").filter(pl.col("balance_fen") > 0)
    latest = loans.filter(pl.col("reported_on") == loans["reported_on"].max())
    bad = len(latest.filter(pl.col("overdue_days") > 90)) / len(latest)
    assert 0.01 <= bad <= 0.03


def test_the_firms_whose_default_was_likely_default_more_often(world: World) -> None:
    fell = ~np.isnat(world.firms.distressed)
    assert world.firms.default_probability[fell].mean() > 1.5 * world.firms.default_probability[~fell].mean()


def test_only_firms_in_distress_are_long_overdue(world: World) -> None:
    late = _built(world, "loan").filter(pl.col("overdue_days") > 30)["firm"].unique()
    assert len(late) > 0
    assert not np.isnat(world.firms.distressed[late.to_numpy()]).any()


def test_patents_and_research_raise_the_standing_of_a_firm(world: World) -> None:
    merit, holds = world.standing.merit, world.standing.holders["high_tech"]
    assert merit[holds].mean() > merit[~holds].mean() + 0.5
    assert (sum(world.standing.rights.values(), np.zeros(len(merit)))[holds] > 0).all()


def test_guarantees_stand_behind_loans_that_exist_and_are_guaranteed(world: World) -> None:
    loans = _built(world, "loan").unique("loan_id")
    loans = loans.select("loan_id", secured_by="security", lent_fen="amount_fen")
    guarantees = _built(world, "guarantee")
    both = guarantees.join(loans, on="loan_id")
    assert len(both) == len(guarantees) > 0
    assert (both["secured_by"] == "guaranteed").all()
    assert (both["amount_fen"] <= both["lent_fen"]).all()


def test_institutions_in_the_registers_are_those_of_the_region(world: World) -> None:
    for register, kind in (
        ("loan", "bank"),
        ("guarantee", "guarantor"),
        ("insurance", "insurer"),
    ):
        assert set(_built(world, register)["institution"].drop_nulls()) <= set(world.places.institutions[kind])
