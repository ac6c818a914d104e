"""An error planted in either evaluator, in any kind of node, is noticed by comparing it with the other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from kerong.engine.entitle import facts_of
from kerong.rulebook import compiled, forms, plain
from kerong.rulebook.compiled import Part, Program
from kerong.rulebook.kinds import KINDS, LIMIT
from kerong.rulebook.parse import parse, with_exceptions
from kerong.rulebook.tables import Entries, Steps, Table
from kerong.rulebook.tree import Node, Value, walk
from kerong.rulebook.types import Type
from tests.rulebook.generated import FIELDS, ON, SCOPE, disagreements

Row = dict[str, object]
GOOD: Row = {
    "a_fen": 5,
    "b_fen": 3,
    "r_bp": 500,
    "n": 2,
    "m": 3,
    "q": 0.5,
    "p": 0.25,
    "kind": "x",
    "grade": "A",
    "is_new": True,
    "is_old": True,
    "began_on": date(2020, 1, 1),
    "ended_on": date(2021, 1, 1),
    "permits": [{"begins": date(2020, 1, 1), "ends": date(2030, 1, 1)}],
}
NOTHING: Row = dict.fromkeys(FIELDS)
EXTREME: Row = GOOD | {"a_fen": LIMIT, "b_fen": 0, "n": LIMIT, "q": 1e308, "began_on": date.max}
ROWS = [GOOD, NOTHING, EXTREME]
VALUES: dict[str, int | Table | None] = {
    "line_fen": 7,
    "rates_bp": Steps((0, 3), (1_000, 600)),
    "shares_bp": Entries({"x": 2_000, "y": 500}),
}
RISKY = "enterprise.a_fen / enterprise.b_fen > 0.5"
TEXT = f"case when {RISKY} then enterprise.kind else 'y' end"
DAY = "add_days(enterprise.began_on, 1)"


def _excepted() -> Node:
    one, other = parse("enterprise.is_new", SCOPE), parse(RISKY, SCOPE)
    return with_exceptions(
        parse("1", SCOPE), [("one", one, parse("2", SCOPE), []), ("other", other, parse("3", SCOPE), ["one"])]
    )


SHOWN: dict[str, str | Node] = {
    "literal": "5",
    "field": "enterprise.a_fen",
    "parameter": "line_fen",
    "on": "on",
    "and": f"enterprise.is_new and {RISKY}",
    "or": f"not enterprise.is_new or {RISKY}",
    "not": f"not ({RISKY})",
    "eq": "enterprise.a_fen * 4 = 20",
    "lt": "enterprise.a_fen * 4 < 20",
    "le": "enterprise.a_fen * 4 <= 20",
    "in": f"({TEXT}) in ('x', 'z')",
    "is_null": "(enterprise.a_fen * 4) is null",
    "add": "enterprise.a_fen + enterprise.a_fen",
    "subtract": "-(enterprise.a_fen) - enterprise.a_fen",
    "negate": "-(enterprise.a_fen * 4)",
    "multiply": "enterprise.a_fen * 4",
    "divide": "enterprise.a_fen / enterprise.b_fen",
    "number": "number(enterprise.n * enterprise.n)",
    "share_bp": "share_bp(enterprise.a_fen, 500)",
    "prorate": "prorate(enterprise.a_fen, 90, 365)",
    "case": f"case when {RISKY} then 1 else 2 end",
    "exceptions": _excepted(),
    "least": "least(enterprise.a_fen * 4, 30)",
    "greatest": "greatest(enterprise.a_fen * 4, 30)",
    "coalesce": "coalesce(enterprise.a_fen * 4, enterprise.b_fen)",
    "years_between": f"years_between({DAY}, on)",
    "months_between": f"months_between({DAY}, on)",
    "days_between": f"days_between({DAY}, on)",
    "year_of": f"year_of({DAY})",
    "month_of": f"month_of({DAY})",
    "add_months": "add_months(enterprise.began_on, 1)",
    "add_days": DAY,
    "left": f"left({TEXT}, 1)",
    "step": "step(enterprise.a_fen * 4, rates_bp)",
    "marginal": "marginal(enterprise.a_fen, rates_bp)",
    "lookup": f"lookup({TEXT}, shares_bp)",
    "held_on": f"held_on(enterprise.permits, {DAY})",
}
NEVER_UNKNOWN = {"literal", "on", "parameter", "is_null"}
LEAVES = {name for name, kind in KINDS.items() if kind.unknown == "leaf"}


def node_of(kind: str) -> Node:
    written = SHOWN[kind]
    return parse(written, SCOPE) if isinstance(written, str) else written


def test_every_kind_is_shown_with_a_value_the_unknown_and_an_error_and_both_evaluators_agree() -> None:
    assert set(SHOWN) == set(KINDS)
    for kind in SHOWN:
        found = [plain.evaluate(node_of(kind), facts_of(row), ON, VALUES) for row in ROWS]
        assert any(node.kind == kind for node in walk(node_of(kind)))
        assert not isinstance(found[0], plain.Fault | None), kind
        assert (None in found) == (kind not in NEVER_UNKNOWN), kind
        assert any(isinstance(value, plain.Fault) for value in found) == (kind not in LEAVES), kind
        assert disagreements(SHOWN[kind], ROWS, VALUES) == []


def otherwise(value: plain.Result) -> plain.Result:
    """Another value of the same type."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return value + "!"
        case date():
            return value - timedelta(days=1)
    return value


ZEROS: dict[str, Value] = {"bool": False, "int": 0, "float": 0.0, "text": "", "date": date(2000, 1, 1)}
SPOILT: dict[str, Callable[[plain.Result, Type], plain.Result]] = {
    "another value": lambda value, kind: otherwise(value),
    "a value instead of the unknown": lambda value, kind: ZEROS[kind.kind] if value is None else value,
    "the unknown instead of an error": lambda value, kind: None if isinstance(value, plain.Fault) else value,
}


ANOTHER: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "int": lambda x: x + 1,
    "float": lambda x: x + 1,
    "bool": lambda x: ~x,
    "text": lambda x: x + "!",
    "date": lambda x: x.dt.offset_by("-1d"),
}


def spoilt_part(part: Part, kind: Type, how: str) -> Part:
    """The compiled part with the same error planted."""
    if how == "the unknown instead of an error":
        return replace(part, error=None)
    if how == "a value instead of the unknown":
        return replace(part, value=part.value.fill_null(pl.lit(ZEROS[kind.kind], forms.dtype_of(kind))))
    return replace(part, value=ANOTHER[kind.kind](part.value))


PLANTED = [
    (kind, how)
    for kind in SHOWN
    for how in SPOILT
    if not (how == "a value instead of the unknown" and kind in NEVER_UNKNOWN)
    and not (how == "the unknown instead of an error" and kind in LEAVES)
]


@pytest.mark.parametrize(("kind", "how"), PLANTED)
def test_an_error_planted_in_a_kind_of_the_plain_evaluator_is_noticed(
    kind: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = plain.prepared

    def wrong(node: Node) -> plain.Evaluator:
        run = right(node)
        if node.kind != kind:
            return run
        return lambda facts, on, parameters: SPOILT[how](run(facts, on, parameters), node.type)

    monkeypatch.setattr(plain, "prepared", wrong)
    assert disagreements(SHOWN[kind], ROWS, VALUES)


@pytest.mark.parametrize(("kind", "how"), PLANTED)
def test_an_error_planted_in_a_kind_of_the_compiled_evaluator_is_noticed(
    kind: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Program._compile

    def wrong(program: Program, node: Node) -> Part:
        part = right(program, node)
        return spoilt_part(part, node.type, how) if node.kind == kind else part

    monkeypatch.setattr(compiled.Program, "_compile", wrong)
    assert disagreements(SHOWN[kind], ROWS, VALUES)
