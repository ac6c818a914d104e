"""What is worth saying about the rows and the characteristics of a fit."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.card.binning import LEAST_ROWS
from kerong.engine.score.card.card import Line
from kerong.engine.score.card.cells import Cells
from kerong.engine.score.card.plan import Characteristic, Plan
from kerong.engine.score.card.sample import KEYS, Sample

Noted = dict[str, object]


def left_out(sample: Sample, on: date) -> Iterator[Noted]:
    """Rows that the fit does not use."""
    unknown, later = sample.rows["outcome"].null_count(), int((sample.judged["on"] > on).sum())
    if unknown:
        yield {"kind": "card_outcome_unknown", "value": str(unknown)}
    if later:
        yield {"kind": "card_row_later", "value": str(later)}


def refused(rows: pl.DataFrame, plan: Plan) -> Iterator[Noted]:
    """Why there can be no card."""
    if not plan.characteristics:
        yield {"kind": "card_without_characteristics", "severity": "refused"}
    elif rows.is_empty():
        yield {"kind": "card_without_rows", "severity": "refused"}
    elif rows["outcome"].n_unique() < 2:
        yield {"kind": "card_one_class", "severity": "refused", "value": str(rows.height)}


def rows(table: pl.DataFrame, plan: Plan) -> Iterator[Noted]:
    """Decisions that stand twice, and segments that nobody declared."""
    repeated = table.height - table.select(KEYS).n_unique()
    if repeated:
        yield {"kind": "card_rows_repeated", "value": str(repeated)}
    if "segment" in table.columns and plan.segments:
        strange = table.filter(~pl.col("segment").is_in([item.name for item in plan.segments]))
        for name, count in strange.group_by("segment").len().sort("segment").iter_rows():
            yield {"kind": "card_segment_unknown", "column": name, "value": str(count)}


def characteristic(item: Characteristic, column: pl.Series, cells: Cells, line: Line) -> Iterator[Noted]:
    """What is odd about one characteristic among the rows of a segment."""
    infinite = int(column.is_infinite().sum()) if column.dtype.is_float() else 0
    if infinite:
        yield {"kind": "characteristic_infinite", "column": item.name, "value": str(infinite)}
    kind, value = _kind(item, column, cells, line)
    if kind:
        yield {"kind": kind, "column": item.name, "value": value}
    few = {"missing": line.missing, "rare": line.other}
    for name, one in few.items():
        if one is not None and 0 < one.goods + one.bads < LEAST_ROWS and kind != "characteristic_all_missing":
            yield {"kind": f"characteristic_{name}_few", "column": item.name, "value": str(one.goods + one.bads)}


def _kind(item: Characteristic, column: pl.Series, cells: Cells, line: Line) -> tuple[str | None, str | None]:
    if cells.known == 0:
        return "characteristic_all_missing", None
    if cells.values == 0:
        return "characteristic_not_frequent", None
    if cells.values == 1:
        known = column.drop_nulls() if item.kind == "category" else column.filter(column.is_finite())
        return ("characteristic_constant", str(known[0])) if known.n_unique() == 1 else (None, None)
    if len(line.bins) == 1:
        return "characteristic_not_split", None
    if all(one.goods == 0 or one.bads == 0 for one in line.bins):
        return "characteristic_separates", None
    return None, None


def without_weight(lines: Sequence[Line], coefficients: NDArray[np.float64]) -> Iterator[Noted]:
    """Lines that could tell something and were given nothing."""
    for line, coefficient in zip(lines, coefficients, strict=True):
        if coefficient == 0 and any(item.woe for item in line.all_bins):
            yield {"kind": "characteristic_without_weight", "column": line.name}


def repeated(same: Mapping[str, str]) -> Iterator[Noted]:
    """Characteristics that say what an earlier one says, as `twins` gives them."""
    for name, first in same.items():
        yield {"kind": "characteristics_duplicated", "column": name, "value": first}


def twins(names: Sequence[str], fine: Sequence[Cells]) -> dict[str, str]:
    """Characteristics that sort all rows into the same cells as an earlier one, and which."""
    found: dict[str, str] = {}
    seen: dict[bytes, list[int]] = {}
    for at, one in enumerate(fine):
        if one.values < 2:
            continue
        mark = np.concatenate((one.goods[: one.values], one.bads[: one.values])).tobytes()
        same = next((other for other in seen.get(mark, []) if np.array_equal(fine[other].codes, one.codes)), None)
        if same is None:
            seen.setdefault(mark, []).append(at)
        else:
            found[names[at]] = names[same]
    return found
