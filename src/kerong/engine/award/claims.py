"""The claims of a run: what is entitled to, in one order for all limits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kerong.engine.award.kernel import Whole
from kerong.engine.award.terms import Terms
from kerong.rulebook.kinds import LIMIT

CLAIM = ["rule", "enterprise_id", "row_key"]
UNKNOWN_YEAR = np.iinfo(np.int64).min  # a year of its own
# what a claim is counted by, as columns
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
    """`frame`: the claims sorted by rule, enterprise_id and row_key; `rules`: the rows of each rule, from and to.

    `known` keeps the numbers of keys, each found once.
    """

    frame: pl.DataFrame
    rules: dict[str, tuple[int, int]]
    terms: Terms
    known: dict[str, Whole] = field(default_factory=dict)

    def rows(self, rules: Sequence[str]) -> Whole:
        """The rows of all claims of some rules, in the order of the table."""
        spans = sorted(self.rules[rule] for rule in set(rules) if rule in self.rules)
        return np.concatenate([np.zeros(0, np.int64), *(np.arange(begin, end) for begin, end in spans)])

    def counters(self, rows: Whole, per: str, *more: str) -> tuple[Whole, int]:
        """For some rows a number of what each is counted by, and a number above all of them; `more` key columns."""
        number, size = np.zeros(len(rows), np.int64), 1
        for name in (*KEYS[per], *more):
            codes = self.codes(name)
            wide = int(codes.max(initial=0)) + 1
            number, size = number * wide + codes[rows], size * wide
            if size > 4 * len(rows) + 1_000:
                found, number = np.unique(number, return_inverse=True)
                size = len(found)
        return number, size

    def codes(self, name: str) -> Whole:
        """A number for each claim, in the order of the values of a key column."""
        if name not in self.known:
            self.known[name] = _ranks(self.frame, key(self.frame, name, self.terms))
        return self.known[name]


def _ranks(frame: pl.DataFrame, value: pl.Expr) -> Whole:
    """A number for each row, from 0, in the order of the values; texts are compared once each, not row by row."""
    if frame.height < 2:  # a case stands alone
        return np.zeros(frame.height, np.int64)
    values = frame.select(value).to_series()
    first = (values != values.shift(1)).fill_null(True).to_numpy()
    heads = values.filter(pl.Series(first))
    if heads.dtype == pl.String:
        ranks = heads.cast(pl.Enum(heads.unique().sort())).to_physical().to_numpy()
    else:
        ranks = heads.rank("dense").to_numpy() - 1
    found: Whole = ranks.astype(np.int64)[np.cumsum(first) - 1]
    return found


def claims_of(entitled: pl.DataFrame, terms: Terms) -> Claims:
    """The claims of `entitled`: its rows with a known amount; `place` is the row that each has there."""
    known = entitled.lazy().with_row_index("place").filter(pl.col("entitled_fen").is_not_null())
    frame = known.with_columns(pl.col("rule").cast(pl.String)).collect()
    if frame.height > 1 and not _is_sorted(frame):
        frame = frame.sort(CLAIM)
    runs = frame["rule"].rle().struct.unnest()
    ends = np.cumsum(runs["len"].to_numpy()).tolist()
    return Claims(frame, dict(zip(runs["value"], zip([0, *ends], ends, strict=False), strict=True)), terms)


def _is_sorted(frame: pl.DataFrame) -> bool:
    falls: pl.Expr = pl.lit(False)
    for name in reversed(CLAIM):
        before, now = pl.col(name).shift(1), pl.col(name)
        falls = (now < before) | ((now == before) & falls)
    return not frame.select(falls.any()).item()


def keyed(frame: pl.DataFrame, per: str, terms: Terms) -> pl.DataFrame:
    """The columns by which claims or earlier grants are counted, as KEYS names them."""
    if not KEYS[per]:
        return pl.DataFrame({"region": np.zeros(frame.height, np.int8)})
    return frame.select(key(frame, name, terms) for name in KEYS[per])


def granted_keys(frame: pl.DataFrame, per: str, terms: Terms) -> pl.DataFrame:
    """The columns by which claims find what was granted before; a grant knows its evidence, not the row it was for.

    What has no evidence is null there: it finds nothing.
    """
    keys = keyed(frame, "evidence" if per == "row" else per, terms)
    return keys.with_columns(pl.col("evidence").replace("", None)) if "evidence" in keys.columns else keys


def key(frame: pl.DataFrame, name: str, terms: Terms) -> pl.Expr:
    """One of the columns of KEYS."""
    if name == "affiliates":
        # the prefix keeps a firm that stands alone apart from a controller of that name
        known = pl.col(name).cast(pl.String).replace("", None)
        own = pl.lit("alone ") + pl.col("enterprise_id").cast(pl.String)
        column = pl.coalesce(pl.lit("with ") + known, own)
    elif name == "register":
        column = pl.col("rule").replace_strict(terms.registers, default="", return_dtype=pl.String)
    elif name == "evidence" and "row_key" in frame.columns:
        # claims that show no evidence do not show the same
        row = pl.concat_str(pl.lit("none"), "rule", "enterprise_id", "row_key", separator=" | ")
        column = pl.coalesce(pl.col(name).cast(pl.String).replace("", None), row)
    elif name == "year":
        column = pl.col(name).cast(pl.Int64).fill_null(UNKNOWN_YEAR)
    else:
        column = pl.col(name).cast(pl.String).fill_null("")
    return column.alias(name)


def served_order(claims: Claims, layer: Whole) -> Whole:
    """The order in which claims are served.

    By `layer`, then the highest priority (none or not known: last), then sequence, enterprise, rule and row.
    """
    frame = claims.frame
    if frame.height < 2:
        return np.arange(frame.height)
    day = frame["sequence"].cast(pl.Int64)
    latest = day.max()
    keys = [claims.codes("enterprise_id"), day.fill_null(latest + 1 if isinstance(latest, int) else 0).to_numpy()]
    if any(cap.share == "priority" for cap in claims.terms.caps):
        wanted = -frame["priority"].fill_nan(None).fill_null(-np.inf).to_numpy()
        keys.append(np.unique(wanted, return_inverse=True)[1])
    if layer.any():
        keys.append(layer)
    return sorted_by(keys)


def sorted_by(keys: Sequence[Whole]) -> Whole:
    """The rows by the last key, then the one before it …, then as they stand.

    Where all fits into one number, sorting that number is several times as fast as sorting by the keys in turn.
    """
    count = len(keys[0])
    spans = [int(key.max(initial=0)) - int(key.min(initial=0)) + 1 for key in keys]
    if count * math.prod(spans) > LIMIT:
        return np.lexsort(keys)
    packed = np.zeros(count, np.int64)
    for key, span in reversed(list(zip(keys, spans, strict=True))):
        packed = packed * span + (key - key.min(initial=0))
    return np.sort(packed * count + np.arange(count)) % max(count, 1)
