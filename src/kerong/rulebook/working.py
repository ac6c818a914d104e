"""The arithmetic that a case shows beside its expected amount, worked exactly: whole numbers, + - * / and brackets."""

import ast
from collections.abc import Callable
from fractions import Fraction

LONGEST = 400

_SIGNS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


class NotArithmetic(Exception):
    """A working that cannot be worked; the sentence says why."""


def worked(text: str) -> Fraction:
    """The exact value of `10_000_000 * 50 / 100`; raises NotArithmetic."""
    if len(text) > LONGEST:
        raise NotArithmetic(f"has more than {LONGEST} characters")
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except ZeroDivisionError:
        raise NotArithmetic("divides by zero") from None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotArithmetic("is no arithmetic: whole numbers, + - * / and brackets") from None


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return Fraction(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        return _SIGNS[type(node.op)](_value(node.left), _value(node.right))
    raise NotArithmetic("holds more than whole numbers, + - * / and brackets")
