"""The credit view: off it is not there; on it adds up, and opens to the firm and to whom it agreed alone."""

from collections.abc import Callable
from datetime import timedelta

import polars as pl
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from kerong.engine.score.declared import read
from kerong.web.base.models import AccessLog, Consent, Role, User
from kerong.web.base.models.consent import SECTIONS
from kerong.web.base.permissions import Reach
from kerong.web.base.selectors.bins import bin_of
from kerong.web.base.selectors.carried import Carried, carried
from kerong.web.base.selectors.credit import CreditPage, Likelihood, credit_page
from kerong.web.base.selectors.models import card_held
from kerong.web.base.selectors.published import Published


@pytest.fixture
def is_on(settings: Settings) -> None:
    """The setting is on."""
    settings.CREDIT_VIEW = True


def _agreed(people: dict[str, User], purpose: str, sections: tuple[str, ...] = SECTIONS) -> Consent:
    today = timezone.localdate()
    return Consent.objects.create(
        enterprise_id=people["enterprise"].enterprise_id,
        institution=people["bank"].institution,
        purpose=purpose,
        sections=list(sections),
        starts_on=today,
        expires_on=today + timedelta(days=9),
        granted_by=people["enterprise"],
    )


def _own(published: Published, enterprise_id: str, held: Carried | None = None) -> CreditPage:
    granted = Reach(frozenset(SECTIONS), "own_data", own=True)
    found = credit_page(published, enterprise_id, granted, held or carried(published, granted), "en")
    assert found is not None
    return found


@pytest.mark.parametrize("role", ["", *Role])
def test_off_it_is_not_there_for_anybody_and_nothing_leads_to_it(
    role: str, as_role: Callable[[str], Client], ids: list[str]
) -> None:
    client = as_role(role)
    assert client.get(f"/enterprises/{ids[0]}/credit/").status_code == 404
    assert client.get("/enterprises/nobody/credit/").status_code == 404
    assert b"/credit/" not in client.get(f"/enterprises/{ids[0]}/", follow=True).content


def test_neither_the_interface_nor_the_export_tells_of_it_whatever_the_setting(
    as_role: Callable[[str], Client], ids: list[str], settings: Settings
) -> None:
    told = []
    for is_on in (False, True):
        settings.CREDIT_VIEW = is_on
        own, official = as_role("enterprise"), as_role("official")
        paths = [f"/api/enterprises/{ids[0]}", f"/api/enterprises/{ids[0]}/offers"]
        told.append([own.get(path).content for path in paths] + [official.get("/enterprises/export.csv").content])
    assert told[0] == told[1]


@pytest.mark.parametrize("role", ["official", "analyst", "steward", "admin"])
def test_officials_may_not_open_it(role: str, is_on: None, as_role: Callable[[str], Client], ids: list[str]) -> None:
    assert as_role(role).get(f"/enterprises/{ids[0]}/credit/").status_code == 403


def test_a_firm_reads_its_own_and_no_other(is_on: None, as_role: Callable[[str], Client], ids: list[str]) -> None:
    client = as_role("enterprise")
    assert client.get(f"/enterprises/{ids[0]}/credit/").status_code == 200
    foreign, missing = (client.get(f"/enterprises/{name}/credit/").status_code for name in (ids[1], "nobody"))
    assert (foreign, missing) == (404, 404)


def test_of_the_shipped_purposes_the_credit_review_alone_opens_it_to_an_institution(
    is_on: None, as_role: Callable[[str], Client], people: dict[str, User], ids: list[str], published: Published
) -> None:
    told = {}
    for purpose in published.rulebook.purposes:
        consent = _agreed(people, purpose)
        told[purpose] = as_role("bank").get(f"/enterprises/{ids[0]}/credit/").status_code
        consent.revoked_at = timezone.now()
        consent.save()
    assert {purpose for purpose, code in told.items() if code == 200} == {"credit_review"}
    assert {code for purpose, code in told.items() if purpose != "credit_review"} == {404}


def test_a_consent_to_the_credit_review_opens_it_until_it_is_revoked_and_every_read_is_recorded(
    is_on: None, as_role: Callable[[str], Client], published: Published, people: dict[str, User], ids: list[str]
) -> None:
    bank, address = as_role("bank"), f"/enterprises/{ids[0]}/credit/"
    assert bank.get(address).status_code == 404
    consent = _agreed(people, "credit_review")
    page = bank.get(address)
    assert page.status_code == 200
    assert published.rulebook.models["credit"].title.zh in page.content.decode()
    read_once = AccessLog.objects.get(what="credit")
    assert (read_once.consent, read_once.enterprise_id, read_once.purpose) == (consent, ids[0], "credit_review")
    assert as_role("fund").get(address).status_code == 404
    assert bank.get(f"/enterprises/{ids[1]}/credit/").status_code == 404
    consent.revoked_at = timezone.now()
    consent.save()
    assert bank.get(address).status_code == 404


def test_the_consent_alone_does_not_open_it_where_the_setting_is_off(
    as_role: Callable[[str], Client], published: Published, people: dict[str, User], ids: list[str]
) -> None:
    _agreed(people, "credit_review")
    bank = as_role("bank")
    assert bank.get(f"/enterprises/{ids[0]}/credit/").status_code == 404
    assert b"/credit/" not in bank.get(f"/enterprises/{ids[0]}/").content


@pytest.mark.parametrize("days", [-9, 3])
def test_a_consent_that_has_ended_or_not_begun_does_not_open_it(
    days: int, is_on: None, as_role: Callable[[str], Client], people: dict[str, User], ids: list[str]
) -> None:
    consent = _agreed(people, "credit_review")
    begin = timezone.localdate() + timedelta(days=days)
    consent.starts_on, consent.expires_on = begin, begin + timedelta(days=1)
    consent.save()
    assert as_role("bank").get(f"/enterprises/{ids[0]}/credit/").status_code == 404


def test_a_consent_without_the_section_of_scores_does_not_open_it(
    is_on: None, as_role: Callable[[str], Client], people: dict[str, User], ids: list[str]
) -> None:
    _agreed(people, "credit_review", ("profile", "offers"))
    assert as_role("bank").get(f"/enterprises/{ids[0]}/credit/").status_code == 404


def test_points_add_up_and_reasons_leave_exactly_the_points(is_on: None, published: Published, ids: list[str]) -> None:
    for enterprise_id in ids[:12]:
        for one in _own(published, enterprise_id).readings:
            assert one.base + sum(line.points for line in one.lines) == one.points
            assert one.best - sum(line.cost for line in one.reasons) - one.rest == one.points
            assert sum(line.cost for line in one.lines) + one.hidden_cost == one.best - one.points
            assert one.low <= one.points <= one.high
            assert one.best_likelihood.bp <= one.likelihood.bp <= one.worst_likelihood.bp
            if not one.hidden:
                assert one.points + sum(line.low for line in one.unknown) == one.low
                assert one.points + sum(line.high for line in one.unknown) == one.high


def test_what_tells_of_other_firms_is_not_shown_singly(is_on: None, published: Published, ids: list[str]) -> None:
    granted = Reach(frozenset(SECTIONS), "own_data", own=True)
    held = carried(published, granted)
    fewer = Carried(held.fields - {"age_months"}, held.columns, {"age_months": "others"})
    whole, part = (_own(published, ids[0], one).readings[0] for one in (held, fewer))
    assert part.hidden == whole.hidden + 1
    assert {line.title.en for line in whole.lines} - {line.title.en for line in part.lines} == {"Age in months"}
    assert part.base + sum(line.points for line in part.lines) == part.points == whole.points


def test_the_bin_that_is_shown_is_the_one_that_the_run_read(published: Published) -> None:
    for name, rules in published.rulebook.cards.items():
        card = card_held(published, name)
        values = read(published.enterprises, published.rulebook.models[rules.model], published.on)[0]
        told = published.table("credit").filter(card=name).collect()
        for value, row in zip(values.iter_rows(named=True), told.iter_rows(named=True), strict=True):
            assert value["subject"] == row["subject"]
            for line in card.segment(row["segment"]).lines:
                assert bin_of(line, value[line.name]).points == row[f"points_{line.name}"]


def test_a_run_without_a_reading_says_so(is_on: None, published: Published, ids: list[str]) -> None:
    bare = Published("bare", published.path)
    bare.__dict__["tables"] = published.tables - {"credit"}
    assert _own(bare, ids[0]).readings == ()


def test_the_table_is_read_by_firm_and_card_alone(is_on: None, published: Published, ids: list[str]) -> None:
    kinds = {one.model.kind for one in _own(published, ids[0]).readings}
    assert kinds == {"credit"}
    row = published.table("credit").filter(pl.col("card") == "credit", subject=ids[0]).collect().row(0, named=True)
    assert _own(published, ids[0]).readings[0].points == row["points"]


@given(st.integers(1, 9_999))
def test_a_chance_is_never_told_as_nobody_and_stays_within_half_a_firm(bp: int) -> None:
    told = Likelihood.of(bp)
    few, many = int(told.few.replace(",", "")), int(told.many.replace(",", ""))
    assert few >= 1
    assert abs(few - bp * many / 10_000) <= 0.5
