"""Who is told of objections and alerts: who answers, the firm of its answer, the owners of an alert; nobody else."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from django.test import Client

from kerong.web.base.models import AlertParty, Message, Objection, OutboxRow, Run, User
from kerong.web.base.selectors.messages import of_person
from kerong.web.base.services import alerts_of_run
from kerong.web.base.services.objection import ObjectionRefused, Subject, objection_make, objection_move
from tests.web.outbox.told import delivered, told_to
from tests.web.test_alerts import REGION, _run_says

pytestmark = pytest.mark.database
DAY = date(2090, 7, 1)  # later than the run that the fixtures publish
VALUE = Subject("", "employees", {"zh": "4", "en": "4"})


@pytest.fixture(autouse=True)
def nothing_yet(people: dict[str, User]) -> None:
    """What the published run itself told is out of the way."""
    OutboxRow.objects.all().delete()


def made(people: Mapping[str, User]) -> Objection:
    return objection_make(people["enterprise"], VALUE, "we have 40 people", today=DAY, archive=None)


def client_of(person: User, lang: str = "zh") -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["kerong_language"] = lang
    return client


def inbox_of(person: User, lang: str = "zh") -> str:
    return client_of(person, lang).get("/messages/").content.decode().split("<main")[1]


def told(people: Mapping[str, User]) -> dict[str, list[str]]:
    """By role what somebody was told of."""
    return {role: found for role, person in people.items() if (found := told_to(person))}


def test_a_new_objection_is_told_to_those_who_answer_and_its_answer_to_the_firm(people: dict[str, User]) -> None:
    objection = made(people)
    delivered()
    asked = ["make>open uphold? refuse?"]
    assert told(people) == {"official": asked, "steward": asked}
    objection_move(people["steward"], objection.pk, "uphold", "yes", "accounts", archive=None)
    objection_move(people["steward"], objection.pk, "correct", "done", archive=None)
    delivered()
    answers = ["uphold>upheld", "correct>corrected"]
    assert told(people) == {"official": asked, "steward": asked, "enterprise": answers}


def test_what_is_withdrawn_or_refused_to_be_done_tells_nobody_more(people: dict[str, User]) -> None:
    objection = made(people)
    before = OutboxRow.objects.count()
    with pytest.raises(ObjectionRefused):
        made(people)
    with pytest.raises(ObjectionRefused):
        objection_move(people["official"], objection.pk, "uphold", "yes", archive=None)  # says no register
    objection_move(people["enterprise"], objection.pk, "withdraw", archive=None)
    assert OutboxRow.objects.count() == before


def test_a_person_of_the_firm_under_another_log_in_is_not_asked_to_answer(people: dict[str, User]) -> None:
    User.objects.filter(pk=people["enterprise"].pk).update(person="P-7")
    User.objects.filter(pk=people["official"].pk).update(person="p-7")
    people["enterprise"].refresh_from_db()
    made(people)
    delivered()
    assert set(told(people)) == {"steward"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_messages_of_objections_are_made_for_their_reader_and_lead_to_its_page(
    people: dict[str, User], ids: list[str], lang: str
) -> None:
    objection = made(people)
    delivered()
    office = inbox_of(people["official"], lang)
    due = objection.due_on.isoformat()
    assert {"zh": f"请在 {due} 前答复", "en": f"Answer it by {due}"}[lang] in office
    objection_move(people["official"], objection.pk, "refuse", "the register says so", archive=None)
    delivered()
    assert due not in inbox_of(people["official"], lang)
    own = inbox_of(people["enterprise"], lang)
    assert {"zh": "的异议：不成立", "en": ": Refused."}[lang] in own
    for role, address in (("official", "/objections/"), ("enterprise", f"/enterprises/{ids[0]}/record/#objections")):
        message = Message.objects.get(person=people[role])
        assert client_of(people[role]).post(f"/messages/{message.pk}/").headers["Location"] == address


def test_a_message_of_an_objection_is_gone_for_who_is_of_another_firm_now(
    people: dict[str, User], ids: list[str]
) -> None:
    objection = made(people)
    objection_move(people["official"], objection.pk, "refuse", "no", archive=None)
    delivered()
    firm = people["enterprise"]
    assert of_person(firm, REGION).count() == 1
    firm.enterprise_id = ids[1]
    firm.save()
    assert of_person(firm, REGION).count() == 0
    message = Message.objects.get(person=firm)
    assert client_of(firm).post(f"/messages/{message.pk}/").status_code == 404


def says(
    monkeypatch: pytest.MonkeyPatch, run: str, on: date, owners: Mapping[str, set[str]], **warned: tuple[int, int]
) -> None:
    """A run warns of firms; `owners`: by firm the institutions that own its alerts."""
    Run.objects.exclude(on__gt=date(2080, 1, 1)).update(on=date(2000, 1, 1))
    monkeypatch.setattr(alerts_of_run, "_parties", lambda alert, tied: owners.get(alert.subject, set()))
    _run_says(run, on, warned)


def counts(person: User) -> list[tuple[int, int]]:
    rows = OutboxRow.objects.filter(messages__person=person, about_kind="alerts").order_by("id")
    return [(row.payload["raised"], row.payload["handed"]) for row in rows]


def test_each_owner_of_alerts_is_told_once_per_run_how_many_are_its_own(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    bank, fund = people["bank"].institution, people["fund"].institution
    warned = {"a": (2, 5), "b": (2, 5), "c": (1, 5), "d": (1, 5)}
    owners = {"a": {bank}, "b": {bank, fund}}
    for _ in range(2):  # a run that is published again changes nothing
        says(monkeypatch, "one", DAY, owners, **warned)
        delivered()
    everybody = {role: found for role, person in people.items() if (found := counts(person))}
    assert everybody == {"bank": [(2, 0)], "fund": [(1, 0)], "official": [(2, 0)]}
    assert OutboxRow.objects.filter(state="aside").count() == 0


def test_what_changes_hands_is_told_to_the_new_owner_and_what_is_worse_to_the_one_who_has_it(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    bank, fund = people["bank"].institution, people["fund"].institution
    says(monkeypatch, "one", DAY, {"a": {bank}, "b": {bank}}, a=(1, 5), b=(1, 5), c=(1, 5))
    OutboxRow.objects.all().delete()
    later = DAY + timedelta(days=30)
    says(monkeypatch, "two", later, {"a": {fund}, "b": set(), "c": {bank}}, a=(1, 5), b=(1, 5), c=(2, 5))
    delivered()
    assert counts(people["fund"]) == [(0, 1)]
    assert counts(people["official"]) == [(0, 1)]  # b is nobody's else
    assert counts(people["bank"]) == [(1, 0)]  # c came, and is worse
    OutboxRow.objects.filter(messages=None).delete()
    before = OutboxRow.objects.count()
    says(monkeypatch, "three", later + timedelta(days=30), {"a": {fund}, "c": {bank}}, a=(1, 5), b=(1, 5), c=(2, 5))
    assert OutboxRow.objects.count() == before


def test_what_has_lapsed_or_is_closed_is_handed_over_to_nobody(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = people["fund"].institution
    says(monkeypatch, "one", DAY, {}, a=(1, 5))
    OutboxRow.objects.all().delete()
    says(monkeypatch, "two", DAY + timedelta(days=30), {"a": {fund}})
    assert AlertParty.objects.filter(institution=fund, alert__subject="a").exists()
    assert OutboxRow.objects.count() == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_message_of_alerts_says_how_many_leads_to_the_desk_and_stays_with_the_institution(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    bank = people["bank"]
    says(monkeypatch, "one", DAY, {"a": {bank.institution}}, a=(1, 5))
    delivered()
    assert {"zh": "新增或加重 1 条，移交给您 0 条", "en": "1 new or worse, 0 handed over to you"}[lang] in inbox_of(
        bank, lang
    )
    message = Message.objects.get(person=bank)
    assert client_of(bank).post(f"/messages/{message.pk}/").headers["Location"] == "/alerts/"
    assert of_person(bank, "elsewhere").count() == 0
    bank.institution = "another_bank"
    bank.save()
    assert of_person(bank, REGION).count() == 0
    assert client_of(bank).post(f"/messages/{message.pk}/").status_code == 404
