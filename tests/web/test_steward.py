"""The data steward's desk: files in, decisions by two persons, quarantine out and back."""

import gzip
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from kerong.web.base.models import Role
from kerong.web.base.services.batch import file_name, is_same_person, signature
from tests.intake.office import june, tax
from tests.web.town import UNIT_MISTAKEN, Town, upload

SCRIPT = "<script>alert(1)</script>.csv"


def test_a_file_is_received_and_its_receipt_says_what_became_of_it(town: Town) -> None:
    answer = upload(town.steward(), "tax_2025-05.csv", june(month="2025-05"))
    assert answer.status_code == 200
    assert "published as batch" in answer.content.decode()
    assert "kerong data" not in answer.content.decode()
    assert town.states == ["published"]
    assert town.archive.batches()[0].by == "zhao"


def test_the_same_file_twice_changes_nothing(town: Town) -> None:
    client = town.steward()
    upload(client, "tax_2025-05.csv", june(month="2025-05"))
    again = upload(client, "tax_2025-05.csv", june(month="2025-05"))
    assert "byte for byte the same" in again.content.decode()
    assert town.states == ["published"]


def test_a_file_that_cannot_be_used_is_refused_with_its_place_and_leaves_nothing(town: Town) -> None:
    answer = upload(town.steward(), "tax.csv", 'a,b\n"1,2\n', feed="tax")
    assert answer.status_code == 422
    assert "refused whole" in answer.content.decode()
    assert town.states == []
    assert list((town.archive.path / "staging").iterdir()) == []


def test_a_file_larger_than_the_limit_is_not_kept(town: Town, settings: Settings) -> None:
    settings.FILE_BYTES = 1000
    answer = upload(town.steward(), "tax_2025-05.csv", june(month="2025-05"))
    assert answer.status_code == 413
    assert town.states == []


def test_a_gzip_bomb_is_refused(town: Town, settings: Settings) -> None:
    settings.INFLATED_BYTES = 1 << 20
    answer = upload(town.steward(), "tax_2025.csv.gz", gzip.compress(b"\n" * (2 << 20)), feed="tax")
    assert answer.status_code == 422
    assert "inflates" in answer.content.decode()


def test_whoever_handed_a_batch_in_cannot_publish_it_and_another_steward_can(town: Town) -> None:
    town.history()
    first, second = town.steward("zhao"), town.steward("qian")
    upload(first, "tax_2025-06.csv", UNIT_MISTAKEN)
    batch = town.archive.batches()[-1].id
    act = {"act": "publish", "reason": "checked with the bureau"}
    refused = first.post(f"/steward/batches/{batch}/decide/", act)
    assert refused.status_code == 422
    assert "another steward" in refused.content.decode()
    assert town.states[-1] == "received"
    assert second.post(f"/steward/batches/{batch}/decide/", act).status_code == 302
    event = town.archive.events()[-1]
    assert (event.kind, event.by, event.reason) == ("published", "qian", "checked with the bureau")


def test_one_person_with_two_log_ins_is_one_person(town: Town) -> None:
    town.history()
    first, second = town.steward("zhao", person="A-17"), town.steward("zhao.second", person="a-１７")
    upload(first, "tax_2025-06.csv", UNIT_MISTAKEN)
    batch = town.archive.batches()[-1].id
    second.post(f"/steward/batches/{batch}/decide/", {"act": "publish", "reason": "fine"})
    assert town.states[-1] == "received"


def test_the_log_names_the_person(town: Town) -> None:
    user = town.person("zhao", Role.STEWARD, first_name="Min", last_name="Zhao <x>", person="A-17")
    assert signature(user) == "Min Zhao x> <A-17>"
    assert is_same_person(signature(user), user)
    assert not is_same_person("Min Zhao <B-2>", user)
    assert is_same_person("zhao", user)  # as the command line signs


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_nothing_is_decided_without_a_reason_that_can_be_kept(town: Town, reason: str) -> None:
    town.history()
    batch = town.held().batch
    assert batch is not None
    answer = town.steward().post(f"/steward/batches/{batch.id}/decide/", {"act": "reject", "reason": reason})
    assert answer.status_code == 422
    assert town.states[-1] == "received"


def test_a_batch_that_was_decided_meanwhile_is_not_decided_again(town: Town) -> None:
    town.history()
    batch = town.held().batch
    assert batch is not None
    client = town.steward()
    for act, status in (("reject", 302), ("publish", 422), ("withdraw", 422), ("burn", 422)):
        answer = client.post(f"/steward/batches/{batch.id}/decide/", {"act": act, "reason": "why"})
        assert answer.status_code == status, act
    assert town.states[-1] == "rejected"


def test_what_is_withdrawn_counts_no_more(town: Town) -> None:
    town.history()
    batch = town.archive.batches()[0].id
    town.steward().post(f"/steward/batches/{batch}/decide/", {"act": "withdraw", "reason": "the bureau asks"})
    assert town.states == ["withdrawn", "published"]


@pytest.mark.parametrize("role", ["official", "analyst", "admin"])
def test_nobody_but_a_steward_decides(town: Town, role: str) -> None:
    town.history()
    client = town.client(town.person("other", Role(role)))
    batch = town.archive.batches()[0].id
    assert client.post(f"/steward/batches/{batch}/decide/", {"act": "withdraw", "reason": "x"}).status_code == 403
    assert upload(client, "tax_2025-06.csv", june()).status_code == 403
    assert client.get(f"/steward/batches/{batch}/quarantine.csv").status_code == 403
    assert town.states == ["published", "published"]


def test_a_form_without_its_token_decides_nothing(town: Town) -> None:
    town.history()
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.person("zhao", Role.STEWARD))
    batch = town.archive.batches()[0].id
    answer = client.post(f"/steward/batches/{batch}/decide/", {"act": "withdraw", "reason": "x"})
    assert answer.status_code == 403
    assert town.states == ["published", "published"]


def test_a_file_in_another_form_is_not_even_written(town: Town) -> None:
    assert upload(Client(), "tax.csv", june()).status_code == 302
    answer = town.steward().post("/language/", {"lang": "en"})
    assert answer.status_code == 302
    assert town.states == []


def test_quarantine_goes_out_harmless_and_comes_back_corrected(town: Town) -> None:
    rows = [(firm, "2025-05", 100 * firm) for firm in range(1, 30)]
    client = town.steward()
    upload(client, "tax_2025-05.csv", tax([*rows, (30, "2025-05", "=1+1")]))
    batch = town.archive.batches()[0]
    answer = client.get(f"/steward/batches/{batch.id}/quarantine.csv")
    told = answer.content.decode("utf-8-sig")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="quarantine-{batch.id}.csv"'
    assert "'=1+1" in told
    back = upload(client, "corrected.csv", told.replace("'=1+1", "3000"))
    assert "a correction of batch" in back.content.decode()
    assert [found.kind for found in town.archive.batches()] == ["regular", "supplement"]
    assert "No rows are set aside" in client.get(f"/steward/batches/{batch.id}/").content.decode()


def test_names_and_cells_are_shown_as_texts_whatever_they_hold(town: Town) -> None:
    rows = [(firm, "2025-05", 100 * firm) for firm in range(1, 30)]
    client = town.steward()
    answers: list[Any] = [upload(client, SCRIPT, tax([*rows, (30, "2025-05", "<img src=x>")]), feed="tax")]
    batch = town.archive.batches()[0].id
    answers += [client.get(path) for path in (f"/steward/batches/{batch}/", "/steward/", "/registers/tax/")]
    answers.append(upload(client, SCRIPT, "no such header\n1\n", feed="tax"))
    for answer in answers:
        page = answer.content.decode()
        assert "script&gt;" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("D:\\报表\\税.csv", "税.csv"),
        ("a\0b\n\u202ec.csv", "abc.csv"),
        ("x" * 500 + ".csv.gz", "x" * 193 + ".csv.gz"),
    ],
)
def test_a_senders_name_is_a_text_and_never_a_path(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_what_is_stated_beside_a_file_is_held_against_it(town: Town) -> None:
    answer = upload(town.steward(), "tax_2025-05.csv", june(month="2025-05"), rows="41")
    assert "not published" in answer.content.decode()
    assert "41" in answer.content.decode()
    assert upload(town.steward("qian"), "t.csv", june(), feed="tax", as_of="soon").status_code == 422


def test_the_desk_of_somebody_who_handed_in_offers_no_button_to_publish(town: Town) -> None:
    town.history()
    batch = town.held("zhao").batch
    assert batch is not None
    own, other = town.steward("zhao"), town.steward("qian")
    assert 'value="publish"' not in own.get(f"/steward/batches/{batch.id}/").content.decode()
    assert 'value="publish"' in other.get(f"/steward/batches/{batch.id}/").content.decode()
    assert batch.received_at.date() == date(2025, 7, 10)
