"""The portal shows regions that have less than the demo city, or other words for what they have."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from kerong.commands.assess import assess
from kerong.web.base.models import Role, User
from kerong.web.base.services.run import run_publish
from tests.rulebook.packs import column, formula, pack

CODES = ("91330000MA0000007W", "91330100MA00000173", "91330200MA00000279")
FIRMS = "代码,名称,片区,资金\n" + "".join(
    f"{code},{name},东岸,{n}\n" for n, (code, name) in enumerate(zip(CODES, "甲乙丙", strict=True), 1)
)
INDICATOR = """
[[indicator]]
name = "capital"
dimension = "roots"
title = { zh = "资金", en = "Capital" }
value = "enterprise.capital_fen"
better = "more"
"""
WORDS = """
[score]
stage = "enterprise.age"
[score.weights.sprout]
roots = 1000
[words.stage]
sprout = { zh = "萌芽期", en = "Sprouting" }
[words.dimension]
roots = { zh = "根基", en = "Deep roots" }
"""
PATHS = ("/", "/rules/", "/office/", "/enterprises/", "/office/quality/", "/office/runs/", f"/enterprises/{CODES[0]}/")
Shown = Callable[[dict[str, str], str], dict[str, str]]


@pytest.fixture
def shown(db: None, tmp_path: Path) -> Shown:
    """The pages of a region as an official sees them in English, by path, once its firms are assessed and published."""

    def pages(texts: dict[str, str], firms: str) -> dict[str, str]:
        for name, text in texts.items():
            (tmp_path / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "pack" / name).write_text(text, encoding="utf-8")
        (tmp_path / "registers").mkdir()
        (tmp_path / "registers/firm.csv").write_text(firms, encoding="utf-8")
        assess(tmp_path / "registers", str(tmp_path / "pack"), tmp_path / "run", None, as_json=False)
        run_publish(tmp_path / "run")
        client = Client()
        client.force_login(User.objects.create_user(username="one", password="x" * 20, role=Role.OFFICIAL))
        client.post("/language/", {"lang": "en"})
        answers = {path: client.get(path) for path in PATHS}
        return {path: answer.content.decode() for path, answer in answers.items() if answer.status_code == 200}

    return pages


def test_a_region_without_index_stages_districts_policies_and_products_shows_no_empty_frames(shown: Shown) -> None:
    texts = pack()
    texts["region.toml"] = texts["region.toml"].replace('area = ["firm.area"]\n', "")
    pages = shown(texts, FIRMS)
    assert list(pages) == list(PATHS)
    for path, page in pages.items():
        assert "(None)" not in page, path
    assert "map-title" not in pages["/"]
    assert "spread-title" not in pages["/"]
    assert "money-title" not in pages["/"]
    assert "score-title" not in pages[PATHS[-1]]
    assert 'id="f-stage"' not in pages["/enterprises/"]


def test_an_enterprise_that_may_still_rise_in_a_region_without_grades_is_told_points_alone(shown: Shown) -> None:
    page = shown(pack(indicators_all=INDICATOR), FIRMS.replace(",1\n", ",\n"))[PATHS[-1]]
    assert "up to 1000 once all is known" in page
    assert "None" not in page
    assert 'data-draw="radar"' not in page


def test_a_region_calls_its_stages_and_dimensions_by_its_own_words(shown: Shown) -> None:
    texts = pack(indicators_all=INDICATOR, formulas_all=formula("age", "'sprout'"))
    texts["region.toml"] += WORDS
    pages = shown(texts, FIRMS)
    assert "Sprouting" in pages["/"]
    assert "Sprouting" in pages["/enterprises/"]
    assert "Deep roots" in pages[PATHS[-1]]


def test_a_region_calls_the_sections_of_its_own_industries_by_its_own_words(shown: Shown) -> None:
    industry = column("industry", "").replace("further", "nace")
    texts = pack(firm=industry)
    texts["region.toml"] += (
        'industry = ["firm.nace"]\n[words.industry]\nJ = { zh = "信息业", en = "Information and media" }\n'
    )
    firms = FIRMS.replace("资金\n", "资金,列\n").replace(",1\n", ",1,J62\n").replace(",2\n", ",2,C28\n")
    pages = shown(texts, firms.replace(",3\n", ",3,\n"))
    assert "Finance" not in pages["/enterprises/"]
    assert pages["/enterprises/"].count("Information and media") == 2, "the filter and the firm"
    assert "Information and media" in pages[PATHS[-1]]
    assert "Manufacturing" in pages["/enterprises/"]


def test_spells_are_shown_as_days(shown: Shown) -> None:
    days = "".join(
        column("date", "").replace("further", name).replace('["列"]', f'["{name}"]')
        for name in ("begins_on", "ends_on")
    )
    measure = (
        '[[measure]]\nname = "listed"\ntitle = { zh = "在册", en = "Listed" }\nover = "firm"\n'
        'value = "spells(firm.begins_on, firm.ends_on)"\n'
    )
    firms = FIRMS.replace("资金\n", "资金,begins_on,ends_on\n").replace(",1\n", ",1,2024-01-02,\n")
    firms = firms.replace(",2\n", ",2,,\n").replace(",3\n", ",3,,\n")
    page = shown(pack(firm=days, measures_all=measure), firms)[PATHS[-1]]
    assert "2024-01-02 to ?" in page
    assert "datetime" not in page


def test_a_region_whose_registers_hold_no_firm_yet_has_its_pages(shown: Shown) -> None:
    pages = shown(pack(indicators_all=INDICATOR), "代码,名称,片区,资金\n")
    assert list(pages) == list(PATHS[:-1])


ALERT = """
name = "little_capital"
kind = "alert"
title = { zh = "资金不足", en = "Little capital" }
text = "资金不足，提示关注。"
source = { document = "办法", clause = "第一条" }
[[when]]
is = "enterprise.capital_fen < 2_000_000"
title = { zh = "资金不足两万", en = "capital below 20,000" }
"""


def test_a_warning_stands_among_the_rules_and_is_neither_offered_nor_missed(shown: Shown) -> None:
    pages = shown({**pack(), "alerts/little_capital.toml": ALERT}, FIRMS)
    assert "Little capital" in pages["/rules/"]
    for path in ("/", "/office/", f"/enterprises/{CODES[0]}/"):
        assert "Little capital" not in pages[path], path
