"""The table that a rule looks at: enterprises, or a register's rows beside their enterprise."""

from collections.abc import Iterable, Mapping

import polars as pl

from kerong.rulebook.compound import compound_column
from kerong.rulebook.content import Register
from kerong.rulebook.tree import Node, error_of, fields_of

# what is said of a claim: a row that meets a rule with an amount
CLAIM = pl.Schema(
    {
        "payee": pl.String(),
        "sequence": pl.Date(),
        "year": pl.Int64(),
        "entitled_fen": pl.Int64(),
        "affiliates": pl.String(),
        "evidence": pl.String(),
        "base_fen": pl.Int64(),
        "priority": pl.Float64(),
    }
)
# what rules hand to limits: a line for each rule and row that it looked at
ENTITLED = pl.Schema(
    {
        "rule": pl.String(),
        "enterprise_id": pl.String(),
        "row_key": pl.String(),
        "outcome": pl.Int8(),
        "clause": pl.Int16(),
        "payee_kind": pl.String(),
        **CLAIM,
    }
)


def prefixed(table: pl.DataFrame, register: str) -> pl.DataFrame:
    """A register's table with its columns named as rules name them: `loan.amount_fen`."""
    return table.rename({name: f"{register}.{name}" for name in table.columns})


def subjects(
    per: str, nodes: Iterable[Node], enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """One line per subject of a rule: `enterprise_id`, `row_key` and every column that `nodes` read.

    `per` is "enterprise" or a register, whose table has a column `row_key`. Sorted by enterprise_id and row_key.
    """
    read = {field for node in nodes for field in fields_of(node)}
    wanted = with_errors({column for table, column in read if table == "enterprise"} - {"enterprise_id"}, enterprises)
    facts = enterprises.select("enterprise_id", *wanted)
    if per == "enterprise":
        return facts.with_columns(pl.lit("").alias("row_key"))
    table = tables[per]
    own = with_errors({column for of, column in read if of == per} - {"enterprise_id"}, table)
    rows = table.select("enterprise_id", "row_key")  # all rows, also where an expression reads none of their columns
    rows = rows.hstack(prefixed(table.select(own), per).get_columns())
    if (per, "enterprise_id") in read:
        rows = rows.with_columns(table["enterprise_id"].alias(f"{per}.enterprise_id"))
    rows = rows.join(facts, on="enterprise_id", how="inner", maintain_order="left")
    return rows.sort("enterprise_id", "row_key", maintain_order=True)


def with_errors(columns: Iterable[str], table: pl.DataFrame) -> list[str]:
    """The columns in order, with those beside them that tell where a calculation failed."""
    names = set(columns)
    return sorted(names | ({error_of(name) for name in names} & set(table.columns)))


def row_key(register: Register) -> pl.Expr:
    """The text that names a row within its enterprise: its row columns, `compound` where they are several."""
    parts = [name for name in register.row if name != "enterprise_id"]
    if not parts:
        return pl.lit("")
    texts = [pl.col(name).cast(pl.String).fill_null("") for name in parts]
    return compound_column(texts) if len(texts) > 1 else texts[0]
