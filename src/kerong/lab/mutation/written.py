"""An expression written out again, for sentences about what was changed in it."""

from datetime import date

from kerong.rulebook.tree import Node

_BETWEEN = {
    "and": "and",
    "or": "or",
    "eq": "=",
    "lt": "<",
    "le": "<=",
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
}


def written(node: Node) -> str:
    """The expression in the language's spelling, for people: brackets where operators meet, nothing shortened."""
    parts = [written(arg) for arg in node.args]
    match node.kind:
        case "literal":
            return value_written(node.value)
        case "field":
            return ".".join(part for part in node.field if part)
        case "parameter":
            return str(node.value)
        case "on":
            return "on"
        case "not":
            return f"not ({parts[0]})"
        case "is_null":
            return f"{parts[0]} is null"
        case "negate":
            return f"-{_held(node.args[0])}"
        case "in":
            options = node.value if isinstance(node.value, tuple) else ()
            return f"{parts[0]} in ({', '.join(value_written(option) for option in options)})"
        case "case":
            pairs = zip(parts[:-1:2], parts[1::2], strict=True)
            return "case " + " ".join(f"when {c} then {v}" for c, v in pairs) + f" else {parts[-1]} end"
    if node.kind in _BETWEEN:
        return f" {_BETWEEN[node.kind]} ".join(_held(arg) for arg in node.args)
    own = [value_written(node.value)] if node.kind in ("left", "prorate") else []
    return f"{node.kind}({', '.join([*parts, *own])})"


def _held(node: Node) -> str:
    return f"({written(node)})" if node.kind in _BETWEEN else written(node)


def value_written(value: object) -> str:
    """A literal as the language spells it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return f"date '{value}'"
    if isinstance(value, int):
        return f"{value:_}"
    return f"'{value}'" if isinstance(value, str) else str(value)
