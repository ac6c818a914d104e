"""A case from the award to the end: what each move does, who may not, and what is refused by name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from kerong.engine.deal.settled import EFFECTS
from kerong.engine.deal.states import SUBSIDY
from kerong.rulebook.compound import compound
from kerong.web.base.models import Case, CaseMove, CaseStep, EvidenceUse, Role
from kerong.web.base.services.call import budget_open
from kerong.web.base.services.case import CaseRefused, Wish, case_move, case_open_from_award
from kerong.web.base.services.case_deciding import Deciding
from kerong.web.base.services.case_guards import GUARDS, evidence_keys
from kerong.web.base.services.ledger import LedgerRefused
from kerong.web.base.words import WORDS
from tests.intake.office import code
from tests.web.cases.town import REGION, STAGES, TERMS, YEAR, Town, books

pytestmark = pytest.mark.database


def refused(key: str) -> "pytest.RaisesExc[CaseRefused]":
    return pytest.raises(CaseRefused, match=f"^case.refused.{key.replace('.', '[.]')}$")


def rolled(act: Callable[[], Any]) -> None:
    """What is refused leaves everything as it was."""
    before = (list(Case.objects.values()), CaseMove.objects.count(), books(), EvidenceUse.objects.count())
    try:
        with transaction.atomic():
            act()
    finally:
        after = (list(Case.objects.values()), CaseMove.objects.count(), books(), EvidenceUse.objects.count())
        assert after == before


def test_every_guard_and_effect_that_a_table_names_is_done_by_somebody() -> None:
    assert {guard for move in SUBSIDY.moves.values() for guard in move.guards} == set(GUARDS)
    assert {effect for move in SUBSIDY.moves.values() for effect in move.effects} == set(EFFECTS)


def test_a_grant_is_reserved_on_the_budgets_of_city_and_county_to_the_fen(town: Town) -> None:
    town.call()
    case = town.at("approved")
    assert (case.entitled_fen, case.awarded_fen, case.fen, case.approved_fen) == (50_001, 50_001, 50_001, 50_001)
    assert books()["city 2025"][1:] == (35_001, 0)
    assert books()["county 2025"][1:] == (15_000, 0)
    assert [part.fen for part in case.parts.all()] == [35_001, 15_000]


def test_the_history_tells_who_did_what_in_which_hand_under_which_rules_and_with_which_money(town: Town) -> None:
    town.call()
    case = town.at("cleared")
    moves = list(case.moves.order_by("version"))
    assert [move.name for move in moves] == ["apply", "accept", "verify", "reserve", "approve", "notice", "clear"]
    assert [move.begin for move in moves] == ["", *(move.end for move in moves[:-1])]
    assert [move.version for move in moves] == list(range(1, case.version + 1))
    assert moves[4].person == "wang"
    assert {move.run_id for move in moves} == {town.published.run_id}
    assert {len(move.rulebook) for move in moves} == {64}
    assert CaseStep.objects.filter(move__name="reserve").count() == 2


def test_a_firm_is_granted_without_an_application_where_the_call_says_so(town: Town) -> None:
    town.call("reward", is_free=True)
    told = (town.published, town.published.run_id, "reward", code(3))
    case = case_open_from_award(town.people["lin"], *told, today=town.today, days=town.days)
    assert case.state == "proposed"
    case = town.do("firm3", case, "confirm", payee=town.payee(3)) if town.firm(3) else case
    assert (case.state, case.payee_name) == ("accepted", "企业3号（北）有限公司")


def test_without_a_call_for_it_nothing_is_proposed_or_applied_for(town: Town) -> None:
    with refused("call.none"):
        town.applied()
    town.call("reward")
    told = (town.published, town.published.run_id, "reward", code(3))
    with refused("call.not_free"):
        case_open_from_award(town.people["lin"], *told, today=town.today, days=town.days)


def test_an_application_outside_the_window_or_of_a_replaced_run_or_twice_is_refused(town: Town) -> None:
    town.call(terms=replace(TERMS, closes_on=date(2025, 6, 30)))
    with refused("window"):
        town.applied(today=date(2025, 7, 1))
    with refused("run"):
        case_open_from_award(
            town.firm(1), town.published, "another", "interest", code(1), "C1", today=town.today, days=town.days
        )
    town.applied()
    with refused("twice"):
        town.applied()
    with refused("award.none"):
        case_open_from_award(
            town.firm(1),
            town.published,
            town.published.run_id,
            "interest",
            code(1),
            "C9",
            today=town.today,
            days=town.days,
            payee=town.payee(1),
        )


def test_nobody_applies_for_another_firm_and_no_analyst_at_all(town: Town) -> None:
    town.call()
    told = (town.published, town.published.run_id, "interest", code(1), "C1")
    for who in (town.firm(2), town.person("ana", Role.ANALYST), town.person("stew", Role.STEWARD)):
        with pytest.raises(PermissionDenied):
            case_open_from_award(who, *told, today=town.today, days=town.days, payee=town.payee(1))


def test_a_payee_whose_name_does_not_fit_its_code_or_without_an_account_is_refused(town: Town) -> None:
    town.call()
    town.firm(1)
    for changes, key in (
        ({"name": "企业2号（北）有限公司"}, "payee.name"),
        ({"account": "6222-0000"}, "payee.account"),
        ({"account": "６２２２００００００００"}, "payee.account"),
        ({"bank": "大江\r\n9-9-9,企业2号,大江银行,62229999,1000000.00,"}, "payee.account"),
        ({"bank": "大江银行\x00"}, "payee.account"),
        ({"name": "企业1号（北）\n有限公司"}, "payee.name"),
        ({"name": "企业1号（北）有限公司\u202e"}, "payee.name"),
    ):
        with refused(key):
            rolled(partial(town.applied, payee=town.payee(1, **changes)))
    case = town.applied(payee=town.payee(1, name="企业1号(北) 有限公司"))
    assert case.payee_name == "企业1号(北) 有限公司"


def test_a_bank_applies_for_what_a_rule_pays_to_banks(town: Town) -> None:
    town.call("bonus")
    officer = town.person("officer", Role.BANK, institution="bank_river")
    told = (town.published, town.published.run_id, "bonus", code(1), "C1")
    with pytest.raises(PermissionDenied):
        case_open_from_award(town.firm(1), *told, today=town.today, days=town.days, payee=town.payee(1))
    case = case_open_from_award(officer, *told, today=town.today, days=town.days, payee=town.payee(1, name="大江银行"))
    assert (case.payee_kind, case.payee) == ("institution", "bank_river")
    assert case_move(town.firm(1), REGION, case.pk, Wish("withdraw", 1), today=town.today, days=town.days) is None


def test_what_is_missing_is_told_once_and_answered_within_five_working_days(town: Town) -> None:
    town.call()
    town.today = date(2025, 4, 25)
    case = town.do("lin", town.applied(), "return")
    assert case.due_on == date(2025, 5, 6)  # 27 April is a worked Sunday; 1 to 5 May are off
    with refused("not_overdue"):
        town.do("lin", case, "lapse")
    town.today = date(2025, 5, 7)
    with refused("late"):
        town.do("firm1", case, "correct")
    town.today = date(2025, 5, 6)
    case = town.do("firm1", case, "correct")
    with refused("state"):
        town.do("lin", case, "return")
    assert town.do("lin", case, "accept").state == "accepted"


def test_where_the_call_asks_for_experts_enough_of_them_score_and_none_of_the_firm(town: Town) -> None:
    town.call(terms=replace(TERMS, experts=2, pass_mark=60))
    case = town.do("lin", town.applied(), "accept")
    for name in ("ana", "bo"):
        town.person(name, Role.ANALYST)
    town.person("kin", Role.ANALYST, person="firm1")
    with refused("review_first"):
        town.do("lin", case, "verify")
    with refused("hands.firm"):
        town.do("kin", case, "score", score=100)
    town.do("ana", case, "score", score=59)
    with refused("scored_twice"):
        town.do("ana", case, "score", score=100)
    with refused("scores"):
        town.do("lin", case, "conclude")
    town.do("bo", case, "score", score=60)
    with refused("scores"):  # a mean of 59.5 is below 60: nothing is rounded
        town.do("lin", case, "conclude")
    town.person("cai", Role.ANALYST)
    town.do("cai", case, "score", score=61)
    assert town.do("lin", case, "conclude").state == "reviewed"


def test_an_amount_is_cut_within_the_award_and_what_was_seen_before_is_not_approved(town: Town) -> None:
    town.call()
    case = town.at("verified")
    with refused("within"):
        town.do("lin", town.at("accepted", 2), "verify", fen=100_003)
    case = town.do("lin", case, "reserve")
    seen = case.version
    case = town.do("lin", case, "revise", fen=40_000)
    case = town.do("lin", case, "reserve")
    assert books()["city 2025"][1] == 28_000
    with refused("version"):
        town.do("wang", case, "approve", version=seen, fen=50_001)
    with refused("seen"):
        town.do("wang", case, "approve", fen=50_001)
    assert town.do("wang", case, "approve").approved_fen == 40_000


def test_a_changed_payee_voids_the_approval_and_keeps_the_money_reserved(town: Town) -> None:
    town.call()
    case = town.at("cleared")
    case = town.do("firm1", case, "change_payee", payee=town.payee(1, account="99990000"))
    assert (case.state, case.is_approved, case.account) == ("reserved", False, "99990000")
    assert books()["city 2025"][1] == 35_001
    with refused("state"):
        town.do("zhao", case, "instruct", stage=1)
    assert town.do("wang", case, "approve").is_approved


def test_one_piece_of_evidence_is_granted_once_in_an_exclusion_group(town: Town) -> None:
    town.call()
    town.call("county")
    town.at("reserved")
    assert EvidenceUse.objects.filter(stands=True).count() == 2
    # the run itself awards the contract to the first rule alone: the database refuses even what claims otherwise
    held = EvidenceUse.objects.get(group="once")
    with pytest.raises(DatabaseError), transaction.atomic():
        EvidenceUse.objects.create(region=REGION, group="once", key=held.key, case=held.case)


@pytest.mark.parametrize("other", ["c1", "Ｃ１", " C 1", "C-1", "C\u200b1", "C－1", "C|1"])
def test_a_paper_is_one_piece_of_evidence_however_its_number_is_written(town: Town, other: str) -> None:
    town.call()
    case = town.at("verified")
    at = Deciding(
        None, case, SUBSIDY.moves["verified", "reserve"], Wish("reserve", case.version), town.today, town.days
    )
    keys = evidence_keys(at)
    case.claim["evidence"] = compound([other])
    assert evidence_keys(at) == keys
    case.claim["evidence"] = compound(["C", "1"])  # another rule's number of two parts
    assert not set(evidence_keys(at)) & set(keys)
    case.claim["evidence"] = "C11"
    assert not set(evidence_keys(at)) & set(keys)


def test_evidence_is_free_again_once_the_money_is(town: Town) -> None:
    town.call()
    case = town.do("firm1", town.at("approved"), "withdraw")
    assert (case.state, books()["city 2025"][1:]) == ("withdrawn", (0, 0))
    assert not EvidenceUse.objects.filter(stands=True).exists()
    again = town.at("reserved")
    assert (again.pk != case.pk, books()["city 2025"][1]) == (True, 35_001)


def test_caps_count_what_other_cases_hold(town: Town) -> None:
    """A joint cap of the pack (CNY 1.5 m a firm and year) is lowered by what stands on the ledger, not by the run."""
    town.call()
    case = town.at("verified")
    other = town.at("reserved", 2)
    Case.objects.filter(pk=other.pk).update(
        enterprise_id=case.enterprise_id,
        fen=99_980_000,
        awarded_fen=99_980_000,
        entitled_fen=99_980_000,
        reserved_fen=99_980_000,
    )
    with pytest.raises(CaseRefused) as caught:
        town.do("lin", case, "reserve")
    assert (caught.value.key, caught.value.facts["left"]) == ("case.refused.caps", "200.00")


def test_stored_evidence_that_no_longer_gives_the_amount_stops_everything(town: Town) -> None:
    town.call()
    case = town.at("reserved")
    Case.objects.filter(pk=case.pk).update(decided_on=Case.objects.get(pk=town.applied(2).pk).decided_on)
    with refused("award.differs"):
        town.do("wang", case, "approve")


def test_a_stage_waits_for_its_milestone(town: Town) -> None:
    town.call(terms=replace(TERMS, stages=STAGES))
    case = town.at("cleared")
    assert [part.fen for part in case.parts.order_by("stage", "budget__level")] == [21_001, 9_000, 14_000, 6_000]
    with refused("milestone"):
        town.do("zhao", case, "instruct", stage=2)
    case = town.do("lin", case, "meet", stage=2)
    assert town.do("zhao", case, "instruct", stage=2).state == "instructed"
    assert sum(part.instructions.count() for part in case.parts.all()) == 2


def test_a_budget_that_does_not_suffice_refuses_and_leaves_everything_as_it_was(grants_run: Any, db: None) -> None:
    town = Town.open(grants_run, fen=35_001)
    town.call()
    town.at("reserved")
    case = town.at("verified", 2)
    with pytest.raises(LedgerRefused, match=r"^ledger\.refused\.overdrawn$"):
        rolled(lambda: town.do("lin", case, "reserve"))


def test_nothing_crosses_the_year_without_two_people(town: Town) -> None:
    town.call()
    case = town.at("cleared")
    town.today = date(2026, 1, 5)
    with refused("year"):
        town.do("zhao", case, "instruct", stage=1)
    with refused("carry"):
        town.do("sun", case, "carry_confirm")
    case = town.do("sun", case, "carry_propose")
    with refused("hands.twice"):
        town.do("sun", case, "carry_confirm")
    with refused("budget"):
        town.do("qian", case, "carry_confirm")
    for level in ("city", "county"):
        budget_open(town.people["lin"], REGION, "grants", level, YEAR + 1)
    case = town.do("qian", case, "carry_confirm")
    assert (case.state, case.budget_year) == ("cleared", 2026)
    assert books()["city 2025"][1:] == (0, 0)
    assert books()["city 2026"] == (35_001, 35_001, 0)
    assert town.do("zhao", case, "instruct", stage=1).state == "instructed"


def test_what_is_not_carried_over_lapses_once_the_year_is_over(town: Town) -> None:
    town.call()
    case = town.at("approved")
    with refused("year_stands"):
        town.do("sun", case, "lapse")
    town.today = date(2026, 1, 5)
    case = town.do("sun", case, "lapse")
    assert (case.state, books()["city 2025"][1:]) == ("lapsed", (0, 0))


def test_a_time_limit_beyond_the_last_calendar_is_refused_by_name(town: Town) -> None:
    town.call()
    town.today = date(2026, 12, 30)
    case = town.applied(today=date(2025, 12, 30))
    with pytest.raises(CaseRefused, match=r"^calendar\.refused\.ends$") as caught:
        town.do("lin", case, "accept")
    assert "2026-12-31" in caught.value.sentence("en")
    assert "2026-12-31" in caught.value.sentence("zh")


def test_histories_steps_and_scores_stay_as_they_are_whoever_asks_the_database(town: Town) -> None:
    town.call()
    town.at("reserved")
    for held in (CaseMove.objects.all(), CaseStep.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            held.update(id=99)
        with pytest.raises(DatabaseError), transaction.atomic():
            held._raw_delete(held.db)


def test_no_row_of_a_history_is_replaced_by_another_with_its_number(town: Town) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite knows INSERT OR REPLACE")
    town.call()
    town.at("reserved")
    for held in (CaseMove, CaseStep):
        names = [field.column for field in held._meta.concrete_fields if not field.primary_key]
        columns = ", ".join(f'"{name}"' for name in names)
        table = held._meta.db_table
        with pytest.raises(DatabaseError, match="kept"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}")


def test_every_refusal_of_cases_has_its_words_in_both_languages() -> None:
    for key in (key for key in WORDS if key.startswith(("case.refused.", "calendar.refused."))):
        zh, en = WORDS[key]
        assert {part.split("}")[0] for part in zh.split("{")[1:]} == {part.split("}")[0] for part in en.split("{")[1:]}
