"""Money that a person moves on a book by hand: typed, confirmed on a second page, then booked once for its key."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kerong.engine.money.ledger.accounts import ACCOUNT_KINDS
from kerong.engine.money.ledger.movements import MOVEMENTS
from kerong.rulebook.said import Text
from kerong.web.base.deal_wishes import REFUSALS
from kerong.web.base.forms import fen_of, refused_keep
from kerong.web.base.services.case_refusals import CaseRefused


@dataclass(frozen=True, slots=True)
class Verb:
    """A movement of money as a form: its name among the movements, its title, and where the form goes."""

    name: str
    title: Text
    address: str

    @property
    def has_party(self) -> bool:
        """Is it somebody's money, so that the form asks whose?"""
        movement = MOVEMENTS[self.name]
        return any(ACCOUNT_KINDS[kind].has_subject for kind in (movement.debit, movement.credit))


@dataclass(frozen=True, slots=True)
class Purse:
    """Whose money is moved: its title, its page's address, what it holds and the words for that (`label`).

    `form`: under which refusals are kept for the page.
    """

    title: Text
    page: str
    label: str
    fen: int
    form: str


def money_ordered(
    request: HttpRequest, purse: Purse, verb: Verb, move: Callable[[str, int, str], object]
) -> HttpResponse:
    """Shows what was typed on a second page; once that is confirmed `move` gets its key, the fen and the party.

    What is refused is said on the purse's page, where what was typed still stands.
    """
    given = request.POST
    try:
        fen, party = fen_of(given.get("fen", "")), given.get("party", "").strip()
        if not fen:
            raise CaseRefused("case.refused.needs.fen")
        if verb.has_party and not party:
            raise CaseRefused("pool.refused.party")
        if not given.get("confirmed"):
            context = {"purse": purse, "verb": verb, "fen": fen, "party": party, "key": uuid.uuid4().hex}
            return render(request, "base/money_confirm.html", context)
        move(given.get("key", ""), fen, party)
    except REFUSALS as error:
        refused_keep(request, purse.form, error, part=verb.name)
    return redirect(purse.page)
