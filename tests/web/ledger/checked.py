"""What must hold of the stored ledger after whatever happened: asked of the database alone."""

from datetime import UTC, datetime

import polars as pl
from polars.testing import assert_frame_equal

from kerong.engine.money.ledger import first, link, replayed, text_of
from kerong.web.base.selectors import ledger
from kerong.web.base.services.sealing import books_seal

NOW = datetime(2025, 6, 30, 1, 2, 3, tzinfo=UTC)


def all_adds_up() -> pl.DataFrame:
    """Seals what is left, replays every chain, and gives the balances: stored ones, replayed ones are the same.

    Raises AssertionError where a link does not follow from the one before, a number is missing, the replay finds a
    breach, a balance differs, or a transfer stays out of the chain.
    """
    books_seal(now=NOW)
    books = ledger.books()
    codes = [book.code for book in books]
    assert ledger.unsealed(codes) == 0
    for book in books:
        hashed = first(book)
        for number, sealed in enumerate(ledger.sealed(book.code), 1):
            hashed = link(hashed, text_of(sealed.row))
            assert (sealed.sequence, sealed.hash) == (number, hashed.hex())
    found = replayed(ledger.entries(codes), books)
    assert found.problems.rows() == []
    stored = ledger.balances(codes)
    assert_frame_equal(found.accounts, stored)
    return stored
