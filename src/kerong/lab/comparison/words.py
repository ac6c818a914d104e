"""The sentences of a comparison, in Chinese and English."""

from collections.abc import Mapping
from typing import Any

from kerong.engine.monitor.amounts import money

Pair = dict[str, str]
STAGES = {
    "seed": ("种子期", "Seed"),
    "startup": ("初创期", "Start-up"),
    "growth": ("成长期", "Growth"),
    "mature": ("成熟期", "Mature"),
}
SIZES = {
    "micro": ("微型", "Micro"),
    "small": ("小型", "Small"),
    "medium": ("中型", "Medium"),
    "large": ("大型", "Large"),
    "0": ("20人以下", "under 20 people"),
    "20": ("20—299人", "20 to 299 people"),
    "300": ("300—999人", "300 to 999 people"),
    "1000": ("1000人及以上", "1,000 people and more"),
}
PAYEES = {
    "enterprise": ("企业", "Enterprises"),
    "institution": ("金融机构", "Institutions"),
    "fund": ("基金", "Funds"),
    "person": ("个人", "Persons"),
    "contestant": ("参赛者", "Contestants"),
}
CAUSES = {
    "rule": ("条文修改", "own words"),
    "facts": ("所依据的指标修改", "facts it reads"),
    "shared": ("共用限额传导", "shared limit"),
}


def headline(found: Mapping[str, Any]) -> Pair:
    """The whole comparison in a sentence: what it costs, who has more, who has less, who loses its claim."""
    return {"zh": _headline_zh(found), "en": _headline_en(found)}


def _headline_zh(found: Mapping[str, Any]) -> str:
    firms, currency = found["firms"], found["currency"]
    before, after = (_unbroken(found["money"][name], currency, "zh") for name in ("before_fen", "after_fen"))
    verb = _verb(found["money"], "增至", "减至")
    spent = f"政策支出由 {before}{verb} {after}" if verb else f"政策支出仍为 {before}"
    moved = [f"{firms['more']:,} 家企业增加"] if firms["more"] else ["没有企业增加"]
    moved.append(f"{firms['less']:,} 家减少" if firms["less"] else "没有企业减少")
    lost = firms["no_longer_met"]
    moved.append(f"{lost:,} 家失去资格" if lost else "没有企业失去资格")
    return f"改革后{found['region']['title']['zh']}{spent}；{'，'.join(moved)}。"


def _headline_en(found: Mapping[str, Any]) -> str:
    firms, currency = found["firms"], found["currency"]
    before, after = (_unbroken(found["money"][name], currency, "en") for name in ("before_fen", "after_fen"))
    place = found["region"]["title"]["en"]
    spends = found["money"]["before_fen"] != found["money"]["after_fen"]
    spent = f"{place} spends {after} instead of {before}" if spends else f"{place} spends {before} as before"
    more = f"{firms['more']:,} {_firms(firms['more'])} paid more" if firms["more"] else "no enterprise is paid more"
    less = f"{firms['less']:,} less" if firms["less"] else "none less"
    lost = firms["no_longer_met"]
    told = (
        f"{lost:,} {'loses its' if lost == 1 else 'lose their'} eligibility" if lost else "none loses its eligibility"
    )
    return f"After the reform {spent}; {more}, {less}, and {told}."


def _unbroken(fen: int, currency: str, lang: str) -> str:
    """An amount that no end of a line parts from its unit."""
    return money(fen, currency, lang).replace(" ", "\u00a0")


def _firms(count: int) -> str:
    return "enterprise is" if count == 1 else "enterprises are"


def _verb(sums: Mapping[str, int], up: str, down: str) -> str:
    change = sums["after_fen"] - sums["before_fen"]
    return up if change > 0 else down if change < 0 else ""


OUTCOMES = {
    "met": ("符合", "met"),
    "unknown": ("未知", "unknown"),
    "failed": ("不符合", "not met"),
    "error": ("计算有误", "error"),
    "no_rule": ("无此政策", "no such rule"),
}
LEFT_OUT = {
    "district": ("区县", "district"),
    "stage": ("生命周期阶段", "stage of life"),
    "industry": ("行业", "industry"),
    "size": ("企业规模", "size"),
}
CHART_WORDS = {
    lang: {
        "before": ("改革前", "Before")[n],
        "after": ("改革后", "After")[n],
        "more": ("增加", "Paid more")[n],
        "less": ("减少", "Paid less")[n],
        "firms": ("企业", "Firms")[n],
        "steps": ([[10**8, "亿"], [10**4, "万"]], [[10**9, "bn"], [10**6, "m"], [10**3, "k"]])[n],
        **{name: pair[n] for name, pair in OUTCOMES.items()},
    }
    for n, lang in enumerate(("zh", "en"))
}


def bin_label(line: Mapping[str, Any], currency: str) -> Pair:
    """What a bin of the distribution holds: gains or losses from an amount to an amount."""
    if line["sign"] == 0:
        return {"zh": "不变", "en": "the same"}
    sign, low, high = "−" if line["sign"] < 0 else "+", line["from_fen"], line["to_fen"]
    if high is None:
        return {"zh": f"{sign}{money(low, currency, 'zh')}以上", "en": f"over {sign}{_bare(low, currency)}"}
    return {"zh": f"{sign}{money(high, currency, 'zh')}以内", "en": f"{sign}{_bare(high, currency)}"}


def _bare(fen: int, currency: str) -> str:
    return money(fen, currency, "en").removeprefix(currency).strip()
