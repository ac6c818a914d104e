"""A million made-up firms for five policies; both sides read these columns. Money in fen, rates in basis points."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

PACK = Path(__file__).resolve().parent / "packs" / "five"
POLICIES = ("rd_grant", "interest_subsidy", "fee_subsidy", "patent_reward", "specialised_reward")
COUNTIES = 10
SPECIALISED_SHARES = (0.85, 0.10, 0.04, 0.01)
Columns = dict[str, npt.NDArray[np.int64] | npt.NDArray[np.bool_]]


def varied(fen: int, number: int) -> int:
    """An amount of money in policy `number` of the same kind: a hundredth more from one to the next."""
    return fen + fen // 100 * number


def columns(firms: int, seed: int = 1) -> Columns:
    """Columns of the firms by name, every one of length `firms`."""
    draw = np.random.default_rng(seed)
    revenue = draw.lognormal(16.2, 1.5, firms).astype(np.int64) * 100
    loan = np.where(draw.random(firms) < 0.4, draw.lognormal(14.2, 1.0, firms), 0).astype(np.int64) * 100
    rd_share_bp = (draw.beta(1.5, 20, firms) * 10_000).astype(np.int64)
    has_fee = draw.random(firms) < 0.5
    return {
        "county": draw.integers(0, COUNTIES, firms),
        "industry_number": draw.integers(0, 20, firms),
        "revenue_fen": revenue,
        "rd_share_bp": rd_share_bp,
        "rd_fen": revenue * rd_share_bp // 10_000,
        "inventions": draw.poisson(0.8, firms).astype(np.int64),
        "models": draw.poisson(3, firms).astype(np.int64),
        "is_high_tech": draw.random(firms) < 0.2,
        "specialised": draw.choice(4, firms, p=SPECIALISED_SHARES).astype(np.int64),
        "employees": draw.integers(1, 800, firms),
        "age": draw.integers(0, 30, firms),
        "credit": draw.integers(0, 5, firms),
        "loan_fen": loan,
        "interest_fen": loan * 450 // 10_000,
        "fee_fen": np.where(has_fee, loan // 100, 0),
        "is_punished": draw.random(firms) < 0.03,
    }
