"""Small registers and raw tables for tests of the record stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from kerong.engine.problems import sentence
from kerong.engine.record.clean import clean
from kerong.rulebook.content import Column, Place, Region, Register, Rulebook, Text

ON = date(2025, 6, 30)
FIRM = "91990105MA1MEAB35P"
OTHER_FIRM = "91990101799655058T"


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


def text(word: str) -> Text:
    return Text(word, word)


def column(name: str, kind: str, *header: str, **more: Any) -> Column:
    return Column(name, text(name), header or (name,), kind, **more)


def register(*columns: Column, row: tuple[str, ...] = (), identify: str = "none", **more: Any) -> Register:
    by_name = MappingProxyType({each.name: each for each in columns})
    place = Place("registers/tax.toml", 1)
    return Register("tax", text("tax"), ("tax*",), row, by_name, place, identify=identify, **more)


def tax(**more: Any) -> Register:
    """Monthly sales, known when filed, as regions declare them."""
    return register(
        column("credit_code", "credit_code", "纳税人识别号", required=True),
        column("month", "month", "所属期", required=True),
        column("sales_fen", "fen", "销售额", unit="yuan"),
        column("filed_on", "date", "申报日期"),
        **{"row": ("enterprise_id", "month"), "identify": "credit_code", "known": "filed_on", "period": "month"} | more,
    )


def raw(rows: Sequence[Mapping[str, object]], file: str = "tax.csv", **options: Any) -> Raw:
    return Raw("tax", [Part(file, pl.DataFrame(rows, strict=False, **options))])


def cleaned(rows: Sequence[Mapping[str, object]], of: Register, on: date = ON) -> tuple[pl.DataFrame, pl.DataFrame]:
    return clean(raw(rows), of, on)


def one_cell(cell: str, of: Column) -> tuple[object, list[str]]:
    """What becomes of one cell: its value (None where the row is set aside) and the sentences that a steward reads."""
    table, found = cleaned([{of.header[0]: cell, "other": "x"}], register(of))
    value = table[of.name].item() if table.height else None
    return value, [sentence(row, "en") for row in found.to_dicts()]


def rulebook(registers: Sequence[Register], provides: Mapping[str, tuple[tuple[str, str], ...]]) -> Rulebook:
    region = Region("demo", text("demo"), "CNY", ON, (registers[0].name,), provides)
    none: Mapping[str, Any] = MappingProxyType({})
    return Rulebook(region, {each.name: each for each in registers}, none, none, none, none, none, (), none)
