"""One field of a network as a column of enterprises: which finding it shows, and where that is unknown."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

import numpy as np
import polars as pl

from kerong.engine.record.network import parts
from kerong.engine.record.network.edges import places_of
from kerong.engine.record.network.kernels import Flags, Nodes
from kerong.engine.record.network.looked import Looked
from kerong.engine.record.network.parts import Parts, in_none
from kerong.rulebook.forms import SURE
from kerong.rulebook.networks import PARTS, NetworkField
from kerong.rulebook.plain import evaluate
from kerong.rulebook.tree import parameters_of

Value = Callable[[Looked, NetworkField, date], pl.Series]
NOWHERE = pl.Series("place", [], dtype=pl.UInt32)


def value_of(given: NetworkField, looked: Looked, on: date) -> tuple[pl.Series, pl.Series]:
    """(the field's value of every enterprise, places at which a sum is too large and unknown for that)."""
    for part in PARTS:
        if given.gives == part or (given.gives.startswith(f"{part}_") and given.gives not in VALUES):
            return _of_part(given, getattr(looked, part), looked)
    if given.gives in AMOUNTS:
        return _amount(looked, AMOUNTS[given.gives])
    return VALUES[given.gives](looked, given, on), NOWHERE


def _of_part(given: NetworkField, of: Parts, looked: Looked) -> tuple[pl.Series, pl.Series]:
    firms, trouble = looked.firms, looked.firms.trouble
    match given.gives.partition("_")[2]:
        case "":
            return parts.names(of, firms), NOWHERE
        case "size":
            return parts.sizes(of, firms), NOWHERE
        case "others":
            return parts.others(of, firms), NOWHERE
        case "sum":
            return parts.summed(of, firms.sums[given.name])
    if trouble is None:
        raise ValueError(f"{given.name} needs to know who is in trouble")
    found = parts.troubled(of, trouble) if given.gives.endswith("troubled") else parts.troubled_bp(of, firms, trouble)
    return found, NOWHERE


def _shown(values: pl.Series, known: Flags, looked: Looked, absent: object = None) -> pl.Series:
    """Values by node as values of firms: null where not `known`; `absent` for firms that are covered but no node."""
    firms = looked.firms
    place = pl.Series(firms.nodes).cast(pl.Int64)
    place = pl.select(pl.when(place >= 0).then(place)).to_series()
    held = pl.select(pl.when(pl.lit(pl.Series(known))).then(pl.lit(values))).to_series() if len(known) else values
    by_firm = held.gather(place) if len(held) else pl.Series([None] * len(place), dtype=values.dtype)
    alone = (firms.nodes < 0) & firms.covered
    return pl.select(
        pl.when(pl.lit(pl.Series(alone))).then(pl.lit(absent, values.dtype)).otherwise(by_firm)
    ).to_series()


def _agreed(found: tuple[Nodes, ...], looked: Looked, known: Flags) -> pl.Series:
    """Counts by node as a column of firms, unknown where the graphs differ; 0 for firms that no edge names."""
    same = known & (found[0] == found[-1]) & (found[0] >= 0)
    return _shown(pl.Series(found[0].astype(np.int64)), same, looked, 0)


def _degree(looked: Looked, given: NetworkField, on: date) -> pl.Series:
    found = []
    for graph in looked.graphs:
        begin, end = graph.ties()
        if given.gives == "in_degree":
            counted = end
        elif given.gives == "out_degree":
            counted = begin
        else:  # a neighbour in both directions is one
            low, high = np.minimum(begin, end).astype(np.int64), np.maximum(begin, end)
            pairs = np.unique(low * len(graph.nodes) + high)
            counted = np.concatenate([pairs // len(graph.nodes), pairs % len(graph.nodes)]) if len(pairs) else begin
        found.append(np.bincount(counted, minlength=len(graph.nodes)).astype(np.int32))
    return _agreed(tuple(found), looked, ~looked.all.open)


def _amount(looked: Looked, side: str) -> tuple[pl.Series, pl.Series]:
    """The exact sum of the amounts of all rows at one side; unknown where one is, or may count and is not nothing."""
    edges = looked.subject.edges.filter(pl.col("begin").is_null() | (pl.col("begin").ne_missing(pl.col("end"))))
    value = pl.col("amount_fen")
    by_node = (
        edges.select(value, "sure", place=places_of(edges[side], looked.subject.nodes))
        .drop_nulls("place")
        .group_by("place")
        .agg(
            value.sum().alias("sum"),
            value.cast(pl.Float64).abs().sum().alias("size"),
            (value.is_null() | (~pl.col("sure") & (value != 0))).any().alias("unsure"),
        )
    )
    nodes = pl.DataFrame({"place": looked.firms.nodes})
    held = nodes.join(by_node, on="place", how="left", maintain_order="left")
    too_large = (held["size"] > SURE).fill_null(False)
    known = ~held["unsure"].fill_null(False) & ~too_large
    covered = pl.Series(looked.firms.covered)
    found = pl.select(pl.when(known & covered).then(held["sum"].fill_null(0))).to_series()
    return found, too_large.arg_true().cast(pl.UInt32)


def _in_circle(looked: Looked, given: NetworkField, on: date) -> pl.Series:
    of = looked.circle
    none = in_none(of)
    return pl.select(pl.when(of.of.is_not_null()).then(True).when(none).then(False)).to_series()


def _circle_length(looked: Looked, given: NetworkField, on: date) -> pl.Series:
    return _agreed(looked.circle_lengths, looked, ~looked.circle_is_open)


def _trouble_distance(looked: Looked, given: NetworkField, on: date) -> pl.Series:
    most, least = looked.distances
    return _shown(pl.Series(most.astype(np.int64)), (most == least) & (most > 0) & ~looked.open, looked)


def _near_trouble(looked: Looked, given: NetworkField, on: date) -> pl.Series:
    most, least = looked.distances
    within = given.within or 0
    is_near = (most > 0) & (most <= within)
    is_far = ((least < 0) | (least > within)) & ~looked.open
    return _shown(pl.Series(is_near), is_near | is_far, looked, False)


def _holder(looked: Looked, given: NetworkField, on: date) -> pl.Series:
    largest = looked.holdings.largest(_every(looked), 1)
    names = looked.subject.nodes.gather(pl.Series(largest.holder).clip(0).cast(pl.UInt32))
    return _shown(names, largest.is_certain, looked)


def _holder_bp(looked: Looked, given: NetworkField, on: date) -> pl.Series:
    share, known = looked.holdings.largest(_every(looked), 1).whole_bp()
    return _shown(pl.Series(share), known, looked)


def _holders(looked: Looked, given: NetworkField, on: date) -> pl.Series:
    above = _above(looked, given, on)
    if above is None:
        return _shown(pl.Series(_every(looked).astype(np.int64)), np.zeros(len(looked.subject.nodes), np.bool_), looked)
    largest = looked.holdings.largest(_every(looked), above)
    return _shown(pl.Series(largest.count), ~largest.more & ~looked.holdings.ends, looked)


def _above(looked: Looked, given: NetworkField, on: date) -> int | None:
    """The declared threshold in force; None where there is none on the day."""
    if given.above is None:
        return None
    used = {name: looked.network.parameters[name].at(on) for name in parameters_of(given.above)}
    found = evaluate(given.above, {}, on, used)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _every(looked: Looked) -> Nodes:
    return np.arange(len(looked.subject.nodes), dtype=np.int32)


def _controller(looked: Looked, given: NetworkField, on: date) -> pl.Series:
    top, maybe, own = looked.holdings.control
    names = looked.subject.nodes.gather(pl.Series(top).cast(pl.UInt32))
    return _shown(names, (top != _every(looked)) & ~maybe & ~own, looked)


def _is_controlled(looked: Looked, given: NetworkField, on: date) -> pl.Series:
    top, maybe, own = looked.holdings.control
    is_controlled = top != _every(looked)
    absent = False if looked.subject.is_complete and not looked.network.ultimate else None
    return _shown(pl.Series(is_controlled), (is_controlled | ~maybe) & ~own, looked, absent)


AMOUNTS: Mapping[str, str] = MappingProxyType({"in_amount": "end", "out_amount": "begin"})
VALUES: Mapping[str, Value] = MappingProxyType(
    {
        "in_circle": _in_circle,
        "circle_length": _circle_length,
        "degree": _degree,
        "in_degree": _degree,
        "out_degree": _degree,
        "trouble_distance": _trouble_distance,
        "near_trouble": _near_trouble,
        "holder": _holder,
        "holder_bp": _holder_bp,
        "holders": _holders,
        "controller": _controller,
        "is_controlled": _is_controlled,
    }
)
