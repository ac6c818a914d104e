"""The claims of a run: what is entitled to, in one order for all limits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kerong.engine.award.kernel import Whole
from kerong.engine.award.terms import Terms

CLAIM = ["rule", "enterprise_id", "row_key"]
AFTER_ALL = np.iinfo(np.int64).max
# what a claim is counted by, as columns of `keyed`; a year that is not known is a year of its own
KEYS = {
    "region": [],
    "year": ["year"],
    "row": ["register", "enterprise_id", "row_key"],
    "evidence": ["evidence"],
    "enterprise": ["enterprise_id"],
    "enterprise_year": ["enterprise_id", "year"],
    "payee": ["payee"],
    "payee_year": ["payee", "year"],
    "affiliates": ["affiliates"],
    "affiliates_year": ["affiliates", "year"],
}


@dataclass(frozen=True, slots=True)
class Claims:
    """`frame`: the claims sorted by rule, enterprise_id and row_key; `rules`: the rows of each rule, from and to."""

    frame: pl.DataFrame
    rules: dict[str, tuple[int, int]]

    def rows(self, rules: Sequence[str]) -> Whole:
        """The rows of all claims of some rules, in the order of the table."""
        spans = sorted(self.rules[rule] for rule in set(rules) if rule in self.rules)
        return np.concatenate([np.zeros(0, np.int64), *(np.arange(begin, end) for begin, end in spans)])


def claims_of(entitled: pl.DataFrame) -> Claims:
    """The claims of `entitled`: its rows with a known amount; `place` is the row that each has there."""
    frame = entitled.with_row_index("place").filter(pl.col("entitled_fen").is_not_null())
    frame = frame.with_columns(pl.col("rule").cast(pl.String))
    if not _is_sorted(frame):
        frame = frame.sort(CLAIM)
    runs = frame["rule"].rle().struct.unnest()
    ends = np.cumsum(runs["len"].to_numpy()).tolist()
    return Claims(frame, dict(zip(runs["value"], zip([0, *ends], ends, strict=False), strict=True)))


def _is_sorted(frame: pl.DataFrame) -> bool:
    falls: pl.Expr = pl.lit(False)
    for name in reversed(CLAIM):
        before, now = pl.col(name).shift(1), pl.col(name)
        falls = (now < before) | ((now == before) & falls)
    return not frame.select(falls.any()).item()


def keyed(frame: pl.DataFrame, per: str, terms: Terms) -> pl.DataFrame:
    """The columns by which claims or earlier grants are counted, as KEYS names them."""
    columns: list[pl.Expr] = []
    for name in KEYS[per]:
        if name == "affiliates":
            # the prefix keeps a firm that stands alone apart from a controller of that name
            known = pl.col(name).cast(pl.String).replace("", None)
            own = pl.lit("alone ") + pl.col("enterprise_id")
            columns.append(pl.coalesce(pl.lit("with ") + known, own).alias(name))
        elif name == "register":
            columns.append(
                pl.col("rule").replace_strict(terms.registers, default="", return_dtype=pl.String).alias(name)
            )
        elif name == "year":
            columns.append(pl.col(name).cast(pl.Int64).fill_null(-AFTER_ALL))
        else:
            columns.append(pl.col(name).cast(pl.String).fill_null(""))
    return frame.select(columns) if columns else pl.DataFrame({"all": np.zeros(frame.height, np.int8)})


def numbered(keys: pl.DataFrame) -> tuple[Whole, int]:
    """A number for every row, equal for equal keys, and a number above all of them."""
    code, size = np.zeros(keys.height, np.int64), 1
    for column in keys.iter_columns():
        ranks = column.rank("dense").to_numpy().astype(np.int64) - 1
        wide = int(ranks.max()) + 1 if len(ranks) else 1
        code, size = code * wide + ranks, size * wide
        if size > 4 * keys.height + 1_000:
            found, code = np.unique(code, return_inverse=True)
            size = len(found)
    return code, size


def served_order(claims: Claims, terms: Terms, layer: Whole) -> Whole:
    """The order in which claims are served.

    By `layer`, then the highest priority (none or not known: last), then sequence, enterprise, rule and row.
    """
    frame = claims.frame
    firm = numbered(frame.select("enterprise_id"))[0]
    keys = [firm, frame["sequence"].cast(pl.Int64).fill_null(AFTER_ALL).to_numpy()]
    if any(cap.share == "priority" for cap in terms.caps):
        keys.append(-frame["priority"].fill_nan(None).fill_null(-np.inf).to_numpy())
    if layer.any():
        keys.append(layer)
    return np.lexsort(keys)
