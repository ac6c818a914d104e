"""Verbs of limits that several rules share: what each claim is awarded, and what cut it."""

from collections.abc import Mapping
from typing import Any

from kerong.engine.award import group_case
from kerong.rulebook.content import GroupCase
from kerong.rulebook.said import Place
from tests.scenarios.world import World, numbers


def awarded(world: World, said: Mapping[str, Any]) -> list[str]:
    """Claims under the group of the scenario, beside what was granted before (`used`)."""
    case = GroupCase(
        title=world.given["group"],
        on=said["on"],
        claims=tuple(_fen(claim) for claim in said["claims"]),
        used=tuple(_fen(grant) for grant in said.get("used", ())),
        expect=numbers(said["then"]),
        place=Place("scenario", 1),
    )
    return list(group_case(world.book.groups[world.given["group"]], case, world.book))


def _fen(claim: Mapping[str, Any]) -> dict[str, Any]:
    told = numbers(claim)
    return {"fen" if name == "amount" else "enterprise" if name == "firm" else name: told[name] for name in told}


ACTS = {"核定": awarded}
