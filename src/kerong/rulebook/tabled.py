"""Tables and spells over whole columns: what `step`, `marginal`, `lookup` and `held_on` become in Polars.

Where an operand is unknown the evaluator says so; where x has no answer the second expression of a form is true. Both
are exact: what an amount can reach is worked out once per table, in Python's own whole numbers.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.tables import Entries, Steps
from kerong.rulebook.tree import Node

Form = tuple[pl.Expr, pl.Expr | None]
Whole = npt.NDArray[np.int64]
Batch = Callable[[Sequence[pl.Series]], pl.Series]
WORD = 1 << 64
FEW = 8  # so many steps are compared one by one, which is three times as fast as a search


def step(node: Node, x: pl.Expr, table: Steps) -> Form:
    """The value of the step in which x lies; no answer below the first start."""
    is_decimal = node.type.kind == "float"
    values = np.asarray(table.values, dtype=np.float64 if is_decimal else np.int64)
    starts: npt.NDArray[np.float64] | Whole
    if node.args[0].type.kind == "float":
        starts = np.asarray(table.starts, dtype=np.float64)
    else:
        starts = np.asarray(_within(_scaled(node, table)), dtype=np.int64)

    def found(columns: Sequence[pl.Series]) -> pl.Series:
        place = np.searchsorted(starts, columns[0].fill_null(0).to_numpy(), side="right") - 1
        return pl.Series(columns[0].name, values[np.maximum(place, 0)])

    dtype = pl.Float64() if is_decimal else pl.Int64()
    below = x < pl.lit(starts[0].item())
    if len(values) > FEW:
        return _mapped([x], found, dtype), below
    value = pl.lit(values[-1].item(), dtype)
    for end, earlier in zip(reversed(starts[1:]), reversed(values[:-1]), strict=True):
        value = pl.when(x < pl.lit(end.item())).then(pl.lit(earlier.item(), dtype)).otherwise(value)
    return value, below


def marginal(node: Node, x: pl.Expr, table: Steps) -> Form:
    """Every slice of x at its own value; no answer where the sum passes the limit of the language."""
    starts, values, sums = _slices(node, table)
    # whole numbers wrap at 2^64: what is right within the limit is right however large the parts were
    places = np.asarray(_within(starts[1:]), dtype=np.int64)
    begun, rates, before = (np.asarray([_wrapped(n) for n in part], np.int64) for part in (starts, values, sums))

    def found(columns: Sequence[pl.Series]) -> pl.Series:
        amount = columns[0].fill_null(0).to_numpy()
        place = np.searchsorted(places, amount, side="right")
        return pl.Series(columns[0].name, before[place] + rates[place] * (amount - begun[place]))

    beyond = [x.is_between(low, high) for low, high in _beyond(starts, values, sums)]
    return _mapped([x], found, pl.Int64()), pl.any_horizontal(beyond) if beyond else None


def _scaled(node: Node, table: Steps) -> list[int]:
    """The starts in the parts of a fen in which x is held."""
    return [int(start) * node.args[0].type.divisor for start in table.starts]


def _within(numbers: Sequence[int]) -> list[int]:
    """Starts that no amount can reach are held just beyond the limit."""
    return [min(max(number, -LIMIT - 1), LIMIT + 1) for number in numbers]


def _wrapped(number: int) -> int:
    return (number + WORD // 2) % WORD - WORD // 2


def _slices(node: Node, table: Steps) -> tuple[list[int], list[int], list[int]]:
    """Every slice's start, its value and what comes before it; at the head the slice that counts nothing."""
    starts, values, sums = _scaled(node, table), [int(value) for value in table.values], [0]
    for (start, end), value in zip(pairwise(starts), values, strict=False):
        sums.append(sums[-1] + (end - start) * value)
    return [0, *starts], [0, *values], [0, *sums]


def _beyond(starts: list[int], values: list[int], sums: list[int]) -> list[tuple[int, int]]:
    """The amounts, from and to, for which the sum passes the limit."""
    found: list[tuple[int, int]] = []
    ends = [*(start - 1 for start in starts[2:]), LIMIT]
    for start, end, value, before in zip(starts[1:], ends, values[1:], sums[1:], strict=True):
        low, high = max(start, -LIMIT), min(end, LIMIT)
        if value:
            sign = 1 if value > 0 else -1
            least = -((LIMIT + sign * before) // abs(value)) + start
            most = (LIMIT - sign * before) // abs(value) + start
        else:
            least, most = (low, high) if abs(before) <= LIMIT else (high + 1, high)
        found += [
            part for part in ((low, min(high, least - 1)), (max(low, most + 1, least), high)) if part[0] <= part[1]
        ]
    return found


def lookup(node: Node, x: pl.Expr, table: Entries) -> Form:
    """The entry of a text, else what holds otherwise; no answer where the table says neither."""
    is_decimal = node.type.kind == "float"
    dtype = pl.Float64() if is_decimal else pl.Int64()
    keys = list(table.entries)
    values = [float(value) if is_decimal else value for value in table.entries.values()]
    default = pl.lit(table.otherwise, dtype)
    value = x.replace_strict(keys, values, default=default, return_dtype=dtype) if keys else default
    if table.otherwise is not None:
        return value, None
    return value, ~x.is_in(pl.Series(keys, dtype=pl.String()).implode())


def held_on(node: Node, spells: pl.Expr, day: pl.Expr) -> Form:
    """Whether a spell covers the day; null where only one whose begin or end is not known may."""
    return _mapped([spells, day], _held, pl.Boolean()), None


def _held(columns: Sequence[pl.Series]) -> pl.Series:
    spells, days = columns
    if len(spells) == 1 != len(days):
        spells = spells.new_from_index(0, len(days))
    counts = spells.list.len().fill_null(0).to_numpy()
    rows = np.repeat(np.arange(len(spells)), counts)
    flat = spells.filter(spells.list.len().fill_null(0) > 0).explode()
    begins, ends = flat.struct.field("begins").cast(pl.Int32), flat.struct.field("ends").cast(pl.Int32)
    day = np.broadcast_to(days.cast(pl.Int32).fill_null(0).to_numpy(), len(spells))[rows]
    least, most = np.iinfo(np.int32).min, np.iinfo(np.int32).max
    covers = (begins.fill_null(least).to_numpy() <= day) & (day <= ends.fill_null(most).to_numpy())
    whole = (begins.is_not_null() & ends.is_not_null()).to_numpy()
    surely, maybe = np.zeros(len(spells), dtype=bool), np.zeros(len(spells), dtype=bool)
    surely[rows[covers & whole]] = True
    maybe[rows[covers & ~whole]] = True
    unknown = pl.Series(maybe & ~surely) | spells.is_null() | days.is_null()
    return pl.Series(columns[0].name, surely).set(unknown, None)


def _mapped(operands: Sequence[pl.Expr], form: Batch, dtype: pl.DataType) -> pl.Expr:
    return pl.map_batches(operands, form, return_dtype=dtype, is_elementwise=True)
