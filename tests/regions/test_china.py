"""The shared content of Chinese regions: the index of forty indicators and the formulas under it."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.rulebook import Rulebook, load
from kerong.rulebook.content import Indicator, Register
from kerong.rulebook.plain import Result, evaluate
from kerong.rulebook.tree import Node, fields_of
from kerong.store.packs import read_pack

ON = date(2025, 6, 30)
DIMENSIONS = ("qualification", "operation", "talent", "input", "output")
SIGN = {"more": "+", "less": "−", "middle": "∩"}


@cache
def demo() -> Rulebook:
    return load(read_pack("demo"))


def registers_behind(node: Node) -> set[str]:
    """The registers that an expression over an enterprise rests on, through formulas and measures."""
    book = demo()
    found: set[str] = set()
    for _, column in fields_of(node):
        if column in book.measures:
            found.add(book.measures[column].over)
        elif column in book.formulas:
            found |= registers_behind(book.formulas[column].value)
        else:
            found |= {register for register, _ in book.region.provides[column]}
    return found


def test_each_of_five_dimensions_has_eight_indicators() -> None:
    counted = [indicator.dimension for indicator in demo().indicators.values()]
    assert {name: counted.count(name) for name in DIMENSIONS} == dict.fromkeys(DIMENSIONS, 8)
    assert len(counted) == 40


def test_every_indicator_has_a_meaning_and_needs_only_registers_that_it_rests_on() -> None:
    for indicator in demo().indicators.values():
        assert indicator.meaning is not None, indicator.name
        assert indicator.needs, indicator.name
        assert set(indicator.needs) <= registers_behind(indicator.value), indicator.name


def row_of(indicator: Indicator) -> str:
    best = "" if indicator.best is None else f" {indicator.best:g}"
    flag = indicator.value.type.kind == "bool"
    bounds = (0.0, 1.0) if flag else indicator.fixed
    shown = "fitted" if bounds is None else f"{bounds[0]:g} – {bounds[1]:g}"
    assert indicator.meaning is not None
    cells = [f"`{indicator.name}`", indicator.title.zh, indicator.title.en, SIGN[indicator.better] + best]
    cells += [str(indicator.weight), shown, ", ".join(indicator.needs), indicator.meaning.zh, indicator.meaning.en]
    return f"| {' | '.join(cells)} |"


def test_the_page_of_indicators_says_what_the_files_say() -> None:
    page = (Path(__file__).parents[2] / "docs" / "indicators.md").read_text("utf-8").splitlines()
    assert [line for line in page if line.startswith("| `")] == [
        row_of(i) for name in DIMENSIONS for i in demo().indicators.values() if i.dimension == name
    ]


def formula(name: str, **facts: Result) -> Result:
    """A formula over the given enterprise facts, formulas below it computed first."""
    book = demo()
    node = book.formulas[name].value
    known = {("enterprise", column): value for column, value in facts.items()}
    for _, column in fields_of(node):
        if column in book.formulas and column not in facts:
            known["enterprise", column] = formula(column, **facts)
    return evaluate(node, known, ON, {n: p.at(ON) for n, p in book.formulas[name].parameters.items()})


TITLES = ("innovative_sme", "specialised", "little_giant", "champion")


@pytest.mark.parametrize(("held", "level"), [((), 0), (TITLES[:1], 1), (TITLES[:2], 2), (TITLES[1:3], 3), (TITLES, 4)])
def test_the_highest_specialised_title_gives_the_level(held: tuple[str, ...], level: int) -> None:
    facts: dict[str, Result] = {f"holds_{title}": title in held for title in TITLES}
    assert formula("specialised_level", **facts) == level


GROWN: dict[str, Result] = {
    "established_on": date(2014, 5, 1),
    "revenue_fen": 8_000_000_000,
    "profit_fen": 500_000_000,
    "insured": 120,
    "rounds": 2,
    "is_specialised": True,
    "is_high_tech": True,
}
NEW: dict[str, Result] = {
    "established_on": date(2024, 3, 1),
    "revenue_fen": 0,
    "profit_fen": -100_000_000,
    "insured": 4,
    "rounds": 0,
    "is_specialised": False,
    "is_high_tech": False,
}


def test_a_firm_may_move_back_a_stage_when_its_profit_or_revenue_goes() -> None:
    assert formula("stage", **GROWN) == "mature"
    assert formula("stage", **GROWN | {"profit_fen": -1}) == "growth"
    assert formula("stage", **GROWN | {"revenue_fen": 500_000_000}) == "startup"
    assert formula("stage", **NEW) == "seed"
    assert formula("stage", **NEW | {"rounds": 2}) == "startup"


def test_a_firm_too_young_for_accounts_is_seed_and_an_older_one_without_any_is_unknown() -> None:
    silent: dict[str, Result] = {"revenue_fen": None, "sales_12m_fen": None, "profit_fen": None}
    assert formula("stage", **NEW | silent) == "seed"
    assert formula("stage", **GROWN | silent) is None
    assert formula("stage", **GROWN | {"revenue_fen": None, "sales_12m_fen": 8_000_000_000}) == "mature"


@given(st.lists(st.sampled_from(sorted(GROWN)), unique=True))
def test_the_stage_is_one_of_four_or_unknown(missing: list[str]) -> None:
    facts = {name: None if name in missing else value for name, value in GROWN.items()}
    assert formula("stage", **facts) in ("seed", "startup", "growth", "mature", None)


def test_growth_falls_back_on_the_year_before_when_last_year_is_not_filed_yet() -> None:
    years: dict[str, Result] = {"revenue_year2_fen": 300, "revenue_year3_fen": 200}
    assert formula("revenue_growth", **years, revenue_year1_fen=None) == 0.5
    assert formula("revenue_growth", **years, revenue_year1_fen=150) == -0.5
    assert formula("revenue_growth", revenue_year1_fen=150, revenue_year2_fen=None, revenue_year3_fen=None) is None


def test_a_firm_without_staff_or_sales_divides_by_nothing() -> None:
    assert formula("inventions_per_100_staff", insured=0, employees=None, inventions_3y=2) == 200
    assert formula("tax_change", tax_paid_12m_fen=0, tax_paid_prior_12m_fen=0) == 0
    assert formula("market_won_share", export_fen=0, procurement_12m_fen=0, revenue_fen=0) == 0
    assert formula("wage_level", wage_12m_fen=0, insured_months=0) == 0


@pytest.mark.parametrize(
    ("on", "holds"), [(date(2024, 12, 31), True), (date(2025, 2, 15), True), (date(2025, 7, 1), False)]
)
def test_a_technology_sme_keeps_its_status_until_the_next_round_is_published(on: date, holds: bool) -> None:
    measure = demo().measures["holds_tech_sme"]
    assert measure.value is not None
    row: dict[tuple[str, str], Result] = {
        ("qualification", "kind"): "tech_sme",
        ("qualification", "valid_until"): date(2024, 12, 31),
    }
    parameters = {name: parameter.at(on) for name, parameter in measure.parameters.items()}
    assert evaluate(measure.value, row, on, parameters) is holds


@cache
def base() -> Rulebook:
    return load(read_pack("china"))


def register_row(register: Register) -> str:
    row = ", ".join(register.row).replace("enterprise_id", "enterprise")
    since = str(register.covers_from.year) if register.covers_from else ""
    known = f"`{register.known}`" if register.known else ""
    cells = [f"`{register.name}`", register.title.zh, register.title.en, row, known, register.absence, since]
    cells.append(register.sensitivity)
    return f"| {' | '.join(cells)} |"


EVERY = {"day": "every day", "month": "every month", "quarter": "every quarter", "year": "every year", "once": "once"}
EXTENT = {"period": "whole periods", "whole": "the whole register", "added": "rows added"}


def delivery_row(register: Register) -> str:
    sent, basis = register.delivery, register.legal_basis
    assert register.source is not None, register.name
    assert basis is not None, register.name
    due = "" if sent.due_days is None else f"{sent.due_days} days"
    cells = [f"`{register.name}`", f"{register.source.zh} / {register.source.en}", EVERY[sent.every]]
    cells += [EXTENT[sent.extent], due, str(register.reliability), f"{basis.zh} / {basis.en}"]
    return f"| {' | '.join(cells)} |"


def test_the_page_of_the_base_says_what_its_registers_say() -> None:
    page = (Path(__file__).parents[2] / "docs" / "regions" / "china.md").read_text("utf-8").splitlines()
    registers = base().registers.values()
    said = [register_row(register) for register in registers] + [delivery_row(register) for register in registers]
    assert [line for line in page if line.startswith("| `")] == said


def test_every_register_says_who_sends_it_how_often_and_on_which_basis() -> None:
    for register in base().registers.values():
        assert register.legal_basis is not None, register.name
        assert register.delivery.every != "once", register.name
        assert register.delivery.due_days is not None, register.name


def test_whatever_sends_amounts_of_money_by_the_month_sends_its_totals_too() -> None:
    for register in base().registers.values():
        amounts = [name for name, column in register.columns.items() if column.type == "fen"]
        if amounts and register.delivery.of and register.delivery.extent == "period":
            assert set(register.gates.totals) & set(amounts), register.name
