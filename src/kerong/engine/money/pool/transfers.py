"""The money of an answer as transfers on the pool's book, by the builders of the ledger."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kerong.engine.money.ledger import movements
from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.transfers import Act, Transfer
from kerong.engine.money.pool.state import Answer, Moved

UNNAMED = "unnamed"  # who paid in or was paid, where an event does not say
Built = tuple[Transfer, ...]


def transfers_of(answer: Answer, book: Book, key: str) -> Built:
    """The transfers of an answer, none where nothing moved. `key` names the act: the same one gives the same refs."""
    on = answer.event.on
    return tuple(
        transfer
        for moved in answer.moved
        for transfer in BUILDERS[moved.step](
            Act(key, on, about=f"loan:{moved.about}" if moved.about else ""), book, moved
        )
    )


def _compensated(act: Act, book: Book, moved: Moved) -> Built:
    """Reserved and paid: in the pure life of a pool nothing lies between; a service may wait between the two."""
    (reserved,) = movements.reserve_compensation(act, book, moved.party, moved.fen)
    return (reserved, *movements.compensate(act, reserved))


BUILDERS: Mapping[str, Callable[[Act, Book, Moved], Built]] = MappingProxyType(
    {
        "pay_in": lambda act, book, moved: movements.pay_in(act, book, moved.party or UNNAMED, moved.fen),
        "interest": lambda act, book, moved: movements.interest(act, book, moved.fen),
        "fee": lambda act, book, moved: movements.fee(act, book, moved.party or UNNAMED, moved.fen),
        "refund": lambda act, book, moved: movements.refund(act, book, moved.party or UNNAMED, moved.fen),
        "compensate": _compensated,
        "recover": lambda act, book, moved: movements.recover(act, book, moved.party, moved.fen),
        "claw_back_compensation": lambda act, book, moved: movements.claw_back_compensation(
            act, book, moved.party, moved.fen
        ),
    }
)
