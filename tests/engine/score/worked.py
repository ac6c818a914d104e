"""Worked tables of the documentation: the page must agree with the program."""

from pathlib import Path

ALGORITHMS = Path(__file__).resolve().parents[3] / "docs" / "algorithms"


def tables(page: str) -> list[list[dict[str, str]]]:
    """The tables below "## Worked table" of a page in docs/algorithms, each row by column name."""
    text = (ALGORITHMS / page).read_text(encoding="utf-8").partition("## Worked table")[2]
    found: list[list[dict[str, str]]] = []
    for block in text.split("\n\n"):
        lines = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines() if line[:1] == "|"
        ]
        if lines:
            found.append([dict(zip(lines[0], line, strict=True)) for line in lines[2:]])
    return found


def known(cell: str) -> str | None:
    """The cell, or None for a dash."""
    return None if cell == "-" else cell
