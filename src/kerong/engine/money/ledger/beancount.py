"""The ledger as beancount text, so that an accountant's own program checks it: `bean-check` must agree to the fen.

A posted transfer is a transaction of two postings; what is reserved or released is a note, because it moves nothing.
Every closing asserts all balances of its book as of that day, the end asserts all of the replay's.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import polars as pl

from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.movements import MOVEMENTS
from kerong.engine.money.ledger.transfers import FIRST_DAY

FEN = 100
_ROOTS: Mapping[str, str] = {
    **dict.fromkeys(("appropriation", "money"), "Assets"),
    **dict.fromkeys(("treasury", "contributor", "partner", "carried_over"), "Equity"),
    **dict.fromkeys(("interest", "debtor", "sharer"), "Income"),
    **dict.fromkeys(("payee", "lapsed", "returned", "manager", "bank", "investee"), "Expenses"),
}
_POSTING = ("post", "post_reserved")
_TOLD = ("about", "rule", "rule_version", "evidence", "pending", "reverses", "at", "by")


def beancount(books: Iterable[Book], entries: pl.DataFrame, accounts: pl.DataFrame) -> Iterator[str]:
    """Lines of beancount text (docs at beancount.github.io). `entries` of schema `ENTRIES` without problems, `accounts`
    as the replay gives them."""
    yield 'option "title" "Kerong 科融"'
    currencies = {book.code: book.currency for book in books}
    for book, code in accounts.select("book", "account").iter_rows():
        yield f"{FIRST_DAY} open {account_name(book, code)} {currencies[book]}"
    for row in entries.filter(pl.col("type") == "transfer").iter_rows(named=True):
        yield from _transfer(row)
    for book, through in entries.filter(pl.col("type") == "close").select("book", "through").iter_rows():
        yield from _asserted(_as_of(entries, book, through), currencies, through)
    last = entries["on"].max()
    if isinstance(last, date):
        held = pl.col("credits_posted") - pl.col("debits_posted")
        yield from _asserted(accounts.select("book", "account", held.alias("fen")), currencies, last)


def account_name(book: str, code: str) -> str:
    """The account's name in beancount: root, book, kind, subject; what such names cannot have stands as - and bytes."""
    kind, _, subject = code.partition(":")
    title = "".join(word.capitalize() for word in kind.split("_"))
    return ":".join([_ROOTS[kind], f"B{_escaped(book)}", title, *([f"S{_escaped(subject)}"] if subject else [])])


def _escaped(text: str) -> str:
    plain = (
        char if char.isascii() and char.isalnum() else "".join(f"-{byte:02X}" for byte in char.encode())
        for char in text
    )
    return "".join(plain)


def _transfer(row: Mapping[str, object]) -> Iterator[str]:
    book, debit, credit = str(row["book"]), str(row["debit"]), str(row["credit"])
    amount = f"{_decimal(int(str(row['fen'])))} {row['currency']}"
    if row["move"] not in _POSTING:
        told = f"{row['move']} {row['step']} {amount} {row['ref']} {credit}"
        yield f"{row['on']} note {account_name(book, debit)} {_quoted(told)}"
        return
    title = MOVEMENTS[str(row["step"])].title
    yield f"{row['on']} * {_quoted(str(row['about']))} {_quoted(f'{title.zh} {title.en}')}"
    yield f'  ref: "{row["ref"]}"'
    yield f'  step: "{row["step"]}"'
    for name in _TOLD:
        if row[name]:
            yield f"  {name}: {_quoted(str(row[name]))}"
    yield f"  {account_name(book, debit)}  -{amount}"
    yield f"  {account_name(book, credit)}  {amount}"


def _as_of(entries: pl.DataFrame, book: str, through: date) -> pl.DataFrame:
    """The balances of a book's accounts from all that is dated to that day: after its closing that stays."""
    dated = entries.filter((pl.col("book") == book) & pl.col("move").is_in(_POSTING) & (pl.col("on") <= through))
    legs = [
        dated.select("book", pl.col(side).alias("account"), (pl.col("fen") * sign).alias("fen"))
        for side, sign in (("debit", -1), ("credit", 1))
    ]
    return pl.concat(legs).group_by("book", "account").agg(pl.col("fen").sum()).sort("account")


def _asserted(balances: pl.DataFrame, currencies: Mapping[str, str], through: date) -> Iterator[str]:
    """Balances at the end of a day; beancount asks at the beginning of the next. No fen of tolerance."""
    day = through + timedelta(days=1)
    for book, code, fen in balances.iter_rows():
        yield f"{day} balance {account_name(book, code)}  {_decimal(fen)} ~ 0 {currencies[book]}"


def _decimal(fen: int) -> str:
    whole, part = divmod(abs(fen), FEN)
    return f"{'-' if fen < 0 else ''}{whole}.{part:02d}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
