"""What a rule file of a region pack must carry before it may decide about money."""

import tomllib
from collections.abc import Mapping
from typing import Any

from tests.tidy.source import Source

CASES_AT_LEAST = 2


def bare_rule(source: Source) -> list[str]:
    """A policy or product without its source, its words or two cases; an assumption without its reason."""
    rule: Mapping[str, Any] = tomllib.loads(source.text)
    origin = rule.get("source", {})
    origin = origin if isinstance(origin, dict) else {}
    missing = [name for name in ("document", "clause") if not str(origin.get(name, ""))]
    missing += [] if origin.get("status") or origin.get("quote") else ["status and quotes nothing"]
    found = [f"{source.path}: source has no {name}" for name in missing]
    if origin.get("status") == "assumed" and not origin.get("why"):
        found.append(f"{source.path}: assumed without a reason")
    if not str(rule.get("text", "")).strip():
        found.append(f"{source.path}: has no text")
    if len(rule.get("case", [])) < CASES_AT_LEAST:
        found.append(f"{source.path}: has fewer than {CASES_AT_LEAST} cases")
    return found


def untitled(source: Source) -> list[str]:
    """Tables with a title in one language only."""
    found: list[str] = []

    def walk(node: object, where: str) -> None:
        if isinstance(node, dict):
            title = node.get("title")
            if isinstance(title, dict) and not (title.get("zh") and title.get("en")):
                found.append(f"{source.path}: {where or 'top'} has a title in one language")
            for name, child in node.items():
                walk(child, f"{where}.{name}".strip("."))
        elif isinstance(node, list):
            for child in node:
                walk(child, where)

    walk(tomllib.loads(source.text), "")
    return found
