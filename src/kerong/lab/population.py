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
    default_probability: Floats  # that distress would begin within a year for reasons of the firm's own
    patience: Floats  # how much hazard a firm bears before distress begins: one exponential draw
    lingers: Floats  # days from default to closure; NaN for those that stay
    distressed: Dates  # month in which it began; NaT until `draw_troubles` said so, as the next two
    recovered: Dates  # month in which it was over
    defaulted: Dates  # day on which the firm stopped paying; may lie after the day of the city
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
        """Distress has begun by `day` and is not over."""
        return np.asarray((self.distressed.astype("M8[D]") <= day) & ~(self.recovered.astype("M8[D]") <= day))

    def failed(self, day: np.datetime64) -> Flags:
        """The firm has stopped paying by `day`."""
        return np.asarray(self.defaulted <= day)


def draw_population(firms: int, seed: int, window: Window, places: Places) -> Population:
    """`firms` firms whose fields hang together, from the stream "population" of `seed`; nobody is in distress yet."""
    rng = stream(seed, "population")
    trade = draw_trades(rng, firms)
    weights = rng.dirichlet(np.full(len(places.districts), 4.0))
    district = np.array(places.districts)[rng.choice(len(places.districts), size=firms, p=weights)]
    quality, risk_noise = rng.normal(size=firms), rng.normal(size=firms)
    risk = 0.75 * risk_noise - 0.65 * quality
    established = _established(rng, firms, window)
    probability = 1.0 / (1.0 + np.exp(4.1 - 1.05 * risk))
    patience = rng.exponential(1.0, firms)
    active_research = rng.random(firms) < 1.0 / (
        1.0 + np.exp(-0.9 - 0.5 * quality - 8 * (traits("rd_intensity")[trade] - 0.1))
    )
    intensity = traits("rd_intensity")[trade] * np.exp(0.45 * rng.normal(size=firms) + 0.25 * quality) * active_research
    code, name = credit_codes(rng, district), company_names(rng, places.city, trade)
    lingers, closed = _ends(rng, established, window)
    return Population(
        code=code,
        name=name,
        district=district,
        trade=trade,
        established=established,
        closed=closed,
        lingers=lingers,
        quality=quality,
        risk=risk,
        default_probability=probability,
        patience=patience,
        distressed=np.full(firms, np.datetime64("NaT", "M")),
        recovered=np.full(firms, np.datetime64("NaT", "M")),
        defaulted=np.full(firms, np.datetime64("NaT", "D")),
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


def _ends(rng: np.random.Generator, established: Dates, window: Window) -> tuple[Floats, Dates]:
    """Days that firms linger after default, half of them for good; and when a few leave for reasons of their own."""
    count = len(established)
    lingers = rng.uniform(90, 900, count)
    lingers = np.where(rng.random(count) < 0.5, lingers, np.nan)
    span = (window.day - established).astype(np.float64)
    leaves = established + days(span * rng.uniform(0.3, 1.0, count))
    recent = (rng.random(count) < 0.04) & (leaves >= window.first.astype("M8[D]")) & (leaves < window.day)
    return lingers, np.where(recent, leaves, np.datetime64("NaT", "D"))
