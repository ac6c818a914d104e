"""Publishing runs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from kerong.engine.score import ScaleRefused
from kerong.web.base.models import Run
from kerong.web.base.selectors.published import Published, current
from kerong.web.base.services.run import NotPublishable, run_publish


def test_publishing_again_changes_nothing_and_another_run_takes_over(
    published: Published, city_run: Path, renamed_run: Callable[[str], Path]
) -> None:
    run_publish(city_run)
    assert Run.objects.count() == 1
    call_command("publish_run", str(renamed_run("another")), verbosity=0)
    assert [run.run_id for run in Run.objects.filter(current=True)] == ["renamed"]
    found = current()
    assert found is not None
    assert found.run_id == "renamed"


def test_a_folder_that_is_no_run_is_refused_in_one_line(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"is no whole run: manifest\.json"):
        call_command("publish_run", str(tmp_path))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("rulebook/region.toml", "x"),
        ("enterprises.parquet", "PAR1 damaged PAR1"),
        ("summary.json", "[]"),
        ("summary.json", "{}"),
        ("scale.json", "{}"),
        ("scale.json", '{"version": 1}'),
        ("manifest.json", "[" * 100_000),
        ("manifest.json", '{"run_id": "1", "region": "demo", "on": "soon"}'),
    ],
)
def test_a_run_that_cannot_be_shown_takes_no_place(
    published: Published, renamed_run: Callable[[str], Path], file: str, text: str
) -> None:
    folder = renamed_run("another")
    (folder / file).write_text(text, "utf-8")
    with pytest.raises(NotPublishable):
        run_publish(folder)
    assert [run.run_id for run in Run.objects.filter(current=True)] == [published.run_id]


@pytest.mark.parametrize(("lang", "sentence"), [("zh", "这次运行须重新生成"), ("en", "This run must be made again")])
def test_a_run_published_before_its_scale_had_this_version_says_that_it_must_be_made_again(
    published: Published,
    as_role: Callable[[str], Client],
    renamed_run: Callable[[str], Path],
    ids: list[str],
    lang: str,
    sentence: str,
) -> None:
    client, folder = as_role("official"), renamed_run("another")
    older = {**json.loads((folder / "scale.json").read_text("utf-8")), "version": 1}
    (folder / "scale.json").write_text(json.dumps(older), "utf-8")
    run = {"run_id": "older", "path": str(folder), "region": "demo", "on": published.on}
    Run.objects.update(current=False)
    Run.objects.create(**run, current=True)
    client.cookies["kerong_language"] = lang
    answer = client.get(f"/enterprises/{ids[0]}/")
    assert answer.status_code == 503
    assert sentence in answer.content.decode()
    assert {"zh": "版本是 1", "en": "of version 1"}[lang] in answer.content.decode()
    assert client.get("/").status_code == 200


def test_the_api_says_too_that_a_run_must_be_made_again(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Published) -> None:
        raise ScaleRefused("旧", "old")

    monkeypatch.setattr(Published, "summary", property(refused))
    answer = Client().get("/api/rules")
    assert answer.status_code == 503
    assert "made again" in answer.json()["detail"]


def test_before_anything_is_published_the_portal_says_so(db: None, client: Client) -> None:
    assert "尚未发布数据" in client.get("/").content.decode()
    assert client.get("/rules/").status_code == 404
    assert client.get("/health/").json() == {"ok": True, "run": None}


def test_the_overview_repeats_the_summary(published: Published, as_role: Callable[[str], Client]) -> None:
    page = as_role("official").get("/").content.decode()
    assert f"{published.summary['enterprises']['count']:,}" in page
    for line in published.summary["rules"]:
        if line["enterprises"]["met"] > 60:
            assert line["title"]["zh"] in page


def test_the_public_sees_no_small_counts(published: Published, client: Client) -> None:
    rules = {item["name"]: item for item in client.get("/api/rules").json()}
    for line in published.summary["rules"]:
        told = rules[line["name"]]["enterprises"]
        for name, count in line["enterprises"].items():
            assert count not in (1, 2) or told[name] == "<3"
        if line["enterprises"]["met"] in (1, 2):
            assert rules[line["name"]]["awarded_fen"] is None


@pytest.mark.parametrize("measure", ["enterprises", "median_points", "certain", "policy_fen", "nonsense"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_map_shows_each_measure(published: Published, client: Client, measure: str, lang: str) -> None:
    client.cookies["kerong_language"] = lang
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#map"}
    page = client.get("/", {"measure": measure}, headers=headers).content.decode()
    assert page.count("<rect") == len(published.rulebook.region.districts)
    assert "<html" not in page


@pytest.mark.parametrize("role", ["", "official"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_has_a_page_in_both_languages(
    published: Published, as_role: Callable[[str], Client], role: str, lang: str
) -> None:
    client = as_role(role)
    client.cookies["kerong_language"] = lang
    for name in published.rulebook.rules:
        assert client.get(f"/rules/{name}/").status_code == 200, name
    assert client.get("/rules/no_such_rule/").status_code == 404
