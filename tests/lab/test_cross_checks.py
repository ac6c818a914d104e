"""Cross-checks on the synthetic city: quiet on a clean one, met where registers lie, and never worth a point."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kerong import flow
from kerong.engine import award, entitle, record
from kerong.lab import City, write_city
from kerong.rulebook import Rulebook, load
from kerong.rulebook.feeds import patterns_of
from kerong.rulebook.outcomes import MET
from kerong.rulebook.pruning import pruned
from kerong.rulebook.tree import fields_of
from kerong.store.files import Folder
from kerong.store.packs import read_pack
from kerong.store.registers import FolderRegisters

ON = date(2025, 6, 30)
BOOK = load(read_pack("demo"))
CHECKS = sorted(rule.name for rule in BOOK.rules.values() if rule.is_check)
READ = {field for name in CHECKS for clause in BOOK.rules[name].clauses for _, field in fields_of(clause.condition)}
# the checks alone, and what is behind them
ASKING = replace(
    pruned(BOOK, [*READ, "wage_level", "fund_members", "is_in_business"]),
    rules={name: BOOK.rules[name] for name in CHECKS},
)
# the city draws exports of the accounts and of customs apart, and deducts too much R&D on purpose for some
PLANTED = {"exports_customs_check", "rd_deduction_check"}
MOST_FALSE_BP = 100  # of firms, on a city without errors
Tables = dict[str, pl.DataFrame]
Lie = Callable[[Tables, list[str]], Tables]


@pytest.fixture(scope="module")
def clean_facts(clean_city: City, tmp_path_factory: pytest.TempPathFactory) -> FolderRegisters:
    folder = tmp_path_factory.mktemp("clean")
    write_city(clean_city, folder)
    return FolderRegisters(Folder(folder), *patterns_of(BOOK))


@pytest.fixture(scope="module")
def made(clean_facts: FolderRegisters) -> record.Record:
    return record.recorded(clean_facts, ASKING, ON)


@pytest.fixture(scope="module")
def enterprises(made: record.Record) -> pl.DataFrame:
    return record.features(made.enterprises, dict(made.registers), ASKING, ON)[0]


def flagged(made: record.Record, registers: Mapping[str, pl.DataFrame]) -> dict[str, set[str]]:
    """By check the firms that are asked to explain."""
    enterprises, kept, _ = record.features(made.enterprises, dict(registers), ASKING, ON)
    verdicts, _ = entitle.entitlements(enterprises, kept, ASKING, ON)
    met = verdicts.filter(pl.col("outcome") == MET)
    return {name: set(met.filter(rule=name)["enterprise_id"]) for name in CHECKS}


@pytest.fixture(scope="module")
def quiet(made: record.Record) -> dict[str, set[str]]:
    return flagged(made, made.registers)


def test_there_are_at_least_ten_checks_and_each_asks_for_evidence() -> None:
    assert len(CHECKS) >= 10
    assert all(clause.evidence for name in CHECKS for clause in BOOK.rules[name].clauses)


@pytest.mark.parametrize("name", sorted(set(CHECKS) - PLANTED))
def test_hardly_a_firm_of_a_city_without_errors_is_asked(
    name: str, quiet: dict[str, set[str]], made: record.Record
) -> None:
    assert len(quiet[name]) * 10_000 <= MOST_FALSE_BP * made.enterprises.height


def _mine(firms: list[str]) -> pl.Expr:
    return pl.col("enterprise_id").is_in(firms)


def _scaled(register: str, column: str, times: int, latest: bool = False) -> Lie:
    """One column of some firms times so much; `latest`: in the last three months only."""

    def lie(tables: Tables, firms: list[str]) -> Tables:
        rows = tables[register]
        which = _mine(firms) & (pl.col("month") > pl.lit(date(2025, 3, 31)) if latest else pl.lit(True))
        told = pl.when(which).then(pl.col(column) * times).otherwise(pl.col(column)).alias(column)
        return {**tables, register: rows.with_columns(told)}

    return lie


def _bought(tables: Tables, firms: list[str]) -> Tables:
    """Five inventions of a stranger: filed before any of these firms was set up, granted last year."""
    rights = tables["patent"]
    own = pl.DataFrame({"enterprise_id": sorted(firms)}).join(pl.DataFrame({"turn": range(5)}), how="cross")
    rows = own.select(
        "enterprise_id",
        number=pl.lit("ZLX") + pl.col("enterprise_id") + pl.col("turn").cast(pl.String),
        kind=pl.lit("invention"),
        applied_on=pl.lit(date(1980, 1, 1)),
        granted_on=pl.lit(date(2024, 9, 1)),
    )
    rows = rows.select(pl.col(name).cast(rights.schema[name]) for name in rows.columns if name in rights.columns)
    return {**tables, "patent": pl.concat([rights, rows], how="diagonal").sort("enterprise_id", maintain_order=True)}


def few(column: str, most: pl.Expr | int) -> pl.Expr:
    return pl.col(column) < most


def many(column: str, least: int) -> pl.Expr:
    return pl.col(column) >= least


SALES = many("sales_12m_fen", 100_000_001)
REVENUE = pl.col("revenue_year1_fen") * 3
LIES: dict[str, tuple[Lie, pl.Expr]] = {
    "headcount_wages_check": (
        _scaled("social_security", "insured", 9),
        many("insured", 10) & (pl.col("wage_level") < 1.2),
    ),
    "headcount_housing_fund_check": (
        _scaled("social_security", "insured", 9, latest=True),
        many("insured", 10) & pl.col("fund_members").is_not_null(),
    ),
    "headcount_electricity_check": (
        _scaled("social_security", "insured", 9, latest=True),
        many("insured", 10)
        & (pl.col("kwh_change") <= 0)
        & (pl.col("headcount_growth") > -0.5)
        & pl.col("is_manufacturer"),
    ),
    "reported_staff_check": (
        _scaled("staffing", "employees", 9),
        many("employees", 10) & few("insured", pl.col("employees") * 3),
    ),
    "rd_staff_insured_check": (_scaled("staffing", "rd_staff", 99), many("rd_staff", 5) & few("insured", 99)),
    "inventions_rd_expense_check": (_bought, few("rd_expense_fen", 15_000_000)),
    "rights_older_than_firm_check": (_bought, pl.col("holds_high_tech")),
    "sales_invoices_check": (_scaled("tax", "sales_fen", 9), SALES & (pl.col("tax_invoice_gap").abs() < 0.2)),
    "revenue_sales_check": (
        _scaled("accounts", "revenue_fen", 9),
        many("revenue_year1_fen", 100_000_001) & few("sales_prior_12m_fen", REVENUE) & few("sales_12m_fen", REVENUE),
    ),
    "sales_staff_check": (_scaled("tax", "sales_fen", 999), SALES & few("insured", 50)),
    "inventors_rd_staff_check": (
        _scaled("patent", "inventors", 99),
        many("inventor_names_3y", 2) & few("rd_staff", 9),
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_firms_whose_registers_are_made_to_lie_are_asked_and_others_are_not(
    name: str, made: record.Record, enterprises: pl.DataFrame, quiet: dict[str, set[str]]
) -> None:
    lie, among = LIES[name]
    cheats = enterprises.filter(among & pl.col("is_in_business"))["enterprise_id"].sort().to_list()[:20]
    assert cheats
    asked = flagged(made, lie(dict(made.registers), cheats))[name]
    assert set(cheats) <= asked
    assert asked - set(cheats) == quiet[name] - set(cheats)


def test_points_offers_and_money_are_the_same_with_and_without_checks(clean_facts: FolderRegisters) -> None:
    without: Rulebook = load({file: text for file, text in BOOK.texts.items() if not file.startswith("checks/")})
    one, other = (flow.assess(clean_facts, book, award.nothing_used(), ON) for book in (BOOK, without))
    for name in ("enterprises", "scores", "cuts", "offers"):
        assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.scale == other.scale
    assert_frame_equal(one.verdicts.filter(~pl.col("rule").is_in(CHECKS)), other.verdicts)
    asked = one.verdicts.filter(pl.col("rule").is_in(CHECKS))
    assert asked["entitled_fen"].null_count() == asked["awarded_fen"].null_count() == asked.height
