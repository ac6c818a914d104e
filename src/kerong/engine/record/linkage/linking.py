"""Rows that are of one firm: scored pairs, decided only where the best is sure and clearly better than the
second best."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from kerong.engine.problems import problems
from kerong.engine.record.linkage import kernel as k
from kerong.engine.record.linkage.contradiction import contradictions
from kerong.engine.record.linkage.decisions import DIFFERENT, PAIR, REVIEW, SAME, settled
from kerong.engine.record.linkage.encoded import Encoded, encoded, weighed
from kerong.engine.record.linkage.fit import fitted
from kerong.engine.record.linkage.model import Model
from kerong.engine.record.linkage.plan import Plan
from kerong.engine.record.linkage.scoring import Scored, bits_of, levels_of, scheme, scored

Assignment = Literal["many_to_one", "one_to_one"]
SLACK = 8.0  # bits below `lower` that a pair may lie and still count as a rival


class RowsError(ValueError):
    """Rows that cannot be linked: an id is missing or stands twice."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What is said of pairs, and what it was said from.

    `pairs`: left_id, right_id, decided ("same", "review", "different"), by ("model", "steward"), probability
    (that they are
    of one firm, given every other row that each could be), weight (bits for the pair alone, the prior
    included), margin
    (bits to the best rival; null where there is none), contradiction (what of the names says that they are two
    firms, and no equal code outweighs it; null where nothing does), level_<comparison> (Int8; 0 = no evidence).
    Sorted by ids. Pairs that
    are not listed are different. `groups` (one table only): id, group. `work`: pairs compared and pairs not
    looked at.
    """

    pairs: pl.DataFrame
    problems: pl.DataFrame
    work: Mapping[str, int]
    groups: pl.DataFrame | None = None


def linked(
    left: pl.DataFrame,
    right: pl.DataFrame,
    model: Model,
    decisions: pl.DataFrame | None = None,
    *,
    assignment: Assignment = "many_to_one",
    left_id: str = "id",
    right_id: str = "id",
) -> Linked:
    """Rows of `left` with the rows of `right` that they are: each left row is at most one (and each right
    row, `one_to_one`).

    Raises:
        RowsError: an id is missing or stands twice.
    """
    one_right = assignment == "one_to_one"
    said = settled(decisions, one_left=True, one_right=one_right, one_table=False)
    left, right = _by_id(left, left_id), _by_id(right, right_id)
    ids = pl.concat([left[left_id], right[right_id].alias(left_id)])
    pairs, work, _ = _pairs(encoded(left, right, model.plan), ids, model)
    pairs, unmet = _with_verdicts(pairs, said.verdicts, left[left_id], right[right_id], sides=_sides(one_right))
    pairs = _contradicted(pairs, model, left, left_id, right, right_id)
    odds, best = _competition(pairs, one_right)
    found = _decided(pairs, odds, best, model)
    # whose firm is found needs no namesake looked at
    taken = (pl.col("decided") == SAME).any().over("left_id") & pl.col("named") & (pl.col("decided") == REVIEW)
    found = found.filter(~taken).drop("named")
    return Linked(found, pl.concat([said.problems, unmet]), work)


def deduplicated(
    rows: pl.DataFrame, model: Model, decisions: pl.DataFrame | None = None, *, id_column: str = "id"
) -> Linked:
    """Rows of one table that are of one firm, as pairs and as groups named by their smallest id.

    A group that a decision says is not one is not joined: its pairs are reviewed and the decision is named.

    Raises:
        RowsError: an id is missing or stands twice.
    """
    rows = _by_id(rows, id_column)
    return _deduplicated(rows, encoded(rows, None, model.plan), model, decisions, id_column)


def _deduplicated(
    rows: pl.DataFrame, known: Encoded, model: Model, decisions: pl.DataFrame | None, id_column: str
) -> Linked:
    said = settled(decisions, one_left=False, one_right=False, one_table=True)
    ids = rows[id_column].cast(pl.String)
    pairs, work, (values, rules) = _pairs(known, ids, model)
    pairs, unmet = _with_verdicts(pairs, said.verdicts, ids, ids, sides=())
    pairs = _contradicted(pairs, model, rows, id_column, rows, id_column)
    places = {side: _places(pairs[side], ids) for side in PAIR}
    a, b = places["left_id"], places["right_id"]
    start, near, edge = _near(places, len(ids))
    odds, best = k.rivals(values, rules, a, b, _open(pairs), start, near, edge, _apart(pairs))
    found = _decided(pairs, pl.Series(odds), pl.Series(best), model).drop("named")
    found, torn = _untorn(found, places, len(ids))
    chosen = (found["decided"] == SAME).to_numpy().astype(np.uint8)
    group = k.groups(len(ids), places["left_id"], places["right_id"], chosen)
    named = pl.DataFrame({"id": ids, "group": ids.gather(group)})
    return Linked(found, pl.concat([said.problems, unmet, torn]), work, named)


def learned_and_deduplicated(
    rows: pl.DataFrame,
    plan: Plan,
    decisions: pl.DataFrame | None = None,
    *,
    id_column: str = "id",
    seed: int = 0,
) -> tuple[Model, Linked]:
    """`fit` and `deduplicated` of one table in one go: the same answers, and its texts are read once.

    Raises:
        RowsError: an id is missing or stands twice.
    """
    rows = _by_id(rows, id_column)
    found = encoded(rows, None, plan)
    model = fitted(found, plan, seed)
    return model, _deduplicated(rows, found, model, decisions, id_column)


def _by_id(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    if name not in rows.columns:
        raise RowsError(f"there is no column {name!r} that tells rows apart")
    ids = rows[name]
    if ids.null_count() or ids.n_unique() != len(ids):
        raise RowsError(f"column {name!r} is empty in a row or has an id twice: rows cannot be told apart")
    return rows.with_columns(ids.cast(pl.String)).sort(name)


def _pairs(
    found: Encoded, ids: pl.Series, model: Model
) -> tuple[pl.DataFrame, dict[str, int], tuple[k.Values, k.Scheme]]:
    """Pairs that weigh enough to be reviewed or to be a rival: ids, weight with the prior, levels."""
    weighed(found, model.tokens)
    rules = scheme(found, model.plan, model.learned, dict(model.values), model.prior)
    prior = bits_of(model.prior)
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        whole = scored(found, rules, bits_of(model.lower) - SLACK - prior, model.plan.keys, pool)
    table = pl.DataFrame(
        {
            "left_id": ids.gather(whole.left),
            "right_id": ids.gather(whole.right),
            "weight": whole.weight + prior,
            "named": k.named(found.values, rules, whole.left, whole.right).astype(np.bool_),
            **_levels(whole, model),
        }
    )
    return table, {"compared": whole.compared, "not_looked_at": whole.skipped}, (found.values, rules)


def _contradicted(
    pairs: pl.DataFrame, model: Model, left: pl.DataFrame, left_id: str, right: pl.DataFrame, right_id: str
) -> pl.DataFrame:
    """Pairs with what of their names contradicts, where they are likely enough and no code agrees."""
    name = model.plan.name
    asked = (pl.col("weight") >= bits_of(model.lower)) | pl.col("verdict").is_not_null()
    for code in model.plan.codes:
        asked &= (pl.col(f"level_{code}") != 1).fill_null(value=True)
    if name is None or name not in left.columns or name not in right.columns:
        return pairs.with_columns(contradiction=pl.lit(None, dtype=pl.String))
    some = pairs.with_row_index("#row").filter(asked.fill_null(value=False))
    for side, key, table in (("left", left_id, left), ("right", right_id, right)):
        own = table.select(pl.col(key).cast(pl.String).alias(f"{side}_id"), pl.col(name).cast(pl.String).alias(side))
        some = some.join(own, on=f"{side}_id", how="left", maintain_order="left")
    found = np.full(len(pairs), None, object)
    found[some["#row"].to_numpy()] = contradictions(some.select("left", "right")).to_list()
    return pairs.with_columns(contradiction=pl.Series(found.tolist(), dtype=pl.String))


def _apart(pairs: pl.DataFrame) -> k.Bytes:
    """Pairs that are two firms: a steward said so, or their names do and no steward said otherwise."""
    said = pl.col("verdict") == DIFFERENT
    apart = said.fill_null(value=False) | (pl.col("contradiction").is_not_null() & pl.col("verdict").is_null())
    return pairs.select(apart.cast(pl.UInt8)).to_series().to_numpy()


def _levels(whole: Scored, model: Model) -> dict[str, pl.Series]:
    levels = levels_of(whole.pattern, model.plan)
    return {
        f"level_{comparison.name}": pl.Series(levels[:, c].astype(np.int8))
        for c, comparison in enumerate(model.plan.comparisons)
    }


def _sides(one_right: bool) -> tuple[str, ...]:
    return PAIR if one_right else PAIR[:1]


def _with_verdicts(
    pairs: pl.DataFrame, verdicts: pl.DataFrame, left: pl.Series, right: pl.Series, sides: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs with what stewards said of them; who is decided to be the same is no longer in question elsewhere."""
    here = pl.col("left_id").is_in(left.cast(pl.String).implode()) & pl.col("right_id").is_in(
        right.cast(pl.String).implode()
    )
    away = verdicts.filter(~here).sort(PAIR)
    unmet = problems(
        {"stage": "record", "kind": "decision_without_row", "severity": "noted", "value": f"{a} / {b}"[:80]}
        for a, b in away.select(PAIR).iter_rows()
    )
    joined = pairs.join(verdicts.filter(here), on=PAIR, how="full", coalesce=True).sort(PAIR)
    for side in sides:
        taken = verdicts.filter(here & (pl.col("verdict") == SAME))[side]
        other = pl.col(side).is_in(taken.implode()) & pl.col("verdict").is_null()
        joined = joined.with_columns(verdict=pl.when(other).then(pl.lit(DIFFERENT)).otherwise("verdict"))
    return joined, unmet


def _open(pairs: pl.DataFrame) -> k.Floats:
    """Weights of the pairs as rivals: who is decided to be different is none."""
    out = (pl.col("verdict") == DIFFERENT) | pl.col("weight").is_null()
    weight = pairs.select(pl.when(out.fill_null(value=False)).then(-1e9).otherwise("weight")).to_series()
    return np.array(weight.to_numpy(), np.float64)


def _competition(pairs: pl.DataFrame, one_right: bool) -> tuple[pl.Series, pl.Series]:
    """Of every pair the odds of its rivals together and the weight of the best: pairs of the same left (or
    right) row."""
    frame = pairs.select(*PAIR).with_columns(weight=pl.Series(_open(pairs)))
    frame = frame.with_columns(odds=pl.lit(2.0) ** pl.col("weight").clip(-1000, 500))
    odds, best = pl.lit(0.0), pl.lit(-1e9)
    for side in _sides(one_right):
        top = pl.col("weight").max().over(side)
        second = pl.col("weight").top_k(2).min().over(side)
        alone = pl.len().over(side) == 1
        tied = (pl.col("weight") == top).sum().over(side) > 1
        rival = pl.when(alone).then(-1e9).when((pl.col("weight") == top) & ~tied).then(second).otherwise(top)
        # the rivals' own sum, so that a great weight does not swallow small ones of others
        rest = pl.col("odds").sum().over(side) - pl.col("odds")
        odds, best = odds + rest.clip(lower_bound=0.0), pl.max_horizontal(best, rival)
    found = frame.select(odds=odds, best=best)
    return found["odds"], found["best"]


def _near(places: Mapping[str, k.Shorts], rows: int) -> tuple[k.Ints, k.Shorts, k.Ints]:
    """Neighbours of every row, ascending, and the pair by which they are."""
    a, b = places["left_id"], places["right_id"]
    of, near, edge = np.concatenate([a, b]), np.concatenate([b, a]), np.tile(np.arange(len(a)), 2)
    order = np.lexsort((near, of))
    start = np.searchsorted(of[order], np.arange(rows + 1))
    return start.astype(np.int64), near[order], edge[order].astype(np.int64)


def _places(some: pl.Series, ids: pl.Series) -> k.Shorts:
    """Where each of some ids stands among all of them."""
    known = pl.DataFrame({"id": ids}).with_row_index("place")
    joined = pl.DataFrame({"id": some}).join(known, on="id", how="left", maintain_order="left")
    return joined["place"].cast(pl.Int32).to_numpy()


def _decided(pairs: pl.DataFrame, odds: pl.Series, best: pl.Series, model: Model) -> pl.DataFrame:
    own = pl.lit(2.0) ** pl.col("weight").clip(-1000, 500)
    levels = [name for name in pairs.columns if name.startswith("level_")]
    pairs = pairs.with_columns(pl.col("named").fill_null(value=False))
    table = pairs.with_columns(odds=odds, best=best).with_columns(
        probability=own / (1 + own + pl.col("odds")),
        margin=pl.when(pl.col("best") > -1e8).then(pl.col("weight") - pl.col("best")),
    )
    clear = pl.col("margin").is_null() | (pl.col("margin") >= model.plan.margin)
    # alone it would be the same, or together with its rivals: then somebody has to look
    likely = own / (1 + own) >= model.lower
    by_model = (
        pl.when((pl.col("probability") >= model.upper) & clear & pl.col("contradiction").is_null())
        .then(pl.lit(SAME))
        .when((likely & (pl.col("probability") >= model.lower / 2)) | pl.col("named"))
        .then(pl.lit(REVIEW))
        .otherwise(pl.lit(DIFFERENT))
    )
    table = table.with_columns(
        decided=pl.coalesce("verdict", by_model),
        by=pl.when(pl.col("verdict").is_null()).then(pl.lit("model")).otherwise(pl.lit("steward")),
    )
    kept = table.filter((pl.col("decided") != DIFFERENT) | (pl.col("by") == "steward") | (pl.col("probability") > 0))
    return kept.select(
        *PAIR, "decided", "by", "probability", "weight", "margin", "contradiction", "named", *levels
    ).sort(PAIR)


def _untorn(pairs: pl.DataFrame, places: Mapping[str, k.Shorts], rows: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Groups that hold two rows of which a steward or their names say that they are two: what the model joined there is
    to be reviewed."""
    chosen = (pairs["decided"] == SAME).to_numpy().astype(np.uint8)
    group = k.groups(rows, places["left_id"], places["right_id"], chosen)
    by_steward = pairs["by"].eq("steward").to_numpy()
    said = pairs["decided"].eq(DIFFERENT).to_numpy() & by_steward
    apart = said | (pairs["contradiction"].is_not_null().to_numpy() & ~by_steward)
    a, b = group[places["left_id"]], group[places["right_id"]]
    torn = np.unique(a[apart & (a == b)])
    open_again = np.isin(a, torn) & (chosen == 1) & pairs["by"].eq("model").to_numpy()
    named = problems(
        {"stage": "record", "kind": "group_against_decision", "severity": "noted", "value": f"{x} / {y}"[:80]}
        for x, y in pairs.filter(pl.Series(said & (a == b))).select(PAIR).iter_rows()
    )
    decided = pl.when(pl.Series(open_again)).then(pl.lit(REVIEW)).otherwise("decided")
    return pairs.with_columns(decided=decided), named
