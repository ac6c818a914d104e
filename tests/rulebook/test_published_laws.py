"""Laws of what sources say: formulas are exact, contradiction is mutual, no sentence of a text is lost."""

import operator
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kerong.rulebook.coverage import sentences
from kerong.rulebook.published import QUALIFIERS, Figure
from kerong.rulebook.published_checks import contradictions, rounded
from kerong.rulebook.published_formulas import FormulaError, worked_out
from kerong.rulebook.quotes import bare
from kerong.rulebook.said import Place, Source, Text
from tests.rulebook.published import check, figure, refused

NAMES = ("a", "b", "c")
values = st.decimals(-10_000, 10_000, places=2, allow_nan=False).map(lambda value: value + 0)
leaves = st.one_of(st.sampled_from(NAMES), st.integers(0, 99).map(str), st.sampled_from(["0.5", "1.25"]))
formulas = st.recursive(leaves, lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner), max_leaves=12)
SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
Tree = str | tuple["Tree", str, "Tree"]


def written(tree: Tree) -> str:
    return tree if isinstance(tree, str) else f"({written(tree[0])} {tree[1]} {written(tree[2])})"


def meant(tree: Tree, names: Mapping[str, Fraction]) -> Fraction:
    if isinstance(tree, str):
        return names[tree] if tree in names else Fraction(tree)
    return Fraction(SIGNS[tree[1]](meant(tree[0], names), meant(tree[2], names)))


def made(name: str, value: Decimal, unit: str = "%", qualifier: str = "exact") -> Figure:
    said = Text("名", "title")
    source = Source("S3", "一", "published", None, ("词",))
    return Figure(name, said, value, unit, "2024", qualifier, "subject", source, Place("figures/a.toml", 1))


@given(formulas, st.tuples(values, values, values))
def test_a_formula_is_worked_out_exactly_and_only_a_division_by_zero_is_refused(
    tree: Tree, held: tuple[Decimal, ...]
) -> None:
    text = written(tree)
    assume(any(name in text for name in NAMES))
    figures = {name: made(name, value, "倍") for name, value in zip(NAMES, held, strict=True)}
    try:
        wanted = meant(tree, {name: Fraction(figure.value) for name, figure in figures.items()})
    except ZeroDivisionError:
        with pytest.raises(FormulaError, match="divides by zero"):
            worked_out(text, figures)
    else:
        assert worked_out(text, figures).value == wanted


@given(st.fractions(-1000, 1000, max_denominator=9999), st.integers(0, 6))
def test_rounding_is_that_of_decimal_half_away_from_zero(value: Fraction, digits: int) -> None:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    assume(Fraction(exact) == value)
    assert rounded(value, digits) == exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


@given(values, st.sampled_from(QUALIFIERS), values, st.sampled_from(QUALIFIERS))
def test_contradiction_is_mutual_and_nothing_contradicts_itself(
    one: Decimal, first: str, other: Decimal, second: str
) -> None:
    a, b = made("a", abs(one), "家", first), made("b", abs(other), "家", second)
    assert bool(list(contradictions([a, b], []))) == bool(list(contradictions([b, a], [])))
    twin = made("b", abs(one), "家", first)
    assert first == "nearly" or one == 0 or not list(contradictions([a, twin], []))


@given(st.decimals("0.1", 900, places=2), st.decimals("0.1", 900, places=2), st.integers(0, 4))
def test_a_ratio_rounded_to_what_is_published_agrees_and_one_digit_more_or_less_does_not(
    above: Decimal, below: Decimal, digits: int
) -> None:
    ratio = rounded(Fraction(above) / Fraction(below), digits)
    parts = figure("above", f"{above:f}", "亿元") + figure("below", f"{below:f}", "亿元")
    right = parts + figure("ratio", f"{ratio:f}", "倍") + check("ratio", "above / below")
    wrong = parts + figure("ratio", f"{ratio + Decimal(1).scaleb(-digits):f}", "倍") + check("ratio", "above / below")
    assert not refused(figures_all=right)
    assert "the check differs" in refused(figures_all=wrong)[0]


@given(st.text(st.sampled_from("一二（）、。；！？”\n\t 1.2表图国家abc")))
def test_sentences_of_a_text_are_all_of_it_in_order(text: str) -> None:
    found = list(sentences(text))
    assert "".join(one.words for one in found) == bare(text)
    assert all(bare(text)[one.span[0] : one.span[1]] == one.words for one in found)
