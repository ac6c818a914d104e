"""Amounts as policies write them, exactly: 160万元, 4亿元, 0.01元, USD in 美元."""

import re
from fractions import Fraction

UNITS = {"亿元": 10_000_000_000, "万元": 1_000_000, "元": 100, "分": 1, "万美元": 1_000_000, "美元": 100, "美分": 1}


def fen_of(words: str) -> int:
    """The amount in fen (cents); raises ValueError where it is no whole number of them."""
    found = re.fullmatch(rf"([0-9][0-9,]*(?:\.[0-9]+)?)({'|'.join(UNITS)})", words)
    if found is None:
        raise ValueError(f"{words} is no amount: 200万元, 4亿元, 0.01元")
    exact = Fraction(found[1].replace(",", "")) * UNITS[found[2]]
    if exact.denominator != 1:
        raise ValueError(f"{words} is no whole number of fen")
    return int(exact)


def is_amount(value: object) -> bool:
    """Is it an amount in words?"""
    return isinstance(value, str) and re.fullmatch(rf"[0-9][0-9,.]*({'|'.join(UNITS)})", value) is not None
