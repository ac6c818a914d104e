"""The table of problems: what was wrong, where, and what became of it.

A stage returns its table and its problems; a problem is a row, its sentence is rendered when asked for.
`severity`: "refused" (the file or the run), "quarantined" (the row is set aside and counted), "noted" (nothing lost).
"""

from collections.abc import Iterable, Mapping

import polars as pl

SCHEMA = pl.Schema(
    {
        "stage": pl.String(),
        "kind": pl.String(),
        "severity": pl.String(),
        "register": pl.String(),
        "file": pl.String(),
        "line": pl.Int64(),
        "column": pl.String(),
        "value": pl.String(),
        "enterprise_id": pl.String(),
        "rule": pl.String(),
    }
)

# kind -> sentence (zh, en); {register}, {file}, {line}, {column}, {value}, {enterprise_id}, {rule} are filled in
SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing_register": (
        "缺少登记册“{register}”：未找到匹配的文件",
        "register “{register}” is missing: no file matches its patterns",
    ),
}


def problems(rows: Iterable[Mapping[str, object]] = ()) -> pl.DataFrame:
    """A table of problems from mappings; keys that are not given are empty."""
    return pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA)


def joined(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All problems in their canonical order: by every column, `line` last."""
    order = [name for name in SCHEMA if name != "line"] + ["line"]
    return pl.concat([problems(), *tables]).sort(order, nulls_last=False)


def sentence(row: Mapping[str, object], lang: str) -> str:
    """The problem in words, in "zh" or "en"; unknown kinds show their name."""
    zh, en = SENTENCES.get(str(row["kind"]), (str(row["kind"]),) * 2)
    filled = {name: "" if row.get(name) is None else row[name] for name in SCHEMA}
    return (zh if lang == "zh" else en).format(**filled)
