"""A keeper of books and a budget with a million yuan."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.movements import appropriate
from kerong.engine.money.ledger.transfers import Act, Transfer
from kerong.web.base.models import Role, User
from kerong.web.base.services.ledger import book_open, ledger_post
from tests.web.ledger.real import Database, alone, copied

MILLION_YUAN = 100_000_000
BUDGET = Book("budget:2025", "budget")


@pytest.fixture
def keeper(db: None) -> User:
    """An official."""
    return User.objects.create_user(username="keeper", password="a long enough password", role=Role.OFFICIAL)


@pytest.fixture
def budget(keeper: User) -> Book:
    """An open budget with an appropriation of CNY 1,000,000."""
    return opened_budget(keeper)


def opened_budget(keeper: User) -> Book:
    """The book, posted to once."""
    book_open(keeper, BUDGET, "2025 年度专项")
    ledger_post(keeper, "first", "appropriate", {}, (first_appropriation(),))
    return BUDGET


def first_appropriation() -> Transfer:
    """What the budget begins with."""
    return appropriate(Act("first", date(2025, 1, 2)), BUDGET, MILLION_YUAN)[0]


def kept_budget() -> tuple[User, Book]:
    """A keeper and his book, on whichever database is connected."""
    keeper = User.objects.create(username="keeper", role=Role.OFFICIAL)
    return keeper, opened_budget(keeper)


@pytest.fixture
def real_database(transactional_db: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[Database]:
    """A durable database on disk: `at_once` and `alone` of `real` work on it."""
    with copied(tmp_path, django_db_blocker) as made:
        yield made


@pytest.fixture
def shared_budget(real_database: Database) -> tuple[User, Book]:
    """A keeper and a budget with CNY 1,000,000 on the durable database."""
    return alone(kept_budget)
