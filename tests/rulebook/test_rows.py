"""The table that a rule looks at has all its rows, whatever its expressions read."""

import polars as pl

from kerong.rulebook.rows import subjects
from kerong.rulebook.tree import Node
from kerong.rulebook.types import FEN

FIRMS = pl.DataFrame({"enterprise_id": ["a", "b"], "sales_fen": [1, 2]})
LOANS = pl.DataFrame({"enterprise_id": ["a", "a", "c"], "row_key": ["2", "1", "1"], "amount_fen": [5, 6, 7]})
BASE = Node("field", FEN, value=("", "base"))


def test_a_rule_that_reads_no_column_of_its_register_still_looks_at_every_row() -> None:
    found = subjects("loan", [BASE], FIRMS, {"loan": LOANS})
    assert found.rows() == [("a", "1"), ("a", "2")]


def test_columns_of_the_register_and_of_the_enterprise_stand_beside_the_row() -> None:
    read = [Node("field", FEN, value=("loan", "amount_fen")), Node("field", FEN, value=("enterprise", "sales_fen"))]
    found = subjects("loan", read, FIRMS, {"loan": LOANS})
    assert found.rows(named=True)[0] == {"enterprise_id": "a", "row_key": "1", "loan.amount_fen": 6, "sales_fen": 1}


def test_a_register_without_rows_gives_a_table_without_rows() -> None:
    assert subjects("loan", [BASE], FIRMS, {"loan": LOANS.clear()}).height == 0
