"""The books of guarantors, insurers and funds: opened once by their own people, never below zero, once for a key."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from kerong.web.base.models import Account, Role, User
from kerong.web.base.selectors.published import Published, current
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.institution_book import (
    BookEvent,
    book_of,
    institution_book_open,
    institution_money,
)
from kerong.web.base.services.ledger import LedgerRefused
from kerong.web.base.services.run import run_publish
from tests.web.cases.town import REGION
from tests.web.ledger.checked import all_adds_up

pytestmark = pytest.mark.database
DAY = date(2025, 3, 3)


@pytest.fixture
def published(db: None, cover_run: Path) -> Published:
    run_publish(cover_run)
    found = current()
    assert found is not None
    return found


def person(name: str, role: Role, institution: str = "") -> User:
    return User.objects.create_user(username=name, role=role, institution=institution)


def moved(actor: User, published: Published, do: str, fen: int, key: str = "k", on: date = DAY) -> tuple[str, ...]:
    return institution_money(actor, key, published, BookEvent(do, on, fen, "city"), today=DAY)


def refused(do: object, *args: object, **more: object) -> str:
    assert callable(do)
    with pytest.raises((CaseRefused, LedgerRefused)) as told, transaction.atomic():
        do(*args, **more)
    why = told.value
    assert isinstance(why, CaseRefused | LedgerRefused)
    assert why.sentence("zh") != why.sentence("en")
    return why.key.rpartition("refused.")[2]


@pytest.mark.parametrize(
    ("role", "code", "kind", "into", "out"),
    [
        (Role.GUARANTOR, "guarantor_oak", "guarantor", "pay_in", "refund"),
        (Role.INSURER, "insurer_elm", "guarantor", "pay_in", "fee"),
        (Role.FUND, "fund_ash", "fund", "call_capital", "distribute"),
    ],
)
def test_an_institution_opens_its_book_once_and_gives_only_what_it_holds(
    published: Published, role: Role, code: str, kind: str, into: str, out: str
) -> None:
    actor = person("an", role, code)
    assert refused(moved, actor, published, into, 5) == "no_book"
    institution_book_open(actor, published)
    assert refused(institution_book_open, actor, published) == "book_twice"
    assert book_of(role, REGION, code).kind == kind
    first = moved(actor, published, into, 1_000)
    assert moved(actor, published, into, 1_000) == first
    assert refused(moved, actor, published, into, 1_001) == "key"
    assert refused(moved, actor, published, out, 1_001, "other") == "overdrawn"
    moved(actor, published, out, 300, "other")
    moved(actor, published, "interest", 7, "third")
    money = Account.objects.get(code="money")
    assert (money.credits_posted, money.debits_posted) == (1_007, 300)
    all_adds_up()


def test_who_has_no_such_book_opens_none_and_a_movement_of_another_kind_of_book_is_refused(
    published: Published,
) -> None:
    for role, code in ((Role.BANK, "bank_river"), (Role.OFFICIAL, "")):
        actor = person(f"no {role}", role, code)
        with pytest.raises(PermissionDenied):
            institution_book_open(actor, published)
        with pytest.raises(PermissionDenied):
            moved(actor, published, "pay_in", 1)
    oak = person("an", Role.GUARANTOR, "guarantor_oak")
    institution_book_open(oak, published)
    assert refused(moved, oak, published, "call_capital", 1) == "state"
    assert refused(moved, oak, published, "premium", 1) == "state"
    assert refused(moved, oak, published, "pay_in", 1, on=date(2025, 3, 4)) == "to_come"
    assert refused(moved, oak, published, "pay_in", 0) == "amount"
    assert refused(institution_book_open, person("nobody", Role.GUARANTOR, "elsewhere"), published) == "party"
