"""Intervals of tables: what is left out of the watch for overflow could not have overflowed."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.rulebook import plain
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Parameter
from kerong.rulebook.intervals import begins_within, cannot_overflow, interval
from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.tables import Steps
from kerong.rulebook.tree import Node
from kerong.rulebook.types import FEN, Type

ON = date(2025, 6, 30)
AMOUNT = Node("field", FEN, value=("enterprise", "a_fen"))
TABLE = Node("parameter", Type("table", unit="bp", over="fen"), value="rates_bp")
MARGINAL = Node("marginal", Type("int", "fen", 10_000), (AMOUNT, TABLE))
STEP = Node("step", Type("int", "bp"), (AMOUNT, TABLE))
amounts = st.one_of(st.integers(-1_000, 10_000), st.integers(-LIMIT, LIMIT))
tables = st.lists(
    st.tuples(st.integers(-100, 10**6), st.integers(-10_000, 20_000)), min_size=1, max_size=4, unique_by=lambda s: s[0]
).map(lambda steps: Steps(*zip(*sorted(steps), strict=True)))


def held(steps: Steps) -> dict[str, Parameter]:
    return {"rates_bp": Parameter("rates_bp", None, TABLE.type, ((date(2000, 1, 1), steps, ""),))}


@given(tables, st.lists(amounts, min_size=1, max_size=4))
def test_a_sum_of_slices_and_a_step_lie_in_their_intervals(steps: Steps, values: list[int]) -> None:
    within = min(values), max(values)
    values_of_table = min(steps.values), max(steps.values)

    def leaf(node: Node) -> tuple[int, int]:
        return (int(values_of_table[0]), int(values_of_table[1])) if node is TABLE else within

    for node in (MARGINAL, STEP):
        found = interval(node, leaf, lambda _: steps)
        assert found is not None
        for value in values:
            said = plain.evaluate(node, {("enterprise", "a_fen"): value}, ON, {"rates_bp": steps})
            if isinstance(said, int):
                assert found[0] <= said <= found[1]
            elif node is MARGINAL:
                assert not cannot_overflow(node, leaf, lambda _: steps)
            else:
                assert not begins_within(node, leaf, lambda _: steps)


@given(tables, st.lists(st.one_of(st.none(), amounts), max_size=5))
def test_both_evaluators_agree_on_tables_whatever_the_column_spans(steps: Steps, values: list[int | None]) -> None:
    frame = pl.DataFrame({"a_fen": pl.Series(values, dtype=pl.Int64)})
    found = evaluate(frame, {"marginal": MARGINAL, "step": STEP}, ON, held(steps))
    for name, node in (("marginal", MARGINAL), ("step", STEP)):
        errors = set(found.errors.filter(pl.col("name") == name)["row"])
        for row, value in enumerate(values):
            said = plain.evaluate(node, {("enterprise", "a_fen"): value}, ON, {"rates_bp": steps})
            assert (row in errors) == isinstance(said, plain.Fault)
            assert found.frame[name][row] == (None if isinstance(said, plain.Fault) else said)
