"""Distress, signs, needs and stages of the synthetic city: in order, noisy, and with causes that can be measured."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.lab import DEFAULT, OTHER, City, Ways, make_city, ways_of
from kerong.lab.registers.credit import draw_loans
from kerong.lab.registers.monthly import social_security, tax
from kerong.lab.registers.usage import electricity
from kerong.lab.registers.wants import wants
from kerong.lab.sources import SOURCES
from kerong.lab.stages import stage_changes
from kerong.lab.streams import stream
from kerong.lab.troubles import distress
from kerong.lab.window import Dates, Floats
from kerong.lab.world import World
from kerong.store.packs import read_pack

FIRMS = 12_000
DAYS = {
    "judgement": "judged_on",
    "pledge": "registered_on",
    "company": "updated_on",
    "penalty": "decided_on",
    "loan": "drawn_on",
    "equity_round": "closed_on",
    "person": "from_on",
    "enforcement": "published_on",
    "roster": "entered_on",
}


@cache
def _city(firms: int, seed: int, ways: str = "default") -> City:
    known = {
        "default": DEFAULT,
        "other": OTHER,
        "no contagion": replace(DEFAULT, by_surety=0.0, by_customer=0.0),
        "strong contagion": replace(DEFAULT, by_surety=0.08, by_customer=0.1),
    }
    return make_city(firms, seed, texts=read_pack("demo"), ways=known[ways])


def _built(world: World, name: str) -> pl.DataFrame:
    (source,) = [source for source in SOURCES if source.name == name]
    return source.build(world, stream(world.seed, name))


def _distress(world: World) -> pl.DataFrame:
    return distress(world.firms.code, world.troubles, world.window.day)


def _stages(world: World) -> pl.DataFrame:
    return stage_changes(world.firms.code, world.stages, world.window.panel_months)


@pytest.fixture(scope="module")
def world() -> World:
    return _city(FIRMS, 7).world


CITIES = st.builds(
    lambda firms, seed, ways: _city(firms, seed, ways).world,
    st.sampled_from([1, 40, 300]),
    st.integers(0, 3),
    st.sampled_from(["default", "other"]),
)


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_nothing_dates_after_the_day_of_the_city(world: World) -> None:
    for name, day in DAYS.items():
        assert (_built(world, name)[day] <= world.window.on).all(), name
    for truth in (_distress(world), wants(world), _stages(world)):
        days = [column for column, kind in truth.schema.items() if kind == pl.Date]
        assert days
        assert all((truth[day].drop_nulls() <= world.window.on).all() for day in days), truth.columns


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_distress_comes_before_default_and_no_sign_of_it_before_its_beginning(world: World) -> None:
    troubles, firms = world.troubles, world.firms
    ill = ~np.isnat(troubles.began)
    assert (firms.established.astype("M8[M]") <= troubles.began)[ill].all()
    assert ((troubles.cause >= 0) == ill).all()
    failed = np.flatnonzero(~np.isnat(troubles.defaulted))
    month = troubles.defaulted[failed].astype("M8[M]")
    assert (troubles.began[failed] < month).all()
    assert np.isnat(troubles.recovered[failed]).all()
    for sign in troubles.signs.values():
        assert (troubles.began[failed] <= sign.onset[failed]).all()
        assert (sign.onset[failed] != month).all()
        assert (sign.onset[failed] <= month + 2).all()
        assert np.isnat(sign.onset[~ill]).all()


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_who_catches_distress_is_bound_to_a_firm_that_defaulted_before(world: World) -> None:
    troubles, bonds = world.troubles, world.bonds
    caught = np.flatnonzero(troubles.cause >= 2)
    assert ((troubles.source >= 0) == (troubles.cause >= 2)).all()
    tied = set(zip(bonds.debtor.tolist(), bonds.guarantor.tolist(), strict=True))
    for firm in caught.tolist():
        source = int(troubles.source[firm])
        if troubles.cause[firm] == 2:
            assert (firm, source) in tied or (source, firm) in tied
        else:
            assert bonds.customer[firm] == source


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_loans_are_needs_that_were_met_and_no_firm_in_default_gets_one(world: World) -> None:
    loans, needs = draw_loans(world), wants(world)
    met = needs.filter(pl.col("kind") == "debt", pl.col("met")).select("credit_code", "met_on").rows()
    days = loans.drawn.astype("M8[D]").tolist()
    assert set(zip(world.firms.code[loans.firm].tolist(), days, strict=True)) <= set(met)
    assert not (world.firms.defaulted[loans.firm] < loans.drawn).any()
    assert (needs["amount_fen"] > 0).all()
    assert (needs.drop_nulls("met_on").select(pl.col("met_on") >= pl.col("wanted_on"))).to_series().all()
    raised = needs.filter(pl.col("kind") == "equity", pl.col("met"))
    rounds = _built(world, "equity_round")
    assert set(raised["met_on"]) <= set(rounds["closed_on"])


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_every_firm_has_one_stage_in_every_month_of_its_life(world: World) -> None:
    assert ((world.stages >= 0) == world.panel.alive).all()
    changes = _stages(world)
    again = changes.with_columns(before=pl.col("stage").shift(1).over("credit_code"))
    assert again.filter(pl.col("stage") == pl.col("before")).height <= (~world.panel.alive[:, :-1]).sum()
    assert changes.select("credit_code", "on").is_unique().all()


def _yearly(world: World, days: Dates) -> float:
    """Events a year and living firm, in the years between the first and the last."""
    months = world.window.panel_months
    lived = np.array([world.firms.lives(month.astype("M8[D]")).sum() for month in months[12:]]).sum() / 12
    return float((days >= months[12].astype("M8[D]")).sum() / lived)


@pytest.mark.parametrize("ways", ["default", "other"])
def test_two_to_four_per_cent_of_firms_default_a_year_and_most_borrowers_do_not(ways: str) -> None:
    world = _city(FIRMS, 7, ways).world
    come = np.where(world.firms.defaulted <= world.window.day, world.firms.defaulted, np.datetime64("NaT"))
    assert 0.02 <= _yearly(world, come) <= 0.04
    loans, since = draw_loans(world), world.window.day - np.timedelta64(365, "D")
    there = (loans.drawn <= since) & (loans.due > since) & ~(loans.stopped <= since)
    owing = np.unique(loans.firm[there])
    share = np.isin(owing, loans.firm[(loans.stopped > since) & (loans.stopped <= world.window.day)]).mean()
    assert 0.01 <= share <= 0.04


def _caught(world: World, kind: str) -> float:
    """How many times likelier distress begins within 15 months of a bound firm's default than for all others."""
    troubles, bonds = world.troubles, world.bonds
    sells = np.flatnonzero(bonds.customer >= 0)
    if kind == "surety":
        ends, starts = np.r_[bonds.guarantor, bonds.debtor], np.r_[bonds.debtor, bonds.guarantor]
    else:
        ends, starts = sells, bonds.customer[sells]
    last, failed = world.window.last, troubles.defaulted[starts].astype("M8[M]")
    there = (
        (failed <= last - 15)
        & ~(troubles.began[ends] <= failed)
        & ~(world.firms.closed[ends].astype("M8[M]") <= failed)
    )
    near = ((troubles.began[ends] > failed) & (troubles.began[ends] <= failed + 15))[there]
    return float(near.mean() / (15 / 12 * _yearly(world, troubles.began.astype("M8[D]"))))


def test_the_default_of_a_bound_firm_raises_the_rate_of_distress_several_times(world: World) -> None:
    assert _caught(world, "surety") > 3
    assert _caught(world, "customer") > 2
    without, strong = _city(FIRMS, 7, "no contagion").world, _city(FIRMS, 7, "strong contagion").world
    assert set(without.troubles.cause.tolist()) <= {-1, 0, 1}
    for kind in ("surety", "customer"):
        assert _caught(without, kind) < _caught(world, kind) < _caught(strong, kind)
    assert (strong.troubles.began <= without.troubles.began)[~np.isnat(without.troubles.began)].all()


@pytest.mark.parametrize("ways", ["default", "other"])
def test_signs_lead_default_on_average_but_not_in_every_firm(ways: str) -> None:
    world = _city(FIRMS, 7, ways).world
    failed = world.firms.defaulted <= world.window.day
    leads: list[Floats] = []
    for name, sign in world.troubles.signs.items():
        lead = (world.firms.defaulted[failed].astype("M8[M]") - sign.onset[failed]).astype(int)
        leads.append(lead)
        shown = world.ways.signs[name].shown * (1 - world.ways.silent)
        assert (lead > 0).mean() == pytest.approx(shown, abs=0.1), name
        assert np.median(lead[lead > 0]) >= 2, name
        assert (~np.isnat(sign.false) & np.isnat(world.troubles.began)).any(), name
    assert np.mean(leads) > 0
    silent = (np.array(leads) <= 0).all(axis=0).mean()
    assert silent == pytest.approx(world.ways.silent, abs=0.04)


def _around(world: World, rows: pl.DataFrame, column: str) -> tuple[Floats, float]:
    """Mean of a monthly figure in the months before default, the nearest first, and of firms never in trouble."""
    month = rows["month"].to_numpy().astype("M8[M]")
    firm, value = rows["firm"].to_numpy(), rows[column].to_numpy().astype(np.float64)
    failed = world.firms.defaulted[firm].astype("M8[M]")
    before = (failed - month).astype("m8[M]")
    sound = np.isnat(world.troubles.began) & np.isnat(world.troubles.shock_begin)
    near = np.array([value[before == np.timedelta64(back, "M")].mean() for back in (1, 2, 3)])
    return near, float(value[sound[firm]].mean())


def test_registers_show_trouble_in_the_months_before_default(world: World) -> None:
    secured = _built(world, "social_security").with_columns(owes=pl.col("arrears_fen") > 0)
    near, usual = _around(world, secured, "owes")
    assert near.min() > 10 * usual
    fees = _built(world, "housing_fund").with_columns(owes=pl.col("arrears_fen") > 0)
    near, usual = _around(world, fees, "owes")
    assert near.min() > 10 * usual
    returns = tax(world, stream(world.seed, "tax"))
    unpaid = returns.filter(pl.col("sales_fen") > 0).with_columns(none=pl.col("paid_fen") == 0)
    near, usual = _around(world, unpaid, "none")
    assert near.min() > 1.8 * usual
    year = returns.sort("firm", "month").with_columns(
        fell=pl.col("sales_fen") < 0.7 * pl.col("sales_fen").shift(12).over("firm")
    )
    near, usual = _around(world, year.drop_nulls("fell"), "fell")
    assert near.min() > 1.5 * usual
    power = electricity(world, stream(world.seed, "electricity")).group_by("firm", "month").agg(pl.col("kwh").sum())
    power = power.sort("firm", "month").with_columns(fell=pl.col("kwh") < 0.8 * pl.col("kwh").shift(12).over("firm"))
    near, usual = _around(world, power.drop_nulls("fell"), "fell")
    assert near.mean() > 1.5 * usual
    people = social_security(world, stream(world.seed, "social_security")).sort("firm", "month")
    people = people.with_columns(fell=pl.col("insured") < 0.9 * pl.col("insured").shift(6).over("firm"))
    near, usual = _around(world, people.drop_nulls("fell"), "fell")
    assert near.min() > 2 * usual


@pytest.mark.parametrize(
    ("register", "day", "chosen"),
    [
        ("judgement", "judged_on", {"role": "defendant"}),
        ("pledge", "registered_on", {"kind": "equity_pledge"}),
        ("company_change", "changed_on", {"item": "legal_representative"}),
    ],
)
def test_events_are_several_times_as_frequent_in_the_half_year_before_default(
    world: World, register: str, day: str, chosen: Mapping[str, str]
) -> None:
    rows = _built(world, register).filter(**chosen)
    firm, at = rows["firm"].to_numpy(), rows[day].to_numpy().astype("M8[D]")
    failed = world.firms.defaulted
    before = (failed[firm] - at).astype("m8[D]").astype(np.float64)
    near = ((before > 0) & (before <= 183)).sum() / (failed <= world.window.day).sum() * 2
    sound = np.isnat(world.troubles.began)
    since = world.window.panel_months[0].astype("M8[D]")
    usual = (sound[firm] & (at >= since)).sum() / sound.sum() / 5.5
    assert near > 2 * usual


def test_invoices_are_taken_back_and_the_main_customer_goes_before_default(world: World) -> None:
    rows = _built(world, "invoice").filter(pl.col("direction") == "out")
    rows = rows.with_columns(month=pl.col("issued_on").dt.truncate("1mo"), back=pl.col("status") != "normal")
    near, usual = _around(world, rows, "back")
    assert near.mean() > 1.5 * usual
    code = world.firms.code
    local = world.bonds.customer >= 0
    main = pl.Series(np.where(local, code[np.maximum(world.bonds.customer, 0)], ""))
    kept = rows.filter(pl.Series(local).gather(rows["firm"]))
    kept = kept.with_columns(main=pl.col("counterparty") == main.gather(kept["firm"]))
    near, usual = _around(world, kept, "main")
    assert near.mean() < 0.9 * usual


def test_loans_follow_needs_and_needs_follow_their_reasons(world: World) -> None:
    needs = wants(world).filter(pl.col("kind") == "debt")
    share = dict(needs.group_by("driver").agg(pl.len() / len(needs)).iter_rows())
    assert min(share.values()) > 0.01
    met = dict(needs.group_by("driver").agg(pl.col("met").mean()).iter_rows())
    assert met["trouble"] < 0.7 * met["working"] < met["renewal"]
    plants = world.plants[~np.isnat(world.plants)]
    assert 0.1 < len(plants) / FIRMS < 0.3


def test_firms_grow_up_and_some_go_back(world: World) -> None:
    stages = world.stages.astype(int)
    later, before = stages[:, 1:], stages[:, :-1]
    there = (later >= 0) & (before >= 0) & (later != before)
    assert (later > before)[there].sum() > (later < before)[there].sum() > 0.05 * there.sum()
    now = np.bincount(stages[:, -1][stages[:, -1] >= 0], minlength=4) / (stages[:, -1] >= 0).sum()
    assert now.min() > 0.05


@settings(max_examples=20, deadline=None)
@given(CITIES)
def test_returns_of_local_finance_hang_together_and_end_soon_after_failure(world: World) -> None:
    rows = _built(world, "local_finance")
    lenders, first = world.lenders, len(world.firms) + len(world.funds)
    assert set(rows["firm"]) <= set(range(first, first + len(lenders)))
    assert rows.select("firm", "month").is_unique().all()
    assert (rows["overdue_fen"] <= rows["balance_fen"]).all()
    assert (rows["largest_client_fen"] <= rows["balance_fen"]).all()
    assert rows.filter(pl.col("kind") != "guarantor")["compensated_fen"].sum() == 0
    fails = lenders.fails[rows["firm"].to_numpy() - first]
    assert not (rows["month"].to_numpy().astype("M8[M]") >= fails + 3).any()
    known = _built(world, "company_finance")
    assert known["name"].n_unique() == len(lenders) == len(set(lenders.code.tolist()))
    assert (known["updated_on"] <= world.window.on).all()


def test_local_organisations_expand_and_ail_before_they_fail_and_some_others_look_as_bad(world: World) -> None:
    rows, lenders = _built(world, "local_finance"), world.lenders
    place = rows["firm"].to_numpy() - len(world.firms) - len(world.funds)
    fails = lenders.fails[place]
    left = (fails - rows["month"].to_numpy().astype("M8[M]")).astype("m8[M]").astype(np.float64)
    rows = rows.with_columns(
        left=pl.Series(left).fill_nan(None),
        failed=~pl.Series(np.isnat(fails)),
        overdue=pl.col("overdue_fen") / pl.col("balance_fen"),
        leverage=pl.col("balance_fen") / pl.col("net_assets_fen"),
        largest=pl.col("largest_client_fen") / pl.col("net_assets_fen"),
    )
    near = rows.filter(pl.col("failed"), pl.col("left").is_between(0, 6))
    before = rows.filter(pl.col("failed"), pl.col("left") > 30)
    assert 0.03 < near["firm"].n_unique() / len(lenders) < 0.4
    names = ("overdue", "leverage", "largest")
    late, early = (part.group_by("firm").agg(pl.col(names).mean()).sort("firm") for part in (near, before))
    both = late.join(early, on="firm")
    assert len(both) > 5
    for name in names:
        assert (both[name] / both[f"{name}_right"]).mean() > 1.2, name  # type: ignore[operator]
    sound, ill = rows.filter(~pl.col("failed"))["overdue"].quantile(0.99), near["overdue"].quantile(0.2)
    assert sound is not None
    assert ill is not None
    assert sound > ill


def test_other_ways_give_another_city_of_the_same_firms(world: World) -> None:
    other = _city(FIRMS, 7, "other").world
    assert (other.firms.code == world.firms.code).all()
    assert other.firms.name == world.firms.name
    assert (other.bonds.customer == world.bonds.customer).all()
    shared = ~np.isnat(world.troubles.began) & ~np.isnat(other.troubles.began)
    assert (other.troubles.began[shared] != world.troubles.began[shared]).mean() > 0.5


def test_ways_are_read_from_json_and_back() -> None:
    for ways in (DEFAULT, OTHER):
        assert ways_of(ways.to_json()) == ways
    told = ways_of('{"by_surety": 0.5, "signs": {"tax": {"shown": 1}}, "drivers": {"orders": 0}}')
    assert (told.by_surety, told.signs["tax"].shown, told.drivers["orders"]) == (0.5, 1, 0)
    assert told.signs["sales"] == DEFAULT.signs["sales"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[]", "object"),
        ("{", "Expecting"),
        ('{"by_suretey": 1}', "by_suretey"),
        ('{"signs": {"smell": {}}}', "smell"),
        ('{"signs": {"tax": {"shown": 2}}}', "signs.tax.shown"),
        ('{"drivers": {"orders": "often"}}', "drivers.orders"),
        ('{"noise": -1}', "noise"),
        ('{"noise": NaN}', "noise"),
        ('{"noise": true}', "noise"),
        ('{"shock_months": 0}', "shock_months"),
        ('{"recovering": 1.2}', "recovering"),
        ('{"delay_months": 1e400}', "delay_months"),
    ],
)
def test_ways_that_cannot_be_are_refused_by_name(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        ways_of(text)


def test_extreme_ways_are_drawn_all_the_same() -> None:
    calm = replace(DEFAULT, own_risk=0.0, shocks_a_year=0.0, by_surety=0.0, by_customer=0.0, noise=0.0)
    world = make_city(60, 1, texts=read_pack("demo"), ways=calm).world
    assert np.isnat(world.troubles.began).all()
    assert _distress(world).is_empty()
    wild = replace(DEFAULT, own_risk=50.0, by_surety=9.0, delay_months=0.4, recovering=0.0)
    assert isinstance(wild, Ways)
    assert make_city(60, 1, texts=read_pack("demo"), ways=wild).truth["distress"].height > 30
