"""What a bank's or a treasury's machine calls back with: signed, once, and only of its own region."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from kerong.web.base.models import Case, Instruction, PaymentReturn, Role
from kerong.web.base.services.payment_callback import (
    FRESH,
    CallbackRefused,
    channel_open,
    key_of,
    payment_callback,
    signature,
)
from tests.web.cases.test_payment import of, sent
from tests.web.cases.town import REGION, Town

pytestmark = pytest.mark.database
NOW = datetime(2025, 3, 12, 9, tzinfo=UTC)


class Bank:
    """A bank's machine with a channel and its key."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.channel, key = channel_open(town.person("root", Role.ADMIN), "river", REGION, "city")
        self.key = bytes.fromhex(key)

    def body(self, instruction: Instruction, **changes: Any) -> bytes:
        told = {"tenant": REGION, "instruction": instruction.number, "serial": "C1", "outcome": "paid"}
        told |= {"fen": instruction.fen, "paid_on": "2025-03-12"}  # type: ignore[dict-item]
        return json.dumps({**told, **changes}).encode()

    def call(self, body: bytes, at: datetime = NOW, key: bytes | None = None, name: str = "river") -> str:
        signed = signature(self.key if key is None else key, at, body)
        told = payment_callback(
            name, int(at.timestamp()), signed, body, now=NOW, today=self.town.today, days=self.town.days
        )
        return told.state + told.why.removeprefix("return.why")


def test_a_call_back_settles_once_however_often_it_comes(town: Town) -> None:
    case, bank = sent(town), Bank(town)
    body = bank.body(of(case)[0])
    assert [bank.call(body), bank.call(body)] == ["applied", "applied"]
    assert bank.call(bank.body(of(case)[0], fen=1)) == "quarantined.conflict"
    assert PaymentReturn.objects.filter(state="applied").count() == 1
    assert Case.objects.get(pk=case.pk).moves.order_by("-version")[0].role == "machine"


@pytest.mark.parametrize("how", ["key", "name", "body", "closed", "generation"])
def test_a_forged_call_back_is_refused_before_anything_is_read(town: Town, how: str) -> None:
    case, bank = sent(town), Bank(town)
    body = bank.body(of(case)[0])
    if how == "closed":
        type(bank.channel).objects.update(is_open=False)
    if how == "generation":
        _, new = channel_open(town.people["root"], "river", REGION, "city")
        assert bytes.fromhex(new) != bank.key
    signed = signature(b"another" if how == "key" else bank.key, NOW, body)
    name = "lake" if how == "name" else "river"
    with pytest.raises(CallbackRefused, match="forged"):
        payment_callback(
            name,
            int(NOW.timestamp()),
            signed,
            body + b" " if how == "body" else body,
            now=NOW,
            today=town.today,
            days=town.days,
        )
    assert not PaymentReturn.objects.exists()


def test_an_old_call_back_is_taken_for_a_replay_and_another_regions_is_refused(town: Town) -> None:
    case, bank = sent(town), Bank(town)
    body = bank.body(of(case)[0])
    for at in (NOW - FRESH - timedelta(seconds=1), NOW + FRESH + timedelta(seconds=1)):
        with pytest.raises(CallbackRefused, match="stale"):
            bank.call(body, at)
    with pytest.raises(CallbackRefused, match="tenant"):
        bank.call(bank.body(of(case)[0], tenant="south"))
    assert key_of(bank.channel) == bank.key


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"tenant": "north"}',
        b'{"tenant": "north", "tenant": "north"}',
        *(
            json.dumps(
                {
                    "tenant": "north",
                    "instruction": "1-1-1",
                    "serial": "C",
                    "outcome": "paid",
                    "fen": 1,
                    "paid_on": "2025-03-12",
                    **changes,
                }
            ).encode()
            for changes in (
                {"fen": 0},
                {"fen": -1},
                {"fen": 10**15},
                {"fen": 1.0},
                {"fen": True},
                {"fen": "1"},
                {"fen": float("nan")},
                {"paid_on": "20250312"},
                {"paid_on": "2025-02-30"},
                {"outcome": "lost"},
                {"instruction": "１-1-1"},
                {"serial": "a b"},
                {"more": 1},
            )
        ),
    ],
)
def test_a_call_back_that_says_nothing_sensible_is_refused_by_name(town: Town, body: bytes) -> None:
    bank = Bank(town)
    with pytest.raises(CallbackRefused, match="body"):
        bank.call(body)


def test_only_an_administrator_opens_a_channel(town: Town) -> None:
    with pytest.raises(PermissionDenied):
        channel_open(town.people["lin"], "river", REGION, "city")
