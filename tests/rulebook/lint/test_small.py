"""The same laws on small numbers, where spans are tight and a bound that is one off is seen at once."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.entitle import facts_of
from kerong.rulebook import plain
from kerong.rulebook.kinds import KINDS
from kerong.rulebook.lint.assume import assume
from kerong.rulebook.lint.forms import DECIDED, FORMS
from kerong.rulebook.lint.reach import Known
from kerong.rulebook.parse import parse, with_exceptions
from kerong.rulebook.tables import Entries, Steps
from kerong.rulebook.tree import Node, walk
from tests.rulebook.generated import FIELDS, ON, SCOPE, parameters_at
from tests.rulebook.lint.test_reach import SCENE, around, holds

VALUES: dict[str, st.SearchStrategy[object]] = {
    **{name: st.integers(-3, 3) for name in ("a_fen", "b_fen", "r_bp", "n", "m")},
    **{name: st.sampled_from([-1.0, -0.5, 0.0, 0.1, 0.3, 0.5, 2.0]) for name in ("q", "p")},
    "kind": st.sampled_from(["x", "xy", "y"]),
    "grade": st.sampled_from(["A", "B", "C"]),
    **{name: st.booleans() for name in ("is_new", "is_old")},
    **{name: st.dates(date(2024, 1, 30), date(2025, 3, 2)) for name in ("began_on", "ended_on")},
    "permits": st.just([{"begins": date(2024, 6, 1), "ends": date(2024, 12, 31)}]),
}


def sometimes_unknown(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """One field in ten, so that most expressions have a value and some have none."""
    return st.integers(0, 9).flatmap(lambda n: st.none() if n == 9 else values)


row = st.fixed_dictionaries({name: sometimes_unknown(values) for name, values in VALUES.items()})
tables = st.just(
    {
        "line_fen": 1,
        "rates_bp": Steps((-1, 1, 2), (5, -2, 1)),
        "grants_fen": Steps((-1, 1), (4, 2)),
        "bonus_fen": Steps((0, 1), (4, 2)),
        "factors": Steps((-0.5, 0.3), (0.5, 2.0)),
        "shares_bp": Entries({"x": 1, "y": 3}, otherwise=2),
        "parts": Entries({"x": 0.5, "xy": 1.0}),
    }
)
TEMPLATES = {
    "counts": """
enterprise.n | enterprise.m | enterprise.n + enterprise.m | enterprise.n - enterprise.m | -enterprise.n | 2
enterprise.n * enterprise.m | least(enterprise.n, enterprise.m) | greatest(enterprise.n, 1)
coalesce(enterprise.n, enterprise.m) | month_of(enterprise.began_on)
case when enterprise.is_new then enterprise.n when enterprise.m > 0 then 1 else enterprise.m end
""",
    "amounts": """
enterprise.a_fen | enterprise.a_fen * enterprise.n | share_bp(enterprise.a_fen, enterprise.r_bp) | line_fen
prorate(enterprise.a_fen, 90, 360) | marginal(enterprise.a_fen, rates_bp) | share_bp(enterprise.b_fen, 5000)
share_bp(enterprise.a_fen, step(enterprise.b_fen, rates_bp)) | marginal(enterprise.n, grants_fen)
""",
    "ratios": """
enterprise.q | enterprise.q + enterprise.p | enterprise.q - enterprise.p | enterprise.q * enterprise.p
enterprise.q / enterprise.p | enterprise.n / enterprise.m | number(enterprise.n) | step(enterprise.q, factors) | 0.3
lookup(enterprise.kind, parts) | least(enterprise.q, 0.3) | -enterprise.q
""",
    "days": """
enterprise.began_on | enterprise.ended_on | on | add_months(enterprise.began_on, enterprise.n) | date '2024-02-29'
add_days(enterprise.began_on, enterprise.n) | greatest(enterprise.began_on, enterprise.ended_on)
""",
    "shares": "lookup(enterprise.kind, shares_bp) | enterprise.r_bp | step(enterprise.a_fen, rates_bp) | 2",
    "years": "year_of(enterprise.began_on) | 2024 | 2025",
    "spans of days": "days_between(enterprise.began_on, enterprise.ended_on) | 0 | 40",
    "spans of months": "months_between(enterprise.began_on, enterprise.ended_on) | 0 | 4",
    "spans of years": "years_between(enterprise.began_on, enterprise.ended_on) | 0 | 1",
    "flags": """
enterprise.is_new | enterprise.is_old | enterprise.kind = 'x' | enterprise.kind <> 'xy' | enterprise.kind in ('x', 'y')
not enterprise.kind in ('x') | left(enterprise.kind, 1) = 'x' | enterprise.grade = 'A' | enterprise.grade in ('A', 'B')
enterprise.n in (1, 3) | enterprise.n is null | enterprise.q is not null | enterprise.n between 0 and 2
held_on(enterprise.permits, enterprise.began_on) | coalesce(enterprise.is_new, enterprise.is_old)
case when enterprise.n > 1 then enterprise.is_old else enterprise.is_new end
case when enterprise.is_new then 'x' else enterprise.kind end = 'x'
""",
}
EXPRESSIONS = {
    of: [text.strip() for line in lines.strip().splitlines() for text in line.split(" | ")]
    for of, lines in TEMPLATES.items()
}


@st.composite
def conditions(draw: st.DrawFn) -> str:
    """One or two comparisons or flags, joined."""
    parts = [draw(_compared()) for _ in range(draw(st.integers(1, 2)))]
    text = draw(st.sampled_from([" and ", " or "])).join(f"({part})" for part in parts)
    return draw(st.sampled_from(["{}", "not ({})"])).format(text)


@st.composite
def _compared(draw: st.DrawFn) -> str:
    of = draw(st.sampled_from(sorted(EXPRESSIONS)))
    if of == "flags":
        return draw(st.sampled_from(EXPRESSIONS[of]))
    a, b = (draw(st.sampled_from(EXPRESSIONS[of])) for _ in range(2))
    return f"{a} {draw(st.sampled_from(['=', '<>', '<', '<=', '>', '>=']))} {b}"


@st.composite
def excepted(draw: st.DrawFn) -> Node:
    base, when, value, other, instead = (parse(draw(conditions()), SCOPE) for _ in range(5))
    over = ["a"] if draw(st.booleans()) else []
    return with_exceptions(base, [("a", when, value, []), ("b", other, instead, over)])


def known_of(one: dict[str, object], others: list[dict[str, object]]) -> Known:
    return around({**dict.fromkeys(FIELDS), **one}, [{**dict.fromkeys(FIELDS), **other} for other in others])


@given(st.one_of(conditions().map(lambda text: parse(text, SCOPE)), excepted()), row, st.lists(row, max_size=2), tables)
@settings(max_examples=300)
def test_values_of_small_numbers_are_foreseen_and_rows_that_fulfil_a_condition_are_left(
    node: Node, one: dict[str, object], others: list[dict[str, object]], values: dict[str, int]
) -> None:
    parameters, known = parameters_at(values), known_of(one, others)
    for part in walk(node):
        if part.type.kind == "table":
            continue
        found = plain.evaluate(part, facts_of(one), ON, values)
        assert holds(SCENE.value(part, parameters, known), found), f"{part}: {found!r}"
        if part.type.kind == "bool" and isinstance(found, bool):
            left = assume(SCENE, part, found, parameters, known)
            assert left is not None, f"{part} is {found}"
            for (_, name), domain in left.fields.items():
                assert holds(domain, one[name]), f"{part}: {name} = {one[name]!r} is not in {domain}"


def test_every_kind_of_node_has_its_abstract_form() -> None:
    leaves = {"literal", "field", "parameter", "on"}
    assert set(FORMS) | set(DECIDED) | leaves == set(KINDS)


@pytest.mark.parametrize("text", [text for some in EXPRESSIONS.values() for text in some])
def test_every_template_of_this_file_is_an_expression_of_the_language(text: str) -> None:
    assert parse(text, SCOPE).kind in KINDS
