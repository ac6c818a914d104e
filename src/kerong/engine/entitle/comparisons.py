"""The comparisons inside a condition: what is compared with what, and how far the value is from the threshold.

Everything that is the same for every enterprise is worked out once (`compared_in`); what is left is a closure per
comparison that looks at one enterprise's facts. The verdict of a comparison is always the plain evaluator's own form.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from kerong.rulebook.outcomes import ERROR, FAILED, MET, UNKNOWN
from kerong.rulebook.plain import FORMS, Facts, Fault, Parameters, Result, prepared
from kerong.rulebook.tree import Node, fields_of, walk
from kerong.rulebook.types import BOOL

LOGIC = ("and", "or", "not", "case", "coalesce", "exceptions")  # they join comparisons and compare nothing themselves
TRUTHS = {MET: True, FAILED: False, UNKNOWN: None}
REMEMBERED = 64  # combinations of outcomes of one condition
OPERATORS = {"lt": ("above", "below"), "le": ("at_least", "at_most")}
OPPOSITE = {
    "above": "at_most",
    "at_most": "above",
    "below": "at_least",
    "at_least": "below",
    "equal": "unequal",
    "among": "not_among",
    "unknown": "known",
    "held": "not_held",
}
Closure = Callable[[Facts], Result]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a condition, the same for every enterprise.

    `operator` says what is asked of `value`: at_least, above, at_most, below, equal, unequal, among, not_among, is,
    known, unknown, held, not_held (the last two: on the day `threshold`). `condition` is the part of the tree as it was
    written, `holds` whether it is asked to hold or (under a `not`) not to hold.
    """

    condition: Node
    operator: str
    value: Node
    threshold: Node
    holds: bool = True


class Compared(NamedTuple):
    """A comparison with one enterprise's values.

    `margin` is in the value's unit, days for dates (exact parts of a fen where the value's type has a divisor):
    positive is kept by that much, negative missed by that much, 0 just at the threshold; None where there is no
    distance.
    """

    comparison: Comparison
    value: Result
    threshold: Result
    margin: int | float | None
    outcome: int


Traced = Callable[[Facts], Compared]
new = tuple.__new__  # makes a named tuple in half the time of its own constructor; used where thousands are made
Joined = Callable[[Sequence[Compared]], Result]


class Traces(NamedTuple):
    """`parts` tell the comparisons, `whole` the value of the condition from them; None where it is the only one's."""

    parts: tuple[Traced, ...]
    whole: Joined | None


def closure(node: Node, on: date, values: Parameters) -> Closure:
    """The node as a function of facts alone: day and parameters are filled in."""
    if not fields_of(node):
        constant = prepared(node)({}, on, values)
        return lambda facts: constant
    if node.kind == "field":
        key = node.field
        return lambda facts: facts.get(key)
    run = prepared(node)
    return lambda facts: run(facts, on, values)


def compared_in(condition: Node, on: date, values: Parameters) -> Traces:
    """The comparisons of a condition: those that decide it first, then those inside their operands."""
    found: list[Comparison] = []
    skeleton = _skeleton(condition, True, found)
    deciding = len(found)
    for comparison in found[:deciding]:
        for node in (comparison.value, comparison.threshold):
            _inner(node, found)
    parts = tuple(_traced(comparison, on, values) for comparison in found)
    if deciding == 1 and _bare(skeleton):
        return Traces(parts, None)
    join, names = prepared(skeleton), [("", str(place)) for place in range(len(parts))]

    known: dict[tuple[int, ...], Result] = {}

    def whole(compared: Sequence[Compared]) -> Result:
        outcomes = tuple([part[4] for part in compared])
        if outcomes in known:
            return known[outcomes]
        found = join(dict(zip(names, map(truth, compared), strict=True)), on, values)
        if ERROR not in outcomes and len(known) < REMEMBERED:  # without errors only the outcomes decide
            known[outcomes] = found
        return found

    return Traces(parts, whole)


def truth(part: Compared) -> Result:
    """True, False, None for unknown, or the fault with its reason."""
    if part.outcome == ERROR:
        return next((held for held in (part.value, part.threshold) if isinstance(held, Fault)), Fault("error"))
    return TRUTHS[part.outcome]


def _bare(skeleton: Node) -> bool:
    """Is the skeleton one comparison, whatever stands before it in pairs of `not`?"""
    return skeleton.kind == "field" or (
        skeleton.kind == "not" and skeleton.args[0].kind == "not" and _bare(skeleton.args[0].args[0])
    )


def _skeleton(node: Node, holds: bool, found: list[Comparison]) -> Node:
    """The condition with every comparison replaced by a field that gives its outcome; fills `found`.

    A comparison is told as it is asked for: below `not`, `x < 5` is asked as `x >= 5`, and the skeleton turns it back.
    """
    if node.kind in LOGIC and node.type == BOOL:
        inner = holds if node.kind in ("and", "or") else (not holds if node.kind == "not" else True)
        return replace(node, args=tuple(_skeleton(arg, inner, found) for arg in node.args))
    if not fields_of(node):
        return node
    found.append(_comparison(node, holds))
    leaf = Node("field", BOOL, value=("", str(len(found) - 1)))
    return leaf if holds else Node("not", BOOL, (leaf,))


def _inner(node: Node, found: list[Comparison]) -> None:
    """Conditions within an operand, such as those of a `case` that gives a number."""
    for part in walk(node):
        if part.kind in ("case", "exceptions"):
            for condition in part.args[:-1:2]:
                _skeleton(condition, True, found)


def _comparison(node: Node, holds: bool) -> Comparison:
    if node.kind in OPERATORS:
        low, high = node.args
        above, below = OPERATORS[node.kind]
        if fields_of(high) and (not fields_of(low) or (_named(high) and not _named(low))):
            return _asked(Comparison(node, above, high, low), holds)
        return _asked(Comparison(node, below, low, high), holds)
    if node.kind == "eq":
        one, other = node.args if fields_of(node.args[0]) else reversed(node.args)
        return _asked(Comparison(node, "equal", one, other), holds)
    if node.kind == "in":
        return _asked(Comparison(node, "among", node.args[0], _options(node)), holds)
    if node.kind == "is_null":
        return _asked(Comparison(node, "unknown", node.args[0], Node("literal", BOOL, value=True)), holds)
    if node.kind == "held_on":
        return _asked(Comparison(node, "held", node.args[0], node.args[1]), holds)
    return Comparison(node, "is", node, Node("literal", BOOL, value=holds), holds)


def _named(node: Node) -> bool:
    """Is the operand a field, held in whatever parts?"""
    return node.kind == "field" or (node.kind in ("multiply", "number") and _named(node.args[0]))


def _options(node: Node) -> Node:
    return Node("literal", node.args[0].type, value=node.value)


def _asked(comparison: Comparison, holds: bool) -> Comparison:
    return comparison if holds else replace(comparison, operator=OPPOSITE[comparison.operator], holds=False)


def _traced(comparison: Comparison, on: date, values: Parameters) -> Traced:
    general = _general(comparison, on, values)
    node, limit = comparison.condition, comparison.threshold
    sign = {"above": 1, "at_least": 1, "below": -1, "at_most": -1}.get(comparison.operator)
    if comparison.operator == "is" and node.kind == "field":
        return _flag(comparison, node.field)
    if sign is None or comparison.value.kind != "field" or fields_of(limit):
        return general
    key, bound = comparison.value.field, closure(limit, on, values)({})
    value_is_high, holds, form = node.args[1] == comparison.value, comparison.holds, FORMS[node.kind]
    days = comparison.value.type.kind == "date"

    def traced(facts: Facts) -> Compared:
        """The common case, a field against a constant, without a detour."""
        value = facts.get(key)
        try:
            distance: Any = value - bound  # type: ignore[operator]
            margin = sign * (distance.days if days else distance)
        except (TypeError, AttributeError):  # one side is unknown or an error
            return general(facts)
        kept = form(node, bound, value) if value_is_high else form(node, value, bound)
        return new(Compared, (comparison, value, bound, margin, MET if kept is holds else FAILED))

    return traced


def _flag(comparison: Comparison, key: tuple[str, str]) -> Traced:
    """A field that is the answer itself."""
    holds = comparison.holds

    def traced(facts: Facts) -> Compared:
        value = facts.get(key)
        outcome = MET if value is holds else FAILED
        if value is None or isinstance(value, Fault):
            outcome = UNKNOWN if value is None else ERROR
        return new(Compared, (comparison, value, holds, None, outcome))

    return traced


def _general(comparison: Comparison, on: date, values: Parameters) -> Traced:
    node, holds = comparison.condition, comparison.holds
    value_of, limit_of = closure(comparison.value, on, values), _limit(comparison, on, values)
    # The condition over its operands' values alone: the evaluator's own meaning, without computing the operands twice.
    kinds = [arg.type for arg in node.args]
    names = [("", "value" if arg == comparison.value else "threshold") for arg in node.args]
    if len(names) == 2 and names[0] == names[1]:
        names = [("", "value"), ("", "threshold")]
    leaves = tuple(Node("field", kind, value=name) for kind, name in zip(kinds, names, strict=True))
    own = prepared(replace(node, args=leaves)) if comparison.operator != "is" else None

    def traced(facts: Facts) -> Compared:
        value, limit = value_of(facts), limit_of(facts)
        found = own({("", "value"): value, ("", "threshold"): limit}, on, values) if own else value
        if isinstance(found, Fault):
            return Compared(comparison, value, limit, None, ERROR)
        if found is None:
            return Compared(comparison, value, limit, None, UNKNOWN)
        return Compared(comparison, value, limit, _margin(comparison, value, limit), MET if found is holds else FAILED)

    return traced


def _limit(comparison: Comparison, on: date, values: Parameters) -> Closure:
    if isinstance(comparison.threshold.value, tuple) and comparison.threshold.kind == "literal":
        return lambda facts: None  # a list of options stands in the comparison itself
    return closure(comparison.threshold, on, values)


def _margin(comparison: Comparison, value: Result, limit: Result) -> int | float | None:
    if isinstance(value, bool) or isinstance(limit, bool):
        return None
    if isinstance(value, date) and isinstance(limit, date):
        distance: int | float = (value - limit).days
    elif isinstance(value, int | float) and isinstance(limit, int | float):
        distance = value - limit
    else:
        return None
    if comparison.operator in ("above", "at_least"):
        return distance
    if comparison.operator in ("below", "at_most"):
        return -distance
    return -abs(distance) if comparison.operator == "equal" else None
