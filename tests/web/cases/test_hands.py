"""Separate hands: who had one of them in a case has no other, by natural person and not by log-in."""

from datetime import date
from functools import partial

import pytest

from kerong.web.base.models import Role
from tests.web.cases.test_moves import refused, rolled
from tests.web.cases.town import Town, books

pytestmark = pytest.mark.database


def test_no_natural_person_has_two_hands_in_one_case_under_whichever_log_in(town: Town) -> None:
    town.call()
    case = town.at("reserved")
    town.person("lin2", Role.OFFICIAL, person="LIN")
    town.person("kin", Role.OFFICIAL, person="firm1")
    for number, person in enumerate(("ＬＩＮ", " lin", "L in", "li\u200bn", "li\u00adn")):
        town.person(f"other{number}", Role.OFFICIAL, person=person)
        with refused("hands.twice"):
            rolled(partial(town.do, f"other{number}", case, "approve"))
    for who, key in (("lin", "hands.twice"), ("lin2", "hands.twice"), ("kin", "hands.firm")):
        with refused(key):
            rolled(partial(town.do, who, case, "approve"))
    case = town.do("wang", case, "approve")
    case = town.do("lin2", case, "notice")  # no separated duty
    town.today = town.days.after(town.today, 6)
    case = town.do("wang", case, "clear")
    for who in ("lin", "wang"):
        with refused("hands.twice"):
            town.do(who, case, "instruct", stage=1)
    assert town.do("zhao", case, "instruct", stage=1).state == "instructed"


def test_an_objection_within_the_notice_stops_the_payment_until_somebody_else_hears_it(town: Town) -> None:
    town.call()
    case = town.at("noticed")
    ends = case.due_on
    assert ends == date(2025, 3, 10)
    with refused("notice_stands"):
        town.do("lin", case, "clear")
    case = town.do("firm2", case, "object") if town.firm(2) else case
    assert case.state == "objected"
    with refused("hands.twice"):
        town.do("wang", case, "dismiss")
    case = town.do("sun", case, "dismiss")
    assert (case.state, case.due_on) == ("noticed", ends)
    town.today = date(2025, 3, 11)
    with refused("notice_ended"):
        town.do("firm2", case, "object")
    assert town.do("lin", case, "clear").state == "cleared"


def test_whoever_objects_does_not_hear_the_objection(town: Town) -> None:
    town.call()
    case = town.do("sun", town.at("noticed"), "object")
    for name in ("dismiss", "uphold"):
        with refused("hands.twice"):
            rolled(partial(town.do, "sun", case, name))
    assert town.do("qian", case, "dismiss").state == "noticed"


def test_an_upheld_objection_frees_the_money(town: Town) -> None:
    town.call()
    case = town.do("qian", town.at("noticed"), "object")
    case = town.do("sun", case, "uphold")
    assert (case.state, books()["city 2025"][1:]) == ("rejected", (0, 0))
