"""Files pushed over HTTP: tokens, answers, and everything that may go wrong on the line."""

import gzip
import http.client
import json
import socket
import threading
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from kerong.intake import receive
from kerong.web.base.models import FeedToken, Role
from kerong.web.base.services.feed_token import feed_token_admits
from tests.intake.office import book, day, june
from tests.web.town import AT, UNIT_MISTAKEN, Town

MAY = june(month="2025-05", filed="2025-05-28")


def push(
    town: Town, content: str | bytes, name: str = "tax_2025-05.csv", token: str | None = None, **headers: str
) -> tuple[int, dict[str, object]]:
    """The status and the content of the answer."""
    data = content.encode() if isinstance(content, str) else content
    bearer = {"Authorization": f"Bearer {town.token() if token is None else token}"}
    told = {**bearer, "X-File-Name": quote(name), **{key.replace("_", "-"): value for key, value in headers.items()}}
    answer = Client().post("/api/feeds/tax/batches", data, content_type="application/octet-stream", headers=told)
    return answer.status_code, json.loads(answer.content)


def test_a_file_that_passes_its_gates_is_published(town: Town) -> None:
    status, told = push(town, MAY, "税_2025-05.csv")
    assert status == 201
    assert (told["state"], told["rows"], told["file"]) == ("published", 40, "税_2025-05.csv")
    batch = town.archive.batches()[0]
    assert told["batch"] == batch.id
    assert batch.by == f"token {FeedToken.objects.get().key}"


def test_the_same_bytes_get_the_first_answer_again(town: Town) -> None:
    first, again = push(town, MAY), push(town, MAY)
    assert (first[0], again[0]) == (201, 200)
    assert again[1] == first[1]
    assert town.states == ["published"]


def test_the_first_answer_is_given_again_whatever_was_decided_since(town: Town) -> None:
    town.history()
    status, first = push(town, UNIT_MISTAKEN)
    assert (status, first["state"]) == (202, "held")
    town.archive.publish(town.archive.batches()[-1].id, "qian", timezone.now(), "checked")
    assert push(town, UNIT_MISTAKEN) == (200, first)


def test_a_held_file_says_why_in_both_languages(town: Town) -> None:
    town.history()
    _, told = push(town, UNIT_MISTAKEN, "tax_2025-06.csv")
    findings = told["findings"]
    assert isinstance(findings, list)
    held = [finding for finding in findings if finding["severity"] == "held"]
    assert "单位是否换了" in held[0]["zh"]
    assert "has the unit changed" in held[0]["en"]


def test_a_file_that_cannot_be_used_is_refused_with_its_place(town: Town) -> None:
    status, told = push(town, 'a,b\n"1,2\n')
    assert (status, told["state"]) == (422, "refused")
    problems = told["problems"]
    assert isinstance(problems, list)
    assert problems[0]["zh"] != problems[0]["en"]
    assert problems[0]["line"] == 2
    assert town.states == []


def test_an_older_file_of_a_period_is_stale(town: Town) -> None:
    push(town, MAY, X_Totals='{"as_of": "2025-07-01"}')
    status, told = push(town, june(41, month="2025-05"), X_Totals='{"as_of": "2025-06-01"}')
    assert (status, told["state"]) == (409, "stale")
    assert push(town, june(41, month="2025-05")) == (200, told)


def test_what_would_replace_an_opening_balance_waits(town: Town) -> None:
    (town.folder / "opening.csv").write_text(MAY, encoding="utf-8")
    receive(town.archive, book(), town.folder / "opening.csv", "tax", AT, "Li", as_of=day("2025-06-01"), kind="opening")
    status, told = push(town, june(42, month="2025-05"))
    assert (status, told["state"]) == (409, "held")
    assert town.states == ["published", "received"]


@pytest.mark.parametrize(
    ("totals", "status"), [('{"rows": 40}', 201), ('{"rows": 41}', 202), ('{"sales_fen": "x"}', 422)]
)
def test_what_the_sender_states_is_held_against_the_file(town: Town, totals: str, status: int) -> None:
    assert push(town, MAY, X_Totals=totals)[0] == status


@pytest.mark.parametrize("totals", ["[1]", "{", '{"a":' * 10])
def test_totals_that_are_no_object_are_a_bad_request(town: Town, totals: str) -> None:
    assert push(town, MAY, X_Totals=totals)[0] == 400
    assert town.states == []


@pytest.mark.parametrize("name", ["", "tax_2025-05.exe", "../"])
def test_a_name_that_is_none_of_a_readable_file_is_refused(town: Town, name: str) -> None:
    assert push(town, MAY, name)[0] == 422


def test_a_forged_a_revoked_and_another_feeds_token_are_refused_alike(town: Town) -> None:
    good = town.token()
    FeedToken.objects.filter(key=good.split("_")[1]).update(revoked_at=timezone.now())
    forged = [good, town.token("firm"), town.token()[:-1] + "~", "", "x", "kerong__", "é" * 50, good.upper()]
    answers = [push(town, MAY, token=text) for text in forged]
    assert {status for status, _ in answers} == {401}
    assert len({json.dumps(told) for _, told in answers}) == 1
    assert town.states == []


def test_a_person_who_is_logged_in_pushes_nothing(town: Town) -> None:
    client = town.client(town.person("admin", Role.ADMIN))
    assert client.post("/api/feeds/tax/batches", MAY, content_type="text/csv").status_code == 401


def test_a_feed_that_the_city_does_not_have_is_not_found(town: Town) -> None:
    headers = {"Authorization": f"Bearer {town.token()}"}
    answer = Client().post("/api/feeds/taxes/batches", MAY, content_type="text/csv", headers=headers)
    assert answer.status_code == 404


def test_a_token_is_kept_as_a_hash_and_its_use_is_noted(town: Town) -> None:
    text = town.token()
    kept = FeedToken.objects.get()
    assert text not in json.dumps([kept.key, kept.digest, kept.label])
    assert kept.used_at is None
    assert feed_token_admits("tax", text) is not None
    assert FeedToken.objects.get().used_at is not None


def test_a_sender_may_not_correct_the_quarantine_of_another_feed(town: Town) -> None:
    text = town.token("firm")
    town.history()
    aside = f"#batch,#line,#reason\n{town.archive.batches()[0].id},2,x\n"
    headers = {"Authorization": f"Bearer {text}", "X-File-Name": "aside.csv"}
    answer = Client().post("/api/feeds/firm/batches", aside, content_type="text/csv", headers=headers)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["kind"] == "batch_of_other_feed"


def test_a_body_larger_than_the_limit_is_not_read(town: Town, settings: Settings) -> None:
    settings.FILE_BYTES = 1000
    assert push(town, MAY)[0] == 413
    assert town.states == []


def test_a_gzip_bomb_is_refused(town: Town, settings: Settings) -> None:
    settings.INFLATED_BYTES = 1 << 20
    status, told = push(town, gzip.compress(b"0" * (8 << 20)), "tax.csv.gz")
    assert status == 422
    assert "inflates" in json.dumps(told)
    assert push(town, gzip.compress(MAY.encode()), Content_Encoding="gzip")[0] == 415


def test_too_many_files_within_a_minute_are_put_off(town: Town, settings: Settings) -> None:
    settings.PUSHES_PER_MINUTE = 0
    assert push(town, MAY)[0] == 429
    assert town.states == []


def test_the_way_to_push_stands_in_the_description_of_the_api(town: Town) -> None:
    told = Client().get("/api/openapi.json").json()
    way = told["paths"]["/api/feeds/{feed}/batches"]["post"]
    assert set(way["responses"]) >= {"200", "201", "202", "401", "404", "409", "413", "422", "429"}
    assert way["security"] == [{"FeedBearer": []}]
    assert {parameter["name"] for parameter in way["parameters"]} == {"feed", "X-File-Name", "X-Totals"}


def test_an_administrator_makes_a_token_sees_it_once_and_ends_it(town: Town) -> None:
    client = town.client(town.person("admin", Role.ADMIN))
    page = client.post("/tokens/", {"feed": "tax", "label": "<b>bureau"}).content.decode()
    text = page.split('class="token">')[1].split("<")[0]
    assert push(town, MAY, token=text)[0] == 201
    later = client.get("/tokens/").content.decode()
    assert text not in later
    assert "&lt;b&gt;bureau" in later
    client.post(f"/tokens/{FeedToken.objects.get().pk}/revoke/")
    assert push(town, MAY, token=text)[0] == 401
    assert "no such source" in client.post("/tokens/", {"feed": "x"}).content.decode()
    assert client.post("/tokens/999/revoke/").status_code == 404


class Line:
    """A real line to a real server."""

    def __init__(self, server: LiveServer, token: str) -> None:
        self.place = server.url.removeprefix("http://")
        self.headers = {"Authorization": f"Bearer {token}", "X-File-Name": "tax_2025-05.csv"}

    def push(self, content: str, path: str = "/api/feeds/tax/batches") -> tuple[int, dict[str, object]]:
        """One file, whole."""
        line = http.client.HTTPConnection(self.place, timeout=60)
        line.request("POST", path, content.encode(), self.headers)
        answer = line.getresponse()
        told = answer.status, json.loads(answer.read())
        line.close()
        return told

    def break_off(self, content: str) -> None:
        """Half of a file, and nothing more."""
        host, port = self.place.split(":")
        headers = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        data = content.encode()
        head = f"POST /api/feeds/tax/batches HTTP/1.1\r\nHost: {self.place}\r\n{headers}"
        head += f"Content-Length: {len(data)}\r\n\r\n"
        with socket.create_connection((host, int(port)), timeout=60) as line:
            line.sendall(head.encode() + data[: len(data) // 2])
            line.shutdown(socket.SHUT_WR)
            assert b" 400 " in line.recv(200)


@pytest.fixture
def line(transactional_db: None, town: Town, live_server: LiveServer) -> Line:
    """A line on which files of the tax feed are pushed."""
    return Line(live_server, town.token())


def test_two_pushes_of_one_file_at_once_make_one_batch(line: Line, town: Town) -> None:
    answers: list[tuple[int, dict[str, object]]] = []
    threads = [threading.Thread(target=lambda: answers.append(line.push(MAY))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
    assert len({json.dumps(told, sort_keys=True) for _, told in answers}) == 1
    assert town.states == ["published"]
    assert town.archive.verify() == []


def test_a_line_that_breaks_off_leaves_nothing(
    line: Line, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    line.break_off(MAY)
    assert town.states == []
    assert list((tmp_path / "temporary").iterdir()) == []
    assert line.push(MAY)[0] == 201


def test_a_body_of_which_nobody_says_the_size_is_not_read(line: Line, town: Town) -> None:
    connection = http.client.HTTPConnection(line.place, timeout=60)
    connection.request("POST", "/api/feeds/tax/batches", iter([MAY.encode()]), line.headers, encode_chunked=True)
    assert connection.getresponse().status == 411
    connection.close()
    assert town.states == []


def test_the_command_writes_a_token_that_works_until_it_is_revoked(town: Town) -> None:
    told = StringIO()
    call_command("feed_token", "tax", label="bureau", stdout=told)
    text = told.getvalue().strip()
    assert push(town, MAY, token=text)[0] == 201
    call_command("feed_token", revoke=FeedToken.objects.get().key)
    assert push(town, MAY, token=text)[0] == 401
    for wrong in ({"revoke": "x"}, {}):
        with pytest.raises(CommandError):
            call_command("feed_token", "no-feed", **wrong)
