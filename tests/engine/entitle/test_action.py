"""The next best action turns the rule, alone, and costs the least; what cannot be changed is left alone."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.entitle.action import Action, Advisor, actions
from kerong.engine.entitle.explain import Explainer, explain
from kerong.engine.entitle.recompute import Recompute
from kerong.engine.entitle.words import action_sentence
from kerong.rulebook import Rulebook, load
from kerong.rulebook.outcomes import MET
from kerong.rulebook.plain import Result
from tests.engine.entitle.book import ON, book, firm, texts

Held = dict[tuple[str, str], Result]
LEAVES: dict[str, st.SearchStrategy[Result]] = {
    "research_fen": st.one_of(st.none(), st.integers(0, 10**9)),
    "sales_fen": st.one_of(st.none(), st.integers(0, 10**9)),
    "staff": st.one_of(st.none(), st.integers(0, 100)),
    "is_listed": st.one_of(st.none(), st.booleans()),
    "founded_on": st.one_of(st.none(), st.dates(date(1990, 1, 1), ON)),
}
CONDITIONS = (
    "enterprise.research_share >= 0.04",
    "enterprise.research_fen between 1_000 and 5_000_000",
    "enterprise.is_large",
    "not enterprise.is_listed",
    "enterprise.staff > 10 or enterprise.age_years < 3",
    "enterprise.age_years >= 2",
    "enterprise.staff * 3 - 7 >= 50",
    "coalesce(enterprise.staff, 0) >= 4",
)


def whole(found: Rulebook, **leaves: Result) -> Held:
    """An enterprise with these measures and every formula worked out."""
    held = firm(**{name: leaves.get(name) for name in LEAVES})
    return Recompute(found, ON).changed(held, held)


def one(conditions: tuple[str, ...], **leaves: Result) -> Action | None:
    """The action for a firm under a rule with these clauses, and a payable amount."""
    found = book(*conditions)
    told = actions(whole(found, **{"research_fen": 100_000, **leaves}), found.rules.values(), found, ON)
    return told[0] if told else None


@settings(max_examples=120)
@given(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3, unique=True), st.fixed_dictionaries(LEAVES))
def test_what_is_proposed_makes_the_rule_met_and_touches_nothing_that_cannot_be_changed(
    conditions: list[str], leaves: dict[str, Result]
) -> None:
    found = book(*conditions)
    held = whole(found, **leaves)
    for action in actions(held, found.rules.values(), found, ON):
        shown = {column: 10**6 if value is None else value for (_, column), value in action.to}
        again = explain(found.rules["grant"], whole(found, **{**leaves, **shown}), ON)
        assert again.outcome == MET
        if action.money_fen is not None:
            assert action.money_fen == min(again.entitled_fen or 0, 50_000_00) > 0
        changed = {column for (_, column), _ in action.to}
        if action.kind == "change":
            assert len(changed) == 1
            assert changed <= {"research_fen", "is_listed", "staff"}
        else:
            assert all(held[field] is None for field, _ in action.to)


@settings(max_examples=60)
@given(st.fixed_dictionaries(LEAVES))
def test_a_rule_that_is_met_needs_nothing(leaves: dict[str, Result]) -> None:
    found = book("enterprise.staff >= 0 or enterprise.is_large")
    held = whole(found, **leaves)
    met = explain(found.rules["grant"], held, ON).outcome == MET
    assert not (met and actions(held, found.rules.values(), found, ON))


@pytest.mark.parametrize(
    ("condition", "leaves", "field", "to"),
    [
        ("enterprise.staff >= 10", {"staff": 4}, "staff", 10),
        ("enterprise.staff > 10", {"staff": 4}, "staff", 11),
        ("enterprise.is_large", {"staff": 40, "is_listed": False}, "staff", 50),
        ("enterprise.research_share >= 0.04", {"sales_fen": 10_000_000}, "research_fen", 400_000),
        ("enterprise.staff * 3 - 7 >= 50", {"staff": 4}, "staff", 19),
        ("enterprise.is_listed", {"is_listed": False}, "is_listed", True),
    ],
)
def test_a_number_is_moved_just_over_the_line_and_a_flag_is_turned(
    condition: str, leaves: dict[str, Result], field: str, to: Result
) -> None:
    action = one((condition,), **leaves)
    assert action is not None
    assert (action.kind, action.to) == ("change", ((("enterprise", field), to),))


def test_the_cheaper_of_two_ways_is_proposed() -> None:
    action = one(("enterprise.is_large",), staff=49, is_listed=False)
    assert action is not None
    assert (action.to[0][0][1], action.effort) == ("staff", 3)


@pytest.mark.parametrize(
    ("conditions", "leaves"),
    [
        (("enterprise.age_years >= 5",), {"founded_on": date(2023, 1, 1)}),
        (("enterprise.sales_fen >= 5",), {"sales_fen": 1}),
        (("not enterprise.is_listed",), {"is_listed": True}),
        (("enterprise.staff < 10",), {"staff": 20}),
        (("enterprise.staff >= 10", "enterprise.is_listed"), {"staff": 4, "is_listed": False}),
        (("enterprise.staff >= 10", "enterprise.age_years >= 5"), {"staff": 4, "founded_on": date(2023, 1, 1)}),
        (("enterprise.staff >= 10",), {"staff": 4, "research_fen": 0}),
    ],
    ids=["age", "no way to change it", "only more", "only more staff", "two changes", "one of two", "no money"],
)
def test_nothing_is_proposed_where_no_single_change_that_can_be_made_is_enough(
    conditions: tuple[str, ...], leaves: dict[str, Result]
) -> None:
    assert one(conditions, **leaves) is None


def test_a_number_is_not_lowered_below_nothing() -> None:
    for line, to in ((1, (0,)), (0, ())):
        found = texts(f"enterprise.staff < {line}")
        measures = found["measures/all.toml"].replace('effort = 3, better = "more"', 'effort = 3, better = "less"')
        less = load(found | {"measures/all.toml": measures})
        told = actions(whole(less, research_fen=100_000, staff=3), less.rules.values(), less, ON)
        assert tuple(value for action in told for _, value in action.to) == to


def test_the_last_day_that_there_is_may_be_a_line() -> None:
    action = one(("enterprise.founded_on < date '9999-12-31'",), founded_on=None)
    assert action is not None
    assert action.kind == "document"


def test_a_missing_document_is_cheaper_than_a_change_and_says_what_it_has_to_show() -> None:
    action = one(("enterprise.staff >= 10",), staff=None)
    assert action is not None
    assert (action.kind, action.how.en, action.to) == ("document", "Firms", ((("enterprise", "staff"), 10),))
    assert action.cost < 1


def test_one_document_may_settle_two_clauses_but_two_documents_are_two_actions() -> None:
    action = one(("enterprise.staff >= 10", "enterprise.is_large"), staff=None, is_listed=False)
    assert action is not None
    assert action.to == ((("enterprise", "staff"), 50),)


def test_a_document_says_the_clause_s_own_evidence_where_it_names_one() -> None:
    found = book("enterprise.staff >= 10", more='evidence = { zh = "花名册", en = "the roll" }')
    (action,) = actions(whole(found, research_fen=10_000), found.rules.values(), found, ON)
    assert action.how.en == "the roll"


def test_an_unknown_amount_is_settled_by_the_document_behind_it() -> None:
    action = one(("enterprise.staff >= 1",), staff=3, research_fen=None)
    assert action is not None
    assert (action.kind, action.to) == ("document", ((("enterprise", "research_fen"), None),))
    assert action.money_fen is None
    assert action_sentence(action, book("enterprise.is_large"), "en") == "provide Firms"


def test_the_cap_per_enterprise_ends_the_money_that_is_promised() -> None:
    action = one(("enterprise.staff >= 10",), staff=4, research_fen=10**12)
    assert action is not None
    assert action.money_fen == 50_000_00


def test_most_money_per_effort_comes_first_and_the_name_decides_between_equals() -> None:
    found = book("enterprise.staff >= 10")
    held = whole(found, staff=4, research_fen=100_000)
    advisor = Advisor(Explainer(found, ON))
    twice = advisor.actions(held, ["grant", "grant"])
    assert [action.rule for action in twice] == ["grant", "grant"]
    assert twice[0] == twice[1]


def test_what_follows_from_a_change_is_worked_out_again_in_order() -> None:
    found = book("enterprise.is_large")
    again = Recompute(found, ON)
    held = whole(found, staff=4, is_listed=False, sales_fen=100, research_fen=1)
    after = again.changed(held, {("enterprise", "staff"): 60})
    assert (held["enterprise", "is_large"], after["enterprise", "is_large"]) == (False, True)
    assert after["enterprise", "research_share"] == held["enterprise", "research_share"]
    kept = again.changed(held, {("enterprise", "is_large"): True})
    assert kept["enterprise", "is_large"] is True
    assert again.changed(held, {("enterprise", "sales_fen"): 0})["enterprise", "research_share"] is None


def test_an_action_is_one_line_in_both_languages() -> None:
    found = book("enterprise.staff >= 10")
    action = one(("enterprise.staff >= 10",), staff=4)
    missing = one(("enterprise.staff >= 10",), staff=None)
    assert action is not None
    assert missing is not None
    assert action_sentence(action, found, "zh") == "招聘（人数 4 → 10），可得 HKD 100"
    assert action_sentence(action, found, "en") == "hire (Staff 4 → 10): HKD 100"
    assert action_sentence(missing, found, "zh") == "提供企业（若显示：人数 ≥ 10），可得 HKD 100"
    assert action_sentence(missing, found, "en") == "provide Firms (if it shows: Staff ≥ 10): HKD 100"


def test_a_document_behind_a_formula_is_named_without_a_value_that_nobody_asks_for() -> None:
    action = one(("enterprise.research_share >= 0.04",), sales_fen=None)
    assert action is not None
    assert action_sentence(action, book("enterprise.research_share >= 0.04"), "en") == "provide Firms: HKD 100"
