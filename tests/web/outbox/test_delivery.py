"""The worker's half: whatever is written is delivered once, and what cannot be delivered goes aside."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from kerong.web.base.models import Message, OutboxRow
from kerong.web.base.models.outbox import ASIDE, DELIVERED, WAITING
from kerong.web.base.services import delivery
from kerong.web.base.services.delivery import MOST_ATTEMPTS, outbox_deliver, outbox_retry
from kerong.web.base.services.outbox import Audience, outbox_file, outbox_notice
from tests.web.cases.town import Town
from tests.web.outbox.told import delivered, later, told_to, wrong

pytestmark = pytest.mark.database
STEPS = ("apply", "move", "begin", "deliver", "fail")


class Killed(BaseException):
    """The worker is gone between two of its statements."""


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STEPS), min_size=3, max_size=12))
def test_whatever_is_interleaved_delivered_is_what_was_written(town: Town, steps: list[str]) -> None:
    """People move cases while workers begin rows, end them, or are gone before they do."""
    with transaction.atomic():
        firms = iter(range(1, 30))
        cases = []
        for step in steps:
            if step == "apply":
                cases.append(town.applied(next(firms)))
            elif step == "move" and cases:
                case = cases.pop(0)
                town.do("lin", case, "accept")
            elif step == "begin":
                delivery._begun(timezone.now())
            elif step == "deliver":
                outbox_deliver(now=timezone.now())
            elif step == "fail":
                row = delivery._begun(timezone.now())
                if row is not None:
                    delivery._failed(row, OSError("the disk is full"), timezone.now())
        delivered()
        assert wrong() == []
        assert not OutboxRow.objects.exclude(state=DELIVERED).exists()
        transaction.set_rollback(True)


def test_what_is_written_twice_under_one_key_is_one_row_and_is_told_once(town: Town) -> None:
    case = town.applied(1)
    row = OutboxRow.objects.get()
    about, to = ("case", case.pk), Audience(row.role, row.code)
    for _ in range(3):
        outbox_notice(to, about, row.key, row.payload)
        delivered()
    assert OutboxRow.objects.count() == 1
    assert told_to(town.people["lin"]) == ["apply>applied accept? return?"]


def test_a_row_that_somebody_has_begun_is_nobody_elses_for_a_minute(town: Town) -> None:
    town.applied(1)
    now = timezone.now()
    assert delivery._begun(now) is not None
    assert outbox_deliver(now=now + timedelta(seconds=59)) == {}
    assert outbox_deliver(now=now + timedelta(seconds=61)) == {DELIVERED: 1}


def test_a_notice_and_that_it_is_delivered_are_one_transaction(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.applied(1)

    def killed(row: OutboxRow) -> None:
        delivery._into_inboxes(row)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "INSIDE", {"notice": killed})
        with pytest.raises(Killed):
            delivered()
    assert not Message.objects.exists()
    assert outbox_deliver(now=later() + timedelta(hours=1)) == {DELIVERED: 1}
    assert wrong() == []


def test_a_poisoned_row_goes_aside_after_so_many_tries_with_its_error_and_the_others_go_on(town: Town) -> None:
    case = town.applied(1)
    outbox_notice(Audience("official"), ("case", case.pk), "poison", {"version": "none"})
    outbox_notice(Audience("official"), ("case", 999_999), "about nothing", {"version": 1})
    now, tries = timezone.now(), 0
    while OutboxRow.objects.get(key="poison").state == WAITING:
        now += timedelta(days=1)
        outbox_deliver(now=now)
        tries += 1
        assert told_to(town.people["lin"]) == ["apply>applied accept? return?"]
    poison, nothing = (OutboxRow.objects.get(key=key) for key in ("poison", "about nothing"))
    assert (tries, poison.attempts, poison.state) == (MOST_ATTEMPTS, MOST_ATTEMPTS, ASIDE)
    assert "ValueError" in poison.error
    assert (nothing.attempts, nothing.state) == (1, ASIDE)
    assert "there is no case 999999" in nothing.error


def test_what_fails_for_now_is_tried_again_ever_later_and_then_put_aside(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.applied(1)

    def failing(_: OutboxRow) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(delivery, "INSIDE", {"notice": failing})
    now, pauses = timezone.now(), []
    for _ in range(MOST_ATTEMPTS):
        outbox_deliver(now=now)
        row = OutboxRow.objects.get()
        pauses.append((row.next_at - now).total_seconds())
        now = row.next_at
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600]
    assert (row.state, row.error) == (ASIDE, "OSError: the disk is full")
    monkeypatch.undo()
    assert outbox_retry([row.pk], now=now) == 1
    assert outbox_deliver(now=now) == {DELIVERED: 1}
    assert wrong() == []


def test_a_row_that_kills_every_worker_goes_aside(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.applied(1)

    def killed(_: OutboxRow) -> None:
        raise Killed

    monkeypatch.setattr(delivery, "INSIDE", {"notice": killed})
    now = timezone.now()
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Killed):
            outbox_deliver(now=now)
        now += timedelta(minutes=2)
    assert outbox_deliver(now=now) == {ASIDE: 1}
    assert "begun too often" in OutboxRow.objects.get().error


@pytest.mark.usefixtures("town")
@given(st.text(max_size=300))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_is_whole_under_its_name_and_nothing_else_is_left(text: str) -> None:
    from django.conf import settings as portal

    clean = text.replace("\0", "").encode("utf-8", "ignore").decode()
    with transaction.atomic():
        outbox_file("bank", "a.csv", clean)
        assert delivered() == {DELIVERED: 1}
        folder = Path(portal.OUTBOX) / "bank"
        assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("a.csv", clean.encode())]
        (folder / "a.csv").unlink()
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("channel", "name"), [("..", "a"), ("bank", "../a"), ("bank", ".a"), ("bank", "a/b"), ("", "a")]
)
def test_a_file_whose_name_leads_elsewhere_is_put_aside(town: Town, channel: str, name: str, tmp_path: Path) -> None:
    outbox_file(channel, name, "x")
    assert delivered() == {ASIDE: 1}
    assert list(tmp_path.rglob("*")) == []


def test_a_file_that_is_there_and_says_something_else_is_never_overwritten(town: Town, settings: Settings) -> None:
    path = Path(settings.OUTBOX) / "bank" / "a.csv"
    path.parent.mkdir(parents=True)
    path.write_text("the bank has this")
    outbox_file("bank", "a.csv", "another")
    assert delivered() == {ASIDE: 1}
    assert path.read_text() == "the bank has this"
    assert "says something else" in OutboxRow.objects.get().error


def test_without_a_mail_server_no_mail_is_sent_and_with_one_it_says_only_that_there_is_a_message(
    town: Town, settings: Settings
) -> None:
    firm = town.people["firm1"]
    firm.email = "firm@example.com"
    firm.save()
    case = town.at("approved")
    delivered()
    assert mail.outbox == []
    settings.EMAIL_HOST = "mail.example.com"
    town.do("lin", case, "notice")
    delivered()
    (sent,) = mail.outbox
    assert sent.to == ["firm@example.com"]
    assert "企业" not in sent.body
    assert "interest" not in sent.body
    assert sent.extra_headers["Message-ID"].endswith("@kerong>")
    delivered()
    assert len(mail.outbox) == 1
