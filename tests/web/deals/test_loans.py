"""A loan from its application to its last fen: whose moves, what is frozen, what close of business finds."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from kerong.engine.deal.terms import TermsRefused
from kerong.web.base.models import Deal, DealEntry
from kerong.web.base.services import deal_closing
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal import DealWish, deal_move
from kerong.web.base.services.deal_closing import deal_close, rate_publish
from kerong.web.base.services.deal_people import visible
from tests.web.cases.town import REGION
from tests.web.deals.town import DAY, TERMS, LendingTown

pytestmark = pytest.mark.database


def entries(deal: Deal, kind: str) -> list[tuple[date, int]]:
    return list(deal.entries.filter(kind=kind).values_list("on", "fen"))


def refused(town: LendingTown, who: str, deal: Deal, name: str, **wish: Any) -> str:
    with pytest.raises(CaseRefused) as told, transaction.atomic():
        town.do(who, deal, name, **wish)
    assert told.value.sentence("zh")
    assert told.value.sentence("en")
    return told.value.key.rpartition("refused.")[2]


def test_a_loan_goes_from_its_application_to_its_drawdown_through_four_hands(town: LendingTown) -> None:
    deal = town.drawn()
    assert (deal.state, deal.drawn_fen, deal.outstanding_fen) == ("repaying", 10_000_000, 10_000_000)
    assert [move.name for move in deal.moves.all()] == ["apply", "take", "recommend", "approve", "sign", "draw"]
    assert entries(deal, "drawn") == [(DAY, 10_000_000)]
    assert deal.drawn_on_facts is not None
    assert deal.drawn_rulebook is not None


def test_nobody_reviews_approves_or_releases_the_same_loan(town: LendingTown) -> None:
    deal = town.applied(1)
    town.do("bai", deal, "take")
    town.do("bai", deal, "recommend", fen=10_000_000, terms=TERMS)
    assert refused(town, "bai", deal, "approve", fen=10_000_000) == "hands.twice"
    town.do("chen", deal, "approve", fen=10_000_000)
    town.do("bai", deal, "sign", contract="C")
    assert refused(town, "chen", deal, "draw", fen=10_000_000) == "hands.twice"


def test_a_person_of_the_firm_does_not_lend_to_it_under_another_log_in(town: LendingTown) -> None:
    deal = town.applied(1)
    firm = town.people["firm1"]
    firm.person = "bai"
    firm.save()
    assert refused(town, "bai", deal, "take") == "hands.firm"


def test_another_bank_another_firm_and_an_official_see_no_loan_that_is_not_theirs(town: LendingTown) -> None:
    deal = town.drawn()
    town.firm(2)
    for who in ("gao", "firm2", "lin"):
        assert not visible(town.people[who], REGION).exists()
        wish = DealWish("receive", deal.version, fen=1)
        assert deal_move(town.people[who], REGION, deal.pk, wish, today=DAY, days=town.days) is None
    assert list(visible(town.people["bai"], REGION)) == [deal]
    assert list(visible(town.people["firm1"], REGION)) == [deal]
    town.do("bai", deal, "register", pool="shield")
    assert list(visible(town.people["lin"], REGION)) == [deal]


def test_a_move_that_the_table_lacks_an_old_page_and_too_much_are_refused(town: LendingTown) -> None:
    deal = town.applied(1)
    assert refused(town, "bai", deal, "draw", fen=1) == "state"
    assert refused(town, "bai", deal, "take", version=0) == "version"
    with pytest.raises(PermissionDenied):
        town.do("firm1", deal, "take")
    with pytest.raises(CaseRefused):
        town.applied(2, fen=50_000_001)
    town.do("bai", deal, "take")
    assert refused(town, "bai", deal, "recommend", fen=50_000_001, terms=TERMS) == "offered"
    with pytest.raises(TermsRefused), transaction.atomic():
        town.do("bai", deal, "recommend", fen=100, terms={**TERMS, "maturity": "2024-01-01"})
    with pytest.raises(TermsRefused), transaction.atomic():
        town.do("bai", deal, "recommend", fen=100, terms={**TERMS, "rate": {"ppm": 3.6}})


def test_a_loan_is_drawn_in_parts_up_to_what_was_approved(town: LendingTown) -> None:
    deal = town.applied(1)
    town.do("bai", deal, "take")
    town.do("bai", deal, "recommend", fen=10_000_000, terms=TERMS)
    town.do("chen", deal, "approve", fen=10_000_000)
    town.do("bai", deal, "sign", contract="C")
    deal = town.do("deng", deal, "draw_part", fen=4_000_000)
    assert deal.state == "drawing"
    town.today += timedelta(days=10)
    assert refused(town, "deng", deal, "draw", fen=6_000_001) == "undrawn"
    deal = town.do("deng", deal, "draw", fen=6_000_000)
    town.close(date(2025, 4, 3))
    # 28.02 % of nothing: 4,000,000 for 31 days and 6,000,000 for 21 days at 3.6 % by 360
    assert entries(deal, "due") == [(date(2025, 4, 3), 4_000_000 * 36 * 31 // 360_000 + 6_000_000 * 36 * 21 // 360_000)]


def test_days_closed_one_by_one_or_caught_up_in_one_step_leave_the_same_entries(town: LendingTown) -> None:
    one, other = town.pooled(1), town.pooled(2)
    town.today = date(2025, 4, 3)
    for deal in (one, other):
        town.do("fang", deal, "receive", fen=31_000)
    end = date(2025, 5, 10)
    for number in range(DAY.toordinal(), end.toordinal() + 1):
        deal_close(one.pk, date.fromordinal(number), days=town.days)
        deal_close(one.pk, date.fromordinal(number), days=town.days)
    town.today = end
    town.close(end)
    told = [
        list(
            deal.entries.exclude(kind="drawn").order_by("on", "kind", "number").values_list("on", "kind", "fen", "text")
        )
        for deal in (one, other)
    ]
    assert told[0] == told[1]
    assert town.close(end).days == 0
    one.refresh_from_db()
    assert (one.state, one.days_past_due, one.grade) == ("overdue", 7, "special_mention")
    assert sum(fen for _, fen in entries(one, "accrued")) == one.accrued_fen == 10_000_000 * 36 * 69 // 360_000


def test_a_closing_that_breaks_off_in_the_middle_leaves_whole_loans_and_goes_on(
    town: LendingTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, left = town.drawn(1), town.drawn(2), []
    town.today = end = date(2025, 4, 8)
    kept = deal_closing._kept

    def broken(deal: Deal, day: Any, days: Any) -> None:
        if deal.pk == other.pk and day.on == date(2025, 3, 20):
            raise KeyboardInterrupt
        kept(deal, day, days)

    with monkeypatch.context() as patched:
        patched.setattr(deal_closing, "_kept", broken)
        with pytest.raises(KeyboardInterrupt):
            town.close(end)
    for deal in (one, other):
        deal.refresh_from_db()
        left.append((deal.closed_through, deal.entries.exclude(kind="drawn").exists()))
    assert left == [(end, True), (DAY - timedelta(days=1), False)]
    done = town.close(end)
    assert (done.deals, done.days) == (1, (end - DAY).days + 1)
    told = [
        list(deal.entries.order_by("on", "kind", "number").values_list("on", "kind", "fen", "text"))
        for deal in (one, other)
    ]
    assert told[0] == told[1]


def test_a_loan_falls_overdue_is_cured_and_is_settled_by_close_of_business(town: LendingTown) -> None:
    deal = town.drawn()
    town.today = date(2025, 4, 10)
    town.close(date(2025, 4, 5))
    deal.refresh_from_db()
    assert (deal.state, deal.days_past_due) == ("overdue", 2)
    # 31 days of 3.6 % on 10,000,000; penalties on interest of 31,000 fen for seven days are 33 fen
    deal = town.do("fang", deal, "receive", fen=40_000)
    town.close(date(2025, 4, 10))
    deal.refresh_from_db()
    assert (deal.state, deal.days_past_due, deal.grade) == ("repaying", 0, "normal")
    assert refused(town, "fang", deal, "settle") == "not_repaid"
    town.today = date(2025, 4, 11)
    deal = town.do("bai", deal, "prepay", fen=10_000_000)
    assert refused(town, "fang", deal, "receive", fen=1, on=date(2025, 4, 10)) == "day_closed"
    assert refused(town, "fang", deal, "receive", fen=1, on=date(2025, 4, 12)) == "to_come"
    town.close(date(2025, 4, 11))
    deal.refresh_from_db()
    assert (deal.state, deal.outstanding_fen) == ("settled", 0)


def test_a_loan_is_extended_within_the_law_and_restructured_for_worse(town: LendingTown) -> None:
    deal = town.drawn()
    with pytest.raises(TermsRefused), transaction.atomic():
        town.do("chen", deal, "extend", terms={"maturity": "2030-03-10"})
    deal = town.do("chen", deal, "extend", terms={"maturity": "2026-09-10"})
    town.today = date(2025, 5, 20)
    town.close(date(2025, 5, 19))
    deal = town.do("chen", deal, "restructure", terms={"maturity": "2027-03-10", "capitalises": True})
    town.close(date(2025, 5, 20))
    deal.refresh_from_db()
    assert deal.grade == "special_mention"
    assert entries(deal, "capitalised")[0][1] > 0


def test_a_floating_rate_follows_what_is_published_and_only_that(town: LendingTown) -> None:
    terms = {**TERMS, "rate": {"base": "LPR1Y", "spread_bp": 50, "reset_months": 1}}
    with pytest.raises(TermsRefused), transaction.atomic():
        town.drawn(1, terms=terms)
    rate_publish(town.people["lin"], "LPR1Y", date(2025, 2, 20), 31_000, "同业拆借中心")
    deal = town.drawn(2, terms=terms)
    rate_publish(town.people["lin"], "LPR1Y", date(2025, 3, 20), 25_000, "同业拆借中心")
    with pytest.raises(CaseRefused):
        rate_publish(town.people["lin"], "LPR1Y", date(2025, 3, 19), 25_000, "同业拆借中心")
    town.today = date(2025, 5, 3)
    town.close(date(2025, 5, 3))
    assert entries(deal, "due") == [
        (date(2025, 4, 3), 10_000_000 * 36 * 31 // 360_000),
        (date(2025, 5, 3), 10_000_000 * 30 * 30 // 360_000),
    ]


def test_what_is_written_of_a_loan_is_never_changed_or_deleted(town: LendingTown) -> None:
    deal = town.drawn()
    for table in (deal.moves, deal.entries, deal.agreed):
        with pytest.raises(DatabaseError), transaction.atomic():
            table.update(on=date(2020, 1, 1))
        with pytest.raises(DatabaseError), transaction.atomic():
            table.all()._raw_delete(DealEntry.objects.db)
