"""The report of a comparison: one HTML file that needs nothing beside it."""

from collections.abc import Mapping
from typing import Any


def report(found: Mapping[str, Any], echarts: str | None = None, lang: str = "zh") -> str:
    """The page of figures in both languages."""
    return str(found["headline"][lang])
