"""The rent of a lease: level, in arrears or in advance, with a residual value that stays outside the rents.

Of what the equipment costs the rents repay all but the present value of the residual, so that they are a loan like any
other: an annuity of that amount, of which the first rent in advance is paid on the day of delivery. The residual is the
price at which the lessee may buy; who gives the equipment back does not owe it. See docs/algorithms/deals.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.terms.dates import rule_days
from kerong.engine.deal.terms.kept import changes_of
from kerong.engine.deal.terms.loans import MOST_FEN, Cash, Terms
from kerong.engine.deal.terms.rates import WHOLE_PPM, Fixed
from kerong.engine.deal.terms.refusals import TermsRefused, amount, one_of
from kerong.engine.deal.terms.schedule import half_up, schedule

OF_RENT = ("maturity", "rate", "count", "dues")
OF_LEASE = (*OF_RENT, "in_advance", "residual_fen")


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as agreed, in fen. `first_fen`: the rent that is paid on delivery (0: in arrears); `terms`: the others.

    The last rent takes what roundings leave.
    """

    rent_fen: int
    first_fen: int
    residual_fen: int
    terms: Terms


def rent_fen(fen: int, residual_fen: int, growth: Sequence[tuple[int, int]], in_advance: bool) -> int:
    """The level rent over periods with these fractions of interest, rounded half up.

    The present value of all rents and of the residual is `fen`: (fen x G - residual) / S, with G = product(1 + f) and S
    the sum over the rents of the growth from their day to the end; in whole numbers throughout.
    """
    repaid, once, scale = 1, 0, 1
    for numerator, denominator in growth:
        grown = denominator + numerator
        repaid *= grown
        # a rent at the begin of the period grows with it, one at its end does not
        once = (once + scale) * grown if in_advance else once * grown + scale * denominator
        scale *= denominator
    return half_up(fen * repaid - residual_fen * scale, once)


def present_fen(fen: int, growth: Sequence[tuple[int, int]]) -> int:
    """What `fen` at the end of the periods is worth at their beginning, rounded half up."""
    numerator, denominator = 1, 1
    for grown, whole in growth:
        numerator, denominator = numerator * whole, denominator * (whole + grown)
    return half_up(fen * numerator, denominator)


def lease_of(told: Mapping[str, Any], fen: int, start: date, working: WorkingDays | None) -> Lease:
    """The lease of equipment for `fen` from `start` on.

    `told` as JSON holds it: maturity, a fixed rate, count, dues as `terms.kept` has them; `in_advance`, `residual_fen`.
    Raises TermsRefused for what is missing, unknown, or allows no rent.
    """
    for name in told:
        one_of("terms", name, OF_LEASE)
    in_advance, residual = told.get("in_advance", False), told.get("residual_fen", 0)
    one_of("in_advance", in_advance, (True, False))
    amount("amount", fen, 1, MOST_FEN)
    amount("residual", residual, 0, fen - 1)
    fields = changes_of({name: told[name] for name in OF_RENT if name in told})
    for needed in ("maturity", "rate"):
        one_of("terms", needed, tuple(fields))
    if not isinstance(fields["rate"], Fixed):
        raise TermsRefused("unknown", name="rate", value="base", options="ppm")
    whole = Terms((Cash(start, fen),), method="interest_only", **fields)
    rows = schedule(whole, working).rows
    growth = [(sum(s.ppm * s.parts for s in row.stretches), WHOLE_PPM * row.stretches[0].base) for row in rows]
    rent = rent_fen(fen, residual, growth, in_advance)
    first = rent if in_advance else 0
    days = rule_days(whole.dues, start, whole.maturity)
    drawn = fen - present_fen(residual, growth) - first
    if in_advance and (len(days) < 2 or drawn < 1):
        raise TermsRefused("amount", name="rents", fen=len(days), least=2, most=len(days) + 1)
    fields |= {"maturity": days[-2] if in_advance else whole.maturity}
    terms = Terms((Cash(start, drawn),), method="annuity", instalment_fen=rent, **fields)
    schedule(terms, working)
    return Lease(rent, first, residual, terms)
