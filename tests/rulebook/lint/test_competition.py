"""Red flags of fair-competition review, each with its kind and the reviewer's question."""

import pytest

from tests.rulebook.lint.rules import book, found, policy

LIST = """
name = "white"
title = { zh = "白名单", en = "White list" }
files = ["white"]
row = ["code"]
absence = "none"
[column.code]
title = { zh = "代码", en = "Code" }
header = ["代码"]
type = "credit_code"
"""
ON_LIST = """
[[measure]]
name = "listings"
title = { zh = "名单内", en = "Listed" }
over = "white"
value = "count()"
"""
TAX = """
name = "tax"
title = { zh = "纳税", en = "Tax" }
files = ["tax"]
row = ["code"]
[column.code]
title = { zh = "代码", en = "Code" }
header = ["代码"]
type = "credit_code"
[column.paid_fen]
title = { zh = "实缴税额", en = "Tax paid" }
header = ["实缴税额"]
type = "fen"
unit = "yuan"
"""
PAID = """
[[measure]]
name = "paid_fen"
title = { zh = "实缴税额", en = "Tax paid" }
over = "tax"
value = "sum(tax.paid_fen)"
"""


def flags(*clauses: str, fen: str = "100", per: str = "enterprise", head: str = "", **files: str) -> list[str]:
    """The kinds that are flagged, `kind: severity`."""
    rulebook = book(policy("a", *clauses, fen=fen, per=per, head=head), **files)
    return [f"{finding.en.partition(':')[0]}: {finding.severity}" for finding in found(rulebook, "competition")]


def test_a_rule_that_names_no_one_and_no_place_raises_no_flag() -> None:
    assert flags("enterprise.is_new", "enterprise.staff > 10", "enterprise.level = 'high'") == []


@pytest.mark.parametrize("clause", ["loan.bank = 'bank_river'", "loan.bank in ('bank_river', 'other')"])
def test_a_clause_for_one_institution_is_flagged(clause: str) -> None:
    assert flags(clause, per="loan") == ["a named institution, firm or brand: warning"]


def test_a_clause_for_one_firm_by_its_name_is_flagged() -> None:
    assert flags("enterprise.name = '某某科技有限公司'") == ["a named institution, firm or brand: warning"]


def test_the_whole_city_as_place_of_registration_is_a_warning_and_one_district_of_it_a_note() -> None:
    whole, one = ["enterprise.area in ('3301', '3302')"], ["enterprise.area = '3301'"]
    assert flags(*whole) == ["place of registration as a condition: warning"]
    assert flags("left(enterprise.area, 2) = '33'") == ["place of registration as a condition: warning"]
    assert flags(*one) == ["place of registration as a condition: note"]


def test_access_by_a_list_alone_is_flagged() -> None:
    more = {"registers_white": LIST, "measures_white": ON_LIST}
    assert flags("enterprise.listings > 0", **more) == ["access by a list alone: warning"]


def test_a_register_that_holds_more_than_names_is_no_mere_list() -> None:
    columns = '[column.issued_on]\ntitle = { zh = "日期", en = "Issued" }\nheader = ["日期"]\ntype = "date"\n'
    more = {"registers_white": LIST + columns, "measures_white": ON_LIST}
    assert flags("enterprise.listings > 0", **more) == []


@pytest.mark.parametrize(
    ("clause", "fen"), [("enterprise.is_new", "share_bp(enterprise.paid_fen, 500)"), ("enterprise.paid_fen > 5", "100")]
)
def test_money_tied_to_tax_paid_is_flagged(clause: str, fen: str) -> None:
    more = {"registers_tax": TAX, "measures_tax": PAID}
    assert flags(clause, fen=fen, **more) == ["money tied to tax paid: warning"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("对新落户的企业奖励100万元。", "a reward for moving in, or a bar to moving out"),
        ("企业须承诺五年内不迁离本区。", "a reward for moving in, or a bar to moving out"),
        ("按企业对地方财政贡献的50%给予奖励。", "money tied to tax paid"),
        ("在本市注册登记的企业可以申请。", "place of registration as a condition"),
        ("采购本地产品的，给予补助。", "local products, services or purchases"),
        ("须在指定银行办理贷款。", "a named institution, firm or brand"),
        ("仅限列入推荐名单的企业申报。", "access by a list alone"),
        ("奖励资金用于再投资的加倍。", "reinvestment here as a condition"),
        ("须在区内开户结算。", "accounts settled or counted here as a condition"),
        ("a grant for firms that relocate to the city", "a reward for moving in, or a bar to moving out"),
        ("a refund of local taxes", "money tied to tax paid"),
        ("only locally made goods count", "local products, services or purchases"),
    ],
)
def test_words_of_the_text_are_flagged_by_their_kind(text: str, kind: str) -> None:
    assert flags("enterprise.is_new", head=f'text = "{text}"') == [f"{kind}: warning"]


@pytest.mark.parametrize(
    "text", ["不得指定银行。", "对研发费用给予补助，按季结算。", "结算单", "the loan is settled in full"]
)
def test_words_that_only_look_alike_are_not_flagged(text: str) -> None:
    assert flags("enterprise.is_new", head=f'text = "{text}"') == []


def test_a_flag_asks_a_question_in_both_languages() -> None:
    (finding,) = found(book(policy("a", "enterprise.area in ('3301', '3302')")), "competition")
    assert finding.en.endswith("The reviewer asks: is it the reach of the budget, or a bar to firms from elsewhere?")
    assert finding.zh.startswith("以注册地为条件：片区须在整个本地区之内。审查时要问：")


def test_a_historic_rule_is_flagged_with_its_reason_and_asks_for_nothing() -> None:
    text = policy("a", "enterprise.area in ('3301', '3302')")
    historic = text.replace('clause = "第一条"', 'clause = "第一条"\nstatus = "historic"\nwhy = "ended in 2023"')
    (finding,) = found(book(historic), "competition")
    assert finding.accepted == "historic, flagged: ended in 2023"
    assert not finding.is_open
    assert [(f.severity, f.accepted) for f in found(book(historic), "source")] == [("note", "ended in 2023")]
