"""A small region with two policies that share a joint cap, its firms and loans, and reforms of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import numpy as np
import polars as pl

from kerong import flow
from kerong.engine import award
from kerong.lab.compare import Comparison, Reform, compared, reform_of
from kerong.lab.credit_codes import credit_codes
from kerong.rulebook import Rulebook, load

ON = date(2025, 6, 30)
REGION = """
name = "north"
title = { zh = "北", en = "North" }
currency = "CNY"
default_on = 2025-06-30
[[district]]
code = "990101"
title = { zh = "甲", en = "East" }
at = [0, 0]
[[district]]
code = "990102"
title = { zh = "乙", en = "West" }
at = [1, 0]
[enterprise]
from = ["firm"]
[enterprise.provides]
district = ["firm.district"]
headcount = ["firm.headcount"]
"""
FIRM = """
name = "firm"
title = { zh = "企业", en = "Firms" }
files = ["firm"]
row = ["enterprise_id"]
absence = "none"
required = true
[column.code]
title = { zh = "代码", en = "Code" }
header = ["code"]
type = "credit_code"
required = true
[column.district]
title = { zh = "区", en = "District" }
header = ["district"]
type = "district"
[column.headcount]
title = { zh = "人数", en = "Head-count" }
header = ["headcount"]
type = "count"
"""
LOAN = """
name = "loan"
title = { zh = "贷款", en = "Loans" }
files = ["loan"]
row = ["enterprise_id", "number"]
absence = "none"
[column.code]
title = { zh = "代码", en = "Code" }
header = ["code"]
type = "credit_code"
required = true
[column.number]
title = { zh = "编号", en = "Number" }
header = ["number"]
type = "text"
required = true
[column.interest_fen]
title = { zh = "利息", en = "Interest" }
header = ["interest"]
type = "fen"
unit = "yuan"
"""
MEASURES = """
[[measure]]
name = "interest_fen"
title = { zh = "利息合计", en = "Interest in all" }
over = "loan"
value = "sum(loan.interest_fen)"
"""
FORMULAS = """
[[formula]]
name = "is_small"
title = { zh = "小企业", en = "Small" }
value = "enterprise.headcount < small_count"
[parameter.small_count]
2020-01-01 = { value = 100, source = "1" }
"""
RULE = """
name = "NAME"
kind = "subsidy"
title = { zh = "NAME", en = "NAME" }
per = "PER"
text = "text"
[source]
document = "document"
clause = "1"
status = "assumed"
why = "a test"
"""
HIRING = (
    RULE.replace("NAME", "hiring").replace("PER", "enterprise")
    + """
[[when]]
is = "enterprise.headcount >= least_count"
title = { zh = "人数够", en = "enough people" }
evidence = { zh = "社保名单", en = "the roll of insured staff" }
[amount]
fen = "enterprise.headcount * each_fen"
round = "down"
[[limit]]
scope = "budget"
fen = "budget_fen"
[parameter.least_count]
2020-01-01 = { value = 10, source = "1" }
[parameter.each_fen]
2020-01-01 = { value = 100_00, source = "2" }
[parameter.budget_fen]
2020-01-01 = { value = 100_000_00, source = "3" }
"""
)
INTEREST = (
    RULE.replace("NAME", "interest").replace("PER", "loan")
    + """
[[when]]
is = "enterprise.is_small"
title = { zh = "小企业", en = "a small firm" }
evidence = { zh = "社保名单", en = "the roll of insured staff" }
[amount]
fen = "share_bp(loan.interest_fen, rate_bp)"
round = "down"
[parameter.rate_bp]
2020-01-01 = { value = 5000, source = "1" }
"""
)
TRAINING = (
    RULE.replace("NAME", "training").replace("PER", "enterprise")
    + """
[[when]]
is = "enterprise.interest_fen > 0"
title = { zh = "有贷款", en = "has a loan" }
[amount]
fen = "500_00"
round = "down"
"""
)
JOINT = """
name = "together"
kind = "joint"
title = { zh = "合计", en = "Together" }
rules = ["hiring", "interest"]
text = "text"
per = "enterprise"
fen = "cap_fen"
[source]
document = "document"
clause = "1"
status = "assumed"
why = "a test"
[parameter.cap_fen]
2020-01-01 = { value = 4_000_00, source = "1" }
"""
TEXTS: Mapping[str, str] = {
    "region.toml": REGION,
    "registers/firm.toml": FIRM,
    "registers/loan.toml": LOAN,
    "measures/all.toml": MEASURES,
    "formulas/all.toml": FORMULAS,
    "policies/hiring.toml": HIRING,
    "policies/interest.toml": INTEREST,
    "policies/training.toml": TRAINING,
    "limits/together.toml": JOINT,
}
SHEET = """
name = "idea"
title = { zh = "设想", en = "Idea" }
source = "a test"
why = "to see"
"""


@dataclass(frozen=True)
class Part:
    file: str
    frame: pl.DataFrame
    lines: pl.Series | None = None
    feed: str = ""


@dataclass(frozen=True)
class Raw:
    register: str
    parts: Sequence[Part] = ()
    problems: Sequence[Mapping[str, object]] = field(default_factory=list)


@dataclass(frozen=True)
class Firm:
    """A firm: its head-count (None: unknown), its district, and the interest of its loans in yuan (None: unknown)."""

    headcount: int | None
    district: str = "990101"
    loans: tuple[int | None, ...] = ()


@cache
def codes() -> tuple[str, ...]:
    """Credit codes of forty firms."""
    return tuple(sorted(map(str, credit_codes(np.random.default_rng(1), np.array(["990101"] * 40)))))


@cache
def base() -> Rulebook:
    """What is in force."""
    return load(TEXTS)


def facts(firms: Sequence[Firm]) -> dict[str, Raw]:
    """The registers of these firms."""
    named = list(zip(codes(), firms, strict=False))
    rows = [{"code": code, "district": firm.district, "headcount": firm.headcount} for code, firm in named]
    loans = [
        {"code": code, "number": str(number), "interest": interest}
        for code, firm in named
        for number, interest in enumerate(firm.loans)
    ]
    schema = {"code": pl.String, "district": pl.String, "headcount": pl.Int64}
    of_loans = {"code": pl.String, "number": pl.String, "interest": pl.Int64}
    return {
        "firm": Raw("firm", [Part("firm", pl.DataFrame(rows, schema=schema))]),
        "loan": Raw("loan", [Part("loan", pl.DataFrame(loans, schema=of_loans))]),
    }


def reform(**files: str) -> Reform:
    """A reform of these files; `policies_hiring` stands for policies/hiring.toml."""
    texts = {f"{name.replace('_', '/', 1)}.toml": text for name, text in files.items()}
    return reform_of(base(), {"reform.toml": SHEET, **texts}, "idea")


def comparison(firms: Sequence[Firm], proposed: Reform, on: date = ON) -> Comparison:
    """The reform over these firms."""
    return compared(facts(firms), base(), proposed.rulebook, award.nothing_used(), on)


def whole_run(firms: Sequence[Firm], rulebook: Rulebook, on: date = ON) -> flow.Assessment:
    """A run of one side by itself."""
    return flow.assess(facts(firms), rulebook, award.nothing_used(), on)
