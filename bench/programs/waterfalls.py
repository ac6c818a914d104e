"""A waterfall of four layers over many loans: first loss, a shared layer, an excess layer, and what is left."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from bench.claims import Work
from kerong.engine import money
from kerong.rulebook import load
from kerong.store.packs import read_pack

ON = date(2025, 6, 30)
TEXT = """
name = "bench_pool"
kind = "loss"
title = { zh = "四层", en = "Four layers" }
per = "loan"
text = "四层分担"
source = { document = "bench", clause = "1", status = "assumed", why = "made up" }
amount = "loss_fen"
rest = "bank"
[parties]
fund = { zh = "风险资金池", en = "Fund" }
guarantor = { zh = "担保", en = "Guarantor" }
insurer = { zh = "保险", en = "Insurer" }
bank = { zh = "银行", en = "Bank" }
[input.loss_fen]
title = { zh = "损失", en = "Loss" }
[input.loan_fen]
title = { zh = "贷款", en = "Loan" }
[input.fund_left_fen]
title = { zh = "资金池余额", en = "Left in the fund" }
[input.fund_bp]
title = { zh = "资金池比例", en = "Share of the fund" }
[[layer]]
title = { zh = "首损", en = "First loss" }
fen = "share_bp(loan_fen, 1_000)"
shares = { fund = 10_000 }
caps = { fund = "fund_left_fen" }
[[layer]]
title = { zh = "分担", en = "Shared" }
fen = "share_bp(loan_fen, 5_000)"
shares = { fund = "fund_bp", guarantor = 3_000, bank = "7_000 - fund_bp" }
caps = { fund = "fund_left_fen" }
over = "bank"
[[layer]]
title = { zh = "超额", en = "Excess" }
fen = "share_bp(loan_fen, 2_000)"
shares = { insurer = 7_777, bank = 2_223 }
[[layer]]
title = { zh = "最后", en = "Last" }
shares = { guarantor = 3_333, insurer = 3_333, bank = 3_334 }
"""


def loans(count: int) -> pl.DataFrame:
    """Losses of loans up to all of their principal, with what is left in the fund and its share."""
    draw = np.random.default_rng(7)
    principal = draw.integers(1_000_000, 1_000_000_000, count)
    return pl.DataFrame(
        {
            "loan_fen": principal,
            "loss_fen": (principal * draw.random(count)).astype(np.int64),
            "fund_left_fen": draw.integers(0, 500_000_000, count),
            "fund_bp": draw.integers(0, 7_001, count),
        }
    )


def parted(scratch: Path, count: str) -> Work:
    """Work that parts every loss; answers with what the bank bears in all, in fen."""
    book = load(read_pack("demo") | {"waterfalls/bench_pool.toml": TEXT})
    waterfall, table = book.waterfalls["bench_pool"], loans(int(count))
    return lambda: float(money.split_table(waterfall, table, ON).frame["total.bank"].sum())
