"""Expressions of several rules in one pass over a table: what two rules ask alike is worked out once.

Rules name their own parameters, so the same condition looks different in two of them. On a day every number has its
value; with the values in their place, equal conditions are equal nodes. Tables keep a name, made unique by the rule.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.rulebook.compiled import Evaluated, Part, Program, evaluate, shared
from kerong.rulebook.content import Parameter
from kerong.rulebook.tables import Entries, Steps
from kerong.rulebook.tree import Node


class Together:
    """Collects expressions, each known by the name that `add` gives back, and evaluates them in one pass."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.wanted: dict[str, Node] = {}
        self._names: dict[Node, str] = {}
        self._tables: dict[str, Parameter] = {}

    def add(self, node: Node, owner: str, parameters: Mapping[str, Parameter]) -> str:
        """The name of the column that will hold `node`, whose parameters are those of `owner`."""
        valued = self._valued(node, owner, parameters)
        name = self._names.setdefault(valued, f"={len(self._names)}")
        self.wanted[name] = valued
        return name

    def evaluate(self, frame: pl.DataFrame) -> Evaluated:
        """All expressions over every row of `frame`."""
        return evaluate(frame, self.wanted, self.on, self._tables)

    def compiled(self, frame: pl.DataFrame) -> tuple[Program, dict[str, Part]]:
        """The program for `frame`, and every expression's part in it, in a column of its own."""
        program = Program(self.on, self._tables, frame, shared=shared(self.wanted.values()))
        return program, {name: program.slot(program.part(node)) for name, node in self.wanted.items()}

    def _valued(self, node: Node, owner: str, parameters: Mapping[str, Parameter]) -> Node:
        if node.kind != "parameter":
            args = tuple(self._valued(arg, owner, parameters) for arg in node.args)
            return node if args == node.args else Node(node.kind, node.type, args, node.value)
        name = str(node.value)
        found = parameters[name].at(self.on) if name in parameters else None
        if isinstance(found, Steps | Entries) or node.type.kind == "table":
            return Node("parameter", node.type, (), self._table(f"{owner}.{name}", parameters[name]))
        return Node("literal", node.type, (), found)

    def _table(self, name: str, table: Parameter) -> str:
        """The name of a table, that of an equal one if there is any."""
        wanted = table.at(self.on)
        for known, other in self._tables.items():
            if other.at(self.on) == wanted:
                return known
        self._tables[name] = table
        return name
