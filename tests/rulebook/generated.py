"""Generated expressions and facts, and the sentence that both evaluators must make true."""

import math
from datetime import date

import polars as pl
from hypothesis import strategies as st

from kerong.engine.entitle import facts_of
from kerong.rulebook import compiled, forms, plain
from kerong.rulebook.parse import Scope, parse
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL, BP, COUNT, DATE, FEN, RATIO, TEXT, Type

ON = date(2025, 6, 30)
FIELDS: dict[str, Type] = {
    "a_fen": FEN,
    "b_fen": FEN,
    "r_bp": BP,
    "n": COUNT,
    "m": COUNT,
    "q": RATIO,
    "p": RATIO,
    "kind": TEXT,
    "is_new": BOOL,
    "is_old": BOOL,
    "began_on": DATE,
    "ended_on": DATE,
}
SCOPE = Scope({"enterprise": FIELDS}, {})
LIMIT = 9_200_000_000_000_000_000

whole = st.one_of(
    st.none(),
    st.sampled_from([0, 1, -1, 10_000, LIMIT, -LIMIT, LIMIT - 1, 3_037_000_500]),
    st.integers(-LIMIT, LIMIT),
    st.integers(-1_000, 1_000),
)
ratio = st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1e308, -1e308, 5e-324]), st.floats(-1e6, 1e6))
day = st.one_of(st.none(), st.sampled_from([date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)]), st.dates())
VALUES: dict[Type, st.SearchStrategy[object]] = {
    FEN: whole,
    BP: st.one_of(st.none(), st.integers(-20_000, 20_000), st.just(LIMIT)),
    COUNT: whole,
    RATIO: ratio,
    TEXT: st.one_of(st.none(), st.sampled_from(["", "高新", "x", "it's", "xyz"])),
    BOOL: st.one_of(st.none(), st.booleans()),
    DATE: day,
}
facts = st.fixed_dictionaries({name: VALUES[kind] for name, kind in FIELDS.items()})
tables = st.lists(facts, min_size=0, max_size=6)


def field(*names: str) -> st.SearchStrategy[str]:
    return st.sampled_from([f"enterprise.{name}" for name in names])


def joined(form: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(parts).map(lambda found: form.format(**found))


def numbers(depth: int, leaves: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions of one numeric unit."""
    if depth == 0:
        return leaves
    x, condition = numbers(depth - 1, leaves), conditions(depth - 1)
    return st.one_of(
        leaves,
        joined("({a} + {b})", a=x, b=x),
        joined("({a} - {b})", a=x, b=x),
        joined("-({a})", a=x),
        joined("least({a}, {b}, {c})", a=x, b=x, c=x),
        joined("greatest({a}, {b})", a=x, b=x),
        joined("coalesce({a}, {b})", a=x, b=x),
        joined("case when {w} then {a} when {v} then {b} else {c} end", w=condition, v=condition, a=x, b=x, c=x),
    )


def fens(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(field("a_fen", "b_fen"), st.integers(0, 10**6).map(lambda n: f"(enterprise.a_fen + {n})"))
    inner = numbers(depth, leaves)
    if depth == 0:
        return inner
    parts = st.one_of(
        joined("share_bp({a}, enterprise.r_bp)", a=inner),
        joined("prorate({a}, {d}, 365)", a=inner, d=st.sampled_from(["90", "days_between(enterprise.began_on, on)"])),
        joined("({a} * {n})", a=inner, n=counts(depth - 1)),
    )
    return st.one_of(inner, numbers(1, st.one_of(parts, field("a_fen"))))


def counts(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        field("n", "m"),
        st.integers(0, 10**4).map(str),
        joined("years_between({a}, {b})", a=dates(0), b=dates(0)),
        joined("month_of({a})", a=dates(0)),
    )
    inner = numbers(depth, leaves)
    return st.one_of(inner, joined("({a} * {b})", a=inner, b=inner)) if depth else inner


def ratios(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(field("q", "p"), st.sampled_from(["0.5", "2", "0.0"]))
    if depth == 0:
        return leaves
    quotients = st.one_of(
        joined("({a} / {b})", a=numbers(depth - 1, field("a_fen", "b_fen")), b=field("b_fen")),
        joined("({a} / {b})", a=counts(depth - 1), b=counts(depth - 1)),
        joined("number({a})", a=counts(depth - 1)),
        joined("({a} * {b})", a=leaves, b=leaves),
    )
    return numbers(depth, st.one_of(leaves, quotients))


def dates(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(field("began_on", "ended_on"), st.sampled_from(["on", "date '2024-01-31'"]))
    if depth == 0:
        return leaves
    inner = dates(depth - 1)
    months = st.sampled_from(["1", "12", "-13", "200000", "enterprise.n"])
    return st.one_of(
        inner, joined("add_months({a}, {n})", a=inner, n=months), joined("least({a}, {b})", a=inner, b=inner)
    )


def conditions(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        field("is_new", "is_old"),
        st.sampled_from(
            ["enterprise.kind in ('x', '高新')", "left(enterprise.kind, 1) = 'x'", "true", "enterprise.q is null"]
        ),
    )
    if depth == 0:
        return leaves
    inner, comparison = conditions(depth - 1), st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    compared = [
        joined("({a} {o} {b})", a=kind(depth - 1), b=kind(depth - 1), o=comparison)
        for kind in (fens, counts, ratios, dates)
    ]
    return st.one_of(
        leaves,
        *compared,
        joined("({a} and {b} and {c})", a=inner, b=inner, c=inner),
        joined("({a} or {b})", a=inner, b=inner),
        joined("(not {a})", a=inner),
        joined("({a} is not null)", a=fens(depth - 1)),
        joined("({a} between {b} and {c})", a=counts(0), b=counts(0), c=counts(0)),
    )


expressions = st.one_of(conditions(2), fens(2), counts(2), ratios(2), dates(2))


def disagreements(text: str, rows: list[dict[str, object]]) -> list[str]:
    """Where the two evaluators differ on an expression: value, unknown or error."""
    node: Node = parse(text, SCOPE)
    frame = pl.DataFrame(
        {name: pl.Series(name, [row[name] for row in rows], dtype=forms.dtype_of(t)) for name, t in FIELDS.items()}
    )
    # Polars keeps a column of one repeated value apart from others, as an absent register leaves it
    repeated = [pl.lit(c[0], c.dtype).alias(c.name) for c in frame.get_columns() if len(c) and c.n_unique() == 1]
    found = compiled.evaluate(frame.with_columns(repeated), {"x": node}, ON)
    errors = set(found.errors["row"].to_list())
    differing = []
    for number, (row, theirs) in enumerate(zip(rows, found.frame["x"].to_list(), strict=True)):
        ours = plain.evaluate(node, facts_of(row), ON, {})
        if isinstance(ours, plain.Fault):
            same = number in errors and theirs is None
        else:
            same = number not in errors and (ours is None) == (theirs is None) and _equal(ours, theirs)
        if not same:
            differing.append(f"{text} of {row}: plain {ours!r}, compiled {theirs!r}, error {number in errors}")
    return differing


def _equal(a: object, b: object) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    return a == b and type(a) is type(b)
