"""Verbs of published figures: a ratio is worked out again from its published parts."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kerong.rulebook.published_checks import checked, rounded
from tests.scenarios.world import World

OUTCOMES = {"相符": "agrees", "不符": "differs", "无法推出": "cannot_be_derived"}


def worked_again(world: World, said: Mapping[str, Any]) -> list[str]:
    """The check of the scenario; `then` says what is published, what its parts make, and whether the two agree."""
    published = world.book.published
    found = checked(published.checks[world.given["check"]], published.numbers)
    then = said["then"]
    wrong = []
    for name, amount in said.get("parts", {}).items():
        if published.numbers[name].value != Decimal(amount):
            wrong.append(f"{name} is published as {published.numbers[name].value}, not {amount}")
    if found.published.value != Decimal(then["published"]):
        wrong.append(f"published is {found.published.value}, expected {then['published']}")
    if found.outcome != OUTCOMES[then["outcome"]]:
        wrong.append(f"outcome is {found.outcome}, expected {then['outcome']}")
    if "made" in then and _as_written(found.result, then["made"]) != Decimal(then["made"]):
        wrong.append(f"the parts make {found.result}, expected {then['made']}")
    return wrong


def _as_written(result: Fraction | None, words: str) -> Decimal | None:
    digits = len(words.partition(".")[2])
    return None if result is None else rounded(result, digits)


ACTS = {"复算": worked_again}
