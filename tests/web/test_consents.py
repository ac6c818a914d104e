"""Consents: what they open, that revocation holds at once, and that every read is recorded."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from kerong.web.base.models import AccessLog, Consent, User
from kerong.web.base.permissions import reach
from kerong.web.base.services.consent import ConsentRefused, consent_grant, consent_revoke

TODAY = date(2025, 7, 1)


def _granted(people: dict[str, User], sections: list[str], *, today: date = TODAY, term_days: int = 30) -> Consent:
    bank = people["bank"].institution
    return consent_grant(
        people["enterprise"], bank, {bank}, "loan_application", sections, today=today, term_days=term_days
    )


def test_a_bank_reads_the_sections_that_were_granted_and_no_others(people: dict[str, User], ids: list[str]) -> None:
    _granted(people, ["score"])
    found = reach(people["bank"], ids[0], TODAY)
    assert found is not None
    assert found.sections == {"score"}
    assert reach(people["bank"], ids[1], TODAY) is None
    assert reach(people["fund"], ids[0], TODAY) is None


def test_a_consent_holds_from_its_first_to_its_last_day(people: dict[str, User], ids: list[str]) -> None:
    _granted(people, ["score"], term_days=30)
    days = [-1, 0, 29, 30]
    open_on = [reach(people["bank"], ids[0], TODAY + timedelta(days=n)) is not None for n in days]
    assert open_on == [False, True, True, False]


def test_revocation_holds_from_the_next_request(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str]
) -> None:
    bank, firm = as_role("bank"), as_role("enterprise")
    asked = {"institution": people["bank"].institution, "purpose": "loan_application", "term_days": "30"}
    firm.post("/consents/grant/", {**asked, "sections": ["profile", "offers"]})
    assert bank.get(f"/enterprises/{ids[0]}/").status_code == 200
    firm.post(f"/consents/{Consent.objects.get().pk}/revoke/")
    assert bank.get(f"/enterprises/{ids[0]}/").status_code == 404
    assert bank.get(f"/api/enterprises/{ids[0]}").status_code == 404


def test_a_bank_sees_only_its_own_products_of_the_enterprise(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str]
) -> None:
    _granted(people, ["offers"], today=timezone.localdate(), term_days=30)
    page = as_role("bank").get(f"/api/enterprises/{ids[0]}/offers").json()
    everything = as_role("official").get(f"/api/enterprises/{ids[0]}/offers").json()
    assert len(page) < len(everything)
    assert as_role("bank").get(f"/api/enterprises/{ids[0]}").json()["points"] is None


def test_without_the_profile_no_value_of_a_clause_is_shown(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str]
) -> None:
    bank = people["bank"].institution
    for enterprise_id in ids[:10]:
        firm = User.objects.create_user(username=enterprise_id, role="enterprise", enterprise_id=enterprise_id)
        consent_grant(firm, bank, {bank}, "loan_application", ["offers"], today=timezone.localdate(), term_days=9)
        page = as_role("bank").get(f"/enterprises/{enterprise_id}/").content.decode()
        assert 'class="offer"' in page
        assert '<span class="why"> — ' not in page
        assert 'class="facts"' not in page


def test_every_read_by_others_is_recorded_and_the_enterprise_sees_it(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str]
) -> None:
    as_role("official").get(f"/enterprises/{ids[0]}/")
    as_role("analyst").get(f"/api/enterprises/{ids[0]}/offers")
    as_role("official").get("/enterprises/export.csv")
    as_role("official").get(f"/enterprises/{ids[1]}/")
    told = [(row.what, row.role) for row in AccessLog.objects.filter(enterprise_id__in=[ids[0], "*"])]
    assert sorted(told) == [("api", "analyst"), ("export", "official"), ("page", "official")]
    page = as_role("enterprise").get(f"/enterprises/{ids[0]}/").content.decode()
    assert page.count("履行公共管理职责") == 3


def test_a_new_consent_replaces_the_standing_one(people: dict[str, User]) -> None:
    first = _granted(people, ["score"])
    second = _granted(people, ["offers"])
    first.refresh_from_db()
    assert first.state(TODAY) == "revoked"
    assert second.state(TODAY) == "active"


def test_two_standing_consents_to_one_institution_cannot_be_stored(people: dict[str, User]) -> None:
    first = _granted(people, ["score"])
    fields = {name: getattr(first, name) for name in ("enterprise_id", "institution", "purpose", "sections")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(**fields, starts_on=TODAY, expires_on=TODAY, granted_by=people["enterprise"])


def test_only_the_enterprise_itself_grants_and_revokes(people: dict[str, User]) -> None:
    consent = _granted(people, ["score"])
    with pytest.raises(PermissionDenied):
        consent_revoke(people["official"], consent.pk)
    with pytest.raises(PermissionDenied):
        consent_grant(people["bank"], "x", {"x"}, "loan_application", ["score"], today=TODAY, term_days=1)


def test_a_foreign_consent_cannot_be_revoked(people: dict[str, User], ids: list[str]) -> None:
    consent = _granted(people, ["score"])
    other = User.objects.create_user(username="other", password="x", role="enterprise", enterprise_id=ids[1])
    assert not consent_revoke(other, consent.pk)
    consent.refresh_from_db()
    assert consent.revoked_at is None


@pytest.mark.parametrize(
    ("institution", "purpose", "sections", "term_days"),
    [
        ("nobody", "loan_application", ["score"], 30),
        ("bank", "gossip", ["score"], 30),
        ("bank", "loan_application", [], 30),
        ("bank", "loan_application", ["everything"], 30),
        ("bank", "loan_application", ["score"], 0),
        ("bank", "loan_application", ["score"], 10_000),
    ],
)
def test_a_consent_that_makes_no_sense_is_refused(
    people: dict[str, User], institution: str, purpose: str, sections: list[str], term_days: int
) -> None:
    with pytest.raises(ConsentRefused):
        consent_grant(people["enterprise"], institution, {"bank"}, purpose, sections, today=TODAY, term_days=term_days)
    assert not Consent.objects.exists()


def test_what_was_refused_is_said_on_the_page(as_role: Callable[[str], Client]) -> None:
    page = as_role("enterprise").post("/consents/grant/", {"institution": "nobody"}, follow=True)
    assert "没有这家机构" in page.content.decode()
