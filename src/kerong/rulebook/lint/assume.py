"""What is learnt of the fields when a condition is taken to hold: never more than every row that fulfils it shows."""

from collections.abc import Callable
from datetime import date
from functools import partial
from math import ceil, floor, inf, nextafter

from kerong.rulebook.lint.domains import (
    DAYS,
    UNKNOWN,
    Domain,
    Names,
    Span,
    Values,
    above,
    below,
    everything,
    exactly,
    is_single,
    join,
    meet,
    span,
    without,
)
from kerong.rulebook.lint.forms import options
from kerong.rulebook.lint.reach import Known, Parameters, Scene, either
from kerong.rulebook.tree import Node

DEEPEST = 5  # formulas within formulas; beyond them nothing more is learnt
EXACT = 2**53  # whole numbers up to here are decimals without rounding
Refined = Known | None  # None: no row can be so


def assume(scene: Scene, node: Node, truth: bool, parameters: Parameters, known: Known, depth: int = 0) -> Refined:
    """What is known where a condition is `truth` for certain; None where it cannot be."""
    return _Learner(scene, parameters, depth).assume(node, truth, known)


class _Learner:
    """Goes down an expression of one file with what it must come to."""

    def __init__(self, scene: Scene, parameters: Parameters, depth: int) -> None:
        self.scene = scene
        self.parameters = parameters
        self.depth = depth

    def assume(self, node: Node, truth: bool, known: Known) -> Refined:
        match node.kind:
            case "not":
                return self.assume(node.args[0], not truth, known)
            case "and" | "or" if truth == (node.kind == "and"):
                return self._all(node, truth, known)
            case "and" | "or":
                return _any([partial(self.assume, arg, truth, known) for arg in node.args])
            case "eq":
                return self._equal(node, truth, known)
            case "lt" | "le":
                return self._ordered(node, truth, known)
            case "in":
                return self._member(node, truth, known)
            case "is_null":
                return self._unknown(node.args[0], known) if truth else self._anything(node.args[0], known)
        return self.narrow(node, exactly(truth), known)

    def _all(self, node: Node, truth: bool, known: Known) -> Refined:
        for arg in node.args:
            found = self.assume(arg, truth, known)
            if found is None:
                return None
            known = found
        return known

    def _anything(self, node: Node, known: Known) -> Refined:
        """The node has a value, whichever."""
        return self.narrow(node, everything(node.type), known)

    def _unknown(self, node: Node, known: Known) -> Refined:
        if not self.scene.value(node, self.parameters, known).null:
            return None
        return known.learnt(node.field, UNKNOWN) if node.kind == "field" else known

    def _values(self, node: Node, known: Known) -> Values:
        return self.scene.value(node, self.parameters, known).values

    def _both(self, node: Node, a: Values, b: Values, known: Known) -> Refined:
        first = self.narrow(node.args[0], a, known) if a is not None else None
        return self.narrow(node.args[1], b, first) if first is not None and b is not None else None

    def _equal(self, node: Node, truth: bool, known: Known) -> Refined:
        a, b = (self._values(arg, known) for arg in node.args)
        if truth:
            shared = meet(a, b)
            return self._both(node, shared, shared, known)
        return self._both(node, without(a, b) if is_single(b) else a, without(b, a) if is_single(a) else b, known)

    def _ordered(self, node: Node, truth: bool, known: Known) -> Refined:
        """a < b; where it is false, b <= a."""
        a, b = (self._values(arg, known) for arg in node.args)
        if not isinstance(a, Span) or not isinstance(b, Span):
            return None
        included = (node.kind == "le") == truth
        if truth:
            return self._both(node, below(b.high, included=included), above(a.low, included=included), known)
        return self._both(node, above(b.low, included=included), below(a.high, included=included), known)

    def _member(self, node: Node, truth: bool, known: Known) -> Refined:
        found = self._values(node.args[0], known)
        wanted: Values = None if truth else found
        for option in options(node):
            wanted = join(wanted, meet(found, option)) if truth else without(wanted, option)
        return self.narrow(node.args[0], wanted, known) if wanted is not None else None

    def narrow(self, node: Node, wanted: Values, known: Known) -> Refined:
        """What is known where the node has a value among `wanted`."""
        found = meet(self._values(node, known), wanted)
        if found is None:
            return None
        if node.type.kind == "bool" and is_single(found) and node.kind in ("and", "or", "not", "eq", "lt", "le", "in"):
            return self.assume(node, found == exactly(value=True), known)
        rule = _BACK.get(node.kind)
        if rule is not None:
            return rule(self, node, found, known)
        return self._operands(node, known) if node.kind in _NEED_ALL else known

    def _operands(self, node: Node, known: Known) -> Refined:
        """A value of the whole needs a value of every operand."""
        for arg in node.args:
            if arg.type.kind != "table":
                refined = self._anything(arg, known)
                if refined is None:
                    return None
                known = refined
        return known

    def field(self, node: Node, found: Values, known: Known) -> Refined:
        learnt = known.learnt(node.field, Domain(found))
        formula = self.scene.formula(node.field)
        if formula is None or self.depth >= DEEPEST:
            return learnt
        inner = _Learner(self.scene, formula.parameters, self.depth + 1)
        if formula.value.type.divisor != 1:
            return inner._anything(formula.value, learnt)
        return inner.narrow(formula.value, found, learnt)

    def number(self, node: Node, found: Values, known: Known) -> Refined:
        if not isinstance(found, Span):
            return known
        low = ceil(found.low) if abs(found.low) < EXACT else -inf
        high = floor(found.high) if abs(found.high) < EXACT else inf
        if node.args[0].type.kind == "float":
            low, high = found.low, found.high
        return self.narrow(node.args[0], span(low, high), known)

    def sum(self, node: Node, found: Values, known: Known) -> Refined:
        """a + b and a - b: each operand lies where the other one leaves it."""
        a, b = (self._values(arg, known) for arg in node.args)
        if not isinstance(found, Span) or not isinstance(a, Span) or not isinstance(b, Span):
            return None
        found = _wider(found)
        if node.kind == "add":
            return self._both(node, _wider(_minus(found, b)), _wider(_minus(found, a)), known)
        return self._both(node, _wider(_plus(found, b)), _wider(_minus(a, found)), known)

    def negated(self, node: Node, found: Values, known: Known) -> Refined:
        return self.narrow(node.args[0], Span(-found.high, -found.low) if isinstance(found, Span) else found, known)

    def product(self, node: Node, found: Values, known: Known) -> Refined:
        """A whole number times a fixed one above zero, as a unit is turned into smaller parts."""
        for one, other in ((0, 1), (1, 0)):
            factor = self._values(node.args[other], known)
            is_fixed = node.type.kind == "int" and is_single(factor)
            if is_fixed and isinstance(factor, Span) and isinstance(found, Span) and factor.low > 0:
                by = int(factor.low)
                return self.narrow(node.args[one], span(-(-int(found.low) // by), int(found.high) // by), known)
        return self._operands(node, known)

    def branches(self, node: Node, found: Values, known: Known) -> Refined:
        alternatives: list[Callable[[], Refined]] = []
        before: Refined = known
        for condition, value in zip(node.args[:-1:2], node.args[1::2], strict=True):
            if before is None:
                break
            alternatives.append(partial(self._then, condition, value, found, before))
            before = self.assume(condition, False, before)
        if before is not None:
            alternatives.append(partial(self.narrow, node.args[-1], found, before))
        return _any(alternatives)

    def exceptions(self, node: Node, found: Values, known: Known) -> Refined:
        pairs = list(zip(node.args[:-1:2], node.args[1::2], strict=True))
        alternatives: list[Callable[[], Refined]] = [
            partial(self._then, condition, value, found, known) for condition, value in pairs
        ]
        base: Refined = known
        for condition, _ in pairs:
            base = self.assume(condition, False, base) if base is not None else None
        if base is not None:
            alternatives.append(partial(self.narrow, node.args[-1], found, base))
        return _any(alternatives)

    def _then(self, condition: Node, value: Node, found: Values, known: Known) -> Refined:
        holds = self.assume(condition, True, known)
        return self.narrow(value, found, holds) if holds is not None else None

    def first(self, node: Node, found: Values, known: Known) -> Refined:
        alternatives: list[Callable[[], Refined]] = []
        before: Refined = known
        for arg in node.args:
            if before is None:
                break
            alternatives.append(partial(self.narrow, arg, found, before))
            before = self._unknown(arg, before)
        return _any(alternatives)

    def extreme(self, node: Node, found: Values, known: Known) -> Refined:
        """No operand of `least` is less than the result, none of `greatest` greater."""
        if not isinstance(found, Span):
            return known
        bound = above(found.low, included=True) if node.kind == "least" else below(found.high, included=True)
        for arg in node.args:
            refined = self.narrow(arg, bound, known)
            if refined is None:
                return None
            known = refined
        return known

    def year(self, node: Node, found: Values, known: Known) -> Refined:
        if not isinstance(found, Span):
            return known
        low = date(int(max(found.low, 1)), 1, 1).toordinal() if found.low <= 9999 else DAYS.high
        high = date(int(min(found.high, 9999)), 12, 31).toordinal() if found.high >= 1 else DAYS.low
        return self.narrow(node.args[0], span(low, high), known)

    def start(self, node: Node, found: Values, known: Known) -> Refined:
        x = self._values(node.args[0], known)
        if isinstance(x, Names) and x.some is not None and isinstance(found, Names) and isinstance(node.value, int):
            x = Names(frozenset(text for text in x.some if meet(exactly(text[: node.value]), found) is not None))
        return self.narrow(node.args[0], x, known)


def _any(alternatives: list[Callable[[], Refined]]) -> Refined:
    possible = [found for found in (alternative() for alternative in alternatives) if found is not None]
    return either(possible) if possible else None


def _wider(found: Span) -> Span:
    """Room for one rounding of a decimal at each end; whole numbers are exact."""
    low = nextafter(found.low, -inf) if isinstance(found.low, float) else found.low
    high = nextafter(found.high, inf) if isinstance(found.high, float) else found.high
    return Span(low, high)


def _plus(a: Span, b: Span) -> Span:
    return Span(_ends(a.low + b.low, -inf), _ends(a.high + b.high, inf))


def _minus(a: Span, b: Span) -> Span:
    return Span(_ends(a.low - b.high, -inf), _ends(a.high - b.low, inf))


def _ends(value: int | float, otherwise: float) -> int | float:
    """Infinity less infinity bounds nothing."""
    return otherwise if value != value else value


_BACK: dict[str, Callable[[_Learner, Node, Values, Known], Refined]] = {
    "field": _Learner.field,
    "number": _Learner.number,
    "add": _Learner.sum,
    "subtract": _Learner.sum,
    "negate": _Learner.negated,
    "multiply": _Learner.product,
    "share_bp": _Learner.product,
    "prorate": _Learner.product,
    "case": _Learner.branches,
    "exceptions": _Learner.exceptions,
    "coalesce": _Learner.first,
    "least": _Learner.extreme,
    "greatest": _Learner.extreme,
    "year_of": _Learner.year,
    "left": _Learner.start,
}
_NEED_ALL = frozenset(
    (
        *("eq", "lt", "le", "in", "divide", "years_between", "months_between", "days_between", "month_of"),
        *("add_months", "add_days", "step", "marginal", "lookup", "held_on"),
    )
)
