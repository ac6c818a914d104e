"""A pledge of rights: whose they are, who values them, and that each is pledged once, through whichever bank."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from kerong.web.base.models import Deal
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_details import details_of
from tests.web.deals.cover import CoverTown
from tests.web.deals.test_guarantees import refused

pytestmark = pytest.mark.database
FEN = 6_000_000


def right(number: str = "ZL-1", register: str = "patent") -> dict[str, str]:
    return {"register": register, "number": number}


def proposed(town: CoverTown, loan: Deal, *rights: Any) -> Deal:
    told = {"rights": list(rights) or [right()]}
    return town.open_deal(town.firm(1), "pledge", loan, "", "propose", details=told)


def not_proposed(town: CoverTown, loan: Deal | None, *rights: Any) -> str:
    with pytest.raises(CaseRefused) as told, transaction.atomic():
        town.open_deal(town.firm(1), "pledge", loan, "", "propose", details={"rights": list(rights)})
    assert told.value.sentence("zh") != told.value.sentence("en")
    return told.value.key.partition("refused.")[2]


def agreed(town: CoverTown, deal: Deal, hands: tuple[str, str] = ("bai", "chen")) -> Deal:
    review, approve = hands
    town.do(review, deal, "value", fen=FEN, details={"valuer": "中立评估所"})
    town.made += 1
    return town.do(approve, deal, "agree", fen=FEN, contract=f"质押{town.made}")


def recorded(town: CoverTown, deal: Deal) -> Deal:
    return town.do("deng", agreed(town, deal), "record", documents=("登记证.pdf",))


def test_a_right_is_proposed_valued_agreed_recorded_and_released_once_the_loan_is_repaid(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    loan = town.drawn()
    deal = recorded(town, proposed(town, loan))
    assert (deal.state, deal.fen, details_of(deal)["valuer"]) == ("recorded", FEN, "中立评估所")
    assert details_of(deal)["rights"] == [{**right(), "checked": True}]
    assert refused(town, "deng", deal, "release") == "not_repaid"
    deal = town.do("bai", deal, "revalue", fen=FEN + 1, details={"valuer": "另一评估所"})
    assert (deal.fen, details_of(deal)["valuer"]) == (FEN + 1, "另一评估所")
    town.do("bai", loan, "prepay", fen=10_000_000)
    assert town.do("deng", deal, "release").state == "released"
    again = town.drawn(1, product="hill", officers=("gao", "hu", "ji"))
    other = agreed(town, proposed(town, again), ("gao", "hu"))
    assert town.do("ji", other, "record", documents=("登记证.pdf",)).state == "recorded"


def test_the_same_right_however_written_is_recorded_for_one_bank_only(cover_town: CoverTown) -> None:
    town = cover_town
    first, second = town.drawn(), town.drawn(1, product="hill", officers=("gao", "hu", "ji"))
    recorded(town, proposed(town, first))
    other = agreed(town, proposed(town, second, right("ｚｌ 1")), ("gao", "hu"))
    assert refused(town, "ji", other, "record", documents=("登记证.pdf",)) == "pledged"


def test_what_a_register_says_of_the_owner_binds_and_what_no_register_says_is_marked_as_unchecked(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    loan = town.drawn()
    assert not_proposed(town, loan, right("ZL-2")) == "not_owner"  # lapsed
    assert not_proposed(town, loan, right("ZL-3")) == "not_owner"  # another firm's
    assert not_proposed(town, loan, right("ZL-9")) == "not_owner"
    assert details_of(proposed(town, loan, right("M-7", "mark")))["rights"][0]["checked"] is False


def test_rights_that_say_nothing_and_pledges_without_a_loan_are_refused(cover_town: CoverTown) -> None:
    town = cover_town
    loan = town.drawn()
    for rights in ((), ({},), (right(register="nothing"),), (right(register="loan"),), (right(), right("zl1"))):
        assert not_proposed(town, loan, *rights) == "needs.rights"
    assert not_proposed(town, loan, right("--")) == "needs.number"
    assert not_proposed(town, None, right()) == "parties"


def test_neither_the_firm_nor_the_bank_values_what_is_pledged(cover_town: CoverTown) -> None:
    town = cover_town
    deal = proposed(town, town.drawn())
    for name in ("大江银行", "River Bank", "企业1号（北）有限公司", "企业1号(北)有限公司"):
        assert refused(town, "bai", deal, "value", fen=FEN, details={"valuer": name}) == "valuer"
    assert refused(town, "bai", deal, "value", fen=FEN) == "needs.valuer"


def test_a_pledge_is_enforced_while_something_is_past_due_and_stopped_when_nothing_is(cover_town: CoverTown) -> None:
    town = cover_town
    loan = town.drawn()
    deal = recorded(town, proposed(town, loan))
    assert refused(town, "chen", deal, "enforce") == "not_past_due"
    town.lost(loan, date(2025, 4, 10))
    town.do("chen", deal, "enforce")
    assert refused(town, "chen", deal, "stop") == "past_due"
    town.do("fang", loan, "receive", fen=100_000)
    town.lost(loan, date(2025, 4, 12))
    town.do("chen", deal, "stop")
    town.lost(loan, date(2025, 7, 12))
    town.do("chen", deal, "enforce")
    deal = town.do("deng", deal, "dispose", fen=5, documents=("拍卖成交.pdf",))
    assert (deal.state, deal.entries.get(kind="disposed").fen) == ("disposed", 5)
