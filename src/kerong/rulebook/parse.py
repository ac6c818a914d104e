"""From the text of an expression to our typed tree.

sqlglot reads the spelling; what it hands over is turned into `Node`s at once, and everything that is not in the table
of kinds is refused. Nothing that an expression can say reaches a file, a clock or a database.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import ClassVar

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

from kerong.rulebook.kinds import FUNCTIONS, KINDS, LIMIT, TypeClash, common, refuse_unread
from kerong.rulebook.tree import Node, Value
from kerong.rulebook.types import BOOL, DATE, DECIMAL, TEXT, WHOLE, Type, looked_up

LONGEST = 4_000
DEEPEST = 40


class ExpressionError(Exception):
    """What is wrong with an expression, in a sentence, and what would help."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may name: fields by table and column, and bare names (parameters, `amount`)."""

    fields: Mapping[str, Mapping[str, Type]]
    bare: Mapping[str, Node]

    def field(self, table: str, column: str) -> Node:
        """The node of `table.column`, or an error that names the nearest known one."""
        columns = self.fields.get(table)
        if columns is None:
            raise ExpressionError(f"{table}.{column}: nothing is called {table} here", nearest(table, self.fields))
        if column not in columns:
            raise ExpressionError(f"{table}.{column} is not known", nearest(column, columns, f"{table}."))
        return Node("field", columns[column], value=(table, column))

    def name(self, name: str) -> Node:
        """The node of a bare name."""
        if name == "on":
            return Node("on", DATE)
        if name not in self.bare:
            known = [*self.bare, "on", *(f"{t}.{c}" for t, columns in self.fields.items() for c in columns)]
            raise ExpressionError(f"{name} is not known here", nearest(name, known))
        return self.bare[name]


def nearest(name: str, known: Sequence[str] | Mapping[str, object], prefix: str = "") -> str:
    """A hint that names the nearest known name, or a few of those that exist."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.55)
    if not close:
        close = [n for n in names if n.rpartition(".")[2] == name][:1]
    if close:
        return f"did you mean {prefix}{close[0]}?"
    some = ", ".join(prefix + n for n in sorted(names)[:8])
    return f"known here: {some}{', …' if len(names) > 8 else ''}" if names else ""


def parse(text: str, scope: Scope) -> Node:
    """The typed tree of `text`; raises ExpressionError with one sentence."""
    tree = _spelling(text)
    try:
        node = _Reader(scope).node(tree)
        refuse_unread(node.type, "an expression is a value")
        return node
    except TypeClash as clash:
        raise ExpressionError(f"{text.strip()}: {clash}") from None
    except RecursionError:
        raise ExpressionError("the expression is nested too deeply", f"at most {DEEPEST} levels") from None


def _spelling(text: str) -> exp.Expr:
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression has {len(text):,} characters", f"at most {LONGEST:,}; name parts of it")
    depth = 0
    for character in re.sub(r"'[^']*'", "", text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth > DEEPEST:
            raise ExpressionError("the expression is nested too deeply", f"at most {DEEPEST} levels")
    text = _without_digit_groups(text)
    try:
        tokens = _Tokens().tokenize(text)
        if any(token.comments for token in tokens):
            raise ExpressionError("an expression holds no comment", "write it above, behind #")
        trees = Parser().parse(_names_freed(tokens), text)
    except SqlglotError as error:
        raise ExpressionError(f"{text.strip()!r} cannot be read: {_first_line(error)}") from None
    except RecursionError:
        raise ExpressionError("the expression is nested too deeply", f"at most {DEEPEST} levels") from None
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionError("one expression is wanted", "no semicolon, and not empty")
    return trees[0]


def _without_digit_groups(text: str) -> str:
    """1_000_000, as TOML writes it beside the expressions, is 1000000; quoted texts and names stay."""
    parts = re.split(r"('[^']*')", text)
    return "".join(
        part if part.startswith("'") else re.sub(r"\b[0-9]+(?:_[0-9]+)+\b", lambda m: m[0].replace("_", ""), part)
        for part in parts
    )


WORDS = tuple(re.findall("[A-Z]+", "AND OR NOT CASE WHEN THEN ELSE END BETWEEN IN IS NULL TRUE FALSE DATE"))
REFUSED_WORDS = ("LIKE", "SELECT")


class _Tokens(Tokenizer):
    """SQL's signs with our words alone: a register may be called grant or order, a column by or index."""

    KEYWORDS: ClassVar[dict[str, TokenType]] = {
        word: kind
        for word, kind in Tokenizer.KEYWORDS.items()
        if word in WORDS or word in REFUSED_WORDS or not any(character.isalpha() for character in word)
    }
    COMMANDS: ClassVar[set[TokenType]] = set()


def _names_freed(tokens: Sequence[Token]) -> list[Token]:
    """What stands beside a dot is a name, though it may be one of our words as well: contract.date, permit.end."""
    dots = [token.token_type is TokenType.DOT for token in tokens]
    freed = []
    for token, before, after in zip(tokens, [False, *dots], [*dots[1:], False], strict=False):
        is_name = (before or after) and token.text.upper() in _Tokens.KEYWORDS
        place = (token.line, token.col, token.start, token.end)
        freed.append(Token(TokenType.VAR, token.text, *place) if is_name else token)
    return freed


def _first_line(error: Exception) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("\n")[0]


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
            raise ExpressionError(f"{e.sql()}: a name is table.column or a parameter")
        return self.scope.field(e.table, e.name) if e.table else self.scope.name(e.name)

    def negative(self, e: exp.Neg) -> Node:
        inner = self.node(e.this)
        if inner.kind == "literal" and inner.type.is_number and isinstance(inner.value, int | float):
            return Node("literal", inner.type, value=-inner.value)
        return built("negate", [inner])

    def is_null(self, e: exp.Is) -> Node:
        if not isinstance(e.expression, exp.Null):
            raise ExpressionError(f"{e.sql()}: only `is null` and `is not null` ask for the unknown", "use = true")
        return built("is_null", [self.node(e.this)])

    def membership(self, e: exp.In) -> Node:
        x = self.node(e.this)
        options = [self.node(option) for option in e.expressions]
        if not options or e.args.get("query") or any(o.kind != "literal" for o in options):
            raise ExpressionError(f"{e.sql()}: `in` needs a list of literals")
        x, *options = _coded([x, *options])
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
        for known, (kind, swapped) in _BINARY.items():
            if type(e) is known:
                a, b = self.node(e.this), self.node(e.expression)
                return built(kind, [b, a] if swapped else [a, b])
        name = _NAMED.get(type(e)) or (str(e.this) if isinstance(e, exp.Anonymous) else "")
        if name in FUNCTIONS:
            first = [] if isinstance(e, exp.Anonymous) else [e.this]
            second = [e.expression] if isinstance(e, exp.AddMonths | exp.Left | exp.MonthsBetween) else e.expressions
            return self.call(name, [self.node(x) for x in (*first, *second)])
        if isinstance(e, exp.Anonymous | exp.Func):
            called = name or e.sql_name().lower()
            raise ExpressionError(f"{called} is not a function of the language", nearest(called, FUNCTIONS))
        if isinstance(e, exp.Alias):
            raise ExpressionError(f"before {e.alias} an operator is missing", "such as +, =, and")
        raise ExpressionError(f"{type(e).__name__.lower()} is not part of the language", "see docs/rulebook.md")

    def call(self, name: str, args: list[Node]) -> Node:
        if name == "prorate" and len(args) == 3:
            basis = args.pop()
            if not isinstance(basis.value, int) or basis.value not in (360, 365, 366):
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


def _literal(e: exp.Literal) -> Node:
    if e.is_string:
        return Node("literal", TEXT, value=e.this)
    if re.fullmatch(r"[0-9]+", e.this):
        if int(e.this) > LIMIT:
            raise ExpressionError(f"{e.this} is too large", f"at most {LIMIT:,}")
        return Node("literal", WHOLE, value=int(e.this))
    if re.fullmatch(r"[0-9]*\.[0-9]+", e.this):
        return Node("literal", DECIMAL, value=float(e.this))
    raise ExpressionError(f"{e.this} is not a number of the language", "write 1000 or 0.5")


def _date_literal(e: exp.Cast) -> Node:
    if e.to.this is not exp.DataType.Type.DATE or not (isinstance(e.this, exp.Literal) and e.this.is_string):
        raise ExpressionError(f"{e.sql()}: there are no casts", "a date is written date '2024-01-31'")
    try:
        return Node("literal", DATE, value=date.fromisoformat(e.this.this))
    except ValueError:
        raise ExpressionError(f"'{e.this.this}' is no date", "write date '2024-01-31'") from None


def built(kind: str, args: Sequence[Node]) -> Node:
    """A node of `kind` over checked operands, brought to one unit and divisor where the kind needs it."""
    row = KINDS[kind]
    args = _coded_for(kind, args)
    least, most = row.arity
    if not least <= len(args) <= most:
        raise ExpressionError(f"{row.symbol} takes {least if least == most else f'{least} to {most}'} operands")
    result = row.typed([a.type for a in args])
    if kind in ("add", "subtract", "least", "greatest", "coalesce"):
        args = [coerced(a, result) for a in args]
    elif kind in ("eq", "lt", "le") or (kind == "divide" and args[0].type.unit == args[1].type.unit):
        together = common([a.type for a in args], row.symbol)
        args = [coerced(a, together) for a in args]
    elif kind in ("case", "exceptions"):
        args = [a if i % 2 == 0 and i < len(args) - 1 else coerced(a, result) for i, a in enumerate(args)]
    elif kind == "multiply" and result.kind == "float":
        args = [coerced(a, result) for a in args]
    elif kind in ("step", "marginal"):
        args = [coerced(args[0], common([args[0].type, looked_up(args[1].type)], kind)), args[1]]
    return Node(kind, result, tuple(args))


def _coded_for(kind: str, args: Sequence[Node]) -> Sequence[Node]:
    """The operands of a kind, those that must be of one type with their literals as codes."""
    if kind in ("eq", "coalesce"):
        return _coded(args)
    if kind in ("case", "exceptions"):
        values = _coded([*args[1::2], args[-1]])
        return [x for pair in zip(args[:-1:2], values[:-1], strict=False) for x in pair] + [values[-1]]
    return args


def _coded(nodes: Sequence[Node]) -> list[Node]:
    """Literals beside a code as codes of its list, or the error that names the nearest one."""
    lists = [node.type for node in nodes if node.type.codes]
    if not lists:
        return list(nodes)
    found = []
    for node in nodes:
        if node.kind == "literal" and node.type == TEXT:
            if node.value not in lists[0].codes:
                raise ExpressionError(f"'{node.value}' is no {lists[0]}", nearest(str(node.value), lists[0].codes))
            node = Node("literal", lists[0], value=node.value)
        found.append(node)
    return found


def with_exceptions(base: Node, exceptions: Sequence[tuple[str, Node, Node, Sequence[str]]]) -> Node:
    """`base` but for exceptions, each (label, condition, value, the labels that it beats).

    Raises ExpressionError where a label stands twice or is not there, where the labels go round in a circle, or where
    conditions and values are of the wrong type.
    """
    labels = [label for label, *_ in exceptions]
    for label in labels:
        if labels.count(label) > 1:
            raise ExpressionError(f"two exceptions are called {label}", "every exception has a label of its own")
    for label, _, _, over in exceptions:
        for beaten in over:
            if beaten not in labels:
                raise ExpressionError(f"exception {label}: over names {beaten}", nearest(beaten, labels))
    beats = _beaten({label: over for label, _, _, over in exceptions})
    try:
        node = built("exceptions", [x for _, when, value, _ in exceptions for x in (when, value)] + [base])
    except TypeClash as clash:
        raise ExpressionError(str(clash)) from None
    pairs = [f"{i}>{j}" for i, a in enumerate(labels) for j, b in enumerate(labels) if b in beats[a]]
    return Node(node.kind, node.type, node.args, (*labels, *pairs))


def _beaten(over: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """What every label beats, directly or through others."""
    beats: dict[str, set[str]] = {}
    try:
        for label in TopologicalSorter(over).static_order():
            beats[label] = {b for beaten in over[label] for b in (beaten, *beats[beaten])}
    except CycleError as error:
        circle = " over ".join(reversed(error.args[1]))
        raise ExpressionError(f"exceptions go round in a circle: {circle}", "one of them must stand lower") from None
    return beats


def coerced(node: Node, wanted: Type) -> Node:
    """The same value held as `wanted`: a whole number as a decimal, an amount in smaller parts."""
    if wanted.kind == "float" and node.type.kind == "int":
        if node.kind == "literal" and isinstance(node.value, int):
            return Node("literal", wanted, value=float(node.value))
        return Node("number", wanted, (node,))
    if node.type.divisor != wanted.divisor:
        factor = Node("literal", WHOLE, value=wanted.divisor // node.type.divisor)
        return Node("multiply", wanted, (node, factor))
    return node


def literal(value: Value, kind: Type) -> Node:
    """A literal node, for values that do not come from an expression."""
    return Node("literal", kind, value=value)
