"""Ranked offers: what counts, what it comes to, and in which order it stands."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kerong.engine.match import offers
from kerong.rulebook.content import Rulebook
from kerong.rulebook.types import BP
from tests.engine.match.book import AMOUNT, ON, Verdict, field, rule, rulebook, share, verdicts

FIRMS = pl.DataFrame({"enterprise_id": ["E1", "E2"], "turnover_fen": [1_000_000, None]})
Line = tuple[str, int, int | None, int | None]


def lines(book: Rulebook, rows: list[Verdict], tables: dict[str, pl.DataFrame] | None = None) -> list[Line]:
    """Offers of E1: rule, outcome, amount, benefit in their order."""
    table, _ = offers(verdicts(rows), book, FIRMS, tables or {}, ON)
    mine = table.filter(enterprise_id="E1")
    assert mine["rank"].to_list() == list(range(1, mine.height + 1))
    return mine.select("rule", "outcome", "amount_fen", "benefit_fen").rows()


def test_the_certain_stands_before_the_possible_and_the_failed_is_left_out() -> None:
    book = rulebook(rule("a"), rule("b"), rule("c"), rule("d"))
    rows: list[Verdict] = [
        ("a", "E1", "", 2, None),
        ("b", "E1", "", 1, 5),
        ("c", "E1", "", 0, None),
        ("d", "E1", "", 3, None),
    ]
    assert lines(book, rows) == [("b", 1, 5, 5), ("a", 2, None, None)]


def test_what_is_worth_most_comes_first_and_unknown_worth_last() -> None:
    book = rulebook(rule("a"), rule("b"), rule("c"))
    rows: list[Verdict] = [("a", "E1", "", 1, None), ("b", "E1", "", 1, 0), ("c", "E1", "", 1, 9)]
    assert [line[0] for line in lines(book, rows)] == ["c", "b", "a"]


def test_equal_worth_is_ordered_by_kind_and_then_by_name() -> None:
    book = rulebook(rule("a", "subsidy"), rule("z", "loan"), rule("y", "loan"), rule("b", "insurance"))
    rows: list[Verdict] = [(name, "E1", "", 1, 7) for name in "abyz"]
    assert [line[0] for line in lines(book, rows)] == ["y", "z", "b", "a"]


def test_an_alert_warns_and_is_no_offer() -> None:
    book = rulebook(rule("a", "alert"), rule("b", "listing"))
    assert lines(book, [("a", "E1", "", 1, None), ("b", "E1", "", 1, 7)]) == [("b", 1, 7, 7)]


def test_a_rule_per_row_is_one_line_with_the_sum_over_the_rows_that_are_met() -> None:
    book = rulebook(rule("a", per="loan"))
    rows: list[Verdict] = [("a", "E1", "1", 1, 30), ("a", "E1", "2", 1, 12), ("a", "E1", "3", 0, None)]
    assert lines(book, [*rows, ("a", "E1", "4", 2, None)]) == [("a", 1, 42, 42)]


def test_a_rule_per_row_with_only_unknown_rows_is_possible_once() -> None:
    book = rulebook(rule("a", per="loan"))
    assert lines(book, [("a", "E1", "1", 2, None), ("a", "E1", "2", 2, None)]) == [("a", 2, None, None)]


def test_a_sum_of_which_a_part_is_unknown_is_unknown() -> None:
    book = rulebook(rule("a", per="loan"))
    assert lines(book, [("a", "E1", "1", 1, 30), ("a", "E1", "2", 1, None)]) == [("a", 1, None, None)]


def test_a_policy_that_pays_somebody_else_is_no_offer_to_the_firm() -> None:
    book = rulebook(rule("a", "subsidy", per="loan", to="institution"), rule("b", "subsidy"))
    assert lines(book, [("a", "E1", "1", 1, 30), ("b", "E1", "", 1, 1)]) == [("b", 1, 1, 1)]


def test_the_benefit_formula_sees_the_awarded_amount_and_is_rounded_down_per_row() -> None:
    book = rulebook(rule("a", per="loan", benefit=share(AMOUNT, 250)))
    assert lines(book, [("a", "E1", "1", 1, 1_000_099), ("a", "E1", "2", 1, 79)]) == [("a", 1, 1_000_178, 25_003)]


def test_the_benefit_formula_reads_facts_of_the_enterprise_and_of_the_row() -> None:
    loans = pl.DataFrame({"enterprise_id": ["E1", "E1"], "row_key": ["1", "2"], "rate_bp": [100, 200]})
    book = rulebook(
        rule("a", per="loan", benefit=share(AMOUNT, field("loan", "rate_bp", BP))),
        rule("b", benefit=share(field("enterprise", "turnover_fen"), 10)),
    )
    rows: list[Verdict] = [("a", "E1", "1", 1, 10_000), ("a", "E1", "2", 1, 10_000), ("b", "E1", "", 1, 5)]
    assert lines(book, rows, {"loan": loans}) == [("b", 1, 5, 1000), ("a", 1, 20_000, 300)]


def test_a_benefit_that_reads_an_unknown_fact_is_unknown() -> None:
    book = rulebook(rule("b", benefit=share(field("enterprise", "turnover_fen"), 10)))
    table, noted = offers(verdicts([("b", "E2", "", 1, 5)]), book, FIRMS, {}, ON)
    assert table.select("outcome", "amount_fen", "benefit_fen").rows() == [(1, 5, None)]
    assert noted.is_empty()


def test_a_benefit_that_overflows_is_unknown_and_names_firm_and_rule() -> None:
    book = rulebook(rule("a", benefit=share(AMOUNT, 9_000)))
    table, noted = offers(verdicts([("a", "E1", "", 1, 2**62)]), book, FIRMS, {}, ON)
    assert table["benefit_fen"].to_list() == [None]
    assert noted.select("kind", "enterprise_id", "rule").rows() == [("benefit_in_error", "E1", "a")]


def test_amounts_that_add_up_beyond_int64_are_unknown_and_named() -> None:
    book = rulebook(rule("a", per="loan"))
    table, noted = offers(verdicts([("a", "E1", str(n), 1, 2**62) for n in range(2)]), book, FIRMS, {}, ON)
    assert table["amount_fen"].to_list() == [None]
    assert noted.select("kind", "enterprise_id", "rule").rows() == [("offer_too_large", "E1", "a")]


def test_without_verdicts_there_are_no_offers_and_the_columns_stay() -> None:
    empty, _ = offers(verdicts([]), rulebook(rule("a")), FIRMS, {}, ON)
    full, _ = offers(verdicts([("a", "E1", "", 1, 5)]), rulebook(rule("a")), FIRMS, {}, ON)
    assert (empty.height, empty.schema) == (0, full.schema)


BOOK = rulebook(
    rule("a", "guarantee", per="loan"),
    rule("b", "loan", benefit=share(AMOUNT, 300)),
    rule("c", "subsidy"),
    rule("d", "equity", per="loan", benefit=share(AMOUNT, 10_000)),
)
made = st.lists(
    st.tuples(st.sampled_from(["E1", "E2", "E3"]), st.integers(0, 9), st.integers(0, 3), st.integers(0, 20)),
    max_size=60,
)


def held(rows: list[tuple[str, int, int, int]]) -> pl.DataFrame:
    """Verdicts with unique keys, every rule for every firm that is named."""
    found: dict[tuple[str, str, str], tuple[int, int | None]] = {}
    for firm, key, outcome, fen in rows:
        for name in "abcd":
            place = (name, firm, str(key) if name in "ad" else "")
            found[place] = ((outcome + ord(name)) % 4, fen if (outcome + ord(name)) % 4 == 1 else None)
    return verdicts([(*place, *value) for place, value in found.items()])


@settings(deadline=None)
@given(made, st.integers(0, 2**32 - 1))
def test_shuffled_verdicts_give_the_same_offers(rows: list[tuple[str, int, int, int]], seed: int) -> None:
    table = held(rows)
    one, _ = offers(table, BOOK, FIRMS, {}, ON)
    other, _ = offers(table.sample(fraction=1.0, shuffle=True, seed=seed), BOOK, FIRMS, {}, ON)
    assert_frame_equal(one, other)


@settings(deadline=None)
@given(made)
def test_every_firm_and_rule_stands_once_and_the_amounts_are_those_of_the_verdicts(
    rows: list[tuple[str, int, int, int]],
) -> None:
    table = held(rows)
    found, _ = offers(table, BOOK, FIRMS, {}, ON)
    assert found.select("enterprise_id", "rule").is_duplicated().sum() == 0
    assert (found["amount_fen"].sum() or 0) == (table["awarded_fen"].sum() or 0)
    certain = set(table.filter(outcome=1).select("enterprise_id", "rule").rows())
    possible = set(table.filter(outcome=2).select("enterprise_id", "rule").rows()) - certain
    assert set(found.filter(outcome=1).select("enterprise_id", "rule").rows()) == certain
    assert set(found.filter(outcome=2).select("enterprise_id", "rule").rows()) == possible
