"""Who cut what: every fen that was not awarded, with the name of what took it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kerong.engine.award.claims import CLAIM
from kerong.engine.award.kernel import Whole

CUTS = pl.Schema({**dict.fromkeys([*CLAIM, "limit"], pl.String()), "cut_fen": pl.Int64()})


@dataclass(slots=True)
class Cuts:
    """Collects cuts; `names` are numbered in their own order, so that the first by name is the least."""

    names: tuple[str, ...]
    rows: list[Whole] = field(default_factory=list)
    named: list[Whole] = field(default_factory=list)
    fen: list[Whole] = field(default_factory=list)

    def add(self, rows: Whole, names: Whole | str, fen: Whole) -> None:
        """Adds what was cut (nothing where 0) of claims, each once, by one name or a name each."""
        some = np.flatnonzero(fen)
        number = np.full(len(rows), self.names.index(names)) if isinstance(names, str) else names
        self.rows.append(rows[some])
        self.named.append(number[some])
        self.fen.append(fen[some])

    def numbers(self, names: Sequence[str]) -> Whole:
        """The numbers of names."""
        places = {name: number for number, name in enumerate(self.names)}
        return np.array([places[name] for name in names], np.int64)

    def table(self, claims: pl.DataFrame) -> pl.DataFrame:
        """All cuts as CUTS, sorted by claim and limit."""
        rows, named, fen = self._sorted()
        if not len(rows):
            return pl.DataFrame(schema=CUTS)
        of = claims.select(pl.col(name).gather(pl.Series(rows)).cast(pl.String) for name in CLAIM)
        limit = pl.Series("limit", self.names, pl.String).gather(pl.Series(named))
        return of.with_columns(limit, pl.Series("cut_fen", fen, pl.Int64)).cast(CUTS)

    def deepest(self, count: int) -> pl.Series:
        """For each of `count` claims the name of what cut it most, "" for none; of two alike the first by name."""
        most, by = np.zeros(count, np.int64), np.full(count, len(self.names))
        for rows, named, fen in zip(self.rows, self.named, self.fen, strict=True):
            is_deeper = (fen > most[rows]) | ((fen == most[rows]) & (named < by[rows]))
            most[rows[is_deeper]], by[rows[is_deeper]] = fen[is_deeper], named[is_deeper]
        return pl.Series("cut_by", [*self.names, ""], pl.String).gather(by)

    def _sorted(self) -> tuple[Whole, Whole, Whole]:
        empty = np.zeros(0, np.int64)
        rows, named, fen = (np.concatenate([empty, *found]) for found in (self.rows, self.named, self.fen))
        order = np.lexsort((named, rows))
        return rows[order], named[order], fen[order]
