"""The replay of all cases is the stored ledger; whatever is changed, missing or unfounded is named."""

import json
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from django.db import transaction
from typer.testing import CliRunner

from kerong.cli import app
from kerong.engine.deal.payment import ReturnLine
from kerong.engine.money.ledger import movements
from kerong.engine.money.ledger.transfers import Act
from kerong.engine.problems import SENTENCES, sentence
from kerong.web.base.models import Budget, Case, CaseMove, CasePart, CaseStep, Instruction, Transfer
from kerong.web.base.selectors.ledger import transfers
from kerong.web.base.services.audit import deals_audit
from kerong.web.base.services.call import budget_open
from kerong.web.base.services.case_money import book_of
from kerong.web.base.services.case_payment import payment_file_send, return_settle
from kerong.web.base.services.ledger import LedgerRefused, ledger_post, ledger_reverse, posted
from tests.web.cases.town import REGION, STAGES, TERMS, YEAR, Town
from tests.web.unwalled import unwalled

pytestmark = pytest.mark.database


def _sent(town: Town, case: Case) -> list[Instruction]:
    for budget in Budget.objects.filter(parts__case=case, parts__instructions__state="made").distinct().order_by("id"):
        payment_file_send(town.people["zhao"], budget, today=town.today, days=town.days)
    return list(Instruction.objects.filter(part__case=case, state="sent").order_by("id"))


def _back(town: Town, found: Instruction, outcome: str, fen: int) -> None:
    line = ReturnLine(found.number, f"S{found.pk}", outcome, fen, town.today)
    assert return_settle(None, REGION, line, "test", today=town.today, days=town.days).state == "applied"


def _paid(town: Town, number: int = 1) -> Case:
    case = town.at("instructed", number)
    town.today = town.days.after(town.today, 10)
    for found in _sent(town, case):
        _back(town, found, "paid", found.fen)
    case.refresh_from_db()
    return case


def _long_life(town: Town) -> Case:
    """Partly paid, returned, carried over, paid, and partly clawed back in the year after."""
    city, county = (budget_open(town.people["lin"], REGION, "grants", level, YEAR + 1) for level in ("city", "county"))
    for budget in (city, county):
        town.give(budget, 1, date(2026, 1, 2))
    case = town.at("instructed", 3)
    town.today = town.days.after(town.today, 10)
    first, second = _sent(town, case)
    _back(town, first, "partial", first.fen - 7)
    _back(town, second, "failed", second.fen)
    town.today = date(2026, 1, 5)
    town.do("sun", case, "carry_propose")
    town.do("qian", case, "carry_confirm")
    town.do("zhao", case, "instruct", stage=1)
    for found in _sent(town, case):
        _back(town, found, "paid", found.fen)
    case = town.do("qian", case, "order_back", fen=1001)
    town.do("zhao", case, "receive_part", fen=500)
    return town.do("zhao", case, "receive_back", fen=501)


def _kinds() -> list[str]:
    return deals_audit().problems["kind"].unique().sort().to_list()


def test_a_portal_without_cases_has_nothing_to_differ(town: Town) -> None:
    found = deals_audit()
    assert (found.cases, found.transfers, found.given) == (0, 0, {"appropriate": 2})
    assert found.problems.is_empty()


def test_the_replay_of_long_lives_is_the_stored_ledger(town: Town) -> None:
    town.call()
    town.at("verified", 4)
    town.do("lin", town.at("noticed", 5), "revise", fen=17)
    town.do("firm6", town.at("approved", 6), "change_payee", payee=town.payee(6, account="99990000"))
    town.do("firm7", town.at("cleared", 7), "withdraw")
    _paid(town, 8)
    case = _long_life(town)
    assert (case.state, case.returned_fen) == ("clawed_back", 1001)
    found = deals_audit()
    assert found.problems.rows() == []
    assert found.transfers == CaseStep.objects.count() > 20
    assert set(Transfer.objects.values_list("step", flat=True)) >= {"carry_over_out", "return_to_treasury"}


def test_stages_are_replayed_as_they_were_parted(town: Town) -> None:
    town.call(terms=type(TERMS)(TERMS.opens_on, TERMS.closes_on, TERMS.shares, STAGES))
    _paid(town)
    assert CasePart.objects.count() == 4
    assert deals_audit().problems.rows() == []


TAMPERED: dict[str, tuple[Callable[[Case], object], set[str]]] = {
    "a move's amount": (
        lambda case: CaseMove.objects.filter(case=case, name="reserve").update(fen=50_000),
        {"settle_differs"},
    ),
    "a move's name": (
        lambda case: CaseMove.objects.filter(case=case, name="approve").update(name="notice"),
        {"settle_move"},
    ),
    "a move's day": (
        lambda case: CaseMove.objects.filter(case=case, name="reserve").update(on=date(2025, 3, 4)),
        {"settle_differs"},
    ),
    "a transfer's amount": (
        lambda case: Transfer.objects.filter(step="reserve_grant").update(fen=3),
        {"settle_differs"},
    ),
    "a transfer's evidence": (
        lambda case: Transfer.objects.filter(step="pay_grant").update(evidence="C2"),
        {"settle_differs"},
    ),
    "under which move a transfer stands": (
        lambda case: CaseStep.objects.filter(move__name="settle_all").update(move=case.moves.first()),
        {"settle_step"},
    ),
    "a case's sum": (lambda case: Case.objects.filter(pk=case.pk).update(paid_fen=1), {"settle_case"}),
    "a case's state": (lambda case: Case.objects.filter(pk=case.pk).update(state="lapsed"), {"settle_case"}),
    "a part's sum": (lambda case: case.parts.filter(stage=1).update(returned_fen=1), {"settle_case"}),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_somebody_changed_is_named(town: Town, what: str) -> None:
    town.call()
    case = _paid(town)
    change, kinds = TAMPERED[what]
    unwalled(lambda: change(case))
    problems = deals_audit().problems
    assert kinds <= set(problems["kind"]), problems
    for row in problems.iter_rows(named=True):
        assert sentence(row, "zh") != sentence(row, "en")
        assert f"case:{case.pk}" in sentence(row, "en") or row["kind"].startswith("ledger_")


def test_a_missing_transfer_and_a_missing_move_are_named(town: Town) -> None:
    town.call()
    case = _paid(town)
    last = case.moves.get(name="settle_all")

    def lose_transfer() -> None:
        ref = last.steps.get().transfer_id
        CaseStep.objects.filter(transfer__ref=ref).delete()
        CasePart.objects.filter(case=case).update(reservation=None)
        Transfer.objects.filter(ref=ref).delete()

    unwalled(lose_transfer)
    assert {"settle_missing", "settle_step", "ledger_balance_differs"} >= set(_kinds()) >= {"settle_missing"}
    unwalled(lambda: CaseMove.objects.filter(pk=last.pk).delete())
    assert "settle_case" in _kinds()


def test_a_transfer_without_a_move_is_named(town: Town) -> None:
    town.call()
    case = _paid(town)
    budget = Budget.objects.get(level="city")
    act = Act("by hand", town.today, about="somebody")
    ledger_post(town.people["lin"], "by hand", "test", {}, movements.reserve_grant(act, book_of(budget), "E9", 5))
    assert _kinds() == ["ledger_balance_differs", "settle_unfounded"]
    told = deals_audit().problems.filter(pl.col("kind") == "settle_unfounded").row(0, named=True)
    assert "somebody" in sentence(told, "zh")
    paid = Transfer.objects.filter(step="pay_grant").first()
    assert paid is not None
    with transaction.atomic():  # past the service that takes transfers back
        (own,) = transfers(Transfer.objects.filter(pk=paid.pk))
        posted(movements.reversal(Act("back", town.today), own), None)
    found = deals_audit().problems
    assert found.filter(pl.col("kind") == "settle_unfounded")["register"].to_list() == [f"case:{case.pk}", "somebody"]


def test_what_a_case_or_two_people_moved_is_not_taken_back_on_the_book_alone(town: Town) -> None:
    town.call()
    _paid(town)
    for one in Transfer.objects.filter(move__in=("post", "post_reserved")):
        with pytest.raises(LedgerRefused, match="founded"), transaction.atomic():
            ledger_reverse(town.people["lin"], f"back {one.pk}", one.ref, town.today)
    assert _kinds() == []


def test_a_gap_in_a_history_is_named(town: Town) -> None:
    town.call()
    case = _paid(town)
    unwalled(lambda: CaseMove.objects.filter(case=case, name="accept").delete())
    assert {"settle_version", "settle_move"} <= set(_kinds())


def test_every_difference_has_its_sentence_in_both_languages() -> None:
    assert all(zh and en for kind, (zh, en) in SENTENCES.items() if kind.startswith("settle_"))


def test_the_command_says_what_differs_and_ends_in_status_1(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kerong.commands.deal_audit.opened", lambda data_dir: None)
    told = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["deal", "audit"])
    assert told.exit_code == 0, told.output
    assert "逐笔相符" in told.output
    town.call()
    case = _paid(town)
    unwalled(lambda: Case.objects.filter(pk=case.pk).update(paid_fen=1))
    told = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["deal", "audit", "--json"])
    assert told.exit_code == 1
    found = json.loads(told.stdout)
    assert (found["cases"], found["given"], len(found["problems"])) == (1, {"appropriate": 2}, 1)
    assert found["problems"][0]["register"] == f"case:{case.pk}"
