"""An explanation says what the evaluator says, and how far every comparison is off."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerong.engine.entitle.comparisons import Compared, truth
from kerong.engine.entitle.explain import Explainer, PreparedClause, explain, facts_of
from kerong.engine.entitle.sources import Origins, dated_source, settled_by
from kerong.rulebook import load, plain
from kerong.rulebook.content import Clause, Place, Rule, Text
from kerong.rulebook.outcomes import ERROR, FAILED, MET, UNKNOWN
from kerong.rulebook.parse import parse
from kerong.rulebook.tables import Spell, Table
from kerong.rulebook.tree import Node
from tests.engine.entitle.book import ON, book, firm, texts
from tests.rulebook.generated import ON as DAY
from tests.rulebook.generated import SCOPE, conditions, excepted, facts, in_force

Held = dict[tuple[str, str], plain.Result]
CHECKS = {
    "at_least": lambda value, limit: value >= limit,
    "above": lambda value, limit: value > limit,
    "at_most": lambda value, limit: value <= limit,
    "below": lambda value, limit: value < limit,
    "equal": lambda value, limit: value == limit,
    "unequal": lambda value, limit: value != limit,
}


def prepared(condition: Node, values: plain.Parameters) -> PreparedClause:
    return PreparedClause(1, Clause(condition, "", Text("", ""), None, Place("", 1)), DAY, values)


def outcome_of(value: plain.Result) -> int:
    return ERROR if isinstance(value, plain.Fault) else UNKNOWN if value is None else MET if value is True else FAILED


written = st.one_of(
    conditions(2).map(lambda text: parse(text, SCOPE)), excepted().filter(lambda n: n.type.kind == "bool")
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(written, facts, in_force)
def test_a_clause_ends_as_the_evaluator_says_whatever_is_written(
    condition: Node, row: dict[str, object], values: dict[str, Table | int | None]
) -> None:
    held = facts_of(row)
    told = prepared(condition, values).explain(held)
    found = plain.evaluate(condition, held, DAY, values)
    assert told.outcome == outcome_of(found)
    assert bool(told.reason) == isinstance(found, plain.Fault)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(conditions(2), facts, in_force)
def test_operator_value_threshold_and_margin_tell_one_story(
    text: str, row: dict[str, object], values: dict[str, Table | int | None]
) -> None:
    told = prepared(parse(text, SCOPE), values).explain(facts_of(row))
    for part in told.compared:
        if part.outcome in (MET, FAILED) and part.comparison.operator in CHECKS:
            assert CHECKS[part.comparison.operator](part.value, part.threshold) is (part.outcome == MET)
        if part.margin is not None and part.margin != 0:
            assert (part.margin > 0) is (part.outcome == MET)
        if part.outcome == UNKNOWN:
            assert part.margin is None


def only(text: str, **values: plain.Result) -> Compared:
    """The only comparison of a condition."""
    (part,) = prepared(parse(text, SCOPE), {}).explain(firm(**values)).compared
    return part


@pytest.mark.parametrize(
    ("text", "values", "operator", "margin", "outcome"),
    [
        ("enterprise.n >= 5", {"n": 7}, "at_least", 2, MET),
        ("enterprise.n >= 5", {"n": 5}, "at_least", 0, MET),
        ("enterprise.n > 5", {"n": 5}, "above", 0, FAILED),
        ("5 > enterprise.n", {"n": 9}, "below", -4, FAILED),
        ("not enterprise.n < 5", {"n": 7}, "at_least", 2, MET),
        ("not enterprise.n >= 5", {"n": 7}, "below", -2, FAILED),
        ("enterprise.n <= 5", {"n": 3}, "at_most", 2, MET),
        ("enterprise.n = 5", {"n": 3}, "equal", -2, FAILED),
        ("enterprise.n <> 5", {"n": 5}, "unequal", None, FAILED),
        ("enterprise.ended_on >= on", {"ended_on": date(2025, 6, 20)}, "at_least", -10, FAILED),
        ("enterprise.n + enterprise.m >= 5", {"n": 7, "m": 1}, "at_least", 3, MET),
        ("enterprise.n >= enterprise.m", {"n": 7, "m": 9}, "at_most", -2, FAILED),
        ("not enterprise.is_new", {"is_new": True}, "is", None, FAILED),
        ("enterprise.kind in ('x', '高新')", {"kind": "it's"}, "among", None, FAILED),
        ("enterprise.n is not null", {"n": None}, "known", None, FAILED),
        ("enterprise.n >= 5", {"n": None}, "at_least", None, UNKNOWN),
    ],
)
def test_a_comparison_is_told_as_it_is_asked_with_its_distance(
    text: str, values: dict[str, plain.Result], operator: str, margin: int | None, outcome: int
) -> None:
    part = only(text, **values)
    assert (part.comparison.operator, part.margin, part.outcome) == (operator, margin, outcome)


def test_a_certificate_that_held_on_the_day_is_told_with_its_spells_and_the_day() -> None:
    spells = (Spell(date(2024, 1, 1), date(2025, 12, 31)),)
    part = only("held_on(enterprise.permits, on)", permits=spells)
    assert (part.comparison.operator, part.value, part.threshold, part.outcome) == ("held", spells, DAY, MET)


def test_conditions_inside_a_case_are_told_beside_the_comparison_that_they_feed() -> None:
    text = "case when enterprise.is_new then enterprise.n else enterprise.m end >= 5"
    told = prepared(parse(text, SCOPE), {}).explain(firm(is_new=True, n=7, m=1))
    assert [part.comparison.operator for part in told.compared] == ["at_least", "is"]
    assert [part.margin for part in told.compared] == [2, None]


def test_an_error_keeps_its_reason_and_the_comparison_that_made_it() -> None:
    found = explain(
        book("enterprise.research_fen / enterprise.sales_fen >= 0.04").rules["grant"],
        firm(research_fen=1, sales_fen=0),
        ON,
    )
    assert (found.outcome, found.clause, found.reason) == (ERROR, 1, "division by zero")
    assert truth(found.clauses[0].compared[0]) == plain.Fault("division by zero")


def test_the_deciding_clause_is_the_first_that_failed_then_the_first_error_then_the_first_unknown() -> None:
    conditions_ = ("enterprise.staff >= 5", "enterprise.research_share >= 0.04", "enterprise.age_years < 9")
    rule = book(*conditions_).rules["grant"]
    assert explain(rule, firm(staff=None, research_share=None, age_years=20), ON).clause == 3
    assert decided(rule, firm(staff=7, research_share=None, age_years=None)) == (UNKNOWN, 2)


def decided(rule: Rule, held: Held) -> tuple[int, int]:
    """(outcome, deciding clause)."""
    found = explain(rule, held, ON)
    return found.outcome, found.clause


def with_lines(*lines: str, amount: str | None = None) -> dict[str, str]:
    """The texts of the small pack with further lines in the rule, before its amount, and another amount."""
    found = texts("enterprise.staff >= 1")
    rule = found["policies/grant.toml"].replace("summary =", "\n".join(lines) + "\nsummary =", 1)
    if amount is not None:
        rule = rule.replace('fen = "share_bp(enterprise.research_fen, rate_bp)"', amount, 1)
    return found | {"policies/grant.toml": rule}


def test_the_amount_reads_the_base_and_both_are_told() -> None:
    amount = 'base = "least(enterprise.sales_fen, 333)"\nfen = "share_bp(base, rate_bp)"'
    rule = load(with_lines(amount=amount)).rules["grant"]
    found = explain(rule, firm(staff=1, sales_fen=1_000), ON)
    assert (found.outcome, found.base_fen, found.entitled_fen) == (MET, 333, 33)
    assert decided(rule, firm(staff=1, sales_fen=None)) == (UNKNOWN, 2)
    below = explain(rule, firm(staff=1, sales_fen=-1_000), ON)
    assert (below.outcome, below.clause, below.reason) == (ERROR, 2, "the base is below nothing")


def test_a_claim_names_its_evidence_and_waits_where_a_part_of_it_is_unknown() -> None:
    rule = load(with_lines('fingerprint = ["enterprise.name", "enterprise.founded_on"]')).rules["grant"]
    known = firm(staff=1, research_fen=100, name="甲", founded_on=date(2020, 1, 2))
    assert explain(rule, known, ON).evidence == "甲|2020-01-02"
    assert decided(rule, {**known, ("enterprise", "name"): None}) == (UNKNOWN, 2)


def test_one_explainer_serves_many_firms_and_agrees_with_a_fresh_explanation() -> None:
    found = book("enterprise.staff >= 5", "enterprise.is_large or enterprise.is_listed")
    explainer = Explainer(found, ON)
    for staff in (None, 1, 5, 60):
        held = firm(staff=staff, is_large=None if staff is None else staff >= 50, is_listed=False, research_fen=10)
        ours, fresh = explainer.explain("grant", held), explain(found.rules["grant"], held, ON)
        assert (ours.outcome, ours.clause, ours.entitled_fen) == (fresh.outcome, fresh.clause, fresh.entitled_fen)
        assert [e.outcome for e in explainer.all(held)] == [ours.outcome]


def test_a_field_names_every_register_behind_it_through_measures_and_formulas() -> None:
    origins = Origins(book("enterprise.is_large"))
    origin = origins.of(("enterprise", "research_share"))
    assert origin.registers == ("firm",)
    assert origin.through == ("research_share", "research_fen", "sales_fen")
    assert origin.leaves == (("enterprise", "research_fen"), ("enterprise", "sales_fen"))
    assert origins.of(("enterprise", "nothing_of_the_kind")).registers == ()


def test_a_parameter_names_the_source_of_the_value_in_force() -> None:
    rate = book("enterprise.is_large").rules["grant"].parameters["rate_bp"]
    assert dated_source(rate, ON)[1:] == (1000, date(2024, 1, 1), "第二条")
    assert dated_source(rate, date(2023, 12, 31))[1:] == (None, None, "")


def test_an_open_clause_is_settled_by_its_evidence_else_by_the_registers_behind_it() -> None:
    named = book("enterprise.staff >= 5", more='evidence = { zh = "花名册", en = "the roll" }')
    for found, wanted in ((named, "the roll"), (book("enterprise.research_share > 0.1"), "Firms")):
        clause = explain(found.rules["grant"], firm(), ON).clauses[0]
        assert [text.en for text in settled_by(clause, Origins(found))] == [wanted]
    settled = explain(named.rules["grant"], firm(staff=9, research_fen=1), ON).clauses[0]
    assert settled_by(settled, Origins(named)) == ()


def test_rules_that_ask_the_same_are_told_apart_by_the_values_of_their_parameters() -> None:
    found = texts("enterprise.research_fen >= cap_fen", "enterprise.is_listed")
    other = found["policies/grant.toml"].replace('"grant"', '"other"').replace("50_000_00", "60_000_00")
    rulebook = load(found | {"policies/other.toml": other})
    held = firm(research_fen=55_000_00, is_listed=True)
    explainer = Explainer(rulebook, ON)
    together = explainer.all(held)
    assert [told.outcome for told in together] == [MET, FAILED]
    for told in together:
        alone = explain(rulebook.rules[told.rule], held, ON)
        assert (told.clause, told.entitled_fen) == (alone.clause, alone.entitled_fen)
        ours, theirs = ([c.compared for c in e.clauses] for e in (told, alone))
        assert [[part[1:] for part in parts] for parts in ours] == [[part[1:] for part in parts] for parts in theirs]
