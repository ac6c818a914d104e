"""Intervals: where no value can pass the limit, no watch for overflow is needed."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerong.engine.entitle import facts_of
from kerong.rulebook import plain
from kerong.rulebook.intervals import Interval, cannot_overflow, interval, range_of
from kerong.rulebook.parse import parse
from kerong.rulebook.tables import Entries, Table
from kerong.rulebook.tree import Node
from tests.rulebook.generated import ON, SCOPE, bps, facts, fens, in_force


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.one_of(fens(2), bps(1)), facts, st.integers(0, 10**6), in_force)
def test_the_value_of_an_expression_lies_in_its_interval(
    text: str, row: dict[str, object], wider: int, values: dict[str, int | Table | None]
) -> None:
    def leaf(node: Node) -> Interval | None:
        if node.kind == "parameter":
            return range_of(values[str(node.value)])
        if node.kind == "field":
            value = row[node.field[1]]
            return (value - wider, value + wider) if isinstance(value, int) else (0, 0)
        return (node.value, node.value) if isinstance(node.value, int) else None

    node = parse(text, SCOPE)
    found, value = interval(node, leaf), plain.evaluate(node, facts_of(row), ON, values)
    if found is not None and isinstance(value, int):
        assert found[0] <= value <= found[1]


def test_small_amounts_need_no_watch_and_large_ones_do() -> None:
    node = parse("share_bp(enterprise.a_fen, 5000)", SCOPE)
    assert cannot_overflow(node, lambda leaf: (0, 10**15) if leaf.kind == "field" else (5_000, 5_000))
    assert not cannot_overflow(node, lambda leaf: (0, 10**16) if leaf.kind == "field" else (5_000, 5_000))
    assert not cannot_overflow(node, lambda leaf: None)


def test_a_table_reaches_no_further_than_its_values_and_what_holds_otherwise() -> None:
    node = parse("share_bp(enterprise.a_fen, lookup(enterprise.kind, shares_bp))", SCOPE)
    share = next(arg for arg in node.args if arg.kind == "lookup")
    assert interval(share, lambda leaf: range_of(Entries({"x": 500, "y": 2_000}, otherwise=-1))) == (-1, 2_000)
    assert interval(share, lambda leaf: range_of(Entries({}))) is None
