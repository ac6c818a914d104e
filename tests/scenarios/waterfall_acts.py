"""Verbs of waterfalls: one amount is parted."""

from collections.abc import Mapping
from typing import Any

from kerong.engine.money import waterfall_case
from kerong.rulebook.said import Place
from kerong.rulebook.waterfalls import WaterfallCase
from tests.scenarios.world import World, numbers


def parted(world: World, said: Mapping[str, Any]) -> list[str]:
    """The amount is parted by the waterfall of the scenario; `then` names every party that takes something."""
    waterfall = world.book.waterfalls[world.given["waterfall"]]
    inputs = numbers({name: value for name, value in said.items() if name not in ("do", "on", "then")})
    expect = numbers(said["then"])
    outcome = expect.pop("outcome", "parted")
    place = Place("scenario", 1)
    case = WaterfallCase("", said["on"], inputs, expect, place, outcome=outcome)
    return list(waterfall_case(waterfall, case))


ACTS = {"分担": parted, "出资": parted, "分配": parted}
