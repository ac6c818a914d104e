"""The demo city's products and policies: their own proof, and laws that hold for facts that nobody has seen."""

from datetime import date
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.entitle import ERROR, FAILED, MET
from kerong.engine.entitle.explain import explain
from kerong.rulebook import Rulebook, load
from kerong.rulebook.content import PRODUCT_KINDS, Rule
from kerong.rulebook.plain import Result
from kerong.rulebook.tables import Spell
from kerong.rulebook.tree import Node, walk
from kerong.rulebook.types import Type
from kerong.store.packs import read_pack

ON = date(2025, 6, 30)


@cache
def demo() -> Rulebook:
    return load(read_pack("demo"))


def policies() -> list[Rule]:
    return [rule for rule in demo().rules.values() if rule.is_policy]


def products() -> list[Rule]:
    return [rule for rule in demo().rules.values() if rule.is_product]


def test_the_demo_city_has_products_of_every_kind_and_policies_for_firms_banks_and_funds() -> None:
    assert len(products()) >= 10
    assert {rule.kind for rule in products()} == set(PRODUCT_KINDS)
    assert len(policies()) >= 7
    assert {rule.amount.to for rule in policies() if rule.amount} >= {"enterprise", "institution", "fund"}


def test_every_clause_says_what_evidence_would_settle_it() -> None:
    for rule in demo().rules.values():
        assert rule.summary is not None, rule.name
        for clause in rule.clauses:
            assert clause.evidence is not None, f"{rule.name}: {clause.title.en}"


def test_every_policy_is_proved_by_cases_that_pay_refuse_do_not_know_and_reach_its_limits() -> None:
    for rule in policies():
        outcomes = {case.expect.get("outcome") for case in rule.cases}
        assert outcomes >= {"met", "failed", "unknown"}, rule.name
        scopes = {limit.scope for limit in rule.limits}
        assert len([case for case in rule.cases if "awarded" in case.expect]) >= (1 if scopes else 0), rule.name
        assert ("budget" in scopes) == any(case.budget is not None for case in rule.cases), rule.name


def test_every_policy_whose_numbers_changed_has_a_case_on_each_side_of_a_change() -> None:
    changed = {r.name: [day for p in r.parameters.values() for day, _, _ in p.values[1:]] for r in policies()}
    assert sum(map(bool, changed.values())) >= 10
    for rule in policies():
        changes = changed[rule.name]
        if not changes:
            continue
        days = [case.on for case in rule.cases if case.expect.get("outcome") == "met"]
        assert any(min(days) < change <= max(days) for change in changes), rule.name


# sums of one year, taken only where there is any (`where … > 0` in their measures)
NEVER_ZERO = ("revenue_year2_fen", "revenue_year3_fen", "rd_year2_fen", "rd_year3_fen")


def strategy_of(column: str, kind: Type) -> st.SearchStrategy[Result]:
    """Values that a field of this type may hold, unknown among them."""
    known: st.SearchStrategy[Result]
    match kind.kind:
        case "bool":
            known = st.booleans()
        case "date":
            known = st.dates(date(2005, 1, 1), ON)
        case "spells":
            known = st.lists(st.builds(Spell, st.dates(date(2005, 1, 1), ON), st.dates(ON)), max_size=2).map(tuple)
        case "text" if kind.codes:
            known = st.sampled_from(kind.codes)
        case "text":
            known = st.sampled_from(["growth", "unsecured", "high_tech", "state", "research", "patent", "bank_river"])
        case "float":
            known = st.floats(0, 10)
        case _:
            known = st.integers(int(column in NEVER_ZERO), 10**13 if kind.unit == "fen" else 200)
    return st.none() | known


def fields_read(rule: Rule) -> list[Node]:
    nodes = [clause.condition for clause in rule.clauses] + ([rule.amount.fen] if rule.amount else [])
    found = {node.field: node for top in nodes for node in walk(top) if node.kind == "field"}
    return [found[key] for key in sorted(found)]


NAMES = sorted(demo().rules)


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(NAMES), data=st.data())
def test_a_rule_never_errs_and_pays_only_what_is_not_negative(name: str, data: st.DataObject) -> None:
    rule = demo().rules[name]
    facts = {node.field: data.draw(strategy_of(node.field[1], node.type)) for node in fields_read(rule)}
    found = explain(rule, facts, ON)
    assert found.outcome != ERROR
    if found.outcome == MET:
        assert rule.amount is None or (found.entitled_fen is not None and found.entitled_fen >= 0)


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(NAMES), data=st.data())
def test_a_fact_learned_later_never_turns_what_was_decided(name: str, data: st.DataObject) -> None:
    rule = demo().rules[name]
    known = {node.field: data.draw(strategy_of(node.field[1], node.type)) for node in fields_read(rule)}
    hidden = data.draw(st.sets(st.sampled_from(sorted(known))))
    partly = {field: None if field in hidden else value for field, value in known.items()}
    looks = any(node.kind in ("is_null", "coalesce") for c in rule.clauses for node in walk(c.condition))
    before, after = explain(rule, partly, ON).outcome, explain(rule, known, ON).outcome
    if before in (FAILED, MET) and not looks:
        assert after == before
