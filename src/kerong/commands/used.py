"""What was granted before a run: from a file, or from the cases of a portal on this machine."""

import hashlib
from pathlib import Path
from typing import NoReturn

import polars as pl

from kerong.commands.ledger import opened
from kerong.commands.packs import stop
from kerong.engine.award import GRANTED_BEFORE, USED, nothing_used

WHOLE = {"year": r"^-?[0-9]{1,4}$", "fen": r"^-?[0-9]{1,18}$"}  # how whole numbers are written, and no other way


def used_before(file: Path | None, data_dir: Path | None, region: str) -> pl.DataFrame:
    """What was granted, as `award.awarded` takes it. Both given, or a file that cannot be used: the command ends."""
    if file is not None and data_dir is not None:
        stop(
            "kerong: --used 与 --data-dir 只能给一个，否则同一笔会算两次",
            "kerong: give --used or --data-dir, not both: a grant would count twice",
        )
    if file is not None:
        return _read(file)
    if data_dir is None:
        return nothing_used()
    opened(data_dir)
    from kerong.web.base.selectors.used import used_in

    return used_in(region)


def digest_of(used: pl.DataFrame) -> str:
    """What a run id says of it: the same grants in any order give the same digest."""
    return hashlib.sha256(used.sort(used.columns).write_csv().encode()).hexdigest()


def _read(file: Path) -> pl.DataFrame:
    """A CSV in UTF-8 with the columns of GRANTED_BEFORE (`row_key` may be missing)."""
    try:
        found = pl.read_csv(file, infer_schema=False, encoding="utf8")
    except (OSError, pl.exceptions.PolarsError) as error:
        stop(f"kerong: {file}: {error}")
    for name in [*(name for name in USED if name not in found.columns), *(set(found.columns) - set(GRANTED_BEFORE))]:
        _refuse(file, 1, name, "缺少或多余的列", "a column that is missing, or none that there is")
    for name, form in WHOLE.items():
        wrong = ~found[name].str.contains(form).fill_null(name == "year")
        if wrong.any():
            line = (wrong.arg_true()[0] or 0) + 2
            _refuse(file, line, name, f"不是整数：{found[name][line - 2]}", f"no whole number: {found[name][line - 2]}")
    for name in ("rule", "enterprise_id"):
        empty = found[name].fill_null("") == ""
        if empty.any():
            _refuse(file, (empty.arg_true()[0] or 0) + 2, name, "为空", "is empty")
    columns = [name for name in GRANTED_BEFORE if name in found.columns]
    return found.select(pl.col(name).cast(GRANTED_BEFORE[name]) for name in columns)


def _refuse(file: Path, line: int, column: str, zh: str, en: str) -> NoReturn:
    stop(f"kerong: {file} 第 {line} 行“{column}”：{zh}", f"kerong: {file} line {line}, column {column}: {en}")
