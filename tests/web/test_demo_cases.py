"""The demo's subsidies: everybody who can log in finds work, and the books agree with what was done."""

from collections import Counter
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django.fixtures import Settings

from kerong.engine.money.ledger.replay import replayed
from kerong.web.base.models import Case, User
from kerong.web.base.selectors.due import days_of
from kerong.web.base.selectors.ledger import balances, books, entries
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.tasks import tasks_counted
from kerong.web.base.services.demo_cases import demo_cases_make
from kerong.web.base.services.people import demo_people_make

DAY = date(2026, 6, 15)


def test_everybody_in_the_demo_finds_work_and_the_books_agree(published: Published, settings: Settings) -> None:
    settings.DEMO = True
    demo_people_make(published)
    count = demo_cases_make(published, today=DAY, days=days_of(published))
    states = Counter(Case.objects.values_list("state", flat=True))
    assert {"paid", "instructed", "cleared", "noticed", "reserved", "verified", "applied", "proposed"} <= set(states)
    for name in ("official", "official_2", "official_3"):
        assert tasks_counted(User.objects.get(username=name), "demo", today=DAY), name
    codes = [book.code for book in books()]
    again = replayed(entries(codes), books())
    assert again.problems.is_empty()
    assert again.accounts.select(balances(codes).columns).equals(balances(codes))
    assert demo_cases_make(published, today=DAY, days=days_of(published)) == count


def test_nothing_is_made_where_no_calendar_knows_the_day_or_it_is_no_demo(
    published: Published, settings: Settings
) -> None:
    settings.DEMO = True
    demo_people_make(published)
    assert demo_cases_make(published, today=date(2090, 1, 5), days=days_of(published)) == 0
    settings.DEMO = False
    with pytest.raises(PermissionDenied):
        demo_cases_make(published, today=DAY, days=days_of(published))
