"""What comes back after compensation: to whom it goes, by the pool's waterfall of recoveries or in proportion."""

from collections.abc import Mapping
from types import MappingProxyType

from kerong.engine.money.pool.state import Loan
from kerong.engine.money.pool.terms import is_amount
from kerong.engine.money.split import Split, largest_remainder, split
from kerong.rulebook.pools import BORNE, RECOVERED, Pool, PoolEvent


def parts_of_recovery(pool: Pool, loan: Loan, event: PoolEvent) -> Mapping[str, int] | str:
    """What each party gets of a recovery; why nothing is parted. Nobody gets back more than it bore."""
    if loan.is_void or not loan.is_claimed:
        return "void" if loan.is_void else "not_compensated"
    if not is_amount(event.fen):
        return "amount"
    left = {party: fen - loan.returned.get(party, 0) for party, fen in loan.borne.items()}
    whole = sum(left.values())
    if event.fen > whole:
        return "recovered_more"
    by = pool.instruments[loan.instrument].recovery
    if by is None:
        return MappingProxyType(largest_remainder(event.fen, left, whole))
    given = {RECOVERED: event.fen} | {f"{BORNE}{party}": fen for party, fen in left.items()}
    facts = {**event.facts, **loan.facts}
    inputs = {name: facts.get(name) if word is None else given[word] for name, word in by.given.items()}
    found = split(by.waterfall, inputs, loan.drawn_on)
    if not isinstance(found, Split):
        return "unknown" if found is None else "error"
    if found.amount != event.fen or any(fen > left.get(party, 0) for party, fen in found.parts.items()):
        return "error"
    return MappingProxyType(found.parts)
