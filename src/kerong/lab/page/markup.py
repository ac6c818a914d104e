"""Pieces of a page in two languages: both stand in it, and the page shows one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from kerong.engine.monitor.amounts import exact, money

LANGS = ("zh", "en")


def said(zh: str, en: str) -> str:
    """A sentence in both languages; neither may hold markup."""
    return f'<span lang="zh">{escape(zh)}</span><span lang="en">{escape(en)}</span>'


def titled(title: dict[str, str]) -> str:
    """A title as figures hold it."""
    return said(title["zh"], title["en"])


def amount(fen: int | None, currency: str, *, change: bool = False) -> str:
    """An amount by its order of magnitude, exact to the hundredth when pointed at; a change carries its sign.

    English leaves the currency to the foot of the page: tables are narrow on a telephone.
    """
    sign = "" if not change or not fen else "+" if fen > 0 else "−"
    size = abs(fen) if sign and fen is not None else fen
    zh, en = (sign + money(size, currency, lang).removeprefix(currency).strip() for lang in LANGS)
    return (
        f'<span class="num{_tone(fen) if change else ""}" title="{escape(exact(fen, currency))}">{said(zh, en)}</span>'
    )


def count(number: int, *, change: str = "") -> str:
    """A whole number; `change` ("more" or "less") colours it unless it is nothing."""
    tone = f" {change}" if change and number else ""
    return f'<span class="num{tone}">{number:,}</span>'


def _tone(fen: int | None) -> str:
    return " more" if (fen or 0) > 0 else " less" if (fen or 0) < 0 else ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading in both languages, and whether it holds numbers; the first names the row."""

    zh: str
    en: str
    number: bool = True


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are markup already; nothing at all where there are no rows."""
    lines = [_row(columns, row) for row in rows]
    if not lines:
        return f'<p class="soft">{said("没有。", "None.")}</p>'
    kinds = ["", *map(_kind, columns[1:])]
    heads = "".join(
        f'<th scope="col"{kind}>{said(column.zh, column.en)}</th>' for kind, column in zip(kinds, columns, strict=True)
    )
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def _row(columns: Sequence[Column], row: Sequence[str]) -> str:
    first, *rest = row
    cells = "".join(f"<td{_kind(column)}>{cell}</td>" for column, cell in zip(columns[1:], rest, strict=True))
    return f'<tr><th scope="row">{first}</th>{cells}</tr>'


def _kind(column: Column) -> str:
    return ' class="right"' if column.number else ""


def section(name: str, title: str, *parts: str, lead: str = "") -> str:
    """A card with its heading and what it says; empty parts leave nothing behind."""
    told = f'<p class="soft">{lead}</p>' if lead else ""
    return f'<section id="{name}" class="card"><h2>{title}</h2>{told}{"".join(parts)}</section>'


def chart(name: str, zh: str, en: str, height: int) -> str:
    """The place of a chart; the script draws it from the figures of that name."""
    return f'<div class="chart" data-chart="{name}" style="height:{height}px" role="img">{hidden(zh, en)}</div>'


def hidden(zh: str, en: str) -> str:
    """A sentence for who cannot see the chart; the numbers stand in the table beside it."""
    return f'<span class="unseen">{said(zh, en)}</span>'
