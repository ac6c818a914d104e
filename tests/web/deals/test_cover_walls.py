"""Covers behind PostgreSQL's second wall: everybody reads as himself, from application to the last recovery."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection

from kerong.web.base.models import Deal, User
from kerong.web.base.readers import Reader, reading_as
from kerong.web.base.services.deal_people import reader_of
from tests.web.deals.cover import CoverTown, firm_code
from tests.web.deals.test_guarantees import called, loss, refused
from tests.web.deals.test_pledges import agreed, proposed, recorded
from tests.web.deals.test_policies_and_claims import BEGINS, insured, surveyed
from tests.web.deals.test_row_walls import portal, rows
from tests.web.deals.test_shared_risk import SHARES, filed, lent, opened, parted, signed

pytestmark = pytest.mark.database
TABLES = ("base_deal", "base_dealmove", "base_dealentry")
HILL, OAK = Reader("bank", "bank_hill"), Reader("guarantor", "guarantor_oak")


@pytest.fixture(autouse=True)
def _only_where_rows_have_walls() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row-level security")


class WalledTown(CoverTown):
    """The town in which whoever does something reads as himself."""

    def do(self, who: str, deal: Deal, name: str, **wish: Any) -> Deal:
        with reading_as(reader_of(self.people[who])):
            return super().do(who, deal, name, **wish)

    def open_deal(self, who: User, kind: str, base: Deal | None, product: str, first: str, **wish: Any) -> Deal:
        with reading_as(reader_of(who)):
            return super().open_deal(who, kind, base, product, first, **wish)


def seen(reader: Reader) -> Mapping[str, int]:
    """How many rows of each table a reader sees."""
    return {table: rows(table, reader) for table in TABLES}


def test_covers_live_behind_the_wall_and_those_who_are_no_part_of_them_see_nothing(cover_town: CoverTown) -> None:
    town = WalledTown(cover_town.published, cover_town.days, cover_town.pool, people=cover_town.people)
    town.firm(1)
    with portal():
        joint = opened(town)
        loan = signed(town, joint)
        guarantee = town.guaranteed(loan)
        policy = insured(town, loan, fen=10_000_000)
        recorded(town, proposed(town, loan))
        joint = filed(town, joint, shares=SHARES)
        lent(town, joint, loan)
        town.lost(loan)
        joint = parted(town, joint, loan)
        called(town, guarantee, loss(loan) * 8 // 10)
        town.do("fang", joint, "recover", fen=1_000)
        town.do("fir1", guarantee, "receive_back", fen=800)
        town.do("bai", policy, "report_loss", details={"loss_on": BEGINS.isoformat()})
        claim = town.open_deal(
            town.people["fang"], "claim", policy, "", "report", fen=5, details={"loss_on": BEGINS.isoformat()}
        )
        surveyed(town, claim, 5)
        assert set(seen(HILL).values()) == set(seen(OAK).values()) == {0}
        assert rows("base_deal", Reader("guarantor", "guarantor_fir")) == 3  # joint deal, loan, guarantee
        assert rows("base_deal", Reader("bank", "bank_river")) == 6
        assert rows("base_deal", Reader("enterprise", firm_code(1))) == 6
        assert rows("base_deal", Reader("official")) == 1


def test_a_right_that_another_bank_holds_is_told_without_showing_whose_it_is(cover_town: CoverTown) -> None:
    town = WalledTown(cover_town.published, cover_town.days, cover_town.pool, people=cover_town.people)
    town.firm(1)
    loan, second = town.drawn(), town.drawn(1, product="hill", officers=("gao", "hu", "ji"))
    with portal():
        recorded(town, proposed(town, loan))
        assert rows("base_deal", HILL) == 1  # its own loan
        other = agreed(town, proposed(town, second), ("gao", "hu"))
        assert refused(town, "ji", other, "record", documents=("登记证.pdf",)) == "pledged"
