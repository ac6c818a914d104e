"""The table of words in docs/glossary.md."""

import re
from dataclasses import dataclass

CELLS = 5


@dataclass(frozen=True)
class Term:
    """A row of the glossary; `code` is empty where the word has no code name."""

    zh: str
    en: str
    code: str
    unit: str
    meaning: str


def terms(text: str) -> list[Term]:
    """The rows of all tables; raises ValueError naming the row that has not five filled cells."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    found = []
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if cells[0] == "中文" or set(row) <= set("|-"):
            continue
        if len(cells) != CELLS or not all(cells):
            raise ValueError(f"not {CELLS} filled cells: {row}")
        code = re.fullmatch(r"`(\w+)`|-", cells[2])
        if not code:
            raise ValueError(f"a code is one name in backticks or a dash: {row}")
        found.append(Term(cells[0], cells[1], code[1] or "", cells[3], cells[4]))
    return found


def repeated(words: list[str]) -> list[str]:
    """Words that stand more than once."""
    return sorted({word for word in words if word and words.count(word) > 1})
