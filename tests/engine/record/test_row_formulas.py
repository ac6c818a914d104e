"""Formulas of a register's rows: what they read, in which order, and what is unknown or an error."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine import monitor
from kerong.engine.record import features
from kerong.rulebook import Rulebook, load
from kerong.rulebook.sheets import RulebookErrors
from tests.rulebook.packs import FIRM, formula, pack

ON = date(2025, 6, 30)
OF_ROW = 'per = "firm"'
TITLE = 'title = { zh = "数", en = "N" }'
COLUMN = f'[[column]]\nname = "rows"\n{TITLE}\nvalue = "count()"'
STATISTIC = f'name = "by_size"\n{TITLE}\nover = "firm"\nby = ["firm.is_large"]\n{COLUMN}'


def book(*formulas: str, **files: str) -> Rulebook:
    return load(pack(formulas_all="".join(formulas), **files))


def errors(*formulas: str, **files: str) -> list[str]:
    with pytest.raises(RulebookErrors) as refused:
        book(*formulas, **files)
    return [str(error) for error in refused.value.errors]


def tables(*capitals: int | None) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Two enterprises, a and b; the rows are b's, a's, b's, …"""
    firms = pl.DataFrame({"enterprise_id": ["a", "b"], "capital_fen": [10, 20]})
    ids = ["b" if place % 2 == 0 else "a" for place in range(len(capitals))]
    schema = {"enterprise_id": pl.String, "capital_fen": pl.Int64}
    return firms, {"firm": pl.DataFrame({"enterprise_id": ids, "capital_fen": capitals}, schema=schema)}


SHARE = formula("share_fen", "share_bp(firm.capital_fen, 5000)", f'{OF_ROW}\nround = "half_up"')
LARGE = formula("is_large", "firm.share_fen > enterprise.double_fen", OF_ROW)
DOUBLE = formula("double_fen", "enterprise.capital_fen * 2")


def test_formulas_of_rows_read_the_row_their_enterprise_and_one_another_in_any_order() -> None:
    read = book(LARGE, SHARE, DOUBLE)
    assert [found.name for found in read.row_formulas["firm"]] == ["share_fen", "is_large"]
    assert list(read.formulas) == ["double_fen"]
    _, registers, problems = features(*tables(81, None, 80), read, ON)
    assert registers["firm"]["share_fen"].to_list() == [41, None, 40]
    assert registers["firm"]["is_large"].to_list() == [True, None, False]
    assert registers["firm"]["enterprise_id"].to_list() == ["b", "a", "b"]
    assert problems.is_empty()


@given(st.lists(st.none() | st.integers(-(10**12), 10**12), max_size=8), st.randoms(use_true_random=False))
def test_a_row_s_value_depends_on_no_other_row(capitals: list[int | None], random: object) -> None:
    read = book(LARGE, SHARE, DOUBLE)
    firms, registers = tables(*capitals)
    whole = features(firms, registers, read, ON)[1]["firm"]
    for place in range(len(capitals)):
        alone = {"firm": registers["firm"].slice(place, 1)}
        assert features(firms, alone, read, ON)[1]["firm"].equals(whole.slice(place, 1))


def test_an_error_in_a_row_is_a_problem_of_its_enterprise_and_the_value_is_unknown() -> None:
    read = book(formula("many_fen", "firm.capital_fen * 1000000000000", OF_ROW))
    _, registers, problems = features(*tables(10**12, 1, 10**13), read, ON)
    assert registers["firm"]["many_fen"].to_list() == [None, 10**12, None]
    told = problems.select("kind", "register", "column", "enterprise_id").rows()
    assert told == [("formula_error", "firm", "many_fen", "b")]


def test_rows_of_an_enterprise_that_is_not_there_know_nothing_of_it() -> None:
    firms, registers = tables(100)
    read = book(LARGE, SHARE, DOUBLE)
    _, found, _ = features(firms.filter(pl.col("enterprise_id") == "a"), registers, read, ON)
    assert found["firm"]["is_large"].to_list() == [None]


def test_a_register_without_a_file_has_no_rows_to_reckon() -> None:
    read = book(SHARE, DOUBLE, LARGE, statistics_by__size=STATISTIC)
    firms, _ = tables()
    firms, registers, _ = features(firms, {}, read, ON)
    assert registers == {}
    assert monitor.statistics(registers, firms, read, ON)[0]["by_size"].is_empty()


def test_statistics_count_by_what_a_formula_says_of_a_row() -> None:
    read = book(SHARE, DOUBLE, LARGE, statistics_by__size=STATISTIC)
    firms, registers, _ = features(*tables(81, 10, 80), read, ON)
    found = monitor.statistics(registers, firms, read, ON)[0]["by_size"]
    assert sorted(found.rows()) == [(False, 2), (True, 1)]


@pytest.mark.parametrize(
    ("formulas", "told"),
    [
        ((formula("x", "firm.y + 1", OF_ROW), formula("y", "firm.x", OF_ROW)), "a circle: firm.x -> firm.y -> firm.x"),
        ((formula("x", "enterprise.y + 1"), formula("y", "enterprise.x")), "a circle: x -> y -> x"),
        ((formula("x", "enterprise.x"),), "a circle: x -> x"),
        ((formula("x", "firm.capital_fen"),), "nothing is called firm here"),
        ((formula("x", "1", 'per = "frim"'),), "per: there is no register frim (did you mean firm?)"),
        ((formula("label", "1", OF_ROW),), "label is defined twice"),
        ((formula("row_key", "1", OF_ROW),), "row_key is a word of the language"),
        ((formula("x", "1", OF_ROW), formula("x", "2", OF_ROW)), "x is defined twice"),
        ((formula("x", "other.y", OF_ROW),), "nothing is called other here"),
    ],
)
def test_what_makes_no_sense_is_told(formulas: tuple[str, ...], told: str) -> None:
    found = errors(*formulas)
    assert found[0].startswith("formulas/all.toml:")
    assert any(told in error for error in found)


def test_a_formula_that_reads_a_broken_one_says_so() -> None:
    found = errors(formula("y", "firm.x", OF_ROW), formula("x", "firm.nothing", OF_ROW))
    assert "firm.x has an error of its own" in found[1]
    assert "firm.nothing is not known" in found[0]


def test_a_name_in_quotes_is_no_reading() -> None:
    read = book(
        formula("x", "case when enterprise.name = 'enterprise.y' then 1 else 2 end"), formula("y", "enterprise.x")
    )
    assert read.levels == (("x",), ("y",))


def test_a_long_chain_of_formulas_is_read_and_a_long_circle_is_told_briefly() -> None:
    chain = [formula(f"f{n}", f"enterprise.f{n + 1} + 1") for n in range(600)]
    assert len(book(*chain, formula("f600", "1")).levels) == 601
    found = errors(*chain, formula("f600", "enterprise.f0"))
    assert any("a circle: f0 -> f1 -> f2 -> f3 -> f4 -> … -> f0" in error for error in found)


def test_a_measure_does_not_read_what_is_reckoned_after_it() -> None:
    measure = f'[[measure]]\nname = "m"\n{TITLE}\nover = "firm"\nvalue = "sum(firm.share_fen)"\n'
    assert "firm.share_fen is not known" in errors(SHARE, measures_all=measure)[0]


def test_rows_that_belong_to_no_enterprise_have_no_formulas() -> None:
    alone = FIRM.replace('"firm"', '"notice"', 1).replace('row = ["code"]', 'row = ["code"]\nidentify = "none"')
    found = errors(formula("x", "1", 'per = "notice"'), registers_notice=alone.replace("credit_code", "text"))
    assert "per: rows of notice belong to no enterprise" in found[0]
