"""The sentences of a comparison of systems, in Chinese and English."""

from collections.abc import Mapping, Sequence
from typing import Any

from kerong.engine.monitor.amounts import money

Pair = dict[str, str]
Line = Mapping[str, Any]
INSTRUMENTS = {
    "subsidy": ("补贴", "Subsidies"),
    "reward": ("奖励", "Rewards"),
    "compensation": ("风险补偿", "Compensation of losses"),
    "listing": ("上市扶持", "Support for listing"),
    "loan": ("贷款", "Loans"),
    "guarantee": ("担保", "Guarantees"),
    "insurance": ("保险", "Insurance"),
    "equity": ("股权投资", "Equity"),
    "lease": ("融资租赁", "Leases"),
    "bond": ("债券", "Bonds"),
}
MECHANISMS = {
    "gathering": ("聚集资本", "gathering of capital"),
    "spreading": ("分散风险", "spreading of risk"),
    "information": ("揭示信息", "information"),
    "constraint": ("约束激励", "constraint and incentive"),
    None: ("未标明", "none named"),
}
BASES = {
    "loan": ("贷款本金", "principal of loans"),
    "guaranteed_loan": ("担保贷款本金", "principal of guaranteed loans"),
    "insured_sum": ("保险金额", "sums insured"),
    "lease": ("融资租赁金额", "sums leased"),
    "bond": ("债券发行额", "bonds issued"),
    "equity_round": ("企业融资额", "equity rounds of firms"),
    "fund_capital": ("基金募集规模", "capital of funds"),
    "rd_spending": ("企业研发投入", "R&D spending of firms"),
}
REACHED = {
    "certain": ("确定享有", "for certain"),
    "possible": ("可能享有", "possibly"),
    "nothing": ("无所获", "nothing"),
}


def headline(found: Line) -> Pair:
    """The comparison in a sentence: which system reaches most firms, what it costs; ties are named together."""
    systems, firms = found["systems"], found["city"]["firms"]
    if not systems or not firms:
        return {"zh": "没有可比较的企业或制度。", "en": "There are no firms or no systems to compare."}
    counts = [line["reached"]["certain"] for line in systems]
    first = [line for line in systems if line["reached"]["certain"] == max(counts)]
    last = [line for line in systems if line["reached"]["certain"] == min(counts)]
    return {"zh": _zh(found, first, last), "en": _en(found, first, last)}


def share(part: int, whole: int) -> str:
    """A whole percentage; what is not quite nothing or everything is not called so."""
    if not whole:
        return "—"
    if 0 < part * 200 < whole:
        return "<1%"
    if 0 < (whole - part) * 200 < whole:
        return ">99%"
    return f"{(200 * part + whole) // (2 * whole)}%"


def _zh(found: Line, first: Sequence[Line], last: Sequence[Line]) -> str:
    firms = found["city"]["firms"]
    most = first[0]["reached"]["certain"]
    names = "、".join(line["title"]["zh"] for line in first)
    spent = f"（政策支出 {_money(first[0], found, 'zh')}）" if len(first) == 1 else ""
    told = f"{names}的制度{'各' if len(first) > 1 else ''}确定惠及 {most:,} 家（{share(most, firms)}）"
    if len(found["systems"]) == 1:
        return f"{firms:,} 家企业中，{told}{spent}。"
    if len(first) == len(found["systems"]):
        return f"{firms:,} 家企业中，{told}，没有差别。"
    few = last[0]["reached"]["certain"]
    least = f"{'、'.join(line['title']['zh'] for line in last)}最少，{few:,} 家（{share(few, firms)}）"
    return f"{firms:,} 家企业中，{told}，为最多{spent}；{least}。"


def _en(found: Line, first: Sequence[Line], last: Sequence[Line]) -> str:
    firms = found["city"]["firms"]
    most = first[0]["reached"]["certain"]
    spent = f"; it spends {_money(first[0], found, 'en')}" if len(first) == 1 else ""
    whose = "the system of" if len(first) == 1 else "each of the systems of"
    reached = f"reached for certain under {whose} {_names(first)}"
    if len(found["systems"]) == 1 or len(first) == len(found["systems"]):
        told = f"Of {firms:,} firms {most:,} ({share(most, firms)}) are {reached}"
        return f"{told}{spent}." if len(found["systems"]) == 1 else f"{told}: no difference."
    few = last[0]["reached"]["certain"]
    least = f"fewest under {'that' if len(last) == 1 else 'those'} of {_names(last)}: {few:,} ({share(few, firms)})"
    return f"Of {firms:,} firms most are {reached}: {most:,} ({share(most, firms)}){spent}. They are {least}."


def _names(lines: Sequence[Line]) -> str:
    """The titles within a sentence: an article at their beginning is written small."""
    names = [line["title"]["en"] for line in lines]
    names = [f"the {name[4:]}" if name.startswith("The ") else name for name in names]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _money(line: Line, found: Line, lang: str) -> str:
    return money(line["public"]["spent_fen"], found["currency"], lang).replace(" ", "\u00a0")
