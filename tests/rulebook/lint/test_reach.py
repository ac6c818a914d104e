"""What a condition can be is never told too narrowly: whatever the plain evaluator finds was among it."""

from datetime import date
from math import inf

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kerong.engine.entitle import facts_of
from kerong.rulebook import load, plain
from kerong.rulebook.lint.assume import assume
from kerong.rulebook.lint.domains import Domain, Names, Span, Values, everything, exactly, join, meet, without
from kerong.rulebook.lint.reach import Known, Scene
from kerong.rulebook.parse import Scope, parse
from kerong.rulebook.tables import Table
from kerong.rulebook.tree import Node, Value
from kerong.rulebook.types import COUNT, SPELLS, TEXT
from tests.rulebook.generated import (
    FIELDS,
    ON,
    SCOPE,
    conditions,
    excepted,
    expressions,
    facts,
    in_force,
    parameters_at,
)
from tests.rulebook.packs import formula, pack

SCENE = Scene(load(pack()), ON, ON)
Row = dict[str, object]
Given = dict[str, int | Table | None]
SOME = 150  # examples; a single one may be an expression of hundreds of nodes


def among(value: object) -> Values:
    """The domain's values where only this one can occur; spells are not told apart."""
    if value is None:
        return None
    return exactly(value) if isinstance(value, Value) else everything(SPELLS)


def holds(domain: Domain, value: object) -> bool:
    """Is a value, the unknown or an error among those of the domain?"""
    if isinstance(value, plain.Fault):
        return domain.fault
    return domain.null if value is None else meet(domain.values, among(value)) is not None


def around(row: Row, others: list[Row]) -> Known:
    """What is known where every field is one of a few rows' values or between them."""
    known = {}
    for name in FIELDS:
        domain = Domain(None)
        for one in [row, *others]:
            domain = Domain(join(domain.values, among(one[name])), domain.null or one[name] is None)
        known[("enterprise", name)] = domain
    return Known(known)


def node_of(written: str | Node) -> Node:
    return parse(written, SCOPE) if isinstance(written, str) else written


@given(expressions, facts, st.lists(facts, max_size=2), in_force)
@settings(max_examples=SOME)
@example("enterprise.a_fen * enterprise.n", dict.fromkeys(FIELDS) | {"a_fen": 0, "n": 5}, [], {})
def test_the_value_of_an_expression_is_among_those_that_it_is_said_to_take(
    written: str | Node, row: Row, others: list[Row], values: Given
) -> None:
    node, parameters = node_of(written), parameters_at(values)
    found = plain.evaluate(node, facts_of(row), ON, values)
    for known in (Known(), around(row, others)):
        domain = SCENE.value(node, parameters, known)
        assert holds(domain, found), f"{written}: {found!r} is not in {domain}"


@given(st.one_of(conditions(2), excepted()), facts, st.lists(facts, max_size=2), in_force)
@settings(max_examples=SOME)
def test_a_row_that_fulfils_a_condition_is_among_those_that_the_condition_is_said_to_leave(
    written: str | Node, row: Row, others: list[Row], values: Given
) -> None:
    node, parameters = node_of(written), parameters_at(values)
    found = plain.evaluate(node, facts_of(row), ON, values)
    if not isinstance(found, bool):
        return
    for known in (Known(), around(row, others)):
        left = assume(SCENE, node, found, parameters, known)
        assert left is not None, f"{written} is {found} for {row}, and was called impossible"
        for (_, name), domain in left.fields.items():
            assert holds(domain, row[name]), f"{written}: {name} = {row[name]!r} is not in {domain}"


@given(st.lists(conditions(1), min_size=2, max_size=4), st.lists(facts, min_size=1, max_size=8), in_force)
@settings(max_examples=SOME)
def test_clauses_that_some_row_fulfils_together_are_never_called_contradictory(
    texts: list[str], rows: list[Row], values: Given
) -> None:
    nodes, parameters = [parse(text, SCOPE) for text in texts], parameters_at(values)
    if not any(all(plain.evaluate(node, facts_of(row), ON, values) is True for node in nodes) for row in rows):
        return
    known: Known | None = Known()
    for node in [*nodes, *nodes]:
        known = assume(SCENE, node, True, parameters, known) if known is not None else None
    assert known is not None


RANGED = """
[column.staff]
title = { zh = "人数", en = "Staff" }
header = ["人数"]
type = "count"
range = [0, 300]
[column.level]
title = { zh = "级别", en = "Level" }
header = ["级别"]
type = "code"
codes = { low = ["低"], high = ["高"] }
"""
FORMULAS = (
    formula("is_large", "enterprise.staff >= 100")
    + formula("size", "case when enterprise.is_large then 'large' else 'small' end")
    + formula("half_fen", "share_bp(enterprise.capital_fen, 5000)", 'round = "down"')
)


def book() -> Scene:
    texts = pack(firm=RANGED, formulas_all=FORMULAS)
    texts["region.toml"] += 'staff = ["firm.staff"]\nlevel = ["firm.level"]\n'
    return Scene(load(texts), ON, ON)


def domain_of(name: str, scene: Scene, known: Known | None = None) -> Domain:
    types = {"staff": "int", "level": "text"}
    found = scene.rulebook.formulas.get(name)
    kind = found.type if found else next(t for t in FIELDS.values() if t.kind == types[name])
    return scene.field(("enterprise", name), kind, known or Known())


def test_ranges_and_code_lists_of_registers_bound_their_columns_and_what_is_made_of_them() -> None:
    scene = book()
    assert domain_of("staff", scene) == Domain(Span(0, 300), null=True)
    assert domain_of("level", scene).values == Names(frozenset(("low", "high")))
    assert domain_of("size", scene).values == Names(frozenset(("large", "small")))


def test_what_a_formula_must_be_is_learnt_of_the_columns_behind_it() -> None:
    scene = book()
    is_small = parse("enterprise.size = 'small'", scope_of(scene))
    known = assume(scene, is_small, True, {}, Known())
    assert known is not None
    staff = known.fields["enterprise", "staff"]
    assert staff == Domain(Span(0, 99))
    assert assume(scene, parse("enterprise.is_large", scope_of(scene)), True, {}, known) is None


def scope_of(scene: Scene) -> Scope:

    made = {name: f.type for name, f in scene.rulebook.formulas.items()}
    return Scope({"enterprise": {"staff": COUNT, "level": TEXT, **made}}, {})


def test_a_decimal_below_a_bound_is_at_most_the_next_one_below() -> None:
    ratio = FIELDS["q"]
    node = parse("enterprise.q < 0.5 and enterprise.q >= 0.5", SCOPE)
    assert assume(SCENE, node, True, {}, Known()) is None
    assert everything(ratio) == Span(-inf, inf)
    assert without(Span(0.5, 0.5), exactly(0.5)) is None


def test_days_are_bounded_by_the_days_of_the_scene() -> None:
    scene = Scene(load(pack()), date(2024, 1, 1), date(2024, 12, 31))
    node = parse("enterprise.began_on > add_months(on, -12) and enterprise.began_on < date '2022-01-01'", SCOPE)
    assert assume(scene, node, True, {}, Known()) is None
