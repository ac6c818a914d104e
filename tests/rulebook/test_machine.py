"""The machine runs the tree of the two evaluators: where it accepts an expression, it says what the plain one says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kerong.compiled import compiled
from kerong.engine.entitle import decisions, facts_of
from kerong.rulebook import coded, plain
from kerong.rulebook.content import Rule
from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.machine import Machine, Paid, Verdict, kernel, program, run
from kerong.rulebook.outcomes import ERROR, FAILED, MET, UNKNOWN
from kerong.rulebook.parse import parse
from kerong.rulebook.tables import Entries, Steps, Table
from kerong.rulebook.tree import Node
from kerong.rulebook.types import FEN
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

    @settings(many, max_examples=400, derandomize=True, database=None)
    @given(st.one_of(conditions(1), fens(1), counts(1)), st.lists(facts, min_size=1, max_size=3), in_force)
    def ask(text: str, rows: list[dict[str, object]], values: dict[str, int | Table | None]) -> None:
        # of ordinary size: overflow cannot be excluded of the extremes that are generated elsewhere, and how many of
        # those are drawn depends on the constants of the modules that happen to be loaded
        assume(all(int(number) < 10_000 for number in re.findall(r"\d+", text)))
        node = parse(text, SCOPE)
        small = [{n: v % 1000 if type(v) is int else v for n, v in row.items()} for row in rows]
        modest = {n: v % 1000 if type(v) is int else v for n, v in values.items()}
        accepted[node.type.kind].append(said(node, small, modest) is not None)

    ask()
    assert sum(accepted["bool"]) > 0.9 * len(accepted["bool"]) > 20
    assert sum(accepted["int"]) > 0.6 * len(accepted["int"]) > 20


CLAUSES = [
    ["enterprise.n < 3 and enterprise.is_new", "3 < enterprise.m", "enterprise.n = 4 or enterprise.m in (4, 5)"],
    ["enterprise.a_fen < enterprise.b_fen", "enterprise.n = enterprise.m or enterprise.is_old is null"],
    ["enterprise.n <= enterprise.m", "not enterprise.is_new or enterprise.a_fen is null"],
    ["enterprise.began_on <= enterprise.ended_on", "step(enterprise.n, grants_fen) > 6"],
    ["enterprise.a_fen <= enterprise.b_fen", "enterprise.n >= 2"],
]
FENS = [
    "enterprise.a_fen + enterprise.b_fen - enterprise.a_fen * enterprise.n",
    "least(enterprise.a_fen, enterprise.b_fen) + greatest(enterprise.a_fen, enterprise.b_fen) * 3",
    "least(enterprise.a_fen, 5) + greatest(enterprise.b_fen, 3) + 7",
    "case when enterprise.is_new then 5 when enterprise.is_old then enterprise.a_fen else 10 - enterprise.b_fen end",
    "share_bp(coalesce(enterprise.a_fen, enterprise.b_fen), lookup(enterprise.kind, shares_bp))",
    "marginal(enterprise.a_fen, rates_bp)",
    "share_bp(enterprise.a_fen, 3_333)",
    "share_bp(enterprise.a_fen - 3, 3_333)",
    "step(enterprise.n, grants_fen) + marginal(enterprise.m, grants_fen)",
    "case when enterprise.began_on < enterprise.ended_on then enterprise.a_fen else enterprise.b_fen end",
]
VALUES: dict[str, int | Table | None] = {
    "rates_bp": Steps((-10, 2, 4), (100, 3_000, 7_000)),
    "grants_fen": Steps((-10, 2, 4), (5, 7, 11)),
    "shares_bp": Entries({"x": 5_000, "": 300}, 10_000),
}
NUMBERS = {"FAILED", "MET", "UNKNOWN", "NO_SELECTION", "SHORT"}
OPCODES = {name: code for name, code in vars(kernel).items() if type(code) is int and name not in NUMBERS}


def a_city() -> list[dict[str, object]]:
    """Rows in which every field is known, unknown, small and large in turn."""
    turns: dict[str, Sequence[object]] = {
        "a_fen": (0, 3, 5, None, 4),
        "b_fen": (4, 2, None, 7, 3, 5, 1),
        "n": (2, 1, 4, None, 5, 0),
        "m": (4, 5, 3, 1, None, 2, 6),
        "is_new": (True, None, False),
        "is_old": (False, True, True, None),
        "kind": ("x", None, "", "y"),
        "began_on": (date(2020, 1, 1), date(2024, 2, 29), None, date(2022, 5, 5)),
        "ended_on": (date(2024, 2, 29), None, date(2021, 3, 4)),
    }
    empty: dict[str, object] = dict.fromkeys(dtypes())
    return [{**empty, **{name: turn[i % len(turn)] for name, turn in turns.items()}} for i in range(300)]


def everything() -> list[object]:
    """Outcomes, deciding clauses, rows and amounts of rules that need every instruction."""
    parameters = parameters_at(VALUES)
    asked = [rule(f"asks_{i}", clauses, "1", parameters=parameters) for i, clauses in enumerate(CLAUSES)]
    paying = [rule(f"pays_{i}", [], fen, how=how, parameters=parameters) for i, fen in enumerate(FENS) for how in HOWS]
    some = [rule(f"some_{i}", CLAUSES[4], fen, parameters=parameters) for i, fen in enumerate(FENS)]
    same = [replace(one, name=f"same_{one.name}") for one in some]
    made = [*asked, *(replace(one, name=f"{one.name}_{i}") for i, one in enumerate(paying)), *some, *same]
    nodes = [one.amount.fen for one in made if one.amount is not None]
    verdicts, paid = ran(made, table_of(a_city(), nodes))
    assert len(verdicts) == len(made)
    assert all(one.fen is not None for one in paid.values())
    found: list[object] = [[v.outcome.to_list(), v.clause.to_list()] for v in verdicts.values()]
    return found + [[p.places.to_list(), p.fen.to_list()] for p in paid.values() if p.fen is not None]


WRONG = {
    "LOAD_WORD": "FILL_WORD",
    "LOAD_HALF": "FILL_WORD",
    "LOAD_BYTE": "FILL_BYTE",
    "STORE_WORD": "FILL_WORD",
    "STORE_BYTE": "FILL_BYTE",
    "FILL_WORD": "",
    "FILL_BYTE": "",
    "ADD": "SUBTRACT",
    "SUBTRACT": "ADD",
    "MULTIPLY": "ADD",
    "LEAST": "GREATEST",
    "GREATEST": "LEAST",
    "CHOOSE": "",
    "ADD_TO": "MULTIPLY_BY",
    "SUBTRACT_FROM": "ADD_TO",
    "MULTIPLY_BY": "ADD_TO",
    "LEAST_OF": "GREATEST_OF",
    "GREATEST_OF": "LEAST_OF",
    "DIVIDE": "",
    "DIVIDE_SHORT": "",
    "STEP": "MARGINAL",
    "MARGINAL": "STEP",
    "TAKE": "STEP",
    "EQUAL": "LESS_EQUAL",
    "LESS": "EQUAL",
    "LESS_EQUAL": "LESS",
    "EQUAL_TO": "BELOW",
    "BELOW": "EQUAL_TO",
    "ABOVE": "EQUAL_TO",
    "AMONG": "ABOVE",
    "AND": "OR",
    "OR": "AND",
    "XOR": "AND",
    "AND_NOT": "AND",
    "CHOOSE_BYTE": "",
    "MARK": "",
    "DECIDE": "",
}


def test_the_faults_that_are_planted_go_through_all_instructions() -> None:
    assert set(WRONG) == set(OPCODES)


@pytest.mark.parametrize("name", list(OPCODES))
def test_a_fault_planted_in_an_instruction_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right, planted = everything(), []

    def laid_out(memory: program.Memory, sections: Sequence[program.Section], size: int) -> program.Program:
        made = program.laid_out(memory, sections, size)
        wrong = made.lines[:, 0] == OPCODES[name]
        planted.append(wrong.any())
        if WRONG[name]:
            made.lines[wrong, 0] = OPCODES[WRONG[name]]
        elif name in ("CHOOSE", "CHOOSE_BYTE"):
            made.lines[wrong, 4] = made.lines[wrong, 3]
        elif name == "DECIDE":  # what may hold, holds
            made.lines[wrong, 2] = made.lines[wrong, 3]
        elif name.startswith("DIVIDE"):
            made.lines[wrong, 5] //= 2
        else:  # the number of a fill, or of a clause
            made.lines[wrong, 5] += 1
        return made

    monkeypatch.setattr(run, "laid_out", laid_out)
    found = everything()
    assert any(planted)
    assert found != right


def test_what_all_instructions_say_is_what_the_plain_evaluator_says() -> None:
    rows = a_city()
    for texts, how in [(CLAUSES, "down"), *(([FENS], how) for how in HOWS)]:
        for node in (parse(text, SCOPE) for some in texts for text in some):
            assert said(node, rows, VALUES, how) == expected(node, rows, VALUES, how)


def test_pieces_and_threads_change_nothing() -> None:
    whole = everything()
    for size, piece in ((1, 7), (64, 64), (100, 30), (7, 1000)):
        with cut(size, piece):
            assert everything() == whole


@pytest.mark.parametrize("divisor", [2, 3, 365, 10_000, 3_650_000, 10**12 + 1, 1 << 59])
def test_a_quotient_is_exact_however_large_the_amount(divisor: int) -> None:
    near = [k * divisor + d for k in (0, 1, 2, 10**9, LIMIT // divisor) for d in (-1, 0, 1, divisor // 2)]
    above = sorted({amount for amount in (*near, LIMIT, LIMIT - 1, 1 << 53) if 0 <= amount <= LIMIT})
    short = [amount for amount in above if amount < divisor * kernel.SHORT]
    node = replace(parse("enterprise.a_fen", SCOPE), type=replace(FEN, divisor=divisor))
    for amounts in (above, short, [-amount for amount in above]):
        rows = [{**dict.fromkeys(dtypes()), "a_fen": amount} for amount in amounts]
        for how in HOWS:
            assert said(node, rows, {}, how) == expected(node, rows, {}, how)


@given(
    st.one_of(
        st.lists(st.integers(-LIMIT, LIMIT), min_size=1),
        *(st.lists(st.integers(0, 1 << size), min_size=1) for size in (20, 50, 60)),
    ),
    st.one_of(st.integers(2, 1 << 59), st.integers(2, 20_000)),
    st.sampled_from(HOWS),
)
def test_a_quotient_is_that_of_the_plain_evaluator(amounts: list[int], divisor: int, how: str) -> None:
    node = replace(parse("enterprise.a_fen", SCOPE), type=replace(FEN, divisor=divisor))
    rows = [{**dict.fromkeys(dtypes()), "a_fen": amount} for amount in amounts]
    assert said(node, rows, {}, how) == [plain.rounded(amount, divisor, how) for amount in amounts]


def test_what_could_be_an_error_is_left_to_polars() -> None:
    rows = [{**dict.fromkeys(dtypes()), "a_fen": LIMIT, "n": 2, "kind": "x"}]
    refused: list[tuple[str, Values]] = [
        ("enterprise.a_fen * enterprise.n", {}),
        ("lookup(enterprise.kind, shares_bp)", {"shares_bp": Entries({"y": 1})}),
        ("step(enterprise.n, grants_fen)", {"grants_fen": Steps((5,), (1,))}),
        ("enterprise.n / 0 > 1", {}),
        ("9200000000000000000 * 2 > 0", {}),
    ]
    for text, values in refused:
        assert said(parse(text, SCOPE), rows, values) is None


@pytest.mark.parametrize(
    "text",
    [
        "enterprise.n > 0",
        "enterprise.n is null",
        "enterprise.n is not null or enterprise.is_new",
        "lookup(enterprise.kind, shares_bp) > 300",
        "case when enterprise.kind is null then enterprise.is_new else enterprise.is_old end",
    ],
)
def test_a_rule_that_reads_a_column_with_errors_is_left_to_polars(text: str) -> None:
    node = parse(text, SCOPE)
    frame = table_of([{**dict.fromkeys(dtypes()), "n": 2, "kind": "x"}], [node])
    assert "r" in ran([rule_of(node, VALUES)], frame)[0]
    wrong = [pl.lit(True).alias(f"{name}!error") for name in ("n", "kind")]
    assert ran([rule_of(node, VALUES)], frame.with_columns(wrong))[0] == {}


@pytest.mark.parametrize(("dtype", "number"), [(pl.UInt32, 3_000_000_000), (pl.Int128, 2**80), (pl.Int8, 3)])
def test_a_column_of_a_size_that_no_instruction_reads_is_left_to_polars(dtype: pl.DataType, number: int) -> None:
    node = parse("enterprise.n > 0", SCOPE)
    frame = table_of([dict.fromkeys(dtypes())], [node]).with_columns(pl.Series("n", [number], dtype=dtype))
    assert ran([rule_of(node, {})], frame)[0] == {}


@pytest.mark.parametrize("count", [126, 127, 128])
def test_an_unknown_amount_stands_behind_the_last_of_ever_so_many_clauses(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{**dict.fromkeys(dtypes()), "n": 1, "a_fen": fen} for fen in (9, None, -9)]
    keys = [pl.Series("enterprise_id", ["a", "b", "c"]), pl.lit("").alias("row_key")]
    made = rule("r", ["enterprise.n > 0"] * count, "enterprise.a_fen")
    monkeypatch.setattr(decisions, "MANY", 0)
    (found,) = decisions.decided([made], table_of(rows, []).with_columns(keys), ON)
    assert found.outcome.to_list() == [MET, UNKNOWN, ERROR]
    assert found.clause.to_list() == [0, count + 1, count + 1]


def test_a_folder_that_cannot_be_written_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numba.core.caching.CacheImpl._locator_classes", [])
    assert compiled(lambda x: x + 1)(2) == 3
