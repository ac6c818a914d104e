"""Histories of deals replayed: every move is a line of its kind's table, and the money that it moved is that line's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kerong.engine.deal.settled import Fault
from kerong.engine.deal.states import KINDS

NOUN = "deal"
ENDS = ("post_reserved", "void_reserved")


@dataclass(frozen=True, slots=True)
class DealMade:
    """A move of a deal. `money`: the transfers that it made, as texts and whole numbers; `at`: when it was written."""

    version: int
    name: str
    begin: str
    end: str
    on: date
    money: Sequence[Mapping[str, Any]] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class DealHistory:
    """A deal of a kind and its moves by version."""

    deal: int
    kind: str
    moves: Sequence[DealMade]


@dataclass(frozen=True, slots=True)
class DealStanding:
    """Where a history ends: its state, and the number of its last move."""

    deal: int
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class DealMoney:
    """What one move moved."""

    deal: int
    version: int
    at: str
    money: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class SettledDeals:
    """All money in the order of the histories, where every deal stands, and what is wrong."""

    money: tuple[DealMoney, ...]
    standings: tuple[DealStanding, ...]
    faults: tuple[Fault, ...]


def settled_deals(histories: Iterable[DealHistory], on: date) -> SettledDeals:
    """Every history from its first move to its last one on or before `on`.

    Money that the line of the table does not name, or that ends a reservation of another deal, is a fault; it is told
    all the same, so that the ledger's own replay shows what it does.
    """
    money: list[DealMoney] = []
    standings: list[DealStanding] = []
    faults: list[Fault] = []
    for history in histories:
        state, version, open_ = "", 0, set[str]()
        for move in history.moves:
            if move.on > on:
                break
            faults += _faults(history, move, state, version, open_)
            state, version = move.end, move.version
            if move.money:
                money.append(DealMoney(history.deal, move.version, move.at, move.money))
        standings.append(DealStanding(history.deal, state, version))
    return SettledDeals(tuple(money), tuple(standings), tuple(faults))


def _faults(history: DealHistory, move: DealMade, state: str, version: int, open_: set[str]) -> Iterator[Fault]:
    def fault(kind: str, value: str) -> Fault:
        return Fault(kind, history.deal, move.version, value, NOUN)

    line = KINDS[history.kind].move(move.begin, move.name)
    if move.version != version + 1:
        yield fault("settle_version", str(version + 1))
    if line is None or line.end != move.end or move.begin != state:
        yield fault("settle_move", f"{move.begin} {move.name} {move.end}")
    effects = line.effects if line is not None else ()
    for told in move.money:
        if told["step"] not in effects:
            yield fault("settle_effect", str(told["step"]))
        if told["move"] == "reserve":
            open_.add(told["ref"])
        elif told["move"] in ENDS and told["pending"] not in open_:
            yield fault("settle_not_reserved", str(told["fen"]))
        elif told["move"] in ENDS:
            open_.discard(told["pending"])
