"""The two evaluators are each other's proof: they agree on whatever can be written, and a planted error is caught."""

import ast
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerong.rulebook import compiled, forms, plain
from kerong.rulebook.kinds import KINDS, LIMIT
from kerong.rulebook.parse import parse
from kerong.rulebook.tables import Table
from kerong.rulebook.tree import Node
from tests.rulebook.generated import ON, SCOPE, VALUES, disagreements, expressions, in_force, tables

EMPTY = dict.fromkeys(SCOPE.fields["enterprise"])
SAMPLE: list[dict[str, object]] = [
    {**EMPTY, "a_fen": a, "b_fen": b, "n": n, "is_new": f, "is_old": g, "q": q, "kind": k}
    for a, b, n, f, g, q, k in [
        (5, 3, 2, True, None, 0.5, "x"),
        (None, 0, 7, False, True, None, None),
        (LIMIT, 2, None, None, False, 1e308, "it's"),
        (-4, -4, 0, True, True, 0.0, ""),
    ]
]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(expressions, tables, in_force)
def test_both_evaluators_agree_on_values_unknowns_and_errors(
    written: str | Node, rows: list[dict[str, object]], values: dict[str, int | Table | None]
) -> None:
    assert disagreements(written, rows, values) == []


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(expressions, tables, in_force)
def test_both_evaluators_agree_where_a_table_is_worked_through_piece_by_piece(
    written: str | Node, rows: list[dict[str, object]], values: dict[str, int | Table | None]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "STREAMED", 0)
        assert disagreements(written, rows, values) == []


def test_both_evaluators_give_a_form_to_exactly_the_strict_kinds_of_the_table() -> None:
    special = {"leaf", "and", "or", "case", "first", "exceptions"}
    wanted = {name for name, kind in KINDS.items() if kind.unknown not in special}
    assert set(forms.FORMS) == wanted
    assert set(plain.FORMS) == wanted - {"is_null"}


def test_the_plain_evaluator_imports_nothing_of_the_compiled_one() -> None:
    tree = ast.parse(Path(plain.__file__).read_text("utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert not any("compiled" in name or "polars" in name for name in imported)


PLANTED: list[tuple[str, str, Callable[..., object]]] = [
    ("lt", "enterprise.a_fen < enterprise.b_fen", lambda node, a, b: a <= b),
    ("add", "enterprise.a_fen + enterprise.b_fen", lambda node, a, b: a + b),
    ("least", "least(enterprise.a_fen, enterprise.b_fen)", lambda node, *values: values[0]),
    ("not", "not enterprise.is_new", lambda node, x: x),
    ("divide", "enterprise.a_fen / enterprise.n", lambda node, a, b: a / b if b else 0.0),
]


@pytest.mark.parametrize(("kind", "text", "wrong"), PLANTED, ids=[p[0] for p in PLANTED])
def test_an_error_planted_in_the_plain_evaluator_is_caught(
    kind: str, text: str, wrong: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert disagreements(text, SAMPLE) == []
    monkeypatch.setitem(plain.FORMS, kind, wrong)
    assert disagreements(text, SAMPLE)


@pytest.mark.parametrize("kind", ["lt", "add", "eq", "in"])
def test_an_error_planted_in_the_compiled_evaluator_is_caught(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = {
        "lt": "enterprise.a_fen < enterprise.b_fen",
        "add": "enterprise.a_fen + enterprise.b_fen",
        "eq": "enterprise.a_fen = enterprise.b_fen",
        "in": "enterprise.kind in ('x')",
    }[kind]
    right = forms.FORMS[kind]
    monkeypatch.setitem(
        forms.FORMS,
        kind,
        lambda node, *xs: (
            (right(node, *xs)[0].fill_null(strategy="zero"), None) if kind == "add" else (~right(node, *xs)[0], None)
        ),
    )
    assert disagreements(text, SAMPLE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("enterprise.is_new and enterprise.is_old", [None, False, False, True]),
        ("enterprise.is_new or enterprise.is_old", [True, True, None, True]),
        ("not enterprise.is_new", [False, True, None, False]),
        ("enterprise.a_fen is null", [False, True, False, False]),
        ("coalesce(enterprise.a_fen, 0)", [5, 0, LIMIT, -4]),
        ("least(enterprise.a_fen, enterprise.b_fen)", [3, None, 2, -4]),
        ("enterprise.a_fen + 1", [6, None, None, -3]),
        ("case when enterprise.is_new then 1 else 2 end", [1, 2, None, 1]),
        ("enterprise.q * 10.0", [5.0, None, None, 0.0]),
    ],
)
def test_unknown_and_errors_pass_as_the_page_on_meaning_says(text: str, expected: list[object]) -> None:
    frame = pl.DataFrame(SAMPLE, schema={n: forms.dtype_of(t) for n, t in SCOPE.fields["enterprise"].items()})
    assert compiled.evaluate(frame, {"x": parse(text, SCOPE)}, ON).frame["x"].to_list() == expected


def test_overflow_division_by_zero_and_dates_out_of_range_are_errors_and_never_values() -> None:
    frame = pl.DataFrame(SAMPLE, schema={n: forms.dtype_of(t) for n, t in SCOPE.fields["enterprise"].items()})
    for text, rows in [
        ("enterprise.a_fen * 4", [2]),
        ("enterprise.a_fen / 0", [0, 2, 3]),
        ("enterprise.q * 10.0", [2]),
        ("enterprise.n / enterprise.n", [3]),
        ("add_months(on, 200000)", [0, 1, 2, 3]),
    ]:
        found = compiled.evaluate(frame, {"x": parse(text, SCOPE)}, ON)
        assert found.errors["row"].to_list() == rows, text
        assert found.frame["x"].gather(rows).null_count() == len(rows), text


@pytest.mark.parametrize(
    "text",
    [
        "0 < enterprise.n",
        "enterprise.n > 0",
        "2 = enterprise.n",
        "enterprise.n >= 1 + 1",
        "add_months(on, -12) > date '2020-01-01'",
        "add_months(on, 999999) > on",
        "least(1 / 0, 2) > 0",
        "9200000000000000000 * 2 > 0",
        "1 <= enterprise.n * 9200000000000000000",
    ],
)
@pytest.mark.parametrize("value", [None, 2])
def test_a_column_of_one_repeated_value_is_as_long_as_the_table(text: str, value: int | None) -> None:
    frame = pl.DataFrame({"a_fen": [1, 2, 3]}).with_columns(pl.lit(value, pl.Int64).alias("n"))
    node = parse(text, SCOPE)
    found = compiled.evaluate(frame, {"x": node}, ON)
    said = plain.evaluate(node, {("enterprise", "n"): value}, ON, {})
    wanted = None if isinstance(said, plain.Fault) else said
    assert found.frame["x"].to_list() == [wanted] * 3
    assert found.errors.height == (3 if isinstance(said, plain.Fault) else 0)


def test_an_error_in_a_branch_that_is_not_taken_does_not_count() -> None:
    text = "case when enterprise.b_fen = 0 then 0.0 else enterprise.a_fen / enterprise.b_fen end"
    assert disagreements(text, SAMPLE) == []
    frame = pl.DataFrame([SAMPLE[1]], schema={n: forms.dtype_of(t) for n, t in SCOPE.fields["enterprise"].items()})
    found = compiled.evaluate(frame, {"x": parse(text, SCOPE)}, ON)
    assert found.errors.is_empty()
    assert found.frame["x"].to_list() == [0.0]


@given(
    st.integers(-(10**17), 10**17),
    st.sampled_from([1, 10_000, 365, 3_650_000]),
    st.sampled_from(["down", "up", "half_up"]),
)
def test_both_roundings_agree_and_stay_within_one_of_the_quotient(value: int, divisor: int, how: str) -> None:
    ours = plain.rounded(value, divisor, how)
    theirs = pl.select(compiled.rounded(pl.lit(value, pl.Int64), divisor, how)).item()
    assert ours == theirs
    assert abs(ours * divisor - value) < divisor


def test_every_type_of_the_fields_is_generated() -> None:
    assert set(VALUES) >= set(SCOPE.fields["enterprise"].values())
