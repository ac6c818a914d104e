"""Mutation of rules: what survives is known by hand on a small rule, and nothing survives in shipped ones."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.lab.cases import run_cases
from kerong.lab.mutation import Mutant, Proof, mutants, proof_of, proof_of_group, proof_of_pool
from kerong.lab.mutation.moved import moved, moved_tables
from kerong.rulebook import Rule, Rulebook, load
from kerong.rulebook.tables import Entries, Steps
from kerong.store.packs import read_pack, region_names
from tests.rulebook.packs import pack

RULE = """
name = "grant"
kind = "subsidy"
title = { zh = "补助", en = "Grant" }
text = "按资金的10%补助"
source = { document = "办法", clause = "第一条" }
[[when]]
is = "enterprise.capital_fen >= 1_000"
title = { zh = "资金", en = "capital" }
[amount]
fen = "share_bp(enterprise.capital_fen, 1000)"
round = "down"
"""
AT = """
[[case]]
title = "at the threshold"
on = 2025-06-30
given = { enterprise.capital_fen = 1_000 }
expect = { outcome = "met", fen = 100 }
"""
BELOW = """
[[case]]
title = "one fen below it"
on = 2025-06-30
given = { enterprise.capital_fen = 999 }
expect = { outcome = "failed", clause = 1 }
"""
ODD = """
[[case]]
title = "an amount that leaves a rest"
on = 2025-06-30
given = { enterprise.capital_fen = 1_999 }
expect = { outcome = "met", fen = 199 }
"""


def proof(text: str) -> Proof:
    book = load(pack(policies_grant=text))
    return proof_of(book.rules["grant"], book)


def survived(text: str) -> list[str]:
    return sorted(survivor.mutant.said.en for survivor in proof(text).open)


def test_a_survivor_comes_with_a_case_that_would_notice_it() -> None:
    for survivor in proof(RULE + AT + ODD).open:
        assert survivor.witness is not None
        assert survivor.witness.field == "enterprise.capital_fen"
        value = survivor.witness.value
        assert isinstance(value, int)
        assert value < 1_000
        assert survivor.witness.said.clause == 1


def test_a_survivor_that_the_rule_explains_is_not_open_and_a_reason_without_survivor_is_told() -> None:
    why = '[accepted]\n"mutation.amount" = "a rest of a fen is nothing"\n"mutation.clause_1" = "?"\n'
    found = proof(RULE.replace("[[when]]", why + "[[when]]") + AT + BELOW)
    assert found.open == ()
    assert {survivor.accepted for survivor in found.survivors} == {"a rest of a fen is nothing"}
    assert found.idle == ("mutation.clause_1",)


def test_where_a_case_does_not_hold_no_change_is_tried() -> None:
    found = proof(RULE + AT.replace("fen = 100 }", "fen = 101 }") + BELOW)
    assert [case.title for case in found.failing] == ["at the threshold"]
    assert (found.tried, found.survivors, found.idle) == (0, (), ())


def test_a_survivor_stands_at_the_line_of_what_was_changed() -> None:
    text = RULE.replace("1000)", "rate_bp)") + "[parameter.rate_bp]\n2021-01-01 = { value = 1000, source = '二' }\n"
    places = {s.mutant.part: s.mutant.place.line for s in proof(text + AT + BELOW).open}
    lines = text.splitlines()
    assert lines[places["amount"] - 1] == "[amount]"
    assert lines[places["parameter.rate_bp"] - 1] == "[parameter.rate_bp]"


PAGE = (Path(__file__).parents[2] / "docs" / "algorithms" / "mutation.md").read_text("utf-8")
CASES = {"1000": AT, "999": BELOW, "1999": ODD}
EXAMPLES = re.findall(r"^\| ([\d, ]+) \| (.*?)\|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("capital", "survivors"), EXAMPLES)
def test_an_example_of_the_page_is_what_survives(capital: str, survivors: str) -> None:
    cases = "".join(CASES[amount] for amount in capital.split(", "))
    assert survived(RULE + cases) == [said for said in survivors.strip().split("; ") if said]


LIMIT = """
[[limit]]
scope = "enterprise"
fen = 150
"""
CUT = """
[[case]]
title = "the cap is reached"
on = 2025-06-30
rows = [{ enterprise.capital_fen = 1_999 }]
expect = { awarded = 150, cut_by = "enterprise" }
"""


def test_a_limit_that_no_case_reaches_can_be_lifted_and_moved() -> None:
    found = survived(RULE + LIMIT + AT + BELOW + ODD)
    assert "limit enterprise is lifted" in found
    assert "limit enterprise: 150 becomes 151" in found
    assert survived(RULE + LIMIT + AT + BELOW + ODD + CUT) == []


def test_a_dated_value_is_changed_only_where_a_case_stands_on_its_days() -> None:
    text = RULE.replace("1_000", "least_fen", 1) + "[parameter.least_fen]\n"
    text += "2021-01-01 = { value = 500, source = '一' }\n2025-01-01 = { value = 1_000, source = '一' }\n"
    changed = [s.mutant.said.en for s in proof(text + AT + BELOW + ODD).survivors]
    assert not [said for said in changed if "least_fen" in said]
    before = AT.replace("2025-06-30", "2024-12-31").replace("at the threshold", "before")
    found = survived(text + AT + BELOW + ODD + before)
    assert "parameter least_fen: 2021-01-01: 500 becomes 501" in found
    assert "parameter least_fen: start: 2025-01-01 becomes 2025-01-02" in found


REGIONS = ("china", "demo", "usa")


@cache
def book_of(region: str) -> Rulebook:
    return load(read_pack(region))


@pytest.mark.parametrize("region", REGIONS)
def test_no_small_change_of_a_shipped_rule_goes_unnoticed(region: str) -> None:
    book = book_of(region)
    proofs = [proof_of(rule, book) for rule in book.rules.values()]
    proofs += [proof_of_group(group, book) for group in book.groups.values()]
    assert [f"{p.rule}: {survivor.mutant.said.en}" for p in proofs for survivor in p.open] == []
    assert [f"{p.rule}: {key}" for p in proofs for key in p.idle] == []
    assert [f"{p.rule}: {case.title}" for p in proofs for case in p.failing] == []


@pytest.mark.parametrize(
    "region", [name for name in region_names() if any("pools/" in file for file in read_pack(name))]
)
def test_no_small_change_of_a_shipped_pool_goes_unnoticed(region: str) -> None:
    book = book_of(region)
    proofs = [proof_of_pool(pool, book) for pool in book.pools.values()]
    assert proofs
    assert [f"{p.rule}: {survivor.mutant.said.en}" for p in proofs for survivor in p.open] == []
    assert [f"{p.rule}: {key}" for p in proofs for key in p.idle] == []
    assert [f"{p.rule}: {case.title}" for p in proofs for case in p.failing] == []


def test_a_group_is_lifted_and_changed_and_without_cases_nobody_would_notice() -> None:
    book = book_of("demo")
    for group in book.groups.values():
        bare = proof_of_group(replace(group, cases=()), book)
        assert "the group is lifted" in [survivor.mutant.said.en for survivor in bare.open]
        assert len(bare.open) == bare.tried
    ways = {s.mutant.said.en for g in book.groups.values() for s in proof_of_group(replace(g, cases=()), book).open}
    assert ways >= {"choice: best becomes order", "base: left becomes gross"}


@cache
def changed_rules() -> list[tuple[Rule, Mutant]]:
    found = [(rule, mutant) for rule in book_of("demo").rules.values() for mutant in mutants(rule)]
    return [(rule, mutant) for rule, mutant in found if f"mutation.{mutant.part}" not in rule.accepted]


@settings(max_examples=20, deadline=None)
@given(place=st.integers(0, 10**6))
def test_an_error_planted_in_a_rule_is_caught_by_its_cases_in_both_evaluators(place: int) -> None:
    _, mutant = changed_rules()[place % len(changed_rules())]
    assert [result for result in run_cases(mutant.rule, book_of("demo")) if result.differences], mutant.said.en


@given(value=st.integers(-(10**15), 10**15) | st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 4)))
def test_a_number_is_moved_to_others_and_by_a_unit_up_and_down(value: float) -> None:
    others = moved(value)
    assert value not in others
    assert min(others) < value < max(others)
    assert all(type(other) is type(value) for other in others)
    if isinstance(value, int):
        assert {value - 1, value + 1} <= set(others)


@given(
    starts=st.lists(st.integers(0, 50), min_size=1, max_size=5, unique=True).map(lambda x: tuple(sorted(x))),
    data=st.data(),
)
def test_a_moved_table_differs_in_one_number_and_stays_in_order(starts: tuple[int, ...], data: st.DataObject) -> None:
    size = len(starts)
    table = Steps(starts, tuple(data.draw(st.lists(st.integers(0, 99), min_size=size, max_size=size))))
    for other, _ in moved_tables(table):
        assert isinstance(other, Steps)
        pairs = zip(table.starts + table.values, other.starts + other.values, strict=True)
        assert sum(a != b for a, b in pairs) == 1
        assert list(other.starts) == sorted(set(other.starts))


def test_every_entry_of_a_table_by_key_is_moved_and_what_holds_otherwise() -> None:
    table = Entries({"a": 10, "b": 20}, otherwise=5)
    moves = [other for other, _ in moved_tables(table) if isinstance(other, Entries)]
    assert {next(key for key in "ab" if m.entries[key] != table.entries[key]) for m in moves if m.otherwise == 5} == {
        "a",
        "b",
    }
    assert [m for m in moves if m.otherwise != 5]


def test_exceptions_are_dropped_and_turned_round() -> None:
    text = RULE.replace(
        "[amount]",
        """[[when.exception]]
label = "large"
when = "enterprise.capital_fen >= 5_000"
is = "false"
[[when.exception]]
label = "listed"
when = "enterprise.area = 'N'"
is = "true"
over = ["large"]
[amount]""",
    )
    book = load(pack(policies_grant=text + AT + BELOW + ODD))
    said = [mutant.said.en for mutant in mutants(book.rules["grant"])]
    assert [line for line in said if "without exception large" in line]
    assert [line for line in said if "without exception listed" in line]
    assert [line for line in said if "listed over large becomes large over listed" in line]


PRIORITY = """
[[limit]]
scope = "budget"
fen = 1_000
share = "priority"
priority = "enterprise.capital_fen / (enterprise.capital_fen - 3_000)"
"""
SCARCE = """
[[case]]
title = "the larger firm comes first, and of the other nobody can say where it stands"
on = 2025-06-30
rows = [{ enterprise.capital_fen = 3_000 }, { enterprise.capital_fen = 4_000 }]
budget = 500
expect = { awarded = [100, 400] }
"""


def test_a_priority_that_cannot_be_worked_out_stands_last_by_both_evaluators_and_its_changes_are_tried() -> None:
    book = load(pack(policies_grant=RULE + PRIORITY + SCARCE))
    assert [result.differences for result in run_cases(book.rules["grant"], book)] == [()]
    found = proof_of(book.rules["grant"], book)
    assert found.failing == ()
    assert found.tried > 10


def test_a_change_by_which_a_priority_faults_is_noticed_or_told() -> None:
    """From 3_001 the firm of 3_001 has no place any more: it comes last, where the case has it first."""
    first = SCARCE.replace("= 3_000 }", "= 3_001 }").replace("[100, 400]", "[300, 200]")
    book = load(pack(policies_grant=RULE + PRIORITY + first))
    found = proof_of(book.rules["grant"], book)
    told = [survivor.mutant.said.en for survivor in found.survivors]
    assert found.failing == ()
    assert "limit budget: 3_000 becomes 3_001" not in told


def test_a_year_that_cannot_be_worked_out_is_tried_too() -> None:
    year = "year_of(add_months(on, 999_999))"
    limit = f'[[limit]]\nscope = "enterprise_year"\nfen = 300\nyear = "{year}"\n'
    book = load(pack(policies_grant=RULE + limit + SCARCE.replace("budget = 500\n", "")))
    assert proof_of(book.rules["grant"], book).rule == "grant"
