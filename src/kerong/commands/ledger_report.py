"""What `kerong ledger verify` prints: the books with their heads, and the problems in both languages."""

import json
import sys

import polars as pl
from rich.box import SIMPLE
from rich.table import Table

from kerong.commands.packs import console
from kerong.engine.money.ledger import BOOK_KINDS
from kerong.engine.money.ledger.verified import Verified
from kerong.engine.problems import escaped, sentence

SHOWN = 50


def report(problems: pl.DataFrame, found: Verified | None = None, as_json: bool = False) -> int:
    """Prints what was found; how many problems are more than notes."""
    bad = problems.filter(pl.col("severity") != "noted").height
    if as_json and found:
        sys.stdout.write(json.dumps(_told(problems, found), ensure_ascii=False, indent=1) + "\n")
        return bad
    if found:
        console.print(_books(found))
    ordered = problems.sort("file", "line", nulls_last=False, maintain_order=True)
    for row in ordered.head(SHOWN).iter_rows(named=True):
        console.print(f"{sentence(row, 'zh')}\n  {sentence(row, 'en')}", markup=False, soft_wrap=True)
    if problems.height > SHOWN:
        more = problems.height - SHOWN
        console.print(f"… 另有 {more:,} 个问题 / {more:,} problems more")
    if found and not problems.height:
        console.print("· 全部相符 / everything agrees")
    elif problems.height:
        console.print(f"· {problems.height:,} 个问题 / problems: {problems.height:,}")
    return bad


def _books(found: Verified) -> Table:
    table = Table("账簿 book", "类别 kind", "币种 currency", "条数 entries", "链头 head", box=SIMPLE)
    table.columns[3].justify, table.columns[4].overflow = "right", "fold"  # a head is copied whole
    for book in found.books:
        title, head = BOOK_KINDS[book.kind], found.heads[book.code]
        table.add_row(book.code, f"{title.zh} {title.en}", book.currency, f"{head.sequence:,}", escaped(head.hash))
    return table


def _told(problems: pl.DataFrame, found: Verified) -> dict[str, object]:
    books = [
        {"book": book.code, "kind": book.kind, "currency": book.currency, **found.heads[book.code]._asdict()}
        for book in found.books
    ]
    said = [{**row, "zh": sentence(row, "zh"), "en": sentence(row, "en")} for row in problems.iter_rows(named=True)]
    return {"books": books, "problems": said}
