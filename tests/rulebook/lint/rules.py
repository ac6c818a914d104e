"""A small region with one register of loans, and policies written in a line or two, for tests of lint."""

from kerong.rulebook import Rulebook, load
from kerong.rulebook.lint import Finding, lint
from tests.rulebook.packs import pack

DISTRICTS = """
[[district]]
code = "3301"
title = { zh = "东", en = "East" }
at = [0, 0]
[[district]]
code = "3302"
title = { zh = "西", en = "West" }
at = [1, 0]
[[institution]]
code = "bank_river"
kind = "bank"
title = { zh = "大江银行", en = "River Bank" }
"""
STAFF = """
[column.staff]
title = { zh = "人数", en = "Staff" }
header = ["人数"]
type = "count"
range = [0, 5000]
[column.level]
title = { zh = "级别", en = "Level" }
header = ["级别"]
type = "code"
codes = { low = ["低"], middle = ["中"], high = ["高"] }
[column.is_new]
title = { zh = "新设", en = "New" }
header = ["新设"]
type = "flag"
[column.revenue_fen]
title = { zh = "营业收入", en = "Revenue" }
header = ["营业收入"]
type = "fen"
unit = "yuan"
range = [0, 1_000_000_000_000_000]
[column.share]
title = { zh = "占比", en = "Share" }
header = ["占比"]
type = "ratio"
range = [0, 1]
"""
LOAN = """
name = "loan"
title = { zh = "贷款", en = "Loans" }
files = ["loan"]
row = ["contract"]
[column.contract]
title = { zh = "合同", en = "Contract" }
header = ["合同"]
type = "text"
[column.code]
title = { zh = "代码", en = "Code" }
header = ["代码"]
type = "credit_code"
[column.bank]
title = { zh = "银行", en = "Bank" }
header = ["银行"]
type = "text"
[column.interest_fen]
title = { zh = "利息", en = "Interest" }
header = ["利息"]
type = "fen"
unit = "yuan"
range = [0, 1_000_000_000_000]
[column.fee_fen]
title = { zh = "费用", en = "Fee" }
header = ["费用"]
type = "fen"
unit = "yuan"
[column.kind]
title = { zh = "种类", en = "Kind" }
header = ["种类"]
type = "code"
codes = { credit = ["信用"], pledge = ["质押"] }
"""
CASE = """
[[case]]
title = "it is told apart"
on = 2025-06-30
expect = { outcome = "unknown", clause = 1 }
"""


def policy(name: str, *clauses: str, fen: str = "100", per: str = "enterprise", head: str = "", more: str = "") -> str:
    """A policy of these clauses; `head` are further keys at the top, `more` further tables."""
    text = "" if "text =" in head else 'text = "对符合条件的企业给予补助。"\n'
    whens = "".join(f'[[when]]\nis = "{c}"\ntitle = {{ zh = "条件", en = "condition" }}\n' for c in clauses)
    amount = f'[amount]\nfen = "{fen}"\nround = "down"\n' if "[amount]" not in more else ""
    return (
        f'name = "{name}"\nkind = "subsidy"\ntitle = {{ zh = "补助", en = "Subsidy" }}\nper = "{per}"\n{text}{head}\n'
        f'[source]\ndocument = "办法"\nclause = "第一条"\n{whens}{amount}{more}' + ("" if "[[case]]" in more else CASE)
    )


def parameter(name: str, **values: object) -> str:
    """A dated parameter; `y2024 = 5` is a value from the first day of that year on."""
    rows = "".join(f'{year[1:]}-01-01 = {{ value = {v}, source = "第二条" }}\n' for year, v in values.items())
    return f"[parameter.{name}]\n{rows}"


def book(*policies: str, **files: str) -> Rulebook:
    """The region with these policies and further files (`formulas_all` is formulas/all.toml)."""
    texts = pack(firm=STAFF + files.pop("firm", ""), registers_loan=LOAN, **files)
    texts["region.toml"] += (
        'staff = ["firm.staff"]\nlevel = ["firm.level"]\nis_new = ["firm.is_new"]\nrevenue_fen = ["firm.revenue_fen"]\n'
        'share = ["firm.share"]\n' + DISTRICTS
    )
    texts |= {f"policies/p{number}.toml": text for number, text in enumerate(policies, 1)}
    return load(texts)


def found(rulebook: Rulebook, *checks: str) -> list[Finding]:
    """The findings of these names; without names all but what the one case of these policies leaves unproved."""
    return [f for f in lint(rulebook) if (f.check in checks if checks else not f.check.startswith("proof"))]


def said(rulebook: Rulebook, *checks: str) -> list[tuple[str, str]]:
    """Severity and English words of the findings."""
    return [(finding.severity, finding.en) for finding in found(rulebook, *checks)]
