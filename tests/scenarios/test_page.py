"""The page of scenarios says which file works which measure; `python -m tests.scenarios.test_page` writes it."""

import tomllib
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from kerong.rulebook.content import Group, Rule
from kerong.rulebook.pools import Pool
from kerong.rulebook.waterfalls import Waterfall
from tests.scenarios.runner import FOLDER, book_of, laws, scenarios

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
MEASURES = tomllib.loads((FOLDER / "measures.toml").read_text("utf-8"))["measure"]
ALL = {one.path.removesuffix(".toml"): one for one in scenarios()}
Numbered = Rule | Waterfall | Pool | Group
MADE_UP = {"demo", "china"}  # a region that nobody published; what all of them stand on


def page() -> str:
    """The page's own words up to the first table, then the tables."""
    own = PAGE.read_text("utf-8").partition("\n## Which file works which measure")[0].rstrip()
    return "\n".join([own, "", *_measures(), *_templates()]) + "\n"


def _measures() -> list[str]:
    lines = ["## Which file works which measure", ""]
    for region, group in groupby(MEASURES, key=lambda one: str(one["region"])):
        lines += [f"### {book_of(region).region.title.en}", "", "| measure | 措施 | scenarios |", "|---|---|---|"]
        for one in group:
            lines.append(f"| {one['title']['en']} | {one['title']['zh']} | {_linked(one['files']) or '-'} |")
        lines.append("")
    lines += ["## What cannot be expressed, or not wholly, and why", "", "| measure | why | 原因 |", "|---|---|---|"]
    for is_there in (False, True):
        told = [one for one in MEASURES if "why" in one and bool(one["files"]) == is_there]
        title = "*assumed in part*" if is_there else "*no scenario*"
        lines.append(f"| {title} | | |")
        lines += [
            f"| {one['region']}: {one['title']['en']} | {one['why']['en']} | {one['why']['zh']} |" for one in told
        ]
    return [*lines, ""]


def _templates() -> list[str]:
    areas = Counter((name.partition("/")[0], str(one.said["template"])) for name, one in ALL.items())
    lines = [f"## The {len(ALL)} scenarios by template", "", "| folder | template | scenarios |", "|---|---|---|"]
    return lines + [f"| {area} | {template} | {count} |" for (area, template), count in sorted(areas.items())]


def _linked(names: list[str]) -> str:
    return ", ".join(f"[{name}](../tests/scenarios/{name}.toml)" for name in names)


def test_the_page_says_what_the_files_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it: python -m tests.scenarios.test_page"


@pytest.mark.parametrize("measure", MEASURES, ids=lambda one: one["title"]["en"])
def test_a_measure_has_a_scenario_or_a_reason_why_not(measure: dict[str, Any]) -> None:
    assert measure["files"] or measure["why"]
    assert [name for name in measure["files"] if name not in ALL] == []


@pytest.mark.parametrize("region", sorted({str(one["region"]) for one in MEASURES} - MADE_UP))
def test_every_pool_and_waterfall_of_a_real_region_has_a_scenario(region: str) -> None:
    book, used = book_of(region), _used(region)
    through = {
        one.loss.waterfall.name for name in used & set(book.pools) for one in book.pools[name].instruments.values()
    }
    assert sorted((set(book.pools) | set(book.waterfalls)) - used - through) == []


def test_every_article_of_the_laws_is_some_scenario_s_clause() -> None:
    assert sorted(set(laws()) - {one.clause[:2] for one in ALL.values()}) == []


def _used(region: str) -> set[str]:
    """What the scenarios of a region work by name: rules, waterfalls, pools, groups."""
    mine = [one.said for one in ALL.values() if one.said["region"] == region]
    named = {
        str(said["given"][key])
        for said in mine
        for key in ("rule", "waterfall", "pool", "group")
        if key in said["given"]
    }
    return named | {str(claim["rule"]) for said in mine for act in said["when"] for claim in act.get("claims", ())}


@pytest.mark.parametrize("region", sorted({str(one["region"]) for one in MEASURES} - MADE_UP))
def test_every_rule_pool_and_waterfall_with_a_published_number_has_a_scenario(region: str) -> None:
    book, base = book_of(region), book_of("china")
    told: list[tuple[str, Numbered]] = [*book.rules.items(), *book.waterfalls.items()]
    told += [*book.pools.items(), *book.groups.items()]
    published = {name for name, one in told if name not in base.rules and _is_published(one)}
    assert sorted(published - _used(region)) == []


def _is_published(one: Numbered) -> bool:
    """Does it have a number that the source says, and not we?"""
    return any(day not in parameter.assumed for parameter in one.parameters.values() for day, *_ in parameter.values)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
