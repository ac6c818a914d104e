"""A pack with one waterfall: a fund and a bank share a loss, then an insurer and the bank."""

from kerong.rulebook import Rulebook, load
from tests.rulebook.packs import pack

RULE = """
name = "grant"
kind = "subsidy"
title = { zh = "补助", en = "Grant" }
text = "按资金的10%补助"
source = { document = "办法", clause = "第一条" }
[[when]]
is = "enterprise.capital_fen > least_fen"
title = { zh = "资金", en = "capital" }
[parameter.least_fen]
2021-01-01 = { value = 10, source = "第二条" }
"""
WATERFALL = """
name = "shared_loss"
kind = "loss"
title = { zh = "分担", en = "Shared loss" }
per = "loan"
mechanism = "spreading"
rule = "grant"
text = "损失由基金和银行按八比二分担，基金最多承担其余额；其余由保险和银行各半"
amount = "loss_fen"
rest = "bank"
source = { document = "办法", clause = "第三条" }
[parties]
fund = { zh = "基金", en = "Fund" }
insurer = { zh = "保险", en = "Insurer" }
bank = { zh = "银行", en = "Bank" }
[input.loss_fen]
title = { zh = "损失", en = "Loss" }
[input.left_fen]
title = { zh = "余额", en = "Left" }
[[layer]]
title = { zh = "第一层", en = "First" }
fen = "first_fen"
shares = { fund = "share_bp", bank = "10_000 - share_bp" }
caps = { fund = "least(left_fen, 4_000)" }
[[layer]]
title = { zh = "第二层", en = "Second" }
fen = 1_000
shares = { insurer = 5_000, bank = 5_000 }
[parameter.share_bp]
2021-01-01 = { value = 7_000, source = "第三条" }
2023-01-01 = { value = 8_000, source = "第三条" }
[parameter.first_fen]
2021-01-01 = { value = 10_000, source = "第三条" }
"""
CASES = """
[[case]]
title = "of 1,000 the fund bears 800"
on = 2025-06-30
by = "第三条"
given = { loss_fen = 1_000, left_fen = 5_000 }
expect = { fund = 800, bank = 200 }
working = ["1_000 * 80 / 100", "1_000 - 800"]
[[case]]
title = "what is not known of the fund leaves all unknown"
on = 2025-06-30
given = { loss_fen = 1_000 }
expect = { outcome = "unknown" }
"""


def texts(waterfall: str = WATERFALL + CASES) -> dict[str, str]:
    """The pack's texts with another waterfall in the place of this one."""
    return pack(policies_grant=RULE) | {"waterfalls/shared_loss.toml": waterfall}


def book(waterfall: str = WATERFALL + CASES) -> Rulebook:
    """The rulebook of these texts."""
    return load(texts(waterfall))
