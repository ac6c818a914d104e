"""The one gate of a pool: every event is judged by its pure life, changes the pool's row and its loan, and is kept.

Whoever calls holds the pool's row locked, so that events are served one after the other whoever else asks.
"""

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db.models import Max

from kerong.engine.money.pool import REASONS, Answer, Loan, State, after, told_of
from kerong.rulebook.pools import Pool, PoolEvent
from kerong.web.base.models import Deal, PinnedRulebook, PoolLoan, PoolMove, RiskPool, User
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.services.case_refusals import CaseRefused

SUMS = ("paid_in_fen", "interest_fen", "recovered_fen", "compensated_fen", "refunded_fen", "fees_fen")
OF_LOAN = ("loan", "bank", "firm", "group", "instrument", "drawn_on", "fen", "balance_fen", "since", "paid_on")
MORE_OF_LOAN = ("paid_fen", "is_void", "is_written_off")
CHANGING = ("balance_fen", "since", "paid_on", "paid_fen", "is_void", "is_written_off")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a pool moves: by which rulebook, by which deal and which of its moves, who; None: close of day, no deal."""

    rulebook: PinnedRulebook
    deal: Deal | None = None
    version: int | None = None
    actor: User | None = None


class PoolRefused(CaseRefused):
    """The pool refuses; `reason` is a key of `engine.money.pool.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__("pool.refused", reason=reason)
        self.reason = reason

    def sentence(self, lang: str) -> str:
        """The reason in "zh" or "en"."""
        return REASONS[self.reason].in_(lang)


def pool_locked(pool_id: int) -> RiskPool:
    """The pool, locked until the end of the transaction."""
    return RiskPool.objects.select_for_update(of=("self",)).select_related("book").get(pk=pool_id)


def state_of(pool: RiskPool) -> State:
    """How the pool stands."""
    loans = {
        row.loan: Loan(
            **{name: getattr(row, name) for name in (*OF_LOAN, *MORE_OF_LOAN)},
            facts=MappingProxyType(row.facts),
            borne=MappingProxyType(row.borne),
            returned=MappingProxyType(row.returned),
        )
        for row in pool.loans.all()
    }
    sums = {name: getattr(pool, name) for name in SUMS}
    return State(on=pool.on or date.min, loans=MappingProxyType(loans), is_open=pool.is_open, **sums)


@reading_as(SYSTEM)
def happened(pool: RiskPool, rules: Pool, event: PoolEvent, cause: Cause, working: tuple[date, ...] = ()) -> Answer:
    """One event of a pool whose row is locked, written down; a loan that is not in it yet is the caller's to add.

    `rules` are those of the cause's rulebook.

    Raises PoolRefused.
    """
    state, answer = after(rules, state_of(pool), event, working)
    if answer.refused:
        raise PoolRefused(answer.refused)
    for name in SUMS:
        setattr(pool, name, getattr(state, name))
    pool.on, pool.is_open = state.on, state.is_open
    pool.save()
    last = pool.moves.aggregate(last=Max("number"))["last"] or 0
    PoolMove.objects.create(
        pool=pool,
        number=last + 1,
        on=event.on,
        do=event.do,
        loan=event.loan,
        told=told_of(event),
        rulebook=cause.rulebook,
        deal=cause.deal,
        version=cause.version,
        by=cause.actor,
    )
    row = pool.loans.filter(loan=event.loan).first() if event.loan else None
    if row is not None:
        keep_loan(row, state.loans[event.loan])
    return answer


def keep_loan(row: PoolLoan, loan: Loan) -> None:
    """Writes down what changed of a loan."""
    for name in CHANGING:
        setattr(row, name, getattr(loan, name))
    row.borne, row.returned = dict(loan.borne), dict(loan.returned)
    row.save()
