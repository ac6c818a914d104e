"""Units of published figures: what they count, and how many of it one is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

Dimensions = tuple[tuple[str, int], ...]  # what is counted, and to which power; () is a bare number

TIMES = {"": 1, "十": 10, "百": 100, "千": 1_000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7}
TIMES |= {"亿": 10**8, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12}
MONEY = {"元": "CNY", "美元": "USD"}
SHARES = {"%": Fraction(1, 100), "个百分点": Fraction(1, 100), "‰": Fraction(1, 1000), "倍": Fraction(1)}
_COUNTED = (
    "家 户 个 支 只 笔 人 名 位 项 次 家次 户次 人次 款 件 种 类 条 宗 单 场 期 批 套 份 台 所 区 县 市 省 级 股 "
    "年 月 日 天 小时 分 分钟 平方米 平方公里 亩 公里"
)
COUNTED = tuple(_COUNTED.split(" "))
SAME = {"户": "家", "户次": "家次", "只": "支", "名": "人", "位": "人", "项": "个", "款": "个", "天": "日"}
NAME = re.compile(rf"({'|'.join(sorted(filter(None, TIMES), key=len, reverse=True))})?(.+)")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit is `scale` of what `dimensions` counts: 亿元 is 100,000,000 yuan, % a hundredth of a bare number."""

    name: str
    dimensions: Dimensions
    scale: Fraction

    @property
    def is_money(self) -> bool:
        """Whether it is an amount in a currency."""
        return any(what in MONEY.values() for what, _ in self.dimensions)


def unit_of(name: str) -> Unit | None:
    """The unit of a name such as 亿元, 万家次 or %; None where there is no such unit."""
    if name in SHARES:
        return Unit(name, (), SHARES[name])
    found = NAME.fullmatch(name)
    times, counted = (found[1] or "", found[2]) if found else ("", "")
    if counted in MONEY:
        return Unit(name, ((MONEY[counted], 1),), Fraction(TIMES[times]))
    if counted in COUNTED:
        return Unit(name, ((SAME.get(counted, counted), 1),), Fraction(TIMES[times]))
    return None


def money_of(dimensions: Dimensions) -> Mapping[str, int]:
    """The currencies among dimensions, with their powers."""
    return MappingProxyType({what: power for what, power in dimensions if what in MONEY.values()})


def known_units() -> tuple[str, ...]:
    """Units without the words for how many (万, 亿 …)."""
    return (*MONEY, *SHARES, *COUNTED)
