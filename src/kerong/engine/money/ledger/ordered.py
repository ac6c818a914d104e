"""From orders to transfers: what a move asks for, by the builders of movements; and balances without an order."""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from datetime import date
from typing import Protocol

from kerong.engine.money.ledger import movements
from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.transfers import Act, Transfer

CASE = "case:"
Books = Callable[[str, str, int], Book]  # purse, level, year; raises KeyError where there is none


class Head(Protocol):
    """Whose case it is; a deal's own table has more."""

    @property
    def case(self) -> int: ...
    @property
    def purse(self) -> str: ...
    @property
    def payee(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def rule_version(self) -> str: ...
    @property
    def evidence(self) -> str: ...


class Order(Protocol):
    """One movement about one part of a case; `name` is the builder's, `at` when it was written, "" where it is new."""

    @property
    def name(self) -> str: ...
    @property
    def head(self) -> Head: ...
    @property
    def version(self) -> int: ...
    @property
    def on(self) -> date: ...
    @property
    def part(self) -> int: ...
    @property
    def level(self) -> str: ...
    @property
    def year(self) -> int: ...
    @property
    def fen(self) -> int: ...
    @property
    def at(self) -> str: ...


def about_case(case: int) -> str:
    """What the transfers of a case say that they are about."""
    return f"{CASE}{case}"


def transfers_made(orders: Iterable[Order], books: Books, held: MutableMapping[int, Transfer]) -> tuple[Transfer, ...]:
    """The transfers of orders, in their order; the same orders always give the same ones.

    `held`: the open reservation of each part; it is kept up as reservations are made and ended. Raises KeyError where a
    budget has no book, or a part has no reservation to end.
    """
    made: list[Transfer] = []
    for order in orders:
        head = order.head
        act = Act(
            key=f"case {head.case} {order.version} {order.part}",
            on=order.on,
            about=about_case(head.case),
            rule=head.rule,
            rule_version=head.rule_version,
            evidence=head.evidence,
        )
        made += MAKERS[order.name](act, order, books, held)
        if order.name == "reserve_grant":
            held[order.part] = made[-1]
    return tuple(made)


def _book(order: Order, books: Books) -> Book:
    return books(order.head.purse, order.level, order.year)


def _carry(act: Act, order: Order, books: Books, held: MutableMapping[int, Transfer]) -> movements.Transfers:
    new = books(order.head.purse, order.level, order.year + 1)
    return movements.carry_over(act, _book(order, books), new, order.fen)


Maker = Callable[[Act, Order, Books, MutableMapping[int, Transfer]], movements.Transfers]
MAKERS: Mapping[str, Maker] = {
    "reserve_grant": lambda act, order, books, held: movements.reserve_grant(
        act, _book(order, books), order.head.payee, order.fen
    ),
    "release_grant": lambda act, order, books, held: movements.release_grant(act, held.pop(order.part)),
    "pay_grant": lambda act, order, books, held: movements.pay_grant(act, held.pop(order.part), order.fen),
    "late_payment": lambda act, order, books, held: movements.late_payment(act, held.pop(order.part), order.fen),
    "carry_over": _carry,
    "claw_back": lambda act, order, books, held: movements.claw_back(
        act, _book(order, books), order.head.payee, order.fen
    ),
    "return_to_treasury": lambda act, order, books, held: movements.return_to_treasury(
        act, _book(order, books), order.head.payee, order.fen
    ),
}
