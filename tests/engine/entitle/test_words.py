"""Sentences that an entrepreneur understands: value, what is asked, how far off; in Chinese and in English."""

from datetime import date

import pytest

from kerong.engine.entitle.explain import explain
from kerong.engine.entitle.sources import Origins
from kerong.engine.entitle.values import titled
from kerong.engine.entitle.words import clause_lines, sentence, verdict_sentence
from kerong.rulebook import Rulebook
from kerong.rulebook.outcomes import ERROR, FAILED, MET, NO_ROW, UNKNOWN
from kerong.rulebook.parse import parse
from kerong.rulebook.plain import Fault, Result
from kerong.rulebook.tables import Entries, Spell, Steps
from kerong.rulebook.types import BP, COUNT, DATE, FEN, RATIO, SPELLS, Type
from kerong.rulebook.words import shown
from tests.engine.entitle.book import ON, book, firm
from tests.rulebook.generated import SCOPE


def said(condition: str, **values: Result) -> tuple[str, str]:
    """The sentence of the only comparison, in both languages."""
    found = book(condition)
    (part,) = explain(found.rules["grant"], firm(**values), ON).clauses[0].compared
    parameters = found.rules["grant"].parameters
    return sentence(part, parameters, found, "zh"), sentence(part, parameters, found, "en")


@pytest.mark.parametrize(
    ("condition", "values", "zh", "en"),
    [
        (
            "enterprise.research_share >= 0.04",
            {"research_share": 0.032},
            "研发占比 3.2 %，门槛 4 %，差 0.8 个百分点",
            "Formula 3.2 %, at least 4 % is asked: 0.8 points short",
        ),
        (
            "enterprise.research_share >= 0.04",
            {"research_share": 0.05},
            "研发占比 5 %，门槛 4 %，余 1 个百分点",
            "Formula 5 %, at least 4 % is asked: 1 point to spare",
        ),
        (
            "enterprise.research_fen >= cap_fen",
            {"research_fen": 40_000_50},
            "研发费用 HKD 40,000.50，门槛 HKD 50,000，差 HKD 9,999.50",
            "R&D HKD 40,000.50, at least HKD 50,000 is asked: HKD 9,999.50 short",
        ),
        (
            "enterprise.staff > 10",
            {"staff": 10},
            "人数 10，须高于 10，刚好在线上，不算达到",
            "Staff 10, more than 10 is asked: just on the line, which is not enough",
        ),
        (
            "enterprise.staff <= 10",
            {"staff": 10},
            "人数 10，上限 10，刚好达到",
            "Staff 10, at most 10 is allowed: just kept",
        ),
        (
            "enterprise.staff < 10",
            {"staff": 1200},
            "人数 1,200，须低于 10，超出 1,190",
            "Staff 1,200, less than 10 is asked: 1,190 too much",
        ),
        ("enterprise.staff >= 10", {}, "人数未知，门槛 10", "Staff is not known, at least 10 is asked"),
        (
            "enterprise.research_fen >= share_bp(enterprise.sales_fen, 500)",
            {"research_fen": 300},
            "研发费用 HKD 3，门槛未知",
            "R&D HKD 3, what is asked is not known",
        ),
        ("enterprise.is_listed", {"is_listed": False}, "上市：否，须为是", "Listed: no, yes is asked"),
        ("not enterprise.is_listed", {"is_listed": False}, "上市：否", "Listed: no"),
        (
            "enterprise.founded_on <= add_months(on, -24)",
            {"founded_on": date(2023, 7, 10)},
            "成立日 2023-07-10，不得晚于 2023-06-30，晚了 10 天",
            "Founded on 2023-07-10, not after 2023-06-30 is asked: 10 days too late",
        ),
        (
            "enterprise.founded_on > date '2020-01-01'",
            {"founded_on": date(2019, 12, 31)},
            "成立日 2019-12-31，须晚于 2020-01-01，早了 1 天",
            "Founded on 2019-12-31, after 2020-01-01 is asked: 1 day too early",
        ),
        (
            "enterprise.age_years < 5",
            {"age_years": 6},
            "年龄 6 年，须低于 5 年，超出 1 年",
            "Age 6 years, less than 5 years is asked: 1 year too much",
        ),
        (
            "enterprise.research_fen / enterprise.sales_fen >= 2",
            {"research_fen": 1, "sales_fen": 0},
            "研发费用 ÷ 销售额：计算出错（除数为零）",
            "R&D ÷ Sales: error (division by zero)",
        ),
        (
            "enterprise.name in ('甲', '乙')",
            {"name": "丙"},
            "名称 丙，须为其中之一：甲、乙",
            "Name 丙, one of these is asked: 甲, 乙",
        ),
        ("enterprise.name is not null", {}, "名称 未知，须有记录", "Name not known, a record is asked"),
    ],
)
def test_a_comparison_is_one_sentence_in_both_languages(
    condition: str, values: dict[str, Result], zh: str, en: str
) -> None:
    assert said(condition, **values) == (zh, en)


@pytest.mark.parametrize(
    ("value", "kind", "zh", "en"),
    [
        (None, FEN, "未知", "not known"),
        (Fault("overflow"), FEN, "计算出错（数值过大）", "error (overflow)"),
        (True, Type("bool"), "是", "yes"),
        (-1_234_05, FEN, "-1,234.05 元", "CNY -1,234.05"),
        (12_345_000, Type("int", "fen", 10_000), "12.35 元", "CNY 12.35"),
        (435, BP, "4.35 %", "4.35 %"),
        (0.1234567, RATIO, "0.1235", "0.1235"),
        (date(2025, 6, 30), DATE, "2025-06-30", "2025-06-30"),
        (2020, Type("int", "year"), "2020", "2020"),
        (1, Type("int", "days"), "1 天", "1 day"),
        ((Spell(date(2024, 1, 1), None),), SPELLS, "2024-01-01 至 ?", "2024-01-01 to ?"),
        ((), SPELLS, "无", "none"),
        (
            Steps((0, 5_000_000_00), (1000, 600)),
            Type("table", "bp", over="fen"),
            "0 元 起 10 %；5,000,000 元 起 6 %",
            "from CNY 0: 10 %; from CNY 5,000,000: 6 %",
        ),
        (Entries({"E": 2000}, 0), Type("table", "bp", over="text"), "E: 20 %；其他: 0 %", "E: 20 %; otherwise: 0 %"),
    ],
)
def test_every_kind_of_value_is_written_as_people_write_it(value: object, kind: Type, zh: str, en: str) -> None:
    assert (shown(value, kind, "CNY", "zh"), shown(value, kind, "CNY", "en")) == (zh, en)


def test_an_expression_is_told_by_the_titles_of_what_it_reads() -> None:
    found = book("enterprise.is_listed")
    node = parse("share_bp(enterprise.a_fen, 500) + enterprise.b_fen", SCOPE)
    assert titled(node, found, {}, "en") == "5 % of a_fen + b_fen"
    assert titled(parse("coalesce(enterprise.n, 0)", SCOPE), found, {}, "zh") == "n"
    assert (
        titled(parse("years_between(enterprise.began_on, on)", SCOPE), found, {}, "zh") == "began_on、评估日之间的年数"
    )


def lines(found: Rulebook, lang: str, **values: Result) -> list[str]:
    """The clause lines of the small pack's rule."""
    return clause_lines(explain(found.rules["grant"], firm(**values), ON), found.rules["grant"], Origins(found), lang)


def test_a_clause_line_tells_what_made_it_and_what_would_settle_it() -> None:
    found = book("enterprise.staff >= 10 or enterprise.is_listed", "enterprise.age_years < 5")
    zh, en = (lines(found, lang, staff=4, is_listed=True, age_years=None) for lang in ("zh", "en"))
    assert zh == ["✓ 1. 条件（上市：是）", "? 2. 条件（年龄未知，须低于 5 年） → 需提供：企业"]
    assert en[1] == "? 2. a condition (Age is not known, less than 5 years is asked) → settled by: Firms"


def test_the_verdict_names_the_deciding_clause_a_missing_row_or_the_amount() -> None:
    rule = book("enterprise.staff >= 10").rules["grant"]
    assert verdict_sentence(rule, MET, 0, "en") == "met"
    assert verdict_sentence(rule, FAILED, 1, "zh") == "不符合：条件"
    assert verdict_sentence(rule, FAILED, NO_ROW, "en").startswith("not met: there is no record")
    assert verdict_sentence(rule, UNKNOWN, 2, "zh").endswith("金额无法计算")
    assert verdict_sentence(rule, ERROR, 1, "en").endswith("a condition")


def test_counts_and_shares_keep_their_units_apart() -> None:
    assert shown(1200, COUNT, "CNY", "en") == "1,200"
    assert shown(0.5, Type("float", "share"), "CNY", "zh") == "50 %"
