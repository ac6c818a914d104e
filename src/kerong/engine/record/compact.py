"""Registers that nothing but measures reads, as numbers: a city's invoices take a fifth of the memory of their texts.

Such a register is held as an Enum of `enterprise_id` (its categories sorted, as ids are) and the columns that measures
read, texts among them as Enums, sorted by enterprise. Within an enterprise its rows stand in no order: only measures
that depend on none may read it. It is made piece by piece. What one row of the register needs is done where the piece
is read, by the same steps as for any register; rows that share a key are found by a hash of it, and are then read again
with all their columns, so that the outcome is that of `facts`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kerong.rulebook.content import Measure, Register, Rulebook
from kerong.rulebook.tree import Node, fields_of

ENTERPRISE = "enterprise_id"
FEW = 200  # codes that fit into a byte
# what the values of a firm are, in whatever order they come
WITHOUT_ORDER = frozenset(
    ("sum", "count", "count_distinct", "min", "max", "any", "variation", "concentration", "trend", "seasonality")
) | {"longest_gap", "top_five_share"}


def only_measured(rulebook: Rulebook) -> frozenset[str]:
    """The registers of enterprises with a credit code that measures alone read, and in no order."""
    looked_at = {rule.per for rule in rulebook.rules.values()} | set(rulebook.region.enterprise_from)
    looked_at |= {statistic.over for statistic in rulebook.statistics.values()}
    looked_at |= {network.over for network in rulebook.networks.values()}
    looked_at |= {register for pairs in rulebook.region.provides.values() for register, _ in pairs}
    looked_at |= {name for name, formulas in rulebook.row_formulas.items() if formulas}
    looked_at |= {measure.over for measure in rulebook.measures.values() if not _is_without_order(measure)}
    return frozenset(
        name
        for name, register in rulebook.registers.items()
        if name not in looked_at
        and register.identify == "credit_code"
        and register.row
        and register.former_name is None
        and any(measure.over == name for measure in rulebook.measures.values())
    )


def _is_without_order(measure: Measure) -> bool:
    """Whether a measure's value depends on no order of rows, and on texts only as what differs from others."""
    value, by = measure.value, measure.by
    as_text = value is not None and value.type.kind == "text" and measure.aggregate != "count_distinct"
    plain = all(node is None or node.type.kind != "text" or node.kind == "field" for node in (value, by))
    return measure.aggregate in WITHOUT_ORDER and plain and not as_text


@dataclass(frozen=True, slots=True)
class Texts:
    """Writes the texts of a register's columns as categories, the same in every piece of it."""

    register: Register
    wanted: Collection[str]
    kinds: dict[str, pl.Categorical] = field(default_factory=dict)

    def coded(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`enterprise_id` and the wanted columns, texts as categories."""
        names = [name for name in rows.columns if name == ENTERPRISE or name in self.wanted]
        texts = [name for name in names if rows.schema[name] == pl.String]
        return rows.select(names).with_columns(pl.col(name).cast(self._kind(name)) for name in texts)

    def _kind(self, name: str) -> pl.Categorical:
        if name not in self.kinds:
            column = self.register.columns.get(name)
            few = column is not None and column.type == "code" and len(column.codes) < FEW
            physical = pl.UInt8 if few else pl.UInt32
            self.kinds[name] = pl.Categorical(pl.Categories.random(physical=physical))
        return self.kinds[name]


def by_enterprise(pieces: list[pl.DataFrame]) -> pl.DataFrame:
    """Coded pieces (taken out of the list) as one table sorted by enterprise, every text an Enum of sorted texts."""
    table = pl.concat(pieces)
    pieces.clear()
    columns = table.get_columns()
    del table
    order: pl.Series | None = None
    places = sorted(range(len(columns)), key=lambda place: columns[place].name != ENTERPRISE)
    for place in places:  # one column after the other, so that a large table is not held twice
        held = columns[place].rechunk()
        if isinstance(held.dtype, pl.Categorical):
            held = _enumerated(held)
        if order is None:
            order = held.to_physical().arg_sort()
        columns[place] = held.gather(order)
    return pl.DataFrame(columns)


def _enumerated(held: pl.Series) -> pl.Series:
    """Categories as an Enum of those that occur, sorted."""
    if not isinstance(held.dtype, pl.Categorical):
        raise TypeError(f"{held.dtype} has no categories")
    codes = held.to_physical()
    used = codes.unique().drop_nulls()
    texts = held.dtype.categories.to_series().gather(used)
    order = texts.arg_sort()
    ranks = np.zeros(int(used.max() or 0) + 1, dtype=np.uint32)  # type: ignore[arg-type]
    ranks[used.gather(order).to_numpy()] = np.arange(len(used), dtype=np.uint32)
    there = codes.is_not_null()
    moved = pl.Series(held.name, ranks[codes.fill_null(0).to_numpy()])
    if not there.all():
        moved = moved.zip_with(there, pl.Series(held.name, [None], dtype=pl.UInt32))
    return moved.cat.to(pl.Enum(texts.gather(order)))


def texts_of(held: pl.Series) -> pl.Series:
    """The texts that an Enum may hold, by their number."""
    if not isinstance(held.dtype, pl.Enum):
        raise TypeError(f"{held.dtype} is no Enum")
    return held.dtype.categories


def is_in(held: pl.Series, texts: pl.Series) -> pl.Series:
    """Whether each of the texts or Enums is one of `texts`."""
    if held.dtype == pl.String:
        return held.is_in(texts.implode())
    return texts_of(held).is_in(texts.implode()).gather(held.to_physical())


MANY = 4096  # combinations of texts up to which each is worked out once


def combinations(rows: pl.DataFrame, nodes: Iterable[Node]) -> tuple[pl.DataFrame, pl.Series] | None:
    """(every combination of the texts that the nodes read, which of them each row has); None where they read more.

    The texts stand in the first as texts, so that an expression means the same on them.
    """
    read = sorted({f"{table}.{column}" for node in nodes for table, column in fields_of(node)})
    if not read or any(not isinstance(rows.schema.get(name), pl.Enum) for name in read):
        return None
    options = [pl.concat([texts_of(rows[name]), pl.Series([None], dtype=pl.String)]) for name in read]
    sizes = [len(texts) for texts in options]
    if int(np.prod(sizes)) > MANY:
        return None
    number = np.zeros(rows.height, dtype=np.uint16)
    table = pl.DataFrame({"#": [0]})
    for name, texts, size in zip(read, options, sizes, strict=True):
        codes = rows[name].to_physical().cast(pl.UInt16).fill_null(size - 1).to_numpy()
        number = number * np.uint16(size) + codes
        table = table.join(pl.DataFrame({name: texts}), how="cross", maintain_order="left_right")
    return table.drop("#"), pl.Series(number)


def as_texts(rows: pl.DataFrame, nodes: Iterable[Node]) -> pl.DataFrame:
    """The columns that the nodes read, Enums as texts."""
    read = {f"{table}.{column}" for node in nodes for table, column in fields_of(node)}
    enums = [name for name in rows.columns if name in read and isinstance(rows.schema[name], pl.Enum)]
    return rows.with_columns(pl.col(enums).cast(pl.String)) if enums else rows
