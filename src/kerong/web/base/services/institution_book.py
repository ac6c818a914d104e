"""The book of a guarantor, an insurer or a fund: opened by its own people, money of the institution itself moved in it.

What a deal moves (a premium, a call, an investment) is an effect of the deal; here is what is no deal's: capital paid
in, interest, fees, money given back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied

from kerong.engine.money.ledger import accounts, movements
from kerong.engine.money.ledger.transfers import Act, Transfer
from kerong.web.base import models
from kerong.web.base.models import Deal, Role, User
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_people import hand_of
from kerong.web.base.services.idempotency import Request, answered
from kerong.web.base.services.ledger import book_open, posted

BOOK_KINDS: Mapping[str, str] = {Role.GUARANTOR: "guarantor", Role.INSURER: "guarantor", Role.FUND: "fund"}
UNNAMED = "unnamed"  # who paid in or was paid, where an event does not say


@dataclass(frozen=True, slots=True)
class BookEvent:
    """Money of the institution itself. `do`: a name of BUILDERS for its kind of book; `party`: whose money, or whose
    fee; not needed for interest."""

    do: str
    on: date
    fen: int
    party: str = ""


Builder = Callable[[Act, accounts.Book, BookEvent], tuple[Transfer, ...]]
_INTEREST: Builder = lambda act, book, event: movements.interest(act, book, event.fen)  # noqa: E731
_FEE: Builder = lambda act, book, event: movements.fee(act, book, event.party or UNNAMED, event.fen)  # noqa: E731
BUILDERS: Mapping[str, Mapping[str, Builder]] = {
    "guarantor": {
        "pay_in": lambda act, book, event: movements.pay_in(act, book, event.party or UNNAMED, event.fen),
        "interest": _INTEREST,
        "fee": _FEE,
        "refund": lambda act, book, event: movements.refund(act, book, event.party or UNNAMED, event.fen),
    },
    "fund": {
        "call_capital": lambda act, book, event: movements.call_capital(act, book, event.party or UNNAMED, event.fen),
        "interest": _INTEREST,
        "fee": _FEE,
        "distribute": lambda act, book, event: movements.distribute(act, book, event.party or UNNAMED, event.fen),
    },
}


def book_code(kind: str, region: str, institution: str) -> str:
    """What the book of an institution of a region is called."""
    return f"{kind}:{region}:{institution}"


def institution_book_open(actor: User, published: Published) -> models.Book:
    """The book of the actor's own institution, empty; opened once.

    Raises PermissionDenied for anybody but a person of a guarantor, an insurer or a fund, CaseRefused where the region
    has no such institution or its book is open, LedgerRefused where the institution's code makes no book's name.
    """
    kind = BOOK_KINDS.get(actor.role)
    if kind is None or not actor.institution:
        raise PermissionDenied
    region = published.rulebook.region
    found = next((one for one in region.institutions if one.code == actor.institution), None)
    if found is None or hand_of(found.kind) != actor.role:
        raise CaseRefused("deal.refused.party", code=actor.institution)
    book = accounts.Book(book_code(kind, region.name, actor.institution), kind, region.currency)
    if models.Book.objects.filter(code=book.code).exists():
        raise CaseRefused("deal.refused.book_twice")
    return book_open(None, book, title=found.title.zh, owner=actor.institution)


def book_of(role: str, region: str, institution: str) -> accounts.Book:
    """The open book of an institution. Raises CaseRefused where it has none."""
    kind = BOOK_KINDS.get(role)
    code = book_code(kind or "", region, institution)
    row = models.Book.objects.filter(code=code).first() if kind and institution else None
    if row is None:
        raise CaseRefused("deal.refused.no_book", code=institution or "—")
    return accounts.Book(row.code, row.kind, row.currency)


@reading_as(SYSTEM)
def book_of_institution(deal: Deal, role: str) -> accounts.Book:
    """The open book of the deal's guarantor, insurer or fund. Raises CaseRefused where there is none."""
    party = deal.parties.filter(role=role).first()
    return book_of(role, deal.region, "" if party is None else party.code)


def institution_money(actor: User, key: str, published: Published, event: BookEvent, *, today: date) -> tuple[str, ...]:
    """Money of the actor's own institution, moved once for the key; the refs of its transfers.

    Raises PermissionDenied for anybody who has no such book, CaseRefused for an event that the book does not know, a
    day to come or a book that is not open, LedgerRefused, LedgerBusy.
    """
    kind = BOOK_KINDS.get(actor.role)
    if kind is None or not actor.institution:
        raise PermissionDenied
    build = BUILDERS[kind].get(event.do)
    if build is None:
        raise CaseRefused("case.refused.state")
    if event.on > today:
        raise CaseRefused("deal.refused.to_come", on=event.on)
    region = published.rulebook.region.name
    body = {"region": region, "do": event.do, "on": event.on.isoformat(), "fen": event.fen, "party": event.party}
    request = Request(actor, key, "institution_money", body)

    def work() -> list[str]:
        book = book_of(actor.role, region, actor.institution)
        act = Act(f"{request.caller} {key}", event.on, about=f"institution:{actor.institution}")
        return list(posted(build(act, book, event), actor, key))

    return tuple(answered(request, work).told)
