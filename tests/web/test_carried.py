"""What a consent opens: the fields of its purpose and nothing else, on every way in."""

from collections.abc import Callable

import polars as pl
import pytest
from django.test import Client
from django.utils import timezone

from kerong.engine.record.purpose import for_purpose
from kerong.web.base.models import Consent, User
from kerong.web.base.models.consent import SECTIONS
from kerong.web.base.permissions import Reach
from kerong.web.base.selectors.carried import carried
from kerong.web.base.selectors.dossier import dossier
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.consent import consent_grant, consent_revoke

HIDDEN = "largest_holder_bp"  # rests on shareholders, which a loan application does not name
SHOWN = "sales_12m_fen"


def _granted(people: dict[str, User], purpose: str = "loan_application", role: str = "bank") -> Consent:
    code = people[role].institution
    return consent_grant(people["enterprise"], code, {code}, purpose, SECTIONS, today=timezone.localdate(), term_days=9)


def _reach(consent: Consent) -> Reach:
    return Reach(frozenset(SECTIONS), consent.purpose, provider=consent.institution, consent=consent)


@pytest.mark.parametrize("purpose", ["loan_application", "guarantee_application", "credit_review", "investment_talks"])
def test_a_consent_carries_what_for_purpose_carries_or_what_is_public(
    purpose: str, published: Published, people: dict[str, User], ids: list[str]
) -> None:
    held = carried(published, _reach(_granted(people, purpose)))
    assert held.purpose is not None
    own = published.enterprises.filter(pl.col("enterprise_id") == ids[0])
    found = for_purpose(own, {}, published.rulebook, held.purpose, consented=True)
    shown = dossier(published, ids[0], None, held)
    assert shown is not None
    assert set(shown.enterprise) == set(found.enterprises.columns)
    if purpose not in published.rulebook.purposes:
        assert held.purpose.sensitivity == "public"


def test_a_bank_reads_no_field_outside_the_purpose_by_page_panel_search_or_api(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str], published: Published
) -> None:
    _granted(people)
    bank, title = as_role("bank"), published.rulebook.network_fields[HIDDEN].title.zh
    assert bank.get(f"/enterprises/{ids[0]}/values/{SHOWN}/").status_code == 200
    assert bank.get(f"/enterprises/{ids[0]}/values/{HIDDEN}/").status_code == 404
    assert title not in bank.get(f"/enterprises/{ids[0]}/values/?q={HIDDEN}").content.decode()
    profile = bank.get(f"/api/enterprises/{ids[0]}").json()["profile"]
    assert SHOWN in profile
    assert HIDDEN not in profile
    assert title in as_role("official").get(f"/enterprises/{ids[0]}/values/?q={HIDDEN}").content.decode()
    for path in ("network/", "record/", "record/shareholder/"):
        assert bank.get(f"/enterprises/{ids[0]}/{path}").status_code == 403


def test_ids_swapped_and_consents_of_others_open_nothing(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str]
) -> None:
    _granted(people)
    for role, firm in (("bank", ids[1]), ("fund", ids[0]), ("guarantor", ids[0]), ("insurer", ids[0])):
        for path in (f"/enterprises/{firm}/values/", f"/enterprises/{firm}/values/{SHOWN}/"):
            assert as_role(role).get(path).status_code == 404, (role, path)


def test_a_consent_revoked_between_two_requests_shuts_the_panel(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str]
) -> None:
    consent = _granted(people)
    bank, path = as_role("bank"), f"/enterprises/{ids[0]}/values/{SHOWN}/"
    assert bank.get(path).status_code == 200
    consent_revoke(people["enterprise"], consent.pk)
    assert bank.get(path).status_code == 404


def test_another_purpose_opens_other_fields_from_the_next_request(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str]
) -> None:
    bank, path = as_role("bank"), f"/enterprises/{ids[0]}/values/{HIDDEN}/"
    _granted(people, "guarantee_application")
    assert bank.get(path).status_code == 200
    _granted(people, "loan_application")
    assert bank.get(path).status_code == 404


def test_a_section_that_was_not_granted_opens_no_value(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str]
) -> None:
    code = people["bank"].institution
    consent_grant(
        people["enterprise"], code, {code}, "loan_application", ["score"], today=timezone.localdate(), term_days=9
    )
    assert as_role("bank").get(f"/enterprises/{ids[0]}/values/{SHOWN}/").status_code == 404
    assert 'class="origin"' not in as_role("bank").get(f"/enterprises/{ids[0]}/").content.decode()


def test_points_withheld_cannot_be_found_by_subtraction(
    published: Published, people: dict[str, User], ids: list[str]
) -> None:
    held = carried(published, _reach(_granted(people)))
    for enterprise_id in ids[:40]:
        shown = dossier(published, enterprise_id, None, held)
        assert shown is not None
        lines = [line for part in shown.dimensions for line in part.contributions if line.weight]
        hidden = [line for line in lines if line.withheld]
        assert len(hidden) != 1
        assert all(line.points is None for line in hidden)
        assert all(part.points == 0 for part in shown.dimensions if part.withheld)
        wanted = {line.indicator.name for line in lines if not held.has(line.field)}
        assert wanted <= {line.indicator.name for line in hidden}


def test_a_clause_on_a_withheld_field_shows_neither_value_nor_outcome(
    published: Published, people: dict[str, User], ids: list[str]
) -> None:
    held = carried(published, _reach(_granted(people)))
    seen = 0
    for enterprise_id in ids[:20]:
        shown = dossier(published, enterprise_id, None, held)
        assert shown is not None
        for item in (one for group in shown.groups for one in group.standings):
            for line in item.lines:
                if not held.has_all(line.clause.condition):
                    seen += 1
                    assert (line.outcome, line.said, line.settled_by) == ("withheld", (), ())
                    assert item.clause != line.clause
                    assert item.action is None
    assert seen


def test_an_enterprise_is_not_told_of_the_loans_and_troubles_of_others(
    published: Published, as_role: Callable[[str], Client], ids: list[str]
) -> None:
    firm = as_role("enterprise")
    for name in ("ownership_group_loans_fen", "surety_group_troubled_bp", "near_surety_trouble"):
        assert firm.get(f"/enterprises/{ids[0]}/values/{name}/").status_code == 404
        assert as_role("official").get(f"/enterprises/{ids[0]}/values/{name}/").status_code == 200
    assert firm.get(f"/enterprises/{ids[0]}/values/ownership_group_size/").status_code == 200
