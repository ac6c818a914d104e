"""Shared risk: which losses a pool bears, within which bounds, and what comes back (docs/algorithms/pool.md)."""

from kerong.engine.money.pool.book import CLAIMS, WISHES, Book, book_of, table_of
from kerong.engine.money.pool.cases import pool_case, standing
from kerong.engine.money.pool.claiming import Judged, claim_judged
from kerong.engine.money.pool.claims import claims_judged
from kerong.engine.money.pool.figures import Figures, pool_figures
from kerong.engine.money.pool.history import Happened, PoolAgain, event_of, pool_again, told_of
from kerong.engine.money.pool.life import after, pool_after, refusal
from kerong.engine.money.pool.reasons import REASONS
from kerong.engine.money.pool.registering import registered
from kerong.engine.money.pool.settled import PoolHistory, pools_again, pools_agree
from kerong.engine.money.pool.state import Answer, Loan, Moved, State
from kerong.engine.money.pool.terms import bare, eligible, loan_fingerprint
from kerong.engine.money.pool.transfers import transfers_of

__all__ = [
    "CLAIMS",
    "REASONS",
    "WISHES",
    "Answer",
    "Book",
    "Figures",
    "Happened",
    "Judged",
    "Loan",
    "Moved",
    "PoolAgain",
    "PoolHistory",
    "State",
    "after",
    "bare",
    "book_of",
    "claim_judged",
    "claims_judged",
    "eligible",
    "event_of",
    "loan_fingerprint",
    "pool_after",
    "pool_again",
    "pool_case",
    "pool_figures",
    "pools_again",
    "pools_agree",
    "refusal",
    "registered",
    "standing",
    "table_of",
    "told_of",
    "transfers_of",
]
