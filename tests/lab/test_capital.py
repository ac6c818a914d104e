"""Contests, lists, the way to a listing, funds and losses: what hangs together in them, in cities of any size."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.lab import make_city
from kerong.lab.funds import LEAST, MOST_PUBLIC
from kerong.lab.sources import SOURCES
from kerong.lab.streams import stream
from kerong.lab.world import World
from kerong.store.packs import read_pack

STEPS = ("share_reform", "regional", "quoted", "coaching", "applied", "listed", "transferred", "refinanced")
TOTALS = ("invested_fen", "local_invested_fen", "early_invested_fen", "district_unlisted_fen", "lost_fen")


@cache
def _world(firms: int, seed: int) -> World:
    return make_city(firms, seed, texts=read_pack("demo")).world


def _built(world: World, name: str) -> pl.DataFrame:
    (source,) = [source for source in SOURCES if source.name == name]
    return source.build(world, stream(world.seed, name))


@pytest.fixture(scope="module")
def world() -> World:
    """A city large enough for every rare thing."""
    return _world(3_000, 7)


CITIES = st.builds(_world, st.sampled_from([1, 12, 90, 400]), st.integers(0, 4))


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_ranks_run_from_one_without_a_gap_in_each_contest_and_group(world: World) -> None:
    results = _built(world, "contest")
    for _, group in results.group_by("contest_id", "group"):
        assert sorted(group["rank"]) == list(range(1, group.height + 1))
        assert group["firm"].is_unique().all()


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_steps_to_a_listing_come_in_order_and_only_to_joint_stock_firms(world: World) -> None:
    taken = _built(world, "listing")
    for (firm,), steps in taken.group_by("firm"):
        assert "股份" in world.firms.name[int(str(firm))]
        order = [STEPS.index(step) for step in steps["step"]]
        assert order == sorted(set(order))
        assert order[0] == 0
        assert steps["done_on"].is_sorted()
        held = set(steps["step"])
        assert held >= {"coaching", "applied"} or "listed" not in held
        assert "listed" in held or not held & {"transferred", "refinanced"}


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_nobody_leaves_a_list_before_entering_it_or_after_the_day_of_the_city(world: World) -> None:
    entries = _built(world, "roster")
    assert entries.select("firm", "list").is_unique().all()
    assert (entries["entered_on"] <= world.window.on).all()
    left = entries.drop_nulls("left_on")
    assert ((left["left_on"] > left["entered_on"]) & (left["left_on"] <= world.window.on)).all()


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_no_fund_has_invested_more_than_was_paid_in_and_no_sub_fund_too_much_public_money(world: World) -> None:
    reports = _built(world, "fund")
    assert (reports["invested_fen"] <= reports["paid_in_fen"]).all()
    assert (reports["paid_in_fen"] <= reports["size_fen"]).all()
    for part in TOTALS[2:]:
        assert (reports[part] <= reports["local_invested_fen"]).all()
    assert (reports["local_invested_fen"] <= reports["invested_fen"]).all()
    subs = reports.filter(kind="sub_fund")
    assert (subs["public_fen"] <= subs["paid_in_fen"] * MOST_PUBLIC).all()
    assert (reports["public_fen"] <= reports["paid_in_fen"]).all()


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_what_a_fund_reports_is_what_its_rounds_add_up_to_and_it_never_shrinks(world: World) -> None:
    reports, rounds = _built(world, "fund"), _built(world, "equity_round")
    latest = reports.filter(pl.col("reported_on") == pl.lit(world.window.on))
    paid = rounds.drop_nulls("institution").group_by("institution").agg(paid=pl.col("paid_in_fen").sum())
    both = latest.join(paid, on="institution", how="left").with_columns(pl.col("paid").fill_null(0))
    assert both["local_invested_fen"].to_list() == both["paid"].to_list()
    assert int(both["paid"].sum()) == int(paid["paid"].sum())
    for _, own in reports.sort("reported_on").group_by("fund_id", maintain_order=True):
        assert all(own[name].is_sorted() for name in TOTALS)


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_only_loans_that_stopped_paying_are_lost_and_never_more_than_was_owed(world: World) -> None:
    lost = _built(world, "loan").drop_nulls("lost_on")
    assert (lost["worst_overdue_days"] >= 180).all()
    assert (lost["lost_on"] <= lost["reported_on"]).all()
    assert (lost["lost_fen"] <= lost["amount_fen"]).all()
    owed = lost.filter(pl.col("balance_fen") > 0)
    assert (owed["overdue_days"] >= 180).all()
    assert (owed["lost_fen"] <= owed["balance_fen"]).all()


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_guarantors_pay_for_lost_loans_only_and_recover_less_than_they_paid(world: World) -> None:
    loans = (
        _built(world, "loan")
        .drop_nulls("lost_on")
        .unique("loan_id", keep="last")
        .select("loan_id", "lost_fen", "lost_on")
    )
    paid = _built(world, "guarantee").drop_nulls("compensated_on")
    both = paid.join(loans, on="loan_id")
    assert len(both) == len(paid)
    assert (both["compensated_on"] > both["lost_on"]).all()
    assert (both["compensated_fen"] <= both["lost_fen"]).all()
    back = both.drop_nulls("recovered_on")
    assert (back["recovered_fen"] <= back["compensated_fen"]).all()
    assert (back["recovered_on"] > back["compensated_on"]).all()


def test_a_city_of_this_size_has_some_of_everything(world: World) -> None:
    assert set(_built(world, "listing")["step"]) >= set(STEPS) - {"transferred"}
    registers = world.places.registers
    assert set(_built(world, "roster")["list"]) == set(registers["roster"].columns["list"].codes)
    assert set(_built(world, "talent")["kind"]) == set(registers["talent"].columns["kind"].codes)
    assert set(_built(world, "fund")["kind"]) == set(registers["fund"].columns["kind"].codes)
    assert _built(world, "loan").drop_nulls("lost_on")["loan_id"].n_unique() >= 10
    assert len(_built(world, "guarantee").drop_nulls("compensated_on")) > 0
    assert 0 < _built(world, "loan")["refinances"].mean() < 0.3  # type: ignore[operator]


def test_funds_are_enterprises_of_their_own_one_in_a_hundred_but_never_few(world: World) -> None:
    assert (len(world.funds), len(_world(12, 1).funds)) == (30, LEAST)
    assert len(set(world.codes.tolist())) == len(world.firms) + len(world.funds) + len(world.lenders)
    known = _built(world, "company_funds")
    assert known["name"].is_unique().all()
    assert known["industry"].str.starts_with("J673").all()
    assert not set(known["name"]) & set(world.firms.name)
    reports = _built(world, "fund")
    assert set(reports["firm"]) <= set(known["firm"])
    assert ((reports["form"] == "partnership") == reports["institution"].is_in(_partnerships(world))).all()


def _partnerships(world: World) -> list[str]:
    return [code for code, flag in zip(world.funds.institution, world.funds.is_partnership, strict=True) if flag]


def test_rounds_name_the_funds_of_the_region_and_others_of_the_city_that_were_there(world: World) -> None:
    rounds = _built(world, "equity_round")
    local = rounds.drop_nulls("institution")
    assert rounds["is_local"].equals(rounds["institution"].is_not_null())
    named = set(local["institution"])
    assert named >= set(world.places.institutions["fund"])
    assert named - set(world.places.institutions["fund"])
    born = dict(zip(world.funds.institution.tolist(), world.funds.established.tolist(), strict=True))
    assert all(born[code] <= day for code, day in local.select("institution", "closed_on").iter_rows())


def test_a_region_that_names_no_fund_has_funds_all_the_same() -> None:
    texts = dict(read_pack("demo"))
    texts["region.toml"] = texts["region.toml"].replace('kind = "fund"', 'kind = "broker"')
    world = make_city(400, 3, texts=texts).world
    codes = set(_built(world, "equity_round")["institution"].drop_nulls())
    assert codes
    assert codes <= set(world.funds.code.tolist())


def test_the_seed_library_holds_young_firms_with_research_and_shares_none_with_the_growth_library(world: World) -> None:
    lists = _members(world)
    assert not lists["cultivation_seed"] & lists["cultivation_growth"]
    assert not lists["listing_candidate"] & lists["listing_reserve"]
    young = list(lists["cultivation_seed"])
    assert (world.firms.age_years(world.window.day)[young] <= 4).all()
    assert (world.firms.rd_intensity[young] > 0).all()
    for name in ("in_difficulty", "chain_risk", "pledge_risk"):
        assert not np.isnat(world.firms.distressed[list(lists[name])]).any()
        assert not lists[name] & lists["white"]


def _members(world: World) -> Mapping[str, set[int]]:
    grouped = _built(world, "roster").group_by("list").agg("firm")
    return {name: set(firms) for name, firms in grouped.iter_rows()}


def test_talents_are_hired_before_the_year_ends_and_managers_work_at_funds(world: World) -> None:
    people = _built(world, "talent")
    assert people.select("person_id", "year").is_unique().all()
    assert (people["hired_on"].dt.year() <= people["year"]).all()
    assert ((people["kind"] == "fund_manager") == (people["firm"] >= len(world.firms))).all()
