"""Clauses that cannot be meant, and only those."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.entitle import facts_of
from kerong.rulebook import plain
from tests.rulebook.lint.rules import book, found, parameter, policy, said
from tests.rulebook.packs import formula


def test_a_clause_that_no_row_fulfils_is_an_error_with_its_line() -> None:
    rulebook = book(policy("a", "enterprise.is_new", "enterprise.staff > 6000"))
    (finding,) = found(rulebook, "clause")
    assert finding.severity == "error"
    assert finding.en == "clause 2 can never be true on any day: enterprise.staff > 6000"
    line = rulebook.texts[finding.place.file].splitlines()[finding.place.line]
    assert line == 'is = "enterprise.staff > 6000"'


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("enterprise.staff >= 300", "enterprise.staff < 300"),
        ("enterprise.level in ('low', 'middle')", "enterprise.level = 'high'"),
        ("enterprise.share > 0.5", "enterprise.share * 1.0 <= 0.5 and enterprise.share <= 0.5"),
        ("enterprise.is_new", "not (enterprise.is_new or enterprise.staff > 5)"),
        ("enterprise.revenue_fen * 2 > 1000", "enterprise.revenue_fen <= 500"),
        ("enterprise.is_large", "enterprise.staff = 99"),
        ("enterprise.size = 'large'", "not enterprise.is_large"),
        ("enterprise.staff is null", "enterprise.staff > 1"),
        ("coalesce(enterprise.staff, 0) > 10", "enterprise.staff between 1 and 9"),
    ],
)
def test_clauses_that_exclude_one_another_are_an_error_that_names_both(first: str, second: str) -> None:
    formulas = formula("is_large", "enterprise.staff >= 100") + formula(
        "size", "case when enterprise.is_large then 'large' else 'small' end"
    )
    rulebook = book(policy("a", first, second), formulas_all=formulas)
    assert said(rulebook, "clause") == [
        ("error", f"clauses 1 and 2 can never both be true on any day: (1) {first}; (2) {second}")
    ]


def test_three_clauses_may_exclude_one_another_though_no_two_do() -> None:
    clauses = ("enterprise.staff = 1 or enterprise.is_new", "enterprise.staff > 5", "not enterprise.is_new")
    (severity, words), *_ = said(book(policy("a", *clauses)), "clause")
    assert severity == "error"
    assert words.startswith("the clauses can never all be true on any day: (1)")


def test_a_threshold_is_judged_by_each_of_its_dated_values() -> None:
    more = parameter("least_count", y2020=100, y2024=9000)
    rulebook = book(policy("a", "enterprise.staff >= least_count", more=more))
    assert said(rulebook, "clause") == [
        ("error", "clause 1 can never be true from 2024-01-01 on: enterprise.staff >= least_count")
    ]


def test_a_clause_that_nothing_fails_is_a_warning_and_says_if_the_unknown_still_stops_it() -> None:
    rulebook = book(policy("a", "enterprise.staff >= 0", "enterprise.staff is null or enterprise.staff is not null"))
    assert said(rulebook, "clause") == [
        ("warning", "clause 1 is always true unless something is not known: enterprise.staff >= 0"),
        ("warning", "clause 2 is always true: enterprise.staff is null or enterprise.staff is not null"),
    ]


def test_a_clause_that_follows_from_another_is_noted() -> None:
    rulebook = book(policy("a", "enterprise.staff > 100", "enterprise.staff > 50"))
    assert said(rulebook, "clause") == [("note", "clause 2 follows from clause 1: enterprise.staff > 50")]


def test_of_two_equal_clauses_the_later_one_says_nothing_new() -> None:
    rulebook = book(policy("a", "enterprise.staff > 100", "100 < enterprise.staff"))
    assert said(rulebook, "clause") == [("note", "clause 2 follows from clause 1: 100 < enterprise.staff")]


def test_a_flag_formula_that_comes_out_one_way_only_is_found() -> None:
    rulebook = book(policy("a", "enterprise.is_new"), formulas_all=formula("is_huge", "enterprise.staff > 9000"))
    assert said(rulebook, "formula") == [("warning", "this formula is never true")]


STAFF = st.one_of(st.none(), st.integers(0, 12))
CLAUSES = st.one_of(
    st.builds("enterprise.staff {} {}".format, st.sampled_from(["<", "<=", "=", "<>", ">", ">="]), st.integers(0, 12)),
    st.builds("enterprise.level {} '{}'".format, st.sampled_from(["=", "<>"]), st.sampled_from(["low", "high"])),
    st.sampled_from(["enterprise.is_new", "not enterprise.is_new", "enterprise.staff is not null"]),
    st.sampled_from(["enterprise.is_small", "not enterprise.is_small", "enterprise.staff > 3 or enterprise.is_new"]),
)


@given(st.lists(CLAUSES, min_size=1, max_size=4))
@settings(max_examples=60)
def test_what_is_called_impossible_or_certain_is_so_for_every_row_and_small_contradictions_are_all_found(
    clauses: list[str],
) -> None:
    rulebook = book(policy("a", *clauses), formulas_all=formula("is_small", "enterprise.staff < 6"))
    rule = rulebook.rules["a"]
    rows = [
        {"enterprise.staff": staff, "enterprise.level": level, "enterprise.is_new": is_new, **small(staff)}
        for staff in (None, *range(14))
        for level in ("low", "middle", "high")
        for is_new in (True, False)
    ]
    verdicts = [
        [plain.evaluate(c.condition, facts_of(row), rulebook.region.default_on, {}) for c in rule.clauses]
        for row in rows
    ]
    is_impossible = any(severity == "error" for severity, _ in said(rulebook, "clause"))
    assert is_impossible == (not any(all(v is True for v in verdict) for verdict in verdicts))
    for finding in found(rulebook, "clause"):
        if "is always true" in finding.en:
            number = int(finding.en.split()[1])
            assert all(verdict[number - 1] is not False for verdict in verdicts)


def small(staff: int | None) -> dict[str, bool | None]:
    return {"enterprise.is_small": None if staff is None else staff < 6}
