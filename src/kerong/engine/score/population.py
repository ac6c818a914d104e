"""Who is compared with whom: the stage, the industry group and the district of every enterprise."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.rulebook.content import Rulebook

if TYPE_CHECKING:
    from kerong.engine.score.runs import Runs

MANY = 200_000  # firms from which compiled loops pay: loading them takes as long as the plain steps
MOST_KINDS = 1_000  # groups and districts up to which the loops keep a table for each


class Codes(NamedTuple):
    """Texts as numbers: `number` of every row below `kinds`; 0 stands for the unknown."""

    number: NDArray[np.intp]
    kinds: int


def population(enterprises: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """`enterprise_id`, `stage`, `industry_group`, `district` (String, null where unknown), sorted by `enterprise_id`.

    Stage and group are the columns that the region's sheet names. Raises ValueError where an id stands twice.
    """
    if enterprises["enterprise_id"].n_unique() != enterprises.height:
        raise ValueError("enterprise_id is not unique")
    return enterprises.select(
        pl.col("enterprise_id"),
        _named(enterprises, rulebook.region.stage).alias("stage"),
        _named(enterprises, rulebook.region.group).alias("industry_group"),
        _named(enterprises, "district").alias("district"),
    ).sort("enterprise_id")


def _named(enterprises: pl.DataFrame, name: str | None) -> pl.Expr:
    column = (name or "").removeprefix("enterprise.")
    return pl.col(column).cast(pl.String) if column in enterprises.columns else pl.lit(None, pl.String)


def aligned(values: pl.DataFrame, firms: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both tables sorted by `enterprise_id`. Raises ValueError where they are not about the same enterprises."""
    if not (values["enterprise_id"].equals(firms["enterprise_id"]) and values["enterprise_id"].is_sorted()):
        values, firms = values.sort("enterprise_id"), firms.sort("enterprise_id")
        if not values["enterprise_id"].equals(firms["enterprise_id"]):
            raise ValueError("values and population are not about the same enterprises")
    return values, firms


def coded(names: pl.Series, known: Sequence[str] | None = None) -> Codes:
    """The place of each name among `known` (default: all that occur, sorted), from 1; 0 where it is none of them."""
    places = names.drop_nulls().unique().sort() if known is None else pl.Series(known, dtype=pl.String)
    enum = pl.Enum(places)
    number = pl.DataFrame([names]).lazy().select(pl.all().cast(enum, strict=False).to_physical().cast(pl.Int64) + 1)
    return Codes(number.select(pl.all().fill_null(0)).collect().to_series().to_numpy(), len(places) + 1)


class Named(NamedTuple):
    """The names that occur in a column, sorted, and their codes."""

    names: list[str]
    codes: Codes

    def by(self, known: Sequence[str]) -> Codes:
        """As `coded` with these names."""
        places, kinds = self.places(known)
        return Codes(places[self.codes.number], kinds)

    def places(self, known: Sequence[str]) -> Codes:
        """The place among `known`, from 1, of each of these codes."""
        places = {name: place for place, name in enumerate(known, start=1)}
        return Codes(np.array([0, *(places.get(name, 0) for name in self.names)], dtype=np.intp), len(known) + 1)


@dataclass(frozen=True)
class Known:
    """Values and the firms that they are of, sorted alike; their texts are coded once, whatever is asked of them."""

    values: pl.DataFrame
    firms: pl.DataFrame

    @classmethod
    def of(cls, values: pl.DataFrame, firms: pl.DataFrame) -> "Known":
        """Raises ValueError where the two are not about the same enterprises."""
        return cls(*aligned(values, firms))

    @property
    def groups(self) -> Named:
        """The industry groups."""
        return self._named[0]

    @property
    def stages(self) -> Named:
        """The life stages."""
        return self._named[1]

    @cached_property
    def _named(self) -> Sequence[Named]:
        columns = [self.firms["industry_group"], self.firms["stage"]]
        if not pays(self.firms.height):
            return [named(column) for column in columns]
        from kerong.engine.score import many

        return many.shared(named, columns)

    @property
    def pays(self) -> bool:
        """Whether compiled loops over its rows in runs do."""
        return pays(self.firms.height, self.groups.codes, self.stages.codes)

    @cached_property
    def in_runs(self) -> "Runs":
        """The rows in runs of one group and stage, for compiled loops: importing them imports Numba."""
        from kerong.engine.score import many

        return many.in_runs(self.groups.codes, self.stages.codes)

    def column(self, name: str) -> NDArray[np.float64]:
        """The values of an indicator, NaN where unknown."""
        return self.values[name].cast(pl.Float64).to_numpy()


def named(column: pl.Series) -> Named:
    """The names of a column of texts, and its codes as `coded` gives them."""
    if pays(column.len()):
        from kerong.engine.score import many

        found = many.named(column)
        if found is not None:
            return found
    names = column.drop_nulls().unique().sort().to_list()
    return Named(names, coded(column, names))


def pays(firms: int, *codes: Codes) -> bool:
    """Whether compiled loops, and loading them, are faster than the plain steps."""
    return firms >= MANY and all(code.kinds <= MOST_KINDS for code in codes)
