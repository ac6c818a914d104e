"""The typed tree as instructions of the machine: one more way to run the same nodes, never a second meaning.

A flag is two bytes: `low`, whether it surely holds, and `high`, whether it may hold. So `and`, `or` and `not` need not
know of the unknown: they are asked twice, once of what is sure and once of what may be. A number is a word and a byte
that tells where it is unknown. What has no instruction, or could be an error, is `foreign`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kerong.rulebook import plain
from kerong.rulebook.coded import code_of, entries_of
from kerong.rulebook.compiled import Program, column_of
from kerong.rulebook.forms import EPOCH
from kerong.rulebook.intervals import begins_within, cannot_overflow
from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.machine import kernel as k
from kerong.rulebook.machine.facts import Column, Facts
from kerong.rulebook.machine.program import BYTE, WORD, Section
from kerong.rulebook.tables import Entries, Steps
from kerong.rulebook.tree import Node, error_of

WORDS = ("int", "date")
NATIVE = (*WORDS, "bool")
LINES = 64  # steps of a table that are compared one by one


class Refused(Exception):
    """An expression that the machine does not run."""


@dataclass(frozen=True, slots=True)
class Number:
    """`word` is a result, or None where it is `constant` in every row; `unknown` is a byte."""

    word: int | None
    unknown: int
    constant: int = 0


@dataclass(frozen=True, slots=True)
class Flag:
    """Bytes: whether it surely holds, and whether it may hold. The same result where it is known everywhere."""

    low: int
    high: int


Part = Number | Flag


class Reader:
    """The expressions of one rule: `program` knows its parameters' values, and between which values they lie."""

    def __init__(self, facts: Facts, program: Program) -> None:
        self.facts, self.program = facts, program
        self._constant: dict[int, bool] = {}
        self.values = {name: parameter.at(program.on) for name, parameter in program.parameters.items()}

    def foreign(self, node: Node) -> Iterator[Node]:
        """The smallest expressions in a node that the machine has to be given; raises Refused where that cannot be."""
        self._refuse_errors(node)
        if self.is_constant(node):
            return
        if not self._is_native(node):
            if node.type.kind not in NATIVE or node.kind == "field":
                raise Refused
            yield node
            return
        for arg in node.args:
            self._refuse_errors(arg)
            if arg.type.kind != "table" and not (arg.kind == "field" and node.kind in ("is_null", "lookup")):
                yield from self.foreign(arg)

    def _refuse_errors(self, node: Node) -> None:
        if node.kind == "field" and error_of(column_of(*node.field)) in self.program.frame.columns:
            raise Refused

    def _is_native(self, node: Node) -> bool:
        if node.kind == "field":
            column = self.facts.column(column_of(*node.field))
            wanted = (1,) if node.type.kind == "bool" else (4, 8)
            return node.type.kind in NATIVE and column is not None and column.size in wanted
        if node.kind == "is_null":
            return node.args[0].kind == "field" or node.args[0].type.kind in NATIVE
        is_asked = FORMS.get(node.kind)
        operands = [arg for arg in node.args if arg.type.kind != "table"]
        if is_asked is None or node.type.kind not in NATIVE:
            return False
        if node.kind == "lookup":
            return self.entries(node) is not None
        if any(arg.type.kind not in NATIVE for arg in operands):
            return False
        if node.kind in ("step", "marginal"):
            return self._is_within(node)
        if node.kind == "in" and operands[0].type.kind not in WORDS:
            return False
        return node.kind not in CHECKED or cannot_overflow(node, self.program.between, self.program.table_of)

    def _is_within(self, node: Node) -> bool:
        table = self.program.table_of(node.args[1])
        if not isinstance(table, Steps) or len(table.starts) > LINES or node.type.kind != "int":
            return False
        starts = (int(start) * node.args[0].type.divisor for start in table.starts)
        if any(2 * abs(number) > LIMIT for number in (*starts, *table.values)):
            return False
        is_safe = cannot_overflow if node.kind == "marginal" else begins_within
        return is_safe(node, self.program.between, self.program.table_of)

    def entries(self, node: Node) -> list[int] | None:
        """What a lookup finds for every code of its column; None where there is no answer for one of them."""
        table, field = self.program.table_of(node.args[1]), node.args[0]
        name = code_of(column_of(*field.field)) if field.kind == "field" else ""
        if name not in self.program.frame.columns or not isinstance(table, Entries) or node.type.kind != "int":
            return None
        found = entries_of(self.program.frame[name], table)
        whole = [entry for entry in found if isinstance(entry, int) and abs(entry) <= LIMIT]
        return whole if whole and len(whole) == len(found) else None

    def is_constant(self, node: Node) -> bool:
        """Whether an expression reads no row."""
        return node.type.kind in NATIVE and self._reads_none(node)

    def _reads_none(self, node: Node) -> bool:
        found = self._constant.get(id(node))  # the rule holds its nodes, so that they keep their numbers
        if found is None:
            found = self._constant[id(node)] = node.kind != "field" and all(map(self._reads_none, node.args))
        return found

    def constant(self, node: Node) -> object:
        """The value of what reads no row; raises Refused where it is an error."""
        if node.kind == "literal":
            return node.value
        found = plain.evaluate(node, {}, self.program.on, self.values)
        if isinstance(found, plain.Fault):
            raise Refused
        return found


class Assembler:
    """Writes the expressions of one rule into a section; `given` are the columns of what is foreign, by node."""

    def __init__(self, section: Section, reader: Reader, given: Mapping[Node, Column], columns: dict[int, int]) -> None:
        self.section, self.reader, self.given, self.columns = section, reader, given, columns

    def part(self, node: Node) -> Part:
        """The result of an expression, none of which is foreign but for what is given."""
        if self.reader.is_constant(node):
            return self._constant(node)
        if self.given and node in self.given:
            return self._loaded(self.given[node], node.type.kind == "bool")
        if node.kind == "field":
            column = self.reader.facts.column(column_of(*node.field))
            if column is None:
                raise Refused
            return self._loaded(column, node.type.kind == "bool")
        if node.kind == "is_null" and node.args[0].kind == "field":
            unknown = self.reader.facts.unknown(column_of(*node.args[0].field))
            at = self.section.zero if unknown is None else self._column(unknown, BYTE)
            return Flag(at, at)
        return FORMS[node.kind](self, node)

    def _constant(self, node: Node) -> Part:
        value = self.reader.constant(node)
        if node.type.kind == "bool":
            zero, one = self.section.zero, self.section.one
            return Flag(zero, one) if value is None else Flag(one, one) if value else Flag(zero, zero)
        return Number(None, self.section.one if value is None else self.section.zero, as_word(value or 0))

    def _loaded(self, column: Column, is_flag: bool) -> Part:
        value = self._column(column.values, column.size)
        unknown = self.section.zero if column.unknown is None else self._column(column.unknown, BYTE)
        if not is_flag:
            return Number(value, unknown)
        return Flag(self.section.without(value, unknown), self.section.either(value, unknown))

    def _column(self, address: int, size: int) -> int:
        """A column, read where it lies if all rows are looked at and it has the machine's own size."""
        if address not in self.columns:
            self.columns[address] = self.section.memory.slot(address, per_row=size)
        slot = self.columns[address]
        if self.section.by is None and size in (WORD, BYTE):
            return slot
        return self.section.emit({WORD: k.LOAD_WORD, 4: k.LOAD_HALF, BYTE: k.LOAD_BYTE}[size], slot)

    def number(self, node: Node) -> Number:
        """The part of what is no flag."""
        part = self.part(node)
        if not isinstance(part, Number):
            raise TypeError(f"a {node.kind} is no number")
        return part

    def flag(self, node: Node) -> Flag:
        """The part of a flag."""
        part = self.part(node)
        if not isinstance(part, Flag):
            raise TypeError(f"a {node.kind} is no flag")
        return part

    def word(self, number: Number) -> int:
        """The result that holds a number, also where it is the same in all rows."""
        return self.section.emit(k.FILL_WORD, number=number.constant) if number.word is None else number.word

    def asked(self, holds: int, *numbers: Number) -> Flag:
        """A comparison: it may hold either way where an operand is unknown."""
        unknown = self.unknown(*numbers)
        return Flag(self.section.without(holds, unknown), self.section.either(holds, unknown))

    def unknown(self, *numbers: Number) -> int:
        """Where any of several numbers is unknown."""
        found = self.section.zero
        for number in numbers:
            found = self.section.either(found, number.unknown)
        return found


def as_word(value: object) -> int:
    """A number, or the days of a date since 1970; raises Refused beyond the limit of the language."""
    word = value.toordinal() - EPOCH if isinstance(value, date) else value
    if not isinstance(word, int) or abs(word) > LIMIT:
        raise Refused
    return word


Form = Callable[[Assembler, Node], Part]


def _logical(a: Assembler, node: Node) -> Part:
    first, *others = [a.flag(arg) for arg in node.args]
    joined = a.section.both if node.kind == "and" else a.section.either
    low, high = first.low, first.high
    for other in others:
        low, high = joined(low, other.low), joined(high, other.high)
    return Flag(low, high)


def _not(a: Assembler, node: Node) -> Part:
    x, one = a.flag(node.args[0]), a.section.one
    return Flag(a.section.without(one, x.high), a.section.without(one, x.low))


def _equal(a: Assembler, node: Node) -> Part:
    s = a.section
    if node.args[0].type.kind != "bool":
        x, y = (a.number(arg) for arg in node.args)
        if x.word is None:
            x, y = y, x
        if x.word is not None and y.word is None:
            return a.asked(s.emit(k.EQUAL_TO, x.word, number=y.constant), x, y)
        return a.asked(s.emit(k.EQUAL, a.word(x), a.word(y)), x, y)
    p, q = (a.flag(arg) for arg in node.args)
    unknown = s.either(s.differs(p.low, p.high), s.differs(q.low, q.high))
    same = s.without(s.one, s.differs(p.low, q.low))
    return Flag(s.without(same, unknown), s.either(same, unknown))


def _less(a: Assembler, node: Node) -> Part:
    """x < y, or x <= y: for whole numbers, and days, that is x < y + 1."""
    x, y = (a.number(arg) for arg in node.args)
    more = int(node.kind == "le")
    if y.word is None and x.word is not None:
        holds = a.section.emit(k.BELOW, x.word, number=y.constant + more)
    elif x.word is None and y.word is not None:
        holds = a.section.emit(k.ABOVE, y.word, number=x.constant - more)
    else:
        holds = a.section.emit(k.LESS_EQUAL if more else k.LESS, a.word(x), a.word(y))
    return a.asked(holds, x, y)


def _among(a: Assembler, node: Node) -> Part:
    options = node.value if isinstance(node.value, tuple) else ()
    begin, length = a.section.memory.tabled([as_word(option) for option in options])
    x = a.number(node.args[0])
    return a.asked(a.section.emit(k.AMONG, a.word(x), number=begin, other=length), x)


def _is_null(a: Assembler, node: Node) -> Part:
    x = a.part(node.args[0])
    unknown = x.unknown if isinstance(x, Number) else a.section.differs(x.low, x.high)
    return Flag(unknown, unknown)


def _folded(op: int, with_number: int) -> Form:
    """An operation whose operands may change places, over two or more of them."""

    def form(a: Assembler, node: Node) -> Part:
        numbers = [a.number(arg) for arg in node.args]
        whole = numbers[0]
        for other in numbers[1:]:
            x, y = (other, whole) if whole.word is None else (whole, other)
            if x.word is not None and y.word is None:
                word = a.section.emit(with_number, x.word, number=y.constant)
            else:
                word = a.section.emit(op, a.word(x), a.word(y))
            whole = Number(word, a.unknown(x, y))
        return whole

    return form


def _subtracted(a: Assembler, x: Number, y: Number) -> Part:
    if y.word is None and x.word is not None:
        word = a.section.emit(k.ADD_TO, x.word, number=-y.constant)
    elif x.word is None and y.word is not None:
        word = a.section.emit(k.SUBTRACT_FROM, y.word, number=x.constant)
    else:
        word = a.section.emit(k.SUBTRACT, a.word(x), a.word(y))
    return Number(word, a.unknown(x, y))


def _negate(a: Assembler, node: Node) -> Part:
    return _subtracted(a, Number(None, a.section.zero), a.number(node.args[0]))


def _chosen(a: Assembler, holds: int, x: Part, y: Part) -> Part:
    """x where it holds, else y."""
    chosen = a.section.chosen
    if isinstance(x, Flag) and isinstance(y, Flag):
        return Flag(chosen(holds, x.low, y.low), chosen(holds, x.high, y.high))
    if not isinstance(x, Number) or not isinstance(y, Number):
        raise TypeError("a flag beside a number")
    return Number(chosen(holds, a.word(x), a.word(y)), chosen(holds, x.unknown, y.unknown))


def _case(a: Assembler, node: Node) -> Part:
    s, whole = a.section, a.part(node.args[-1])
    for condition, value in reversed(list(zip(node.args[:-1:2], node.args[1::2], strict=True))):
        holds = a.flag(condition)
        whole = _chosen(a, holds.low, a.part(value), whole)
        unknown = s.differs(holds.low, holds.high)
        if isinstance(whole, Flag):
            whole = Flag(s.without(whole.low, unknown), s.either(whole.high, unknown))
        else:
            whole = Number(whole.word, s.either(whole.unknown, unknown))
    return whole


def _first(a: Assembler, node: Node) -> Part:
    parts = [a.part(arg) for arg in node.args]
    whole = parts[-1]
    for part in reversed(parts[:-1]):
        unknown = part.unknown if isinstance(part, Number) else a.section.differs(part.low, part.high)
        whole = _chosen(a, unknown, whole, part)
    return whole


def _steps(a: Assembler, node: Node) -> Part:
    """Pairs of a start and, for `step`, the value from there on; for `marginal`, by how much the rate rises there."""
    table = a.reader.program.table_of(node.args[1])
    if not isinstance(table, Steps):
        raise TypeError(f"{node.kind} reads steps")
    x, numbers, rate = a.number(node.args[0]), list[int](), 0
    for start, value in zip(table.starts, table.values, strict=True):
        numbers += [int(start) * node.args[0].type.divisor, int(value) - rate]
        rate = int(value) if node.kind == "marginal" else 0
    begin, length = a.section.memory.tabled(numbers)
    op = k.STEP if node.kind == "step" else k.MARGINAL
    return Number(a.section.emit(op, a.word(x), number=begin, other=length), x.unknown)


def _lookup(a: Assembler, node: Node) -> Part:
    entries = a.reader.entries(node)
    codes = a.reader.facts.column(code_of(column_of(*node.args[0].field)))
    if entries is None or codes is None:
        raise Refused
    begin, length = a.section.memory.tabled(entries)
    code = a._loaded(codes, is_flag=False)
    if not isinstance(code, Number) or code.word is None:
        raise TypeError("a code is a number")
    return Number(a.section.emit(k.TAKE, code.word, number=begin, other=length), code.unknown)


_TIMES = _folded(k.MULTIPLY, k.MULTIPLY_BY)
CHECKED = ("add", "subtract", "multiply", "share_bp", "prorate")
FORMS: dict[str, Form] = {
    "and": _logical,
    "or": _logical,
    "not": _not,
    "eq": _equal,
    "lt": _less,
    "le": _less,
    "in": _among,
    "is_null": _is_null,
    "add": _folded(k.ADD, k.ADD_TO),
    "subtract": lambda a, node: _subtracted(a, *(a.number(arg) for arg in node.args)),
    "negate": _negate,
    "multiply": _TIMES,
    "share_bp": _TIMES,
    "prorate": _TIMES,
    "least": _folded(k.LEAST, k.LEAST_OF),
    "greatest": _folded(k.GREATEST, k.GREATEST_OF),
    "days_between": lambda a, node: _subtracted(a, *(a.number(arg) for arg in node.args[::-1])),
    "case": _case,
    "coalesce": _first,
    "step": _steps,
    "marginal": _steps,
    "lookup": _lookup,
}
