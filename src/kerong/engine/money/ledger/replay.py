"""Replay: every entry of every book from the first on, what each account then has, and every breach where it happens.

A row with a problem has no effect: it is judged as though it had been refused, so that one bad row is one problem and
not a problem of all rows after it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from kerong.engine.money.ledger import kernel
from kerong.engine.money.ledger.accounts import ACCOUNT_KINDS, Book, account_of
from kerong.engine.money.ledger.movements import MOVEMENTS
from kerong.engine.money.ledger.refusals import (
    MOST_CHARACTERS,
    TEXT,
    TEXTS,
    Shape,
    book_refusal,
    is_ref,
    is_text,
    shape_refusal,
)
from kerong.engine.money.ledger.transfers import FIRST_DAY, LAST_DAY, MOST_FEN, REF
from kerong.engine.problems import problems

SUMS = ("debits_posted", "credits_posted", "debits_reserved", "credits_reserved")
MANY = 20_000  # rows from which loading the machine code pays
_SIDES = ("debit", "credit")


@dataclass(frozen=True, slots=True)
class Replay:
    """What the entries come to.

    `accounts`: `book`, `account` and `SUMS` (Int64, fen) of every account that a transfer touched, sorted by book and
    account. `steps`: `book`, `step`, `fen` (Int128: sums over accounts may pass 64 bits), sorted: what each step posted
    less what of it was reversed. `problems`: the house's table; `register` is the book, `line` the sequence.
    """

    accounts: pl.DataFrame
    steps: pl.DataFrame
    problems: pl.DataFrame


def replayed(entries: pl.DataFrame, books: Iterable[Book]) -> Replay:
    """Replay `entries` (schema `ENTRIES`) in the order of their sequence, book by book.

    Nothing in one book depends on another, but that no ref may be used twice.
    """
    rows = _described(entries.sort("book", "sequence", maintain_order=True), {book.code: book for book in books})
    shapes = rows.select(_SHAPE).unique()
    refused = [shape_refusal(Shape(*shape)) or "" for shape in shapes.iter_rows()]
    rows = rows.join(shapes.with_columns(pl.Series("shape_problem", refused, dtype=pl.String)), on=_SHAPE, how="left")
    rows = rows.with_columns(_refusal().alias("problem"))
    accounts = _accounts(rows)
    faults, held = _worked(rows, accounts)
    names = pl.Series("problem", kernel.FAULTS)[faults]
    return Replay(_held(rows, accounts, faults, held), _steps(rows, faults), _problems(rows.with_columns(names)))


def _described(rows: pl.DataFrame, books: Mapping[str, Book]) -> pl.DataFrame:
    """The rows with what the tables of accounts and movements ask of them."""
    known = {code: book for code, book in books.items() if book_refusal(book) is None}
    kinds = {code: book.kind for code, book in known.items()}
    currencies = {code: book.currency for code, book in known.items()}
    codes = pl.concat([rows["debit"], rows["credit"]]).unique()
    found = {code: kind.name for code in codes if (kind := account_of(code))}
    return rows.with_columns(
        _told("book", kinds).alias("book_kind"),
        _told("book", currencies).alias("book_currency"),
        *(_told(side, found).alias(f"{side}_kind") for side in _SIDES),
        (pl.col("pending") != "").alias("ends"),
        (pl.col("reverses") != "").alias("takes_back"),
    )


_SHAPE = ["book_kind", "step", "move", "debit_kind", "credit_kind", "ends", "takes_back"]


def _told(column: str, words: Mapping[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(words, default="", return_dtype=pl.String)


def _refusal() -> pl.Expr:
    """`refusal` by columns, in the same order; "" where there is nothing to refuse."""
    is_close = pl.col("type") == "close"
    refs = [pl.col("ref"), *(pl.when(pl.col(name) != "").then(pl.col(name)) for name in ("pending", "reverses"))]
    stands_in = {kind.name: list(kind.books) for kind in ACCOUNT_KINDS.values()}
    places = [pl.concat_str("book_kind", pl.lit(" "), f"{side}_kind") for side in _SIDES]
    possible = [f"{book} {name}" for name, books in stands_in.items() for book in books]
    refusals = {
        "ledger_type_unknown": ~pl.col("type").is_in(["transfer", "close"]),
        "ledger_date": ~pl.when(is_close)
        .then("through")
        .otherwise("on")
        .is_between(FIRST_DAY, LAST_DAY)
        .fill_null(False),
        "ledger_book_unknown": pl.col("book_kind") == "",
        "": is_close,
        "ledger_ref_form": ~pl.all_horizontal(ref.str.contains(REF).fill_null(True) for ref in refs),
        "ledger_text_form": pl.any_horizontal(
            (pl.col(name).str.len_chars() > MOST_CHARACTERS) | ~pl.col(name).str.contains(TEXT) for name in TEXTS
        ),
        "ledger_amount": ~pl.col("fen").is_between(1, MOST_FEN),
        "ledger_currency": pl.col("currency") != pl.col("book_currency"),
        "ledger_account_unknown": ~pl.all_horizontal(place.is_in(possible) for place in places),
    }
    judged = pl.col("shape_problem")
    for kind, is_so in reversed(refusals.items()):
        judged = pl.when(is_so).then(pl.lit(kind)).otherwise(judged)
    return judged


def _accounts(rows: pl.DataFrame) -> pl.DataFrame:
    """The accounts of rows that may have an effect, numbered in their order: `book`, `account`, `limit`, `number`."""
    effective = rows.filter((pl.col("problem") == "") & (pl.col("type") == "transfer"))
    sides = [effective.select("book", pl.col(side).alias("account"), f"{side}_kind") for side in _SIDES]
    both = pl.concat([side.rename({side.columns[-1]: "kind"}) for side in sides]).unique().sort("book", "account")
    limits = {name: kernel.LIMITS.index(kind.limited) for name, kind in ACCOUNT_KINDS.items()}
    limit = pl.col("kind").replace_strict(limits, return_dtype=pl.Int8)
    return both.select("book", "account", limit.alias("limit")).with_row_index("number")


def _worked(rows: pl.DataFrame, accounts: pl.DataFrame) -> tuple[kernel.Codes, kernel.Whole]:
    """The fault of each row, and the sums of each account (a row of four)."""
    books, refs = rows["book"].unique().sort(), rows.select(pl.col("ref").unique())
    asked = rows.select(
        "book",
        *_SIDES,
        pl.when(pl.col("type") == "close").then(pl.lit("close")).otherwise("move").alias("kind"),
        "fen",
        pl.coalesce("through", "on").fill_null(pl.date(1, 1, 1)).cast(pl.Int64).alias("day"),
        "step",
        "ref",
        pl.when("ends").then("pending").otherwise("reverses").alias("target"),
        pl.col("takes_back").cast(pl.Int64),
    )
    numbered = asked.select(
        _place("kind", kernel.TYPES),
        _place("book", books),
        *(_number(asked, side, accounts.select("book", pl.col("account").alias(side)), "book") for side in _SIDES),
        "fen",
        "day",
        _place("step", MOVEMENTS),
        _number(asked, "ref", refs),
        _number(asked, "target", refs.rename({"ref": "target"})),
        "takes_back",
    )
    fault = rows.select(_place("problem", kernel.FAULTS)).to_series().to_numpy().astype(np.int8)
    held = np.zeros((accounts.height, len(SUMS)), np.int64)
    closed, holder = np.full(books.len(), kernel.NEVER, np.int64), np.full(refs.height, -1, np.int64)
    limits = accounts["limit"].to_numpy().copy()
    _judge(rows.height)(numbered.to_numpy(order="c").copy(), fault, limits, held, closed, holder)
    return fault, held


def _place(column: str, known: Iterable[str]) -> pl.Expr:
    """The place of each value among a few known ones; -1 where it is not among them."""
    places = {name: place for place, name in enumerate(known)}
    return pl.col(column).replace_strict(places, default=-1, return_dtype=pl.Int64)


def _number(rows: pl.DataFrame, column: str, known: pl.DataFrame, *within: str) -> pl.Series:
    """As `_place`, among many."""
    places = known.with_row_index("place")
    found = rows.join(places, on=[*within, column], how="left", maintain_order="left")["place"]
    return found.cast(pl.Int64).fill_null(-1).alias(column)


def _judge(size: int) -> Callable[..., None]:
    """The loop as it stands, or compiled for that many rows."""
    return kernel.judge if size < MANY else _compiled()


@cache
def _compiled() -> Callable[..., None]:
    from kerong.compiled import compiled  # which imports Numba

    return compiled(kernel.judge)


def _held(rows: pl.DataFrame, accounts: pl.DataFrame, faults: kernel.Codes, held: kernel.Whole) -> pl.DataFrame:
    """The accounts that a transfer touched, with their sums."""
    whole = accounts.with_columns(pl.Series(name, held[:, place]) for place, name in enumerate(SUMS))
    effective = rows.filter(pl.Series(faults == 0) & (rows["type"] == "transfer"))
    sides = [effective.select("book", pl.col(side).alias("account")) for side in _SIDES]
    touched = whole.join(pl.concat(sides).unique(), on=["book", "account"], how="semi", maintain_order="left")
    return touched.select("book", "account", *SUMS)


def _steps(rows: pl.DataFrame, faults: kernel.Codes) -> pl.DataFrame:
    is_posted = pl.Series(faults == 0) & rows["move"].is_in(["post", "post_reserved"])
    net = pl.when("takes_back").then(-pl.col("fen")).otherwise("fen").cast(pl.Int128)
    return rows.filter(is_posted).group_by("book", "step").agg(net.sum().alias("fen")).sort("book", "step")


# kind of problem -> the column that shows it, and what is shown
_SHOWN: Mapping[str, tuple[str, str]] = {
    "ledger_type_unknown": ("type", "{type}"),
    "ledger_date": ("on", "{on}{through}"),
    "ledger_book_unknown": ("book", "{book}"),
    "ledger_ref_form": ("ref", "{ref} {pending} {reverses}"),
    "ledger_text_form": ("about", "{about} {rule} {rule_version} {evidence}"),
    "ledger_amount": ("fen", "{fen}"),
    "ledger_currency": ("currency", "{currency}"),
    "ledger_account_unknown": ("debit", "{debit} → {credit}"),
    "ledger_step_unknown": ("step", "{step}"),
    "ledger_step_accounts": ("step", "{step} {move}: {debit} → {credit}"),
    "ledger_ending_names": ("pending", "{move}"),
    "ledger_close_backwards": ("through", "{through}"),
    "ledger_ref_repeated": ("ref", "{ref}"),
    "ledger_period_closed": ("on", "{on}"),
    "ledger_reservation_unknown": ("pending", "{pending}"),
    "ledger_reservation_differs": ("pending", "{fen}: {debit} → {credit}"),
    "ledger_reservation_ended": ("pending", "{pending}"),
    "ledger_reversal_unknown": ("reverses", "{reverses}"),
    "ledger_reversal_of_reservation": ("reverses", "{reverses}"),
    "ledger_reversal_of_reversal": ("reverses", "{reverses}"),
    "ledger_reversal_repeated": ("reverses", "{reverses}"),
    "ledger_reversal_differs": ("reverses", "{step} {fen}: {debit} → {credit}"),
    "ledger_total_too_large": ("fen", "{fen}: {debit} → {credit}"),
    "ledger_overdrawn": ("fen", "{fen}: {debit} → {credit}"),
}
_MOST_SHOWN = 80  # characters of a value


def _problems(rows: pl.DataFrame) -> pl.DataFrame:
    """A problem for each row that has one, with the cell that shows it."""
    found = []
    for row in rows.filter(pl.col("problem") != "").iter_rows(named=True):
        column, template = _SHOWN[row["problem"]]
        cells = {name: "" if cell is None else cell for name, cell in row.items()}
        place = {"register": row["book"], "file": row["book"], "line": row["sequence"], "column": _cell(row) or column}
        value = template.format(**cells)[:_MOST_SHOWN]
        found.append({"stage": "ledger", "kind": row["problem"], "severity": "refused", "value": value, **place})
    return problems(found)


def _cell(row: Mapping[str, Any]) -> str | None:
    """Of problems that may stand in one of several columns: the first that has it."""
    if row["problem"] == "ledger_text_form":
        return next(name for name in TEXTS if not is_text(row[name]))
    if row["problem"] == "ledger_ref_form":
        return next((name for name in ("pending", "reverses") if row[name] and not is_ref(row[name])), "ref")
    if row["problem"] == "ledger_account_unknown":
        kind = ACCOUNT_KINDS.get(row["debit_kind"])
        return "credit" if kind and row["book_kind"] in kind.books else "debit"
    return None
