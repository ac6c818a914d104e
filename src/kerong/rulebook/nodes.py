"""Nodes over checked operands: brought to one type and unit, codes of one list, exceptions in their order."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from kerong.rulebook.kinds import KINDS, TypeClash, common
from kerong.rulebook.spelling import ExpressionError, nearest, shown
from kerong.rulebook.tree import Node
from kerong.rulebook.types import TEXT, WHOLE, Type, looked_up


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
        return coded(args)
    if kind in ("case", "exceptions"):
        values = coded([*args[1::2], args[-1]])
        return [x for pair in zip(args[:-1:2], values[:-1], strict=False) for x in pair] + [values[-1]]
    return args


def coded(nodes: Sequence[Node]) -> list[Node]:
    """Literals beside a code as codes of its list, or the error that names the nearest one."""
    lists = [node.type for node in nodes if node.type.codes]
    if not lists:
        return list(nodes)
    found = []
    for node in nodes:
        if node.kind == "literal" and node.type == TEXT:
            if node.value not in lists[0].codes:
                raise ExpressionError(
                    f"'{shown(str(node.value))}' is no {lists[0]}", nearest(str(node.value), lists[0].codes)
                )
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
