"""The money of covers, alike for guarantees and claims: set aside, paid, released, and what comes back, in one book.

`details` of such a deal: `reserved_fen` and `reservation` while something is set aside, then `paid_fen`; of that came
back `recovered_fen` from the debtor and `back_fen` through the bank.
"""

from collections.abc import Mapping
from functools import partial

from kerong.engine.money.ledger import movements
from kerong.engine.money.ledger.chain import sm3
from kerong.engine.money.ledger.told import about_deal
from kerong.engine.money.ledger.transfers import Act, Transfer
from kerong.web.base.models import Deal, Role
from kerong.web.base.models import Transfer as Row
from kerong.web.base.selectors.ledger import transfers
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_deciding import DealDeciding, Doer
from kerong.web.base.services.deal_details import details_of, kept_details
from kerong.web.base.services.deal_losses import based_on, is_parted, loan_locked, returned_fen
from kerong.web.base.services.institution_book import book_of_institution
from kerong.web.base.services.ledger_refusals import yuan


def act_of(at: DealDeciding) -> Act:
    """What the transfers of a move share."""
    deal = at.deal
    return Act(
        key=f"deal {deal.pk} {at.version}",
        on=at.on,
        about=about_deal(deal.pk),
        rule=deal.product,
        rule_version=(deal.drawn_rulebook or deal.rulebook).digest,
        evidence=sm3(f"{deal.enterprise_id}|{deal.contract}".encode()).hex(),
    )


def held(deal: Deal, name: str) -> int:
    """A sum of the deal's details, 0 where nothing was moved yet."""
    return int(details_of(deal).get(name, 0))


def added(at: DealDeciding, name: str, fen: int, entry: str) -> None:
    """Raises a sum of the deal and leaves an entry of the day."""
    kept_details(at, **{name: held(at.deal, name) + fen})
    at.entries.append((entry, fen, ""))


def bank_of(deal: Deal) -> str:
    """The bank of the deal; "" where it has none."""
    found = deal.parties.filter(role=Role.BANK).first()
    return "" if found is None else found.code


def insured(deal: Deal) -> str:
    """Who is paid: the bank of the deal, the firm where no bank is part of it."""
    return bank_of(deal) or deal.enterprise_id


def reserved(role: str, at: DealDeciding) -> None:
    """Effect: what was found due is set aside."""
    book = book_of_institution(at.deal, role)
    at.transfers += movements.reserve_compensation(act_of(at), book, insured(at.deal), at.fen)
    added(at, "reserved_fen", at.fen, "reserved")


def compensated(at: DealDeciding) -> None:
    """Effect: what was set aside is paid."""
    at.transfers += movements.compensate(act_of(at), _reservation(at.deal))
    fen = held(at.deal, "reserved_fen")
    added(at, "paid_fen", fen, "paid")
    kept_details(at, reserved_fen=0, reservation="")


def released(at: DealDeciding) -> None:
    """Effect: what was set aside is free again."""
    at.transfers += movements.release_compensation(act_of(at), _reservation(at.deal))
    at.entries.append(("released", held(at.deal, "reserved_fen"), ""))
    kept_details(at, reserved_fen=0, reservation="")


def recovered(role: str, at: DealDeciding) -> None:
    """Effect: the debtor pays back."""
    debtor = str(details_of(at.deal).get("debtor") or at.deal.enterprise_id)
    book = book_of_institution(at.deal, role)
    at.transfers += movements.recover_from_debtor(act_of(at), book, debtor, at.fen)
    added(at, "recovered_fen", at.fen, "recovered")


def given_back(role: str, at: DealDeciding) -> None:
    """Effect: the bank passes on the part of what it recovered."""
    at.transfers += movements.recover(act_of(at), book_of_institution(at.deal, role), bank_of(at.deal), at.fen)
    added(at, "back_fen", at.fen, "given_back")


def money(role: str) -> Mapping[str, Doer]:
    """The effects of a kind whose payer is the institution of that role."""
    return {
        "reserve_compensation": partial(reserved, role),
        "compensate": compensated,
        "release_compensation": released,
        "recover_from_debtor": partial(recovered, role),
        "recover": partial(given_back, role),
    }


def reservation_noted(at: DealDeciding) -> None:
    """After the transfers are posted: which reservation is open."""
    if "reserve_compensation" in at.move.effects:
        kept_details(at, reservation=at.transfers[-1].ref)


def net_fen(deal: Deal) -> int:
    """What was paid and has not come back."""
    return held(deal, "paid_fen") - held(deal, "recovered_fen") - held(deal, "back_fen")


def borne(role: str, at: DealDeciding) -> None:
    """Guard: no more comes from the debtor than was paid; where the loss is parted, recoveries are parted too."""
    if at.deal.base_id is not None and _loan_is_parted(at, role):
        raise CaseRefused("deal.refused.recover_together")
    if at.fen > net_fen(at.deal):
        raise CaseRefused("deal.refused.recovered_more", most=yuan(net_fen(at.deal)))


def _loan_is_parted(at: DealDeciding, role: str) -> bool:
    loan = covered_loan(at)
    return loan is not None and is_parted(loan, role)


def covered_loan(at: DealDeciding) -> Deal | None:
    """The loan behind a guarantee or behind a claim's policy, locked; None where the policy stands on none."""
    deal = at.deal
    policy = based_on(deal) if deal.kind == "claim" else None
    if policy is None:
        return loan_locked(deal)
    return None if policy.base_id is None else loan_locked(policy)


def back_due(role: str, at: DealDeciding) -> None:
    """Guard: the bank passes on no more than the part of its recoveries that belongs to the cover."""
    loan = covered_loan(at)
    due = min(returned_fen(loan, role) - held(at.deal, "back_fen"), net_fen(at.deal)) if loan is not None else 0
    if at.fen > due:
        raise CaseRefused("deal.refused.back_due", most=yuan(max(0, due)))


def _reservation(deal: Deal) -> Transfer:
    found = next(transfers(Row.objects.filter(ref=details_of(deal).get("reservation") or "")), None)
    if found is None:
        raise CaseRefused("deal.refused.nothing_reserved")
    return found
