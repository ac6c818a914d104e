"""A table and its sheet, opened for `kerong model`: what is wrong with either ends in lines, not in a traceback."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.commands.packs import console, stop
from kerong.engine.problems import sentence
from kerong.engine.score.card import CardRefused
from kerong.engine.score.card.card import Card, from_json
from kerong.engine.score.card.guard import check
from kerong.engine.score.card.report import About, Tested
from kerong.engine.score.card.tabled import Tabled, tabled
from kerong.engine.score.card.tested import held_out, in_turns
from kerong.rulebook import RulebookErrors
from kerong.rulebook.models import EVERYONE
from kerong.rulebook.said import Text
from kerong.rulebook.table_models import TableModel, load_table_model

Truth = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Opened:
    """A table read under its model; `train` marks the rows of the sample that a card may be fitted on."""

    model: TableModel
    read: Tabled
    train: Truth
    on: date


def opened(table: Path, sheet: Path, without: Path | None, *, judged: bool = True) -> Opened:
    """The sample of a table; subjects that also stand in `without` are left out. `judged`: outcomes are there."""
    model = sheet_of(sheet)
    other = set() if without is None else _subjects(without, model)
    try:
        read = tabled(rows_of(table, model), model, table.name, other, judged=judged)
    except ValueError as error:
        stop(f"kerong model: {error}")
    refused(read.problems)
    days = read.sample.rows["on"]
    last = days.max()
    if not isinstance(last, date):
        stop(f"kerong model: {table} has no row with a subject and a day of decision")
    train = _train(read, model)
    return Opened(model, read, train, model.test.until or last)


def sheet_of(path: Path) -> TableModel:
    """The model that a sheet declares."""
    try:
        return load_table_model(_text(path), path.name)
    except RulebookErrors as error:
        stop(*map(str, error.errors), f"kerong model: {path} was not loaded")


def rows_of(path: Path, model: TableModel) -> pl.DataFrame:
    """The table with every cell as text."""
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path).cast(pl.String)
        names = list(model.headers) or None
        return pl.read_csv(
            path,
            separator=model.separator,
            has_header=not names,
            new_columns=names,
            infer_schema=False,
        )
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        if "utf-8" in str(error).lower():
            stop(*_not_utf_8(path))
        stop(f"kerong model: {path}: {str(error).splitlines()[0]}")


def card_of(path: Path, model: TableModel) -> Card:
    """A card that `kerong model fit` wrote for this model; it reads what the sheet says today."""
    try:
        card = from_json(_text(path))
    except CardRefused as error:
        stop(f"kerong model: {path}: {error.said.zh}", f"kerong model: {path}: {error.said.en}")
    if card.name != model.name:
        stop(f"kerong model: {path} is a card of {card.name}, the sheet declares {model.name}")
    kinds = {one.name: one.kind for one in model.characteristics}
    lines = {(line.name, line.kind) for segment in card.segments for line in segment.lines}
    for name, kind in sorted(lines):
        if kinds.get(name) != kind:
            said = f"as a {kinds[name]}" if name in kinds else "no more"
            stop(f"kerong model: {path} reads {name} as a {kind}, the sheet declares it {said}: fit the card anew")
    conditions: dict[str, str | None] = {EVERYONE: None} | {one.name: one.text for one in model.segments}
    for segment in card.segments:
        if segment.name not in conditions or conditions[segment.name] != segment.condition:
            stop(f"kerong model: {path}: segment {segment.name} is not as the sheet declares it: fit the card anew")
    return card


def _text(path: Path) -> str:
    """The text of a file; one line and the end where it cannot be read."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        stop(*_not_utf_8(path))
    except OSError as error:
        stop(f"kerong model: {path}: {error.strerror}")


def _not_utf_8(path: Path) -> tuple[str, str]:
    return f"kerong model: {path} 不是 UTF-8 文本：请先转换编码", f"kerong model: {path} is not UTF-8: convert it first"


def written(path: Path, content: str | Callable[[Path], object]) -> None:
    """Write a file (a text, or what writes it) beside its place, then move it there: whole or not at all."""
    if path.is_dir():
        stop(f"kerong model: {path} is a folder, not a file to write")
    half = path.with_name(f".{path.name}.half")
    try:
        if isinstance(content, str):
            half.write_text(content, encoding="utf-8")
        else:
            content(half)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        stop(f"kerong model: {path} cannot be written: {error.strerror or error}")


def guarded(at: Opened) -> pl.DataFrame:
    """What the leak guard notes about the rows of the fit; the command ends where it refuses."""
    rows = pl.Series(at.train)
    forbidden = {name: column.filter(rows) for name, column in at.read.forbidden.items()}
    found = check(at.read.part(rows), at.read.plan, forbidden, at.read.sample.rows["outcome_on"].filter(rows))
    refused(found)
    return found


def folder_for(out: Path) -> None:
    """The folder of a report, before anything is worked out for it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(f"kerong model: {out} is no folder to write to: {error.strerror}")


def refused(problems: pl.DataFrame) -> None:
    """Say in both languages why nothing is made, and end; say nothing where nothing was refused."""
    rows = problems.filter(pl.col("severity") == "refused")
    if rows.height:
        told = [sentence(row, lang) for row in rows.iter_rows(named=True) for lang in ("zh", "en")]
        stop(*told, f"kerong model: {rows.height} refused; nothing was made")


def noted(problems: pl.DataFrame) -> None:
    """Say in both languages what is worth knowing."""
    for row in problems.filter(pl.col("severity") == "noted").iter_rows(named=True):
        console.print(f"{sentence(row, 'zh')} / {sentence(row, 'en')}", soft_wrap=True)


def tested(at: Opened, card: Card, repeats: int | None) -> Tested:
    """The card and its challengers on rows that they had not seen, in the way that the sheet says."""
    if at.model.test.way != "folds":
        if not (at.read.sample.rows["outcome"].is_not_null().to_numpy() & ~at.train).any():
            stop("kerong model report: 没有可供检验的行：全部行都用于拟合，或结果未知", NOTHING_TESTED)
        return held_out(at.read.sample, at.train, at.read.plan, card)
    turns = at.model.test.repeats if repeats is None else repeats
    try:
        return in_turns(at.read.sample, at.read.plan, on=at.on, parts=at.model.test.folds, repeats=turns)
    except ValueError as error:
        stop(f"kerong model: {error}")


def about(model: TableModel) -> About:
    """What the sheet says of the model, for its report."""
    limits = (model.limits, ASSOCIATION, *([ONLY_APPROVED] if model.kind == "credit" else []))
    limits += (HINDSIGHT,) if model.test.way == "time" else ()
    reasons = tuple((one.name, one.reason) for one in model.forbidden if one.reason)
    return About(model.name, model.kind, model.title, model.meaning, limits, reasons, _told(model), model.elsewhere)


NOTHING_TESTED = "kerong model report: no row to test on: all are of the fit, or their outcome is not known"
ASSOCIATION = Text(
    "只说相似的过去有多少变坏，不说原因；改变某个特征不会因此改变结果",
    "It says how many that looked alike turned bad, not why: to change a characteristic changes no outcome",
)
ONLY_APPROVED = Text(
    "只见过被批准的对象：对被拒绝者的好坏一无所知",
    "It has seen only those that were approved, and knows nothing of those that were refused",
)
HINDSIGHT = Text(
    "拟合行的结果以最终状态计，在检验起点当日未必都已知道：实际使用时可用的结果更少",
    "Outcomes of the fit are final ones, not all known when the tested time began: in use fewer are known",
)


def _told(model: TableModel) -> Text:
    test = model.test
    if test.way == "time":
        return Text(
            f"按时间检验：{test.until} 及以前拟合，之后检验", f"Out of time: fitted up to {test.until}, tested after"
        )
    if test.way == "column":
        return Text(
            f"按表中划分检验：{test.column} = {test.train} 拟合，其余检验",
            f"By the table's own split: fitted where {test.column} = {test.train}, tested on the rest",
        )
    return Text(
        f"{test.folds} 折交叉验证；所附评分卡用全部行拟合",
        f"Cross-validation in {test.folds} folds; the card shown is fitted on all rows",
    )


def _train(read: Tabled, model: TableModel) -> Truth:
    rows, test = read.sample.rows, model.test
    if test.way == "time":
        return np.asarray((rows["on"] <= test.until).to_numpy(), dtype=bool)
    if test.way == "column":
        return np.asarray((rows["held"] == test.train).fill_null(False).to_numpy(), dtype=bool)
    return np.ones(rows.height, dtype=bool)


def _subjects(path: Path, model: TableModel) -> set[str]:
    """The subjects of another table, in a column that has one of the headers of ours."""
    table = rows_of(path, model)
    column = next((one for one in model.columns if one.name == model.subject), None)
    header = next((name for name in table.columns if column and name in column.headers), None)
    if header is None:
        stop(f"kerong model: {path} has no column with the subjects of model {model.name}")
    return set(table[header].str.strip_chars().str.replace(r"^(\d+)\.0+$", "$1").drop_nulls().to_list())
