"""The demo's deals: everybody who lends, covers or answers finds work, and the books agree with what was done."""

from collections import Counter
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django.fixtures import Settings

from kerong.engine.money.ledger.replay import replayed
from kerong.web.base.models import Deal, PoolLoan, User
from kerong.web.base.selectors.due import days_of
from kerong.web.base.selectors.ledger import balances, books, entries
from kerong.web.base.selectors.pools import pool_page
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.tasks import tasks_counted
from kerong.web.base.services.demo_deals import demo_deals_make
from kerong.web.base.services.people import demo_people_make

DAY = date(2026, 6, 15)


def test_everybody_in_the_demo_finds_deals_to_work_and_the_books_agree(
    published: Published, settings: Settings
) -> None:
    settings.DEMO = True
    demo_people_make(published)
    count = demo_deals_make(published, today=DAY, days=days_of(published))
    states = Counter(Deal.objects.values_list("kind", "state"))
    for state in ("applied", "taken", "recommended", "approved", "drawing", "repaying", "claimed", "compensated"):
        assert states["loan", state], state
    assert states["loan", "overdue"]
    assert PoolLoan.objects.count() >= 3
    for name in ("bank", "bank_2", "official", "guarantor", "insurer", "fund"):
        assert tasks_counted(User.objects.get(username=name), "demo", today=DAY), name
    codes = [book.code for book in books()]
    again = replayed(entries(codes), books())
    assert again.problems.is_empty()
    assert again.accounts.select(balances(codes).columns).equals(balances(codes))
    (pool,) = published.rulebook.pools
    page = pool_page(User.objects.get(username="official"), published, pool, 1, today=DAY)
    assert page is not None
    assert page.line.figures is not None
    assert page.line.figures.compensated_fen > 0
    assert demo_deals_make(published, today=DAY, days=days_of(published)) == count


def test_no_deals_are_made_where_no_calendar_knows_the_day_or_it_is_no_demo(
    published: Published, settings: Settings
) -> None:
    settings.DEMO = True
    demo_people_make(published)
    assert demo_deals_make(published, today=date(2090, 1, 5), days=days_of(published)) == 0
    settings.DEMO = False
    with pytest.raises(PermissionDenied):
        demo_deals_make(published, today=DAY, days=days_of(published))
