"""The index page: what it says adds up, a purpose carries no more than it may, and every read is recorded."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kerong.engine.score.report import IndexReport
from kerong.paper import typeset
from kerong.rulebook.pruning import INDICATOR
from kerong.web.base.models import AccessLog, Consent, User
from kerong.web.base.models.consent import SECTIONS
from kerong.web.base.permissions import Reach
from kerong.web.base.selectors import index
from kerong.web.base.selectors.carried import carried
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.consent import consent_grant
from tests.conftest import lacking

DUTY = Reach(frozenset(SECTIONS), "public_duty")


def _report(published: Published, enterprise_id: str, granted: Reach = DUTY) -> IndexReport:
    found = index.report(published, enterprise_id, granted, carried(published, granted))
    assert found is not None
    return found


def _content(published: Published, enterprise_id: str, granted: Reach = DUTY, lang: str = "zh") -> dict[str, Any]:
    found = index.content(published, enterprise_id, granted, carried(published, granted), lang)
    assert found is not None
    return found


def _granted(people: dict[str, User], sections: tuple[str, ...] = SECTIONS) -> Consent:
    code = people["bank"].institution
    on = timezone.localdate()
    return consent_grant(people["enterprise"], code, {code}, "loan_application", sections, today=on, term_days=9)


def _of(consent: Consent) -> Reach:
    sections = frozenset(consent.sections)
    return Reach(sections, consent.purpose, provider=consent.institution, consent=consent)


def test_points_add_up_and_every_place_lies_in_its_span(published: Published, ids: list[str]) -> None:
    for enterprise_id in ids[:40]:
        found = _report(published, enterprise_id)
        lines = [line for part in found.parts for line in part.contributions]
        assert sum(line.points or 0 for line in lines) == found.points
        assert sum(line.weight if line.points is None else line.points for line in lines) == found.points_high
        for place in found.places:
            assert 1 <= place.best <= place.rank <= place.worst <= place.size
        assert {line.indicator.name for line in lines} == set(found.figures)


def test_an_unknown_indicator_has_no_value_and_is_offered_as_evidence(published: Published, ids: list[str]) -> None:
    seen = 0
    for enterprise_id in ids[:40]:
        found = _report(published, enterprise_id)
        assert found.raising is not None
        weighed = [line for part in found.parts for line in part.contributions if line.weight]
        unknown = {line.indicator.name for line in weighed if line.points is None}
        assert unknown == {one.indicator for one in found.raising.evidence}
        assert all(found.figures[name].value is None for name in unknown)
        seen += len(unknown)
    assert seen


def test_flags_are_checks_that_were_met_and_cost_no_points(published: Published) -> None:
    checks = {rule.name for rule in published.rulebook.rules.values() if rule.is_check}
    met = published.table("verdicts").collect().filter(outcome=1)
    flagged = {row["enterprise_id"] for row in met.to_dicts() if row["rule"] in checks}
    assert flagged, "the city has no contradiction: nothing is tested"
    for enterprise_id in sorted(flagged)[:10]:
        found = _report(published, enterprise_id)
        assert found.flags
        assert {rule.name for rule in found.flags} <= checks
        assert sum(part.points for part in found.parts) == found.points


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_content_is_json_and_no_english_line_holds_chinese(lang: str, published: Published, ids: list[str]) -> None:
    for enterprise_id in ids[:10]:
        told = json.dumps(_content(published, enterprise_id, lang=lang), ensure_ascii=False)
        if lang == "en":
            assert not re.search(r"[\u4e00-\u9fff]", told)


@pytest.mark.parametrize("role", ["official", "analyst", "enterprise"])
def test_the_page_says_points_places_and_how_to_see_the_trend(
    role: str, as_role: Callable[[str], Client], published: Published, ids: list[str]
) -> None:
    page = html.unescape(as_role(role).get(f"/enterprises/{ids[0]}/index/").content.decode())
    told = _content(published, ids[0])
    for line in (*told["headline"], *told["method"], told["raising"]["way"]):
        assert line in page
    assert "--history 8" in page  # this run read no quarters before
    assert f"/enterprises/{ids[0]}/index/" in as_role(role).get(f"/enterprises/{ids[0]}/").content.decode()


def test_a_bank_sees_points_and_no_value_outside_its_purpose(
    people: dict[str, User], as_role: Callable[[str], Client], published: Published, ids: list[str]
) -> None:
    bank, path = as_role("bank"), f"/enterprises/{ids[0]}/index/"
    assert bank.get(path).status_code == 404
    granted = _of(_granted(people))
    held = carried(published, granted)
    unseen = {name for name in published.rulebook.indicators if not held.has(INDICATOR + name)}
    assert unseen
    found = _report(published, ids[0], granted)
    assert not unseen & set(found.figures)
    assert found.raising is not None
    assert not unseen & {step.indicator for step in found.raising.steps}
    assert not unseen & {one.indicator for one in found.raising.evidence}
    for rule in found.flags:
        assert held.has_all(*(clause.condition for clause in rule.clauses))
    assert bank.get(path).status_code == 200


def test_a_consent_to_the_score_alone_shows_points_and_no_figure(
    people: dict[str, User], as_role: Callable[[str], Client], published: Published, ids: list[str]
) -> None:
    found = _report(published, ids[0], _of(_granted(people, ("score",))))
    assert (found.figures, found.raising, found.flags, found.open_checks) == ({}, None, (), 0)
    page = as_role("bank").get(f"/enterprises/{ids[0]}/index/").content.decode()
    assert str(found.points) in page
    assert 'id="flags"' not in page
    assert "data-panel" not in page


def test_a_consent_without_the_score_opens_neither_page_nor_paper(
    people: dict[str, User], as_role: Callable[[str], Client], ids: list[str]
) -> None:
    _granted(people, ("profile",))
    for path in ("index/", "index.pdf"):
        assert as_role("bank").get(f"/enterprises/{ids[0]}/{path}").status_code == 404


def test_paper_is_given_and_the_firm_sees_who_took_it(as_role: Callable[[str], Client], ids: list[str]) -> None:
    if not any(typeset.FONTS.glob("*.otf")):
        lacking("the font of documents is not there (./kerong makes it)")
    answer = as_role("official").get(f"/enterprises/{ids[0]}/index.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content[:5] == b"%PDF-"
    assert AccessLog.objects.filter(enterprise_id=ids[0], what="index_pdf", role="official").count() == 1
    assert "积分报告 PDF" in as_role("enterprise").get(f"/enterprises/{ids[0]}/").content.decode()


def test_without_its_font_the_paper_is_refused_in_words(
    as_role: Callable[[str], Client], ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> bytes:
        raise typeset.FontMissing(tmp_path)

    monkeypatch.setattr(index, "paper", missing)
    answer = as_role("official").get(f"/enterprises/{ids[0]}/index.pdf")
    assert answer.status_code == 503
    assert "字体" in answer.content.decode()


def test_the_page_says_how_far_a_place_is_the_work_of_the_weights(published: Published, ids: list[str]) -> None:
    for enterprise_id in ids[:20]:
        found = _report(published, enterprise_id)
        place = found.place("all")
        assert found.by_weights is not None
        assert place is not None
        best, worst = found.by_weights
        assert best <= place.rank <= worst
        for lang in ("zh", "en"):
            said = _content(published, enterprise_id, lang=lang)["steady"]
            assert f"{best:,}" in said
            assert f"{worst:,}" in said
            share = (worst - best) / place.size
            kind = "hardly" if share <= 0.05 else "cannot be told apart" if share <= 0.15 else "largely"
            assert lang == "zh" or kind in said
