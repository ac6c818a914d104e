"""Rows as the compiled loops read them: values are numbers, texts are code points, tokens are numbers with
weights."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import log2

import numpy as np
import polars as pl

from kerong.engine.record.linkage import kernel as k
from kerong.engine.record.linkage.firm_names import points
from kerong.engine.record.linkage.model import Shares
from kerong.engine.record.linkage.plan import Plan
from kerong.engine.record.linkage.terms import Terms
from kerong.engine.record.linkage.tokens import is_han, sorted_sets, tokens_of

COMMON = 1_000  # values or tokens of a term whose share a model keeps by name
OFTEN = 10  # rows that a value must have to be kept by name
_RUNS = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[^\s\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
_SPELT = ("damerau", "jaro_winkler", "overlap", "contained")


@dataclass
class Encoded:
    """Rows of both sides, the left ones first. `texts` are the sorted values of each term, `first` their
    first number."""

    plan: Plan
    rows: int
    two_sides: int  # rows of the left side; 0 where there is one side
    values: k.Values
    terms: tuple[str, ...]
    texts: Mapping[str, pl.Series]
    first: Mapping[str, int]
    known: k.Ints  # the numbers of the tokens that there are, sorted
    token_counts: k.Ints  # rows that have each of them

    @cached_property
    def rank(self) -> k.Ints:
        """The place of every row when rows are sorted by the first terms of the comparisons, in their order."""
        columns = [self.values.codes[self.place(comparison.base)] for comparison in reversed(self.plan.comparisons)]
        rank = np.empty(self.rows, np.int64)
        rank[np.lexsort(columns)] = np.arange(self.rows)
        return rank

    def place(self, name: str) -> int:
        """The number of a term."""
        return self.terms.index(name)

    def counts(self, name: str, right: bool | None = None) -> k.Ints:
        """Rows per value of a term; of one side alone with `right`."""
        codes = self.values.codes[self.place(name)]
        if right is not None and self.two_sides:
            codes = codes[self.two_sides :] if right else codes[: self.two_sides]
        own = codes[codes >= 0] - self.first[name]
        return np.bincount(own, minlength=len(self.texts[name])).astype(np.int64)


def encoded(left: pl.DataFrame, right: pl.DataFrame | None, plan: Plan) -> Encoded:
    """Rows of one table, or of two; a column that a side does not have is unknown there.

    Tokens weigh what their frequency in these rows says, until `weighed` lays a model's own weights over them.
    """
    terms = plan.terms
    codes, texts, first, numbers = [], {}, {}, []
    total = 0
    sides = [Terms(left)] if right is None else [Terms(left), Terms(right)]
    for name in terms:
        series = pl.concat([side.of(name) for side in sides])
        unique = series.drop_nulls().unique().sort()
        codes.append(_codes(series, unique, total))
        texts[name], first[name] = unique, total
        numbers.append(unique.to_numpy() if unique.dtype.is_float() else np.full(len(unique), np.nan))
        total += len(unique)
    spelt = _spelt(plan)
    chars, char_start = _chars([texts[name] if name in spelt else None for name in terms], [*texts.values()])
    raw, raw_start = tokens_of(chars, char_start)
    known, dense = np.unique(raw, return_inverse=True)
    tokens, token_start = sorted_sets(dense.astype(np.int32), raw_start)
    number = np.concatenate([*numbers, np.zeros(0)]).astype(np.float64)
    values = k.Values(
        np.ascontiguousarray(codes, dtype=np.int32), chars, char_start, tokens, token_start,
        np.ones(max(1, len(known))), number, np.zeros(total),
    )  # fmt: skip
    found = Encoded(
        plan, values.codes.shape[1], 0 if right is None else len(left), values, terms, texts, first, known, known
    )
    found.token_counts = _token_counts(found, len(known))
    weight = np.log2(1 + found.rows / np.maximum(found.token_counts, 1))
    found.values = values._replace(token_weight=np.concatenate([weight, np.ones(1)]))
    return found


def _codes(series: pl.Series, unique: pl.Series, begin: int) -> k.Shorts:
    """The place of every value among the sorted ones, counted from `begin`; -1 for null."""
    if not len(unique):
        return np.full(len(series), -1, np.int32)
    places = pl.DataFrame({"value": unique}).with_row_index("place", begin)
    joined = pl.DataFrame({"value": series}).join(places, on="value", how="left", maintain_order="left")
    return joined["place"].cast(pl.Int32).fill_null(-1).to_numpy()


def _spelt(plan: Plan) -> set[str]:
    """Terms whose characters are looked at."""
    levels = [level for comparison in plan.comparisons for level in comparison.levels]
    return {level.of for level in levels if level.measure in _SPELT} | {key.terms[0] for key in plan.keys if key.rare}


def _chars(spelt: list[pl.Series | None], every: list[pl.Series]) -> tuple[k.Shorts, k.Ints]:
    """Code points of all values, the first LONGEST of each; values that are only compared as a whole have none."""
    cut = [
        texts.str.slice(0, k.LONGEST)
        if texts is not None and texts.dtype == pl.String
        else pl.Series([""] * len(whole), dtype=pl.String)
        for texts, whole in zip(spelt, every, strict=True)
    ]
    return points(pl.concat([pl.Series([], dtype=pl.String), *(one.rename("") for one in cut)]))


def _token_counts(found: Encoded, tokens: int) -> k.Ints:
    counts = np.concatenate([*(found.counts(name) for name in found.terms), np.zeros(0, np.int64)])
    per_value = np.diff(found.values.token_start)
    rows = np.repeat(counts, per_value)
    return np.bincount(found.values.tokens, weights=rows, minlength=tokens).astype(np.int64)


def value_shares(found: Encoded, name: str) -> Shares:
    """How often the values of a term occur: the commonest by name, the rest by the chance that two of them meet."""
    counts = found.counts(name)
    known = max(1, int(counts.sum()))
    often = _commonest(counts)
    rest = counts.astype(np.float64)
    rest[often] = 0
    meeting = float((rest * (rest - 1)).sum()) / max(1.0, float(rest.sum())) / known
    texts = found.texts[name].gather(often).to_list()
    shares = (counts[often] / known).tolist()
    return Shares(dict(zip(map(str, texts), shares, strict=True)), max(meeting, 1 / known**2))


def token_shares(found: Encoded) -> Shares:
    """How often tokens occur, in rows with any: the commonest by their text, the rest by their mean share."""
    counts = found.token_counts
    rows = max(1, found.rows)
    often = _commonest(counts)
    rest = np.delete(counts, often)
    spelt = _spellings(found, often)
    common = {spelt[token]: float(counts[token] / rows) for token in often.tolist() if token in spelt}
    return Shares(common, float(max(rest.mean() if len(rest) else 1.0, 1.0) / rows))


def weighed(found: Encoded, tokens: Shares) -> None:
    """Lays the token weights of a model over those of these rows: log2(1 + 1 / share)."""
    weight = np.full(len(found.values.token_weight), log2(1 + 1 / tokens.rest))
    raw = token_numbers(list(tokens.common))
    for number, share in zip(raw.tolist(), tokens.common.values(), strict=True):
        place = int(np.searchsorted(found.known, number))
        if place < len(found.known) and found.known[place] == number:
            weight[place] = log2(1 + 1 / share)
    found.values = found.values._replace(token_weight=weight)


def token_numbers(tokens: list[str]) -> k.Ints:
    """The numbers of tokens that are given by their text."""
    return tokens_of(*points(pl.Series(tokens, dtype=pl.String)))[0]


def pieces(text: str) -> list[str]:
    """The tokens of a text as texts: words, and of Chinese each two neighbours."""
    found: list[str] = []
    for run in re.findall(_RUNS, text[: k.LONGEST]):
        if is_han(ord(run[0])):
            found += [run] if len(run) == 1 else [run[place : place + 2] for place in range(len(run) - 1)]
        else:
            found.append(run)
    return found


def _commonest(counts: k.Ints) -> k.Ints:
    often = np.flatnonzero(counts >= OFTEN)
    return often[np.lexsort((often, -counts[often]))][:COMMON]


def _spellings(found: Encoded, tokens: k.Ints) -> dict[int, str]:
    """The text of tokens, read off the first value that has them."""
    own, start = found.values.tokens, found.values.token_start
    firsts = np.zeros(max(1, len(found.known)), np.int64)
    firsts[own[::-1]] = np.arange(len(own))[::-1]
    values = np.searchsorted(start, firsts[tokens], side="right") - 1
    spelt: dict[int, str] = {}
    for token, value in zip(tokens.tolist(), values.tolist(), strict=True):
        name = next(name for name in reversed(found.terms) if found.first[name] <= value)
        own_pieces = pieces(found.texts[name][value - found.first[name]])
        numbers = token_numbers(own_pieces).tolist()
        spelt[token] = own_pieces[numbers.index(int(found.known[token]))]
    return spelt
