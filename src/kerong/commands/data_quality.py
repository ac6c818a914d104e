"""`kerong data quality`: what each source delivered over time."""

import json
import sys
from collections.abc import Mapping
from datetime import date

from rich.box import SIMPLE
from rich.table import Table

from kerong.commands.data_opening import AsJson, Pack, Place, When, archive_at, book_of, moment, refuse
from kerong.commands.packs import console
from kerong.intake import cards
from kerong.rulebook.feeds import feeds_of
from kerong.store.archive import ArchiveError

HEADINGS = ("行\nrows", "隔离\naside", "矛盾\nconflict", "更正\nfixed", "待发布\nheld", "迟\nlate")
WORDS = {"complete": "完整", "partial": "有隔离", "held": "待发布", "missing": "缺"}


def quality(archive: Place, region: Pack = None, at: When = None, as_json: AsJson = False) -> None:
    """Quality card of every source: by period what came, how late, what is set aside, in conflict, corrected, held."""
    place, when = archive_at(archive), moment(at)
    book = book_of(place, region)
    try:
        found = cards(place, book, when.date())
    except ArchiveError as error:
        refuse(error)
    if as_json:
        rows = [
            {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
            for row in found.iter_rows(named=True)
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    quiet = sorted(set(feeds_of(book)) - set(found["feed"].to_list()))
    for (feed,), rows_ in found.group_by("feed", maintain_order=True):
        table = Table(title=str(feed), box=SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
        for heading in ("期\nperiod", "状态\nstate"):
            table.add_column(heading, no_wrap=True)
        for heading in HEADINGS:
            table.add_column(heading, justify="right", no_wrap=True)
        for row in rows_.iter_rows(named=True):
            figures = [row[name] for name in ("rows", "set_aside", "conflicting", "corrections", "held", "late_days")]
            shown = ["" if figure is None else f"{figure:,}" for figure in figures]
            table.add_row(row["period"], _state(row), *shown)
        console.print(table)
    if quiet:
        console.print(f"从未报送 never delivered: {', '.join(quiet)}", soft_wrap=True)


def _state(row: Mapping[str, object]) -> str:
    told = f"{WORDS[str(row['state'])]} {row['state']}"
    if not row["nothing_new"]:
        return told
    came = ("按时收到", "came in time") if row["late_days"] == 0 else ("已收到", "came")
    return f"{told}\n{came[0]}，无新内容\n{came[1]}, nothing new"
