"""The canonical order of a cleaned register: by enterprise, row key and all other columns.

Any order of rows gives the same bytes. A city has millions of rows of some ten thousand enterprises: their ids are
compared once, as ranks, and a rank and a day together sort as one whole number.
"""

import polars as pl

ENTERPRISE = "enterprise_id"
RANK = "#rank"
BITS = 32  # of a day, month or year, moved to be positive


def in_order(table: pl.DataFrame, row: list[str]) -> pl.DataFrame:
    """`table` sorted by enterprise_id, the columns `row` and all other columns, in one piece."""
    key = list(dict.fromkeys(name for name in (ENTERPRISE, *row) if name in table.columns))
    if not key or table.height < 2:
        return table.rechunk()
    table = _by_enterprise(table, key) if ENTERPRISE in key else _reordered(table, table.select(pl.arg_sort_by(key)))
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in key)
    if table.select(same.slice(1).any()).item():
        return table.sort(list(dict.fromkeys([*key, *table.columns]))).rechunk()
    return table.rechunk()


def _by_enterprise(table: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Sorted by `key`; each id is then written once and pointed at, which reads faster and takes less memory."""
    ids = table[ENTERPRISE].unique().sort().to_frame().with_row_index(RANK)
    rest = [name for name in key if name != ENTERPRISE]
    keys = table.select(key).join(ids, on=ENTERPRISE, how="left", maintain_order="left").select(RANK, *rest)
    if len(rest) == 1 and keys.schema[rest[0]] in (pl.Date, pl.Int64) and _fits(keys[rest[0]].to_physical()):
        moved = pl.col(rest[0]).to_physical().cast(pl.Int64).fill_null(-(1 << BITS - 1)) + (1 << BITS - 1)
        order = keys.select((pl.col(RANK).cast(pl.Int64) * (1 << BITS) + moved).arg_sort())
    else:
        order = keys.select(pl.arg_sort_by(RANK, *rest))
    shared = ids[ENTERPRISE].gather(keys[RANK].gather(order.to_series()))
    same = [name for name in table.columns if name != ENTERPRISE and table[name].dtype == pl.String]
    same = [name for name in same if table[name].equals(table[ENTERPRISE])]
    sorted_rows = _reordered(table.drop(ENTERPRISE, *same), order)
    copies = [shared.alias(name) for name in (ENTERPRISE, *same)]
    return pl.DataFrame([*sorted_rows.get_columns(), *copies]).select(table.columns)


def _fits(values: pl.Series) -> bool:
    limit = (1 << BITS - 1) - 1
    return bool(((values > -limit) & (values < limit)).all())


def _reordered(table: pl.DataFrame, order: pl.DataFrame) -> pl.DataFrame:
    """The columns in another order of rows, one after the other, so that a large table is not held twice."""
    places = order.to_series()
    columns = table.get_columns()
    for index, column in enumerate(columns):
        columns[index] = column.gather(places)
    return pl.DataFrame(columns)
