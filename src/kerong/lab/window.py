"""The months and years that a city's registers cover, as NumPy dates."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Dates = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MONTHS_COVERED = 60


@dataclass(frozen=True, slots=True)
class Window:
    """Sixty complete months that end with or before `on`; the panel starts in January of the first one's year."""

    on: date

    @property
    def day(self) -> np.datetime64:
        """`on` as a NumPy day."""
        return np.datetime64(self.on, "D")

    @property
    def last(self) -> np.datetime64:
        """The last complete month."""
        return np.datetime64(self.on + timedelta(days=1), "M") - np.timedelta64(1, "M")

    @property
    def first(self) -> np.datetime64:
        """The first month of monthly registers."""
        return self.last - np.timedelta64(MONTHS_COVERED - 1, "M")

    @property
    def panel_months(self) -> Dates:
        """Every month from January of the first year to the last complete one."""
        return np.arange(self.first.astype("M8[Y]").astype("M8[M]"), self.last + np.timedelta64(1, "M"))

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years that are complete in the panel."""
        final = self.last + np.timedelta64(1, "M")
        return tuple(range(year_of(self.first), year_of(final)))

    @property
    def report_days(self) -> tuple[np.datetime64, ...]:
        """Days of the yearly reports of banks and funds: the ends of the last two years, and `on`."""
        ends = (np.datetime64(f"{year}-12-31") for year in (self.on.year - 2, self.on.year - 1))
        return (*(end for end in ends if end < self.day), self.day)

    def position(self, month: np.datetime64) -> int:
        """The column of `month` in the panel."""
        return int((month - self.panel_months[0]).astype(int))


def year_of(moment: np.datetime64) -> int:
    """The calendar year of a NumPy date."""
    return int(moment.astype("M8[Y]").astype(int)) + 1970


def month_end(months: Dates) -> Dates:
    """The last day of each month."""
    following = (months.astype("M8[M]") + np.timedelta64(1, "M")).astype("M8[D]")
    return np.asarray(following - np.timedelta64(1, "D")).astype("M8[D]")


def days(count: Floats | Whole) -> npt.NDArray[np.timedelta64]:
    """Whole days as differences of dates."""
    return np.floor(count).astype(np.int64).astype("m8[D]")


def later(start: Dates, count: Floats | Whole) -> Dates:
    """The days that lie `count` whole days after each start; the first of a month where months are given."""
    return np.asarray(start.astype("M8[D]") + days(count)).astype("M8[D]")
