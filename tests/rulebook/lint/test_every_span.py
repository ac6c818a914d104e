"""Every span of small whole numbers, and every pair of values in them: nothing is left to chance."""

from itertools import product

import pytest

from kerong.rulebook import plain
from kerong.rulebook.lint.assume import assume
from kerong.rulebook.lint.domains import Domain, Span
from kerong.rulebook.lint.reach import Known
from kerong.rulebook.parse import parse
from tests.rulebook.generated import ON, SCOPE
from tests.rulebook.lint.test_reach import SCENE, holds

NUMBERS = range(-2, 3)
SPANS = [(low, high) for low in NUMBERS for high in NUMBERS if low <= high]
N, M = ("enterprise", "n"), ("enterprise", "m")
OPERATIONS = ("{n} + {m}", "{n} - {m}", "-{n} * {m}", "{n} / {m}", "least({n}, {m})", "greatest({n}, {m})")
CONDITIONS = (
    *("{n} < {m}", "{n} <= {m}", "{n} = {m}", "{n} <> {m}", "{n} in (-1, 1)", "not ({n} > {m})"),
    *("{n} + {m} < 1", "{n} - {m} >= 1", "-{n} < {m}", "least({n}, {m}) > 0", "greatest({n}, {m}) <= 0"),
    *("{n} > 0 and {m} < 0", "{n} > 0 or {m} < 0", "case when {n} > 0 then {m} else {n} end = 1"),
    "case when {n} > 0 then {m} > 1 when {m} > 0 then {n} < -1 else {n} = {m} end",
)


@pytest.mark.parametrize("form", [*OPERATIONS, *CONDITIONS])
def test_each_value_within_each_pair_of_spans_is_foreseen(form: str) -> None:
    node = parse(form.format(n="enterprise.n", m="enterprise.m"), SCOPE)
    evaluate = plain.prepared(node)
    for (n_low, n_high), (m_low, m_high) in product(SPANS, SPANS):
        known = Known({N: Domain(Span(n_low, n_high)), M: Domain(Span(m_low, m_high))})
        domain = SCENE.value(node, {}, known)
        left = {truth: assume(SCENE, node, truth, {}, known) for truth in (True, False)} if form in CONDITIONS else {}
        for n, m in product(range(n_low, n_high + 1), range(m_low, m_high + 1)):
            found = evaluate({N: n, M: m}, ON, {})
            assert holds(domain, found), (known, n, m)
            for truth, remaining in left.items():
                if found is truth:
                    assert remaining is not None, (known, n, m)
                    assert all(holds(remaining.fields[name], value) for name, value in ((N, n), (M, m)))


@pytest.mark.parametrize("form", CONDITIONS[:6])
def test_a_comparison_of_two_single_values_is_decided(form: str) -> None:
    node = parse(form.format(n="enterprise.n", m="enterprise.m"), SCOPE)
    for n, m in product(NUMBERS, NUMBERS):
        known = Known({N: Domain(Span(n, n)), M: Domain(Span(m, m))})
        truth = plain.evaluate(node, {N: n, M: m}, ON, {})
        assert SCENE.value(node, {}, known) == Domain(Span(truth, truth))  # type: ignore[arg-type]
