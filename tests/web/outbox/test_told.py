"""Who is told of what: whose move is next, the firm of what was decided, and nobody of what they may not see."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from kerong.web.base.models import Message, OutboxRow, Role, User
from kerong.web.base.services.case import CaseRefused
from tests.intake.office import code
from tests.web.cases.town import Town
from tests.web.deals.town import LendingTown
from tests.web.outbox.told import delivered, told_to, wrong

pytestmark = pytest.mark.database


def test_a_move_is_told_to_whoever_is_next_and_not_to_who_made_it(town: Town) -> None:
    case = town.applied(1)
    town.do("lin", case, "accept")
    assert delivered() == {"delivered": 2}
    assert told_to(town.people["wang"]) == ["apply>applied accept? return?", "accept>accepted verify?"]
    assert told_to(town.people["lin"]) == ["apply>applied accept? return?"]
    assert told_to(town.people["firm1"]) == []
    assert wrong() == []


def test_the_firm_hears_that_it_has_to_correct_and_what_was_decided(town: Town) -> None:
    case = town.applied(1)
    town.do("lin", case, "return")
    town.do("firm1", case, "correct")
    town.do("lin", case, "reject")
    delivered()
    assert told_to(town.people["firm1"]) == ["return>returned correct?", "reject>rejected"]
    assert wrong() == []


def test_the_firm_hears_of_approval_notice_and_payment_orders_of_a_whole_case(town: Town) -> None:
    town.at("instructed")
    delivered()
    assert told_to(town.people["firm1"]) == ["approve>approved", "notice>noticed"]
    assert wrong() == []


def test_whoever_had_another_hand_in_the_case_is_not_asked_to_do_what_somebody_else_must(town: Town) -> None:
    """lin reviewed it: its approval is asked of the others."""
    town.at("reserved")
    delivered()
    assert "reserve>reserved approve?" in told_to(town.people["wang"])
    assert "reserve>reserved approve?" not in told_to(town.people["lin"])


def test_another_log_in_of_who_made_the_move_is_not_told_either(town: Town) -> None:
    town.people["lin"].person = "staff-1"
    town.people["lin"].save()
    second = town.person("lin2", Role.OFFICIAL, person="staff-1")
    town.do("lin", town.applied(1), "accept")
    delivered()
    assert told_to(second) == ["apply>applied accept? return?"]


def test_who_has_left_is_told_nothing(town: Town) -> None:
    town.people["wang"].is_active = False
    town.people["wang"].save()
    town.applied(1)
    delivered()
    assert told_to(town.people["wang"]) == []


def test_a_move_that_is_refused_leaves_no_row(town: Town) -> None:
    case = town.at("reserved")
    before = OutboxRow.objects.count()
    with pytest.raises(CaseRefused):  # lin has reviewed it
        town.do("lin", case, "approve")
    with pytest.raises(CaseRefused):
        town.do("wang", case, "approve", fen=1)
    assert OutboxRow.objects.count() == before


def test_a_move_that_leaves_the_state_as_it_is_tells_nobody(town: Town) -> None:
    case = town.at("accepted")
    before = OutboxRow.objects.count()
    town.do("firm1", case, "change_payee", payee=town.payee(1))
    assert OutboxRow.objects.count() == before


def test_of_a_loan_the_bank_is_told_what_waits_and_the_firm_what_was_decided(lending: LendingTown) -> None:
    lending.drawn(1)
    delivered()
    assert told_to(lending.people["firm1"]) == ["approve>approved", "draw>repaying"]
    assert told_to(lending.people["fang"]) == [
        "apply>applied take?",
        "take>taken ask? recommend?",
        "recommend>recommended approve?",
        "approve>approved sign?",
        "sign>contracted draw?",
    ]
    assert told_to(lending.people["gao"]) == []
    assert wrong() == []


def test_close_of_business_tells_the_firm_that_a_loan_is_overdue(lending: LendingTown) -> None:
    lending.overdue(1)
    delivered()
    assert told_to(lending.people["firm1"])[-1] == "fall_overdue>overdue"
    assert wrong() == []


def test_a_message_about_what_one_may_no_longer_see_is_not_shown_and_not_counted(
    town: Town, settings: Settings
) -> None:
    town.at("approved")
    delivered()
    client, firm = Client(), town.people["firm1"]
    client.force_login(firm)
    assert "企业1号" in client.get("/messages/").content.decode()
    message = Message.objects.filter(person=firm).first()
    assert message is not None
    firm.enterprise_id = code(2)
    firm.save()
    page = client.get("/messages/").content.decode()
    assert "企业1号" not in page
    assert "0 条未读" in page
    assert client.post(f"/messages/{message.pk}/").status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sentence_is_made_in_the_readers_language_when_it_is_read(town: Town, lang: str) -> None:
    town.do("lin", town.applied(1), "return")
    delivered()
    client = Client()
    client.force_login(town.people["firm1"])
    client.cookies["kerong_language"] = lang
    page = client.get("/messages/").content.decode()
    said = {
        "zh": ("：待补正。", "请您办理：补正。"),
        "en": (": returned for correction.", "waits for you to: correct."),
    }
    for words in said[lang]:
        assert words in page
    for words in said["en" if lang == "zh" else "zh"]:
        assert words not in page


def test_opening_a_message_marks_it_read_and_leads_to_the_case_and_a_foreign_one_is_not_there(town: Town) -> None:
    case = town.at("approved")
    delivered()
    message = Message.objects.get(person=town.people["firm1"])
    stranger, firm = (
        _client(town.person("other", Role.ENTERPRISE, enterprise_id=code(2))),
        _client(town.people["firm1"]),
    )
    assert stranger.post(f"/messages/{message.pk}/").status_code == 404
    message.refresh_from_db()
    assert message.read_at is None
    assert "1 条未读" in firm.get("/messages/").content.decode()
    assert firm.post(f"/messages/{message.pk}/").headers["Location"] == f"/cases/{case.pk}/"
    assert "0 条未读" in firm.get("/messages/").content.decode()


def test_all_messages_are_marked_read_at_once_and_only_ones_own(town: Town) -> None:
    town.at("noticed")
    delivered()
    others = Message.objects.filter(read_at=None).exclude(person=town.people["firm1"]).count()
    _client(town.people["firm1"]).post("/messages/read/")
    assert not Message.objects.filter(person=town.people["firm1"], read_at=None).exists()
    assert Message.objects.filter(read_at=None).count() == others > 0


def _client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client
