"""A guarantee from its application to its last recovery: every guard of its table is real, every fen is booked."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from kerong.web.base.models import Deal
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal import deal_move
from kerong.web.base.services.deal_deciding import DealWish
from kerong.web.base.services.deal_details import details_of
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.institution_book import BookEvent, institution_money
from kerong.web.base.services.ledger import LedgerRefused
from kerong.web.base.services.pool_events import PoolRefused
from tests.web.cases.town import REGION
from tests.web.deals.cover import MONEY, CoverTown, held, steps
from tests.web.deals.test_pooled import owed
from tests.web.ledger.checked import all_adds_up

pytestmark = pytest.mark.database
FEN = 10_000_000
FIR = {"counter": False, "cover_bp": 8000, "fee_fen": 0}
OAK = {"fee_fen": 100_000, "reguarantor": "省再担保"}


def refused(town: CoverTown, who: str, deal: Deal, name: str, **wish: Any) -> str:
    with pytest.raises(CaseRefused) as told, transaction.atomic():
        town.do(who, deal, name, **wish)
    assert told.value.sentence("zh") != told.value.sentence("en")
    return told.value.reason if isinstance(told.value, PoolRefused) else told.value.key.partition("refused.")[2]


def applied(town: CoverTown, loan: Deal, product: str = "oak", fen: int = FEN) -> Deal:
    return town.open_deal(town.firm(1), "guarantee", loan, product, "apply", fen=fen)


def loss(loan: Deal) -> int:
    """What is owed on a loan of which nothing was ever paid: principal and the interest that fell due."""
    return loan.drawn_fen + sum(loan.entries.filter(kind="due").values_list("fen", flat=True))


def called(town: CoverTown, deal: Deal, fen: int, by: str = "fir") -> Deal:
    """Called by the bank, verified and paid by two people of the guarantor."""
    town.do("fang", deal, "call", fen=fen)
    town.do(f"{by}4", deal, "verify", fen=fen)
    return town.do(f"{by}5", deal, "pay", fen=fen)


def test_a_guarantee_with_counter_guarantee_and_re_guarantor_lives_from_application_to_the_last_recovery(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    loan = town.drawn()
    deal = applied(town, loan)
    town.do("oak1", deal, "take")
    town.do("oak1", deal, "recommend", fen=FEN, details=OAK)
    town.do("oak2", deal, "approve", fen=FEN)
    assert refused(town, "oak3", deal, "issue", contract="保函1") == "counter_asked"
    counter = {"kind": "surety", "giver": "张三", "value_fen": None, "document": "保证合同.pdf"}
    town.do("oak1", deal, "counter", documents=("保证合同.pdf",), details={"counters": [counter]})
    deal = town.do("oak3", deal, "issue", contract="保函1")
    assert (deal.state, details_of(deal)["counters"], steps(deal)) == ("in_force", [counter], [("premium", 100_000)])
    assert deal.drawn_on_facts is not None
    town.do("oak1", deal, "share")
    town.lost(loan)
    due = loss(loan) * 8000 // 10_000
    assert refused(town, "fang", deal, "call", fen=due + 1) == "payable"
    town.do("fang", deal, "call", fen=due)
    assert refused(town, "oak4", deal, "verify", fen=due - 1) == "seen"
    town.do("oak4", deal, "verify", fen=due)
    assert held("guarantor_oak") == (MONEY + 100_000, due, 0)
    assert refused(town, "oak4", deal, "pay", fen=due) == "hands.twice"
    deal = town.do("oak5", deal, "pay", fen=due)
    share = due * 3000 // 10_000
    assert (loss(loan), due, share) == (
        10_092_000,
        8_073_600,
        2_422_080,
    )  # the worked table of docs/algorithms/deals.md
    assert refused(town, "oak1", deal, "receive_share", fen=share + 2) == "share_due"
    town.do("oak1", deal, "receive_share", fen=share)
    assert refused(town, "oak1", deal, "recover", fen=due + 1) == "recovered_more"
    town.do("oak1", deal, "recover", fen=1_000_000)
    assert refused(town, "oak2", deal, "close") == "share_settled"
    assert refused(town, "oak5", deal, "pass_on", fen=300_001) == "seen"
    town.do("oak5", deal, "pass_on", fen=300_000)
    deal = town.do("oak2", deal, "close")
    assert deal.state == "closed"
    came = MONEY + 100_000 + share + 1_000_000
    assert held("guarantor_oak") == (came, 0, due + 300_000)
    assert [name for name, _ in steps(deal)] == [
        *("premium", "reserve_compensation", "compensate", "receive_share", "recover_from_debtor", "return_share"),
    ]
    all_adds_up()


def test_what_a_product_says_binds_and_what_nobody_says_is_not_guessed(cover_town: CoverTown) -> None:
    town = cover_town
    loan = town.drawn()
    deal = applied(town, loan)
    town.do("oak1", deal, "take")

    def said(**details: Any) -> str:
        return refused(town, "oak1", deal, "recommend", fen=FEN, details=details)

    assert said(**OAK, counter=False) == "not_as_offered"
    assert said(**OAK, cover_bp=9000) == "not_as_offered"
    assert said(**OAK, report_within_days=31) == "not_as_offered"
    assert said(fee_fen=100_001) == "above_fee"  # 1 % a year for 12 months
    assert said(fee_fen=None) == "needs.fee_fen"
    assert said(fee_fen=0, reguarantor="有 空格") == "needs.reguarantor"
    assert refused(town, "oak1", deal, "recommend", fen=FEN + 1, details=OAK) == "above_loan"
    plain = applied(town, loan, "fir")
    town.do("fir1", plain, "take")
    for name in FIR:
        told = {key: value for key, value in FIR.items() if key != name}
        assert refused(town, "fir1", plain, "recommend", fen=FEN, details=told) == f"needs.{name}"
    for odd in ({"cover_bp": True}, {"cover_bp": 10_001}, {"cover_bp": 0}, {"counter": 1}, {"until": "2025-02-30"}):
        assert refused(town, "fir1", plain, "recommend", fen=FEN, details=FIR | odd).startswith("needs.")


def test_a_counter_guarantee_has_kind_giver_value_and_a_document_that_came_along(cover_town: CoverTown) -> None:
    town = cover_town
    deal = applied(town, town.drawn())
    town.do("oak1", deal, "take")
    town.do("oak1", deal, "recommend", fen=FEN, details=OAK)
    town.do("oak2", deal, "approve", fen=FEN)
    whole = {"kind": "mortgage", "giver": "李四", "value_fen": 5, "document": "a.pdf"}
    for changed, key in (
        ({"kind": "wish"}, "needs.counters"),
        ({"giver": " "}, "needs.giver"),
        ({"value_fen": 0}, "needs.value_fen"),
        ({"document": "b.pdf"}, "needs.document"),
    ):
        told = {"counters": [whole | changed]}
        assert refused(town, "oak1", deal, "counter", documents=("a.pdf",), details=told) == key
    assert refused(town, "oak1", deal, "counter", documents=("a.pdf",)) == "needs.counters"
    assert refused(town, "oak1", deal, "counter", details={"counters": [whole]}) == "needs.documents"


@pytest.mark.parametrize(("issued", "days"), [(date(2025, 3, 3), 30), (date(2025, 4, 1), 5)])
def test_the_re_guarantor_is_told_within_the_days_of_the_product_on_the_day_of_issue(
    cover_town: CoverTown, issued: date, days: int
) -> None:
    town = cover_town
    loan = town.drawn()
    town.today = issued
    deal = applied(town, loan)
    town.do("oak1", deal, "take")
    town.do("oak1", deal, "recommend", fen=FEN, details=OAK)
    town.do("oak2", deal, "approve", fen=FEN)
    counter = {"kind": "deposit", "giver": "企业", "value_fen": 1, "document": "a.pdf"}
    town.do("oak1", deal, "counter", documents=("a.pdf",), details={"counters": [counter]})
    town.do("oak3", deal, "issue", contract="保函1")
    town.today = issued + timedelta(days=days + 1)
    assert refused(town, "oak1", deal, "share") == "report_late"
    town.today = issued + timedelta(days=days)
    town.do("oak1", deal, "share")
    assert refused(town, "oak1", deal, "share") == "reported"
    alone = town.guaranteed(loan)
    assert refused(town, "fir1", alone, "share") == "no_reguarantor"


def test_nothing_is_called_before_a_day_past_due_is_closed_nor_after_the_term_nor_released_while_owed(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    loan = town.drawn()
    deal = town.guaranteed(loan, terms={"until": "2025-07-31"})
    assert refused(town, "fang", deal, "call", fen=1) == "not_past_due"
    town.lost(loan)
    assert refused(town, "fang", deal, "release") == "not_repaid"
    town.today = date(2025, 7, 2)
    assert refused(town, "fang", deal, "call", fen=1) == "not_closed"
    town.lost(loan, date(2025, 8, 1))
    assert refused(town, "fang", deal, "call", fen=1) == "cover_over"
    town.do("fang", loan, "receive", fen=loss(loan) - FEN + 1_000_000)
    town.do("bai", loan, "prepay", fen=FEN)
    assert town.do("fang", deal, "release").state == "released"


def test_a_guarantee_whose_loan_came_to_nothing_is_released_and_one_without_a_loan_is_none(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    loan = town.applied(1)
    with pytest.raises(CaseRefused) as told, transaction.atomic():
        town.open_deal(town.firm(1), "guarantee", None, "fir", "apply", fen=FEN)
    assert told.value.key == "deal.refused.parties"  # nobody is the bank
    deal = town.guaranteed(loan)
    town.do("firm1", loan, "withdraw")
    assert town.do("fir1", deal, "release").state == "released"
    with pytest.raises(CaseRefused) as told, transaction.atomic():
        applied(town, loan, "fir")
    assert told.value.key == "deal.refused.loan_ended"


def test_a_called_guarantee_that_is_refused_taken_back_or_undone_leaves_the_book_as_it_was(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    loan = town.drawn()
    deal = town.guaranteed(loan)
    town.lost(loan)
    town.do("fang", deal, "call", fen=5)
    town.do("fang", deal, "take_back")
    town.do("fang", deal, "call", fen=6)
    town.do("fir4", deal, "refuse_call")
    town.do("fang", deal, "call", fen=7)
    town.do("fir4", deal, "verify", fen=7)
    assert held("guarantor_fir") == (MONEY, 7, 0)
    deal = town.do("fir5", deal, "void_call")
    assert (deal.state, held("guarantor_fir")) == ("in_force", (MONEY, 0, 0))
    called(town, deal, 8)
    assert held("guarantor_fir") == (MONEY, 0, 8)
    all_adds_up()


def test_a_guarantor_without_money_pays_nothing_and_one_without_a_book_issues_nothing(cover_town: CoverTown) -> None:
    town = cover_town
    loan = town.drawn()
    deal = town.guaranteed(loan)
    town.lost(loan)
    institution_money(
        town.people["fir1"],
        "out",
        town.published,
        BookEvent("refund", town.today, MONEY - 1, "owner"),
        today=town.today,
    )
    town.do("fang", deal, "call", fen=2)
    with pytest.raises(LedgerRefused) as told, transaction.atomic():
        town.do("fir4", deal, "verify", fen=2)
    assert told.value.key == "ledger.refused.overdrawn"
    other = applied(town, loan, "yew")
    town.do("yew1", other, "take")
    town.do("yew1", other, "recommend", fen=FEN, details=FIR)
    town.do("yew2", other, "approve", fen=FEN)
    assert refused(town, "yew3", other, "issue", contract="X") == "no_book"


def test_another_bank_another_guarantor_and_another_firm_see_no_guarantee_of_theirs(cover_town: CoverTown) -> None:
    town = cover_town
    deal = town.guaranteed(town.drawn())
    town.firm(2)
    for who in ("gao", "oak1", "elm1", "firm2", "lin"):
        assert not visible(town.people[who], REGION).filter(pk=deal.pk).exists()
        wish = DealWish("call", deal.version, fen=1)
        assert deal_move(town.people[who], REGION, deal.pk, wish, today=town.today, days=town.days) is None
    for who in ("bai", "fir1", "firm1"):
        assert visible(town.people[who], REGION).filter(pk=deal.pk).exists()
    with pytest.raises(PermissionDenied):
        town.do("bai", deal, "pay", fen=1)


def test_a_person_of_the_bank_does_not_verify_its_call_as_one_of_the_guarantor(cover_town: CoverTown) -> None:
    town = cover_town
    loan = town.drawn()
    deal = town.guaranteed(loan)
    town.lost(loan)
    town.do("fang", deal, "call", fen=7)
    two_faced = town.people["fir4"]
    two_faced.person = "fang"
    two_faced.save()
    assert refused(town, "fir4", deal, "verify", fen=7) == "hands.parties"


def test_two_guarantors_and_a_pool_never_bear_more_of_one_loan_than_its_loss(cover_town: CoverTown) -> None:
    town = cover_town
    loan = town.pooled()
    first, second = town.guaranteed(loan), town.guaranteed(loan)
    town.lost(loan)
    whole = loss(loan)
    called(town, first, whole * 8000 // 10_000)
    left = whole - whole * 8000 // 10_000
    assert refused(town, "fang", second, "call", fen=left + 1) == "payable"
    called(town, second, left)
    assert refused(town, "fang", loan, "claim") == "below_least"
    assert held("guarantor_fir") == (MONEY, 0, whole)
    all_adds_up()


def test_what_a_pool_paid_first_is_not_paid_again_by_the_guarantor(cover_town: CoverTown) -> None:
    town = cover_town
    loan = town.pooled()
    deal = town.guaranteed(loan)
    town.lost(loan)
    fen = owed(loan)
    town.do("fang", loan, "claim")
    town.do("lin", loan, "verify", fen=fen)
    town.do("wang", loan, "compensate", fen=fen)
    left = loss(loan) - fen
    assert refused(town, "fang", deal, "call", fen=left + 1) == "payable"
    called(town, deal, left)
    assert fen + held("guarantor_fir")[2] == loss(loan)
    all_adds_up()


def test_a_loan_whose_guarantor_has_paid_is_not_brought_into_a_pool_afterwards(cover_town: CoverTown) -> None:
    town = cover_town
    loan = town.drawn()
    deal = town.guaranteed(loan)
    town.lost(loan, date(2025, 4, 5))
    called(town, deal, 7)
    town.today = date(2025, 4, 2)
    assert refused(town, "fang", loan, "register", pool="shield") in ("covered_before", "late")


def test_a_loan_enters_a_pool_as_guaranteed_only_with_a_guarantee_in_force(cover_town: CoverTown) -> None:
    loan = cover_town.drawn()
    for instrument in ("guarantee", "insurance", "lease"):
        assert refused(cover_town, "bai", loan, "register", pool="shield", instrument=instrument) == "no_cover"
    cover_town.guaranteed(loan)
    assert refused(cover_town, "bai", loan, "register", pool="shield", instrument="insurance") == "no_cover"
    assert refused(cover_town, "bai", loan, "register", pool="shield", instrument="guarantee") == "instrument"
    assert cover_town.do("bai", loan, "register", pool="shield").state == "repaying"
