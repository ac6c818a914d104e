"""What the cases of a rule leave unproved is told, and nothing else."""

import pytest

from kerong.rulebook import load
from kerong.rulebook.lint.proof import what_cases_prove
from kerong.store.packs import read_pack
from tests.rulebook.packs import pack

RULE = """
name = "grant"
kind = "subsidy"
title = { zh = "补助", en = "Grant" }
text = "按资金的10%补助"
source = { document = "办法", clause = "第一条" }
[[when]]
is = "enterprise.capital_fen > least_fen"
title = { zh = "资金", en = "capital" }
[amount]
fen = "share_bp(enterprise.capital_fen, 1000)"
round = "down"
[[limit]]
scope = "enterprise"
fen = 100
[[limit]]
scope = "budget"
fen = "budget_fen"
[parameter.least_fen]
2021-01-01 = { value = 10, source = "第二条" }
[parameter.budget_fen]
2020-01-01 = { value = 10_000, source = "第三条" }
2021-01-01 = { value = 20_000, source = "第三条" }
"""
PAYS = """
[[case]]
title = "pays"
on = 2025-06-30
given = { enterprise.capital_fen = 50 }
expect = { outcome = "met", fen = 5 }
by = "第一条"
working = "50 * 10 / 100"
"""
REFUSES = """
[[case]]
title = "refuses"
on = 2025-06-30
given = { enterprise.capital_fen = 10 }
expect = { outcome = "failed", clause = 1 }
"""
UNKNOWN = """
[[case]]
title = "does not know"
on = 2025-06-30
expect = { outcome = "unknown", clause = 1 }
"""
CUT = """
[[case]]
title = "is cut"
on = 2025-06-30
rows = [{ enterprise.capital_fen = 5_000 }]
expect = { awarded = 100, cut_by = "enterprise" }
by = "第二条"
working = "100"
"""
EMPTY_BUDGET = """
[[case]]
title = "meets an empty budget"
on = 2025-06-30
rows = [{ enterprise.capital_fen = 50 }]
budget = 3
expect = { awarded = 3, cut_by = "budget" }
by = "第三条"
working = "3"
"""
ALL = (PAYS, REFUSES, UNKNOWN, CUT, EMPTY_BUDGET)


def told(text: str) -> list[str]:
    return [finding.check for finding in what_cases_prove(load(pack(policies_grant=text)))]


def test_a_rule_whose_cases_pay_refuse_do_not_know_and_reach_every_limit_is_proved() -> None:
    assert told(RULE + "".join(ALL)) == []


@pytest.mark.parametrize(
    ("missing", "check"),
    [(REFUSES, "proof.refuses"), (UNKNOWN, "proof.unknown"), (CUT, "proof.limit"), (EMPTY_BUDGET, "proof.limit")],
)
def test_what_no_case_shows_is_told(missing: str, check: str) -> None:
    assert told(RULE + "".join(case for case in ALL if case != missing)) == [check]


def test_a_rule_that_no_case_meets_is_told() -> None:
    assert "proof.pays" in told(RULE + REFUSES + UNKNOWN)


@pytest.mark.parametrize("line", ['by = "第一条"\n', 'working = "50 * 10 / 100"\n'])
def test_an_amount_without_its_clause_or_its_arithmetic_is_told_at_the_case(line: str) -> None:
    text = RULE + "".join(ALL).replace(line, "", 1)
    (finding,) = what_cases_prove(load(pack(policies_grant=text)))
    assert finding.check == "proof.working"
    assert text.splitlines()[finding.place.line - 1] == "[[case]]"
    assert "pays" in finding.en
    assert "pays" in finding.zh


def test_a_dated_value_on_whose_days_no_case_stands_is_told_and_the_size_of_a_budget_is_not() -> None:
    later = RULE.replace("[parameter.budget", "2025-07-01 = { value = 20, source = '第二条' }\n[parameter.budget")
    (finding,) = what_cases_prove(load(pack(policies_grant=later + "".join(ALL))))
    assert finding.check == "proof.parameter"
    assert "least_fen from 2025-07-01" in finding.en


def test_a_rule_without_cases_is_left_to_another_check() -> None:
    assert told(RULE) == []


@pytest.mark.parametrize("region", ["china", "demo", "usa"])
def test_the_cases_of_shipped_regions_leave_nothing_unproved(region: str) -> None:
    book = load(read_pack(region))
    found = [
        f for f in what_cases_prove(book) if f.rule not in book.rules or f.check not in book.rules[f.rule].accepted
    ]
    assert [f"{f.place.file}:{f.place.line}: {f.en}" for f in found] == []
