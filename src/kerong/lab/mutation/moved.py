"""A number, a date or a table moved a little: by one unit up and down, and by a step that nobody could overlook."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from kerong.rulebook.content import Text
from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.tables import Entries, Table

FAR = 1_000  # a large step from zero
DAY = timedelta(days=1)
YEAR = timedelta(days=365)


def moved(value: int | float) -> tuple[int | float, ...]:
    """Values near `value`: one unit (of its last decimal place) up and down, ten times and a tenth of it."""
    if isinstance(value, int):
        near = {value - 1, value + 1, value * 10 or FAR, value // 10}
        return tuple(sorted(other for other in near if other != value and abs(other) <= LIMIT))
    exact = Decimal(repr(value))
    _, _, exponent = exact.as_tuple()
    unit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    near_floats = {float(exact - unit), float(exact + unit), value * 10 or float(FAR), value / 10}
    return tuple(sorted(other for other in near_floats if other != value))


def moved_days(value: date) -> tuple[date, ...]:
    """The day before, the day after, and a year before and after."""
    shifts = (-YEAR, -DAY, DAY, YEAR)
    return tuple(value + shift for shift in shifts) if 1 < value.year < date.max.year else ()


def moved_tables(table: Table) -> Iterator[tuple[Table, Text]]:
    """Every table that differs from this one in one number."""
    if isinstance(table, Entries):
        yield from _entries(table)
        return
    for place, start in enumerate(table.starts):
        for other in moved(start):
            if start == 0 and other < 0 and place == 0:
                continue  # what counts from nothing on has nothing below it
            starts = (*table.starts[:place], other, *table.starts[place + 1 :])
            if all(a < b for a, b in pairwise(starts)):
                yield replace(table, starts=starts), becomes(f"from {start:_}", start, other)
    for place, value in enumerate(table.values):
        for other in moved(value):
            values = (*table.values[:place], other, *table.values[place + 1 :])
            yield replace(table, values=values), becomes(f"from {table.starts[place]:_}", value, other)


def _entries(table: Entries) -> Iterator[tuple[Table, Text]]:
    for key, value in table.entries.items():
        for other in moved(value):
            yield replace(table, entries={**table.entries, key: other}), becomes(f"'{key}'", value, other)
    if table.otherwise is not None:
        for other in moved(table.otherwise):
            yield replace(table, otherwise=other), becomes("otherwise", table.otherwise, other)


def becomes(what: str, old: object, new: object) -> Text:
    """`what: old becomes new`."""
    before, after = (f"{value:_}" if isinstance(value, int) else str(value) for value in (old, new))
    return Text(f"{what}:{before} 改为 {after}", f"{what}: {before} becomes {after}")
