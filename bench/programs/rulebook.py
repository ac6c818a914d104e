"""Five policies over a million firms, written as the rule files of bench/packs/five."""

from datetime import date
from pathlib import Path

import polars as pl

from bench.claims import Work
from bench.policies import PACK, columns
from kerong.engine.entitle import entitlements
from kerong.rulebook import Rulebook, load
from kerong.rulebook.compiled import evaluate, rounded
from kerong.rulebook.content import Rule
from kerong.store.packs import read_pack

ON = date(2024, 6, 30)


def _city(firms: int) -> tuple[pl.DataFrame, Rulebook]:
    ids = pl.int_range(firms, eager=True).cast(pl.String).str.zfill(8).alias("enterprise_id")
    return pl.DataFrame([ids]).hstack(pl.DataFrame(columns(firms))), load(read_pack(str(PACK)))


def _amounts(rule: Rule, frame: pl.DataFrame) -> int:
    if rule.amount is None:
        raise ValueError(f"{rule.name} has no amount")
    wanted = {f"clause_{number}": clause.condition for number, clause in enumerate(rule.clauses, 1)}
    found = evaluate(frame, {**wanted, "amount": rule.amount.fen}, ON, rule.parameters).frame
    fen = rounded(pl.col("amount"), rule.amount.fen.type.divisor, rule.amount.round)
    paid = found.select(pl.when(pl.all_horizontal(list(wanted))).then(fen).otherwise(0).alias("fen"))
    return int(paid["fen"].sum())


def amounts(scratch: Path, firms: str) -> Work:
    """Work that computes every policy's amount for every firm; answers with their sum in fen."""
    frame, rulebook = _city(int(firms))
    return lambda: float(sum(_amounts(rule, frame) for rule in rulebook.rules.values()))


def verdicts(scratch: Path, firms: str) -> Work:
    """Work that makes the whole table of verdicts, deciding clauses and amounts; answers with the sum in fen."""
    frame, rulebook = _city(int(firms))
    return lambda: float(entitlements(frame, {}, rulebook, ON)[0]["entitled_fen"].sum())
