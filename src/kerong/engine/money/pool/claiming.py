"""One claim, plainly: the certified loss, who bears what of it, and which cap took what from the pool's part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kerong.engine.money.pool.state import NONE, Loan, State
from kerong.engine.money.pool.terms import (
    MOST_FEN,
    OF_DRAWDOWN,
    OF_THE_DAY,
    allowed_interest,
    in_force,
    is_amount,
    number,
)
from kerong.engine.money.split import Split, split
from kerong.rulebook.pools import BALANCE, CAPS, SHARED, Instrument, Pool, PoolEvent


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim judged: `refused` "" where it is paid. `parts` sum to what is owed less what a borrower's part names."""

    refused: str = ""
    parts: Mapping[str, int] = field(default_factory=lambda: NONE)
    paid_fen: int = 0
    cut_by: str = ""


def claim_judged(pool: Pool, state: State, claim: PoolEvent) -> Judged:
    """What a pool that stands so answers to a claim. The loan's terms are those of its drawdown."""
    loan = state.loans.get(claim.loan)
    if loan is None:
        return Judged("not_registered")
    refused = _refused(pool, loan, claim)
    if refused:
        return Judged(refused)
    interest = allowed_interest(pool, loan.drawn_on, claim.principal_fen, claim.interest_fen)
    due = claim.principal_fen + interest
    if claim.recovered_fen > due:
        return Judged("recovered_above_due")
    loss = due - claim.recovered_fen
    if loss < max(number(pool, "least_fen", loan.drawn_on) or 0, 1):
        return Judged("below_least")
    one = pool.instruments[loan.instrument]
    given = {
        "loss": loss,
        "due": due,
        "principal": claim.principal_fen,
        "interest": interest,
        "recovered": claim.recovered_fen,
        "loan": loan.fen,
        "pool_left": state.balance_fen,
        "pool_paid": sum(other.counted_fen for other in state.loans.values()),
        "firm_paid": next(state.paid(loan, claim.on.year)),
    }
    facts = {**claim.facts, **loan.facts}  # what was said at drawdown stands
    inputs = {name: facts.get(name) if word is None else given[word] for name, word in one.loss.given.items()}
    found = split(one.loss.waterfall, inputs, loan.drawn_on)
    if not isinstance(found, Split):
        return Judged("unknown" if found is None else "error")
    return _capped(pool, state, loan, claim, one, found, loss)


def _refused(pool: Pool, loan: Loan, claim: PoolEvent) -> str:
    """What can be told before any money is looked at."""
    if claim.bank and claim.bank != loan.bank:
        return "another_bank"
    if claim.elsewhere:
        return "elsewhere"
    if loan.is_void:
        return "void"
    if loan.is_claimed:
        return "claimed_already"
    if loan.is_written_off:
        return "written_off_already"
    if not in_force(pool, OF_DRAWDOWN, loan.drawn_on) or not in_force(pool, OF_THE_DAY, claim.on):
        return "no_terms"
    others = (claim.interest_fen, claim.recovered_fen)
    if not is_amount(claim.principal_fen) or not all(0 <= fen <= MOST_FEN for fen in others):
        return "amount"
    if claim.principal_fen > loan.balance_fen:
        return "above_balance"
    if loan.since is None:
        return "not_overdue"
    return "too_early" if (claim.on - loan.since).days < (number(pool, "trigger_days", loan.drawn_on) or 0) else ""


def _capped(pool: Pool, state: State, loan: Loan, claim: PoolEvent, one: Instrument, found: Split, loss: int) -> Judged:
    """The parts after the pool's own caps; what they take from the pool's part falls to `over`."""
    parts = dict(found.parts)
    if sum(fen for party, fen in parts.items() if party != one.borrower) != loss:
        return Judged("error")
    paid = parts[one.payer]
    cuts = {SHARED: sum(cut.fen for cut in found.cuts if cut.party == one.payer)}
    for name, left in _lefts(pool, state, loan, claim).items():
        cuts[name] = max(paid - left, 0)
        paid -= cuts[name]
    cut_by = deepest(cuts)
    if not paid:
        return Judged("nothing", cut_by=cut_by)
    parts[one.over] += parts[one.payer] - paid
    parts[one.payer] = paid
    return Judged("", MappingProxyType(parts), paid, cut_by)


def _lefts(pool: Pool, state: State, loan: Loan, claim: PoolEvent) -> dict[str, int]:
    """What each cap still leaves, in the written order; a pool that has paid more than a cap leaves nothing."""
    lefts: dict[str, int] = {}
    for name, used in zip(CAPS, (0, *state.paid(loan, claim.on.year)), strict=True):
        cap = number(pool, name, loan.drawn_on if name in OF_DRAWDOWN else claim.on)
        if cap is not None:
            lefts[name] = max(cap - used, 0)
    return {**lefts, BALANCE: state.balance_fen}


def deepest(cuts: Mapping[str, int]) -> str:
    """The name of what cut most, of those that cut alike the first by name; "" where nothing was cut."""
    most = max(cuts.values())
    return min(name for name, cut in cuts.items() if cut == most) if most > 0 else ""
