"""Every expression that differs from a given one in one place: the slips that an author of rules could make.

A number moved, < for <=, = for <>, and for or, an operand, a branch, an option or an exception left out, the order of
two exceptions turned, + for -, another basis of a year.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from kerong.lab.mutation.moved import becomes, moved, moved_days
from kerong.lab.mutation.written import value_written, written
from kerong.rulebook.content import Text
from kerong.rulebook.parse import built
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL, Type

Changed = tuple[Node, Text]
BASES = {360: (365,), 365: (360, 366), 366: (365,)}
OPPOSITE = {"and": "or", "or": "and", "lt": "le", "le": "lt", "add": "subtract", "subtract": "add"}
WORD = {"and": "and", "or": "or", "lt": "<", "le": "<=", "add": "+", "subtract": "-"}


def changes(node: Node) -> Iterator[Changed]:
    """Trees of the same type (a prorated amount may change its divisor) with what was changed in words."""
    yield from _here(node)
    for place, arg in enumerate(node.args):
        if _is_scale(node, place):
            continue
        for other, said in changes(arg):
            yield _with(node, place, other), said


def _is_scale(node: Node, place: int) -> bool:
    """A factor that the parser put there to bring amounts to one divisor is nobody's number."""
    held = node.args[0].type.divisor != node.type.divisor
    return node.kind == "multiply" and held and place == 1 and node.args[1].kind == "literal"


def _with(node: Node, place: int, other: Node) -> Node:
    args = (*node.args[:place], other, *node.args[place + 1 :])
    if other.type.divisor == node.args[place].type.divisor:
        return replace(node, args=args)
    if node.kind == "prorate" and isinstance(node.value, int):
        return replace(node, args=args, type=Type("int", "fen", args[0].type.divisor * node.value))
    return built(node.kind, args)


def _here(node: Node) -> Iterator[Changed]:
    match node.kind:
        case "literal":
            yield from _numbers(node)
        case "and" | "or" | "lt" | "le" | "add" | "subtract":
            other = OPPOSITE[node.kind]
            yield replace(node, kind=other), _instead(written(node), WORD[node.kind], WORD[other])
            yield from _operands(node) if node.kind in ("and", "or") else ()
        case "not":
            yield node.args[0], _left_out("not", written(node))
        case "eq" | "is_null":
            said = Text(f"{written(node)} 改为相反", f"`{written(node)}` becomes its opposite")
            yield Node("not", BOOL, (node,)), said
        case "in":
            yield from _options(node)
        case "case":
            yield from _branches(node)
        case "least" | "greatest" | "coalesce":
            yield from _operands(node)
        case "prorate" | "left":
            yield from _settings(node)
        case "exceptions":
            yield from _exceptions(node)


def _numbers(node: Node) -> Iterator[Changed]:
    value = node.value
    others: Sequence[int | float | date] = ()
    if isinstance(value, int | float) and not isinstance(value, bool):
        others = moved(value)
    elif isinstance(value, date):
        others = moved_days(value)
    for other in others:
        yield replace(node, value=other), _instead("", value_written(value), value_written(other))


def _operands(node: Node) -> Iterator[Changed]:
    for place, arg in enumerate(node.args):
        rest = (*node.args[:place], *node.args[place + 1 :])
        yield rest[0] if len(rest) == 1 else replace(node, args=rest), _left_out(written(arg), written(node))


def _options(node: Node) -> Iterator[Changed]:
    options = node.value if isinstance(node.value, tuple) else ()
    for place, option in enumerate(options):
        rest = (*options[:place], *options[place + 1 :])
        yield replace(node, value=rest), _left_out(value_written(option), written(node))


def _branches(node: Node) -> Iterator[Changed]:
    for place in range(0, len(node.args) - 1, 2):
        rest = (*node.args[:place], *node.args[place + 2 :])
        said = _left_out(f"when {written(node.args[place])}", "case")
        yield rest[0] if len(rest) == 1 else replace(node, args=rest), said


def _settings(node: Node) -> Iterator[Changed]:
    """The basis of a prorated year, the length of a text's beginning."""
    if not isinstance(node.value, int):
        return
    if node.kind == "left":
        for other in (node.value - 1, node.value + 1):
            if other >= 0:
                yield replace(node, value=other), becomes(written(node), node.value, other)
        return
    for other in BASES.get(node.value, ()):
        kind = Type("int", "fen", node.type.divisor // node.value * other)
        yield replace(node, value=other, type=kind), becomes("prorate", node.value, other)


def _exceptions(node: Node) -> Iterator[Changed]:
    """Each exception left out, each `over` turned round; labels stand before the pairs "i>j" in the node's value."""
    count = len(node.args) // 2
    words = [str(part) for part in node.value] if isinstance(node.value, tuple) else []
    labels, pairs = words[:count], words[count:]
    for place, label in enumerate(labels):
        said = _left_out(f"exception {label}", "exceptions")
        if count == 1:
            yield node.args[-1], said
            continue
        args = (*node.args[: 2 * place], *node.args[2 * place + 2 :])
        kept = [pair for pair in pairs if str(place) not in pair.split(">")]
        renumbered = [">".join(str(int(i) - (int(i) > place)) for i in pair.split(">")) for pair in kept]
        yield replace(node, args=args, value=(*labels[:place], *labels[place + 1 :], *renumbered)), said
    for place, pair in enumerate(pairs):
        over, under = pair.split(">")
        turned = (*labels, *pairs[:place], f"{under}>{over}", *pairs[place + 1 :])
        first, second = (labels[int(i)] for i in (over, under))
        yield replace(node, value=turned), _instead("", f"{first} over {second}", f"{second} over {first}")


def _instead(where: str, old: str, new: str) -> Text:
    before = f"`{where}`: " if where else ""
    return Text(f"{before}{old} 改为 {new}", f"{before}{old} becomes {new}")


def _left_out(what: str, where: str) -> Text:
    return Text(f"`{where}` 去掉 {what}", f"`{where}` without {what}")
