"""What a bank's machine is answered over HTTP: once for each line, and a name for whatever is wrong."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from kerong.web.base.models import Case, Instruction, PaymentChannel, PaymentReturn, Role
from kerong.web.base.services import case_payment
from kerong.web.base.services.ledger_refusals import LedgerBusy
from kerong.web.base.services.payment_callback import MOST_BYTES, channel_open, signature
from tests.web.cases.office import client_of, grants_run, office, page_of, said_after
from tests.web.cases.test_payment import of, sent
from tests.web.cases.town import REGION, Town

__all__ = ["grants_run", "office"]
pytestmark = pytest.mark.database


class Machine:
    """A bank's machine that calls over HTTP."""

    def __init__(self, town: Town, name: str = "river", level: str = "city") -> None:
        admin = town.people.get("root") or town.person("root", Role.ADMIN)
        self.channel, key = channel_open(admin, name, REGION, level)
        self.key, self.client = bytes.fromhex(key), Client()

    def told(self, one: Instruction, **changes: Any) -> bytes:
        said = {"tenant": REGION, "instruction": one.number, "serial": "H1", "outcome": "paid", "fen": one.fen}
        return json.dumps({**said, "paid_on": "2025-03-12", **changes}).encode()

    def call(self, body: bytes, at: datetime | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """The status and what is said."""
        moment = at or datetime.now(UTC)
        signed = {"X-Signed-At": str(int(moment.timestamp())), "X-Signature": signature(self.key, moment, body)}
        kind = headers.pop("content_type", "application/json")
        given = signed | {name.replace("_", "-"): value for name, value in headers.items()}
        path = f"/api/payments/{self.channel.name}/returns"
        answer = self.client.post(path, body, content_type=kind, headers=given)
        return answer.status_code, json.loads(answer.content)


def test_a_line_counts_once_and_is_answered_alike_whenever_it_comes_again(office: Town) -> None:
    case, machine = sent(office), Machine(office)
    body = machine.told(of(case)[0])
    first = machine.call(body)
    assert first == (200, {**first[1], "state": "applied", "serial": "H1", "why": ""})
    assert [machine.call(body) for _ in range(3)] == [first] * 3
    assert PaymentReturn.objects.count() == 1
    assert Case.objects.get(pk=case.pk).paid_fen == of(case)[0].fen


def test_a_conflict_is_kept_apart_and_says_so_in_both_languages(office: Town) -> None:
    case, machine = sent(office), Machine(office)
    machine.call(machine.told(of(case)[0]))
    status, said = machine.call(machine.told(of(case)[0], outcome="failed"))
    assert (status, said["state"], said["why"]) == (202, "quarantined", "return.why.conflict")
    assert len({said["zh"], said["en"], ""}) == 3


def test_a_call_before_its_instruction_is_kept_and_counts_when_it_comes_again(office: Town) -> None:
    office.call()
    case = office.at("instructed")
    machine = Machine(office)
    office.today = office.today.replace(day=12)
    body = machine.told(of(case)[0])
    assert machine.call(body)[1]["why"] == "return.why.not_sent"
    case_payment.payment_file_send(office.people["zhao"], of(case)[0].part.budget, today=office.today, days=office.days)
    assert machine.call(body)[0] == 200


def test_one_bank_does_not_speak_of_what_another_was_told_to_pay(office: Town) -> None:
    case = sent(office)
    city, county = Machine(office), Machine(office, "lake", "county")
    body = city.told(of(case)[0])
    assert county.call(body)[1]["why"] == "return.why.level"
    assert city.call(body)[0] == 200
    assert county.call(body)[1]["why"] == "return.why.level"
    assert PaymentReturn.objects.get().state == "applied"


def test_what_is_forged_stale_or_of_another_region_is_refused_by_name(office: Town) -> None:
    case, machine = sent(office), Machine(office)
    body = machine.told(of(case)[0])
    assert machine.call(body, X_Signature="0" * 64)[0] == 401
    assert machine.call(body, X_Signature="é")[0] == 401
    assert machine.call(body, X_Signed_At="9" * 400)[0] == 401
    assert machine.call(body, at=datetime.now(UTC) - timedelta(minutes=6))[1]["refused"] == "callback.refused.stale"
    assert machine.call(machine.told(of(case)[0], tenant="south"))[0] == 403
    assert machine.call(machine.told(of(case)[0], fen=-1))[0] == 422
    PaymentChannel.objects.update(is_open=False)
    status, said = machine.call(body)
    assert (status, said["refused"]) == (401, "callback.refused.forged")
    machine.channel.name = "nobody"
    assert machine.call(body) == (status, said)
    assert not PaymentReturn.objects.exists()


def test_what_is_too_large_packed_or_no_json_is_not_read(office: Town) -> None:
    machine = Machine(office)
    assert machine.call(b" " * (MOST_BYTES + 1))[0] == 413
    assert machine.call(b"{}", Content_Encoding="gzip")[0] == 415
    assert machine.call(b"{}", content_type="text/plain")[0] == 415
    assert machine.call(b"{}", content_type="application/x-www-form-urlencoded")[0] == 415
    assert machine.call(b"{}")[0] == 422
    assert machine.client.get("/api/payments/river/returns").status_code == 405


def test_a_busy_database_asks_to_be_called_again(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    case, machine = sent(office), Machine(office)

    def busy(*_: object, **__: object) -> None:
        raise LedgerBusy

    with monkeypatch.context() as patched:
        patched.setattr("kerong.web.base.services.payment_callback.return_settle", busy)
        assert machine.call(machine.told(of(case)[0]))[0] == 409
    assert machine.call(machine.told(of(case)[0]))[0] == 200


def test_an_administrator_opens_a_channel_on_a_page_and_closes_it(office: Town) -> None:
    office.person("root", Role.ADMIN)
    client = client_of(office, "root")
    assert "<code" in said_after(client, "/channels/", name="river", level="city")
    assert 'role="alert"' in said_after(client, "/channels/", name="river", level="county")
    assert 'role="alert"' in said_after(client, "/channels/", name="River!", level="city")
    found = PaymentChannel.objects.get()
    assert (found.region, found.level, found.generation) == (REGION, "city", 1)
    assert "river" in page_of(client, "/channels/")
    said_after(client, f"/channels/{found.pk}/close/")
    assert not PaymentChannel.objects.get().is_open
    assert client.post("/channels/999/close/").status_code == 404
    assert client_of(office, "lin").get("/channels/").status_code == 403
