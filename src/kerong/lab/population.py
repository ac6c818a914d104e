"""The firms of a city and what no register shows: quality, risk, size, growth, distress."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kerong.lab.credit_codes import credit_codes
from kerong.lab.names import company_names
from kerong.lab.places import Places
from kerong.lab.streams import stream
from kerong.lab.trades import draw_trades, traits
from kerong.lab.window import Dates, Flags, Floats, Whole, Window, days

DISTRESS_YEARS = 5


@dataclass(frozen=True, slots=True)
class Population:
    """One entry per firm and field. Months and days that did not come are NaT; amounts here are floats in yuan."""

    code: npt.NDArray[np.str_]
    name: list[str]
    district: npt.NDArray[np.str_]
    trade: Whole
    established: Dates
    closed: Dates
    quality: Floats
    risk: Floats
    default_probability: Floats  # that distress begins within a year
    distressed: Dates  # month in which it began
    size: Floats  # heads when grown
    growth: Floats  # a year, as a share
    rd_intensity: Floats
    rd_share: Floats  # of heads
    revenue_per_head: Floats

    def __len__(self) -> int:
        return len(self.code)

    def age_years(self, day: np.datetime64) -> Floats:
        """Years since establishment; negative before it."""
        return np.asarray((day - self.established).astype(np.float64) / 365.25)

    def lives(self, day: np.datetime64) -> Flags:
        """Established and not closed on `day`."""
        return np.asarray((self.established <= day) & ~(self.closed <= day))

    def ails(self, day: np.datetime64) -> Flags:
        """Distress has begun by `day`."""
        return np.asarray(self.distressed.astype("M8[D]") <= day)


def draw_population(firms: int, seed: int, window: Window, places: Places) -> Population:
    """`firms` firms whose fields hang together, from the stream "population" of `seed`."""
    rng = stream(seed, "population")
    trade = draw_trades(rng, firms)
    weights = rng.dirichlet(np.full(len(places.districts), 4.0))
    district = np.array(places.districts)[rng.choice(len(places.districts), size=firms, p=weights)]
    quality, risk_noise = rng.normal(size=firms), rng.normal(size=firms)
    risk = 0.75 * risk_noise - 0.65 * quality
    established = _established(rng, firms, window)
    probability = 1.0 / (1.0 + np.exp(4.1 - 1.05 * risk))
    distressed = _distressed(rng, probability, established, window)
    active_research = rng.random(firms) < 1.0 / (
        1.0 + np.exp(-0.9 - 0.5 * quality - 8 * (traits("rd_intensity")[trade] - 0.1))
    )
    intensity = traits("rd_intensity")[trade] * np.exp(0.45 * rng.normal(size=firms) + 0.25 * quality) * active_research
    return Population(
        code=credit_codes(rng, district),
        name=company_names(rng, places.city, trade),
        district=district,
        trade=trade,
        established=established,
        closed=_closed(rng, established, distressed, window),
        quality=quality,
        risk=risk,
        default_probability=probability,
        distressed=distressed,
        size=np.clip(np.exp(2.75 + 0.3 * quality + 1.05 * rng.normal(size=firms)), 1.0, 6000.0),
        growth=0.05 + 0.09 * quality + 0.10 * rng.normal(size=firms),
        rd_intensity=np.minimum(intensity, 1.5),
        rd_share=np.clip(0.08 + 1.1 * intensity + 0.06 * rng.normal(size=firms), 0.0, 0.85) * active_research,
        revenue_per_head=traits("revenue_per_head")[trade]
        * 1000
        * np.exp(0.4 * rng.normal(size=firms) + 0.08 * quality),
    )


def _established(rng: np.random.Generator, firms: int, window: Window) -> Dates:
    """Half the firms are a few years old at most; the others go back up to forty years."""
    young = rng.exponential(3.2, firms)
    old = 2.0 + rng.exponential(8.0, firms)
    age = np.clip(np.where(rng.random(firms) < 0.5, young, old), 0.06, 40.0)
    return np.asarray(window.day - days(age * 365.25))


def _distressed(rng: np.random.Generator, probability: Floats, established: Dates, window: Window) -> Dates:
    """The month in which distress began, within the last years, else NaT."""
    start = np.maximum(established, window.day - days(np.array([DISTRESS_YEARS * 365.25]))).astype("M8[M]")
    waited = rng.exponential(1.0, len(probability)) / -np.log1p(-probability) * 12
    month = start + np.minimum(waited, 1200).astype(np.int64).astype("m8[M]")
    return np.where(month <= window.last, month, np.datetime64("NaT", "M"))


def _closed(rng: np.random.Generator, established: Dates, distressed: Dates, window: Window) -> Dates:
    """Some ailing firms close within years, and a few others leave for reasons of their own."""
    nat = np.datetime64("NaT", "D")
    count = len(established)
    after_distress = distressed.astype("M8[D]") + days(rng.uniform(180, 1200, count))
    by_distress = np.where(rng.random(count) < 0.5, after_distress, nat)
    span = (window.day - established).astype(np.float64)
    leaves = established + days(span * rng.uniform(0.3, 1.0, count))
    recent = (rng.random(count) < 0.04) & (leaves >= window.first.astype("M8[D]"))
    closed = np.where(np.isnat(by_distress) & recent, leaves, by_distress)
    return np.where(closed < window.day, closed, nat)
