"""Made-up company names: place, brand, trade word, legal form; rare characters, Latin letters, brackets."""

import numpy as np
import polars as pl

from kerong.lab.trades import TRADES
from kerong.lab.window import Flags, Whole

_FIRST = tuple("瑞芯科创智天博恒锐星辰翼拓源睿启迪泰晶光云海凌卓远弘盛维诺优赛联易中新东思德佳亿")
_SECOND = tuple("图微讯腾能达越航赫诚沃捷可思华普特康力元丰信通锋桥泽岚川洋林峰原舟帆纳格森域")
_THIRD = tuple("创达成和兴科明宇朗尔斯邦克文")
_RARE = ("龑", "䶮", "㛃")
_LATIN_HEADS = ("Neo", "Vi", "Lu", "Xen", "Qua", "Ark", "Sol", "Ter", "Ori", "Kal", "Mev", "Zan")
_LATIN_TAILS = ("tek", "ra", "mio", "nix", "via", "lon", "dex", "phy", "gen", "cell", "bit", "rox")
_FORMS = (("科技有限公司", 60), ("有限公司", 22), ("技术有限公司", 8), ("股份有限公司", 4), ("（集团）有限公司", 2))

SPELLINGS = (("（", "("), ("）", ")"), ("有限公司", "有限责任公司"))


def company_names(rng: np.random.Generator, city: str, trade: Whole) -> list[str]:
    """One distinct name per firm of the given trades (positions in TRADES)."""
    names: list[str] = _drawn(rng, city, trade, extended=False)
    for _ in range(40):
        repeated = np.flatnonzero(pl.Series(names).is_first_distinct().not_().to_numpy())
        if len(repeated) == 0:
            return names
        for row, name in zip(repeated, _drawn(rng, city, trade[repeated], extended=True), strict=True):
            names[row] = name
    raise ValueError(f"{len(names)} firms are more than the parts of names can tell apart")


def fund_names(rng: np.random.Generator, city: str, known: list[str], is_partnership: Flags) -> list[str]:
    """One distinct name per fund, with the form that the flag says; the first funds are called as `known` says."""
    heads = list(known)
    while len(heads) < len(is_partnership):
        head = f"{city}{_brands(rng, 1, extended=True)[0]}创业投资"
        if head not in heads:
            heads.append(head)
    forms = np.where(is_partnership, "合伙企业（有限合伙）", "有限公司").tolist()
    return [head + form for head, form in zip(heads, forms, strict=True)]


def other_spelling(name: str) -> str:
    """The same firm as another office writes it: half-width brackets, or 有限责任公司 for 有限公司."""
    wide, narrow = SPELLINGS[0]
    if wide in name:
        return name.replace(wide, narrow).replace(*SPELLINGS[1])
    return name if "股份" in name else name.replace(*SPELLINGS[2])


def _drawn(rng: np.random.Generator, city: str, trade: Whole, *, extended: bool) -> list[str]:
    count = len(trade)
    brands = _brands(rng, count, extended)
    shares = np.array([share for _, share in _FORMS], dtype=np.float64)
    forms = rng.choice(len(_FORMS), size=count, p=shares / shares.sum())
    layout = rng.choice(3, size=count, p=(0.55, 0.30, 0.15))
    word_draw = rng.random(count)
    names = []
    for brand, kind, draw, form, place in zip(brands, trade, word_draw, forms, layout, strict=True):
        words = TRADES[kind].words
        word = words[int(draw * len(words))]
        suffix = _FORMS[form][0]
        if word.endswith(("科技", "技术")):
            suffix = suffix.removeprefix("科技").removeprefix("技术")
        head = (f"{city}{brand}", f"{city}市{brand}", f"{brand}（{city}）")[place]
        names.append(f"{head}{word}{suffix}")
    return names


def _brands(rng: np.random.Generator, count: int, extended: bool) -> list[str]:
    """Brands of two or three characters; a few Latin, a few with a character outside the oldest character sets."""
    first, second, third = (rng.integers(0, len(part), count) for part in (_FIRST, _SECOND, _THIRD))
    long: Flags = (rng.random(count) < 0.3) | extended
    special = rng.random(count)
    heads, tails = rng.integers(0, len(_LATIN_HEADS), count), rng.integers(0, len(_LATIN_TAILS), count)
    brands = []
    for row in range(count):
        if special[row] < 0.04 and not extended:
            brands.append(_LATIN_HEADS[heads[row]] + _LATIN_TAILS[tails[row]])
            continue
        last = _THIRD[third[row]] if long[row] else ""
        middle = _RARE[third[row] % 3] if special[row] > 0.99 else _SECOND[second[row]]
        brands.append(_FIRST[first[row]] + middle + last)
    return brands
