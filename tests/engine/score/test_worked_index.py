"""The worked table of docs/algorithms/index.md."""

import polars as pl

from kerong.engine.score import index
from tests.engine.score.sheet import ON, enterprises, flag, indicator, rulebook
from tests.engine.score.worked import known, tables

BOOK = rulebook(
    [
        indicator("research", "input"),
        indicator("debt", "output", "middle", best=0.4, fixed=(0, 1)),
        flag("certificate", "output"),
    ],
    {"seed": {"input": 600, "output": 400}, "mature": {"input": 300, "output": 700}},
)
SHOWN = ("points", "points_high", "coverage_bp", "grade", "grade_high", "rank")


def test_the_worked_table_of_the_index_is_what_the_program_says() -> None:
    (rows,) = tables("index.md")
    number = {name: [None if row[name] == "-" else float(row[name]) for row in rows] for name in ("research", "debt")}
    facts = [{"enterprise_id": row["firm"], "stage": known(row["stage"])} for row in rows]
    table = enterprises(facts, []).with_columns(
        *(pl.Series(name, column, pl.Float64) for name, column in number.items()),
        pl.Series("certificate", [row["certificate"] == "yes" for row in rows]),
    )
    scores = index(table, BOOK, ON).scores
    for row, score in zip(rows, scores.iter_rows(named=True), strict=True):
        told = {name: str(score[name]) for name in SHOWN}
        for name in ("research", "debt", "certificate"):
            points = score[f"indicator_{name}"]
            told[f"points_{name}"] = "-" if points is None else str(points)
        assert told == {name: row[name] for name in told}
