"""The worked tables of the page on waterfalls are what the functions yield."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kerong.engine.money import Split, outcome_of, split, split_table
from kerong.engine.money.split import largest_remainder
from kerong.rulebook import load
from kerong.rulebook.waterfalls import Waterfall
from tests.rulebook.packs import pack

PAGE = (Path(__file__).parents[3] / "docs/algorithms/waterfall.md").read_text("utf-8")
ON = date(2025, 6, 30)


def table(first_column: str) -> list[dict[str, str]]:
    """The rows of the table whose first heading this is."""
    lines = PAGE[PAGE.index(f"| {first_column} |") :].split("\n\n")[0].splitlines()
    heads, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def waterfall() -> Waterfall:
    found = re.search(r"```toml\n# waterfalls/three_parties.toml\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return load(pack() | {"waterfalls/three_parties.toml": found[1]}).waterfalls["three_parties"]


def number(cell: str) -> int | None:
    return None if cell == "unknown" else int(cell.replace(",", ""))


ROWS = table("loss_fen")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['loss_fen']} {row['fund_left_fen']}")
def test_a_row_of_the_page_is_what_is_parted(row: dict[str, str]) -> None:
    one = waterfall()
    found = split(one, {name: number(row[name]) for name in one.inputs}, ON)
    if not isinstance(found, Split):
        assert {row[party] for party in one.parties} == {outcome_of(found)}
        return
    assert {party: str(fen) for party, fen in found.parts.items()} == {party: row[party] for party in one.parties}
    assert ", ".join(f"{cut.layer} {cut.party} {cut.fen}" for cut in found.cuts) == row["cut"]


def test_the_table_by_columns_says_the_same_of_all_rows_at_once() -> None:
    one = waterfall()
    given = pl.DataFrame([{name: number(row[name]) for name in one.inputs} for row in ROWS])
    found = split_table(one, given, ON).frame
    outcomes = {"unknown": 2, "error": 3}
    assert found["outcome"].to_list() == [outcomes.get(row["fund"], 1) for row in ROWS]
    for party in one.parties:
        told = ["" if fen is None else str(fen) for fen in found[f"total.{party}"]]
        assert told == [row[party] if row[party] not in outcomes else "" for row in ROWS]


@pytest.mark.parametrize("row", table("amount"), ids=lambda row: row["amount"])
def test_the_paradox_of_the_page_is_one(row: dict[str, str]) -> None:
    shares = {head: int(head.split(": ")[1]) for head in row if ": " in head}
    assert largest_remainder(int(row["amount"]), shares) == {head: int(row[head]) for head in shares}
