"""Days as numbers since 1970-01-01, in machine code: civil dates, months, day counts; loaded only where used.

The same meaning as `days.py`, from other formulas: civil dates after Howard Hinnant, "chrono-Compatible Low-Level Date
Algorithms" (days counted from 1 March, eras of 400 years).
"""

from kerong.compiled import compiled

ACT_360, ACT_365, ACT_ACT, THIRTY_360, MONTHS_360 = range(5)
CODES = {"act_360": ACT_360, "act_365": ACT_365, "act_act": ACT_ACT, "30_360": THIRTY_360, "months_360": MONTHS_360}
BASES = (360, 365, 365 * 366, 360, 360)


@compiled
def civil(day: int) -> tuple[int, int, int]:
    """Year, month and day of the month."""
    shifted = day + 719468
    era = shifted // 146097
    of_era = shifted - era * 146097
    year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * of_year + 2) // 153
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    return year, month, of_year - (153 * shifted_month + 2) // 5 + 1


@compiled
def number(year: int, month: int, day: int) -> int:
    """The number of a civil date."""
    shifted = year - (1 if month <= 2 else 0)
    era = shifted // 400
    year_of_era = shifted - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + of_year - 719468


@compiled
def plus_months(day: int, months: int, on_day: int) -> int:
    """So many months later, on a day of the month (0: that of `day`), or the month's last where it lacks the day."""
    year, month, own = civil(day)
    index = year * 12 + month - 1 + months
    first = number(index // 12, index % 12 + 1, 1)
    following = index + 1
    length = number(following // 12, following % 12 + 1, 1) - first
    return first + min(on_day if on_day > 0 else own, length) - 1


@compiled
def parts(count: int, begin: int, end: int) -> int:
    """The parts of a year from `begin` to `end`, over BASES[count]."""
    if count <= ACT_365:
        return end - begin
    year, month, day = civil(begin)
    last_year, last_month, last_day = civil(end)
    if count == ACT_ACT:
        total = 0
        for each in range(year, last_year + 1):
            first, close = number(each, 1, 1), number(each + 1, 1, 1)
            total += (min(end, close) - max(begin, first)) * (366 if close - first == 365 else 365)
        return total
    months = (last_year - year) * 12 + last_month - month
    if count == THIRTY_360:
        own = min(day, 30)
        return months * 30 + (30 if last_day == 31 and own == 30 else last_day) - own
    if plus_months(begin, months, 0) > end:
        months -= 1
    return months * 30 + end - plus_months(begin, months, 0)
