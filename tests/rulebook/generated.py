"""Generated expressions and facts, and the sentence that both evaluators must make true."""

import math
from collections.abc import Mapping
from datetime import date

import polars as pl
from hypothesis import strategies as st

from kerong.engine.entitle import facts_of
from kerong.rulebook import compiled, forms, plain
from kerong.rulebook.content import Parameter
from kerong.rulebook.parse import Scope, parse, with_exceptions
from kerong.rulebook.tables import Entries, Steps, Table
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL, BP, COUNT, DATE, FEN, RATIO, SPELLS, TEXT, Type

ON = date(2025, 6, 30)
GRADES = ("A", "B", "C")
GRADE = Type("text", codes=GRADES)
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
    "grade": GRADE,
    "permits": SPELLS,
}
PARAMETERS: dict[str, Type] = {
    "line_fen": FEN,
    "rates_bp": Type("table", "bp", over="fen"),
    "grants_fen": Type("table", "fen", over="count"),
    "bonus_fen": Type("table", "fen", over="years"),
    "factors": Type("table", "ratio", over="ratio"),
    "shares_bp": Type("table", "bp", over="text"),
    "parts": Type("table", "ratio", over="district"),
}
SCOPE = Scope({"enterprise": FIELDS}, {name: Node("parameter", kind, value=name) for name, kind in PARAMETERS.items()})
LIMIT = 9_200_000_000_000_000_000

whole = st.one_of(
    st.none(),
    st.sampled_from([0, 1, -1, 10_000, LIMIT, -LIMIT, LIMIT - 1, 3_037_000_500]),
    st.integers(-LIMIT, LIMIT),
    st.integers(-1_000, 1_000),
)
ratio = st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1e308, -1e308, 5e-324]), st.floats(-1e6, 1e6))
day = st.one_of(st.none(), st.sampled_from([date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)]), st.dates())
KINDS_OF_TEXT = ["", "高新", "x", "it's", "xyz"]
spell = st.builds(lambda begins, ends: {"begins": begins, "ends": ends}, day, day)
VALUES: dict[Type, st.SearchStrategy[object]] = {
    FEN: whole,
    BP: st.one_of(st.none(), st.integers(-20_000, 20_000), st.just(LIMIT)),
    COUNT: whole,
    RATIO: ratio,
    TEXT: st.one_of(st.none(), st.sampled_from(KINDS_OF_TEXT)),
    GRADE: st.one_of(st.none(), st.sampled_from(GRADES)),
    SPELLS: st.one_of(st.none(), st.lists(spell, max_size=3)),
    BOOL: st.one_of(st.none(), st.booleans()),
    DATE: day,
}
facts = st.fixed_dictionaries({name: VALUES[kind] for name, kind in FIELDS.items()})
tables = st.lists(facts, min_size=0, max_size=6)
few = st.sampled_from([1, 2, 3, 4, 12])  # long tables are searched, short ones compared


def steps(starts: st.SearchStrategy[float], values: st.SearchStrategy[float]) -> st.SearchStrategy[Steps]:
    return few.flatmap(
        lambda size: st.builds(
            lambda found, beside: Steps(tuple(sorted(found)), tuple(beside)),
            st.lists(starts, min_size=size, max_size=size, unique=True),
            st.lists(values, min_size=size, max_size=size),
        )
    )


def entries(keys: tuple[str, ...], values: st.SearchStrategy[float]) -> st.SearchStrategy[Entries]:
    return st.builds(Entries, st.dictionaries(st.sampled_from(keys), values), st.one_of(st.none(), values))


known_whole = whole.map(lambda value: value or 0)
known_ratio = ratio.map(lambda value: value or 0.0)
VALUES_OF_PARAMETERS: dict[str, st.SearchStrategy[int | Table]] = {
    "line_fen": known_whole,
    "rates_bp": steps(known_whole, st.one_of(st.integers(-20_000, 20_000), known_whole)),
    "grants_fen": steps(st.integers(-1_000, 1_000), known_whole),
    "bonus_fen": steps(st.integers(0, 60), known_whole),
    "factors": steps(known_ratio, known_ratio),
    "shares_bp": entries((*KINDS_OF_TEXT, *GRADES), st.integers(0, 10_000)),
    "parts": entries(tuple(KINDS_OF_TEXT), st.one_of(known_ratio, st.integers(0, 9))),
}
in_force = st.fixed_dictionaries({name: st.one_of(st.none(), given) for name, given in VALUES_OF_PARAMETERS.items()})


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


def bps(depth: int) -> st.SearchStrategy[str]:
    found = [field("r_bp"), joined("lookup({t}, shares_bp)", t=field("kind", "grade"))]
    return st.one_of(*found, joined("step({a}, rates_bp)", a=fens(depth - 1))) if depth else st.one_of(*found)


def years(depth: int) -> st.SearchStrategy[str]:
    return numbers(depth, joined("years_between({a}, {b})", a=dates(0), b=dates(0)))


def fens(depth: int) -> st.SearchStrategy[str]:
    plus = st.integers(0, 10**6).map(lambda n: f"(enterprise.a_fen + {n})")
    leaves = st.one_of(field("a_fen", "b_fen"), plus, st.just("line_fen"))
    inner = numbers(depth, leaves)
    if depth == 0:
        return inner
    parts = st.one_of(
        joined("share_bp({a}, {r})", a=inner, r=bps(depth - 1)),
        joined("marginal({a}, rates_bp)", a=st.one_of(inner, joined("share_bp({a}, 5000)", a=inner))),
        joined("marginal({n}, grants_fen)", n=counts(depth - 1)),
        joined("step({n}, grants_fen)", n=counts(depth - 1)),
        joined("marginal({y}, bonus_fen)", y=years(depth - 1)),
        joined("prorate({a}, {d}, 365)", a=inner, d=st.sampled_from(["90", "days_between(enterprise.began_on, on)"])),
        joined("({a} * {n})", a=inner, n=counts(depth - 1)),
    )
    return st.one_of(inner, numbers(1, st.one_of(parts, field("a_fen"))))


def counts(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        field("n", "m"),
        st.integers(0, 10**4).map(str),
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
        joined("number({a})", a=st.one_of(counts(depth - 1), years(depth - 1))),
        joined("step({a}, factors)", a=leaves),
        joined("lookup({t}, parts)", t=field("kind")),
        joined("({a} * {b})", a=leaves, b=leaves),
    )
    return numbers(depth, st.one_of(leaves, quotients))


def dates(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(field("began_on", "ended_on"), st.sampled_from(["on", "date '2024-01-31'"]))
    if depth == 0:
        return leaves
    inner = dates(depth - 1)
    some = st.sampled_from(["1", "12", "-13", "200000", "9999999", "enterprise.n"])
    return st.one_of(
        inner,
        joined("add_months({a}, {n})", a=inner, n=some),
        joined("add_days({a}, {n})", a=inner, n=some),
        joined("least({a}, {b})", a=inner, b=inner),
    )


def conditions(depth: int) -> st.SearchStrategy[str]:
    leaves = st.one_of(
        field("is_new", "is_old"),
        st.sampled_from(
            [
                *("enterprise.kind in ('x', '高新')", "left(enterprise.kind, 1) = 'x'", "true", "enterprise.q is null"),
                *("enterprise.grade = 'A'", "enterprise.grade in ('B', 'C')", "coalesce(enterprise.grade, 'C') <> 'C'"),
                *("enterprise.grade = enterprise.kind", "enterprise.permits is null"),
            ]
        ),
        joined("held_on(enterprise.permits, {d})", d=dates(0)),
    )
    if depth == 0:
        return leaves
    inner, comparison = conditions(depth - 1), st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    compared = [
        joined("({a} {o} {b})", a=kind(depth - 1), b=kind(depth - 1), o=comparison)
        for kind in (fens, counts, years, ratios, dates)
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


@st.composite
def excepted(draw: st.DrawFn) -> Node:
    """A base with exceptions that beat one another: later ones beat some of the earlier."""
    written = draw(st.sampled_from([fens(1), conditions(1), dates(1)]))
    base = parse(draw(written), SCOPE)
    exceptions: list[tuple[str, Node, Node, list[str]]] = []
    for number in range(draw(st.integers(1, 4))):
        when, value = parse(draw(conditions(1)), SCOPE), parse(draw(written), SCOPE)
        over = [label for label, *_ in exceptions if draw(st.booleans())]
        exceptions.append((f"e{number}", when, value, over))
    return with_exceptions(base, exceptions)


expressions: st.SearchStrategy[str | Node] = st.one_of(
    conditions(2), fens(2), counts(2), years(2), ratios(2), dates(2), excepted()
)


def dtypes() -> dict[str, pl.DataType]:
    """The Polars types of the fields."""
    return {name: forms.dtype_of(kind) for name, kind in FIELDS.items()}


def parameters_at(values: Mapping[str, int | Table | None]) -> dict[str, Parameter]:
    """Parameters that have these values on every day; None: not yet in force."""
    return {
        name: Parameter(name, None, PARAMETERS[name], ((date.min, value, ""),) if value is not None else ())
        for name, value in values.items()
    }


def disagreements(
    written: str | Node, rows: list[dict[str, object]], values: Mapping[str, int | Table | None] | None = None
) -> list[str]:
    """Where the two evaluators differ on an expression: value, unknown or error."""
    node = parse(written, SCOPE) if isinstance(written, str) else written
    frame = pl.DataFrame({n: pl.Series(n, [row[n] for row in rows], dtype=t) for n, t in dtypes().items()})
    # Polars keeps a column of one repeated value apart from others, as an absent register leaves it
    repeated = [c for c in frame.get_columns() if len(c) and c.name != "permits" and c.n_unique() == 1]
    frame = frame.with_columns(pl.lit(c[0], c.dtype).alias(c.name) for c in repeated)
    found = compiled.evaluate(frame, {"x": node}, ON, parameters_at(values or {}))
    errors = set(found.errors["row"].to_list())
    prepared = plain.prepared(node)
    differing = []
    for number, (row, theirs) in enumerate(zip(rows, found.frame["x"].to_list(), strict=True)):
        ours = prepared(facts_of(row), ON, values or {})
        if isinstance(ours, plain.Fault):
            same = number in errors and theirs is None
        else:
            same = number not in errors and (ours is None) == (theirs is None) and _equal(ours, theirs)
        if not same:
            said = f"plain {ours!r}, compiled {theirs!r}, error {number in errors}"
            differing.append(f"{written} of {row} with {values}: {said}")
    return differing


def _equal(a: object, b: object) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    return a == b and type(a) is type(b)
