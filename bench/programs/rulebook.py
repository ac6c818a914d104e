"""Five policies, or many like them, over a million firms, written as the rule files of bench/packs/five."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from bench.claims import Work
from bench.policies import PACK, columns, varied
from kerong.engine.entitle import decided, entitlements
from kerong.engine.entitle.decisions import machine_loaded
from kerong.rulebook import Rulebook, load
from kerong.rulebook.content import Parameter, Rule
from kerong.rulebook.types import FEN
from kerong.store.packs import read_pack

ON = date(2024, 6, 30)


def _city(firms: int) -> tuple[pl.DataFrame, Rulebook]:
    ids = pl.int_range(firms, eager=True).cast(pl.String).str.zfill(8).alias("enterprise_id")
    county = "9901" + pl.col("county").cast(pl.String).str.zfill(2)
    frame = pl.DataFrame([ids]).hstack(pl.DataFrame(columns(firms))).with_columns(county.alias("county"))
    return frame, load(read_pack(str(PACK)))


def _varied(parameters: Mapping[str, Parameter], number: int) -> dict[str, Parameter]:
    """Parameters of another policy of the same kind: every amount of money is another."""

    def other(parameter: Parameter) -> Parameter:
        fen = tuple((day, varied(v, number), why) for day, v, why in parameter.values if isinstance(v, int))
        return replace(parameter, values=fen) if parameter.type == FEN else parameter

    return {name: other(parameter) for name, parameter in parameters.items()}


def _rules(rulebook: Rulebook, count: int) -> list[Rule]:
    five = list(rulebook.rules.values())
    made = [(five[number % len(five)], number // len(five)) for number in range(count)]
    return [replace(r, name=f"{r.name}_{n}", parameters=_varied(r.parameters, n)) for r, n in made]


def amounts(scratch: Path, firms: str, policies: str = "5") -> Work:
    """Work that decides every policy for every firm: verdict, deciding clause, amount; answers with the sum in fen.

    Policies are taken one at a time, so that no more than a few of their columns are held. The machine is loaded
    before the clock starts, as the peer's modules and its policies are.
    """
    machine_loaded()
    frame, rulebook = _city(int(firms))
    table, rules = frame.with_columns(pl.lit("").alias("row_key")), _rules(rulebook, int(policies))
    return lambda: float(sum(found.claims["entitled_fen"].sum() for found in decided(rules, table, ON)))


def verdicts(scratch: Path, firms: str) -> Work:
    """Work that makes the whole table of verdicts, deciding clauses and amounts; answers with the sum in fen."""
    frame, rulebook = _city(int(firms))
    return lambda: float(entitlements(frame, {}, rulebook, ON)[0]["entitled_fen"].sum())
