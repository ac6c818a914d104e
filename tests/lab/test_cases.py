"""The cases of rule files: what is told where one does not hold."""

import pytest

from kerong.engine.entitle import MET
from kerong.lab.cases import compiled_claims, run_cases
from kerong.lab.trial import claims_of, said_of
from kerong.rulebook import load
from kerong.store.packs import read_pack
from tests.rulebook.packs import pack

RULE = """
name = "grant"
kind = "subsidy"
title = { zh = "补助", en = "Grant" }
text = "按资金的15%补助"
source = { document = "办法", clause = "第一条" }
[[when]]
is = "enterprise.capital_fen > 0"
title = { zh = "资金", en = "capital" }
[amount]
fen = "share_bp(enterprise.capital_fen, 1500)"
round = "half_up"
[[limit]]
scope = "enterprise"
fen = 1_000
[[limit]]
scope = "budget"
fen = 1_000_000
share = "pro_rata"
"""


def differences(case: str) -> list[str]:
    book = load(pack(policies_grant=f'{RULE}[[case]]\ntitle = "a case"\non = 2025-06-30\n{case}'))
    (result,) = run_cases(book.rules["grant"], book)
    return list(result.differences)


ONE = "given = { enterprise.capital_fen = 10 }\nexpect = { outcome = 'met', fen = 2 }\n"
TWO = "rows = [{ enterprise.capital_fen = 100_000 }, { enterprise.capital_fen = 10 }]\n"


def test_a_case_whose_arithmetic_gives_the_amount_after_the_rounding_of_the_rule_holds() -> None:
    assert differences(ONE + 'by = "第一条"\nworking = "10 * 15 / 100"') == []


def test_an_arithmetic_that_gives_something_else_is_told_with_both_amounts() -> None:
    assert differences(ONE + 'working = "10 * 14 / 100"') == ["working '10 * 14 / 100' gives 1, the rule 2"]


@pytest.mark.parametrize("working", ["10 * 0.15", "1 / 0", "ten", "2 ** 1"])
def test_what_is_no_arithmetic_is_told(working: str) -> None:
    (said,) = differences(ONE + f'working = "{working}"')
    assert said.startswith(f"working '{working}' ")


def test_each_of_several_awards_has_a_line_of_arithmetic() -> None:
    held = 'expect = { awarded = [1_000, 2], cut_by = "enterprise" }\nworking = ["1_000", "10 * 15 / 100"]'
    assert differences(TWO + held) == []
    assert differences(TWO + held.replace('"10 * 15 / 100"', '"3"')) == ["working '3' gives 3, the rule 2"]


def test_what_cut_the_last_award_is_expected_by_its_name() -> None:
    assert differences(TWO + 'expect = { cut_by = "enterprise" }') == []
    assert differences(TWO + 'expect = { cut_by = "budget" }') == ["cut by enterprise, expected budget"]
    assert differences(TWO + 'expect = { cut_by = "" }') == ["cut by enterprise, expected nothing"]


def test_rows_of_a_rule_about_enterprises_are_enterprises_with_a_cap_each_and_one_budget() -> None:
    both = "rows = [{ enterprise.capital_fen = 100_000 }, { enterprise.capital_fen = 100_000 }]\n"
    assert differences(both + "expect = { awarded = [1_000, 1_000] }") == []
    both = both.replace("100_000", "6_000")
    assert differences(both + 'budget = 500\nexpect = { awarded = [250, 250], cut_by = "budget" }') == []


def test_a_budget_counts_only_where_the_case_says_what_is_left_of_it() -> None:
    large = "rows = [{ enterprise.capital_fen = 6_000 }]\nexpect = { awarded = 900 }\n"
    assert differences(large) == []
    assert differences("budget = 899\n" + large) == ["awarded is [899], expected [900]"]


def test_a_wrong_outcome_clause_or_amount_is_told_beside_what_was_expected() -> None:
    none = "given = { enterprise.capital_fen = 0 }\n"
    assert differences(none + "expect = { outcome = 'met' }") == ["outcome is failed (clause 1), expected met"]
    assert differences(none + "expect = { outcome = 'failed', clause = 2 }") == ["clause is 1, expected 2"]
    assert differences(ONE.replace("fen = 2", "fen = 1")) == ["fen is 2, expected 1"]


PAYING = RULE.replace('title = { zh = "补助"', 'fingerprint = ["enterprise.name"]\ntitle = { zh = "补助"').replace(
    'round = "half_up"', 'round = "half_up"\nto = "institution"\npayee = "enterprise.area"'
)
TABLE = """
[table.extra_bp]
over = "text"
2024-01-01 = { source = "第二条", of = { E = 100 } }
"""
TEN = "enterprise.capital_fen = 10, "
BY_TABLE = RULE.replace("1500)", "lookup(enterprise.area, extra_bp))") + TABLE


@pytest.mark.parametrize(
    ("rule", "given", "told"),
    [
        (RULE, "enterprise.name = 'A'", "unknown (clause 1)"),
        (
            PAYING,
            TEN + "enterprise.area = 'E'",
            "unknown (the evidence (enterprise.name) is not known)",
        ),
        (
            PAYING,
            TEN + "enterprise.name = 'A'",
            "unknown (who is paid (enterprise.area) is not known)",
        ),
        (BY_TABLE, TEN, "unknown (the amount cannot be worked out (enterprise.area))"),
        (
            BY_TABLE,
            TEN + "enterprise.area = 'W'",
            "error (the amount: no entry for W in extra_bp)",
        ),
    ],
)
def test_another_outcome_is_told_by_what_decided_it_and_by_that_alone(rule: str, given: str, told: str) -> None:
    given = given.removesuffix(", ")
    case = f"given = {{ {given} }}\nexpect = {{ outcome = 'met', fen = 2, awarded = 2 }}\nworking = '2'\n"
    text = f'{rule}\n[[case]]\ntitle = "a case"\non = 2025-06-30\n{case}'
    book = load(pack(policies_grant=text))
    (result,) = run_cases(book.rules["grant"], book)
    assert list(result.differences) == [f"outcome is {told}, expected met"]


CLAIM = ["enterprise_id", "row_key", "payee", "sequence", "year", "entitled_fen", "evidence", "base_fen", "priority"]


@pytest.mark.parametrize("region", ["demo", "usa"])
def test_claims_of_the_plain_evaluator_are_those_of_the_compiled_one(region: str) -> None:
    book = load(read_pack(region))
    for rule in (rule for rule in book.rules.values() if rule.amount):
        for case in rule.cases:
            plain = claims_of(rule, case, said_of(rule, case), book)
            compiled = compiled_claims(rule, case, book)
            met = compiled["outcome"] == MET
            assert plain["outcome"].to_list() == compiled["outcome"].to_list(), case.title
            assert plain.filter(met).select(CLAIM).equals(compiled.filter(met).select(CLAIM)), case.title
