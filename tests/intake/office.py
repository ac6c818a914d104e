"""A small office that receives files: a pack of two registers, an archive, and what a test sends to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from stdnum.cn import uscc

from kerong.intake import Receipt, exported, receive, told
from kerong.rulebook import Rulebook, load
from kerong.store.archive import Archive
from tests.rulebook.packs import pack

TAX = """
name = "tax"
title = { zh = "纳税", en = "Tax" }
files = ["tax_*", "税*"]
row = ["enterprise_id", "month"]
identify = "credit_code"
known = "filed_on"
period = "month"
source = { zh = "税务局", en = "Tax bureau" }
delivery = { of = "month", every = "month", extent = "period", due_days = 15 }
[column.credit_code]
title = { zh = "信用代码", en = "Credit code" }
header = ["信用代码"]
type = "credit_code"
required = true
[column.month]
title = { zh = "月份", en = "Month" }
header = ["月份"]
type = "month"
required = true
[column.sales_fen]
title = { zh = "销售额", en = "Sales" }
header = ["销售额"]
type = "fen"
unit = "yuan"
unit_column = "单位"
[column.note]
title = { zh = "备注", en = "Note" }
header = ["备注"]
type = "text"
[column.filed_on]
title = { zh = "申报日期", en = "Filed on" }
header = ["申报日期"]
type = "date"
required = true
"""
HEADER = "信用代码,月份,销售额,备注,申报日期"
NOW = datetime(2025, 7, 10, 9, tzinfo=UTC)


def texts() -> dict[str, str]:
    """The pack's files."""
    found = pack(registers_tax=TAX)
    return found | {"region.toml": found["region.toml"].replace("HKD", "CNY")}


@cache
def book() -> Rulebook:
    """The pack, loaded."""
    return load(texts())


def code(number: int) -> str:
    """A credit code whose check digit is right."""
    bare = f"91330106MA{number:07d}"
    return bare + uscc.calc_check_digit(bare)


def tax(rows: Iterable[tuple[int, str, object]], filed: str = "2025-07-05", note: str = "") -> str:
    """A tax file of (firm, month, sales in yuan)."""
    return "\n".join([HEADER, *(f"{code(firm)},{month},{sales},{note},{filed}" for firm, month, sales in rows)]) + "\n"


def june(firms: int = 40, factor: float = 1, month: str = "2025-06", filed: str = "2025-07-05") -> str:
    """A month of tax returns: each firm sells 1,000 yuan times its number."""
    return tax(((firm, month, f"{1000 * firm * factor:g}") for firm in range(1, firms + 1)), filed)


@dataclass
class Office:
    """An archive in a folder, and a clock that goes on by a minute with each file."""

    folder: Path
    archive: Archive = field(init=False)
    at: datetime = NOW

    def __post_init__(self) -> None:
        self.archive = Archive.create(self.folder / "archive", book().region.name)

    def send(self, name: str, content: str | bytes, feed: str | None = "tax", **said: Any) -> Receipt:
        """The receipt of a file."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.at += timedelta(minutes=1)
        return receive(self.archive, book(), path, feed, self.at, "Li", **said)

    def words(self, receipt: Receipt) -> str:
        """The receipt as a steward reads it, Chinese first."""
        lines = [line for lang in ("zh", "en") for line in told(receipt, self.archive, book(), lang, "ARCHIVE")]
        return "\n".join(lines)

    def export(self, receipt: Receipt) -> str:
        """The quarantine of the receipt's batch."""
        assert receipt.batch is not None
        return exported(self.archive, receipt.batch.id).decode("utf-8-sig")

    def rows(self, register: str = "tax") -> list[dict[str, object]]:
        """The rows that count, in the order of their lines."""
        found = []
        for part in self.archive.view().parts(register):
            for path in part.paths:
                rows = pl.read_parquet(path)
                if part.periods is not None:
                    rows = rows.filter(pl.col("#period").is_in(part.periods))
                found.append(rows)
        return pl.concat(found).sort("#line", "month").to_dicts() if found else []

    def kinds(self, receipt: Receipt) -> list[str]:
        """What holds the batch, or why it was refused."""
        problems: list[Mapping[str, object]] = [*receipt.problems]
        return [str(row["kind"]) for row in [*receipt.findings, *problems] if row["severity"] in ("held", "refused")]


def day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)
