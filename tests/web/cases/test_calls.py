"""Calls and budgets: which terms make sense, and who opens them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from kerong.engine.deal.subsidy import Stage
from kerong.web.base.services.call import budget_open, call_open
from tests.web.cases.test_moves import refused
from tests.web.cases.town import REGION, TERMS, YEAR, Town

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"closes_on": date(2024, 1, 1)}, "call.window"),
        ({"shares": {"city": 7000, "county": 2999}}, "call.shares"),
        ({"shares": {"city": 10_001, "county": -1}}, "call.shares"),
        ({"shares": {"moon": 10_000}}, "budget"),
        ({"stages": (Stage(5000), Stage(5000))}, "call.milestone"),
        ({"stages": (Stage(5000),)}, "call.stages"),
        ({"experts": 100}, "call.review"),
        ({"pass_mark": 101}, "call.review"),
        ({"notice_days": 0}, "call.review"),
    ],
)
def test_a_call_whose_terms_make_no_sense_is_refused(town: Town, changes: dict[str, Any], key: str) -> None:
    with refused(key):
        town.call(terms=replace(TERMS, **changes))


def test_a_call_for_what_pays_nothing_or_a_second_one_is_refused_and_only_officials_open_one(town: Town) -> None:
    with refused("call.rule"):
        town.call("nothing")
    town.call()
    with refused("call.twice"):
        town.call()
    with refused("budget.twice"):
        budget_open(town.people["lin"], REGION, "grants", "city", YEAR)
    with pytest.raises(PermissionDenied):
        call_open(town.firm(1), town.published.rulebook, "reward", "grants", YEAR, TERMS)
    with pytest.raises(PermissionDenied):
        budget_open(town.firm(1), REGION, "other", "city", YEAR)
