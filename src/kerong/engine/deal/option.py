"""An option on a part of a firm: its share, the price fixed when it is given, the days on which it may be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kerong.engine.deal.terms.kept import day_of
from kerong.engine.deal.terms.loans import MOST_FEN
from kerong.engine.deal.terms.refusals import TermsRefused, amount, one_of
from kerong.engine.deal.terms.schedule import half_up

WHOLE_BP = 10_000
NAMES = ("share_bp", "valuation_fen", "begins", "ends")


@dataclass(frozen=True, slots=True)
class Option:
    """The right to `share_bp` of a firm at its value of the day on which it was given, from `begins` through `ends`."""

    share_bp: int
    valuation_fen: int
    begins: date
    ends: date

    @property
    def price_fen(self) -> int:
        """What the share costs whoever uses the option: fixed, rounded half up to the fen."""
        return half_up(self.valuation_fen * self.share_bp, WHOLE_BP)

    def is_exercisable(self, on: date) -> bool:
        """May it be used on that day?"""
        return self.begins <= on <= self.ends

    def is_over(self, on: date) -> bool:
        """Has its last day passed?"""
        return on > self.ends


def option_of(told: object) -> Option:
    """An option as JSON holds it. Raises TermsRefused for what is missing, unknown, out of bounds or costs nothing."""
    if not isinstance(told, Mapping):
        raise TermsRefused("unknown", name="option", value=told, options=", ".join(NAMES))
    for name in told:
        one_of("option", name, NAMES)
    for name in NAMES:
        one_of("option", name, tuple(told))
    option = Option(
        share_bp=amount("share_bp", told["share_bp"], 1, WHOLE_BP),
        valuation_fen=amount("valuation", told["valuation_fen"], 1, MOST_FEN),
        begins=day_of("begins", told["begins"]),
        ends=day_of("ends", told["ends"]),
    )
    if option.ends < option.begins:
        raise TermsRefused("order", later_name="ends", later=option.ends, earlier_name="begins", earlier=option.begins)
    amount("price", option.price_fen, 1, MOST_FEN)
    return option


def kept_option(option: Option) -> dict[str, Any]:
    """The option as JSON holds it."""
    return {
        "share_bp": option.share_bp,
        "valuation_fen": option.valuation_fen,
        "begins": option.begins.isoformat(),
        "ends": option.ends.isoformat(),
    }
