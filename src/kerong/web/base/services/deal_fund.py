"""The money of deals in a fund's book: an investment paid, what comes back, a partner's part paid out."""

from collections.abc import Mapping

from kerong.engine.money.ledger import movements
from kerong.web.base.models import Role
from kerong.web.base.services.deal_deciding import DealDeciding, Doer
from kerong.web.base.services.deal_paying import act_of
from kerong.web.base.services.institution_book import book_of_institution

PARTS = "parts"  # of a move's detail: fen by party


def _reserve(at: DealDeciding) -> None:
    book = book_of_institution(at.deal, Role.FUND)
    at.transfers += movements.reserve_investment(act_of(at), book, at.deal.enterprise_id, at.fen)


def _invest(at: DealDeciding) -> None:
    """Of one hand with its reservation: what is reserved is paid in the same move."""
    at.transfers += movements.invest(act_of(at), at.transfers[-1])


def _proceeds(at: DealDeciding) -> None:
    book = book_of_institution(at.deal, Role.FUND)
    at.transfers += movements.receive_proceeds(act_of(at), book, at.deal.enterprise_id, at.fen)


def _distribute(at: DealDeciding) -> None:
    """The bank's part of what came in; of nothing there is no transfer."""
    fen = at.detail[PARTS][Role.BANK]
    if fen:
        bank = at.deal.parties.get(role=Role.BANK).code
        at.transfers += movements.distribute(act_of(at), book_of_institution(at.deal, Role.FUND), bank, fen)


EFFECTS: Mapping[str, Doer] = {
    "reserve_investment": _reserve,
    "invest": _invest,
    "receive_proceeds": _proceeds,
    "distribute": _distribute,
}
