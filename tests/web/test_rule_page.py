"""A rule's page: tables in words, and what the rule shares with others."""

import re

from django.test import Client

from kerong.web.base.selectors.published import Published


def page(name: str, lang: str) -> str:
    client = Client()
    client.post("/language/", {"lang": lang})
    answer = client.get(f"/rules/{name}/")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_steps_are_told_from_where_to_where_and_keys_by_the_names_of_districts(published: Published) -> None:
    assert "0 元 – 100 万元 10%" in page("rd_increment_reward", "zh")
    told = page("rd_increment_reward", "en")
    assert "CNY 1 m – CNY 5 m 6%" in told
    assert "from CNY 5 m 3%" in told
    assert "Wangchuan 2% Shixi 2% otherwise 0%" in told


def test_no_page_of_a_rule_shows_how_the_program_holds_a_value(published: Published) -> None:
    for name in published.rulebook.rules:
        assert not re.search(r"Steps\(|Entries\(|Spell\(|Node\(|None\b", page(name, "en")), name


def test_groups_of_a_rule_are_told_with_their_cap_and_the_other_rules(published: Published) -> None:
    told = page("county_interest_subsidy", "en")
    assert "Shared with other rules" in told
    assert "Ceiling of all support to one firm in a year CNY 5 m" in told
    assert "The city first, then the district" in told
    assert "Interest subsidy on technology loans" in told
    assert "Shared with other rules" not in page("tax_loan", "en")
