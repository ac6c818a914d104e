"""A lease: rents by engine.deal.lease, begun when the firm has accepted the equipment, closed day by day as a loan is.

The lessor's money is a fact of the deal. `details["lease"]` keeps what was agreed when the rent began, in fen.
"""

from datetime import date, timedelta
from typing import Any

from kerong.engine.deal.lease import Lease, lease_of
from kerong.engine.deal.loan import account_on
from kerong.engine.deal.terms.kept import kept
from kerong.web.base.services.case_award import pinned
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_changes import CHANGES, row_of
from kerong.web.base.services.deal_deciding import Closing, DealDeciding, Doing, agreed_of, receipts_of
from kerong.web.base.services.deal_details import details_of, kept_details
from kerong.web.base.services.deal_guards import COMMON, GUARDS, on_offer, seen
from kerong.web.base.services.ledger_refusals import yuan

LEASE_DAYS = Closing(
    states=("renting", "in_arrears"), falls={"renting": "fall_behind"}, cures={"in_arrears": "catch_up"}
)


def _lease(at: DealDeciding, terms: Any, fen: int, start: date) -> Lease:
    return lease_of(terms or {}, fen, start, at.days)


def _terms(at: DealDeciding) -> None:
    """Rents must be possible for the whole amount from today on."""
    lease = _lease(at, at.wish.terms, at.fen, at.today)
    at.detail["rent_fen"] = lease.rent_fen


def _first_rent(at: DealDeciding) -> None:
    """A rent in advance has come in: the amount of the wish is just that; in arrears none is told."""
    first = _amount(at) or 0
    if (at.wish.fen or 0) != first:
        raise CaseRefused("deal.refused.first_rent", fen=yuan(first))


def _price(at: DealDeciding) -> None:
    residual = _amount(at) or 0
    if at.wish.fen != residual:
        raise CaseRefused("deal.refused.price", fen=yuan(residual))


def _amount(at: DealDeciding) -> int | None:
    """The rent begins with its first one in advance; the equipment is bought at its residual value."""
    if at.move.name == "begin":
        return _lease(at, at.deal.terms, at.deal.fen, at.on).first_fen
    return int(details_of(at.deal)["lease"]["residual_fen"]) if at.move.name == "hand_over" else None


def _begin(at: DealDeciding) -> None:
    """The rents are frozen as of the day on which they begin."""
    deal = at.deal
    if at.published is None:
        raise CaseRefused("case.refused.run")
    lease = _lease(at, deal.terms, deal.fen, at.on)
    at.agreed = ("draw", kept(lease.terms))
    deal.drawn_on_facts, deal.drawn_rulebook = row_of(at.published, deal.enterprise_id), pinned(at.published)
    deal.closed_through = at.on - timedelta(days=1)
    deal.outstanding_fen = lease.terms.drawn_fen
    deal.drawn_fen = lease.terms.drawn_fen + lease.first_fen
    told = {name: getattr(lease, name) for name in ("rent_fen", "first_fen", "residual_fen")}
    kept_details(at, lease=told)
    at.entries.append(("drawn", deal.drawn_fen, ""))
    if lease.first_fen:
        at.entries.append(("first_rent", lease.first_fen, ""))


def _hand_over(at: DealDeciding) -> None:
    if at.wish.fen:
        at.entries.append(("price", at.wish.fen, ""))


def _dispose(at: DealDeciding) -> None:
    """What the equipment brought, and what it falls short of or exceeds the rents still owed by."""
    held = account_on(agreed_of(at.deal, at.days), receipts_of(at.deal), at.on)
    owed = held.outstanding_fen + held.interest_fen + held.penalty_fen + held.compound_fen + held.fee_fen
    at.detail |= {"owed_fen": owed, "short_fen": max(0, owed - at.fen), "over_fen": max(0, at.fen - owed)}
    at.entries.append(("disposed", at.fen, ""))


LEASE = Doing(
    guards={
        **COMMON,
        "offer": on_offer,
        "terms": _terms,
        "seen": seen,
        "first_rent": _first_rent,
        "price": _price,
        **{name: GUARDS[name] for name in ("open_day", "past_due", "not_past_due", "repaid")},
    },
    changes={
        "recommend": CHANGES["recommend"],
        "sign": CHANGES["sign"],
        "begin": _begin,
        "receive": CHANGES["receive"],
        "hand_over": _hand_over,
        "dispose": _dispose,
    },
    effects={},
    products=("lease",),
    closing=LEASE_DAYS,
    amount=_amount,
)
