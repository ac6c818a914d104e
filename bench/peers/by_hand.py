"""The waterfall of `bench.programs.waterfalls` written out by hand in NumPy for its one shape: the floor."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.claims import Work
from bench.programs.waterfalls import loans

Fen = npt.NDArray[np.int64]


def parted(scratch: Path, count: str) -> Work:
    """Work that parts every loss; answers with what the bank bears in all, in fen."""
    table = loans(int(count))
    loan, loss, left, rate = (table[name].to_numpy() for name in ("loan_fen", "loss_fen", "fund_left_fen", "fund_bp"))

    def work() -> float:
        first = np.minimum(np.minimum(loss, loan * 1_000 // 10_000), left)
        rest = loss - first
        shared = np.minimum(rest, loan * 5_000 // 10_000)
        fund, _, bank = _shares(shared, [rate, np.full_like(rate, 3_000), 7_000 - rate])
        bank += np.maximum(fund - left, 0)
        rest = rest - shared
        excess = np.minimum(rest, loan * 2_000 // 10_000)
        bank += _shares(excess, [np.full_like(rate, 7_777), np.full_like(rate, 2_223)])[1]
        last = [np.full_like(rate, bp) for bp in (3_333, 3_333, 3_334)]
        bank += _shares(rest - excess, last)[2]
        return float(bank.sum())

    return work


def _shares(fen: Fen, shares: list[Fen]) -> list[Fen]:
    """Largest remainders, ties by the order of shares."""
    exact = [fen * share for share in shares]
    parts = [value // 10_000 for value in exact]
    odd = fen - np.sum(parts, axis=0)
    order = np.argsort(np.stack([-(value % 10_000) for value in exact]), axis=0, kind="stable")
    place = np.argsort(order, axis=0, kind="stable")
    return [part + (place[at] < odd) for at, part in enumerate(parts)]
