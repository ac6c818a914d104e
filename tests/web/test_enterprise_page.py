"""The page of one enterprise says what the run says, as text, and to nobody else."""

import html
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from django.test import Client

from kerong.web.base.selectors.dossier import dossier
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.run import run_publish


def test_contributions_add_up_to_the_score_and_to_its_interval(published: Published, ids: list[str]) -> None:
    for enterprise_id in ids[:40]:
        found = dossier(published, enterprise_id)
        assert found is not None
        assert found.score is not None
        lines = [line for part in found.dimensions for line in part.contributions]
        assert sum(line.points or 0 for line in lines) == found.score["points"]
        assert sum(part.points_high for part in found.dimensions) == found.score["points_high"]
        assert sum(line.weight for line in lines) == 1000


def test_every_rule_for_the_enterprise_stands_in_exactly_one_tab(published: Published, ids: list[str]) -> None:
    for enterprise_id in ids[:40]:
        found = dossier(published, enterprise_id)
        assert found is not None
        names = [item.rule.name for group in found.groups for item in group.standings]
        assert len(names) == len(set(names))
        offered = published.offers_of(enterprise_id)
        assert {row["rule"] for row in offered} == {s.rule.name for s in (*found.certain, *found.possible)}
        assert [row["rule"] for row in offered if row["outcome"] == 1] == [s.rule.name for s in found.certain]


def test_the_clauses_shown_agree_with_the_stored_verdict(published: Published, ids: list[str]) -> None:
    for enterprise_id in ids[:40]:
        found = dossier(published, enterprise_id)
        assert found is not None
        for item in found.not_now:
            if item.clause is not None and item.outcome == "failed":
                assert next(line for line in item.lines if line.outcome == "failed").clause == item.clause
        for item in found.certain:
            assert {line.outcome for line in item.lines} <= {"met"}


def test_amounts_of_certain_offers_are_those_of_the_verdicts(published: Published, ids: list[str]) -> None:
    verdicts = published.table("verdicts").filter(pl.col("outcome") == 1).collect()
    for enterprise_id in ids[:40]:
        found = dossier(published, enterprise_id)
        assert found is not None
        for item in found.certain:
            rows = verdicts.filter((pl.col("enterprise_id") == enterprise_id) & (pl.col("rule") == item.rule.name))
            assert item.amount_fen in (None, rows["awarded_fen"].sum())


@pytest.mark.parametrize("role", ["official", "enterprise"])
def test_a_name_with_script_is_shown_as_text(
    role: str, as_role: Callable[[str], Client], renamed_run: Callable[[str], Path], ids: list[str]
) -> None:
    client = as_role(role)
    run_publish(renamed_run("<script>alert(1)</script>"))
    page = client.get(f"/enterprises/{ids[0]}/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page
    if role == "official":
        assert "<script>alert(1)" not in client.get("/enterprises/").content.decode()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_renders_for_many_enterprises_in_both_languages(
    lang: str, as_role: Callable[[str], Client], ids: list[str]
) -> None:
    client = as_role("official")
    client.cookies["kerong_language"] = lang
    for enterprise_id in ids[::30]:
        assert client.get(f"/enterprises/{enterprise_id}/").status_code == 200


@pytest.mark.parametrize(("lang", "word"), [("zh", "下一步："), ("en", "Next: ")])
def test_a_rule_that_is_not_met_shows_its_next_best_action_in_one_line(
    lang: str, word: str, published: Published, as_role: Callable[[str], Client], ids: list[str]
) -> None:
    client = as_role("official")
    client.cookies["kerong_language"] = lang
    for enterprise_id in ids[:6]:
        found = dossier(published, enterprise_id)
        assert found is not None
        actions = [item.action for group in found.groups for item in group.standings if item.action]
        assert all(item.action is None for item in found.certain)
        page = html.unescape(client.get(f"/enterprises/{enterprise_id}/").content.decode())
        assert page.count(word) == len(actions)
        assert all(action.how.in_(lang) in page for action in actions)


def test_an_action_without_the_firm_s_figures_names_none_of_them(published: Published, ids: list[str]) -> None:
    told = []
    for enterprise_id in ids[:30]:
        found = dossier(published, enterprise_id)
        assert found is not None
        told += [item.action for item in (*found.possible, *found.not_now) if item.action]
    assert any("→" in action.how.zh for action in told)
    assert not any(
        "→" in text or "若显示" in text for action in told for text in (action.how_alone.zh, action.how_alone.en)
    )
