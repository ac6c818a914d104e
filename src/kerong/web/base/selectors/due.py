"""How long something may wait: its day, and the working days until then."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kerong.engine.deal.calendar import CalendarEnds, WorkingDays, working_days
from kerong.web.base.selectors.published import Published


@dataclass(frozen=True, slots=True)
class Due:
    """A time limit: `days_left` are working days (negative: overdue; None: no limit, or no calendar knows).

    `is_announced`: False where there is a limit and its day hangs on holidays that nobody has announced yet.
    """

    on: date | None
    days_left: int | None
    is_overdue: bool
    is_announced: bool = True

    @property
    def days_over(self) -> int | None:
        """How many working days it is overdue."""
        return None if self.days_left is None else max(0, -self.days_left)


@lru_cache(maxsize=2)
def days_of(published: Published) -> WorkingDays:
    """The working days of the region, as its present calendars have them."""
    return working_days(published.rulebook.calendars)


def due_of(on: date | None, published: Published, today: date) -> Due:
    """A time limit as it stands today."""
    try:
        left = None if on is None else days_of(published).between(today, on)
    except CalendarEnds:
        left = None
    return Due(on, left, on is not None and today > on)
