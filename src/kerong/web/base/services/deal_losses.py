"""The loss of a loan and who has borne what of it: a pool, guarantees, claims on policies. One place for all of them.

Who pays looks at what the others have paid or set aside, under the lock of the loan's row: a loss is borne once.
Locks are taken from a deal to what it stands on: a claim, its policy, the loan.
"""

from collections.abc import Iterator

from kerong.engine.deal.loan import account_on, is_repaid
from kerong.engine.deal.states import KINDS
from kerong.engine.money.cover import Loss, payable_fen
from kerong.engine.money.ledger.chain import sm3
from kerong.engine.money.pool import loan_fingerprint
from kerong.rulebook.pools import Instrument
from kerong.web.base.models import Deal, PoolLoan
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.services.case_award import pinned_rules
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_deciding import DealDeciding, agreed_of, receipts_of
from kerong.web.base.services.deal_details import details_of
from kerong.web.base.services.ledger_refusals import yuan
from kerong.web.base.services.locks import lock

JOINTS = ("government_bank_guarantee", "double_cover")
OPEN_DAYS = ("drawing", "repaying", "overdue", "claimed", "verified")  # while close of business goes on
ENDED = ("settled", "declined", "withdrawn")  # nothing is owed, or nothing was ever lent
TWINS = "twins"  # who bore the loss of the same loan written down by another bank
ROLE_OF = {"guarantee": "guarantor", "claim": "insurer"}


@reading_as(SYSTEM)
def based_on(deal: Deal) -> Deal | None:
    """The deal that it stands on, whoever may see that one."""
    return None if deal.base_id is None else Deal.objects.get(pk=deal.base_id)


@reading_as(SYSTEM)
def loan_locked(deal: Deal) -> Deal:
    """The loan that a guarantee, a policy or a pledge stands on, locked. Raises CaseRefused where it stands on none."""
    found = Deal.objects.select_for_update(of=("self",)).filter(pk=deal.base_id or 0, kind="loan").first()
    if found is None:
        raise CaseRefused("deal.refused.no_loan")
    return found


@reading_as(SYSTEM)
def joint_of(loan: Deal) -> Deal | None:
    """The deal of several institutions that the loan is part of."""
    return None if loan.base_id is None else Deal.objects.filter(pk=loan.base_id, kind__in=JOINTS).first()


@reading_as(SYSTEM)
def covers_of(loan: Deal) -> list[Deal]:
    """Every guarantee of the loan and every claim on a policy of it."""
    guarantees = Deal.objects.filter(base=loan, kind="guarantee")
    claims = Deal.objects.filter(base__base=loan, base__kind="insurance", kind="claim")
    return [*guarantees.order_by("id"), *claims.order_by("id")]


@reading_as(SYSTEM)
def in_force(loan: Deal, kind: str) -> list[Deal]:
    """The guarantees or the policies of the loan that are in force."""
    return list(Deal.objects.filter(base=loan, kind=kind, state="in_force"))


@reading_as(SYSTEM)
def twins_of(loan: Deal) -> list[Deal]:
    """The same loan as other banks wrote it down: of the same firm and contract, however its number is written.

    From now on whoever asks for one of them waits for the other.
    """
    if not loan.contract:
        return []
    name = loan_fingerprint(loan.enterprise_id, loan.contract)
    lock(f"loan {loan.region} {sm3(name.encode()).hex()}")
    others = Deal.objects.filter(region=loan.region, kind="loan", enterprise_id=loan.enterprise_id).exclude(pk=loan.pk)
    found = others.exclude(contract="").order_by("id")
    return [one for one in found if loan_fingerprint(one.enterprise_id, one.contract) == name]


def borne_by_twins(loan: Deal) -> int:
    """What covers and pools have set aside or paid of the same loan as other banks wrote it down."""
    twins = twins_of(loan)
    pooled = PoolLoan.objects.filter(deal__in=twins, is_void=False).values_list("paid_fen", flat=True)
    return sum(used_fen(cover) for twin in twins for cover in covers_of(twin)) + sum(pooled)


def used_fen(cover: Deal) -> int:
    """What a cover has set aside or paid."""
    told = details_of(cover)
    return int(told.get("reserved_fen", 0)) + int(told.get("paid_fen", 0))


def pool_of(loan: Deal) -> tuple[PoolLoan, Instrument] | None:
    """The loan's place in a pool and what the pool covers of it; None where it is in none."""
    pooled = PoolLoan.objects.filter(deal=loan).select_related("pool", "rulebook").first()
    if pooled is None:
        return None
    return pooled, pinned_rules(pooled.rulebook.digest).pools[pooled.pool.name].instruments[pooled.instrument]


def owed_fen(loan: Deal, at: DealDeciding) -> int:
    """Principal and interest that are owed on the loan as of its last closed day, less what came in since."""
    if loan.closed_through is None:
        raise CaseRefused("deal.refused.not_drawn")
    agreed, receipts = agreed_of(loan, at.days), receipts_of(loan)
    days = {loan.closed_through, max(loan.closed_through, at.today)}
    accounts = [account_on(agreed, receipts, day) for day in days]
    return max(0, min(held.outstanding_fen + held.interest_fen - held.surplus_fen for held in accounts))


@reading_as(SYSTEM)
def loss_of(loan: Deal, at: DealDeciding, role: str, own: Deal | None = None) -> Loss:
    """The loan's loss, parted where a pool or a joint deal parts it for that role, and what others bear of it.

    Raises CaseRefused where parts are agreed and not worked out yet: they come first.
    """
    joint, pooled = joint_of(loan), pool_of(loan)
    twins = borne_by_twins(loan)
    borne: dict[str, int] = {TWINS: twins} if twins else {}
    for cover in covers_of(loan):
        if own is None or cover.pk != own.pk:
            borne[ROLE_OF[cover.kind]] = borne.get(ROLE_OF[cover.kind], 0) + used_fen(cover)
    parts = None
    if pooled is not None:
        row, instrument = pooled
        if not row.is_void:
            borne[instrument.payer] = borne.get(instrument.payer, 0) + row.paid_fen
        if role in instrument.loss.waterfall.parties:
            if not row.borne:
                raise CaseRefused("deal.refused.parts_first")
            parts = {party: int(fen) for party, fen in row.borne.items()}
    if joint is not None and parts is None:
        told = details_of(joint).get("parts")
        if told is None:
            raise CaseRefused("deal.refused.parts_first")
        parts = {str(party): int(fen) for party, fen in told.items()}
    return Loss(owed_fen(loan, at) if parts is None else sum(parts.values()), parts, borne)


@reading_as(SYSTEM)
def refuse_less_lost(at: DealDeciding, loan: Deal, role: str, share_bp: int) -> None:
    """Raises CaseRefused where less is lost by now than was set aside for it: the borrower has paid since."""
    set_aside = int(details_of(at.deal).get("reserved_fen", 0))
    most = payable_fen(loss_of(loan, at, role, at.deal), role, share_bp, set_aside)
    joint = joint_of(loan)
    if joint is not None and pool_of(loan) is None:
        told = details_of(joint)
        left = owed_fen(loan, at) + int(told.get("recovered_fen", 0))
        most = most if left >= sum((told.get("parts") or {}).values()) else 0
    if most < set_aside:
        raise CaseRefused("deal.refused.less_lost", most=yuan(most))


def payable(at: DealDeciding, loan: Deal, role: str, share_bp: int, stands_for_fen: int) -> int:
    """What a cover still pays. Raises CaseRefused where that is nothing."""
    found = payable_fen(loss_of(loan, at, role, at.deal), role, share_bp, stands_for_fen)
    if not found:
        raise CaseRefused("deal.refused.nothing_payable")
    return found


@reading_as(SYSTEM)
def covered_beside(loan: Deal, instrument: Instrument) -> int:
    """What covers have set aside or paid that the pool's waterfall does not part: to the pool it is recovered."""
    named = instrument.loss.waterfall.parties
    beside = sum(used_fen(cover) for cover in covers_of(loan) if ROLE_OF[cover.kind] not in named)
    return beside + borne_by_twins(loan)


def refuse_past_covers(loan: Deal) -> None:
    """A loan whose cover has paid is not brought into a pool afterwards. Raises CaseRefused."""
    if any(map(used_fen, covers_of(loan))) or borne_by_twins(loan):
        raise CaseRefused("deal.refused.covered_before")


@reading_as(SYSTEM)
def returned_fen(loan: Deal, role: str) -> int:
    """What of recoveries belongs to a role by the parts of a pool or a joint deal."""
    pooled, joint = pool_of(loan), joint_of(loan)
    if pooled is not None and role in pooled[1].loss.waterfall.parties:
        return int(pooled[0].returned.get(role, 0))
    return int(details_of(joint).get("returned", {}).get(role, 0)) if joint is not None else 0


@reading_as(SYSTEM)
def is_parted(loan: Deal, role: str) -> bool:
    """Are losses and recoveries of the loan parted among several for that role?"""
    pooled = pool_of(loan)
    return joint_of(loan) is not None or (pooled is not None and role in pooled[1].loss.waterfall.parties)


# what tables ask of the loan behind a cover


def past_due(at: DealDeciding) -> None:
    """Guard: something of the loan is past due."""
    if not loan_locked(at.deal).days_past_due:
        raise CaseRefused("deal.refused.not_past_due")


def not_past_due(at: DealDeciding) -> None:
    """Guard: nothing of the loan is past due."""
    days = loan_locked(at.deal).days_past_due
    if days:
        raise CaseRefused("deal.refused.past_due", days=days)


def closed_day(at: DealDeciding) -> None:
    """Guard: the loan's days are closed through the day before, while they are closed at all."""
    refuse_open_days(loan_locked(at.deal), at)


def refuse_open_days(loan: Deal, at: DealDeciding) -> None:
    """Raises CaseRefused where the loan's days are not closed through the day before."""
    closed = loan.closed_through
    if closed is None or (loan.state in OPEN_DAYS and (at.today - closed).days > 1):
        raise CaseRefused("deal.refused.not_closed", through=closed or "—")


def repaid(at: DealDeciding) -> None:
    """Guard: nothing is owed on the loan any more, or it was never lent."""
    refuse_owed(loan_locked(at.deal), at)


@reading_as(SYSTEM)
def refuse_owed(loan: Deal, at: DealDeciding) -> None:
    """Raises CaseRefused where something is owed on the loan, or may yet be drawn."""
    if loan.state in ENDED:
        return
    if loan.drawn_on_facts is None:
        raise CaseRefused("deal.refused.not_drawn")
    held = account_on(agreed_of(loan, at.days), receipts_of(loan), at.today)
    if not is_repaid(held):
        raise CaseRefused("deal.refused.not_repaid", left=yuan(held.outstanding_fen))


def refuse_loan_gone(loan: Deal, fen: int) -> None:
    """Raises CaseRefused where the loan has ended, or is of less than what is to stand behind it."""
    if KINDS["loan"].states[loan.state].is_end:
        raise CaseRefused("deal.refused.loan_ended")
    if fen > loan.fen:
        raise CaseRefused("deal.refused.above_loan", most=yuan(loan.fen))


def bound_loans(joint: Deal) -> Iterator[Deal]:
    """The loans of a joint deal that have not come to nothing."""
    yield from Deal.objects.filter(base=joint, kind="loan").exclude(state__in=("declined", "withdrawn")).order_by("id")
