"""Histories at random: the stored ledger does, refuses and holds what a plain model of it does.

KERONG_NIGHTLY=1 makes 10,000 of them (1,000 otherwise; a tenth on PostgreSQL). The seed is printed, and KERONG_SEED
draws the same ones again.
"""

import copy
import os
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kerong.engine.money.ledger import REFUSED_AS, Act, Book, Close, Transfer, movements
from kerong.web.base.models import Account, User
from kerong.web.base.services.ledger import LedgerRefused, Posted, book_open, ledger_post, ledger_reverse
from kerong.web.base.services.sealing import book_close, books_seal
from tests.engine.money.ledger.histories import BUDGET, FIRST, NEXT, POOL, _entry
from tests.engine.money.ledger.plain_ledger import PlainLedger
from tests.web.ledger.checked import NOW, all_adds_up

pytestmark = [pytest.mark.database, pytest.mark.slow]
NIGHTLY = bool(os.environ.get("KERONG_NIGHTLY"))
HISTORIES = (10_000 if NIGHTLY else 1_000) // (10 if connection.vendor == "postgresql" else 1)
STEPS = 8
BOOKS = (BUDGET, NEXT, POOL)
drawn_entry = st.composite(_entry)


def kept_or_refused(model: PlainLedger, entries: Sequence[Transfer]) -> tuple[PlainLedger, str | None]:
    """The model after the act, or as it was with the word of the refusal."""
    after = copy.deepcopy(model)
    for entry in entries:
        kind = after.add(entry)
        if kind is not None:
            return model, REFUSED_AS[kind]
    return after, None


def refusal_of(work: Callable[[], object]) -> str | None:
    """The key of the words by which the work is refused; None where it is done."""
    try:
        work()
    except LedgerRefused as refused:
        return refused.key
    return None


class LedgerMachine(RuleBasedStateMachine):
    """Posts, ends, reverses, repeats, closes and seals, beside the plain model."""

    def __init__(self) -> None:
        super().__init__()
        self.history = transaction.atomic()
        self.history.__enter__()
        self.keeper = User.objects.get()
        self.model = PlainLedger()
        self.made: list[Transfer] = []
        self.asked: list[tuple[str, tuple[Transfer, ...], Posted]] = []
        self.is_chained = False

    def teardown(self) -> None:
        try:
            if self.is_chained:
                all_adds_up()
        finally:
            transaction.set_rollback(True)
            self.history.__exit__(None, None, None)

    @rule(data=st.data(), many=st.sampled_from([1, 1, 1, 2, 3]))
    def post(self, data: st.DataObject, many: int) -> None:
        """An act of one or more transfers, possible or not."""
        entries: list[Transfer] = []
        for place in range(many):
            number = len(self.made) * 10 + place
            entry = data.draw(drawn_entry(number, BOOKS, [*self.made, *entries]))
            if isinstance(entry, Close):
                return self.close(entry)
            entries.append(entry)
        expected, word = kept_or_refused(self.model, entries)
        key = f"key {len(self.made)} {len(self.asked)}"
        try:
            told = ledger_post(self.keeper, key, "post", {"of": key}, tuple(entries))
        except LedgerRefused as refused:
            assert_told(refused, word, len(entries))
        else:
            assert word is None
            self.model = expected
            self.made.extend(entries)
            self.asked.append((key, tuple(entries), told))
        return None

    def close(self, entry: Close) -> None:
        """A closing, possible or not."""

        def work() -> object:
            return book_close(self.keeper, entry.book, entry.through, now=NOW, today=NOW.date())

        is_refused = self.model.add(entry) is not None
        assert refusal_of(work) == ("ledger.refused.day" if is_refused else None)

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        """A transfer is taken back by its ref alone, as people do it."""
        origin = data.draw(st.sampled_from(self.made))
        on = FIRST.replace(day=28)
        key = f"reverse {len(self.made)} {len(self.asked)}"
        (undone,) = movements.reversal(Act(f"user:{self.keeper.pk} {key}", on), origin)
        kind = self.model.add(undone)
        told = refusal_of(lambda: ledger_reverse(self.keeper, key, origin.ref, on))
        assert told == (f"ledger.refused.{REFUSED_AS[kind]}" if kind else None)
        if kind is None:
            self.made.append(undone)

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), same=st.booleans())
    def ask_again(self, data: st.DataObject, same: bool) -> None:
        """A request comes once more, or its key with another body."""
        key, transfers, told = data.draw(st.sampled_from(self.asked))
        if same:
            assert ledger_post(self.keeper, key, "post", {"of": key}, transfers) == Posted(told.refs, again=True)
        else:
            with pytest.raises(LedgerRefused, match=r"^ledger\.refused\.key$"):
                ledger_post(self.keeper, key, "post", {"of": "other"}, transfers)

    @precondition(lambda self: len(self.made) > 2)
    @rule(book=st.sampled_from(BOOKS))
    def seal(self, book: Book) -> None:
        """A chain is made longer in between; such a history is replayed at its end."""
        books_seal([book.code], now=NOW)
        self.is_chained = True

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        """Every account has what the model says, at any time."""
        columns = ("debits_posted", "credits_posted", "debits_reserved", "credits_reserved")
        rows: dict[tuple[str, str], Any] = {
            (book, code): tuple(sums)
            for book, code, *sums in Account.objects.values_list("book__code", "code", *columns)
        }
        assert rows == self.model.balances()


def assert_told(refused: LedgerRefused, word: str | None, entries: int) -> None:
    """The model refuses as well, for the same reason where there is one: a repeated ref in a closed period has two, and
    of an act of several transfers another one may be named."""
    told = refused.key.removeprefix("ledger.refused.")
    assert word is not None
    assert told == word or entries > 1 or {told, word} == {"closed", "key"}


def test_the_stored_ledger_does_what_a_plain_model_does(keeper: User) -> None:
    for book in BOOKS:
        book_open(keeper, book, book.code)
    drawn = int(os.environ.get("KERONG_SEED") or random.SystemRandom().randrange(2**32))
    print(f"seed {drawn}: {HISTORIES} histories of up to {STEPS} steps")  # noqa: T201
    run_state_machine_as_test(
        seed(drawn)(LedgerMachine),
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
