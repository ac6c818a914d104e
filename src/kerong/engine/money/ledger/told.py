"""What a move of a deal moved, kept with the move: its transfers as texts and whole numbers, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from kerong.engine.money.ledger.transfers import Transfer

DEAL = "deal:"


def about_deal(deal: int) -> str:
    """What the transfers of a deal say that they are about."""
    return f"{DEAL}{deal}"


def money_told(transfers: Iterable[Transfer]) -> list[dict[str, Any]]:
    """Transfers as a move keeps them."""
    return [{**asdict(one), "on": one.on.isoformat()} for one in transfers]


def money_again(told: Iterable[Mapping[str, Any]]) -> tuple[Transfer, ...]:
    """The transfers that `money_told` told."""
    return tuple(Transfer(**{**one, "on": date.fromisoformat(one["on"])}) for one in told)
