"""Exceptions of a condition, an amount or a formula: what holds instead where they hold, and which beat which."""

import re
from collections.abc import Callable

from kerong.rulebook.load_columns import condition
from kerong.rulebook.parse import ExpressionError, Scope, nearest, with_exceptions
from kerong.rulebook.sheets import Sheet
from kerong.rulebook.tree import Node

MOST = 99  # exceptions of one expression


def excepted(sheet: Sheet, key: str, scope: Scope, read: Callable[[str], Node]) -> Node:
    """The expression of `key` with the sheet's exceptions; `read` parses it and what holds instead of it."""
    base: Node = sheet.expression(key, read)
    found: list[tuple[str, Node, Node, tuple[str, ...]]] = []
    items = list(sheet.tables("exception"))
    if len(items) > MOST:
        raise sheet.fail(f"there are {len(items)} exceptions", "exception", 0, hint=f"at most {MOST}")
    labels = [item.data.get("label") for item in items]
    for number, item in enumerate(items):
        item.only(["label", "when", key, "over", "source"])
        label = item.name("label")
        if label in labels[:number]:
            raise item.fail(f"two exceptions are called {label}", "label")
        over = item.texts("over", [])
        for name in over:
            if name not in labels or name == label:
                others = [str(one) for one in labels if one not in (None, label)]
                raise item.fail(f"over: there is no other exception {name}", "over", hint=nearest(name, others))
        item.text("source", None)
        when = item.expression("when", lambda text: condition(text, scope))
        found.append((label, when, item.expression(key, read), over))
    if not found:
        return base
    try:
        return with_exceptions(base, found)
    except ExpressionError as error:
        raise sheet.fail(error.message, "exception", 0, hint=error.hint) from None


def in_words(sheet: Sheet, key: str) -> str:
    """The expression as it is written, with its exceptions behind it."""
    parts = [str(sheet.data[key])]
    for item in sheet.tables("exception"):
        source = f" ({item.data['source']})" if "source" in item.data else ""
        over = f" over {', '.join(item.data['over'])}" if item.data.get("over") else ""
        parts.append(f"{item.data['label']}{source}{over}: {item.data[key]} when {item.data['when']}")
    return re.sub(r"\s+", " ", "; ".join(parts)) if len(parts) > 1 else parts[0]
