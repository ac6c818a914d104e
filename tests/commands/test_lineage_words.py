"""What `kerong lineage` prints of a value's rows."""

from dataclasses import replace
from datetime import date

from kerong.commands.lineage import lines
from kerong.engine.record.lineage import Trace
from kerong.engine.record.lineage_rows import Row
from kerong.rulebook import load
from kerong.rulebook.said import Text
from kerong.rulebook.types import FEN
from kerong.store.packs import read_pack

ROW = Row("tax", "tax.csv", "tax", "", 2, "A|2024-01", date(2024, 1, 1), None, {"sales_fen": 100})


def test_the_rows_that_count_are_printed_first_where_not_all_are() -> None:
    outside = [replace(ROW, line=line, why="outside_window") for line in range(2, 40)]
    rows = (*outside, replace(ROW, line=40))
    trace = Trace("sales", "measure", Text("销售", "Sales"), FEN, "yuan", 100, "known", rows=rows)
    told = list(lines(trace, load(read_pack("demo")), "en", 12))
    assert "line 40" in told[2]
    assert len(told) == 2 + 12 + 1
