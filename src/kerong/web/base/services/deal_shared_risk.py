"""政银担 and 双保贷: deals in which several agree how a loan's loss is parted, and to which loan and covers are bound.

The loan (`base` is the joint deal), the guarantee and the policy (`base` is the loan) are deals of their own, and money
moves in them; here stands what needs all of them: by which parts a loss is borne, that all are bound before the loan is
drawn, the parts of a loss, and the parts of what is recovered.
`details`: `pool` (its waterfall parts the loss) or `shares` (basis points by role); `parts` of the loss once it is
parted, `recovered_fen` and `returned` of what came back.
"""

from collections.abc import Mapping
from typing import Any

from kerong.engine.money.cover import parted, returned, shares_refusal
from kerong.web.base.models import Deal, Role
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.services.case_award import pinned_rules
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_deciding import DealDeciding, Doer, Doing
from kerong.web.base.services.deal_details import details_of, kept_details, offered_term, product_of
from kerong.web.base.services.deal_guards import COMMON, is_seen
from kerong.web.base.services.deal_losses import (
    ROLE_OF,
    bound_loans,
    covers_of,
    in_force,
    owed_fen,
    pool_of,
    refuse_open_days,
    refuse_owed,
    used_fen,
)
from kerong.web.base.services.deal_paying import held
from kerong.web.base.services.ledger_refusals import yuan
from kerong.web.base.services.locks import lock

COVERING = (Role.GUARANTOR, Role.INSURER)
GONE = ("declined", "withdrawn")


@reading_as(SYSTEM)
def loan_of(joint: Deal) -> Deal:
    """The one loan of the joint deal, locked. Raises CaseRefused where it has none or several."""
    found = [one.pk for one in bound_loans(joint)]
    if len(found) != 1:
        raise CaseRefused("deal.refused.no_loan")
    return Deal.objects.select_for_update(of=("self",)).get(pk=found[0])


def agreement_said(at: DealDeciding) -> dict[str, Any]:
    """How a loss is parted: by a pool's waterfall, or by written shares of those who take part. Raises CaseRefused."""
    pool, shares = at.wish.details.get("pool"), at.wish.details.get("shares")
    if (pool is None) == (shares is None):
        raise CaseRefused("deal.refused.loss_shares")
    found = {"pool": pool, "shares": None} if shares is None else {"pool": None, "shares": shares}
    refuse_agreement(at.deal, found)
    return found


def refuse_agreement(joint: Deal, agreed: Mapping[str, Any]) -> None:
    """Raises CaseRefused where nothing can be parted by it: no such pool, or shares that are not whole or nobody's."""
    if agreed.get("pool") is not None:
        pool = pinned_rules(joint.rulebook.digest).pools.get(agreed["pool"])
        if pool is None or "loan" not in pool.instruments:
            raise CaseRefused("deal.refused.no_pool")
        return
    shares = agreed.get("shares")
    roles = set(joint.parties.values_list("role", flat=True)) & {Role.BANK, *COVERING}
    if not isinstance(shares, Mapping) or not set(shares) <= roles or shares_refusal(shares):
        raise CaseRefused("deal.refused.loss_shares")


def _shares(at: DealDeciding) -> None:
    """Whoever looks into the deal writes how a loss is parted; whoever files it finds that it can be."""
    if "fen" in at.move.needs:
        agreement_said(at)
    else:
        refuse_agreement(at.deal, details_of(at.deal))


def _agree(at: DealDeciding) -> None:
    at.deal.fen = at.fen
    kept_details(at, **agreement_said(at))


def _within(at: DealDeciding) -> None:
    """What is looked into is not more than was asked for."""
    if at.move.begin and at.fen > at.deal.fen:
        raise CaseRefused("deal.refused.asked", most=yuan(at.deal.fen))


def _documents(at: DealDeciding) -> None:
    COMMON["documents"](at)
    _within(at)


@reading_as(SYSTEM)
def _within_quota(at: DealDeciding) -> None:
    """All that was filed on the product this year stays within its quota; a product without one sets no bound."""
    deal, year = at.deal, at.today.year
    quota = offered_term(product_of(deal), "quota_year_fen", at.today)
    if quota is None:
        return
    lock(f"quota {deal.region} {deal.product} {year}")
    filed = Deal.objects.filter(region=deal.region, product=deal.product, kind=deal.kind).exclude(state__in=GONE)
    used = sum(one.fen for one in filed.filter(moves__name="file", moves__on__year=year).distinct())
    if used + deal.fen > quota:
        raise CaseRefused("deal.refused.quota", year=year, left=yuan(max(0, quota - used)))


@reading_as(SYSTEM)
def _all_agreed(at: DealDeciding) -> None:
    """The loan is signed by the same bank for the same amount, and every cover that bears a part is in force."""
    joint, loan = at.deal, loan_of(at.deal)
    banks = set(joint.parties.filter(role=Role.BANK).values_list("code", flat=True))
    if loan.state != "contracted" or loan.fen != joint.fen or loan.institution not in banks:
        raise CaseRefused("deal.refused.all_bound", what=loan.contract or loan.product)
    for role, needed in needed_fen(joint).items():
        codes = set(joint.parties.filter(role=role).values_list("code", flat=True))
        kind = "guarantee" if role == Role.GUARANTOR else "insurance"
        if sum(one.fen for one in in_force(loan, kind) if one.institution in codes) < needed:
            raise CaseRefused("deal.refused.all_bound", what=", ".join(sorted(codes)))


def needed_fen(joint: Deal) -> dict[str, int]:
    """By role what a cover must stand for at least: its part if all were lost; of a waterfall, anything."""
    told = details_of(joint)
    if told.get("shares"):
        parts = parted(joint.fen, told["shares"])
        return {role: fen for role, fen in parts.items() if role in COVERING and fen}
    instrument = pinned_rules(joint.rulebook.digest).pools[told["pool"]].instruments["loan"]
    parties = set(joint.parties.values_list("role", flat=True))
    named = [role for role in COVERING if role in instrument.loss.waterfall.parties and role != instrument.payer]
    return {role: 1 for role in named if role in parties}


@reading_as(SYSTEM)
def parts_now(at: DealDeciding) -> dict[str, int]:
    """The parts of the loss: those of the pool that verified it, else by the written shares. Raises CaseRefused."""
    joint, loan = at.deal, loan_of(at.deal)
    pool, pooled = details_of(joint).get("pool"), pool_of(loan)
    if pool is None:
        return parted(owed_fen(loan, at), details_of(joint)["shares"])
    if pooled is None or pooled[0].pool.name != pool or not pooled[0].borne:
        raise CaseRefused("deal.refused.parts_first")
    return {str(party): int(fen) for party, fen in pooled[0].borne.items()}


def _parts(at: DealDeciding) -> None:
    at.detail["parts"] = parts_now(at)


def _part(at: DealDeciding) -> None:
    kept_details(at, parts=at.detail["parts"])
    at.entries += [("part", fen, party) for party, fen in sorted(at.detail["parts"].items())]


def _unparted(at: DealDeciding) -> None:
    kept_details(at, parts=None)


@reading_as(SYSTEM)
def _none_paid(at: DealDeciding) -> None:
    if any(map(used_fen, covers_of(loan_of(at.deal)))) or held(at.deal, "recovered_fen"):
        raise CaseRefused("deal.refused.paid_before")


@reading_as(SYSTEM)
def paid_by_covers(at: DealDeciding) -> dict[str, int]:
    """By role what its covers have paid of the loan's loss; a pool's payment is its payer's."""
    loan = loan_of(at.deal)
    found: dict[str, int] = {}
    for cover in covers_of(loan):
        role = ROLE_OF[cover.kind]
        found[role] = found.get(role, 0) + held(cover, "paid_fen")
    pooled = pool_of(loan)
    if pooled is not None and loan.state in ("compensated", "written_off", "closed"):
        payer = pooled[1].payer
        found[payer] = found.get(payer, 0) + pooled[0].paid_fen
    return found


def _paid_up(at: DealDeciding) -> None:
    """Every part but the bank's is paid."""
    parts, paid = details_of(at.deal)["parts"], paid_by_covers(at)
    left = sum(max(0, fen - paid.get(role, 0)) for role, fen in parts.items() if role != Role.BANK)
    if left:
        raise CaseRefused("deal.refused.parts_open", left=yuan(left))


def _seen(at: DealDeciding) -> None:
    now = at.deal.fen
    if at.move.name in ("part", "call"):
        now = sum(at.detail["parts"].values())
    elif at.move.name == "pay":
        now = sum(fen for role, fen in details_of(at.deal)["parts"].items() if role != Role.BANK)
    is_seen(at, now)


@reading_as(SYSTEM)
def _borne(at: DealDeciding) -> None:
    """What is recovered is parted by what each bears; of a loan in a pool that is done on the loan itself."""
    if pool_of(loan_of(at.deal)) is not None:
        raise CaseRefused("deal.refused.recover_in_pool")
    left = sum(details_of(at.deal)["parts"].values()) - held(at.deal, "recovered_fen")
    if at.fen > left:
        raise CaseRefused("deal.refused.recovered_more", most=yuan(left))


def _recover(at: DealDeciding) -> None:
    """In proportion to what each bears and has not got back, so that nobody gets more than it bore."""
    told = details_of(at.deal)
    before = {role: int(fen) for role, fen in (told.get("returned") or {}).items()}
    left = {role: fen - before.get(role, 0) for role, fen in told["parts"].items()}
    more = returned(at.fen, left)
    kept_details(
        at,
        recovered_fen=held(at.deal, "recovered_fen") + at.fen,
        returned={role: before.get(role, 0) + more[role] for role in more},
    )
    at.entries.append(("recovered", at.fen, ""))


def _past_due(at: DealDeciding) -> None:
    if not loan_of(at.deal).days_past_due:
        raise CaseRefused("deal.refused.not_past_due")


def _closed_day(at: DealDeciding) -> None:
    refuse_open_days(loan_of(at.deal), at)


def _repaid(at: DealDeciding) -> None:
    refuse_owed(loan_of(at.deal), at)


GUARDS: Mapping[str, Doer] = {
    **COMMON,
    "documents": _documents,
    "shares": _shares,
    "within_quota": _within_quota,
    "all_agreed": _all_agreed,
    "parts": _parts,
    "seen": _seen,
    "none_paid": _none_paid,
    "paid_up": _paid_up,
    "borne": _borne,
    "past_due": _past_due,
    "closed_day": _closed_day,
    "repaid": _repaid,
}
CHANGES: Mapping[str, Doer] = {
    "examine": _agree,
    "cover": _agree,
    "part": _part,
    "call": _part,
    "undo_part": _unparted,
    "take_back": _unparted,
    "refuse": _unparted,
    "recover": _recover,
}
GOVERNMENT_BANK_GUARANTEE = Doing(GUARDS, CHANGES, {}, products=("loan",), is_before_office=True)
DOUBLE_COVER = Doing(GUARDS, CHANGES, {}, products=("loan",))
