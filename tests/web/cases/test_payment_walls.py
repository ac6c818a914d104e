"""What the database keeps of payments by itself, whoever asks it."""

import re
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kerong.web.base.models import Instruction, PaymentFile, PaymentReturn
from tests.web.cases.test_payment import of, sent, settle, told
from tests.web.cases.town import Town

pytestmark = pytest.mark.database


def run(statement: str, *values: Any) -> None:
    """The statement in a transaction of its own, as a client with the application's rights sends it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def kept(statement: str, *values: Any) -> None:
    """The database refuses it."""
    with pytest.raises(DatabaseError, match=re.escape("ledger.refused.kept")):
        run(statement, *values)


@pytest.fixture
def paid(town: Town) -> Town:
    """A case whose city part is paid and whose county part was told with a wrong amount."""
    first, second = of(sent(town))
    settle(town, told(town, first))
    settle(town, told(town, second, "S2", fen=second.fen - 1))
    return town


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("paymentfile", "text", "x"),
        ("paymentfile", "fen", 1),
        ("instruction", "fen", 1),
        ("instruction", "account", "99999999"),
        ("instruction", "payee_name", "x"),
        ("instruction", "number", "x"),
        ("instruction", "part_id", 1_000_000),
        ("paymentreturn", "fen", 1),
        ("paymentreturn", "outcome", "failed"),
        ("paymentreturn", "serial", "x"),
        ("paymentreturn", "source", "x"),
    ],
)
def test_what_was_sent_instructed_or_told_stays_as_it_was_written(
    paid: Town, table: str, column: str, value: object
) -> None:
    kept(f"UPDATE base_{table} SET {column} = %s", value)


@pytest.mark.parametrize("table", ["paymentfile", "instruction", "paymentreturn"])
def test_nothing_of_a_payment_is_deleted_or_emptied(paid: Town, table: str) -> None:
    kept(f"DELETE FROM base_{table}")
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")
        kept(f"TRUNCATE base_{table} CASCADE")
    else:
        kept(f"INSERT OR REPLACE INTO base_{table} SELECT * FROM base_{table}")


def test_an_instruction_goes_one_way_and_its_file_is_set_once(paid: Town) -> None:
    settled, waiting = Instruction.objects.get(state="settled"), Instruction.objects.get(state="sent")
    for one, states in ((settled, ("made", "sent", "recalled")), (waiting, ("made", "recalled"))):
        for state in states:
            kept("UPDATE base_instruction SET state = %s WHERE id = %s", state, one.pk)
    other = PaymentFile.objects.exclude(instructions=waiting).get().pk
    for file in (None, other):
        kept("UPDATE base_instruction SET file_id = %s WHERE id = %s", file, waiting.pk)
    run("UPDATE base_instruction SET state = 'settled' WHERE id = %s", waiting.pk)


def test_an_instruction_is_sent_with_its_file_or_not_at_all(town: Town) -> None:
    town.call()
    made = of(town.at("instructed"))[0]
    kept("UPDATE base_instruction SET state = 'sent' WHERE id = %s", made.pk)


def test_what_counts_never_goes_back_into_quarantine_and_what_counts_already_is_not_counted_again(paid: Town) -> None:
    applied, aside = PaymentReturn.objects.get(state="applied"), PaymentReturn.objects.get(state="quarantined")
    kept("UPDATE base_paymentreturn SET state = 'quarantined', why = 'x' WHERE id = %s", applied.pk)
    run("UPDATE base_paymentreturn SET why = 'return.why.day' WHERE id = %s", aside.pk)
    copy = "region, instruction, serial, outcome, fen, paid_on, source, at"
    run(
        f"INSERT INTO base_paymentreturn ({copy}, digest, state, why)"
        f" SELECT {copy}, 'other', 'quarantined', 'return.why.conflict' FROM base_paymentreturn WHERE id = {applied.pk}"
    )
    conflict = PaymentReturn.objects.get(digest="other")
    act = "UPDATE OR REPLACE" if connection.vendor == "sqlite" else "UPDATE"
    kept(f"{act} base_paymentreturn SET state = 'applied', why = '' WHERE id = {conflict.pk}")
    run("UPDATE base_paymentreturn SET state = 'applied', why = '' WHERE id = %s", aside.pk)
