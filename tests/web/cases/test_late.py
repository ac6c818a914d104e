"""A payment that the bank tells of when its day is gone: its period is closed, or its year was carried over."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kerong.engine.deal.payment import ReturnLine
from kerong.engine.money.ledger import replayed
from kerong.engine.money.ledger.beancount import beancount
from kerong.web.base.models import Budget, Case, Transfer
from kerong.web.base.selectors import ledger
from kerong.web.base.services import case_payment
from kerong.web.base.services.audit import deals_audit
from kerong.web.base.services.call import budget_open
from kerong.web.base.services.case_payment import return_file_settle
from kerong.web.base.services.sealing import book_close
from tests.engine.money.ledger.test_beancount import bean_check, complaints
from tests.web.cases.test_payment import file_of, of, sent, settle, told
from tests.web.cases.town import REGION, YEAR, Town, books
from tests.web.ledger.checked import all_adds_up

__all__ = ["bean_check"]
pytestmark = pytest.mark.database
NOW = datetime(2025, 3, 12, 9, tzinfo=UTC)


def late(town: Town, line: ReturnLine) -> Transfer:
    """The one transfer that posts the line, on the day on which it was told."""
    assert settle(town, line)[:2] == ("applied", "")
    found = Transfer.objects.get(step="late_payment")
    assert (found.on, found.evidence) == (town.today, f"{line.instruction}|{line.serial}|{line.paid_on}")
    assert found.fen == line.fen
    assert settle(town, line) == ("applied", "", True)
    assert deals_audit().problems.rows() == []
    all_adds_up()
    return found


def carried(town: Town, case: Case, day: date) -> None:
    """Two people carry the case into the next year, on its first working days."""
    town.today = day
    budget_open(town.people["lin"], REGION, "grants", "city", YEAR + 1)
    for who, name in (("sun", "carry_propose"), ("qian", "carry_confirm")):
        case = town.do(who, case, name)


def test_what_was_paid_in_december_and_is_told_before_the_carry_over_is_decembers(town: Town) -> None:
    case = sent(town, shares={"city": 10_000})
    town.today = date(2026, 1, 6)
    assert settle(town, told(town, of(case)[0], on=date(2025, 12, 30)))[:2] == ("applied", "")
    assert Transfer.objects.get(step="pay_grant").on == date(2025, 12, 30)
    assert books()["city 2025"][1:] == (0, 50_001)


@pytest.mark.parametrize("is_closed", [False, True])
def test_what_was_paid_in_december_and_is_told_after_the_carry_over_is_posted_late_in_the_new_year(
    town: Town, is_closed: bool
) -> None:
    case = sent(town, shares={"city": 10_000})
    line = told(town, of(case)[0], on=date(2025, 12, 30))
    carried(town, case, date(2026, 1, 5))
    if is_closed:
        code = Budget.objects.get(year=YEAR, level="city").book.code
        book_close(town.people["lin"], code, date(2025, 12, 31), now=NOW, today=town.today)
    town.today = date(2026, 1, 6)
    assert late(town, line).book.code == Budget.objects.get(year=YEAR + 1).book.code
    assert (books()["city 2025"][1:], books()["city 2026"]) == ((0, 0), (50_001, 0, 50_001))
    case.refresh_from_db()
    assert (case.state, case.paid_fen) == ("paid", 50_001)
    case = town.do("sun", case, "order_back", fen=10_000)
    town.do("zhao", case, "receive_back", fen=10_000)
    assert books()["city 2026"][2] == 40_001
    assert deals_audit().problems.rows() == []


def test_what_was_paid_in_a_closed_year_waits_until_two_people_carry_it_over(town: Town) -> None:
    case = sent(town, shares={"city": 10_000})
    line = told(town, of(case)[0], on=date(2025, 12, 30))
    town.today = date(2026, 1, 5)
    book_close(town.people["lin"], of(case)[0].part.budget.book.code, date(2025, 12, 31), now=NOW, today=town.today)
    assert settle(town, line)[:2] == ("quarantined", "year")
    carried(town, case, town.today)
    late(town, line)


def test_what_is_told_late_in_part_leaves_the_rest_reserved_in_the_new_year(town: Town) -> None:
    case = sent(town, shares={"city": 10_000})
    line = told(town, of(case)[0], outcome="partial", fen=50_000, on=date(2025, 12, 30))
    carried(town, case, date(2026, 1, 5))
    late(town, line)
    assert (books()["city 2025"][1:], books()["city 2026"]) == ((0, 0), (50_001, 1, 50_000))


def test_beancount_reads_a_payment_that_was_told_late(town: Town, bean_check: Path) -> None:
    case = sent(town, shares={"city": 10_000})
    line = told(town, of(case)[0], on=date(2025, 12, 30))
    carried(town, case, date(2026, 1, 5))
    late(town, line)
    kept = ledger.books()
    entries = ledger.entries(book.code for book in kept)
    text = "".join(f"{line}\n" for line in beancount(kept, entries, replayed(entries, kept).accounts))
    assert "late_payment" in text
    assert complaints(bean_check, text) == ""


def test_a_line_of_a_closed_period_is_posted_on_the_day_on_which_it_is_told(town: Town) -> None:
    case = sent(town)
    first, second = of(case)  # of the city and of the county
    town.today = date(2025, 4, 2)
    book_close(town.people["lin"], first.part.budget.book.code, date(2025, 3, 31), now=NOW, today=town.today)
    data = file_of(f"{first.number},A1,支付成功,350.01,2025-03-20", f"{second.number},A2,支付成功,150.00,2025-03-20")
    found = return_file_settle(town.people["qian"], REGION, data, today=town.today, days=town.days)
    assert [(one.state, one.why) for one in found] == [("applied", ""), ("applied", "")]
    assert Transfer.objects.get(step="late_payment").on == town.today
    assert Transfer.objects.get(step="pay_grant").on == date(2025, 3, 20)
    case.refresh_from_db()
    assert (case.state, case.paid_fen, case.reserved_fen) == ("paid", 50_001, 0)


def test_a_line_that_is_told_while_its_period_closes_is_kept_apart_and_the_lines_after_it_count(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = sent(town)
    first, second = of(case)
    town.today = date(2025, 4, 2)
    book_close(town.people["lin"], first.part.budget.book.code, date(2025, 3, 31), now=NOW, today=town.today)
    data = file_of(f"{first.number},A1,支付成功,350.01,2025-03-20", f"{second.number},A2,支付成功,150.00,2025-03-20")
    with monkeypatch.context() as patched:  # as the line was judged, the book was still open
        patched.setattr(case_payment, "_is_late", lambda *_: False)
        found = return_file_settle(town.people["qian"], REGION, data, today=town.today, days=town.days)
    assert [(one.state, one.why) for one in found] == [("quarantined", "return.why.closed"), ("applied", "")]
    again = return_file_settle(town.people["qian"], REGION, data, today=town.today, days=town.days)
    assert [one.state for one in again] == ["applied", "applied"]
