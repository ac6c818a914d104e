"""Holders, groups, persons and sureties of the synthetic city hang together."""

from datetime import date

import polars as pl
import pytest

from kerong.lab import City
from kerong.lab.registers.burdens import abnormal, enforcement
from kerong.lab.registers.capital import equity_round
from kerong.lab.registers.company import company
from kerong.lab.registers.law import penalty
from kerong.lab.registers.marks import software
from kerong.lab.registers.monthly import social_security
from kerong.lab.registers.opening import fund_holding, pool_filing
from kerong.lab.registers.owners import company_change, person, shareholder
from kerong.lab.registers.rights import patent
from kerong.lab.registers.sureties import surety
from kerong.lab.registers.usage import customs, electricity, housing_fund
from kerong.lab.sources import Builder
from kerong.lab.streams import stream
from kerong.lab.trades import TRADES


def built(city: City, build: Builder, name: str) -> pl.DataFrame:
    return build(city.world, stream(city.world.seed, name))


def reached(edges: set[tuple[str, str]], start: str) -> set[str]:
    """Everything that `start` leads to, itself only where a way leads back."""
    found: set[str] = set()
    left = [start]
    while left:
        at = left.pop()
        further = {end for begin, end in edges if begin == at} - found
        found |= further
        left.extend(further)
    return found


@pytest.fixture(scope="module")
def held(city: City) -> pl.DataFrame:
    return built(city, shareholder, "shareholder")


def test_present_shares_of_a_firm_add_up_to_the_whole(held: pl.DataFrame, city: City) -> None:
    now = held.filter(pl.col("until_on").is_null()).group_by("firm").agg(pl.col("share_bp").sum())
    assert now["share_bp"].unique().to_list() == [10_000]
    assert len(now) == len(city.world.firms)


def test_nobody_holds_more_than_the_whole_on_any_day(held: pl.DataFrame) -> None:
    for on in (date(2021, 1, 1), date(2024, 5, 17), date(2025, 6, 30)):
        there = pl.col("from_on") <= on, pl.col("until_on").is_null() | (pl.col("until_on") > on)
        assert (held.filter(*there).group_by("firm").agg(pl.col("share_bp").sum())["share_bp"] <= 10_000).all()


def test_holders_paid_in_no_more_than_the_firm_has_as_paid_in_capital(held: pl.DataFrame, city: City) -> None:
    capital = built(city, company, "company").group_by("firm").agg(pl.col("paid_capital_fen").first())
    now = held.filter(pl.col("until_on").is_null()).group_by("firm").agg(pl.len(), pl.col("paid_fen").sum())
    both = now.join(capital, on="firm")
    lost = both["paid_capital_fen"] - both["paid_fen"]
    assert (lost >= 0).all()
    assert (lost <= both["len"]).all()  # less than one fen of each holder


def test_a_group_is_a_tree_of_majorities_under_one_firm(held: pl.DataFrame, city: City) -> None:
    code = dict(enumerate(city.world.firms.code.tolist()))
    rows = held.filter(pl.col("holder_kind") == "enterprise").with_columns(own=pl.col("firm").replace_strict(code))
    groups = city.truth["structures"].filter(pl.col("kind") == "group").group_by("structure").agg("credit_code")
    assert len(groups) > 3
    for members in groups["credit_code"].to_list():
        inside = rows.filter(pl.col("holder").is_in(members), pl.col("own").is_in(members), pl.col("share_bp") > 5000)
        edges = set(inside.select("holder", "own").rows())
        tops = set(members) - {own for _, own in edges}
        assert len(edges) == len(members) - 1
        assert [reached(edges, top) | {top} for top in tops] == [set(members)]


def test_cross_holdings_are_rings(held: pl.DataFrame, city: City) -> None:
    code = dict(enumerate(city.world.firms.code.tolist()))
    edges = {(holder, code[firm]) for holder, firm in held.select("holder", "firm").iter_rows()}
    rings = city.truth["structures"].filter(pl.col("kind") == "cross_holding").group_by("structure").agg("credit_code")
    assert len(rings) > 0
    for members in rings["credit_code"].to_list():
        inside = {(a, b) for a, b in edges if a in members and b in members}
        assert all(reached(inside, member) == set(members) for member in members)


def test_circles_of_sureties_are_the_rings_among_firms_and_there_are_no_others(city: City) -> None:
    rows = built(city, surety, "surety").filter(pl.col("guarantor_kind") == "enterprise")
    code = dict(enumerate(city.world.firms.code.tolist()))
    edges = {(guarantor, code[firm]) for guarantor, firm in rows.select("guarantor", "firm").iter_rows()}
    circles = city.truth["structures"].filter(pl.col("kind") == "guarantee_circle")
    assert not circles.is_empty()
    ringed = {guarantor for guarantor, _ in edges if guarantor in reached(edges, guarantor)}
    assert set(circles["credit_code"]) == ringed


def test_funds_of_the_city_are_holders_of_firms_in_which_they_invested(held: pl.DataFrame, city: City) -> None:
    own = dict(zip(city.world.funds.code.tolist(), city.world.funds.institution.tolist(), strict=True))
    funds = held.filter(pl.col("holder").is_in(list(own)))
    rounds = set(
        built(city, equity_round, "equity_round").drop_nulls("institution").select("firm", "institution").rows()
    )
    assert len(funds) > 0
    assert all((firm, own[holder]) in rounds for firm, holder in funds.select("firm", "holder").iter_rows())
    held_by_funds = built(city, fund_holding, "fund_holding")
    assert set(held_by_funds.select("firm", "fund").rows()) == rounds


def test_every_firm_has_one_legal_representative_in_office(city: City) -> None:
    posts = built(city, person, "person").filter(pl.col("role") == "legal_representative")
    now = posts.filter(pl.col("until_on").is_null())
    assert sorted(now["firm"].to_list()) == list(range(len(city.world.firms)))


def test_some_persons_serve_in_several_firms(city: City) -> None:
    posts = built(city, person, "person").group_by("person_id").agg(pl.col("firm").n_unique())
    assert (posts["firm"] > 1).sum() > 20


def test_a_change_of_the_representative_is_dated_as_in_the_company_register(city: City) -> None:
    changes = built(city, company_change, "company_change").filter(pl.col("item") == "legal_representative")
    last = (
        built(city, company, "company")
        .drop_nulls("legal_representative_changed_on")
        .group_by("firm")
        .agg(pl.col("legal_representative_changed_on").max())
    )
    both = changes.join(last, on="firm", how="full")
    assert (both["changed_on"] == both["legal_representative_changed_on"]).all()
    assert both["changed_on"].null_count() == 0


def test_housing_fund_is_paid_for_no_more_people_than_are_insured(city: City) -> None:
    insured = built(city, social_security, "social_security")
    both = built(city, housing_fund, "housing_fund").join(insured, on=["firm", "month"], how="left")
    assert (both["persons"] <= both["insured"]).all()
    assert both["insured"].null_count() == 0
    owing = both.filter(pl.col("arrears_fen") > 0)
    assert len(owing) > 0
    # arrears of the one are a sign of arrears of the other, and no proof
    assert (owing["arrears_fen_right"] > 0).mean() > 5 * (both["arrears_fen_right"] > 0).mean()  # type: ignore[operator]


def test_power_of_a_maker_follows_its_sales(city: City) -> None:
    rows = built(city, electricity, "electricity")
    makers = {row for row, trade in enumerate(city.world.firms.trade.tolist()) if TRADES[trade].industry[0] in "CDN"}
    assert set(rows["firm"]) <= makers
    used = rows.group_by("firm", "month").agg(pl.col("kwh").sum()).sort("firm", "month")
    first = city.world.panel.window.panel_months[0]
    column = (used["month"].to_numpy().astype("M8[M]") - first).astype(int)
    sales = pl.Series(city.world.panel.revenue_fen[used["firm"].to_numpy(), column])
    links = (
        used.with_columns(sales=sales).filter(pl.len().over("firm") == 24).group_by("firm").agg(pl.corr("kwh", "sales"))
    )
    assert (links["kwh"].drop_nans() > 0.5).sum() > 0.8 * len(links)


def test_exports_are_a_part_of_sales(city: City) -> None:
    rows = built(city, customs, "customs")
    first = city.world.panel.window.panel_months[0]
    column = (rows["month"].to_numpy().astype("M8[M]") - first).astype(int)
    assert (rows["export_fen"].to_numpy() <= city.world.panel.revenue_fen[rows["firm"].to_numpy(), column]).all()


def test_programs_and_layouts_are_those_of_the_register_of_rights(city: City) -> None:
    rights = built(city, patent, "patent").filter(pl.col("kind").is_in(["software", "layout"])).drop_nulls("granted_on")
    assert built(city, software, "software").select("number", "firm").rows() == rights.select("number", "firm").rows()


def test_lists_of_the_court_and_of_the_market_regulator_agree_with_the_register_of_penalties(city: City) -> None:
    listed = built(city, penalty, "penalty")
    dishonest = built(city, enforcement, "enforcement").filter(pl.col("kind") == "dishonest")
    for kind, rows, day in (
        ("dishonesty_listing", dishonest, "published_on"),
        ("abnormal_listing", built(city, abnormal, "abnormal"), "listed_on"),
    ):
        known = listed.filter(pl.col("kind") == kind).select("firm", "decided_on").rows()
        assert sorted(rows.select("firm", day).rows()) == sorted(known)


def test_filings_with_the_pool_are_of_loans_that_exist(city: City) -> None:
    filings = built(city, pool_filing, "pool_filing")
    loans = pl.concat([page.frame for page in city.pages() if page.register == "loan"], how="diagonal")
    known = {cell for name in loans.columns if "借据" in name or "贷款编号" in name for cell in loans[name].to_list()}
    assert len(filings) > 10
    assert set(filings["loan_id"]) <= known
