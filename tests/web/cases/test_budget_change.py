"""What a budget is given or loses: one proposes, another natural person confirms, once."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from kerong.web.base.models import Budget, BudgetChange, Role, Transfer, User
from kerong.web.base.services.budget_change import budget_change_decide, budget_change_propose
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.ledger import LedgerRefused
from tests.web.cases.town import Town, books

pytestmark = pytest.mark.database
DAY = date(2025, 3, 3)


def refused(word: str) -> "pytest.RaisesExc[CaseRefused]":
    return pytest.raises(CaseRefused, match=f"^budget[.]refused[.]{word}$")


def proposed(town: Town, kind: str = "cut", fen: int = 100, key: str = "k", note: str = "财教3号") -> BudgetChange:
    return budget_change_propose(town.people["lin"], key, Budget.objects.get(level="city"), kind, fen, note)


def decided(town: Town, who: str, change: BudgetChange, is_confirmed: bool = True) -> BudgetChange | None:
    return budget_change_decide(town.people[who], change.budget, change.pk, is_confirmed, today=DAY)


def test_what_one_proposes_moves_when_another_confirms_and_carries_its_document(town: Town) -> None:
    before = books()["city 2025"][0]
    first = proposed(town, "appropriate", 500)
    assert books()["city 2025"][0] == before
    done = decided(town, "wang", first)
    assert done is not None
    assert (done.state, books()["city 2025"][0]) == ("confirmed", before + 500)
    made = Transfer.objects.get(ref=done.transfer_id)
    assert (made.step, made.fen, made.on, made.evidence, made.by) == (
        "appropriate",
        500,
        DAY,
        "财教3号",
        town.people["wang"],
    )
    for is_confirmed in (True, False):
        with refused("decided"):
            decided(town, "sun", first, is_confirmed)


def test_no_natural_person_confirms_his_own_proposal_under_any_log_in(town: Town) -> None:
    first = proposed(town)
    with refused("hands"):
        decided(town, "lin", first)
    User.objects.filter(username__in=("lin", "sun")).update(person="A 7")
    for name in ("lin", "sun"):
        town.people[name].refresh_from_db()
    with refused("hands"):
        decided(town, "sun", first)
    taken_back = decided(town, "lin", first, is_confirmed=False)
    assert taken_back is not None
    assert (taken_back.state, taken_back.transfer_id) == ("refused", None)


def test_a_cut_takes_what_is_free_and_never_what_is_reserved(town: Town) -> None:
    town.call()
    town.at("reserved")
    given, reserved, _ = books()["city 2025"]
    too_much = proposed(town, "cut", given - reserved + 1)
    with pytest.raises(LedgerRefused, match="overdrawn"), transaction.atomic():
        decided(town, "wang", too_much)
    assert BudgetChange.objects.get(pk=too_much.pk).state == "proposed"
    decided(town, "wang", proposed(town, "cut", given - reserved, "other"))
    with pytest.raises(LedgerRefused, match="overdrawn"), transaction.atomic():
        decided(town, "wang", proposed(town, "cut", 1, "third"))


def test_one_key_proposes_once_and_not_something_else(town: Town) -> None:
    assert proposed(town).pk == proposed(town).pk
    with pytest.raises(LedgerRefused, match="key"):
        proposed(town, fen=101)
    assert BudgetChange.objects.filter(kind="cut").count() == 1


@pytest.mark.parametrize("note", ["", "  ", "字" * 201, "两\n行", "a\u202eb"])
def test_a_proposal_names_its_document_in_one_line(town: Town, note: str) -> None:
    with refused("note"):
        proposed(town, note=note)


@pytest.mark.parametrize(("kind", "fen"), [("cut", 0), ("cut", -1), ("appropriate", 10**15), ("lapse", 1)])
def test_an_amount_or_kind_that_there_is_not_is_refused(town: Town, kind: str, fen: int) -> None:
    with pytest.raises(LedgerRefused, match="amount"):
        proposed(town, kind, fen)


def test_only_officials_propose_and_decide(town: Town) -> None:
    first, analyst = proposed(town), town.person("ann", Role.ANALYST)
    for actor in (town.firm(1), analyst):
        with pytest.raises(PermissionDenied):
            budget_change_propose(actor, "x", first.budget, "cut", 1, "n")
        with pytest.raises(PermissionDenied):
            budget_change_decide(actor, first.budget, first.pk, True, today=DAY)


def test_the_database_keeps_a_proposal_as_it_was_and_a_decision_as_it_fell(town: Town) -> None:
    first, second = proposed(town), proposed(town, key="other")
    decided(town, "wang", first)
    lin, other = town.people["lin"].pk, Transfer.objects.order_by("id")[1].ref
    alone = f"state = 'confirmed', decided_by_id = {lin}, transfer_id = '{other}'"
    for statement, word in (
        (f"UPDATE base_budgetchange SET fen = 1 WHERE id = {second.pk}", "kept"),
        (f"UPDATE base_budgetchange SET state = 'refused', transfer_id = NULL WHERE id = {first.pk}", "kept"),
        (f"DELETE FROM base_budgetchange WHERE id = {second.pk}", "kept"),
        (f"UPDATE base_budgetchange SET {alone} WHERE id = {second.pk}", "somebody_confirms"),
    ):
        with pytest.raises(DatabaseError, match=word), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
