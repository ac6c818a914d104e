"""Behind PostgreSQL's second wall the lives of capital and joint deals go as before it: nobody needs to see more."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from kerong.web.base.models import Deal
from kerong.web.base.readers import reading_as
from kerong.web.base.services.deal_people import reader_of
from tests.intake.office import code
from tests.web.deals.capital import CapitalTown
from tests.web.deals.test_capital_equity import decided
from tests.web.deals.test_capital_group import opened as line_opened
from tests.web.deals.test_capital_lease import accepted
from tests.web.deals.test_joint_entrusted import FEN, examined
from tests.web.deals.test_joint_investment import PRICE, grown, lent
from tests.web.deals.test_row_walls import portal

pytestmark = pytest.mark.database


@pytest.fixture
def walled_town(capital_town: CapitalTown) -> CapitalTown:
    """The town in which everybody reads as what they are."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row-level security")
    do, opened = capital_town.do, capital_town.opened

    def as_person(work: Any, who: str, *rest: Any, **wish: Any) -> Deal:
        person = capital_town.firm(int(who[4:])) if who.startswith("firm") else capital_town.people[who]
        with reading_as(reader_of(person)):
            found: Deal = work(who, *rest, **wish)
            return found

    capital_town.do = lambda who, *rest, **wish: as_person(do, who, *rest, **wish)  # type: ignore[method-assign]
    capital_town.opened = lambda who, *rest, **wish: as_person(opened, who, *rest, **wish)  # type: ignore[method-assign]
    for number in (1, 2, 3):
        capital_town.firm(number)
    return capital_town


def test_stakes_leases_and_lines_live_behind_the_wall(walled_town: CapitalTown) -> None:
    town = walled_town
    with portal():
        stake = town.do("mei", decided(town), "sign", contract="投1", documents=("协议.pdf",))
        assert town.do("ou", stake, "invest", fen=10_000_000).state == "invested"
        assert town.do("rui", accepted(town), "begin").state == "renting"
        line = line_opened(town)
        town.do("deng", line, "use", fen=1, details={"member": code(1)})
        line = town.do("chen", line, "freeze")
        assert town.do("chen", line, "thaw").state == "open"


def test_joint_lending_lives_behind_the_wall(walled_town: CapitalTown) -> None:
    town = walled_town
    with portal():
        linked = lent(town)
        assert town.do("deng", town.loan(linked), "draw", fen=10_000_000).state == "repaying"
        assert town.do("deng", town.loan(grown(town)), "draw", fen=10_000_000).state == "repaying"
        entrusted = town.do("deng", examined(town, 2), "lend", fen=FEN)
        assert town.do("fang", entrusted, "receive", fen=1).state == "lent"
        town.today = date(2025, 4, 1)
        town.do("ou", linked, "exercise", fen=PRICE)
        assert town.do("ou", linked, "share", fen=6_000_001).state == "exercised"
