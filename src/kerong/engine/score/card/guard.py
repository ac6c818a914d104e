"""The leak guard: no card is fitted on what was not known at the decision, under whatever name.

What a sheet declares can be false, so dates are checked first and then the content: against the forbidden columns, for
skill that no honest fact has alone, and for values that follow the time until the outcome.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.problems import problems
from kerong.engine.score.card import guard_together
from kerong.engine.score.card.calibration import folds
from kerong.engine.score.card.guard_together import rank_correlation
from kerong.engine.score.card.metrics import Tally, auc
from kerong.engine.score.card.plan import Characteristic, Plan
from kerong.engine.score.card.sample import Sample

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Truth = NDArray[np.bool_]
Row = dict[str, object]

SAME_ORDER = 0.995  # |rank correlation| from which two columns are one
NEAR = 0.85  # |rank correlation| with a forbidden column from which somebody has to explain
SAME_PARTITION = 0.995  # share of a column's entropy that the other explains
FOLLOWS = 0.9
BEST_AUC = 0.9
BEST_VALUE = 2.0
FINE_BINS = 64
PURE_EXPECTED = 30.0  # bads that a value would have at the rate of all rows
PURE_SHARE = 0.1  # of these: with no more than that, the value hardly knows anybody bad
MOST_COMPARED = 50_000  # rows, evenly taken, on which columns are compared with forbidden ones
LEAST_COMMON = 30  # rows in which both columns must have a value
LEAST_CLASS = 20  # of the rarer outcome: below, skill of one column cannot be told from luck


def check(
    sample: Sample, plan: Plan, forbidden: Mapping[str, pl.Series], outcome_on: pl.Series | None = None
) -> pl.DataFrame:
    """Problems of the plan's characteristics on this sample; any of severity "refused" forbids fitting.

    `forbidden`: columns that know the outcome, in the order of `sample.rows`; `outcome_on`: the day on which the
    outcome came (null where it did not, or where nobody knows). Raises ValueError where a length differs.
    """
    columns = [*forbidden.values(), *([] if outcome_on is None else [outcome_on])]
    if any(len(column) != sample.rows.height for column in columns):
        raise ValueError("forbidden columns and the day of the outcome have one value per row of the sample")
    rows: list[Row] = []
    step = -(-sample.rows.height // MOST_COMPARED) or 1
    compared = {name: column.gather_every(step) for name, column in forbidden.items()}
    for item in plan.characteristics:
        value = sample.rows[item.name]
        rows += [*_dated(sample, item, value), *_twins(item, value.gather_every(step), compared)]
        rows += _following(sample, item, value, outcome_on)
    others = tuple(item for item in plan.characteristics if item.name not in {row["column"] for row in rows})
    rest = replace(plan, characteristics=others)  # what one column shows alone needs no others
    rows += guard_together.rebuilt(sample.rows.gather_every(step), rest, compared)
    if outcome_on is not None:
        rows += guard_together.following(sample.rows, rest, outcome_on)
    rows += _too_good(sample, plan)
    return problems({"stage": "score", "severity": "refused", "rule": plan.name, **row} for row in rows)


def _dated(sample: Sample, item: Characteristic, value: pl.Series) -> Iterator[Row]:
    """Whatever has no known day where it has a value, or one after the decision."""
    present = _present(value)
    if item.name not in sample.known:
        if present.any():
            yield _row("characteristic_without_known_day", item, str(int(present.sum())))
        return
    days = sample.known[item.name]
    undated = int((present & days.is_null().to_numpy()).sum())
    if undated:
        yield _row("characteristic_without_known_day", item, str(undated))
    late = present & (days > sample.rows["on"]).fill_null(False).to_numpy()
    if late.any():
        first = int(np.flatnonzero(late)[0])
        said = f"{int(late.sum())}; {sample.rows['on'][first]} < {days[first]}"
        yield {**_row("characteristic_known_later", item, said), "enterprise_id": sample.rows["subject"][first]}


def _twins(item: Characteristic, value: pl.Series, forbidden: Mapping[str, pl.Series]) -> Iterator[Row]:
    for name, column in forbidden.items():
        if name == item.name:
            yield _row("characteristic_forbidden", item, name)
        elif _same(value, column):
            yield _row("characteristic_twin", item, name)
        elif _made_from(value, column):
            yield _row("characteristic_made_from", item, name)
        elif near := _near(value, column):
            yield {**_row("characteristic_near_forbidden", item, f"{name}, ρ = {near:.2f}"), "severity": "noted"}


def _same(left: pl.Series, right: pl.Series) -> bool:
    """Whether two columns have the same content: equal, in the same order, parted alike, or present alike."""
    here, there = _present(left), _present(right)
    both = here & there
    if both.sum() >= LEAST_COMMON:
        if left.dtype != pl.String() and right.dtype != pl.String():
            a, b = _numbers(left)[both], _numbers(right)[both]
            if abs(rank_correlation(a, b)) >= SAME_ORDER:
                return True
            if np.ptp(a) == 0 and np.ptp(b) == 0 and a[0] == b[0] and (here == there).all():
                return True
        if min(_explained(left, right, both), _explained(right, left, both)) >= SAME_PARTITION:
            return True
    seldom = min(there.mean(), 1 - there.mean()) if there.size else 0.0
    return bool(seldom >= 0.01 and abs(rank_correlation(here.astype(float), there.astype(float))) >= SAME_ORDER)


def _made_from(value: pl.Series, column: pl.Series) -> bool:
    """Whether the forbidden column settles the value: a band, a flag or a code that was made from it."""
    both = _present(value) & _present(column)
    return bool(both.sum() >= LEAST_COMMON and _explained(value, column, both) >= SAME_PARTITION)


def _near(value: pl.Series, column: pl.Series) -> float:
    """The rank correlation of two numbers that is high but proves nothing: a forbidden column blurred by noise, or a
    fact that moves with it; 0 where it is low."""
    both = _present(value) & _present(column)
    if pl.String() in (value.dtype, column.dtype) or both.sum() < LEAST_COMMON:
        return 0.0
    found = rank_correlation(_numbers(value)[both], _numbers(column)[both])
    return found if abs(found) >= NEAR else 0.0


def _following(sample: Sample, item: Characteristic, value: pl.Series, outcome_on: pl.Series | None) -> Iterator[Row]:
    """A number that grows or falls with the days from decision to outcome; a date is read as its distance."""
    if outcome_on is None or value.dtype == pl.String():
        return
    bad = sample.rows["outcome"].fill_null(False).to_numpy()
    rows = bad & outcome_on.is_not_null().to_numpy() & _present(value)
    if rows.sum() < LEAST_COMMON:
        return
    start = _numbers(sample.rows["on"])[rows]
    days, held = _numbers(outcome_on)[rows] - start, _numbers(value)[rows]
    found = max((rank_correlation(held, days), rank_correlation(held - start, days)), key=abs)
    if abs(found) >= FOLLOWS:
        yield _row("characteristic_follows_outcome", item, f"ρ = {found:.3f}")


def _too_good(sample: Sample, plan: Plan) -> Iterator[Row]:
    judged = sample.judged
    bad = judged["outcome"].to_numpy().astype(bool)
    rarer = int(min(bad.sum(), (~bad).sum()))
    if rarer < LEAST_CLASS:
        yield {"kind": "guard_without_outcomes", "severity": "noted", "value": str(rarer)}
        return
    fold = folds(judged["subject"], 2, plan.seed)
    day = judged["on"].cast(pl.Int32).cast(pl.Float64)
    for item in plan.characteristics:
        value = judged[item.name]
        forms = [value] if value.dtype == pl.String() else [value, value.cast(pl.Float64) - day]
        skill = max(alone(form, bad, fold) for form in forms)
        worth = information_value(_grouped(value), bad, fold)
        if item.believed is None and (skill >= BEST_AUC or worth > BEST_VALUE):
            yield _row("characteristic_too_good", item, f"AUC {skill:.3f}, IV {worth:.2f}")
        else:
            yield from _pure(item, _grouped(value), bad)


def _pure(item: Characteristic, codes: Codes, bad: Truth) -> Iterator[Row]:
    """Values among which hardly anybody turned bad though many were to be expected: to be explained, not refused."""
    rows, bads = np.bincount(codes), np.bincount(codes, weights=bad)
    expected = rows * bad.mean()
    found = (expected >= PURE_EXPECTED) & (bads <= expected * PURE_SHARE)
    if found.any():
        said = f"{int(bads[found].sum())} / {int(rows[found].sum())}, {expected[found].sum():.0f}"
        yield {**_row("characteristic_pure", item, said), "severity": "noted"}


def alone(value: pl.Series, bad: Truth, fold: Codes | NDArray[np.int64]) -> float:
    """The AUC of one column read by fine bins (missing is one) whose rates come from the other of two folds.

    Any shape is seen, not only rising or falling; a column of many categories gains nothing from luck.
    """
    codes = _fine(value)
    found = []
    for part in (0, 1):
        here = fold == part
        rows = np.bincount(codes[~here], minlength=codes.max() + 1)
        bads = np.bincount(codes[~here], weights=bad[~here], minlength=codes.max() + 1)
        rate = float(bad[~here].mean()) if (~here).any() else 0.5
        area = auc(_by_code((bads + rate) / (rows + 1), codes[here], bad[here]))
        found.append(0.5 if area is None else area)
    return sum(found) / 2


def _by_code(risk: Floats, codes: Codes, bad: Truth) -> Tally:
    """Rows counted per code, codes of rising risk."""
    order = np.argsort(risk, kind="stable")
    rows = np.bincount(codes, minlength=risk.size)[order].astype(np.float64)
    bads = np.bincount(codes, weights=bad, minlength=risk.size)[order].astype(np.float64)
    return Tally(risk[order], risk[order], rows - bads, bads)


def information_value(codes: Codes, bad: Truth, fold: Codes | NDArray[np.int64]) -> float:
    """Sum over codes of (share of good - share of bad) in one of two folds x weight of evidence in the other.

    Half a count is added to every cell of a weight. Shares and weights of the same rows would count luck twice: 64
    codes and 60 bads that know nothing have a value near one, and firms that stand there month after month more.
    """
    size = int(codes.max(initial=-1)) + 1
    found = []
    for part in (0, 1):
        here, there = (
            [np.bincount(codes[rows & (bad == which)], minlength=size) for which in (False, True)]
            for rows in (fold == part, fold != part)
        )
        if all(count.any() for count in here):
            good, worse = (np.log((count + 0.5) / (count + 0.5).sum()) for count in there)
            goods, bads = (count / count.sum() for count in here)
            found.append(float(((goods - bads) * (good - worse)).sum()))
    return sum(found) / len(found) if found else 0.0


def _grouped(value: pl.Series) -> Codes:
    """Fine codes in which those with less than a two-hundredth of the rows (and at least five) are one."""
    codes = _fine(value)
    rows = np.bincount(codes)
    few = rows < max(5, value.len() / 200)
    return np.where(few[codes], rows.size, codes)


def _fine(value: pl.Series) -> Codes:
    """A code per row: categories as they are, numbers by 64 quantiles (order statistics), missing the last."""
    present = _present(value)
    if value.dtype == pl.String():
        return _distinct(value, present)
    held = _numbers(value)
    codes = np.zeros(held.size, dtype=np.intp)
    if present.any():
        cuts = np.unique(np.quantile(held[present], np.arange(1, FINE_BINS) / FINE_BINS, method="lower"))
        codes[present] = np.searchsorted(cuts, held[present], side="left")
    codes[~present] = codes.max(initial=0) + 1
    return codes


def _distinct(value: pl.Series, present: Truth) -> Codes:
    """A code per distinct value in order of the values; missing has a code of its own, the last."""
    codes = np.zeros(value.len(), dtype=np.intp)
    if present.any():
        shown = value.to_numpy()[present].astype(str) if value.dtype == pl.String() else _numbers(value)[present]
        codes[present] = np.unique(shown, return_inverse=True)[1]
    codes[~present] = codes.max(initial=0) + 1
    return codes


def _explained(value: pl.Series, by: pl.Series, rows: Truth) -> float:
    """The share of the value's entropy that `by` explains; 0 where either is constant or has too many values."""
    everyone = np.ones(int(rows.sum()), dtype=bool)
    here, there = (_distinct(column.filter(pl.Series(rows)), everyone) for column in (value, by))
    kinds, others = np.unique(here).size, np.unique(there).size
    if min(kinds, others) < 2 or max(kinds, others) > everyone.size / 10:
        return 0.0
    together = np.unique(here * (there.max() + 1) + there, return_counts=True)[1]
    whole, other, joint = (_entropy(counts) for counts in (np.bincount(here), np.bincount(there), together))
    return (whole + other - joint) / whole


def _entropy(counts: NDArray[np.intp] | NDArray[np.int64]) -> float:
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log(share)).sum())


def _present(value: pl.Series) -> Truth:
    """Where there is a value: no null, and of a number neither NaN nor infinite."""
    held = value.is_not_null()
    if value.dtype.is_float():
        held = held & value.is_finite().fill_null(False)
    return np.asarray(held.to_numpy(), dtype=bool)


def _numbers(value: pl.Series) -> Floats:
    """As numbers (dates as days), NaN where there is none."""
    plain = value.cast(pl.Int32) if value.dtype == pl.Date() else value
    return np.asarray(plain.cast(pl.Float64).fill_null(float("nan")).to_numpy(), dtype=np.float64)


def _row(kind: str, item: Characteristic, value: str) -> Row:
    return {"kind": kind, "column": item.name, "value": value}
