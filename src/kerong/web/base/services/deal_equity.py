"""Equity: a stake that a fund buys, or an option on one; every fen through the fund's book.

`details`: `option` (see deal_options), `exit_fen`: what an exit is proposed at.
"""

from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_changes import CHANGES
from kerong.web.base.services.deal_deciding import DealDeciding, Doing
from kerong.web.base.services.deal_details import details_of, kept_details
from kerong.web.base.services.deal_fund import EFFECTS
from kerong.web.base.services.deal_guards import COMMON, brought, is_seen, on_offer
from kerong.web.base.services.deal_options import exercisable, let_go, option_given, option_in_range, option_over
from kerong.web.base.services.ledger_refusals import yuan

EXIT = "exit_fen"


def _amount(at: DealDeciding) -> int | None:
    """An exit is at the price proposed."""
    return int(details_of(at.deal)[EXIT]) if at.move.name == "exit" else None


def _seen(at: DealDeciding) -> None:
    settled = _amount(at)
    is_seen(at, at.deal.fen if settled is None else settled)


def _term(at: DealDeciding) -> None:
    """What the term sheet says is what the committee decides on."""
    at.deal.fen = at.fen


def _grant(at: DealDeciding) -> None:
    """The option's price is fixed and becomes the amount of the deal; at most what the committee decided."""
    option = option_given(at)
    if option.price_fen > at.deal.fen:
        raise CaseRefused("deal.refused.decided", price=yuan(option.price_fen), most=yuan(at.deal.fen))
    at.deal.fen = option.price_fen
    CHANGES["sign"](at)


def _invest(at: DealDeciding) -> None:
    at.deal.drawn_fen = at.fen
    at.entries.append(("invested", at.fen, ""))


def _dividend(at: DealDeciding) -> None:
    at.entries.append(("dividend", at.fen, ""))


def _proceeds(at: DealDeciding) -> None:
    at.entries.append(("proceeds", at.fen, ""))


def _plan_exit(at: DealDeciding) -> None:
    kept_details(at, **{EXIT: at.fen})


def _write_off(at: DealDeciding) -> None:
    at.entries.append(("written_off", at.deal.drawn_fen, "stake"))


EQUITY = Doing(
    guards={
        **COMMON,
        "offer": on_offer,
        "documents": brought,
        "seen": _seen,
        "option_range": option_in_range,
        "exercisable": exercisable,
        "option_over": option_over,
    },
    changes={
        "term": _term,
        "sign": CHANGES["sign"],
        "grant": _grant,
        "invest": _invest,
        "exercise": _invest,
        "transfer": _proceeds,
        "let_go": let_go,
        "pay_dividend": _dividend,
        "plan_exit": _plan_exit,
        "exit": _proceeds,
        "write_off": _write_off,
    },
    effects=EFFECTS,
    products=("equity",),
    amount=_amount,
)
