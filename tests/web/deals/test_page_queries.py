"""Pages of deals, pools, tasks and messages ask the database as often for many deals as for few."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from kerong.web.base.models import User
from kerong.web.base.services.delivery import outbox_deliver
from tests.intake.office import code
from tests.web.cases.office import page_of
from tests.web.deals.town import TERMS, LendingTown

pytestmark = pytest.mark.database
FEN = 1_000_000
PAGES: Mapping[str, tuple[str, ...]] = {
    "bai": ("/deals/", "/deals/?view=ended", "/tasks/", "/messages/", "/pools/shield/"),
    "lin": ("/deals/", "/tasks/", "/messages/", "/pools/", "/pools/shield/", f"/enterprises/{code(1)}/support/"),
    "firm1": ("/deals/", "/messages/", f"/enterprises/{code(1)}/support/"),
}


@pytest.fixture
def office(town: LendingTown, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> LendingTown:
    """The town with a portal whose clock shows the town's day."""
    monkeypatch.setattr(timezone, "localdate", lambda: town.today)
    settings.DATA = tmp_path
    return town


def asked(people: Mapping[str, Client]) -> dict[tuple[str, str], int]:
    """How many queries each page makes, the menu's counts among them."""
    found = {}
    for who, pages in PAGES.items():
        for page in pages:
            page_of(people[who], page)  # what is read once and kept is read now
            with CaptureQueriesContext(connection) as queries:
                page_of(people[who], page)
            found[who, page] = len(queries)
    return found


def more(town: LendingTown, first: int, count: int) -> None:
    """Loans that are asked for, refused, and in the pool, one of each for a new firm and for the first one."""
    for number in range(first, first + count):
        for firm in {1, number}:
            town.applied(firm)
            town.do("gao", town.applied(firm, product="hill"), "decline", note="不符")
            in_pool(town, firm, f"合同{number}-{firm}")
    outbox_deliver(now=timezone.now())


def in_pool(town: LendingTown, firm: int, contract: str) -> None:
    """A loan of a firm that is drawn and registered."""
    deal = town.do("bai", town.applied(firm, FEN), "take")
    town.do("bai", deal, "recommend", fen=FEN, terms=TERMS)
    town.do("chen", deal, "approve", fen=FEN)
    town.do("bai", deal, "sign", contract=contract)
    town.do("deng", deal, "draw", fen=FEN)
    town.do("bai", deal, "register", pool="shield")


def test_a_page_asks_as_often_for_many_deals_as_for_few(office: LendingTown) -> None:
    more(office, 1, 1)
    people = {}
    for who in PAGES:
        people[who] = Client()
        people[who].force_login(User.objects.get(username=who))
    few = asked(people)
    more(office, 2, 3)
    many = asked(people)
    assert min(few.values()) > 0
    assert {page: (few[page], count) for page, count in many.items() if count > few[page]} == {}
