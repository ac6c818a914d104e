"""The page of measures says what the base says; `python -m tests.regions.test_measures_page` writes it."""

from itertools import groupby
from pathlib import Path

from kerong.rulebook import Rulebook, load
from kerong.rulebook.content import Formula, Measure
from kerong.store.packs import read_pack

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"
SIGN = {"more": "+", "less": "−", "middle": "∩", "neither": "·"}
COLUMNS = "| field | 指标 | title | unit | | {over} | 含义 | meaning |\n|---|---|---|---|---|{lines}---|---|"


def page(book: Rulebook) -> str:
    """The whole page: its own words up to the first table, then a table per file of measures and of formulas."""
    parts = [PAGE.read_text("utf-8").partition("\n## ")[0].rstrip() + "\n"]
    for folder, told in (("measures", list(book.measures.values())), ("formulas", _formulas(book))):
        over = "register | periods" if folder == "measures" else "of"
        lines = "---|" * over.count("|") + "---|"
        for file, items in groupby(sorted(told, key=lambda item: item.place.file), key=lambda item: item.place.file):
            rows = [_row(item) for item in sorted(items, key=lambda item: item.place.line)]
            parts += [f"\n## {file}\n", COLUMNS.format(over=over, lines=lines), *rows]
    return "\n".join(parts) + "\n"


def _formulas(book: Rulebook) -> list[Measure | Formula]:
    return [*book.formulas.values(), *(formula for of in book.row_formulas.values() for formula in of)]


def _row(item: Measure | Formula) -> str:
    assert item.meaning is not None, item.name
    if isinstance(item, Measure):
        window = item.window + (f", {item.skip} back" if item.skip else "")
        over = [f"`{item.over}`", window + (f", {item.at_least} known" if item.at_least else "")]
    else:
        over = [item.per]
    cells = [f"`{item.name}`", item.title.zh, item.title.en, str(item.unit), SIGN[str(item.better)], *over]
    return f"| {' | '.join([*cells, item.meaning.zh, item.meaning.en])} |"


def test_the_page_of_measures_says_what_the_base_says() -> None:
    assert PAGE.read_text("utf-8") == page(load(read_pack("china"))), (
        "write it: python -m tests.regions.test_measures_page"
    )


if __name__ == "__main__":
    PAGE.write_text(page(load(read_pack("china"))), "utf-8")
