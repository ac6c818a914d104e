"""The typed tree that an expression becomes. No node of the parser's library leaves `parse`.

A node's `kind` is a row of the table in `kinds`; what a kind means for unknown values and errors
stands there, how it is computed stands in `plain` (one enterprise) and once in `forms` (a city).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kerong.rulebook.types import Type

Value = bool | int | float | str | date


@dataclass(frozen=True, slots=True)
class Node:
    """`args` are the operands.

    `value` is a literal, a parameter's name, a field's ("table", "column"), the options of `in`, the days of a basis,
    the letters of `left`, or of exceptions their labels and which of them is over which.
    """

    kind: str
    type: Type
    args: tuple["Node", ...] = ()
    value: Value | tuple[Value, ...] | None = None

    @property
    def field(self) -> tuple[str, str]:
        """(table, column) of a field node."""
        if self.kind != "field" or not isinstance(self.value, tuple):
            raise TypeError(f"a {self.kind} names no field")
        table, column = self.value
        return str(table), str(column)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of an exceptions node's exceptions, in their order."""
        values = self.value if isinstance(self.value, tuple) else ()
        return tuple(str(label) for label in values[: len(self.args) // 2])

    @property
    def beats(self) -> tuple[tuple[int, int], ...]:
        """Of an exceptions node: (i, j) where exception i is over exception j, directly or through others."""
        values = self.value if isinstance(self.value, tuple) else ()
        pairs = (str(pair).split(">") for pair in values[len(self.args) // 2 :])
        return tuple((int(i), int(j)) for i, j in pairs)


def error_of(column: str) -> str:
    """The column beside a measure or formula that tells where its calculation failed; there is none where none did."""
    return f"{column}!error"


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    yield node
    for arg in node.args:
        yield from walk(arg)


def fits(node: Node, levels: int, nodes: int) -> bool:
    """Whether a tree has at most so many levels and nodes; one that stands in two places counts twice."""
    layer, count = [node], 0
    for _ in range(levels):
        count += len(layer)
        if not layer or count > nodes:
            return count <= nodes
        layer = [arg for found in layer for arg in found.args]
    return not layer


def fields_of(node: Node) -> frozenset[tuple[str, str]]:
    """The (table, column) pairs that an expression reads."""
    return frozenset(n.field for n in walk(node) if n.kind == "field")


def parameters_of(node: Node) -> frozenset[str]:
    """The parameters that an expression reads."""
    return frozenset(str(n.value) for n in walk(node) if n.kind == "parameter")
