"""What a treasury or bank sends back about payments: one line per instruction, read strictly or refused whole.

A file is CSV with a header (Chinese or English), UTF-8 or GB18030, and a last line that sums the others up. Amounts are
yuan with two decimals in plain digits.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from kerong.rulebook.said import Text

COLUMNS: tuple[tuple[str, Text], ...] = (
    ("instruction", Text("指令号", "instruction")),
    ("serial", Text("流水号", "serial")),
    ("outcome", Text("结果", "outcome")),
    ("amount", Text("金额", "amount")),
    ("paid_on", Text("日期", "date")),
)
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "支付成功": "paid",
        "退票": "failed",
        "部分支付": "partial",
        "paid": "paid",
        "failed": "failed",
        "partial": "partial",
    }
)
TOTAL = ("合计", "total")
AMOUNT = re.compile(r"(\d{1,13})\.(\d{2})", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NUMBER = re.compile(r"[0-9A-Za-z._/-]{1,40}", re.ASCII)
SERIAL = re.compile(r"[0-9A-Za-z._/-]{1,64}", re.ASCII)
MOST_BYTES = 20 << 20
LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """What is said of one instruction. `fen`: what was paid, or for "failed" what came back unpaid."""

    instruction: str
    serial: str
    outcome: str
    fen: int
    paid_on: date


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file: the key of a sentence, line (header = 1) and column, and what stands there."""

    key: str
    line: int
    column: str = ""
    value: str = ""


def returns_read(data: bytes) -> tuple[tuple[ReturnLine, ...], tuple[Fault, ...]]:
    """The lines of a return file; with any fault no line at all."""
    if len(data) > MOST_BYTES:
        return (), (Fault("return.refused.size", 1),)
    text = _decoded(data)
    if text is None:
        return (), (Fault("return.refused.encoding", 1),)
    faults: list[Fault] = []
    try:
        rows = list(_rows(text))
    except csv.Error:
        line = text.count("\n", 0, len(text.rstrip())) + 1
        return (), (Fault("return.refused.quote", line),)
    if not rows or tuple(rows[0][1]) not in _headers():
        return (), (Fault("return.refused.header", 1, value=_shown(",".join(rows[0][1]) if rows else "")),)
    lines = [found for number, cells in rows[1:-1] if (found := _line(number, cells, faults)) is not None]
    faults += _total_faults(rows[1:], lines) if not faults else []
    return (() if faults else tuple(lines)), tuple(faults)


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _headers() -> set[tuple[str, ...]]:
    return {tuple(title.zh for _, title in COLUMNS), tuple(title.en for _, title in COLUMNS)}


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells; empty lines at the end are none. Raises csv.Error for a quote that does not end."""
    reader = csv.reader(text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n"), strict=True)
    first = 1
    for cells in reader:
        yield first, cells
        first = reader.line_num + 1


def _line(number: int, cells: Sequence[str], faults: list[Fault]) -> ReturnLine | None:
    if len(cells) != len(COLUMNS):
        faults.append(Fault("return.refused.cells", number, value=str(len(cells))))
        return None
    told = {name: cell for (name, _), cell in zip(COLUMNS, cells, strict=True)}
    amount, day = AMOUNT.fullmatch(told["amount"]), _day(told["paid_on"])
    wrong = {
        "instruction": not NUMBER.fullmatch(told["instruction"]),
        "serial": not SERIAL.fullmatch(told["serial"]),
        "outcome": told["outcome"] not in OUTCOMES,
        "amount": amount is None or int(amount[1] + amount[2]) == 0,
        "paid_on": day is None,
    }
    faults += [
        Fault(f"return.refused.{name}", number, name, _shown(told[name]))
        for name, is_wrong in wrong.items()
        if is_wrong
    ]
    if amount is None or day is None or any(wrong.values()):
        return None
    fen = int(amount[1] + amount[2])
    return ReturnLine(told["instruction"], told["serial"], OUTCOMES[told["outcome"]], fen, day)


def _total_faults(rows: Sequence[tuple[int, Sequence[str]]], lines: Sequence[ReturnLine]) -> list[Fault]:
    """The last line says how many lines there are and what their amounts sum to."""
    number, cells = rows[-1] if rows else (2, [])
    amount = AMOUNT.fullmatch(cells[3]) if len(cells) == len(COLUMNS) else None
    if amount is None or cells[0] not in TOTAL:
        return [Fault("return.refused.no_total", number)]
    if cells[1] != str(len(lines)) or int(amount[1] + amount[2]) != sum(line.fen for line in lines):
        return [Fault("return.refused.total", number, "amount", _shown(cells[3]))]
    return []


def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if DAY.fullmatch(cell) else None
    except ValueError:
        return None


def _shown(cell: str) -> str:
    """At most so many characters, none that would break a line."""
    return "".join("·" if unicodedata.category(c).startswith("C") else c for c in cell[:LONGEST_SHOWN])
