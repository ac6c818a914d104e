"""The machine runs the tree of the two evaluators: where it accepts an expression, it says what the plain one says."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerong.engine.entitle import facts_of
from kerong.rulebook import coded, plain
from kerong.rulebook.content import Rule
from kerong.rulebook.machine import Machine, Paid, Verdict, run
from kerong.rulebook.outcomes import FAILED, MET, UNKNOWN
from kerong.rulebook.parse import parse
from kerong.rulebook.tables import Table
from kerong.rulebook.tree import Node
from tests.engine.entitle.rules import rule
from tests.rulebook.generated import (
    ON,
    SCOPE,
    conditions,
    counts,
    dtypes,
    facts,
    fens,
    in_force,
    parameters_at,
    years,
)

Rows = Sequence[Mapping[str, object]]
Values = Mapping[str, int | Table | None]
HOWS = ("down", "up", "half_up")
written = st.one_of(conditions(2), fens(2), counts(2), years(2))
many = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def table_of(rows: Rows, nodes: Sequence[Node]) -> pl.DataFrame:
    frame = pl.DataFrame({n: pl.Series(n, [row[n] for row in rows], dtype=t) for n, t in dtypes().items()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coded, "WORTH", 0)
        return coded.coded(frame, nodes)


def rule_of(node: Node, values: Values, how: str = "down") -> Rule:
    """A rule that asks a flag, or one that pays a number."""
    made = rule("r", ["true"], "1", how=how, parameters=parameters_at(values))
    assert made.amount is not None
    if node.type.kind == "bool":
        return replace(made, clauses=(replace(made.clauses[0], condition=node),))
    return replace(made, clauses=(), amount=replace(made.amount, fen=node))


def ran(made: Sequence[Rule], frame: pl.DataFrame) -> tuple[dict[str, Verdict], dict[str, Paid]]:
    with ThreadPoolExecutor(2) as pool:
        machine = Machine(frame, ON, pool)
        verdicts = machine.verdicts(made)
        return verdicts, machine.paid([(one, verdicts[one.name]) for one in made if one.name in verdicts])


def said(node: Node, rows: Rows, values: Values, how: str = "down") -> list[object] | None:
    """The outcomes of a flag, or the whole numbers of an amount, row by row; None where the machine refuses."""
    verdicts, paid = ran([rule_of(node, values, how)], table_of(rows, [node]))
    if "r" not in verdicts:
        return None
    if node.type.kind == "bool":
        return verdicts["r"].outcome.to_list()
    assert paid["r"].places.to_list() == list(range(len(rows)))
    return None if paid["r"].fen is None else paid["r"].fen.to_list()


def expected(node: Node, rows: Rows, values: Values, how: str = "down") -> list[object]:
    found: list[object] = []
    for row in rows:
        value = plain.evaluate(node, facts_of(row), ON, values)
        if isinstance(value, plain.Fault):
            found.append(value)
        elif node.type.kind == "bool":
            found.append({None: UNKNOWN, True: MET, False: FAILED}[value])  # type: ignore[index]
        else:
            found.append(plain.rounded(value, node.type.divisor, how) if isinstance(value, int) else value)
    return found


@contextmanager
def cut(size: int, piece: int) -> Iterator[None]:
    """The same work in pieces of so many rows, a thread taking so many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "SIZE", size)
        patch.setattr(run, "PIECE", piece)
        yield


@settings(many, max_examples=400)
@given(written, st.lists(facts, max_size=7), in_force, st.sampled_from(HOWS))
def test_the_machine_says_what_the_plain_evaluator_says(
    text: str, rows: list[dict[str, object]], values: dict[str, int | Table | None], how: str
) -> None:
    node = parse(text, SCOPE)
    with cut(2, 4):
        found = said(node, rows, values, how)
    assert found is None or found == expected(node, rows, values, how)


def test_most_of_what_can_be_written_is_accepted() -> None:
    accepted: dict[str, list[bool]] = {"bool": [], "int": []}

    @settings(many, max_examples=200, derandomize=True, database=None)
    @given(st.one_of(conditions(1), fens(1), counts(1)), st.lists(facts, min_size=1, max_size=3), in_force)
    def ask(text: str, rows: list[dict[str, object]], values: dict[str, int | Table | None]) -> None:
        node = parse(text, SCOPE)
        # of ordinary size: overflow cannot be excluded of the extremes that are generated elsewhere
        small = [{n: v % 1000 if type(v) is int else v for n, v in row.items()} for row in rows]
        accepted[node.type.kind].append(said(node, small, values) is not None)

    ask()
    assert sum(accepted["bool"]) > 0.9 * len(accepted["bool"]) > 20
    assert sum(accepted["int"]) > 0.6 * len(accepted["int"]) > 20
