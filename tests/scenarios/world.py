"""What a scenario is about while it is worked: a region's rulebook and, where one is given, a pool as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kerong.engine.money.pool import State, pool_after
from kerong.rulebook import Rulebook
from kerong.rulebook.pools import Pool, PoolEvent
from tests.scenarios.money_words import fen_of, is_amount

# how `given` and `then` name what a pool has
STANDING = {
    "balance": "balance_fen",
    "paid_in": "paid_in_fen",
    "compensated": "compensated_fen",
    "recovered": "recovered_fen",
    "refunded": "refunded_fen",
    "fees": "fees_fen",
    "interest": "interest_fen",
    "exposure": "exposure_fen",
    "bad": "bad_fen",
}


@dataclass
class World:
    """`given`: what the scenario says beside the pool; `kept`: what the verbs of one module have made so far."""

    book: Rulebook
    pool: Pool | None = None
    state: State = field(default_factory=State)
    given: Mapping[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    def begin(self, given: Mapping[str, Any]) -> list[str]:
        """What stands before anything happens."""
        self.given = given
        if "pool" not in given:
            return []
        self.pool = self.book.pools[given["pool"]]
        paid = PoolEvent(do="pay_in", on=given["on"], fen=fen_of(given["paid_in"]))
        self.state, answer = pool_after(self.pool, [paid])[-1]
        return [answer.refused] if answer.refused else []

    def ends(self, then: Mapping[str, Any]) -> list[str]:
        """What is not as it should be at the end."""
        found = []
        for name, wanted in then.items():
            if name == "is_open":
                has, wants = self.state.is_open, wanted
            elif name in STANDING:
                has, wants = getattr(self.state, STANDING[name]), fen_of(wanted)
            else:
                found.append(f"then: nobody knows {name!r}")
                continue
            if has != wants:
                found.append(f"{name} is {has:_}, expected {wants:_}")
        return found


def told_wrong(expect: Mapping[str, Any], has: Mapping[str, Any]) -> list[str]:
    """What of the expected is not so, in sentences; amounts in words stand for fen."""
    return [
        f"{name} is {has.get(name)!r}, expected {value!r}"
        for name, value in numbers(expect).items()
        if has.get(name) != value
    ]


def numbers(said: Mapping[str, Any]) -> dict[str, Any]:
    """The same with every amount in fen, those in lists too."""
    return {name: _number(value) for name, value in said.items()}


def _number(value: Any) -> Any:
    if isinstance(value, list):
        return [_number(one) for one in value]
    return fen_of(value) if is_amount(value) else value
