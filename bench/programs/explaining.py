"""One firm explained: every clause of many rules with value, threshold, distance and outcome."""

import statistics
import time
from datetime import date
from pathlib import Path

from bench.claims import Measured, Work
from kerong.engine.entitle import facts_of
from kerong.engine.entitle.explain import Explainer, Explanation
from kerong.rulebook import Rulebook, load
from kerong.rulebook.outcomes import MET

ON = date(2025, 6, 30)
PASSES = 40
NUMBERS, FLAGS, DAYS = 40, 12, 8
REGION = """
name = "bench"
title = { zh = "测", en = "Bench" }
currency = "CNY"
default_on = 2025-06-30
[enterprise]
from = ["firm"]
[enterprise.provides]
"""
REGISTER = """
name = "firm"
title = { zh = "企业", en = "Firms" }
files = ["firm"]
row = ["code"]
[column.code]
title = { zh = "代码", en = "Code" }
header = ["code"]
type = "credit_code"
required = true
"""
RULE = """
name = "rule_{number}"
kind = "subsidy"
title = {{ zh = "补助", en = "Grant" }}
source = {{ document = "办法", clause = "一", status = "published" }}
text = "全文"
[[when]]
is = "enterprise.{flag}"
title = {{ zh = "一", en = "one" }}
[[when]]
is = "enterprise.{first} >= line_fen"
title = {{ zh = "二", en = "two" }}
[[when]]
is = "enterprise.{day} <= on"
title = {{ zh = "三", en = "three" }}
[[when]]
is = "{fourth}"
title = {{ zh = "四", en = "four" }}
[amount]
fen = "share_bp(enterprise.{first}, rate_bp)"
round = "down"
to = "enterprise"
[parameter.line_fen]
title = {{ zh = "线", en = "Line" }}
2024-01-01 = {{ value = {line}, source = "二" }}
[parameter.rate_bp]
title = {{ zh = "比例", en = "Rate" }}
2024-01-01 = {{ value = 500, source = "三" }}
"""


def _columns() -> dict[str, str]:
    """Names and types of the columns of the one register."""
    kinds = {f"amount_{n}_fen": "fen" for n in range(NUMBERS)}
    return kinds | {f"flag_{n}": "flag" for n in range(FLAGS)} | {f"day_{n}_on": "date" for n in range(DAYS)}


def _rulebook(rules: int) -> Rulebook:
    """Rules of four clauses each: a flag, an amount against the rule's own line, a date, and an `or` in every third."""
    provides = "".join(f'{name} = ["firm.{name}"]\n' for name in _columns())
    columns = "".join(
        f'[column.{name}]\ntitle = {{ zh = "列", en = "Column" }}\nheader = ["{name}"]\ntype = "{kind}"\n'
        + ('unit = "yuan"\n' if kind == "fen" else "")
        for name, kind in _columns().items()
    )
    texts = {"region.toml": REGION + provides, "registers/firm.toml": REGISTER + columns}
    for number in range(rules):
        other = f"enterprise.amount_{(number * 7 + 3) % NUMBERS}_fen <= {10**12 + number}"
        either = f"enterprise.flag_{(number + 5) % FLAGS} or {other}"
        texts[f"policies/rule_{number}.toml"] = RULE.format(
            number=number,
            flag=f"flag_{number % FLAGS}",
            first=f"amount_{number % NUMBERS}_fen",
            day=f"day_{number % DAYS}_on",
            fourth=either if number % 3 == 0 else other,
            line=number * 1_000,
        )
    return load(texts)


def _firm() -> dict[str, object]:
    """A firm that meets nearly every rule, so that amounts are worked out too."""
    values: dict[str, object] = {f"amount_{n}_fen": n * 1_000_000 for n in range(NUMBERS)}
    return (
        values | {f"flag_{n}": True for n in range(FLAGS)} | {f"day_{n}_on": date(2020, 1, 1 + n) for n in range(DAYS)}
    )


def one_firm(scratch: Path, rules: str) -> Work:
    """Work that explains one firm against all rules again and again; the median of a pass, and a sum over its data."""
    explainer, facts = Explainer(_rulebook(int(rules)), ON), facts_of(_firm())

    def work() -> Measured:
        seconds, found = [], explainer.all(facts)
        for _ in range(PASSES):
            begun = time.perf_counter()
            found = explainer.all(facts)
            seconds.append(time.perf_counter() - begun)
        return Measured(statistics.median(seconds), _sum(found))

    return work


def _sum(found: list[Explanation]) -> float:
    margins = [part.margin or 0 for told in found for clause in told.clauses for part in clause.compared]
    return float(sum(margins) + sum(told.entitled_fen or 0 for told in found if told.outcome == MET))
