"""Worked scenarios: each file says in the policy's words what is given, what happens and what then holds."""

from collections import Counter
from itertools import groupby

import pytest

from tests.scenarios.money_words import fen_of
from tests.scenarios.runner import ACTS, Scenario, book_of, differences, laws, scenarios
from tests.scenarios.wrong import wrong_ones

ALL = scenarios()
REGIONS = sorted({str(one.said["region"]) for one in ALL})
MOST = 5  # scenarios of one template


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.path)
def test_a_scenario_holds_in_the_real_engine(scenario: Scenario) -> None:
    assert differences(scenario) == []


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.path)
def test_no_expectation_can_be_written_wrong_unnoticed(scenario: Scenario) -> None:
    told = list(wrong_ones(scenario.said))
    assert told, "the scenario expects nothing"
    assert [path for path, said in told if not _notices(Scenario(scenario.path, said))] == []


def _notices(scenario: Scenario) -> bool:
    try:
        return bool(differences(scenario))
    except (KeyError, ValueError):  # a word that no scenario may say
        return True


def test_of_one_template_there_are_at_most_five_each_with_its_own_clause() -> None:
    by_template = sorted(ALL, key=lambda one: str(one.said["template"]))
    for template, group in groupby(by_template, key=lambda one: str(one.said["template"])):
        clauses = Counter(one.clause for one in group)
        assert sum(clauses.values()) <= MOST, template
        assert max(clauses.values()) == 1, (template, clauses.most_common(1))


def test_titles_are_chinese_sentences_and_none_stands_twice() -> None:
    titles = Counter(str(one.said["title"]) for one in ALL)
    assert max(titles.values()) == 1
    assert [title for title in titles if not any("\u4e00" <= char <= "\u9fff" for char in title)] == []


def test_the_words_of_every_clause_stand_in_its_region_pack_or_among_the_laws() -> None:
    packs = {region: [_bare(text) for text in book_of(region).texts.values()] for region in REGIONS}
    for one in ALL:
        document, article, said = one.clause
        texts = [_bare(laws()[document, article])] if (document, article) in laws() else packs[one.said["region"]]
        assert any(_bare(said) in text for text in texts), (one.path, said)


def _bare(text: str) -> str:
    """Without blanks and line ends, those too that TOML leaves out behind a backslash."""
    return "".join(text.replace("\\\n", "").split())


def test_a_wrong_expectation_is_told_and_an_unknown_verb_is_no_silence() -> None:
    one = next(one for one in ALL if one.path == "pool/suzhou_eighty_per_cent.toml")
    wrong = {**one.said, "then": {"balance": "9720.01万元"}}
    assert differences(Scenario(one.path, wrong)) == ["balance is 9_720_000_000, expected 9_720_010_000"]
    odd = {**one.said, "when": [{"do": "跳舞"}]}
    assert differences(Scenario(one.path, odd)) == ["when 1: nobody knows how to do '跳舞'"]
    assert "申请补偿" in ACTS


@pytest.mark.parametrize(
    ("words", "fen"), [("160万元", 160_000_000), ("1.7亿元", 17_000_000_000), ("0.01元", 1), ("10,001美元", 1_000_100)]
)
def test_amounts_in_words_are_read_exactly(words: str, fen: int) -> None:
    assert fen_of(words) == fen


@pytest.mark.parametrize("words", ["0.001元", "1", "-1元", "１元", "1e3元", "万元", "NaN元"])
def test_what_is_no_amount_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"is no (amount|whole number)"):
        fen_of(words)
