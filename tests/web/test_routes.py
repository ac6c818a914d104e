"""Every route times every role: the table of permissions is complete, and the gate keeps it."""

from collections.abc import Callable, Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kerong.web.base.models import Role
from kerong.web.base.permissions import ANYONE, ROUTES, is_switched_off, roles_of_route
from kerong.web.base.selectors.published import Published

PASSED = {200, 302, 405}
ABOUT_ONE = {"enterprise", "enterprise_index", "enterprise_index_pdf", "enterprise_values", "enterprise_value"}
ABOUT_ONE |= {"alert", "api:enterprise", "api:offers"}
FIRM_PAGES = ("values", "network", "record", "index", "index_pdf", "credit", "support", "support_pdf")
OF_AN_ARCHIVE = {"batch", "batch_quarantine"}  # the city of these tests has none
OF_A_DEAL = {"deal", "deal_attachment", "deal_open", "pool"}  # nor deals
OF_A_BUDGET = {"case", "attachment", "apply", "call", "budget", "budget_export", "payment_file"}  # nor budgets


def _names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for item in patterns:
        if isinstance(item, URLResolver):
            inner = f"{prefix}{item.namespace}:" if item.namespace else prefix
            yield from _names(item.url_patterns, inner)
        else:
            yield f"{prefix}{item.name}"


def _address(name: str, enterprise_id: str, rule: str) -> str:
    wanted: dict[str, dict[str, str | int]] = {
        "enterprise": {"enterprise_id": enterprise_id},
        "systems_firm": {"enterprise_id": enterprise_id},
        "consent_revoke": {"consent_id": 1},
        **{f"enterprise_{page}": {"enterprise_id": enterprise_id} for page in FIRM_PAGES},
        "enterprise_value": {"enterprise_id": enterprise_id, "field": "employees"},
        "enterprise_rows": {"enterprise_id": enterprise_id, "register": "company"},
        "model": {"name": "hazard"},
        "message_open": {"message_id": 1},
        "alert": {"alert_id": 1},
        "alert_move": {"alert_id": 1, "move": "take"},
        **{key: {"case_id": 1} for key in ("case", "attachment_add")},
        "case_move": {"case_id": 1, "move": "accept"},
        "attachment": {"attachment_id": 1},
        **{key: {"deal_id": 1} for key in ("deal", "deal_attach")},
        "deal_move": {"deal_id": 1, "move": "take"},
        "deal_attachment": {"attachment_id": 1},
        "deal_open": {"kind": "nothing"},
        **{key: {"name": "nothing"} for key in ("pool", "pool_open")},
        "pool_money": {"name": "nothing", "verb": "pay_in"},
        "book_money": {"verb": "pay_in"},
        "apply": {"rule": rule},
        **{key: {"call_id": 1} for key in ("call", "call_propose")},
        **{key: {"budget_id": 1} for key in ("budget", "budget_change", "budget_export", "payment_send")},
        "payment_file": {"file_id": 1},
        "budget_change_decide": {"budget_id": 1, "change_id": 1},
        "objection_move": {"objection_id": 1, "move": "withdraw"},
        "register": {"name": "tax"},
        **{key: {"batch_id": "000001-0a1b2c3d4e5f"} for key in ("batch", "batch_decide", "batch_quarantine")},
        "feed_token_revoke": {"token_id": 1},
        "payment_channel_close": {"channel_id": 1},
        "api:feed_batches": {"feed": "tax"},
        "api:payment_returns": {"channel": "river"},
        "rule": {"name": rule},
        "waterfall": {"name": "risk_pool"},
        "api:rule": {"name": rule},
        "api:enterprise": {"enterprise_id": enterprise_id},
        "api:offers": {"enterprise_id": enterprise_id},
    }
    return reverse(name, kwargs=wanted.get(name, {}))


def test_every_route_is_in_the_table_and_the_table_names_no_other() -> None:
    assert set(_names(get_resolver().url_patterns)) == set(ROUTES)


def test_a_route_that_nobody_declared_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured):
        roles_of_route("nobody_declared_this")


@pytest.mark.parametrize("role", ["", *Role])
def test_the_gate_lets_each_role_through_its_own_routes_only(
    role: str, as_role: Callable[[str], Client], published: Published, ids: list[str]
) -> None:
    client = as_role(role)
    rule = next(iter(published.rulebook.rules))
    consented = {Role.BANK, Role.GUARANTOR, Role.INSURER, Role.FUND}
    for name, allowed in ROUTES.items():
        if name == "api:api-root":  # only the base of addresses: there is no page
            continue
        status = client.get(_address(name, ids[0], rule)).status_code
        if is_switched_off(name):
            expected = {404}
        elif ANYONE in allowed or role in allowed:
            is_missing = name in OF_AN_ARCHIVE | OF_A_BUDGET | OF_A_DEAL or (name in ABOUT_ONE and role in consented)
            expected = {404} if is_missing else PASSED
        elif role:
            expected = {403}
        else:
            expected = {401} if name.startswith("api:") else {302}
        assert status in expected, f"{role or 'nobody'} on {name}: {status}"


def test_nobody_is_led_to_the_log_in_and_back(as_role: Callable[[str], Client]) -> None:
    answer = as_role("").get("/enterprises/?district=990102")
    assert answer.headers["Location"] == "/account/login/?next=/enterprises/%3Fdistrict%3D990102"


@pytest.mark.parametrize(
    "path",
    [
        "/enterprises/{id}/",
        "/enterprises/{id}/values/",
        "/enterprises/{id}/index/",
        "/enterprises/{id}/index.pdf",
        "/enterprises/{id}/values/employees/",
        "/api/enterprises/{id}",
        "/api/enterprises/{id}/offers",
    ],
)
@pytest.mark.parametrize("role", ["enterprise", "bank", "fund", "guarantor", "insurer"])
def test_a_foreign_id_and_a_missing_one_answer_the_same_404(
    role: str, path: str, as_role: Callable[[str], Client], ids: list[str]
) -> None:
    client = as_role(role)
    foreign = client.get(path.format(id=ids[5]))
    missing = client.get(path.format(id="no-such-enterprise"))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    same = [
        page.content.decode().replace(ids[5], "ID").replace("no-such-enterprise", "ID") for page in (foreign, missing)
    ]
    strip = [page.split('name="csrfmiddlewaretoken"')[0] for page in same]
    assert strip[0] == strip[1]


def test_the_home_of_each_role_is_a_page_that_it_may_open(as_role: Callable[[str], Client]) -> None:
    for role in Role:
        assert as_role(role).get("/home/", follow=True).status_code == 200, role
