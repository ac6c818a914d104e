"""The funds of a city: enterprises of their own that own no technology and invest in the firms of the city."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kerong.lab.credit_codes import credit_codes
from kerong.lab.names import fund_names
from kerong.lab.places import Places
from kerong.lab.streams import stream
from kerong.lab.window import Dates, Flags, Floats, Window, days

SHARE, LEAST = 0.01, 12  # of the number of firms, and in the smallest city
# GB/T 4754-2017: venture funds, angel funds, other funds that are not offered to the public
INDUSTRIES = {"sub_fund": "J6731", "seed": "J6732", "angel": "J6732", "venture": "J6731", "growth": "J6739"}
_KINDS = {"sub_fund": 0.3, "angel": 0.15, "seed": 0.1, "venture": 0.3, "growth": 0.15}
_TOLD = {"天使": "angel", "种子": "seed", "成长": "growth"}  # by the name of a fund of the region; others are venture
_TYPICAL_YUAN = {"sub_fund": 3e8, "angel": 1e8, "seed": 6e7, "venture": 2e8, "growth": 6e8}
MOST_PUBLIC = 0.30  # of a sub-fund's paid-in capital, as guidance funds have it


@dataclass(frozen=True, slots=True)
class Funds:
    """One entry per fund, the oldest first; the first `named` are those that the region has among its institutions."""

    code: npt.NDArray[np.str_]
    name: list[str]
    institution: npt.NDArray[np.str_]  # by which equity rounds name it: the region's code, else the credit code
    named: int  # how many have a code of the region
    district: npt.NDArray[np.str_]
    kind: npt.NDArray[np.str_]
    is_partnership: Flags
    established: Dates
    settled: Dates  # later than established where the fund moved here
    committed_yuan: Floats
    paid_share: Floats  # of what is committed
    public_share: Floats  # of what is paid in
    outside: Floats  # yuan invested elsewhere per yuan invested in the city
    is_ranked: Flags

    def __len__(self) -> int:
        return len(self.code)


def draw_funds(taken: npt.NDArray[np.str_], seed: int, window: Window, places: Places) -> Funds:
    """One fund per hundred firms, from the stream "funds" of `seed`; no credit code is one of `taken`."""
    rng = stream(seed, "funds")
    own = places.institutions.get("fund", ())
    count = max(round(SHARE * len(taken)), LEAST, len(own))
    district = np.array(places.districts)[rng.integers(0, len(places.districts), count)]
    code = credit_codes(rng, district)
    while np.isin(code, taken).any():
        code = credit_codes(rng, district)
    kind = np.array(list(_KINDS))[rng.choice(len(_KINDS), size=count, p=list(_KINDS.values()))]
    called = [places.called[name] for name in own]
    kind[: len(own)] = [next((_TOLD[word] for word in _TOLD if word in name), "venture") for name in called]
    is_partnership = rng.random(count) < np.where(kind == "sub_fund", 0.9, 0.55)
    age = np.sort(rng.uniform(0.5, 8.0, count))[::-1].copy()
    age[: len(own)] = np.sort(rng.uniform(8.0, 12.0, len(own)))[::-1]
    established = np.asarray(window.day - days(age * 365.25))
    late = np.where(rng.random(count) < 0.15, 0.6 * age * 365.25, 20.0)
    draw = rng.random(count)
    return Funds(
        code=code,
        name=fund_names(rng, places.city, called, is_partnership),
        institution=np.concatenate([np.array(own, dtype="U"), code[len(own) :]]),
        named=len(own),
        district=district,
        kind=kind,
        is_partnership=is_partnership,
        established=established,
        settled=np.minimum(established + days(late * rng.random(count)), window.day),
        committed_yuan=np.array([_TYPICAL_YUAN[name] for name in kind]) * np.exp(0.7 * rng.normal(size=count)),
        paid_share=rng.choice((0.3, 0.5, 0.7, 1.0), count, p=(0.15, 0.25, 0.25, 0.35)),
        public_share=_public_share(kind, called, draw),
        outside=rng.exponential(0.5, count),
        is_ranked=(rng.random(count) < 0.2) & np.isin(kind, ("venture", "growth")),
    )


def _public_share(kind: npt.NDArray[np.str_], called: list[str], draw: Floats) -> Floats:
    """A guidance fund is public money, a sub-fund has its stake of it within the limit, one in five others a little."""
    share = np.where(kind == "sub_fund", 0.1 + (MOST_PUBLIC - 0.1) * draw, np.where(draw < 0.2, draw, 0.0))
    share[: len(called)] = [1.0 if "引导" in name else part for name, part in zip(called, share, strict=False)]
    return np.asarray(share)
