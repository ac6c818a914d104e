"""The desk of alerts: who sees what, what is said, and what is kept back."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.fixtures import Settings

from kerong.rulebook.warned import title_of_kind
from kerong.web.base.models import AccessLog, Alert, AlertMove, AlertParty, Consent, Role, User
from kerong.web.base.models.consent import SECTIONS
from kerong.web.base.pages import today
from kerong.web.base.selectors.alerts import Question, desk
from kerong.web.base.selectors.published import Published, current
from kerong.web.base.services.alerts_of_run import warned
from kerong.web.base.services.run import NotPublishable, run_publish

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
KIND = "loan_overdue_alert"
Login = Callable[[str], Client]


@pytest.fixture
def only(published: Published, people: dict[str, User], ids: list[str]) -> Alert:
    """One alert alone: about the second firm, owned by the bank's institution."""
    Alert.objects.all().update(region="elsewhere")
    return _made(ids[1], people["bank"].institution, on=published.on)


def _made(subject: str, institution: str, *, on: date, kind: str = KIND, severity: int = 2, **told: object) -> Alert:
    made = Alert.objects.create(
        kind=kind,
        subject=subject,
        subject_kind="enterprise",
        region="demo",
        run_id="r",
        severity=severity,
        peak=severity,
        on=on,
        seen_on=on,
        owner="lending_bank",
        **{"action": {"zh": "核验还款来源", "en": "call the firm"}, "evidence": {"overdue_days": 17}, **told},
    )
    AlertMove.objects.create(alert=made, version=1, name="warn", end="open", severity=severity, run_id="r")
    if institution:
        AlertParty.objects.create(alert=made, institution=institution)
    return made


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def _consent(people: dict[str, User], firm: str, purpose: str = "loan_application") -> Consent:
    day = today()
    return Consent.objects.create(
        enterprise_id=firm,
        institution=people["bank"].institution,
        purpose=purpose,
        sections=list(SECTIONS),
        starts_on=day,
        expires_on=day + timedelta(days=30),
        granted_by=people["enterprise"],
    )


def test_an_institution_sees_the_alerts_that_it_owns_and_no_other(only: Alert, as_role: Login) -> None:
    assert only.subject in _text(as_role("bank"), "/alerts/")
    for role in ("guarantor", "insurer", "fund"):
        assert only.subject not in _text(as_role(role), "/alerts/")
        assert only.subject not in as_role(role).get("/alerts/export.csv").content.decode()


@pytest.mark.parametrize("role", ["guarantor", "insurer", "fund", "official", "bank"])
def test_a_foreign_alert_and_a_missing_one_answer_the_same_404(
    role: str, only: Alert, as_role: Login, people: dict[str, User]
) -> None:
    foreign = only
    if role in ("official", "bank"):  # these see this one: of another region nobody sees anything
        foreign = Alert.objects.filter(region="elsewhere").first() or only
        Alert.objects.filter(pk=only.pk).update(region="elsewhere")
    client = as_role(role)
    for path in ("/alerts/{}/", "/alerts/{}/take/"):
        answers = []
        for pk in (foreign.pk, 999_999):
            address, sent = path.format(pk), {"version": "1", "note": "x"}
            answer = client.get(address) if path == "/alerts/{}/" else client.post(address, sent)
            assert answer.status_code == 404
            answers.append(
                answer.content.decode().replace(f"/alerts/{pk}/", "/alerts/ID/").split('name="csrfmiddlewaretoken"')[0]
            )
        assert answers[0] == answers[1]
    foreign.refresh_from_db()
    assert foreign.version == 1


def test_enterprises_and_stewards_never_see_an_alert_nor_that_there_is_one(
    only: Alert, as_role: Login, people: dict[str, User]
) -> None:
    User.objects.filter(pk=people["enterprise"].pk).update(enterprise_id=only.subject)
    as_role("official").get(f"/alerts/{only.pk}/")
    firm = Client()
    firm.force_login(User.objects.get(pk=people["enterprise"].pk))
    for path in ("/alerts/", f"/alerts/{only.pk}/", "/alerts/export.csv", "/risk/"):
        for client in (firm, as_role("steward"), as_role("admin")):
            assert client.get(path).status_code == 403
    for path in (f"/enterprises/{only.subject}/", f"/enterprises/{only.subject}/record/"):
        page = _text(firm, path)
        assert "日常监测" in page
        for told in ("贷款开始逾期", "核验还款来源", f"/alerts/{only.pk}/", 'href="/alerts/"'):
            assert told not in page


def test_what_an_alert_is_about_is_told_to_an_institution_under_a_consent_that_carries_it_alone(
    only: Alert, as_role: Login, people: dict[str, User]
) -> None:
    bank, secrets = as_role("bank"), ("贷款开始逾期", "核验还款来源", "17 天")
    for path in ("/alerts/", f"/alerts/{only.pk}/"):
        page = _text(bank, path)
        assert "内容须经企业同意" in page or "尚未同意" in page
        assert not [secret for secret in secrets if secret in page]
    assert not [secret for secret in secrets if secret in bank.get("/alerts/export.csv").content.decode()]
    made = _consent(people, only.subject)
    assert "贷款开始逾期" in _text(bank, f"/alerts/{only.pk}/")
    Consent.objects.filter(pk=made.pk).update(expires_on=today() - timedelta(days=1), starts_on=today() - timedelta(9))
    assert "贷款开始逾期" not in _text(bank, f"/alerts/{only.pk}/")


def test_what_public_registers_say_is_told_to_the_owner_without_a_consent(
    published: Published, people: dict[str, User], ids: list[str], as_role: Login
) -> None:
    made = _made(ids[1], people["bank"].institution, on=published.on, kind="enforcement_alert", evidence={})
    page = _text(as_role("bank"), f"/alerts/{made.pk}/")
    assert published.rulebook.rules["enforcement_alert"].title.zh in page


def test_every_look_is_recorded_for_the_firm_that_was_looked_at(
    only: Alert, as_role: Login, people: dict[str, User]
) -> None:
    as_role("bank").get("/alerts/")
    as_role("official").get(f"/alerts/{only.pk}/")
    as_role("official").get("/alerts/export.csv")
    as_role("official").post(f"/alerts/{only.pk}/take/", {"version": "1"})
    told = AccessLog.objects.order_by("pk").values_list("role", "what", "purpose", "enterprise_id")
    assert list(told) == [
        ("bank", "monitoring", "own_business", only.subject),
        ("official", "monitoring", "public_duty", only.subject),
        ("official", "export", "public_duty", "*"),
        ("official", "monitoring", "public_duty", only.subject),
    ]


def test_a_case_goes_from_the_warning_to_its_outcome_and_the_page_tells_the_way(only: Alert, as_role: Login) -> None:
    client, address = as_role("official"), f"/alerts/{only.pk}/"
    assert client.get(address + "take/").status_code == 405
    client.post(address + "take/", {"version": "1"})
    client.post(address + "choose/", {"version": "2", "note": HOSTILE, "detail": "bridge_loan"})
    client.post(address + "close/", {"version": "3", "note": "paid", "detail": "recovered"})
    only.refresh_from_db()
    assert (only.state, only.disposal, only.outcome, only.version) == ("closed", "bridge_loan", "recovered", 4)
    page = _text(client, address)
    assert "过桥转贷" in page
    assert "已恢复" in page
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_who_comes_second_reads_that_somebody_else_was_first(only: Alert, as_role: Login) -> None:
    as_role("bank").post(f"/alerts/{only.pk}/take/", {"version": "1"})
    answer = as_role("official").post(f"/alerts/{only.pk}/take/", {"version": "1"}, follow=True)
    assert "别人已经处理过" in answer.content.decode()
    assert "别人已经处理过" not in _text(as_role("official"), f"/alerts/{only.pk}/")


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "１"])
def test_a_move_without_a_version_is_refused_in_words(version: str, only: Alert, as_role: Login) -> None:
    answer = as_role("official").post(f"/alerts/{only.pk}/take/", {"version": version}, follow=True)
    assert 'class="refusal"' in answer.content.decode()
    only.refresh_from_db()
    assert only.state == "open"


def test_the_words_of_one_lender_are_not_shown_to_another(only: Alert, as_role: Login, people: dict[str, User]) -> None:
    AlertParty.objects.create(alert=only, institution=people["fund"].institution)
    as_role("fund").post(f"/alerts/{only.pk}/take/", {"version": "1", "note": "we are leaving"})
    address = f"/alerts/{only.pk}/"
    assert "we are leaving" in _text(as_role("fund"), address)
    assert "we are leaving" in _text(as_role("official"), address)
    page = _text(as_role("bank"), address)
    assert "we are leaving" not in page
    assert "one-fund" not in page


def test_overdue_ones_come_first_then_the_gravest_then_what_is_due_soonest(
    published: Published, people: dict[str, User], ids: list[str]
) -> None:
    Alert.objects.all().update(region="elsewhere")
    on, day = published.on, today()
    grave = _made(ids[2], "", on=on, severity=3, due=day + timedelta(days=9))
    late = _made(ids[3], "", on=on, severity=1, due=day - timedelta(days=1))
    soon = _made(ids[4], "", on=on, severity=1, due=day)
    never = _made(ids[5], "", on=on, severity=1, due=None)
    shown = desk(published, people["official"], Question(), "zh")
    assert [line.item.pk for line in shown.lines] == [late.pk, grave.pk, soon.pk, never.pk]
    assert [line.is_overdue for line in shown.lines] == [True, False, False, False]
    assert (shown.counts["overdue"], shown.counts["waiting"]) == (1, 4)


def test_an_export_is_safe_in_a_spreadsheet_and_holds_every_row(
    only: Alert, as_role: Login, published: Published, ids: list[str]
) -> None:
    for firm in ids[5:40]:
        _made(firm, "", on=published.on, action={"zh": "=1+1", "en": "=1+1"})
    rows = list(csv.DictReader(io.StringIO(as_role("official").get("/alerts/export.csv").content.decode("utf-8-sig"))))
    assert len(rows) == 36
    assert {row["建议动作"] for row in rows} == {"'=1+1", "核验还款来源"}


@pytest.mark.parametrize(
    "query", ["view=nothing", "page=999", "page=0", "page=x", "severity=9", "kind=%00", "kind=" + "x" * 500, "page=１"]
)
def test_a_question_that_makes_no_sense_is_answered_all_the_same(query: str, only: Alert, as_role: Login) -> None:
    assert as_role("official").get(f"/alerts/?{query}").status_code == 200
    assert as_role("bank").get(f"/alerts/?{query}").status_code == 200


@pytest.fixture
def with_warnings(city_run: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the run under another id whose table of warnings is as given; None: it has none."""

    def make(rows: pl.DataFrame | None, **tables: pl.DataFrame) -> Path:
        folder = tmp_path / "copy"
        shutil.copytree(city_run, folder)
        (folder / "warnings.parquet").unlink(missing_ok=True)
        if rows is not None:
            rows.write_parquet(folder / "warnings.parquet")
        for name, table in tables.items():
            table.write_parquet(folder / f"{name}.parquet")
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        (folder / "manifest.json").write_text(json.dumps({**manifest, "run_id": "copy"}), encoding="utf-8")
        return folder

    return make


def _row(subject: str, **changes: object) -> dict[str, object]:
    on = date(2025, 6, 30)
    told = {"kind": KIND, "subject_kind": "enterprise", "subject": subject, "on": on, "severity": 2}
    told |= {"owner": "lending_bank", "due": on, "action": {"zh": "做", "en": "do"}, "evidence": "{}"}
    return {**told, **changes}


def test_a_run_without_a_table_of_warnings_opens_alerts_for_the_rules_that_are_met(
    published: Published, with_warnings: Callable[..., Path]
) -> None:
    run_publish(with_warnings(None))
    found = current()
    assert found is not None
    alerts = [rule.name for rule in found.rulebook.rules.values() if rule.is_alert]
    met = found.table("verdicts").filter(pl.col("rule").is_in(alerts), pl.col("outcome") == 1).collect()
    assert {(key[0], key[2]) for key in warned(found)} == set(met.select("rule", "enterprise_id").iter_rows())
    assert met.height > 0


def test_of_a_warning_that_stands_twice_the_graver_one_counts(
    published: Published, with_warnings: Callable[..., Path], ids: list[str]
) -> None:
    rows = [_row(ids[0], severity=1), _row(ids[0], severity=3), _row("gone", evidence='{"x": NaN}')]
    run_publish(with_warnings(pl.DataFrame(rows)))
    assert Alert.objects.get(subject=ids[0], kind=KIND, state="open").severity == 3
    assert Alert.objects.get(subject="gone").evidence == {"x": None}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"severity": 0}, "severity"),
        ({"severity": 4}, "severity"),
        ({"subject": None}, "without"),
        ({"evidence": "no json"}, "JSON"),
        ({"due": "soon"}, "another kind"),
    ],
)
def test_a_run_whose_warnings_cannot_be_read_is_not_published_and_changes_no_alert(
    change: dict[str, object], why: str, published: Published, with_warnings: Callable[..., Path]
) -> None:
    before = list(Alert.objects.order_by("pk").values())
    with pytest.raises(NotPublishable, match=why):
        run_publish(with_warnings(pl.DataFrame([{**_row("firm"), **change}])))
    assert list(Alert.objects.order_by("pk").values()) == before
    now = current()
    assert now is not None
    assert now.run_id == published.run_id


def test_banks_own_alerts_of_their_own_borrowers_and_lose_them_with_the_loan(
    published: Published, with_warnings: Callable[..., Path]
) -> None:
    loans = published.table("rows/loan").filter(pl.col("balance_fen") > 0).collect()
    firm = loans["enterprise_id"][0]
    lenders = set(loans.filter(pl.col("enterprise_id") == firm)["institution"])
    folder = with_warnings(pl.DataFrame([_row(firm), _row("no such firm")]))
    run_publish(folder)
    owned = AlertParty.objects.filter(alert__subject=firm, alert__kind=KIND)
    assert set(owned.values_list("institution", flat=True)) == lenders
    assert not AlertParty.objects.filter(alert__subject="no such firm").exists()
    loans.clear().write_parquet(folder / "rows/loan.parquet")
    run_publish(folder)
    assert not owned.exists()


def _grades(kind: str, verdict: str) -> pl.DataFrame:
    told: dict[str, object] = {"kind": kind, "event": "overdue", "lead_months": 6, "verdict": verdict, "warned": 9}
    for name, value in (("precision", 0.25), ("base", 0.03), ("recall", 0.5), ("lead_days", 61.0)):
        told |= {f"{name}_value": value, f"{name}_low": value / 2, f"{name}_high": value * 1.5}
    told |= {f"false_per_100_{part}": 0.4 for part in ("value", "low", "high")}
    return pl.DataFrame([told])


@pytest.mark.parametrize(
    ("verdict", "said"), [("worthless", "没有用"), ("useful", "有用"), ("never_fired", "从未触发")]
)
def test_how_good_a_kind_is_stands_beside_it_and_the_worthless_is_called_worthless(
    verdict: str, said: str, with_warnings: Callable[..., Path], published: Published, as_role: Login, ids: list[str]
) -> None:
    run_publish(with_warnings(pl.DataFrame([_row(ids[0])]), grades=_grades(KIND, verdict)))
    page = _text(as_role("official"), "/alerts/")
    assert said in page
    assert ("25%" in page) == (verdict != "never_fired")


def _routes(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for item in patterns:
        if isinstance(item, URLResolver):
            yield from (f"{item.pattern}{inner}" for inner in _routes(item.url_patterns))
        else:
            yield str(item.pattern)


@pytest.mark.parametrize("role", ["official", "analyst", "bank", "enterprise"])
def test_with_the_credit_view_off_no_route_shows_a_probability_of_default(
    role: str, published: Published, as_role: Login, people: dict[str, User], ids: list[str], settings: Settings
) -> None:
    settings.CREDIT_VIEW = False
    card = next(iter(published.rulebook.cards), "hazard")
    _consent(people, ids[0])
    evidence = {"probability_bp": 7_654, "points": 471, "reasons": ["secret_line"]}
    Alert.objects.all().update(region="elsewhere")
    made = _made(ids[0], people["bank"].institution, on=published.on, kind=card, evidence=evidence)
    client, seen = as_role(role), 0
    values = {"enterprise_id": ids[0], "alert_id": made.pk, "field": "employees", "register": "company"}
    for route in _routes(get_resolver().url_patterns):
        path = "/" + route.lstrip("^")
        for name, value in values.items():
            for kind in ("str", "slug", "int"):
                path = path.replace(f"<{kind}:{name}>", str(value))
            path = path.replace(f"{{{name}}}", str(value))
        answer = client.get(path.rstrip("$"))
        page = answer.content.decode(errors="replace") if not answer.streaming else ""
        seen += answer.status_code == 200
        for secret in ("76.54", "7654", "7,654", "secret_line", "probability_bp", "平均违约概率"):
            hit = secret in page and not (path.startswith("/models/") or "openapi" in path)
            assert not hit, (path, secret)
    assert seen > 8
    assert Role(role)


def test_a_kind_is_called_by_the_title_of_its_rule_watch_or_model(published: Published) -> None:
    book = published.rulebook
    for kind, title in (
        (KIND, book.rules[KIND].title),
        ("bank_overdue_watch", book.watches["bank_overdue_watch"].title),
        ("hazard", book.models["hazard"].title),
    ):
        assert title_of_kind(book, kind) == title
    assert title_of_kind(book, "gone_watch").en == "gone watch"
