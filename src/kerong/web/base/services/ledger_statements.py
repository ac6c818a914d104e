"""The statements of a posting as they are sent, the same on both databases.

Written by hand because with the object-relational mapper a posting takes three times as much of the processor
(`kerong bench ledger`); everything else about the ledger goes through the models.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

ACCOUNTS = """
SELECT account.id, account.code, book.id, book.code, book.kind, book.currency, book.closed_through
FROM base_account AS account JOIN base_book AS book ON book.id = account.book_id
WHERE book.code IN ({books}) AND account.code IN ({codes})
"""

# The guard holds at every step of the act, not only at its end: what is compared are its highest points.
CHANGE = """
UPDATE base_account SET
  debits_posted = debits_posted + %s, credits_posted = credits_posted + %s,
  debits_reserved = debits_reserved + %s, credits_reserved = credits_reserved + %s
WHERE id = %s
  AND debits_posted + debits_reserved + %s <= %s AND credits_posted + credits_reserved + %s <= %s
  AND (limited <> 'credit' OR debits_posted + debits_reserved + %s <= credits_posted)
  AND (limited <> 'debit' OR credits_posted + credits_reserved + %s <= debits_posted)
"""

TRANSFER = (
    *("ref", "book_id", "move", "debit_id", "credit_id", "fen", "step", '"on"', "about", "pending_id", "reverses_id"),
    *("rule", "rule_version", "evidence", "at", "by_id", "key"),
)
AT_ONCE = 1_000  # rows per statement: SQLite takes 32,766 values

KEY = "SELECT action, body_hash, answer FROM base_idempotencykey WHERE caller = %s AND key = %s"
KEEP = "INSERT INTO base_idempotencykey (caller, key, action, body_hash, answer, at) VALUES (%s, %s, %s, %s, %s, %s)"


def accounts(books: Sequence[str], codes: Sequence[str]) -> list[tuple[Any, ...]]:
    """Of each account: its id and code, and its book's id, code, kind, currency and last closed day (or None)."""
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS.format(books=_places(books), codes=_places(codes)), [*books, *codes])
        return list(cursor.fetchall())


def is_changed(values: Sequence[int]) -> bool:
    """Changes one account's balances by the values of `CHANGE`; False where its guard forbids that."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGE, values)
        return bool(cursor.rowcount == 1)


def write_transfers(rows: Sequence[Sequence[Any]], at: datetime) -> None:
    """Writes transfers in their order; each row has the values of `TRANSFER` without `at`. Raises IntegrityError."""
    moment = _told(at)
    for first in range(0, len(rows), AT_ONCE):
        part = rows[first : first + AT_ONCE]
        values = ", ".join([f"({_places(TRANSFER)})"] * len(part))
        told = [_told(value) for row in part for value in (*row[:-2], moment, *row[-2:])]
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO base_transfer ({', '.join(TRANSFER)}) VALUES {values}", told)


def kept_answer(caller: str, key: str) -> tuple[str, str, Any] | None:
    """The action, the hash of the body and the answer that the caller's key is bound to; None where it is free."""
    with connection.cursor() as cursor:
        cursor.execute(KEY, [caller, key])
        found = cursor.fetchone()
    return None if found is None else (found[0], found[1], json.loads(found[2]))


def keep_answer(caller: str, key: str, action: str, body_hash: str, answer: object, at: datetime) -> None:
    """Binds the key for good."""
    told = json.dumps(answer, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [caller, key, action, body_hash, told, _told(at)])


def _places(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
