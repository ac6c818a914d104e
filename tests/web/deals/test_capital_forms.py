"""What a form of capital or joint lending shows before anything is typed: the amount that is settled, what stands
against the move."""

from typing import Any

import pytest

from kerong.engine.deal.states import KINDS
from kerong.web.base.models import Deal
from kerong.web.base.selectors.deal_forms import Asking, fields_of, why_not
from tests.web.deals.capital import CapitalTown
from tests.web.deals.test_capital_equity import decided
from tests.web.deals.test_capital_lease import ADVANCE, TERMS, accepted
from tests.web.deals.test_joint_investment import PAPERS, framed, lent

pytestmark = pytest.mark.database


def asking(town: CapitalTown, who: str, deal: Deal, name: str) -> Asking:
    deal.refresh_from_db()
    move = KINDS[deal.kind].move(deal.state, name)
    assert move is not None
    return Asking(town.people[who], town.published, deal, move, town.today)


def shown(town: CapitalTown, who: str, deal: Deal, name: str) -> str:
    """The amount in the form of a move."""
    boxes = {box.name: box for box in fields_of(asking(town, who, deal, name), None)}
    return str(boxes["fen"].value)


@pytest.mark.parametrize(("terms", "first"), [(ADVANCE, "33169.70"), (TERMS, "0.00")])
def test_the_rent_begins_with_the_first_one_where_it_is_due_in_advance(
    capital_town: CapitalTown, terms: dict[str, Any], first: str
) -> None:
    assert shown(capital_town, "rui", accepted(capital_town, terms), "begin") == first


def test_an_option_shows_its_price_and_an_exit_what_was_proposed(capital_town: CapitalTown) -> None:
    town = capital_town
    assert shown(town, "ou", lent(town), "exercise") == "40000.00"
    deal = town.do("mei", decided(town), "sign", contract="投1", documents=("协议.pdf",))
    town.do("ou", deal, "invest", fen=10_000_000)
    town.do("mei", deal, "plan_exit", fen=25_000_000, documents=("报价.pdf",))
    assert shown(town, "ou", deal, "exit") == "250000.00"


def test_papers_that_come_along_with_a_move_do_not_stand_against_it_before_they_are_chosen(
    capital_town: CapitalTown,
) -> None:
    town = capital_town
    deal = town.do("firm1", framed(town), "promise", documents=PAPERS[1:2])
    assert why_not(asking(town, "deng", deal, "lend")) is None
    assert why_not(asking(town, "ou", lent(town), "exercise")) is not None  # its time has not begun
