"""A small region for explanations and actions: a register of firms, formulas over it, and three rules."""

from datetime import date

from kerong.rulebook import Rulebook, load
from kerong.rulebook.plain import Result
from tests.rulebook.packs import column, formula, pack

ON = date(2025, 6, 30)
FIRM = (
    column("fen", 'unit = "yuan"').replace("further", "research_fen").replace("列", "研发").replace("Column", "R&D")
    + column("fen", 'unit = "yuan"').replace("further", "sales_fen").replace("列", "销售额").replace("Column", "Sales")
    + column("flag", "").replace("further", "is_listed").replace("列", "上市").replace("Column", "Listed")
    + column("date", "").replace("further", "founded_on").replace("列", "成立日").replace("Column", "Founded on")
    + column("count", "").replace("further", "staff").replace("列", "人数").replace("Column", "Staff")
)
MEASURES = """
[[measure]]
name = "research_fen"
title = { zh = "研发费用", en = "R&D" }
change = { how = { zh = "增加研发投入", en = "spend more on R&D" }, effort = 5, better = "more" }
over = "firm"
value = "sum(firm.research_fen)"
[[measure]]
name = "sales_fen"
title = { zh = "销售额", en = "Sales" }
over = "firm"
value = "sum(firm.sales_fen)"
[[measure]]
name = "is_listed"
title = { zh = "上市", en = "Listed" }
change = { how = { zh = "申请上市", en = "list the shares" }, effort = 9, better = "more" }
over = "firm"
value = "any(firm.is_listed)"
[[measure]]
name = "staff"
title = { zh = "人数", en = "Staff" }
change = { how = { zh = "招聘", en = "hire" }, effort = 3, better = "more" }
over = "firm"
value = "max(firm.staff)"
[[measure]]
name = "founded_on"
title = { zh = "成立日", en = "Founded on" }
over = "firm"
value = "min(firm.founded_on)"
"""
FORMULAS = (
    formula("research_share", "enterprise.research_fen / enterprise.sales_fen").replace("式", "研发占比")
    + formula("age_years", "years_between(enterprise.founded_on, on)").replace("式", "年龄").replace("Formula", "Age")
    + formula("is_large", "enterprise.staff >= 50 or enterprise.is_listed").replace("式", "大型企业")
)
RULE = """
name = "{name}"
kind = "subsidy"
title = {{ zh = "研发补助", en = "R&D grant" }}
provider = "office"
source = {{ document = "办法", clause = "第一条", status = "published" }}
text = "全文"
summary = {{ zh = "补助", en = "a grant" }}
{clauses}
[amount]
fen = "share_bp(enterprise.research_fen, rate_bp)"
round = "down"
to = "enterprise"
[[limit]]
scope = "enterprise"
fen = "cap_fen"
[parameter.rate_bp]
title = {{ zh = "比例", en = "Rate" }}
2024-01-01 = {{ value = 1000, source = "第二条" }}
[parameter.cap_fen]
title = {{ zh = "上限", en = "Cap" }}
2024-01-01 = {{ value = 50_000_00, source = "第三条" }}
"""
OFFICE = """
[[institution]]
code = "office"
kind = "government"
title = { zh = "科技局", en = "Office" }
"""


def clause(condition: str, more: str = "") -> str:
    """A clause of a rule."""
    return f'[[when]]\nis = "{condition}"\ntitle = {{ zh = "条件", en = "a condition" }}\n{more}\n'


def texts(*conditions: str, more: str = "") -> dict[str, str]:
    """The pack's texts with one rule, `grant`, that has these clauses."""
    clauses = "".join(clause(condition, more) for condition in conditions)
    rule = RULE.format(name="grant", clauses=clauses)
    found = pack(firm=FIRM, measures_all=MEASURES, formulas_all=FORMULAS, policies_grant=rule)
    return found | {"region.toml": found["region.toml"] + OFFICE}


def book(*conditions: str, more: str = "") -> Rulebook:
    """The pack, loaded."""
    return load(texts(*conditions, more=more))


def firm(**values: Result) -> dict[tuple[str, str], Result]:
    """Facts of an enterprise."""
    return {("enterprise", name): value for name, value in values.items()}
