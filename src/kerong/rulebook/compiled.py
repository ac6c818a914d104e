"""The compiled evaluator: one expression over a whole table, as Polars expressions.

Every node becomes a value (null where unknown or in error) and, where an error can happen, a flag. Parts that are used
more than once are put into columns of their own, level by level: inlining them would double the work at every level.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_, or_

import polars as pl

from kerong.rulebook import coded
from kerong.rulebook.coded import code_of
from kerong.rulebook.content import Parameter
from kerong.rulebook.forms import BLIND, FORMS, REPEATED, Form, dtype_of
from kerong.rulebook.intervals import Interval, begins_within, cannot_overflow, range_of
from kerong.rulebook.kinds import KINDS
from kerong.rulebook.tables import Entries, Steps, Table
from kerong.rulebook.tree import Node, error_of
from kerong.rulebook.types import Type

STREAMED = 100_000  # from so many rows on, tables are worked through piece by piece: what is between stays in the cache

PLAIN = frozenset(("least", "greatest"))  # they read an operand twice only to see whether it is unknown


def column_of(table: str, column: str) -> str:
    """The frame's column of a field: `x` for enterprise.x and bare names, `loan.x` for a register's row."""
    return column if table in ("enterprise", "") else f"{table}.{column}"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """`frame` has exactly the wanted columns, row by row as asked; `errors` names column and row of each error."""

    frame: pl.DataFrame
    errors: pl.DataFrame


def evaluate(
    frame: pl.DataFrame, wanted: Mapping[str, Node], on: date, parameters: Mapping[str, Parameter] | None = None
) -> Evaluated:
    """Evaluate expressions over every row of `frame`; unknown and errors are null, errors are listed as well."""
    program = Program(on, parameters or {}, frame, shared=shared(wanted.values()))
    parts = {name: program.part(node) for name, node in wanted.items()}
    flags = [part.error.alias(f"?{name}") for name, part in parts.items() if part.error is not None]
    values = [part.value.cast(dtype_of(wanted[name].type)).alias(name) for name, part in parts.items()]
    table = program.run([*values, *flags])
    return Evaluated(table.select(list(wanted)), _errors(table, list(wanted)))


def shared(nodes: Iterable[Node]) -> frozenset[Node]:
    """Operations that more than one other reads: each gets a column of its own."""
    read: set[Node] = set()
    twice: set[Node] = set()
    waiting = [*nodes]
    while waiting:
        node = waiting.pop()
        if node in read:
            twice.add(node)
        else:
            read.add(node)
            waiting += [arg for arg in node.args if arg.args]
    return frozenset(twice)


def _errors(result: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    found = [
        pl.DataFrame({"row": result[f"?{name}"].arg_true()}).select(
            pl.lit(name).alias("name"), pl.col("row").cast(pl.UInt32)
        )
        for name in names
        if f"?{name}" in result.columns and result[f"?{name}"].any()
    ]
    return pl.concat([pl.DataFrame(schema={"name": pl.String, "row": pl.UInt32}), *found])


@dataclass(frozen=True, slots=True)
class Part:
    """A compiled node: its value, where it can fail its flag, and the level after which both can be read.

    `known`: the value is never null, so that nothing has to watch for the unknown.
    """

    value: pl.Expr
    error: pl.Expr | None = None
    level: int = 0
    simple: bool = False
    known: bool = False


@dataclass(slots=True)
class Program:
    """Collects columns by level while nodes are compiled, then adds them to a table in that order."""

    on: date
    parameters: Mapping[str, Parameter]
    frame: pl.DataFrame
    bounds: dict[str, Interval | None] = field(default_factory=dict)
    levels: list[list[pl.Expr]] = field(default_factory=list)
    known: dict[Node, Part] = field(default_factory=dict)
    used: int = 0
    shared: frozenset[Node] = frozenset()

    def part(self, node: Node) -> Part:
        """The part of a node; equal nodes share theirs."""
        if node not in self.known:
            part = self._compile(node)
            self.known[node] = self.slot(part) if node in self.shared else part
        return self.known[node]

    def run(self, columns: Sequence[pl.Expr]) -> pl.DataFrame:
        """The named columns, over every row of the frame."""
        plan = self.frame.lazy()
        for level in self.levels:
            plan = plan.with_columns(level)
        # beside the frame first: a selection of nothing but literals would be one row long
        plan = plan.with_columns(columns).select(column.meta.output_name() for column in columns)
        return plan.collect(engine="streaming" if self.frame.height >= STREAMED else "in-memory")

    def slot(self, part: Part) -> Part:
        """The same part, its value in a column of its own, so that it may be used more than once."""
        if part.simple:
            return part
        name = f"_{self.used}"
        self.used += 1
        while len(self.levels) <= part.level:
            self.levels.append([])
        self.levels[part.level].append(part.value.alias(name))
        error = part.error
        if error is not None:
            self.levels[part.level].append(error.alias(f"{name}?"))
            error = pl.col(f"{name}?")
        return Part(pl.col(name), error, part.level + 1, simple=True, known=part.known)

    def _compile(self, node: Node) -> Part:
        match node.kind:
            case "literal":
                return _constant(node.value, node.type)
            case "on":
                return _constant(self.on, node.type)
            case "parameter":
                parameter = self.parameters.get(str(node.value))
                return _constant(parameter.at(self.on) if parameter else None, node.type)
            case "field":
                name = column_of(*node.field)
                failed = pl.col(error_of(name)) if error_of(name) in self.frame.columns else None
                return Part(pl.col(name), failed, simple=True, known=self.frame[name].null_count() == 0)
        parts = [self.part(arg) for arg in node.args if arg.type.kind != "table"]
        match KINDS[node.kind].unknown:
            case "and" | "or":
                return self._logical(node, parts)
            case "case":
                return self._case(node, parts)
            case "first":
                return self._first(node, parts)
            case "exceptions":
                return self._exceptions(node, parts)
        return self._strict(node, parts)

    def _logical(self, node: Node, parts: list[Part]) -> Part:
        values = [part.value for part in parts]
        value = reduce((lambda a, b: a | b) if node.kind == "or" else (lambda a, b: a & b), values)
        level = max(part.level for part in parts)
        errors = [part.error for part in parts if part.error is not None]
        if not errors:
            return Part(value, None, level, known=all(part.known for part in parts))
        whole = self.slot(Part(value, None, level))
        return Part(whole.value, reduce(or_, errors) & whole.value.is_null(), whole.level)

    def _case(self, node: Node, parts: list[Part]) -> Part:
        conditions = [self.slot(part) for part in parts[:-1:2]]
        values = [*parts[1::2], parts[-1]]
        level = max(part.level for part in (*conditions, *values))
        value: pl.Expr | None = None
        error: pl.Expr | None = None
        risky = any(part.error is not None for part in (*conditions, *values))
        for condition, outcome in zip(reversed(conditions), reversed(values[:-1]), strict=True):
            rest = values[-1].value if value is None else value
            empty = pl.lit(None, dtype_of(node.type))
            holds = condition.value
            value = pl.when(holds).then(outcome.value).otherwise(rest)
            if not condition.known:
                value = pl.when(holds.is_null()).then(empty).otherwise(value)
            if risky:
                told = pl.when(_flag(condition)).then(True).when(holds.is_null()).then(False)
                error = told.when(holds).then(_flag(outcome)).otherwise(_flag(values[-1]) if error is None else error)
        if value is None:
            raise ValueError("a case has at least one branch")
        return Part(value, error, level, known=all(part.known for part in (*conditions, *values)))

    def _first(self, node: Node, parts: list[Part]) -> Part:
        parts = [self.slot(part) for part in parts]
        level = max(part.level for part in parts)
        if all(part.error is None for part in parts):
            known = any(part.known for part in parts)
            return Part(pl.coalesce([part.value for part in parts]), None, level, known=known)
        value, error = parts[-1].value, _flag(parts[-1])
        for part in reversed(parts[:-1]):
            value = pl.when(_flag(part)).then(None).when(part.value.is_not_null()).then(part.value).otherwise(value)
            error = pl.when(_flag(part)).then(True).when(part.value.is_not_null()).then(False).otherwise(error)
        return Part(value, error, level)

    def _exceptions(self, node: Node, parts: list[Part]) -> Part:
        """What certainly holds beats what it is over; of the rest exactly one may hold, and all must be known."""
        conditions, values = [self.slot(part) for part in parts[:-1:2]], parts[1::2]
        standing = [
            reduce(and_, (~conditions[i].value.fill_null(False) for i, j in node.beats if j == at), pl.lit(True))
            for at in range(len(conditions))
        ]
        level = max(part.level for part in conditions)
        holding = [
            self.slot(Part((alone & c.value).fill_null(False), None, level))
            for alone, c in zip(standing, conditions, strict=True)
        ]
        level = max(part.level for part in (*holding, *values, parts[-1]))
        faulty = reduce(or_, (alone & _flag(c) for alone, c in zip(standing, conditions, strict=True)))
        unknown = reduce(or_, (alone & c.value.is_null() for alone, c in zip(standing, conditions, strict=True)))
        twice = pl.sum_horizontal(part.value.cast(pl.Int32) for part in holding) > 1
        value, error = parts[-1].value, _flag(parts[-1])
        for held, outcome in zip(holding, values, strict=True):
            value = pl.when(held.value).then(outcome.value).otherwise(value)
            error = pl.when(held.value).then(_flag(outcome)).otherwise(error)
        error = pl.when(faulty).then(True).when(unknown).then(False).when(twice).then(True).otherwise(error)
        return Part(pl.when(unknown | twice).then(None).otherwise(value), error, level)

    def table_of(self, node: Node) -> Table | None:
        """The table in force that an operand names."""
        parameter = self.parameters.get(str(node.value))
        found = parameter.at(self.on) if parameter else None
        return found if isinstance(found, Steps | Entries) else None

    def between(self, leaf: Node) -> Interval | None:
        """Between which values of this table a field lies, or the value of a literal or parameter."""
        value: object = leaf.value
        if leaf.kind == "parameter":
            parameter = self.parameters.get(str(value))
            value = parameter.at(self.on) if parameter else 0
        if leaf.kind != "field":
            return range_of(value)
        name = column_of(*leaf.field)
        if name not in self.bounds:
            column = self.frame[name]
            low, high = column.min(), column.max()
            if isinstance(low, int) and isinstance(high, int):
                self.bounds[name] = low, high
            else:
                self.bounds[name] = (0, 0) if low is None else None
        return self.bounds[name]

    def _coded(self, node: Node, operands: Sequence[pl.Expr | Table]) -> Form | None:
        """A lookup by the codes of a text column, where the frame has them."""
        if node.kind != "lookup" or node.args[0].kind != "field" or not isinstance(operands[-1], Entries):
            return None
        name = code_of(column_of(*node.args[0].field))
        return coded.lookup(self.frame[name], operands[-1], dtype_of(node.type)) if name in self.frame.columns else None

    def _strict(self, node: Node, parts: list[Part]) -> Part:
        is_safe = cannot_overflow(node, self.between, self.table_of)
        is_safe = is_safe or (node.kind == "step" and begins_within(node, self.between, self.table_of))
        if node.kind in REPEATED and not (is_safe or (node.kind in PLAIN and all(part.known for part in parts))):
            parts = [self.slot(part) for part in parts]
        level = max(part.level for part in parts)
        errors = [part.error for part in parts if part.error is not None]
        operands: list[pl.Expr | Table] = [part.value for part in parts]
        if len(parts) < len(node.args):
            table = self.table_of(node.args[-1])
            if table is None:  # not in force: unknown
                empty = pl.lit(None, dtype_of(node.type))
                return Part(empty, reduce(or_, errors) if errors else None, level)
            operands.append(table)
        value, fault = self._coded(node, operands) or FORMS[node.kind](node, *operands)
        known = all(part.known for part in parts)
        if node.kind in BLIND and not known:
            unknown = reduce(or_, (part.value.is_null() for part in parts if not part.known))
            value = pl.when(unknown).then(None).otherwise(value)
        if fault is not None and not is_safe:
            whole = self.slot(Part(value, fault.fill_null(False), level))
            level = whole.level
            value = pl.when(_flag(whole)).then(None).otherwise(whole.value)
            errors.append(_flag(whole))
            known = False
        if node.kind == "is_null" and errors:
            value = pl.when(reduce(or_, errors)).then(None).otherwise(value)
        known = (
            not errors
            and (known or node.kind == "is_null")
            and node.kind != "held_on"
            and KINDS[node.kind].unknown in ("strict", "looks")
        )
        return Part(value, reduce(or_, errors) if errors else None, level, known=known)


def _constant(value: object, kind: Type) -> Part:
    return Part(pl.lit(value, dtype_of(kind)), simple=True, known=value is not None)


def _flag(part: Part) -> pl.Expr:
    return part.error if part.error is not None else pl.lit(False)


def rounded(value: pl.Expr, divisor: int, how: str) -> pl.Expr:
    """`value / divisor` to whole numbers: "down" (to zero), "up" (from zero) or "half_up" (halves from zero)."""
    if divisor == 1:
        return value
    size = value.abs()
    whole, rest = size // divisor, size % divisor
    more = {"down": pl.lit(False), "up": rest > 0, "half_up": rest * 2 >= divisor}[how]
    return (whole + more.cast(pl.Int64)) * value.sign()
