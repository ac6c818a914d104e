"""The arithmetic beside an expected amount: exact, and nothing but arithmetic."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.rulebook.working import NotArithmetic, worked


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10_000_000 * 50 / 100", Fraction(5_000_000)),
        ("100 - 60 - 30", Fraction(10)),
        ("2 + 3 * 4", Fraction(14)),
        ("(2 + 3) * 4", Fraction(20)),
        ("1 / 3", Fraction(1, 3)),
        (" 9_200_000_000_000_000_000 * 10 ", Fraction(92_000_000_000_000_000_000)),
    ],
)
def test_a_working_has_its_exact_value(text: str, value: Fraction) -> None:
    assert worked(text) == value


@given(a=st.integers(0, 10**15), b=st.integers(0, 10_000), c=st.integers(1, 10**6))
def test_a_share_is_worked_without_any_rounding(a: int, b: int, c: int) -> None:
    assert worked(f"{a:_} * {b} / {c}") * c == a * b


@pytest.mark.parametrize(
    "text",
    [
        *("", "1 +", "0.5 * 100", "10 ** 9", "7 // 2", "1 / 0", "True", "'a'", "-5", "(1, 2)", "a + 1"),
        *("__import__('os')", "f(1)", "x.y", "[1][0]", "1 if 1 else 2", "\x00", "(" * 200 + "1" + ")" * 200),
        "1 + " * 200 + "1",
    ],
)
def test_what_is_no_arithmetic_of_whole_numbers_is_refused(text: str) -> None:
    with pytest.raises(NotArithmetic):
        worked(text)
