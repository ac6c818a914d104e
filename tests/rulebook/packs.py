"""A pack of a region that is not shipped: one register, and what a test adds to it."""

REGION = """
name = "north"
title = { zh = "北", en = "North" }
currency = "HKD"
default_on = 2025-06-30
[enterprise]
from = ["firm"]
[enterprise.provides]
name = ["firm.label"]
area = ["firm.area"]
capital_fen = ["firm.capital_fen"]
"""
FIRM = """
name = "firm"
title = { zh = "企业", en = "Firms" }
files = ["firm"]
row = ["code"]
[column.code]
title = { zh = "代码", en = "Code" }
header = ["代码"]
type = "credit_code"
required = true
[column.label]
title = { zh = "名称", en = "Name" }
header = ["名称"]
type = "text"
[column.area]
title = { zh = "片区", en = "Area" }
header = ["片区"]
type = "district"
[column.capital_fen]
title = { zh = "资金", en = "Capital" }
header = ["资金"]
type = "fen"
unit = "wan"
"""


def column(kind: str, more: str) -> str:
    """A further column of the register, of a type and with further keys."""
    return f'[column.further]\ntitle = {{ zh = "列", en = "Column" }}\nheader = ["列"]\ntype = "{kind}"\n{more}\n'


def formula(name: str, value: str, more: str = "") -> str:
    """A formula."""
    return f'[[formula]]\nname = "{name}"\ntitle = {{ zh = "式", en = "Formula" }}\nvalue = "{value}"\n{more}\n'


def pack(**files: str) -> dict[str, str]:
    """The pack's texts; `formulas_all` stands for formulas/all.toml, and `firm` is put behind the register."""
    texts = {"region.toml": REGION, "registers/firm.toml": FIRM + files.pop("firm", "")}
    return texts | {f"{name.replace('_', '/', 1)}.toml": text for name, text in files.items()}
