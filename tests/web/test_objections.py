"""Objections: marked at once, answered in time by somebody else, told to the enterprise, kept in the archive's log."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from kerong.store.archive import Archive
from kerong.web.base.models import Objection, Role, User
from kerong.web.base.models.objection import STATES
from kerong.web.base.selectors.objections import desk, disputed
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.objection import (
    MOVES,
    ObjectionRefused,
    Subject,
    may_answer,
    objection_make,
    objection_move,
    written,
)

DAY = date(2025, 7, 1)
VALUE = Subject("", "employees", {"zh": "4", "en": "4"})
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202egnp.exe\x00\x1b[31m"


def _made(people: dict[str, User], subject: Subject = VALUE, archive: Archive | None = None) -> Objection:
    return objection_make(people["enterprise"], subject, "we have 40 people", today=DAY, archive=archive)


@pytest.mark.parametrize(
    ("state", "name", "role"), list(product(STATES, ["withdraw", "uphold", "refuse", "correct"], Role))
)
def test_what_is_not_in_the_table_of_moves_is_refused(
    state: str, name: str, role: Role, people: dict[str, User]
) -> None:
    made = _made(people)
    Objection.objects.filter(pk=made.pk).update(state=state, answer="" if state in ("open", "withdrawn") else "said")
    known = MOVES.get((state, name))
    allowed = any(role in move.by for (_, move_name), move in MOVES.items() if move_name == name)
    if allowed and known is not None:
        moved = objection_move(people[role], made.pk, name, "because", "accounts", archive=None)
        assert moved is not None
        assert moved.state == known.end
    else:
        with pytest.raises(ObjectionRefused if allowed else PermissionDenied):
            objection_move(people[role], made.pk, name, "because", "accounts", archive=None)
        made.refresh_from_db()
        assert made.state == state


def test_there_are_twenty_days_and_the_last_one_is_in_time(people: dict[str, User]) -> None:
    made = _made(people)
    assert made.due_on == DAY + timedelta(days=20)
    assert not made.is_overdue(made.due_on)
    assert made.is_overdue(made.due_on + timedelta(days=1))


def test_overdue_ones_are_on_top_and_an_answer_takes_them_off(published: Published, people: dict[str, User]) -> None:
    late = _made(people, Subject("", "profit_fen", {}))
    new = objection_make(people["enterprise"], VALUE, "wrong", today=DAY + timedelta(days=15), archive=None)
    waiting, _ = desk(published, DAY + timedelta(days=21), people["official"])
    assert [(line.item.pk, line.is_overdue) for line in waiting] == [(late.pk, True), (new.pk, False)]
    objection_move(people["steward"], late.pk, "refuse", "the accounts say so", archive=None)
    waiting, closed = desk(published, DAY + timedelta(days=21), people["official"])
    assert [line.item.pk for line in waiting] == [new.pk]
    assert [line.item.pk for line in closed] == [late.pk]


def test_a_second_objection_to_the_same_waits_for_the_first(people: dict[str, User]) -> None:
    made = _made(people)
    with pytest.raises(ObjectionRefused, match="twice"):
        _made(people)
    objection_move(people["enterprise"], made.pk, "withdraw", archive=None)
    assert _made(people).pk != made.pk


@pytest.mark.parametrize(
    ("name", "text", "source", "why"),
    [("uphold", " \n", "accounts", "answer"), ("uphold", "yes", "", "source"), ("refuse", "\x00", "", "answer")],
)
def test_an_answer_says_why_and_which_register_is_wrong(
    name: str, text: str, source: str, why: str, people: dict[str, User]
) -> None:
    made = _made(people)
    with pytest.raises(ObjectionRefused, match=why):
        objection_move(people["official"], made.pk, name, text, source, archive=None)


def test_nobody_answers_for_the_own_firm_under_a_second_log_in(people: dict[str, User]) -> None:
    made = _made(people)
    User.objects.filter(pk=people["enterprise"].pk).update(person="P-7")
    User.objects.filter(pk=people["official"].pk).update(person=" p-7")
    official = User.objects.get(pk=people["official"].pk)
    assert not may_answer(official, made)
    with pytest.raises(ObjectionRefused, match="hands"):
        objection_move(official, made.pk, "refuse", "no", archive=None)
    assert may_answer(people["steward"], made)


def test_another_enterprise_cannot_withdraw_it_nor_learn_that_it_is_there(
    people: dict[str, User], ids: list[str]
) -> None:
    made = _made(people)
    other = User.objects.create_user(username="other", role=Role.ENTERPRISE, enterprise_id=ids[1])
    client = Client()
    client.force_login(other)
    answers = {client.post(f"/objections/{pk}/withdraw/").status_code for pk in (made.pk, 999_999)}
    assert answers == {404}
    made.refresh_from_db()
    assert made.state == "open"


def test_a_value_is_marked_at_once_for_everybody_and_until_it_is_corrected(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str]
) -> None:
    firm, official = as_role("enterprise"), as_role("official")
    address = f"/enterprises/{ids[0]}/values/"
    assert "有异议" not in official.get(address).content.decode()
    answer = firm.post("/objections/make/", {"field": "profit_fen", "text": "不是这个数"})
    assert answer.status_code == 302
    for client in (firm, official):
        assert "有异议" in client.get(address).content.decode()
    assert "有异议" in official.get(f"/enterprises/?q={ids[0]}").content.decode()
    assert official.get(f"/api/enterprises/{ids[0]}").json()["disputed"] == ["profit_fen"]
    made = Objection.objects.get()
    official.post(f"/objections/{made.pk}/uphold/", {"text": "年报有误", "source": "accounts"})
    assert "待更正" in official.get(address).content.decode()
    assert "年报有误" in firm.get(f"/enterprises/{ids[0]}/record/").content.decode()
    official.post(f"/objections/{made.pk}/correct/", {"text": "已重新报送"})
    assert disputed(ids[0]).names == []


def test_a_row_is_objected_to_by_its_place_and_only_one_s_own(as_role: Callable[[str], Client], ids: list[str]) -> None:
    firm = as_role("enterprise")
    page = firm.get(f"/enterprises/{ids[0]}/record/company/").content.decode()
    place = page.split('name="row" value="')[1].split('"')[0]
    assert firm.post("/objections/make/", {"row": place, "text": "地址不对"}).status_code == 302
    assert "有异议" in firm.get(f"/enterprises/{ids[0]}/record/company/").content.decode()
    assert Objection.objects.get().seen["file"].startswith("company")
    assert firm.post("/objections/make/", {"row": "company|no such row", "text": "x"}).status_code == 404
    assert firm.post("/objections/make/", {"row": "no_register|1", "text": "x"}).status_code == 404
    assert firm.post("/objections/make/", {"field": "no_field", "text": "x"}).status_code == 404


def test_hostile_words_are_shown_as_text_and_lose_what_cannot_be_seen(
    as_role: Callable[[str], Client], ids: list[str]
) -> None:
    as_role("enterprise").post("/objections/make/", {"field": "profit_fen", "text": HOSTILE})
    assert "\u202e" not in Objection.objects.get().text
    assert "\x00" not in Objection.objects.get().text
    for client, path in (
        (as_role("enterprise"), f"/enterprises/{ids[0]}/record/"),
        (as_role("steward"), "/objections/"),
    ):
        page = client.get(path).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page


def test_long_and_empty_words_are_refused_in_words(as_role: Callable[[str], Client], ids: list[str]) -> None:
    firm = as_role("enterprise")
    for text in ("", " \u200b\n", "x" * 2001):
        firm.post("/objections/make/", {"field": "profit_fen", "text": text})
        assert "请写明错在哪里" in firm.get(f"/enterprises/{ids[0]}/record/").content.decode()
    assert not Objection.objects.exists()


def test_line_ends_stay_and_control_characters_go() -> None:
    assert written("a\r\nb\rc\x07\u2066\ud800 ") == "a\nb\nc"


def test_every_move_stands_in_the_archive_s_log(people: dict[str, User], tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", "demo")
    made = _made(people, archive=archive)
    objection_move(people["official"], made.pk, "uphold", "right", "accounts", archive=archive)
    told = [(event.content["move"], event.content["state"], event.by) for event in archive.decisions("objection")]
    assert told == [("make", "open", "one-enterprise"), ("uphold", "upheld", "one-official")]
    assert archive.verify() == []


def test_what_the_archive_does_not_keep_is_not_done(people: dict[str, User], tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", "demo")
    _made(people, archive=archive)
    log = archive.path / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b"we have 40 people", b"we have 41 people"))
    with pytest.raises(ObjectionRefused, match="archive"):
        _made(people, Subject("", "profit_fen", {}), Archive.opened(archive.path))
    assert Objection.objects.count() == 1


def test_an_enterprise_is_told_of_an_answer_until_it_has_seen_it(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str]
) -> None:
    made = _made(people)
    objection_move(people["official"], made.pk, "refuse", "no", archive=None)
    firm = as_role("enterprise")
    assert "已答复" in firm.get(f"/enterprises/{ids[0]}/").content.decode()
    firm.get(f"/enterprises/{ids[0]}/record/")
    assert "件异议已答复" not in firm.get(f"/enterprises/{ids[0]}/").content.decode()
    assert timezone.localdate() > DAY
