"""From the text of an expression to our typed tree.

sqlglot reads the spelling; what it hands over is turned into `Node`s at once, and everything that is not in the table
of kinds is refused. Nothing that an expression can say reaches a file, a clock or a database.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite

from sqlglot import exp

from kerong.rulebook.kinds import FUNCTIONS, LIMIT, TypeClash, common, refuse_unread
from kerong.rulebook.nodes import built, coded, coerced, with_exceptions
from kerong.rulebook.spelling import QUOTED, ExpressionError, nearest, shown, spelled
from kerong.rulebook.tokens import Tokens
from kerong.rulebook.tree import Node, fits
from kerong.rulebook.types import BOOL, DATE, DECIMAL, TEXT, WHOLE, Type

__all__ = ["ExpressionError", "Scope", "built", "nearest", "parse", "with_exceptions"]
# What walks a tree may call itself at every level, and may visit what `between` reads twice two times.
LEVELS = 100
NODES = 4_000
NAME = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may name: fields by table and column, and bare names (parameters, `amount`).

    `rows`: registers whose rows a rule could be about, though this one is not.
    """

    fields: Mapping[str, Mapping[str, Type]]
    bare: Mapping[str, Node]
    rows: Collection[str] = ()

    def field(self, table: str, column: str) -> Node:
        """The node of `table.column`, or an error that names the nearest known one."""
        columns = self.fields.get(table)
        if columns is None:
            hint = f'a rule about its rows says per = "{table}"' if table in self.rows else nearest(table, self.fields)
            raise ExpressionError(f"{shown(f'{table}.{column}')}: nothing is called {shown(table)} here", hint)
        if column not in columns:
            hint = _or_all(nearest(column, columns, f"{table}."))
            raise ExpressionError(f"{shown(f'{table}.{column}')} is not known", hint)
        return Node("field", columns[column], value=(table, column))

    def name(self, name: str) -> Node:
        """The node of a bare name."""
        if name == "on":
            return Node("on", DATE)
        if name not in self.bare:
            known = [*self.bare, "on", *(f"{t}.{c}" for t, columns in self.fields.items() for c in columns)]
            hint = nearest(name, known)
            raise ExpressionError(f"{shown(name)} is not known here", _or_all(hint) if self.fields else hint)
        return self.bare[name]


def _or_all(hint: str) -> str:
    """A hint that names some of the known names says where all of them are listed."""
    return f"{hint}; all of them: kerong rules fields" if hint.endswith("…") else hint


def parse(text: str, scope: Scope) -> Node:
    """The typed tree of `text`; raises ExpressionError with one sentence."""
    name = text.strip()
    if len(name) <= QUOTED and NAME.fullmatch(name) and name.upper() not in Tokens.KEYWORDS:
        table, _, column = name.rpartition(".")  # most expressions are no more than a name
        return _checked(scope.field(table, column) if table else scope.name(column), name)
    tree = spelled(text)
    try:
        return _checked(_Reader(scope).node(tree), text)
    except TypeClash as clash:
        raise ExpressionError(f"{shown(text)}: {clash}", clash.hint) from None
    except RecursionError:
        raise ExpressionError("the expression is nested too deeply", f"at most {LEVELS} levels") from None


def _checked(node: Node, text: str) -> Node:
    try:
        refuse_unread(node.type, "an expression is a value")
    except TypeClash as clash:
        raise ExpressionError(f"{shown(text)}: {clash}") from None
    if not fits(node, LEVELS, NODES):
        limits = f"at most {LEVELS} operations inside one another, {NODES:,} in all"
        raise ExpressionError(f"{shown(text)} is too large", f"{limits}; name parts of it")
    return node


_BINARY: dict[type[exp.Expr], tuple[str, bool]] = {
    exp.Add: ("add", False),
    exp.Sub: ("subtract", False),
    exp.Mul: ("multiply", False),
    exp.Div: ("divide", False),
    exp.EQ: ("eq", False),
    exp.LT: ("lt", False),
    exp.LTE: ("le", False),
    exp.GT: ("lt", True),
    exp.GTE: ("le", True),
}
_NAMED: dict[type[exp.Expr], str] = {
    exp.Least: "least",
    exp.Greatest: "greatest",
    exp.Coalesce: "coalesce",
    exp.AddMonths: "add_months",
    exp.Left: "left",
    exp.MonthsBetween: "months_between",
}


class _Reader:
    """Turns sqlglot's nodes into ours; one method per shape."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def node(self, e: exp.Expr) -> Node:
        match e:
            case exp.Paren():
                return self.node(e.this)
            case exp.Boolean():
                return Node("literal", BOOL, value=bool(e.this))
            case exp.Literal():
                return _literal(e)
            case exp.Cast():
                return _date_literal(e)
            case exp.Column():
                return self.column(e)
            case exp.And() | exp.Or():
                return built("and" if isinstance(e, exp.And) else "or", [self.node(x) for x in e.flatten()])
            case exp.Not():
                return built("not", [self.node(e.this)])
            case exp.Neg():
                return self.negative(e)
            case exp.Is():
                return self.is_null(e)
            case exp.NEQ():
                return built("not", [built("eq", [self.node(e.this), self.node(e.expression)])])
            case exp.Between():
                x, low, high = self.node(e.this), self.node(e.args["low"]), self.node(e.args["high"])
                return built("and", [built("le", [low, x]), built("le", [x, high])])
            case exp.In():
                return self.membership(e)
            case exp.Case():
                return self.case(e)
        return self.operation(e)

    def column(self, e: exp.Column) -> Node:
        if e.args.get("db") or not isinstance(e.this, exp.Identifier) or e.this.quoted:
            raise ExpressionError(f"{shown(e.sql())}: a name is table.column or a parameter")
        return self.scope.field(e.table, e.name) if e.table else self.scope.name(e.name)

    def negative(self, e: exp.Neg) -> Node:
        inner = self.node(e.this)
        if inner.kind == "literal" and inner.type.is_number and isinstance(inner.value, int | float):
            return Node("literal", inner.type, value=-inner.value)
        return built("negate", [inner])

    def is_null(self, e: exp.Is) -> Node:
        if not isinstance(e.expression, exp.Null):
            raise ExpressionError(
                f"{shown(e.sql())}: only `is null` and `is not null` ask for the unknown", "use = true"
            )
        return built("is_null", [self.node(e.this)])

    def membership(self, e: exp.In) -> Node:
        x = self.node(e.this)
        options = [self.node(option) for option in e.expressions]
        if not options or e.args.get("query") or any(o.kind != "literal" for o in options):
            raise ExpressionError(f"{shown(e.sql())}: `in` needs a list of literals")
        x, *options = coded([x, *options])
        wanted = common([x.type, *(o.type for o in options)], "in")
        values = tuple(o.value for o in (coerced(o, wanted) for o in options) if not isinstance(o.value, tuple | None))
        return Node("in", BOOL, (coerced(x, wanted),), values)

    def case(self, e: exp.Case) -> Node:
        if e.this is not None:
            raise ExpressionError("write `case when condition then … else … end`")
        otherwise = e.args.get("default")
        if otherwise is None:
            raise ExpressionError("a case needs its else", "say what holds otherwise")
        parts = [self.node(x) for branch in e.args["ifs"] for x in (branch.this, branch.args["true"])]
        return built("case", [*parts, self.node(otherwise)])

    def operation(self, e: exp.Expr) -> Node:
        if type(e) in _BINARY:
            kind, swapped = _BINARY[type(e)]
            _refuse_chain(e)
            a, b = self.node(e.this), self.node(e.expression)
            return built(kind, [b, a] if swapped else [a, b])
        name = _NAMED.get(type(e)) or (str(e.this) if isinstance(e, exp.Anonymous) else "")
        if name in FUNCTIONS:
            first = [] if isinstance(e, exp.Anonymous) else [e.this]
            second = [e.expression] if isinstance(e, exp.AddMonths | exp.Left | exp.MonthsBetween) else e.expressions
            return self.call(name, [self.node(x) for x in (*first, *second)])
        if isinstance(e, exp.Anonymous | exp.Func):
            called = name or e.sql_name().lower()
            raise ExpressionError(f"{shown(called)} is not a function of the language", nearest(called, FUNCTIONS))
        if isinstance(e, exp.Alias):
            raise ExpressionError(f"before {shown(e.alias)} an operator is missing", "such as +, =, and")
        raise ExpressionError(f"{type(e).__name__.lower()} is not part of the language", "see docs/rulebook.md")

    def call(self, name: str, args: list[Node]) -> Node:
        if name == "prorate":
            basis = args.pop() if len(args) == 3 else None
            if basis is None or not isinstance(basis.value, int) or basis.value not in (360, 365, 366):
                raise ExpressionError("prorate(amount, days, basis): the basis is 360, 365 or 366")
            node = built("prorate", args)
            kind = Type("int", "fen", node.type.divisor * basis.value)
            return Node("prorate", kind, node.args, basis.value)
        if name == "left":
            count = args.pop() if len(args) == 2 else None
            if count is None or count.kind != "literal" or not isinstance(count.value, int) or count.value < 0:
                raise ExpressionError("left(text, n): n is a whole number")
            return Node("left", TEXT, built("left", args).args, count.value)
        return built(name, args)


ORDERED = (exp.LT, exp.LTE, exp.GT, exp.GTE)


def _refuse_chain(e: exp.Expr) -> None:
    """0 < x < 100 would compare a flag with 100."""
    if isinstance(e, ORDERED) and isinstance(e.this, ORDERED):
        raise ExpressionError(f"{shown(e.sql())}: a comparison has two sides", "use between, or and: 0 < x and x < 100")


def _literal(e: exp.Literal) -> Node:
    if e.is_string:
        return Node("literal", TEXT, value=e.this)
    if re.fullmatch(r"[0-9]+", e.this):
        if int(e.this) > LIMIT:
            raise ExpressionError(f"{shown(e.this)} is too large", f"at most {LIMIT:,}")
        return Node("literal", WHOLE, value=int(e.this))
    if re.fullmatch(r"[0-9]*\.[0-9]+", e.this) and isfinite(float(e.this)):
        return Node("literal", DECIMAL, value=float(e.this))
    raise ExpressionError(f"{shown(e.this)} is not a number of the language", "write 1000 or 0.5")


def _date_literal(e: exp.Cast) -> Node:
    if e.to.this is not exp.DataType.Type.DATE or not (isinstance(e.this, exp.Literal) and e.this.is_string):
        raise ExpressionError(f"{shown(e.sql())}: there are no casts", "a date is written date '2024-01-31'")
    try:
        return Node("literal", DATE, value=date.fromisoformat(e.this.this))
    except ValueError:
        raise ExpressionError(f"'{shown(e.this.this)}' is no date", "write date '2024-01-31'") from None
