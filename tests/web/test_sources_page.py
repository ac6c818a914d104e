"""What the sources say, as a page: checks by outcome, figures with their words, and nothing where there is nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from kerong.commands.assess import assess
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.run import run_publish
from tests.rulebook.packs import pack
from tests.rulebook.published import DOCUMENT, LEVEL, POLICY, SOURCE, check, figure, listed

FIRMS = "代码,名称,片区,资金\n91330000MA0000007W,甲,东岸,1\n"
Pages = Callable[[str, str], str]


@pytest.fixture
def page(db: None, tmp_path: Path) -> Pages:
    """The words of a page of a region that quotes a report, by path and language."""
    arrangement = (
        '[[arrangement]]\nname = "platform"\nkind = "platform"\ntitle = { zh = "平台", en = "Platform" }\n'
        f'text = "平台"\nmechanism = "information"\nrules = ["grant"]\n{SOURCE}\n'
    )
    figures = (
        'title = { zh = "规模", en = "Scale" }\n'
        + figure("loans", "5872.92", "亿元", "2024-06")
        + figure("spent", "1900", "亿元", qualifier="over")
        + figure("ratio", "3.5", "倍")
        + check("ratio", "loans / spent", "differs", "published as over")
    )
    texts = pack(
        documents_all=DOCUMENT,
        figures_scale=figures,
        lists_table=listed('[["2006", "83.33"], ["2007", ""]]'),
        arrangements_all=arrangement,
        policies_grant=POLICY,
    )
    texts["region.toml"] += LEVEL
    for name, text in texts.items():
        (tmp_path / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pack" / name).write_text(text, encoding="utf-8")
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers/firm.csv").write_text(FIRMS, encoding="utf-8")
    assess(tmp_path / "registers", str(tmp_path / "pack"), tmp_path / "run", None, as_json=False)
    run_publish(tmp_path / "run")

    def words(path: str, lang: str) -> str:
        client = Client()
        client.post("/language/", {"lang": lang})
        answer = client.get(path)
        assert answer.status_code == 200
        return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())

    return words


def test_figures_checks_tables_and_arrangements_are_told_in_both_languages(page: Pages) -> None:
    english = page("/sources/", "en")
    for words in ("CNY 587.292 bn", "over CNY 190 bn", "differs: worked out it is 3.091 times", "published as over"):
        assert words in english, words
    assert "Report, 一" in english
    assert "Amount CNY 100 m" in english
    assert "sharing of information" in english
    chinese = page("/sources/", "zh")
    for words in ("5,872.92 亿元", "超过 1,900 亿元", "不符：重算为 3.091 倍", "《报告》一", "信息共享", "规模"):
        assert words in chinese, words
    assert "None" not in english + chinese


def test_the_rules_page_leads_there_and_a_rule_shows_its_words_level_mechanism_and_assumed_number(page: Pages) -> None:
    assert "What the sources say" in page("/rules/", "en")
    told = page("/rules/grant/", "en")
    assert "Rests on these words 贷款余额5872.92亿元 Report, 一" in told
    assert "Paid by · City" in told
    assert "Works by · spreading of risk" in told
    assert "原文未给出 assumed the text gives no floor" in told
    assert "was published nowhere" in told


def test_a_region_without_sources_says_so_and_is_not_linked(published: Published) -> None:
    client = Client()
    client.post("/language/", {"lang": "en"})
    assert b"This region holds nothing of its sources." in client.get("/sources/").content
    assert b"/sources/" not in client.get("/rules/").content
