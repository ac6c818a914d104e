"""A waterfall over the rows of a table, column by column: the same parts as `split`, row for row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add, and_, or_

import polars as pl

from kerong.engine.money.split import expressions
from kerong.rulebook import compiled
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.outcomes import ERROR, MET, UNKNOWN
from kerong.rulebook.waterfalls import WHOLE_BP, Layer, Waterfall

ERRORS = {"row": pl.UInt32, "part": pl.String, "kind": pl.String}


@dataclass(frozen=True, slots=True)
class Splits:
    """`frame` has a row for each row that was asked, in its order; `errors` says what was wrong with which.

    Columns of `frame`: `outcome` (Int8: 1 parted, 2 unknown, 3 error), and in fen (Int64, null unless parted)
    `amount`, `1.pool` (what a party takes in a layer), `1.pool.cut` (what its cap took from it), `rest` (what no layer
    took), `total.pool` (what a party takes in all, the rest included). `errors`: `row`, `part` ("1.cap.pool"), `kind`
    (arithmetic, negative, shares).
    """

    frame: pl.DataFrame
    errors: pl.DataFrame


def split_table(waterfall: Waterfall, frame: pl.DataFrame, on: date) -> Splits:
    """Part the amount of every row of `frame`, whose columns are named as the inputs.

    An input without a column is unknown. An error stays with its row; what `split` calls an error is one here. Raises
    TypeError for a column of another type than its input: a part of a fen is not cut off unseen.
    """
    inputs = frame.select(_input(frame, name, kind) for name, kind in _types(waterfall).items())
    if not inputs.width:
        inputs = pl.DataFrame({"": pl.Series([0] * frame.height)})
    nodes = expressions(waterfall)
    values = compiled.evaluate(inputs, nodes, on, waterfall.numbers)
    errors = pl.concat([_failed(values.errors), *_refused(waterfall, values.frame)]).sort("row", "part", "kind")
    is_wrong = pl.Series(range(frame.height), dtype=pl.UInt32).is_in(errors["row"].unique().implode())
    is_known = values.frame.select(reduce(and_, (pl.col(name).is_not_null() for name in nodes))).to_series()
    outcome = pl.select(
        pl.when(is_wrong).then(ERROR).when(is_known).then(MET).otherwise(UNKNOWN).cast(pl.Int8).alias("outcome")
    ).to_series()
    whole = values.frame.select(  # nothing is parted where anything is unknown or wrong
        pl.when(outcome == MET).then(compiled.rounded(pl.col(name), node.type.divisor, "down")).alias(name)
        for name, node in nodes.items()
    )
    return Splits(_parted(waterfall, whole).insert_column(0, outcome), errors)


def _types(waterfall: Waterfall) -> Mapping[str, pl.DataType | type[pl.DataType]]:
    return {name: dtype_of(kind) for name, (kind, _) in waterfall.inputs.items()}


def _input(frame: pl.DataFrame, name: str, kind: pl.DataType | type[pl.DataType]) -> pl.Expr:
    held = frame.schema.get(name, pl.Null())
    if held not in (kind, pl.Null()) and not (held.is_integer() and kind == pl.Int64()):
        raise TypeError(f"the column {name} holds {held}, not {kind}")
    column = pl.col(name) if name in frame.columns else pl.lit(None)
    return column.cast(kind).alias(name)


def _failed(errors: pl.DataFrame) -> pl.DataFrame:
    """What could not be worked out."""
    return errors.select("row", pl.col("name").alias("part"), pl.lit("arithmetic").alias("kind"))


def _refused(waterfall: Waterfall, values: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """What is negative, and shares that are known and do not sum to the whole."""
    for name in values.columns:
        yield _rows(values[name] < 0, name, "negative")
    for number, layer in enumerate(waterfall.layers, 1):
        shares = [pl.col(f"{number}.share.{party}") for party in layer.shares]
        is_above = reduce(or_, (share > WHOLE_BP for share in shares))  # of such the sum could be too large to hold
        is_other = (is_above | (reduce(add, shares) != WHOLE_BP)) & reduce(and_, (s.is_not_null() for s in shares))
        yield _rows(values.select(is_other).to_series(), f"{number}.share", "shares")


def _rows(found: pl.Series, part: str, kind: str) -> pl.DataFrame:
    rows = found.fill_null(False).arg_true()
    return pl.DataFrame({"row": rows, "part": [part] * len(rows), "kind": [kind] * len(rows)}, schema=ERRORS)


def _parted(waterfall: Waterfall, values: pl.DataFrame) -> pl.DataFrame:
    """The columns of `Splits.frame` but the outcome, from values that are known in every row that is parted."""
    plan = values.lazy().with_columns(left=pl.col("amount"))
    wanted = ["amount"]
    for number, layer in enumerate(waterfall.layers, 1):
        plan = _layer(plan, number, layer, tuple(waterfall.parties))
        wanted += [f"{number}.{party}" for party in waterfall.parties]
        wanted += [f"{number}.{party}.cut" for party in layer.caps]
    numbers = range(1, len(waterfall.layers) + 1)
    totals = {p: reduce(add, (pl.col(f"{number}.{p}") for number in numbers)) for p in waterfall.parties}
    totals[waterfall.rest] += pl.col("left")
    return plan.select(
        *wanted, pl.col("left").alias("rest"), *(total.alias(f"total.{party}") for party, total in totals.items())
    ).collect()


def _layer(plan: pl.LazyFrame, number: int, layer: Layer, parties: tuple[str, ...]) -> pl.LazyFrame:
    """Adds what each party takes in a layer and what its cap took, and lowers what is left."""
    own = {party: f"{number}.{party}" for party in parties}
    plan = plan.with_columns(take=_take(number, layer))
    plan = plan.with_columns(_shared(number, layer))
    odd = pl.col("take") - reduce(add, (pl.col(f"whole.{party}") for party in layer.shares))
    share = {p: pl.col(f"whole.{p}") + (_before(p, tuple(layer.shares)) < odd).cast(pl.Int64) for p in layer.shares}
    plan = plan.with_columns(share.get(party, pl.col("take") * 0).alias(own[party]) for party in parties)
    caps = {party: pl.col(f"{number}.cap.{party}") for party in layer.caps}
    above = {party: (pl.col(own[party]) - cap).clip(lower_bound=0) for party, cap in caps.items()}
    plan = plan.with_columns(fen.alias(f"{own[party]}.cut") for party, fen in above.items())
    taken = {party: pl.col(own[party]) - pl.col(f"{own[party]}.cut") for party in caps}
    if layer.over is not None:
        taken[layer.over] = reduce(add, (pl.col(f"{own[party]}.cut") for party in caps), pl.col(own[layer.over]))
    plan = plan.with_columns(fen.alias(own[party]) for party, fen in taken.items())
    return plan.with_columns(left=pl.col("left") - reduce(add, (pl.col(name) for name in own.values())))


def _take(number: int, layer: Layer) -> pl.Expr:
    left = pl.col("left")
    return left if layer.fen is None else pl.min_horizontal(left, pl.col(f"{number}.fen"))


def _shared(number: int, layer: Layer) -> Iterator[pl.Expr]:
    """The whole fen of each share and its remainder; in two steps, so that no product is too large to hold."""
    by, rest = pl.col("take") // WHOLE_BP, pl.col("take") % WHOLE_BP
    for party in layer.shares:
        share = pl.col(f"{number}.share.{party}")
        yield (by * share + rest * share // WHOLE_BP).alias(f"whole.{party}")
        yield (rest * share % WHOLE_BP).alias(f"remainder.{party}")


def _before(party: str, parties: tuple[str, ...]) -> pl.Expr:
    """How many parties get an odd fen before this one: a larger remainder, or the same and an earlier place."""
    own, at = pl.col(f"remainder.{party}"), parties.index(party)
    others = [
        pl.col(f"remainder.{other}") >= own if place < at else pl.col(f"remainder.{other}") > own
        for place, other in enumerate(parties)
        if place != at
    ]
    return reduce(add, (other.cast(pl.Int64) for other in others), pl.lit(0))
