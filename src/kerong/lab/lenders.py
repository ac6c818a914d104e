"""The local financial organisations of a city: enterprises that lend, guarantee, lease; some fail, after a bad time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.credit_codes import credit_codes
from kerong.lab.places import Places
from kerong.lab.streams import stream
from kerong.lab.tables import table
from kerong.lab.window import Dates, Floats, Window, days

SHARE, LEAST = 0.008, 10  # of the number of firms, and in the smallest city
_KINDS = {"micro_lender": 0.40, "guarantor": 0.20, "leasing": 0.12, "factoring": 0.13, "pawn": 0.15}
_CALLED = {
    "micro_lender": "小额贷款有限公司",
    "guarantor": "融资担保有限公司",
    "leasing": "融资租赁有限公司",
    "factoring": "商业保理有限公司",
    "pawn": "典当有限公司",
}
# GB/T 4754-2017: micro-lending, leasing and pawnbroking have classes; factoring and guarantees are among other ones
INDUSTRIES = {
    "micro_lender": "J6635",
    "guarantor": "J6999",
    "leasing": "J6631",
    "factoring": "J6639",
    "pawn": "J6633",
}
_NET_YUAN = {"micro_lender": 1.5e8, "guarantor": 3e8, "leasing": 4e8, "factoring": 1.2e8, "pawn": 3e7}
_FAILS_A_YEAR = 0.045
_WORDS_FIRST, _WORDS_SECOND = "汇鑫诚信恒通惠民裕丰润泽兴盛安泰", "达源融邦康隆和顺宝金利昌平正立嘉"


@dataclass(frozen=True, slots=True)
class Lenders:
    """One entry per organisation, the oldest first; `fails`: the month in which it fails, may lie after the city's."""

    code: npt.NDArray[np.str_]
    name: list[str]
    district: npt.NDArray[np.str_]
    kind: npt.NDArray[np.str_]
    established: Dates
    net_yuan: Floats
    fails: Dates
    closed: Dates  # when the register of companies says so

    def __len__(self) -> int:
        return len(self.code)


def draw_lenders(taken: npt.NDArray[np.str_], seed: int, window: Window, places: Places) -> Lenders:
    """Eight per thousand firms, from the stream "local finance" of `seed`; no credit code is one of `taken`."""
    rng = stream(seed, "local finance")
    count = max(round(SHARE * len(taken)), LEAST)
    district = np.array(places.districts)[rng.integers(0, len(places.districts), count)]
    code = credit_codes(rng, district)
    while np.isin(code, taken).any():
        code = credit_codes(rng, district)
    kind = np.array(list(_KINDS))[rng.choice(len(_KINDS), size=count, p=list(_KINDS.values()))]
    established = np.asarray(window.day - days(np.sort(rng.uniform(1.5, 9.5, count))[::-1] * 365.25))
    start = np.maximum(established.astype("M8[M]") + np.timedelta64(18, "M"), window.panel_months[0])
    waited = np.minimum(rng.exponential(12 / _FAILS_A_YEAR, count), 2400).astype(np.int64)
    fails = start + waited.astype("m8[M]")
    fails = np.where(fails <= window.last + np.timedelta64(12, "M"), fails, np.datetime64("NaT", "M"))
    closed = fails.astype("M8[D]") + days(rng.uniform(150, 500, count))
    return Lenders(
        code=code,
        name=_names(rng, places.city, kind),
        district=district,
        kind=kind,
        established=established,
        net_yuan=np.array([_NET_YUAN[one] for one in kind]) * np.exp(0.5 * rng.normal(size=count)),
        fails=fails,
        closed=np.where(closed <= window.day, closed, np.datetime64("NaT", "D")),
    )


def lenders_truth(lenders: Lenders, window: Window) -> pl.DataFrame:
    """The truth: credit_code, kind, failed_on (null: not by the day of the city), by credit code."""
    failed = np.where(lenders.fails <= window.last, lenders.fails, np.datetime64("NaT", "M"))
    return table({"credit_code": lenders.code, "kind": lenders.kind, "failed_on": failed}).sort("credit_code")


def _names(rng: np.random.Generator, city: str, kind: npt.NDArray[np.str_]) -> list[str]:
    """No two alike."""
    brands = [f"{one}{two}" for one in _WORDS_FIRST for two in _WORDS_SECOND]
    order = rng.permutation(len(brands))
    turns = [order[row % len(brands)] for row in range(len(kind))]
    again = ["" if row < len(brands) else f"第{row // len(brands) + 1}" for row in range(len(kind))]
    return [
        f"{city}市{brands[turn]}{more}{_CALLED[one]}"
        for turn, more, one in zip(turns, again, kind.tolist(), strict=True)
    ]
