"""A keeper of books and a budget with a million yuan."""

from datetime import date

import pytest

from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.movements import appropriate
from kerong.engine.money.ledger.transfers import Act
from kerong.web.base.models import Role, User
from kerong.web.base.services.ledger import book_open, ledger_post

MILLION_YUAN = 100_000_000


@pytest.fixture
def keeper(db: None) -> User:
    """An official."""
    return User.objects.create_user(username="keeper", password="a long enough password", role=Role.OFFICIAL)


@pytest.fixture
def budget(keeper: User) -> Book:
    """An open budget with an appropriation of CNY 1,000,000."""
    book = Book("budget:2025", "budget")
    book_open(keeper, book, "2025 年度专项")
    act = Act("first", date(2025, 1, 2))
    ledger_post(keeper, "first", "appropriate", {}, appropriate(act, book, MILLION_YUAN))
    return book
