"""An option: its price is fixed, and it is used in its time only."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.deal.option import Option, kept_option, option_of
from kerong.engine.deal.terms import TermsRefused

BEGINS = date(2025, 4, 1)
TOLD: dict[str, Any] = {"share_bp": 200, "valuation_fen": 5_000_000_000, "begins": "2025-04-01", "ends": "2028-03-31"}
OPTIONS = st.builds(
    Option,
    share_bp=st.integers(1, 10_000),
    valuation_fen=st.integers(10_000, 10**15 - 1),
    begins=st.just(BEGINS),
    ends=st.integers(0, 4_000).map(lambda days: BEGINS + timedelta(days=days)),
)


@given(OPTIONS)
def test_an_option_that_is_kept_and_read_again_is_the_same(option: Option) -> None:
    assert option_of(kept_option(option)) == option


@given(OPTIONS, st.integers(-10, 5_000))
def test_on_no_day_is_an_option_both_open_and_over_and_before_its_time_it_is_neither(option: Option, days: int) -> None:
    on = BEGINS + timedelta(days=days)
    assert not (option.is_exercisable(on) and option.is_over(on))
    assert (not option.is_exercisable(on) and not option.is_over(on)) == (on < option.begins)


def test_two_percent_of_a_firm_cost_what_they_were_worth_when_they_were_given() -> None:
    """2 % of a firm of CNY 50 m cost CNY 1 m, whatever it is worth later."""
    option = option_of(TOLD)
    assert option.price_fen == 100_000_000
    assert option_of(TOLD | {"valuation_fen": 25}).price_fen == 1  # 0.5 fen, half up


@pytest.mark.parametrize(
    "wrong",
    [
        {"share_bp": 0},
        {"share_bp": 10_001},
        {"share_bp": 1.5},
        {"share_bp": True},
        {"valuation_fen": 0},
        {"valuation_fen": 24},
        {"valuation_fen": 10**15},
        {"ends": "2025-03-31"},
        {"begins": "20250401x"},
        {"begins": None},
        {"strike": 1},
    ],
)
def test_an_option_that_cannot_be_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(TermsRefused) as refused:
        option_of(TOLD | wrong)
    assert refused.value.sentence("zh")


@pytest.mark.parametrize("missing", [*TOLD, None])
def test_an_option_lacks_nothing(missing: str | None) -> None:
    with pytest.raises(TermsRefused):
        option_of(None if missing is None else {name: TOLD[name] for name in TOLD if name != missing})
