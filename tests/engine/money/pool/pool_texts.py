"""A pack with a pool of two instruments: loans shared 70 : 30 within a cap, guarantees by layers after recoveries."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kerong.rulebook import Rulebook, load
from kerong.rulebook.pools import Pool, PoolEvent
from tests.rulebook.packs import pack

ON = date(2025, 6, 30)
SHARED = """
name = "shared"
kind = "loss"
title = { zh = "分担", en = "Shared" }
per = "loan"
text = "损失由资金池和银行按七比三分担，单户以三千元为限"
amount = "loss_fen"
rest = "bank"
source = { document = "办法", clause = "第一条" }
[parties]
pool = { zh = "资金池", en = "Pool" }
bank = { zh = "银行", en = "Bank" }
[input.loss_fen]
title = { zh = "损失", en = "Loss" }
[input.firm_paid_fen]
title = { zh = "已补", en = "Paid for the firm" }
[input.left_fen]
title = { zh = "余额", en = "Left" }
[[layer]]
title = { zh = "分担", en = "Shared" }
shares = { pool = "pool_bp", bank = "10_000 - pool_bp" }
caps = { pool = "least(left_fen, greatest(300_000 - firm_paid_fen, 0))" }
over = "bank"
[parameter.pool_bp]
2020-01-01 = { value = 7000, source = "第一条" }
2024-07-01 = { value = 6000, source = "第一条（修订）" }
"""
LAYERED = """
name = "layered"
kind = "loss"
title = { zh = "分层", en = "Layered" }
per = "guarantee"
text = "先扣追回，再由担保和资金池分担"
amount = "due_fen"
rest = "guarantor"
source = { document = "办法", clause = "第二条" }
[parties]
borrower = { zh = "企业", en = "Borrower" }
pool = { zh = "资金池", en = "Pool" }
guarantor = { zh = "担保", en = "Guarantor" }
bank = { zh = "银行", en = "Bank" }
[input.due_fen]
title = { zh = "本息", en = "Due" }
[input.recovered_fen]
title = { zh = "追回", en = "Recovered" }
[input.cover_fen]
title = { zh = "保额", en = "Cover" }
[[layer]]
title = { zh = "追回", en = "Recovered" }
fen = "recovered_fen"
shares = { borrower = 10_000 }
[[layer]]
title = { zh = "分担", en = "Shared" }
fen = "cover_fen"
shares = { pool = 5_000, guarantor = 3_000, bank = 2_000 }
"""
BACK = """
name = "back"
kind = "recovery"
title = { zh = "追偿", en = "Recovery" }
per = "guarantee"
text = "追偿所得先还资金池，再还担保"
amount = "got_fen"
rest = "bank"
source = { document = "办法", clause = "第三条" }
[parties]
pool = { zh = "资金池", en = "Pool" }
guarantor = { zh = "担保", en = "Guarantor" }
bank = { zh = "银行", en = "Bank" }
[input.got_fen]
title = { zh = "追回", en = "Got" }
[input.pool_fen]
title = { zh = "资金池未收回", en = "Pool" }
[input.guarantor_fen]
title = { zh = "担保未收回", en = "Guarantor" }
[[layer]]
title = { zh = "先资金池", en = "Pool first" }
fen = "pool_fen"
shares = { pool = 10_000 }
[[layer]]
title = { zh = "再担保", en = "Then the guarantor" }
fen = "guarantor_fen"
shares = { guarantor = 10_000 }
"""
HEAD = """
name = "two"
title = { zh = "资金池", en = "Pool" }
text = "资金池分担贷款和担保的损失"
source = { document = "办法", clause = "第四条" }
days = "{days}"
"""
INSTRUMENTS = """
[[instrument]]
kind = "loan"
waterfall = "shared"
payer = "pool"
from = { loss_fen = "loss", firm_paid_fen = "firm_paid", left_fen = "pool_left" }
[[instrument]]
kind = "guarantee"
waterfall = "layered"
payer = "pool"
borrower = "borrower"
from = { due_fen = "due", recovered_fen = "recovered" }
[instrument.recovery]
waterfall = "back"
from = { got_fen = "recovered", pool_fen = "borne_pool", guarantor_fen = "borne_guarantor" }
"""
NUMBERS: Mapping[str, int] = {
    "register_within_days": 30,
    "trigger_days": 60,
    "interest_bp": 500,
    "least_fen": 10,
    "loan_cap_fen": 100_000,
    "firm_cap_fen": 190_000,
    "group_cap_fen": 240_000,
    "bank_year_cap_fen": 290_000,
    "programme_year_cap_fen": 460_000,
    "multiple_bp": 50_000,
    "fuse_bp": 3_000,
    "reopen_bp": 1_000,
}


def texts(numbers: Mapping[str, int] = NUMBERS, days: str = "calendar", more: str = "") -> dict[str, str]:
    """The files of the pack."""
    lines = "".join(
        f'[parameter.{name}]\n2020-01-01 = {{ value = {value}, source = "第五条" }}\n'
        for name, value in numbers.items()
    )
    files = {"waterfalls_shared": SHARED, "waterfalls_layered": LAYERED, "waterfalls_back": BACK}
    return pack(**files, pools_two=HEAD.replace("{days}", days) + INSTRUMENTS + lines + more)


def book(numbers: Mapping[str, int] = NUMBERS, days: str = "calendar", more: str = "") -> Rulebook:
    """The pack, loaded."""
    return load(texts(numbers, days, more))


def two(numbers: Mapping[str, int] = NUMBERS, days: str = "calendar") -> Pool:
    """Its pool."""
    return book(numbers, days).pools["two"]


def event(do: str, on: date = ON, **said: Any) -> PoolEvent:
    """An event on the usual day."""
    return PoolEvent(do=do, on=on, **said)


def wish(loan: str, fen: int, on: date = ON, **said: Any) -> PoolEvent:
    """A wish to register an eligible loan that was drawn a few days before."""
    told = {"bank": "B", "firm": f"F{loan}", "instrument": "loan", "drawn_on": date(2025, 6, 20), "eligible": True}
    return event("register", on, **{**told, "loan": loan, "fen": fen, **said})
