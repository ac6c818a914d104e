"""A pool's history: its events as they are kept, and the pool again from them."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any

from kerong.engine.money.pool.life import after
from kerong.engine.money.pool.state import Answer, State
from kerong.rulebook.pools import Pool, PoolEvent

DATES = ("on", "drawn_on", "judged_on", "since")


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that a pool took: its number in the pool, by which rules, by which deal's move (None: by no deal's)."""

    number: int
    event: PoolEvent
    rules: Pool
    deal: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class PoolAgain:
    """A pool after its history. `answers`: by number; `refused`: (number, reason) of what the pool would not take."""

    state: State
    answers: Mapping[int, Answer]
    refused: tuple[tuple[int, str], ...]


def told_of(event: PoolEvent) -> dict[str, Any]:
    """An event as texts, whole numbers and truth values; what is left at its default is left out."""
    told: dict[str, Any] = {}
    for one in fields(PoolEvent):
        value = getattr(event, one.name)
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        if value != default:
            told[one.name] = value.isoformat() if isinstance(value, date) else value
    return told | ({"facts": dict(event.facts)} if event.facts else {})


def event_of(told: Mapping[str, Any]) -> PoolEvent:
    """The event that `told_of` told."""
    days = {name: date.fromisoformat(told[name]) for name in DATES if told.get(name)}
    facts = {"facts": MappingProxyType(dict(told["facts"]))} if "facts" in told else {}
    return PoolEvent(**{**told, **days, **facts})


def pool_again(history: Sequence[Happened], on: date, working_days: Sequence[date] = ()) -> PoolAgain:
    """The pool from its first event to its last one on or before `on`, each judged by the rules that judged it."""
    state, answers, refused = State(), {}, []
    for one in history:
        if one.event.on > on:
            break
        state, answer = after(one.rules, state, one.event, working_days)
        answers[one.number] = answer
        if answer.refused:
            refused.append((one.number, answer.refused))
    return PoolAgain(state, MappingProxyType(answers), tuple(refused))
