"""What the database refuses by itself, when nobody asks the service: raw SQL on both databases."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kerong.engine.money.ledger import Act, Book
from kerong.engine.money.ledger.movements import pay_grant, reserve_grant
from kerong.web.base.models import Account, Seal, User
from kerong.web.base.models import Transfer as Row
from kerong.web.base.services.ledger import book_open, ledger_post, ledger_reverse
from kerong.web.base.services.sealing import book_close
from tests.web.ledger.checked import NOW, all_adds_up

pytestmark = pytest.mark.database
DAY = date(2025, 3, 3)
COLUMNS = (
    *("ref", "book_id", "move", "debit_id", "credit_id", "fen", "step", '"on"', "about", "pending_id", "reverses_id"),
    *("rule", "rule_version", "evidence", "at", "by_id", "key"),
)
Values = dict[str, Any]


@pytest.fixture
def written(keeper: User, budget: Book) -> Row:
    """A reservation that is open, one that is paid, a transfer that is reversed; the book is sealed and closed."""
    (grant,) = reserve_grant(Act("a", DAY), budget, "A", 70)
    (other,) = reserve_grant(Act("b", DAY), budget, "B", 30)
    paid = pay_grant(Act("c", DAY), other, 20)
    ledger_post(keeper, "k", "post", {}, (grant, other, *paid))
    ledger_reverse(keeper, "r", paid[0].ref, DAY)
    book_close(keeper, budget.code, date(2025, 1, 31), now=NOW, today=NOW.date())
    return Row.objects.get(ref=grant.ref)


def run(statement: str, *values: Any) -> None:
    """The statement in a transaction of its own, as a client with the application's rights sends it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(word: str, statement: str, *values: Any) -> None:
    """The database refuses the statement for that reason."""
    with pytest.raises(DatabaseError, match=word):
        run(statement, *values)


def insert(row: Row, **changes: Any) -> tuple[str, list[Any]]:
    """The statement that writes a copy of the row with another ref, and what is changed besides."""
    values: Values = {name: getattr(row, name.strip('"')) for name in COLUMNS}
    values |= {"ref": "f" * 32, "about": "", **changes}
    values = {name.replace("day", '"on"'): value for name, value in values.items()}
    places = ", ".join(["%s"] * len(values))
    return f"INSERT INTO base_transfer ({', '.join(values)}) VALUES ({places})", list(values.values())


def insert_refused(word: str, row: Row, **changes: Any) -> None:
    """The copy cannot be written."""
    statement, values = insert(row, **changes)
    refused(word, statement, *values)


def test_a_transfer_a_seal_and_an_answered_key_are_never_changed_or_deleted(written: Row) -> None:
    for table, column in (("transfer", "about"), ("seal", "hash"), ("idempotencykey", "action")):
        refused("ledger.refused.kept", f"UPDATE base_{table} SET {column} = 'other'")
        refused("ledger.refused.kept", f"DELETE FROM base_{table}")
        if connection.vendor == "postgresql":
            run("SET CONSTRAINTS ALL IMMEDIATE")
            refused("ledger.refused.kept", f"TRUNCATE base_{table} CASCADE")
    refused("ledger.refused.kept", "UPDATE base_transfer SET fen = fen - 1 WHERE id = %s", written.pk)


def test_nothing_that_was_written_is_replaced(written: Row) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite knows INSERT OR REPLACE")
    seal = Seal.objects.order_by("sequence").first()
    assert seal is not None
    for table in ("transfer", "seal", "idempotencykey", "book", "account"):
        refused("ledger.refused.kept", f"INSERT OR REPLACE INTO base_{table} SELECT * FROM base_{table}")


def test_a_copy_that_fits_is_written_so_that_what_is_refused_is_refused_for_its_reason(written: Row) -> None:
    statement, values = insert(written)
    run(statement, *values)
    assert Row.objects.filter(ref="f" * 32).exists()


def test_no_transfer_enters_a_closed_period_and_no_period_opens_again(written: Row) -> None:
    for day in (date(2025, 1, 31), date(2020, 1, 1)):
        insert_refused("ledger.refused.closed", written, day=day.isoformat())
    for earlier in (None, "2025-01-30"):
        refused("ledger.refused.kept", "UPDATE base_book SET closed_through = %s", earlier)
    run("UPDATE base_book SET closed_through = %s", "2025-02-01")


def test_a_transfer_is_reversed_once_as_it_was_and_its_reversal_never(written: Row) -> None:
    reversal = Row.objects.get(reverses__isnull=False)
    origin = Row.objects.get(ref=reversal.reverses_id)
    insert_refused("UNIQUE|unique|ledger.refused.kept", reversal)
    back = {"debit_id": reversal.credit_id, "credit_id": reversal.debit_id}
    insert_refused("ledger.refused.reversal", reversal, reverses_id=reversal.ref, **back)
    insert_refused("ledger.refused.reversal", reversal, reverses_id=written.ref)
    insert_refused("ledger.refused.reversal", reversal, reverses_id="0" * 32)
    first = Row.objects.order_by("id").first()
    assert first is not None
    fitting = {"reverses_id": first.ref, "debit_id": first.credit_id, "credit_id": first.debit_id, "fen": first.fen}
    for wrong in ({"fen": 5}, {"debit_id": origin.credit_id}, {"step": "fee"}):
        insert_refused("ledger.refused.reversal", reversal, **{**fitting, "step": first.step, **wrong})
    insert_refused("a_reversal_is_a_post", reversal, **fitting, step=first.step, move="reserve")


def test_a_reservation_is_ended_once_for_no_more_between_its_own_accounts(written: Row) -> None:
    end = {"move": "post_reserved", "pending_id": written.ref}
    other = Account.objects.get(code="payee:B").pk
    for wrong in ({"fen": 71}, {"move": "void_reserved", "fen": 69}, {"credit_id": other}, {"pending_id": "0" * 32}):
        insert_refused("ledger.refused.reservation", written, **{**end, **wrong})
    posted = Row.objects.get(move="post_reserved")
    insert_refused("ledger.refused.reservation", written, **{**end, "pending_id": posted.ref})
    insert_refused("UNIQUE|unique|ledger.refused.kept", posted)
    insert_refused("who_ends_a_reservation_names_it", written, move="post_reserved")
    insert_refused("who_ends_a_reservation_names_it", written, pending_id=written.ref)


def test_amounts_moves_and_accounts_are_checked(keeper: User, written: Row) -> None:
    for fen in (0, -1, 10**15):
        insert_refused("a_transfer_has_an_amount_within_bounds", written, fen=fen)
    insert_refused("a_transfer_has_a_known_move", written, move="gift")
    insert_refused("a_transfer_has_two_accounts|ledger.refused.account", written, credit_id=written.debit_id)
    if connection.vendor == "sqlite":
        insert_refused("ledger.refused.amount", written, fen=1.5)
    pool = Book("pool", "pool")
    other = book_open(keeper, pool, "pool")
    insert_refused("ledger.refused.account", written, book_id=other.pk)


def test_no_balance_is_overdrawn_below_zero_or_beyond_what_is_sure(written: Row) -> None:
    change = "UPDATE base_account SET {} WHERE code = 'appropriation'"
    refused("no_account_is_overdrawn", change.format("debits_posted = credits_posted + 1"))
    refused("no_account_is_overdrawn", change.format("debits_reserved = credits_posted - debits_posted + 1"))
    refused(
        "no_account_is_overdrawn",
        "UPDATE base_account SET credits_reserved = debits_posted + 1 WHERE code = 'treasury'",
    )
    refused("no_balance_is_below_zero", change.format("debits_reserved = -1"))
    refused("no_balance_is_beyond", change.format("credits_posted = 4000000000000000001"))


def test_a_book_and_an_account_keep_what_they_are(written: Row) -> None:
    for column, value in (("code", "other"), ("kind", "pool"), ("currency", "USD")):
        refused("ledger.refused.kept", f"UPDATE base_book SET {column} = %s", value)
    for column, value in (("limited", ""), ("code", "money"), ("kind", "money"), ("subject", "X")):
        refused("ledger.refused.kept", f"UPDATE base_account SET {column} = %s WHERE code = 'appropriation'", value)
    run("UPDATE base_book SET title = 'a better one'")


def test_seals_have_no_gap_and_are_of_their_own_book(keeper: User, written: Row) -> None:
    book_open(keeper, Book("pool", "pool"), "pool")
    seal = "INSERT INTO base_seal (book_id, sequence, transfer_id, hash, at) SELECT id, %s, %s, 'x', %s FROM base_book"
    last = Seal.objects.count()
    for number in (last, last + 2, 0):
        refused("ledger.refused.seal|UNIQUE|unique", f"{seal} WHERE code = 'budget:2025'", number, None, NOW)
    statement, values = insert(written)
    run(statement, *values)
    refused("ledger.refused.seal", f"{seal} WHERE code = 'pool'", 1, Row.objects.get(ref="f" * 32).pk, NOW)
    insert_of_none = f"{seal} WHERE code = 'budget:2025'"
    refused("a_seal_is_of_a_transfer_or_of_a_close", insert_of_none, last + 1, None, NOW)


def test_a_balance_changed_behind_the_ledger_is_found_by_the_replay(written: Row) -> None:
    all_adds_up()
    Account.objects.filter(code="treasury").update(debits_posted=10**12)
    with pytest.raises(AssertionError):
        all_adds_up()


def test_the_walls_can_be_taken_down_and_built_again(written: Row) -> None:
    from kerong.web.base.migrations._ledger_walls import built, taken_down

    for statement in (*taken_down(connection.vendor), *built(connection.vendor)):
        run(statement)
    refused("ledger.refused.kept", "DELETE FROM base_transfer")
