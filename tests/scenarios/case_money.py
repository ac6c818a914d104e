"""What the moves of a case so far ask of the ledger, by replaying them as the nightly audit does."""

from datetime import date

from kerong.engine.deal.settled import Head, History, Part, Settled, settled
from kerong.engine.money.split import largest_remainder
from tests.scenarios.world import World

HEAD = Head(1, "region|programme", "payee", "rule", "version", "evidence")
MOST_PARTS = 99


def money_of(world: World, on: date) -> Settled:
    """Orders, parts and faults of the case by the end of a day."""
    given = world.given
    made = world.kept.get("made", [])
    return settled(
        [History(HEAD, given["kind"], given["shares"], given["stages"], range(1, MOST_PARTS), made)],
        on,
        largest_remainder,
    )


def name_of(world: World, part: Part) -> str:
    """How a scenario calls a part: its level, and its stage where the call has several."""
    return f"{part.level}{part.stage}" if len(world.given["stages"]) > 1 else part.level


def part_of(world: World, name: str, on: date) -> int:
    """The number of the part of that name."""
    return next(part.number for part in money_of(world, on).standings[0].parts if name_of(world, part) == name)
