"""Dates, sources, what nobody reads, and reasons that rule files give for findings."""

from dataclasses import replace

import pytest

from kerong.rulebook.lint import lint
from tests.rulebook.lint.rules import CASE, book, found, parameter, policy, said
from tests.rulebook.packs import formula


def test_a_value_that_begins_later_than_the_others_leaves_days_on_which_nothing_is_decided() -> None:
    more = parameter("least_count", y2020=10) + parameter("most_count", y2022=90)
    rulebook = book(policy("a", "enterprise.staff between least_count and most_count", more=more))
    between = "nothing can be decided between"
    assert said(rulebook, "date") == [
        ("warning", f"most_count has no value from 2020-01-01, where others begin, to 2022-01-01: {between}")
    ]


def test_a_case_before_the_first_value_of_a_parameter_is_found_at_its_line() -> None:
    case = CASE.replace('"unknown", clause = 1', '"failed", clause = 1')
    rulebook = book(policy("a", "enterprise.staff > n_count", more=parameter("n_count", y2026=10) + case))
    early, ahead = found(rulebook, "date")
    assert early.en == "on the day of this case, 2025-06-30, n_count has no value yet"
    assert rulebook.texts[early.place.file].splitlines()[early.place.line - 1] == "[[case]]"
    assert (ahead.severity, ahead.en) == (
        "note",
        "this rule begins on 2026-01-01, after the region's own day 2025-06-30",
    )


def test_a_case_that_shows_that_a_value_is_not_yet_known_is_no_finding() -> None:
    rulebook = book(policy("a", "enterprise.staff > n_count", more=parameter("n_count", y2026=10) + CASE))
    assert [severity for severity, _ in said(rulebook, "date")] == ["note"]


def test_a_source_of_a_later_year_than_the_value_is_found_and_an_earlier_one_is_not() -> None:
    more = parameter("n_count", y2020=10).replace("第二条", "2024年版第二条")
    assert said(book(policy("a", "enterprise.staff > n_count", more=more)), "date") == [
        ("warning", "n_count from 2020-01-01 on cites a text of 2024: 2024年版第二条")
    ]
    more = parameter("n_count", y2020=10).replace("第二条", "国科发〔2016〕32号")
    assert said(book(policy("a", "enterprise.staff > n_count", more=more)), "date") == []


def test_a_change_that_changes_nothing_is_noted() -> None:
    more = parameter("n_count", y2020=10, y2023=10)
    assert said(book(policy("a", "enterprise.staff > n_count", more=more)), "date") == [
        ("note", "n_count does not change on 2023-01-01")
    ]


@pytest.mark.parametrize("vague", ["无", "待补", "TBD", " - "])
def test_a_source_that_says_nothing_is_an_error(vague: str) -> None:
    text = policy("a", "enterprise.is_new").replace('clause = "第一条"', f'clause = "{vague}"')
    assert said(book(text), "source") == [("error", "document, clause or text of the source is missing")]


def test_a_rule_without_a_case_is_an_error() -> None:
    text = policy("a", "enterprise.is_new").replace(CASE, "")
    assert said(book(text), "case") == [("error", "no case proves it")]


def test_what_nothing_reads_is_noted() -> None:
    measure = '[[measure]]\nname = "loans"\ntitle = { zh = "贷款", en = "Loans" }\nover = "loan"\nvalue = "count()"\n'
    files = {"formulas_all": formula("is_large", "enterprise.staff > 9"), "measures_all": measure}
    rulebook = book(policy("a", "enterprise.is_new", more=parameter("n_count", y2020=1)), **files)
    assert {en for _, en in said(rulebook, "unused")} == {
        "nothing reads this formula",
        "nothing reads this measure",
        "nothing reads the parameter n_count",
    }
    assert {severity for severity, _ in said(rulebook, "unused")} == {"note"}


def test_a_register_that_nothing_reads_is_noted_and_one_that_a_rule_is_about_is_not() -> None:
    assert said(book(policy("a", "enterprise.is_new")), "unused") == [("note", "nothing reads this register")]
    assert said(book(policy("a", "loan.interest_fen > 5", per="loan")), "unused") == []


ACCEPTED = '\n[accepted]\nclause = "the register may be widened"\n'


def test_a_finding_that_its_file_explains_asks_for_nothing_more() -> None:
    rulebook = book(policy("a", "enterprise.staff >= 0", more=ACCEPTED))
    (finding,) = found(rulebook, "clause")
    assert finding.accepted == "the register may be widened"
    assert not finding.is_open


def test_an_explanation_without_its_finding_is_a_finding() -> None:
    rulebook = book(policy("a", "enterprise.is_new", more=ACCEPTED))
    assert said(rulebook, "accepted") == [("warning", "[accepted] names clause, but that check finds nothing here")]


def test_findings_come_in_the_order_of_checks_and_do_not_depend_on_the_order_of_rules() -> None:
    texts = [policy(name, "enterprise.staff >= 0", "enterprise.area = '3301'") for name in "abc"]
    rulebook = book(*texts)
    backwards = replace(rulebook, rules=dict(reversed(list(rulebook.rules.items()))))
    assert lint(rulebook) == lint(backwards)
    assert [f.check for f in found(rulebook)] == ["clause"] * 3 + ["competition"] * 3 + ["unused"]
